"""What every live control shares: its packages, and words that are read aloud as they change."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from segkit.errors import MissingPackageError

__all__ = ["live_figure", "load_ipywidgets", "pointed", "status"]

_PARTS = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")


def status(words: str) -> str:
    """Write words as a status that a screen reader announces."""
    return f'<p role="status">{escape(words)}</p>'


def pointed(number: str) -> str:
    """Write a number with a decimal point; a comma that parts no thousands is one, a space none.

    Examples
    --------
    >>> pointed("12,000.5"), pointed("1 234,5"), pointed("0,41"), pointed("1,2,3")
    ('12000.5', '1234.5', '0.41', '1,2,3')
    """
    text = _PARTS.sub("", number.strip())
    if _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def load_ipywidgets() -> Any:
    """Load ipywidgets, or say what to install.

    Raises
    ------
    MissingPackageError
        If ipywidgets, or what live figures need, is not installed.
    """
    try:
        import anywidget  # noqa: F401, PLC0415 - live figures need it
        import ipywidgets  # noqa: PLC0415 - only where a control is shown
    except ImportError as missing:
        raise MissingPackageError(str(missing.name), "lab", "A live control") from None
    return ipywidgets


def live_figure(figure: Any) -> Any:
    """Make a live figure of a finished one: always drawn, and as wide as its page."""
    live = _kind()(figure)
    live._config = {"responsive": True}  # noqa: SLF001 - no other way to what plotly.js is told
    return live


@cache
def _kind() -> type[Any]:
    import plotly.graph_objects as go  # noqa: PLC0415 - with the widgets, not before
    import traitlets  # noqa: PLC0415 - comes with ipywidgets

    class FigureWidget(go.FigureWidget):  # type: ignore[misc]  # plotly's class is untyped
        _esm = Path(__file__).with_name("live.js")
        _plotly = traitlets.Unicode(str(go.FigureWidget._esm)).tag(sync=True)  # noqa: SLF001 - no other way to what plotly itself runs

    return FigureWidget
