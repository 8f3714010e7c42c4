"""Where everybody is: the progress files of participants' folders, read as a room."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.errors import DataError
from segkit.workshop.checking import PROGRESS

__all__ = ["Room", "read_progress"]

_VERDICTS = ("right", "mistake", "wrong", "blank")
_LONGEST_LINE = 2_000
_LARGEST = 5_000_000
_LONGEST_NAME = 60
_PARTICIPANTS = ["participant", "at", "right", "tries", "hints", "mistakes", "last"]
_EXERCISES = ["exercise", "participants", "right", "tries", "hints", "mistakes"]


@dataclass(frozen=True, slots=True)
class Room:
    """The state of a workshop.

    Attributes
    ----------
    participants : DataFrame
        One row a folder: `participant`, `at` (the exercise answered last), `right` (how many are
        solved), `tries`, `hints` (the highest that a wrong answer took, such as "M1.2: 3"),
        `mistakes` (which usual ones were made, such as "M1.2: 1"), `last` (time of the last try).
    exercises : DataFrame
        One row an exercise: how many `participants` tried it, how many have it `right`, how many
        `tries` it took, how many needed `hints`, how many made usual `mistakes`.
    faults : tuple of str
        Files that could not be read, or in part, and why.
    """

    participants: pd.DataFrame
    exercises: pd.DataFrame
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Try:
    time: datetime
    participant: str
    exercise: str
    verdict: str
    hint: int
    mistake: int | None


def read_progress(folder: str | Path) -> Room:
    """Read the progress files of all folders below one.

    A file that is damaged is read as far as it goes, and named.

    Parameters
    ----------
    folder
        Holds the participants' folders, at any depth; links are not followed.

    Raises
    ------
    DataError
        When there is no such folder.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> line = '{"time": "2026-03-02T09:30:00+00:00", "participant": "Ann", "exercise": "M1.2"'
    >>> with TemporaryDirectory() as folder:
    ...     text = line + ', "verdict": "wrong", "hint": 2, "mistake": null}'
    ...     _ = Path(folder, "progress.jsonl").write_text(text)
    ...     room = read_progress(folder)
    >>> room.participants[["participant", "at", "right", "tries", "hints"]]
      participant    at  right  tries    hints
    0         Ann  M1.2      0      1  M1.2: 2
    """
    top = Path(folder)
    if not top.is_dir():
        raise DataError(f"There is no folder {top}. Name the one that holds participants' folders.")
    faults: list[str] = []
    found = {path: _tries(path, faults) for path in _progress_files(top, faults)}
    tries = {path: one for path, one in found.items() if one}
    names = _names(top, tries)
    rows = [_participant(names[path], one) for path, one in tries.items()]
    everything = [(names[path], one) for path, each in tries.items() for one in each]
    return Room(
        pd.DataFrame(rows, columns=_PARTICIPANTS).sort_values("participant", ignore_index=True),
        pd.DataFrame(_exercises(everything), columns=_EXERCISES),
        tuple(faults),
    )


def _progress_files(top: Path, faults: list[str]) -> Iterator[Path]:
    def note(error: OSError) -> None:
        faults.append(f"{error.filename}: cannot be read: {error.strerror}.")

    for folder, inner, files in os.walk(top, onerror=note):
        inner.sort()
        if PROGRESS in files or PROGRESS in inner:
            yield Path(folder, PROGRESS)


def _tries(path: Path, faults: list[str]) -> list[_Try]:
    """Read a file as far as it goes, earliest try first."""
    try:
        fault = _refusal(path)
        text = "" if fault else path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        fault, text = f"cannot be read: {error.strerror}.", ""
    read = [(n, _line(line)) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    bad = [number for number, one in read if one is None]
    if bad:
        count = f"{len(bad):,} line{'s' if len(bad) > 1 else ''}"
        fault = f"{count} cannot be read, the first is line {bad[0]:,}."
    if fault:
        faults.append(f"{path}: {fault}")
    return sorted((one for _, one in read if one is not None), key=lambda one: one.time)


def _refusal(path: Path) -> str:
    if path.is_symlink():
        return "is a link, which is not followed."
    if not path.is_file():
        return "is no file."
    if path.stat().st_size > _LARGEST:
        return f"is larger than {_LARGEST // 1_000_000} MB, which no participant writes."
    return ""


def _line(text: str) -> _Try | None:
    if len(text) > _LONGEST_LINE:
        return None
    try:
        content = json.loads(text)
        time = datetime.fromisoformat(content["time"])
        one = _Try(
            time.astimezone(UTC),
            _text(content["participant"]),
            _text(content["exercise"]),
            _VERDICTS[_VERDICTS.index(content["verdict"])],
            _count(content["hint"]),
            None if content["mistake"] is None else _count(content["mistake"]),
        )
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return None
    return one if time.tzinfo and one.exercise else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return _whole(value)[:_LONGEST_NAME]


def _whole(text: str) -> str:
    """Replace halves of letters, which no table takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value <= 99:
        raise ValueError
    return value


def _names(top: Path, tries: dict[Path, list[_Try]]) -> dict[Path, str]:
    """Name each folder by its participant, and by its place too where two have the same name."""
    names = {path: one[-1].participant for path, one in tries.items()}
    seen = list(names.values())
    return {
        path: name
        if seen.count(name) == 1
        else f"{name} ({_whole(str(path.parent.relative_to(top)))})"
        for path, name in names.items()
    }


def _participant(name: str, tries: Sequence[_Try]) -> tuple[Any, ...]:
    hints: dict[str, int] = {}
    mistakes: dict[str, set[int]] = {}
    for one in tries:
        if one.hint and one.verdict == "wrong":  # the first one comes with the blank cell
            hints[one.exercise] = max(one.hint, hints.get(one.exercise, 0))
        if one.mistake:
            mistakes.setdefault(one.exercise, set()).add(one.mistake)
    answered = [one for one in tries if one.verdict != "blank"]
    return (
        name,
        answered[-1].exercise if answered else tries[0].exercise,
        len({one.exercise for one in tries if one.verdict == "right"}),
        len(answered),
        ", ".join(f"{exercise}: {most}" for exercise, most in hints.items()),
        ", ".join(f"{exercise}: {_listed(made)}" for exercise, made in mistakes.items()),
        tries[-1].time,
    )


def _exercises(tries: Sequence[tuple[str, _Try]]) -> Iterator[tuple[Any, ...]]:
    for exercise in dict.fromkeys(one.exercise for _, one in tries):
        mine = [(name, one) for name, one in tries if one.exercise == exercise]
        yield (
            exercise,
            len({name for name, _ in mine}),
            len({name for name, one in mine if one.verdict == "right"}),
            sum(one.verdict != "blank" for _, one in mine),
            len({name for name, one in mine if one.hint and one.verdict == "wrong"}),
            len({name for name, one in mine if one.verdict == "mistake"}),
        )


def _listed(numbers: set[int]) -> str:
    return " and ".join(map(str, sorted(numbers)))
