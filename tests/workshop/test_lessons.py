"""What is read out of a chapter: parts, minutes, prompts, exercises."""

import pytest

from segkit.notebooks import read_lessons
from segkit.notebooks.lessons import with_minutes

OPENING = (
    "# Market: how big?\n\n*{minutes} minutes.* At the end you can say\n\n* how big,\n* how sure."
)


def parts(lesson):
    return [(step.title, step.minutes, step.estimated) for step in lesson.steps]


def read(chapter):
    (lesson,) = read_lessons([chapter])
    return lesson


def test_named_minutes_are_taken_and_slack_that_is_not_named_is_a_tenth(chapter, prose):
    lesson = read(
        chapter(
            prose(OPENING, minutes=5),
            prose("## The answer", minutes=30),
            prose("### Are they there?", minutes=10),
            prose("### Exercise M1.1 (12 minutes)\n\nDivide.", "exercise"),
        )
    )
    assert parts(lesson) == [
        ("Opening", 5, False),
        ("The answer", 30, False),
        ("Are they there?", 10, False),
        ("Exercise M1.1", 12, False),
    ]
    assert (lesson.minutes, lesson.slack) == (63, 6)
    assert lesson.objectives == ("how big", "how sure.")


def test_slack_is_named_by_the_facilitator(chapter, prose):
    lesson = read(
        chapter(
            prose(OPENING, minutes=5),
            prose("**Facilitator, {minutes} minutes (10 slack).** Mind.", "facilitator"),
            prose("## A", minutes=30),
        )
    )
    assert (lesson.minutes, lesson.slack) == (45, 10)


def test_the_sum_is_written_where_a_chapter_asks_for_it(chapter, prose, code):
    whole = chapter(
        prose("# Market\n\n*{minutes} minutes.*", minutes=5),
        prose("**Facilitator, {minutes} minutes (10 slack).** Mind.", "facilitator"),
        code(),
        prose("### Exercise M1.1 (7 minutes)", "exercise"),
    )
    shown = chapter(*whole.notebook.cells[:1])
    assert with_minutes(shown, whole).notebook.cells[0].source == "# Market\n\n*22 minutes.*"
    assert "{minutes}" in shown.notebook.cells[0].source
    told = with_minutes(whole, whole).notebook.cells[1].source
    assert told == "**Facilitator, 22 minutes (10 slack).** Mind."


def test_without_any_minutes_the_rule_estimates(chapter, prose, code, answer, figure):
    """An opening of 2, a section of 2 and 2 for each answer and picture, an exercise of 5."""
    lesson = read(
        chapter(
            prose("# M"),
            prose("## A"),
            code(answer("M1"), figure),
            prose("## Your turn\n\n### Exercise M1.1\n\nCount.", "exercise"),
        )
    )
    assert [minutes for _, minutes, _ in parts(lesson)] == [2, 6, 5]
    assert lesson.slack == 2


def test_prompts_are_sorted_by_the_words_they_begin_with(chapter, prose, code, answer):
    said = (
        "**Ask first:** How many?\n\n**Discuss:** why so?\n\nAnd then?\n\n"
        "**If short of time:** leave it.\n\n**In half the time:** one picture.\n\n**Mind:** this."
    )
    lesson = read(chapter(prose("# M"), prose("## A"), prose(said, "facilitator"), code()))
    step = lesson.steps[-1]
    assert step.ask == ("How many?",)
    assert step.discuss == ("Why so?", "And then?")
    assert step.skip == ("Leave it.",)
    assert step.half == ("One picture.",)
    assert step.notes == ("**Mind:** this.",)


def test_what_is_asked_before_a_heading_belongs_to_the_part_that_it_opens(
    chapter, prose, code, answer
):
    ask = prose("**Ask first:** Which?", "facilitator")
    turn = prose("## Your turn\n\n### Exercise M1.1 (3 minutes)", "exercise")
    lesson = read(
        chapter(prose("# M"), prose("## A"), code(answer("M1")), ask, turn, prose("## B"))
    )
    assert {step.title: step.ask for step in lesson.steps}["B"] == ("Which?",)
    assert sum(len(step.ask) for step in lesson.steps) == 1


def test_exercises_carry_their_keys(chapter, prose, code, key):
    lesson = read(
        chapter(
            prose("# M"),
            prose("### Exercise M1.2 (5 minutes)\n\nWhich part?", "exercise"),
            code(labels=["exercise"]),
            code(key("M1.2", "0.6", [("0.4", "You divided accounts.")]), labels=["key"]),
        )
    )
    (task,) = lesson.tasks
    assert (task.id, task.text, task.expected) == ("M1.2", "Which part?", "0.6")
    assert task.mistakes == (("0.4", "You divided accounts."),)
    assert len(task.hints) == 3


def test_an_empty_heading_above_exercises_takes_no_time(chapter, prose):
    turn = prose("## Your turn\n\nOne cell to fill in.", "exercise")
    task = prose("### Exercise M1.1 (5 minutes)", "exercise")
    lesson = read(chapter(prose("# M"), turn, task))
    assert [step.title for step in lesson.steps] == ["Opening", "Exercise M1.1"]


def test_take_aways_and_the_next_step_are_found(chapter, prose):
    text = "## Take away\n\n* Bet on\n  ranges.\n* Ask.\n\n**On Monday:** call."
    lesson = read(chapter(prose("# M"), prose(text, minutes=2)))
    assert lesson.take_aways == ("Bet on ranges.", "Ask.")
    assert lesson.next_step == "**On Monday:** call."
    assert (lesson.steps[-1].kind, lesson.steps[-1].minutes) == ("take away", 2)


@pytest.mark.parametrize("status", ["missing data", "answered"])
def test_a_part_that_the_tables_do_not_answer_is_known(chapter, prose, code, answer, status):
    lesson = read(chapter(prose("# M"), prose("## A"), code(answer("M1", status=status))))
    assert lesson.steps[-1].unanswered == (status == "missing data")
    assert list(lesson.questions) == ([] if status == "missing data" else ["M1"])
