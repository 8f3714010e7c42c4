"""Contrast of colours as WCAG 2.2 defines it, and the nearest colour that has enough."""

from __future__ import annotations

import colorsys
import re

__all__ = ["MARKS", "TEXT", "contrast", "is_colour", "nearest_passing"]

TEXT = 4.5
"""Least contrast of text (WCAG 2.2, success criterion 1.4.3)."""
MARKS = 3.0
"""Least contrast of what is drawn (WCAG 2.2, success criterion 1.4.11)."""
_STEPS = 200
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: object) -> bool:
    """Say whether a text is a colour such as "#1f57a8"."""
    return isinstance(text, str) and bool(_HEX.fullmatch(text))


def contrast(first: str, second: str) -> float:
    """Measure the contrast of two colours, 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def nearest_passing(colour: str, grounds: list[tuple[str, float]]) -> str | None:
    """Find the colour of the same hue and the nearest lightness with enough contrast; else None.

    Parameters
    ----------
    colour : str
        The colour wished for.
    grounds : list of (str, float)
        Colours that it stands on, each with the least contrast.

    Examples
    --------
    >>> nearest_passing("#8ab6f5", [("#ffffff", 4.5)])
    '#1b71ec'
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    steps = sorted((step / _STEPS for step in range(_STEPS + 1)), key=lambda s: abs(s - lightness))
    for step in steps:
        found = _written(colorsys.hls_to_rgb(hue, step, saturation))
        if all(contrast(found, ground) >= least for ground, least in grounds):
            return found
    return None


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _written(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
