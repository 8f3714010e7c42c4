"""The exercises of the chapters: what each must have, and that solutions and mistakes hold.

The sample company's keys are read from the committed facilitator's edition; a second company is
played through here, in one process and without its pictures.
"""

import ast
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import nbformat
import pytest

import segkit
from segkit.notebooks import Chapter, read_notebook, read_source
from segkit.notebooks.chapters import cell, notebook, sources_in, tags
from segkit.notebooks.editions import edition
from segkit.notebooks.exercises import exercises_file, exercises_of, keys_of
from segkit.notebooks.lessons import read_lessons
from segkit.notebooks.names import EXERCISES, KEY
from segkit.workshop import Key, check, key
from segkit.workshop.sealing import _COST as COST
from segkit.workshop.sealing import read_sealed

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SOURCES = {path.stem: read_source(path) for path in sources_in(NOTEBOOKS / "src")}
NAMES = [name for name in SOURCES if "02" <= name < "07"]
_ASKED = re.compile(r"^(\w+) = base\.ask\(\"(\w+)\"\)", re.MULTILINE)


@pytest.fixture(autouse=True, scope="module")
def quick_hashes():
    """Hashes are slow on purpose; these tests make some thousands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segkit.workshop.sealing._COST", {"n": 2, "r": 1, "p": 1, "dklen": 16})
        yield


def words(name: str, tag: str = "") -> str:
    """The Markdown of a chapter, or of its cells with a tag."""
    cells = SOURCES[name].notebook.cells
    return "\n\n".join(
        one.source for one in cells if one.cell_type == "markdown" and (not tag or tag in tags(one))
    )


def number(pattern: str, text: str) -> int:
    return int(re.search(pattern, text)[1])


@dataclass
class Room:
    """A company whose answers are kept, and what was said of its exercises."""

    base: segkit.CustomerBase
    shuffled: bool = False
    keys: dict[str, Key] = field(default_factory=dict)
    given: dict[str, object] = field(default_factory=dict)
    mistakes: dict[str, dict[str, object]] = field(default_factory=dict)
    said: list = field(default_factory=list)

    def __getitem__(self, table):
        return self.base[table]

    def ask(self, question):
        answer = asked(question)
        assert answer.status == "answered"
        if self.shuffled:
            return replace(answer, table=answer.table.sample(frac=1, random_state=1))
        return answer

    def check(self, exercise, value):
        self.said.append(check(exercise, value))

    def key(self, exercise, value, *, hints, mistakes):
        self.keys[exercise] = key(exercise, value, hints=hints, mistakes=mistakes)
        self.given[exercise], self.mistakes[exercise] = value, mistakes


@cache
def company() -> segkit.CustomerBase:
    return segkit.sample(seed=11, scale=0.4)


@cache
def asked(question: str):
    """The slowest part by far: each question is asked once for all tests."""
    return company().ask(question)


@cache
def played(name: str, *, shuffled: bool = False) -> Room:
    """The exercises of a chapter as their source has them."""
    return play(SOURCES[name], shuffled=shuffled)


def play(chapter: Chapter, *, shuffled: bool = False) -> Room:
    """Run the exercises of a chapter, and of its other cells only the questions they need."""
    room = Room(company(), shuffled)
    code = [one for one in chapter.notebook.cells if one.cell_type == "code"]
    mine = [one for one in code if {"exercise", "key"} & set(tags(one))]
    mine = [one for one in mine if "interactive" not in tags(one)]
    used = {
        node.id
        for one in mine
        for node in ast.walk(ast.parse(one.source))
        if isinstance(node, ast.Name)
    }
    scope = {"base": room, "display": lambda _: None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segkit.workshop.check", room.check, raising=False)
        patch.setattr("segkit.workshop.key", room.key, raising=False)
        for one in code:
            found = _ASKED.search(one.source)
            if one in mine or (found and found[1] in used):
                exec(one.source, scope)
    return room


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_has_three_to_six_exercises_of_three_to_ten_minutes(name):
    found = exercises_of(SOURCES[name])
    assert 3 <= len(found) <= 6
    assert all(3 <= one.minutes <= 10 for one in found)
    questions = set(re.findall(r"base\.ask\(\"(\w+)\"\)", str(SOURCES[name].notebook)))
    assert {one.question for one in found} <= questions


def test_no_two_exercises_have_one_id():
    ids = Counter(one.id for chapter in SOURCES.values() for one in exercises_of(chapter))
    assert [exercise for exercise, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_opens_with_objectives_and_ends_with_wrap_up_and_take_away(name):
    opening, *_, last = (
        one.source for one in SOURCES[name].notebook.cells if one.cell_type == "markdown"
    )
    assert re.search(r"^\*\{minutes\} minutes\.\*", opening, re.MULTILINE)
    assert opening.count("\n* ") >= 3
    assert last.startswith("## Take away")
    assert last.count("\n* ") >= 3
    wrapped = words(name, "exercise").partition("## Wrap-up")[2]
    assert len(re.findall(r"^### Exercise", wrapped, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", SOURCES)
def test_minutes_are_summed_and_a_twentieth_is_slack(name):
    (lesson,) = read_lessons([SOURCES[name]])
    slack = number(r"\*\*Facilitator, \{minutes\} minutes \((\d+) slack\)\.\*\*", words(name))
    assert not [step.title for step in lesson.steps if step.estimated]
    assert slack == lesson.slack >= lesson.minutes / 20
    for kind in ("analyst", "exercises", "facilitator"):
        derived = edition(SOURCES[name], kind)
        assert f"*{lesson.minutes} minutes.*" in str(derived.notebook)
        assert "{minutes}" not in str(derived.notebook)


@pytest.mark.parametrize("name", NAMES)
def test_each_section_with_an_answer_has_a_prompt(name):
    for section in re.split(r"\n\n(?=## )", flat(name)):
        if _ASKED.search(section):
            assert "**Ask first:**" in section or "**Discuss:**" in section, section[:60]


def flat(name: str) -> str:
    return "\n\n".join(one.source for one in SOURCES[name].notebook.cells)


@pytest.mark.parametrize("name", NAMES)
def test_solutions_and_mistakes_hold_for_another_company(name):
    room = played(name)
    assert list(room.keys) == [one.id for one in exercises_of(SOURCES[name])]
    for exercise, found in room.keys.items():
        assert len(found.sealed.hints) == len(set(found.sealed.hints)) == 3
        assert len(room.mistakes[exercise]) == 3
        assert len(found.dropped) <= 1, exercise
        assert found.sealed.judge(room.given[exercise]).kind == "right"
        told = [told for told, _ in found.sealed.mistakes]
        for place, mistake in enumerate(told):
            verdict = found.sealed.judge(room.mistakes[exercise][mistake])
            assert (verdict.kind, verdict.mistake) == ("mistake", place), (exercise, mistake)


@pytest.mark.parametrize("name", NAMES)
def test_answers_do_not_hang_on_the_order_of_rows(name):
    shuffled = played(name, shuffled=True)
    for exercise, found in played(name).keys.items():
        assert found.sealed.judge(shuffled.given[exercise]).kind == "right", exercise


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_exercise_runs_and_gives_the_first_hint(name, monkeypatch, tmp_path):
    ids = [one.id for one in exercises_of(SOURCES[name])]
    keys = played(name).keys
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGKIT_PROGRESS", "off")
    monkeypatch.setattr("segkit.workshop.checking._sessions", {})
    seal_into(tmp_path, name, keys)
    said = play(edition(SOURCES[name], "exercises")).said
    assert [one.exercise for one in said] == ids
    for one in said:
        assert (one.verdict, one.hint) == ("blank", 1)
        assert keys[one.exercise].sealed.hints[0] in one.text


def seal_into(folder: Path, name: str, keys: dict[str, Key]) -> None:
    """Write what `check` reads, as the deriving step does: from the outputs of the key cells."""
    shown = cell("code", "", "keys", ["key"])
    shown.outputs = [
        nbformat.v4.new_output("display_data", data={KEY: one.to_record()}) for one in keys.values()
    ]
    text = exercises_file([Chapter(name, notebook([shown]))])
    (folder / EXERCISES).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_on_the_sample_company_every_usual_mistake_is_recognised(name, monkeypatch):
    monkeypatch.setattr("segkit.workshop.sealing._COST", COST)
    keys = keys_of(read_notebook(NOTEBOOKS / "facilitator" / f"{name}.ipynb"))
    assert list(keys) == [one.id for one in exercises_of(SOURCES[name])]
    for exercise, found in keys.items():
        assert found["dropped"] == []
        sealed = read_sealed(exercise, found["sealed"])
        if "; " not in found["expected"]:  # one value, as a participant would type it
            assert sealed.judge(found["expected"]).kind == "right"
            for place, mistake in enumerate(found["mistakes"]):
                assert sealed.judge(mistake["value"]).mistake == place, (exercise, mistake)
