"""Agendas: chosen chapters laid into half a day, a day or two days, and what had to be left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal, get_args

from segkit.errors import ParameterError
from segkit.notebooks.lessons import Lesson, Step
from segkit.questions import questions

__all__ = ["Agenda", "Left", "Length", "Slot", "plan"]

Length = Literal["half day", "one day", "two days"]
Place = tuple[int, int]

_WELCOME = ("Welcome", "Who is here, and which number each of us would bet on today.", 10)
_AGAIN = ("Where we stand", "Yesterday's take-aways, each in one sentence.", 10)
_CLOSE = ("Close", "Each says what to do differently next week, by when, and who will ask.", 10)
_EXERCISE = re.compile(r"\bexercise (\w+\.\d+)", re.IGNORECASE)
_SLACK = "Questions, and what took longer."
_BREAK, _LUNCH = ("Break", 15), ("Lunch", 60)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The shape of a day: its minutes, and its pauses by the minute at which they are due."""

    days: int
    minutes: int
    pauses: tuple[tuple[int, str, int], ...]

    @property
    def room(self) -> int:
        """Minutes a day for chapters and their slack."""
        paused = sum(minutes for _, _, minutes in self.pauses)
        return self.minutes - paused - _WELCOME[2] - _CLOSE[2]


_UNANSWERED = "the tables do not answer it"
_WHOLE_CHAPTER = "the chapter as a whole does not fit"
_WHOLE = ((90, *_BREAK), (195, *_LUNCH), (360, *_BREAK))
_FRAMES: dict[Length, _Frame] = {
    "half day": _Frame(1, 210, ((100, *_BREAK),)),
    "one day": _Frame(1, 480, _WHOLE),
    "two days": _Frame(2, 480, _WHOLE),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """A line of the agenda; `start` counts minutes from midnight."""

    start: int
    minutes: int
    kind: Literal["step", "slack", "pause", "frame"]
    title: str
    note: str = ""
    lesson: Lesson | None = None
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A part of a chosen chapter that was left out, and why."""

    lesson: Lesson
    step: Step
    reason: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """Days of slots, what was left out, and the minutes for chapters: how many, how many free."""

    length: Length
    days: tuple[tuple[Slot, ...], ...]
    left: tuple[Left, ...]
    room: int
    spare: int


def plan(lessons: Sequence[Lesson], length: Length, start: str = "09:00") -> Agenda:
    """Lay chapters into a workshop of a given length.

    Half a day has 210 minutes with one break, a day 480 with lunch and two breaks; 20 minutes a
    day are for welcome and close. Each chapter keeps its slack in proportion to what is shown of
    it. What the tables do not answer is left out in any case. Where the rest does not fit, parts
    go in this order, each time of the chapter that takes most time, its last part first: what the
    chapter names under "If short of time", sections that answer none of the 24 questions,
    exercises between a chapter's first and last, and sections that add pictures to an answer given
    before. No chapter goes below half of its time: before that the last chapter is left out as a
    whole. What then fits again is taken in again, latest left out first.

    Parameters
    ----------
    lessons
        The chosen chapters, in the order in which they are given.
    length
        "half day", "one day" or "two days".
    start
        When each day begins, as "HH:MM".

    Raises
    ------
    ParameterError
        When there is no such length, or the start is no time of day that leaves room.

    Examples
    --------
    >>> from segkit.notebooks.lessons import Step
    >>> steps = (Step("opening", "Opening", 5), Step("section", "The answer", 30))
    >>> agenda = plan([Lesson("01_market", "Market", steps, slack=5)], "half day")
    >>> [(slot.start // 60, slot.start % 60, slot.title) for slot in agenda.days[0]][:3]
    [(9, 0, 'Welcome'), (9, 10, 'Opening'), (9, 15, 'The answer')]
    >>> agenda.left, agenda.spare
    ((), 135)
    """
    if length not in _FRAMES:
        raise ParameterError("length", "plan", f"one of {', '.join(get_args(Length))}", length)
    frame = _FRAMES[length]
    begin = _minute(start, frame)
    choice = _Choice(lessons, frame)
    choice.leave_until_it_fits()
    days = tuple(
        tuple(_day(choice, places, frame, begin, day)) for day, places in enumerate(choice.days())
    )
    taken = sum(choice.minutes(places) for places in choice.days())
    room = frame.days * frame.room
    return Agenda(length, days, choice.left(), room, room - taken)


class _Choice:
    """Which parts of the chapters are given; a place is (number of chapter, number of part)."""

    def __init__(self, lessons: Sequence[Lesson], frame: _Frame) -> None:
        self.lessons = lessons
        self.frame = frame
        self.kept = {
            (chapter, part)
            for chapter, lesson in enumerate(lessons)
            for part in range(len(lesson.steps))
        }
        self.reasons: dict[Place, str] = {}

    def step(self, place: Place) -> Step:
        return self.lessons[place[0]].steps[place[1]]

    def minutes(self, places: Iterable[Place]) -> int:
        """Add up parts, and of each chapter's slack the part that belongs to them."""
        by_chapter: dict[int, int] = {}
        for place in places:
            by_chapter[place[0]] = by_chapter.get(place[0], 0) + self.step(place).minutes
        return sum(
            taken + _slack(self.lessons[chapter], taken) for chapter, taken in by_chapter.items()
        )

    def days(self) -> list[list[Place]]:
        """Part what is kept into days, between chapters where that is possible."""
        places = sorted(self.kept)
        if self.frame.days == 1:
            return [places]
        cuts = range(len(places) + 1)
        half = self.minutes(places) / 2
        return min(
            ([places[:cut], places[cut:]] for cut in cuts),
            key=lambda parts: (
                max(map(self.minutes, parts)) > self.frame.room,
                _is_torn(parts),
                abs(self.minutes(parts[0]) - half),
            ),
        )

    def fits(self) -> bool:
        return all(self.minutes(places) <= self.frame.room for places in self.days())

    def leave_until_it_fits(self) -> None:
        self._leave_unanswered()
        order: list[Place] = []
        while not self.fits():
            places, reason = self._next()
            self._leave(places, reason)
            order += places
        for place in reversed(order):
            if any(chapter == place[0] for chapter, _ in self.kept):
                self.kept.add(place)
                if self.fits():
                    del self.reasons[place]
                else:
                    self.kept.remove(place)

    def left(self) -> tuple[Left, ...]:
        return tuple(
            Left(self.lessons[place[0]], self.step(place), self.reasons[place])
            for place in sorted(self.reasons)
        )

    def _leave_unanswered(self) -> None:
        for chapter, lesson in enumerate(self.lessons):
            asking = {number for number, step in enumerate(lesson.steps) if step.shown}
            silent = {number for number in asking if lesson.steps[number].unanswered}
            gone = range(len(lesson.steps)) if silent and silent == asking else silent
            self._leave([(chapter, part) for part in gone], _UNANSWERED)

    def _leave(self, places: Sequence[Place], reason: str) -> None:
        self.kept -= set(places)
        self.reasons |= dict.fromkeys(places, reason)

    def _next(self) -> tuple[list[Place], str]:
        """Find what to leave next, and why."""
        for reason, may_go in _RULES.items():
            found = [place for place in self.kept if may_go(self, place) and self._can_spare(place)]
            if found:
                return [max(found, key=lambda place: (*self._weight(place[0]), place[1]))], reason
        last = max(chapter for chapter, _ in self.kept)
        if last == min(self.kept)[0]:
            return [max(self.kept)], "too long for the time there is"
        whole = [(last, part) for part in range(len(self.lessons[last].steps))]
        return [place for place in whole if self.reasons.get(place) != _UNANSWERED], _WHOLE_CHAPTER

    def _can_spare(self, place: Place) -> bool:
        given = [one for one in self.kept if one[0] == place[0] and one != place]
        return 2 * self.minutes(given) >= self.lessons[place[0]].minutes

    def _weight(self, chapter: int) -> tuple[int, int]:
        return self.minutes(place for place in self.kept if place[0] == chapter), chapter

    def may_be_skipped(self, place: Place) -> bool:
        """Where the words name an exercise, it is that one that may go, wherever they stand."""
        step, steps = self.step(place), self.lessons[place[0]].steps
        if step.exercise and any(step.exercise.id in _named(one) for one in steps):
            return True
        return step.kind in {"section", "exercise"} and bool(step.skip) and not _named(step)

    def supports_only(self, place: Place) -> bool:
        step = self.step(place)
        asked = {one.question for one in step.shown}
        main = any(question in questions() for question in self.lessons[place[0]].questions)
        if not main or step.kind != "section":
            return False
        return not (asked & questions().keys() if asked else step.pictures or step.ask)

    def adds_pictures(self, place: Place) -> bool:
        step = self.step(place)
        return step.kind == "section" and step.pictures > 0 and not step.shown

    def is_middle_exercise(self, place: Place) -> bool:
        numbers = [
            number
            for number, step in enumerate(self.lessons[place[0]].steps)
            if step.kind == "exercise"
        ]
        return place[1] in numbers[1:-1]


_RULES = {
    "the chapter names it for when time is short": _Choice.may_be_skipped,
    "it answers none of the 24 questions": _Choice.supports_only,
    "an exercise between the first and the last": _Choice.is_middle_exercise,
    "it adds to an answer that was given before": _Choice.adds_pictures,
}


def _day(
    choice: _Choice, places: Sequence[Place], frame: _Frame, begin: int, day: int
) -> Iterator[Slot]:
    """Lay slots one after the other, each pause where it is least early or late."""
    now = begin
    due = list(frame.pauses)
    hello = _AGAIN if day else _WELCOME
    for slot in (_framing(hello), *_taught(choice, places), _framing(_CLOSE)):
        # No pause before slack or close: who is done early goes, or goes home.
        may_pause = slot.kind != "slack" and slot.title != _CLOSE[0]
        while due and may_pause and now + slot.minutes / 2 >= begin + due[0][0]:
            _, title, minutes = due.pop(0)
            yield Slot(now, minutes, "pause", title)
            now += minutes
        yield replace(slot, start=now)
        now += slot.minutes


def _framing(told: tuple[str, str, int]) -> Slot:
    title, note, minutes = told
    return Slot(0, minutes, "frame", title, note)


def _taught(choice: _Choice, places: Sequence[Place]) -> Iterator[Slot]:
    """List parts, and after each chapter its slack."""
    for number, place in enumerate(places):
        lesson, step = choice.lessons[place[0]], choice.step(place)
        yield Slot(0, step.minutes, "step", step.title, lesson=lesson, step=step)
        if number + 1 == len(places) or places[number + 1][0] != place[0]:
            taken = sum(choice.step(one).minutes for one in places if one[0] == place[0])
            if minutes := _slack(lesson, taken):
                yield Slot(0, minutes, "slack", "Slack", _SLACK, lesson)


def _named(step: Step) -> list[str]:
    """List the exercises that a part names for when time is short."""
    return [name for text in step.skip for name in _EXERCISE.findall(text)]


def _slack(lesson: Lesson, taken: int) -> int:
    whole = lesson.minutes - lesson.slack
    return ceil(lesson.slack * taken / whole) if whole else 0


def _is_torn(parts: Sequence[Sequence[Place]]) -> bool:
    """Say whether a chapter goes over the night, or a day is empty."""
    first, second = parts
    return not first or not second or first[-1][0] == second[0][0]


def _minute(start: str, frame: _Frame) -> int:
    hours, _, minutes = str(start).partition(":")
    if hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60:
        begin = 60 * int(hours) + int(minutes)
        if begin + frame.minutes <= 24 * 60:
            return begin
    raise ParameterError("start", "plan", 'a time as "09:00" that leaves room for the day', start)
