"""Foreign text as names of files and sheets: safe, short and each its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["file_names", "sheet_names"]

_SHEET = 31
_FILE = 60
_NOT_IN_SHEET = re.compile(r"[\[\]:*?/\\]")
_NOT_IN_FILE = re.compile(r"(?:[^\w.()-]|\.{2,})+")
# Windows keeps these for devices, whatever the ending; Excel keeps "History" for itself.
_KEPT = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|history)(?:\.|$)", re.IGNORECASE)


def sheet_names(texts: Iterable[str]) -> list[str]:
    """Name the sheets of a workbook: at most 31 characters, and none that Excel refuses.

    Examples
    --------
    >>> sheet_names(["A/B: [x]", "a b: x", "'", "History"])
    ['A B x', 'a b x (2)', 'sheet', 'History_']
    """
    return _unique((_sheet(text) for text in texts), _SHEET)


def file_names(texts: Iterable[str]) -> list[str]:
    """Name files, without their ending, so that every system takes them and none leads elsewhere.

    Examples
    --------
    >>> file_names(["../Größe A", "aux", "größe-a", ""])
    ['grösse-a', 'aux_', 'grösse-a (2)', 'file']
    """
    return _unique((_file(text) for text in texts), _FILE)


def _sheet(text: str) -> str:
    words = " ".join(_NOT_IN_SHEET.sub(" ", _visible(text)).split())
    return _free(words.strip("' "), "sheet")


def _file(text: str) -> str:
    words = _NOT_IN_FILE.sub("-", _visible(text).casefold())
    return _free(words.strip("-. "), "file")


def _visible(text: str) -> str:
    """Leave out what controls: line breaks, marks that turn the direction of writing, ..."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in plain)


def _free(name: str, otherwise: str) -> str:
    return f"{name}_" if _KEPT.match(name) else name or otherwise


def _unique(names: Iterable[str], longest: int) -> list[str]:
    taken: set[str] = set()
    found = []
    for name in names:
        number, told = 1, name[:longest].rstrip(" '.-") or name[:longest]
        while told.casefold() in taken:
            number += 1
            end = f" ({number})"
            told = name[: longest - len(end)] + end
        taken.add(told.casefold())
        found.append(told)
    return found
