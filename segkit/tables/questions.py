"""The 24 questions as data, read once from `questions.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

__all__ = ["Question", "questions", "questions_needing"]

Phase = Literal["market", "account", "buyer", "user"]


@dataclass(frozen=True, slots=True)
class Question:
    """One of the 24 questions: its phase, its words and the columns it needs.

    `needs` holds alternatives, any one of which is enough; an alternative is a tuple of
    (table, column) pairs.
    """

    id: str
    phase: Phase
    text: str
    needs: tuple[tuple[tuple[str, str], ...], ...]


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
    text = files(__package__).joinpath("questions.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: Question(name, entry["phase"], entry["text"], _needs(entry["needs"]))
            for name, entry in tomllib.loads(text).items()
        }
    )


def questions_needing(table: str, column: str) -> tuple[str, ...]:
    """Name the questions that use a column.

    Examples
    --------
    >>> questions_needing("contracts", "mrr")
    ('A5',)
    """
    return tuple(
        question.id
        for question in questions().values()
        if any((table, column) in alternative for alternative in question.needs)
    )


def _needs(entry: list[list[str]]) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(tuple(_split(name) for name in alternative) for alternative in entry)


def _split(name: str) -> tuple[str, str]:
    table, _, column = name.partition(".")
    return table, column
