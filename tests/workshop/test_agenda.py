"""Agendas hold what they promise: everything has its place or stands among what was left out."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.errors import ParameterError
from segkit.notebooks.lessons import Lesson, Shown, Step, Task
from segkit.workshop import plan

LENGTHS = {"half day": (1, 210), "one day": (1, 480), "two days": (2, 480)}


def section(title, minutes, question="", status="answered", **more):
    shown = (Shown(question, "?", status, "!"),) if question else ()
    return Step("section", title, minutes, estimated=False, shown=shown, **more)


def exercise(name, minutes):
    return Step("exercise", f"Exercise {name}", minutes, estimated=False)


def lesson(name, *steps, slack=0):
    return Lesson(name, name.title(), (Step("opening", "Opening", 5), *steps), slack)


def titles(agenda):
    return [slot.title for day in agenda.days for slot in day if slot.kind == "step"]


def left(agenda):
    return {(one.lesson.name, one.step.title): one.reason for one in agenda.left}


def test_a_day_runs_without_gaps_from_welcome_to_close():
    chapters = [lesson(f"0{n}", *(section(f"S{k}", 20, "M1") for k in range(5))) for n in range(3)]
    (day,) = plan(chapters, "one day", start="08:30").days
    assert (day[0].title, day[0].start) == ("Welcome", 510)
    assert day[-1].title == "Close"
    assert all(one.start + one.minutes == other.start for one, other in pairwise(day))
    assert [slot.title for slot in day if slot.kind == "pause"] == ["Break", "Lunch", "Break"]


def test_pauses_lie_within_half_a_part_of_when_they_are_due():
    chapters = [lesson("01", *(section(f"S{k}", 30, "M1") for k in range(11)))]
    (day,) = plan(chapters, "one day").days
    begun = [slot.start - 540 for slot in day if slot.kind == "pause"]
    assert all(abs(at - due) <= 15 for at, due in zip(begun, (90, 195, 360), strict=True))


def test_each_chapter_keeps_its_slack():
    agenda = plan([lesson("01", section("A", 45, "M1"), slack=7)], "half day")
    assert [(slot.kind, slot.minutes) for slot in agenda.days[0]][1:4] == [
        ("step", 5),
        ("step", 45),
        ("slack", 7),
    ]
    assert agenda.spare == agenda.room - 57


def test_parts_go_in_the_order_that_is_promised():
    """175 minutes of room, 225 wanted: named for skipping, then supporting, then the middle."""
    chapter = lesson(
        "01",
        section("Named", 20, "M1", skip=("Leave it.",)),
        section("Supporting", 20, "S1"),
        section("Main", 120, "M2"),
        *(exercise(f"M1.{n}", 20) for n in range(1, 4)),
    )
    agenda = plan([chapter], "half day")
    assert left(agenda) == {
        ("01", "Named"): "the chapter names it for when time is short",
        ("01", "Supporting"): "it answers none of the 24 questions",
        ("01", "Exercise M1.2"): "an exercise between the first and the last",
    }
    assert titles(agenda) == ["Opening", "Main", "Exercise M1.1", "Exercise M1.3"]


def test_an_exercise_named_elsewhere_goes_instead_of_what_names_it():
    chapter = lesson(
        "01",
        section("Main", 150, "M1", skip=("Leave out exercise M1.1; show M1.2 yourself.",)),
        *(replace(exercise(f"M1.{n}", 20), exercise=Task(f"M1.{n}", "")) for n in (1, 2)),
    )
    assert list(left(plan([chapter], "half day"))) == [("01", "Exercise M1.1")]


def test_what_fits_again_is_taken_in_again():
    """The long part goes after the short one, and then the short one has its place again."""
    chapter = lesson(
        "01",
        section("Long", 40, "M1", skip=("Leave it.",)),
        section("Main", 120, "M2"),
        section("Short", 5, "M3", skip=("Leave it.",)),
    )
    agenda = plan([chapter, lesson("02", exercise("M2.1", 10))], "half day")
    assert list(left(agenda)) == [("01", "Long")]
    assert "Short" in titles(agenda)


def test_no_chapter_is_hollowed_out_before_the_last_is_left_whole():
    chapters = [
        lesson(name, section("A", 60, "M1"), section("B", 50, skip=("Leave it.",)))
        for name in ("01", "02", "03")
    ]
    agenda = plan(chapters, "half day")
    gone = left(agenda)
    assert {title for name, title in gone if name == "03"} == {"Opening", "A", "B"}
    assert set(gone.values()) >= {"the chapter as a whole does not fit"}
    assert "A" in titles(agenda)


def test_what_the_tables_do_not_answer_is_left_out_in_any_case():
    chapters = [
        lesson("01", section("Yes", 20, "M1"), section("No", 20, "M2", "missing data")),
        lesson("02", section("None", 20, "M3", "missing data")),
    ]
    agenda = plan(chapters, "two days")
    assert set(left(agenda)) == {("01", "No"), ("02", "Opening"), ("02", "None")}
    assert set(left(agenda).values()) == {"the tables do not answer it"}


def test_two_days_part_between_chapters():
    chapters = [lesson(f"0{n}", section("A", 80, "M1"), section("B", 70, "M2")) for n in range(4)]
    first, second = plan(chapters, "two days").days
    assert {slot.lesson.name for slot in first if slot.lesson} == {"00", "01"}
    assert {slot.lesson.name for slot in second if slot.lesson} == {"02", "03"}


def test_a_part_longer_than_the_time_is_named():
    agenda = plan([lesson("01", section("Endless", 600, "M1"))], "half day")
    assert left(agenda) == {("01", "Endless"): "too long for the time there is"}


@pytest.mark.parametrize("start", ["9", "25:00", "09:61", "16:01", "noon", ""])
def test_a_start_must_leave_room(start):
    with pytest.raises(ParameterError, match="start"):
        plan([], "one day", start=start)


def test_a_length_must_be_known():
    with pytest.raises(ParameterError, match="half day, one day, two days"):
        plan([], "a week")


steps = st.builds(
    lambda minutes, question, skip, kind: Step(
        kind,
        "T",
        minutes,
        shown=(Shown(question, "?", "answered", "!"),) if question and kind == "section" else (),
        skip=("Leave it.",) if skip else (),
    ),
    st.integers(1, 60),
    st.sampled_from(["", "M1", "S1"]),
    st.booleans(),
    st.sampled_from(["section", "exercise"]),
)


@settings(max_examples=40)
@given(
    st.lists(st.lists(steps, min_size=1, max_size=8), max_size=7),
    st.sampled_from(sorted(LENGTHS)),
    st.integers(0, 15),
)
def test_nothing_is_lost_and_nothing_overruns(content, length, slack):
    chapters = [lesson(f"0{n}", *parts, slack=slack) for n, parts in enumerate(content)]
    agenda = plan(chapters, length)
    given_parts = [
        (slot.lesson.name, id(slot.step)) for day in agenda.days for slot in day if slot.step
    ]
    whole = [(one.name, id(step)) for one in chapters for step in one.steps]
    gone = [(one.lesson.name, id(one.step)) for one in agenda.left]
    assert sorted(given_parts + gone) == sorted(whole)
    assert given_parts == [part for part in whole if part in given_parts]
    count, minutes = LENGTHS[length]
    assert len(agenda.days) == count
    for day in agenda.days:
        assert day[-1].start + day[-1].minutes <= 540 + minutes
    assert agenda.spare >= 0
