"""Fictional names of institutions, partners and people, put together from word lists."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from segkit.samples.streams import Texts

__all__ = ["institutions", "partner_names", "people"]


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))


def institutions(rng: np.random.RandomState, segment: str, count: int) -> Texts:
    """Draw different names for the institutions of a segment, a few of them awkward.

    Examples
    --------
    >>> from segkit.samples.streams import stream
    >>> len(set(institutions(stream(7, "names"), "school systems", 500)))
    500
    """
    words = _words()
    places = [front + back for front in words["front"] for back in words["back"]]
    patterns = words["patterns"][segment]
    chosen = rng.permutation(len(places) * len(patterns))[:count]
    names = [
        patterns[code % len(patterns)].format(places[code // len(patterns)]) for code in chosen
    ]
    awkward = words["awkward"][segment][:count]
    return np.asarray(rng.permutation(np.array([*awkward, *names[len(awkward) :]], dtype=object)))


def partner_names(count: int) -> list[str]:
    """List different names of partners; beyond the word list they are numbered."""
    words = _words()["partners"]
    names = [f"{front} {back}" for front in words["front"] for back in words["back"]]
    rounds = [f" {turn + 1}" if turn else "" for turn in range(-(-count // len(names)))]
    return [name + suffix for suffix in rounds for name in names][:count]


def people(rng: np.random.RandomState, count: int) -> Texts:
    """Draw names of people; two people may share one."""
    given, family = (np.array(_words()[part], dtype=object) for part in ("given", "family"))
    first = given[(rng.random_sample(count) * len(given)).astype(int)]
    last = family[(rng.random_sample(count) * len(family)).astype(int)]
    return np.asarray(first + " " + last)
