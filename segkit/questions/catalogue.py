"""The questions as data, read once from `questions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

__all__ = ["Question", "all_questions", "questions", "questions_needing", "supporting_questions"]

Phase = Literal["market", "account", "buyer", "user", "segment"]
_SUPPORTING = "segment"


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its phase, its words, the columns it needs and where its answer lives.

    `needs` holds alternatives, any one of which is enough; an alternative is a tuple of
    (table, column) pairs. `answer` is "module:function" within `segkit.answers`.
    """

    id: str
    phase: Phase
    text: str
    needs: tuple[tuple[tuple[str, str], ...], ...]
    answer: str


@cache
def all_questions() -> Mapping[str, Question]:
    """List the 24 questions by id, and after them the supporting ones."""
    text = files(__package__).joinpath("questions.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: Question(
                name, entry["phase"], entry["text"], _needs(entry["needs"]), entry["answer"]
            )
            for name, entry in tomllib.loads(text).items()
        }
    )


@cache
def questions() -> Mapping[str, Question]:
    """List the 24 questions by id, in the order in which they are asked.

    Examples
    --------
    >>> len(questions())
    24
    >>> questions()["A5"].text
    "What is each customer's lifetime value?"
    """
    return _with(supporting=False)


@cache
def supporting_questions() -> Mapping[str, Question]:
    """List the questions about segments, "S1" on, which support several of the 24.

    Examples
    --------
    >>> supporting_questions()["S4"].text
    'Do we mix channel and end users?'
    """
    return _with(supporting=True)


def questions_needing(table: str, column: str) -> tuple[str, ...]:
    """Name the questions that use a column, the supporting ones last.

    Examples
    --------
    >>> questions_needing("interviews", "paid")
    ('S12',)
    """
    return tuple(
        question.id
        for question in all_questions().values()
        if any((table, column) in alternative for alternative in question.needs)
    )


def _with(*, supporting: bool) -> Mapping[str, Question]:
    found = all_questions().items()
    kept = {name: one for name, one in found if (one.phase == _SUPPORTING) == supporting}
    return MappingProxyType(kept)


def _needs(entry: list[list[str]]) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(tuple(_split(name) for name in alternative) for alternative in entry)


def _split(name: str) -> tuple[str, str]:
    table, _, column = name.partition(".")
    return table, column
