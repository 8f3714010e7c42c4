"""A company's own look: its logo and its colours, as far as everybody can read them."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from segkit.charts.theme import PALETTE
from segkit.errors import SettingsError, nearest
from segkit.report.contrast import MARKS, TEXT, contrast, is_colour, nearest_passing

__all__ = ["Brand", "page_colours", "read_brand"]

_KEYS = ("logo", "name", "accent", "accent_dark", "charts")
_LARGEST = 200_000
_PNG = b"\x89PNG\r\n\x1a\n"
_VARIABLE = re.compile(r"--([a-z]+): (#[0-9a-f]{6});")


@dataclass(frozen=True)
class Brand:
    """What a report takes from a brand file.

    Attributes
    ----------
    logo : str
        The picture as a data URI; empty if there is none.
    name : str
        What the logo says, for those who cannot see it.
    style : str
        CSS that sets the colours.
    charts : mapping of str to str
        Colours of the charts, by the colour whose place they take.
    """

    logo: str = ""
    name: str = ""
    style: str = ""
    charts: Mapping[str, str] | None = None


@cache
def page_colours() -> dict[str, dict[str, str]]:
    """Read the colours of the page, light and dark, from its style."""
    style = files("segkit.report").joinpath("report.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    return {
        "light": dict(_VARIABLE.findall(light)),
        "dark": dict(_VARIABLE.findall(dark.split("* {", 1)[0])),
    }


def read_brand(path: str | Path) -> Brand:
    """Read a brand file, TOML or JSON; names all its faults at once.

    Keys: `logo` (a PNG or SVG file beside it), `name` (what the logo says), `accent` and
    `accent_dark` (colour of links and headings on the light and on the dark page) and `charts`
    (colours of the charts, up to eight). Colours are written as "#1f57a8".

    Raises
    ------
    SettingsError
        If the file cannot be read, says what segkit does not know, or names a colour that cannot
        be read: below 4.5:1 for text, below 3:1 for what charts draw.
    """
    path = Path(path)
    content = _content(path)
    faults = [f"unknown key {key!r}.{nearest(key, _KEYS)}" for key in content if key not in _KEYS]
    faults += _wrong_types(content)
    logo = ""
    if not faults:
        faults += [*_unreadable_accents(content), *_unreadable_charts(content)]
        try:
            logo = _logo(path, content)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise SettingsError([f"{path.name}: {fault}" for fault in faults])
    charts = dict(zip(PALETTE, content.get("charts", ()), strict=False))
    return Brand(logo, content.get("name", ""), _style(content), charts)


def _content(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise SettingsError([f"{path} cannot be read: {error.strerror}."]) from None
    except ValueError as error:
        kind = "JSON" if path.suffix.lower() == ".json" else "TOML"
        raise SettingsError([f"{path.name} is not valid {kind}: {error}."]) from None
    if not isinstance(content, dict):
        raise SettingsError([f"{path.name} must hold keys: {', '.join(_KEYS)}."])
    return content


def _wrong_types(content: Mapping[str, Any]) -> Iterator[str]:
    for key in ("logo", "name"):
        if not isinstance(content.get(key, ""), str):
            yield f"{key} must be text, not {content[key]!r}."
    charts = content.get("charts", [])
    if not isinstance(charts, list) or len(charts) > len(PALETTE):
        yield f"charts must be a list of at most {len(PALETTE)} colours."
        charts = []
    named = [(key, content[key]) for key in ("accent", "accent_dark") if key in content]
    for key, colour in [*named, *(("charts", one) for one in charts)]:
        if not is_colour(colour):
            yield f"{key} must be a colour such as '#1f57a8', not {colour!r}."
    if len({str(one).lower() for one in charts}) < len(charts):
        yield "charts names a colour twice: what it stands for could not be told apart."


def _unreadable_accents(content: Mapping[str, Any]) -> Iterator[str]:
    for key, scheme in (("accent", "light"), ("accent_dark", "dark")):
        page = page_colours()[scheme]
        if key in content:
            yield from _unreadable(key, content[key], [(page["paper"], TEXT), (page["wash"], TEXT)])


def _unreadable_charts(content: Mapping[str, Any]) -> Iterator[str]:
    grounds = [(page["paper"], MARKS) for page in page_colours().values()]
    for colour in content.get("charts", ()):
        yield from _unreadable("charts", colour, grounds)


def _unreadable(key: str, colour: str, grounds: list[tuple[str, float]]) -> Iterator[str]:
    for ground, least in grounds:
        found = contrast(colour, ground)
        if found < least:
            better = nearest_passing(colour, grounds)
            way = f" The nearest colour that passes is '{better}'." if better else ""
            # Never rounded up to what is asked for.
            yield (
                f"{key} '{colour}' on '{ground}' has a contrast of {int(found * 100) / 100:.2f}:1; "
                f"{least}:1 is needed.{way}"
            )


def _logo(path: Path, content: Mapping[str, Any]) -> str:
    if not content.get("logo"):
        return ""
    file = path.parent / content["logo"]
    try:
        picture = file.read_bytes()
    except OSError as error:
        raise ValueError(f"logo {file} cannot be read: {error.strerror}.") from None
    if len(picture) > _LARGEST:
        raise ValueError(f"logo has {len(picture):,} bytes; at most {_LARGEST:,} are taken.")
    if picture.startswith(_PNG):
        kind = "image/png"
    elif _is_svg(picture):
        kind = "image/svg+xml"
    else:
        raise ValueError(f"logo {file.name} is neither a PNG nor an SVG picture.")
    return f"data:{kind};base64,{base64.b64encode(picture).decode()}"


def _is_svg(picture: bytes) -> bool:
    """Say whether it is SVG; shown as an image it can neither run nor fetch anything."""
    if b"<!ENTITY" in picture:
        return False
    try:
        return ET.fromstring(picture).tag.rpartition("}")[2] == "svg"  # noqa: S314 - without entities
    except ET.ParseError:
        return False


def _style(content: Mapping[str, Any]) -> str:
    style = ""
    if "accent" in content:
        style += f":root {{ --accent: {content['accent']}; }}\n"
    # The style of the page sets the dark one for the dark page only; a brand must not undo that.
    dark = content.get("accent_dark", page_colours()["dark"]["accent"])
    return style + (
        "@media screen and (prefers-color-scheme: dark) "
        f"{{ :root:not([data-printing]) {{ --accent: {dark}; }} }}\n"
    )
