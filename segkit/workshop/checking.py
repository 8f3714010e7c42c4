"""Check a participant's answer: right, a usual mistake, or the next hint."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segkit.errors import nearest
from segkit.notebooks.names import EXERCISES
from segkit.workshop.likeness import forms, is_blank
from segkit.workshop.sealing import Sealed, read_sealed
from segkit.workshop.telling import as_html, plain

__all__ = ["PROGRESS", "Feedback", "check"]

PROGRESS = "progress.jsonl"
_MARKS = {"right": "✓", "mistake": "✗", "wrong": "✗"}
_NO_MARK = "○"
_MOST_NAMES = 20
_ASK = "There are no more hints: ask the facilitator."


@dataclass(slots=True)
class _Session:
    """What a participant has seen of an exercise since the notebook was started."""

    reached: int = 0
    tried: set[str] = field(default_factory=set)


_sessions: dict[tuple[Path, str], _Session] = {}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a check says; Jupyter shows it as escaped HTML.

    `verdict` is "right", "mistake" (a usual one, told in `text`), "wrong", "blank" (no answer
    yet) or "unchecked" (the exercise is not known here); `hint` is the number of the hint shown,
    0 for none; `mistake` counts from 0; `note` says what went wrong beside the answer.
    """

    exercise: str
    verdict: str
    text: str
    hint: int = 0
    mistake: int | None = None
    note: str = ""

    def __repr__(self) -> str:
        line = f"{_MARKS.get(self.verdict, _NO_MARK)} {self.exercise}: {self.text}"
        return "\n".join(filter(None, [plain(line), plain(self.note)]))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._html()}

    def _html(self) -> str:
        mark = _MARKS.get(self.verdict, _NO_MARK)
        note = f"<p><em>{as_html(self.note)}</em></p>" if self.note else ""
        return (
            f'<div class="segkit-check" role="status"><p><strong>{mark} {as_html(self.exercise)}'
            f"</strong> {as_html(self.text)}</p>{note}</div>"
        )


def check(exercise: str, value: Any) -> Feedback:
    """Compare an answer with that of an exercise, and help where it is not right.

    Equal answers count in any sensible form: 0.413, 41.3 or "41.3 %"; text in any case; lists,
    columns and frames in any order. Whole numbers below 10,000 must be exact, others agree to
    three significant digits. No answer shows the first hint, each new wrong one the next, and a
    usual mistake is told by what happened. What is expected stands as hashes in `exercises.json`
    in the working folder; each try is noted in `progress.jsonl` beside it.

    Parameters
    ----------
    exercise : str
        Its id, such as "M1.2".
    value : object
        A number, text, list, set, dict, column or frame; None for no answer yet.

    Returns
    -------
    Feedback
        Never an error, whatever the value is and whatever is wrong with the files.

    Examples
    --------
    >>> check("M1.2", None)  # where no exercises lie in the folder
    ○ M1.2: not checked. There is no exercises.json beside this notebook: copy it from the folder
    the notebook came from.
    """
    name = str(exercise)
    try:
        folder = Path.cwd()
    except OSError:
        return Feedback(name, "unchecked", "not checked. The folder of this notebook is gone.")
    sealed = _find(folder, name)
    if isinstance(sealed, str):
        return Feedback(name, "unchecked", f"not checked. {sealed}")
    session = _sessions.setdefault((folder, name), _Session())
    feedback = _judged(sealed, value, session)
    return replace(feedback, note=_save(folder, feedback))


def _judged(sealed: Sealed, value: Any, session: _Session) -> Feedback:
    if is_blank(value):
        session.reached = max(1, session.reached)
        return _hint(sealed, session, "blank", "no answer yet.")
    verdict = sealed.judge(value)
    if verdict.kind == "right":
        return Feedback(sealed.exercise, "right", "right.")
    if verdict.mistake is not None:
        words, _ = sealed.mistakes[verdict.mistake]
        return Feedback(sealed.exercise, "mistake", f"not yet. {words}", mistake=verdict.mistake)
    if verdict.kind == "unreadable":
        told = (
            f"not yet. This value ({type(value).__name__}) cannot be compared: give a number, a "
            "text, or a list, column or small table of these."
        )
    else:
        told = "not yet."
    # To run a cell again costs no hint; only another value does.
    key = repr(forms(value))
    if key not in session.tried:
        session.tried.add(key)
        session.reached += 1
    return _hint(sealed, session, "wrong", told)


def _hint(sealed: Sealed, session: _Session, verdict: str, told: str) -> Feedback:
    last = len(sealed.hints)
    number = min(session.reached, last)
    text = f"{told} Hint {number} of {last}: {sealed.hints[number - 1]}"
    if session.reached > last:
        text = f"{text} {_ASK}"
    return Feedback(sealed.exercise, verdict, text, hint=number)


def _find(folder: Path, exercise: str) -> Sealed | str:
    """Read an exercise, or say why it is not there."""
    try:
        content = json.loads((folder / EXERCISES).read_text(encoding="utf-8"))
        known = content["exercises"]
        names = list(known.keys())
    except FileNotFoundError:
        return (
            f"There is no {EXERCISES} beside this notebook: copy it from the folder the notebook "
            "came from."
        )
    except OSError as error:
        return f"{EXERCISES} cannot be read: {error.strerror}."
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return f"{EXERCISES} is damaged: copy it anew from the folder the notebook came from."
    if exercise not in names:
        there = ", ".join(names[:_MOST_NAMES]) or "none"
        return f"{EXERCISES} has no such exercise; it has {there}.{nearest(exercise, names)}"
    sealed = read_sealed(exercise, known[exercise])
    return sealed or f"{EXERCISES} is damaged at {exercise}: copy it anew."


def _save(folder: Path, feedback: Feedback) -> str:
    """Append a try to the progress file; say why where that is impossible."""
    if os.environ.get("SEGKIT_PROGRESS") == "off":
        return ""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "participant": os.environ.get("SEGKIT_PARTICIPANT") or _name_of(folder),
        "exercise": feedback.exercise,
        "verdict": feedback.verdict,
        "hint": feedback.hint,
        "mistake": None if feedback.mistake is None else feedback.mistake + 1,
    }
    try:
        with (folder / PROGRESS).open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        return f"Progress is not saved: {error.strerror}."
    return ""


def _name_of(folder: Path) -> str:
    """Take the folder's name for the participant's; every copy of `exercises` has the same."""
    return folder.parent.name if folder.name == "exercises" else folder.name
