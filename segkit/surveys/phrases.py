"""The words of a questionnaire, each of which can be replaced."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from segkit.errors import DataError, nearest

__all__ = ["phrases"]


@cache
def _usual() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_name("wording.toml").read_text("utf-8"))


def phrases(own: Mapping[str, str] | None) -> dict[str, str]:
    """Take the usual words, or the caller's own.

    Raises
    ------
    DataError
        If a phrase is unknown; names all.

    Examples
    --------
    >>> phrases({"best": "am meisten"})["best"]
    'am meisten'
    """
    own = dict(own or {})
    odd = [f"no phrase {name!r}.{nearest(name, _usual())}" for name in own if name not in _usual()]
    if odd:
        raise DataError(f"wording: {'; '.join(odd)} Phrases: {', '.join(_usual())}.")
    return _usual() | own
