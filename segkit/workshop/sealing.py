"""What is known of an exercise without telling its answer: hints in words, values as hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkit.errors import DataError
from segkit.workshop.likeness import accepted_forms, forms

__all__ = ["HINTS", "Sealed", "Verdict", "read_sealed", "seal"]

HINTS = 3
# About 20 ms and 8 MB a hash: a check takes at most five.
_COST = {"n": 2**13, "r": 8, "p": 1, "dklen": 16}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a value is: "right", "mistake" (which one, from 0), "wrong" or "unreadable"."""

    kind: str
    mistake: int | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """An exercise whose values are hashed; `right` and each of `mistakes` hold several forms."""

    exercise: str
    hints: tuple[str, ...]
    right: frozenset[str]
    mistakes: tuple[tuple[str, frozenset[str]], ...] = ()

    def judge(self, value: Any) -> Verdict:
        """Compare a value, form by form: the surest form that is known decides."""
        written = forms(value)
        if written is None:
            return Verdict("unreadable")
        salt = _salt(self.exercise, self.hints, [words for words, _ in self.mistakes])
        for form in written:
            known = _hash(form, salt)
            if known in self.right:
                return Verdict("right")
            for number, (_, hashes) in enumerate(self.mistakes):
                if known in hashes:
                    return Verdict("mistake", number)
        return Verdict("wrong")

    def to_record(self) -> dict[str, Any]:
        """Write the exercise as what JSON can hold, always in the same order."""
        return {
            "hints": list(self.hints),
            "right": sorted(self.right),
            "mistakes": [
                {"meaning": told, "values": sorted(hashes)} for told, hashes in self.mistakes
            ],
        }


def seal(
    exercise: str, value: Any, hints: Sequence[str], mistakes: Mapping[str, Any]
) -> tuple[Sealed, dict[str, str]]:
    """Hash the values of an exercise; return also the mistakes dropped, and why.

    A mistake is dropped where its value is none, or cannot be told from the answer or from a
    mistake before it.

    Raises
    ------
    DataError
        When the answer is no value that can be checked.
    """
    right = accepted_forms(value)
    if right is None:
        raise DataError(f"Exercise {exercise} has no answer that can be checked.")
    dropped = {}
    kept: dict[str, Any] = {}
    for words, wrong in mistakes.items():
        reason = _clash(wrong, value, kept)
        if reason:
            dropped[words] = reason
        else:
            kept[words] = wrong
    # The salt is made of what stands beside it in the clear: a salt made of the answer would be a
    # quick way to test guesses.
    salt = _salt(exercise, hints, kept)
    hashed = [
        (words, frozenset(_hash(form, salt) for form in accepted_forms(wrong) or ()))
        for words, wrong in kept.items()
    ]
    hashes = frozenset(_hash(form, salt) for form in right)
    return Sealed(exercise, tuple(hints), hashes, tuple(hashed)), dropped


def read_sealed(exercise: str, record: object) -> Sealed | None:
    """Read what `Sealed.to_record` wrote; None where it is damaged."""
    if not isinstance(record, dict):
        return None
    mistakes = record.get("mistakes")
    if (
        not _are_texts(record.get("hints"))
        or not record["hints"]
        or not _are_texts(record.get("right"))
    ):
        return None
    if not isinstance(mistakes, list) or not all(map(_is_mistake, mistakes)):
        return None
    known = tuple((one["meaning"], frozenset(one["values"])) for one in mistakes)
    return Sealed(exercise, tuple(record["hints"]), frozenset(record["right"]), known)


def _clash(wrong: Any, value: Any, kept: Mapping[str, Any]) -> str:
    if accepted_forms(wrong) is None:
        return "these tables give no value for it"
    if _taken_for(wrong, value):
        return "here it gives the right answer"
    if any(_taken_for(wrong, other) for other in kept.values()):
        return "here it gives the same value as another mistake"
    return ""


def _taken_for(given: Any, expected: Any) -> bool:
    return not set(forms(given) or ()).isdisjoint(accepted_forms(expected) or ())


def _salt(exercise: str, hints: Sequence[str], mistakes: Any) -> bytes:
    words = json.dumps([exercise, list(hints), list(mistakes)])
    return hashlib.sha256(words.encode()).digest()[:16]


def _hash(form: str, salt: bytes) -> str:
    return hashlib.scrypt(form.encode("utf-8", "surrogatepass"), salt=salt, **_COST).hex()


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_mistake(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("meaning"), str)
        and _are_texts(value.get("values"))
    )
