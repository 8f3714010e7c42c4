"""The key of an exercise: its answer, the usual mistakes and the hints, for the facilitator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segkit.errors import ParameterError
from segkit.notebooks.names import KEY
from segkit.workshop.likeness import shown
from segkit.workshop.sealing import HINTS, Sealed, seal
from segkit.workshop.telling import as_html, plain

__all__ = ["Key", "key"]


@dataclass(frozen=True, slots=True)
class Key:
    """What a facilitator knows of an exercise; Jupyter shows it as escaped HTML.

    `mistakes` holds the meaning and the value of each usual mistake, `dropped` the meaning of those
    that cannot be recognised with these tables, and why.
    """

    expected: str
    mistakes: tuple[tuple[str, str], ...]
    dropped: tuple[tuple[str, str], ...]
    sealed: Sealed

    def __repr__(self) -> str:
        lines = [f"{self.sealed.exercise} expects {self.expected}"]
        lines += [f"not {value}: {words}" for words, value in self.mistakes]
        lines += [f"not recognised ({why}): {words}" for words, why in self.dropped]
        lines += [f"hint {n}: {hint}" for n, hint in enumerate(self.sealed.hints, start=1)]
        return "\n".join(map(plain, lines))

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self._html(), KEY: self.to_record()}

    def to_record(self) -> dict[str, Any]:
        """Write the key as what JSON can hold."""
        return {
            "exercise": self.sealed.exercise,
            "expected": self.expected,
            "mistakes": [{"meaning": told, "value": value} for told, value in self.mistakes],
            "dropped": [{"meaning": told, "reason": why} for told, why in self.dropped],
            "hints": list(self.sealed.hints),
            "sealed": self.sealed.to_record(),
        }

    def _html(self) -> str:
        mistakes = [f"<b>{as_html(value)}</b>: {as_html(words)}" for words, value in self.mistakes]
        mistakes += [
            f"{as_html(words)} (Not recognised: {as_html(why)}.)" for words, why in self.dropped
        ]
        hints = map(as_html, self.sealed.hints)
        return (
            f'<div class="segkit-key"><p><strong>{as_html(self.sealed.exercise)}</strong> expects '
            f"<strong>{as_html(self.expected)}</strong></p>"
            f"<p>Usual mistakes</p><ul>{_items(mistakes)}</ul>"
            f"<p>Hints</p><ol>{_items(hints)}</ol></div>"
        )


def key(exercise: str, value: Any, *, hints: Sequence[str], mistakes: Mapping[str, Any]) -> Key:
    """Show the answer of an exercise to the facilitator, and seal it for the participants.

    Parameters
    ----------
    exercise : str
        Its id, such as "M1.2".
    value : object
        The right answer: what `check` takes. Write a share as a fraction.
    hints : sequence of str
        Three, each telling more; none tells the answer.
    mistakes : mapping of str to object
        What each usual mistake means, and the value it leads to. One that gives the right answer
        with these tables, or no value, is dropped, and the facilitator is told.

    Raises
    ------
    ParameterError
        When there are not three hints.
    DataError
        When the answer is no value that can be checked.

    Examples
    --------
    >>> hints = ["Which unit?", "Read the level column.", "Divide SAM by TAM."]
    >>> key("M1.2", 0.60318, hints=hints, mistakes={"You divided accounts.": 0.5698})
    M1.2 expects 0.6032
    not 0.5698: You divided accounts.
    hint 1: Which unit?
    hint 2: Read the level column.
    hint 3: Divide SAM by TAM.
    """
    if isinstance(hints, str) or len(hints) != HINTS or not all(map(str.strip, hints)):
        raise ParameterError("hints", "key", f"{HINTS} sentences", hints)
    sealed, dropped = seal(exercise, value, hints, mistakes)
    told = tuple((words, shown(mistakes[words])) for words, _ in sealed.mistakes)
    return Key(shown(value), told, tuple(dropped.items()), sealed)


def _items(texts: Any) -> str:
    return "".join(f"<li>{text}</li>" for text in texts)
