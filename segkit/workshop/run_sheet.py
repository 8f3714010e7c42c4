"""Run sheets and agendas as pages: what to say, ask and expect, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from segkit.notebooks.lessons import Lesson, Step
from segkit.workshop.agenda import Agenda, Left, Slot
from segkit.workshop.render import page
from segkit.workshop.sifting import LeftOut

__all__ = ["agenda_page", "run_sheet_page"]

_WORDS = {"half day": "half a day", "one day": "one day", "two days": "two days"}


def run_sheet_page(
    lessons: Sequence[Lesson], company: str = "", left_out: Sequence[LeftOut] = ()
) -> str:
    """Write the run sheets of chapters as one page; times count from each chapter's start.

    What the tables do not answer, `left_out`, stands at the top.

    Examples
    --------
    >>> lesson = Lesson("01_market", "Market", (Step("opening", "Opening", 5),), slack=1)
    >>> '<b>0:05</b><span>1 min</span>' in run_sheet_page([lesson])
    True
    """
    return page(
        "run_sheet",
        "Run sheet",
        company=company,
        left_out=left_out,
        lessons=lessons,
        offset=_offset,
        timed=_timed,
        told=_told,
        total=sum(lesson.minutes for lesson in lessons),
    )


def agenda_page(agenda: Agenda, lessons: Sequence[Lesson], company: str = "") -> str:
    """Write an agenda, what it leaves out, and the run sheet that follows its clock.

    Parameters
    ----------
    agenda
        As `plan` laid it.
    lessons
        The chapters that were chosen for it.

    Examples
    --------
    >>> from segkit.workshop.agenda import plan
    >>> lesson = Lesson("01_market", "Market", (Step("opening", "Opening", 5),), slack=1)
    >>> "Agenda for half a day" in agenda_page(plan([lesson], "half day"), [lesson])
    True
    """
    given = {slot.lesson.name for day in agenda.days for slot in day if slot.lesson}
    return page(
        "agenda",
        f"Agenda for {_WORDS[agenda.length]}",
        company=company,
        agenda=agenda,
        blocks=_blocks,
        chosen=len(lessons),
        given=given,
        left=list(_left(agenda.left, given)),
        length=_WORDS[agenda.length],
        told=_told,
        wanted=sum(lesson.minutes for lesson in lessons),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Slots of one chapter in a row, or a single other slot."""

    kind: str
    title: str
    slots: tuple[Slot, ...]
    again: bool

    @property
    def start(self) -> int:
        return self.slots[0].start

    @property
    def minutes(self) -> int:
        return sum(slot.minutes for slot in self.slots)


def _blocks(day: Sequence[Slot]) -> Iterator[_Block]:
    seen = set()
    for name, slots in groupby(day, key=lambda slot: slot.lesson.name if slot.lesson else None):
        if name is None:
            yield from (_Block(slot.kind, slot.title, (slot,), again=False) for slot in slots)
        else:
            found = tuple(slots)
            lesson = found[0].lesson
            yield _Block("chapter", lesson.title if lesson else "", found, name in seen)
            seen.add(name)


def _left(left: Sequence[Left], given: set[str]) -> Iterator[tuple[Lesson, bool, list[Left]]]:
    for name, parts in groupby(left, key=lambda one: one.lesson.name):
        found = list(parts)
        yield found[0].lesson, name not in given, found


def _timed(lesson: Lesson) -> Iterator[tuple[int, Step]]:
    now = 0
    for step in lesson.steps:
        yield now, step
        now += step.minutes


def _offset(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _told(step: Step) -> list[tuple[str, str, Any]]:
    """List what stands beside a part: a term, how it is shown, and its lines."""
    exercise = step.exercise
    told: list[tuple[str, str, Any]] = [
        ("Ask first", "ask", step.ask),
        ("They see", "seen", [one for one in step.shown if one.status != "missing data"]),
    ]
    if exercise:
        told += [
            ("Task", "", [exercise.text] if exercise.text else []),
            ("Expected", "expected", exercise.expected),
            ("Usual mistakes", "mistakes", exercise.mistakes),
            ("Not recognised", "", exercise.unseen),
            ("Hints, in turn", "hints", exercise.hints),
        ]
    told += [
        ("Discuss", "", step.discuss),
        ("In half the time", "", step.half),
        ("If time is short", "", step.skip),
        ("Note", "", step.notes),
    ]
    return [(term, kind, lines) for term, kind, lines in told if lines]
