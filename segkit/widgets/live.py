"""What every live control shares: its packages, and words that are read aloud as they change."""

from __future__ import annotations

from html import escape
from typing import Any

from segkit.errors import MissingPackageError

__all__ = ["load_ipywidgets", "status"]


def status(words: str) -> str:
    """Write words as a status that a screen reader announces."""
    return f'<p role="status">{escape(words)}</p>'


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
