"""Which cells are an exercise, what each edition gets of it, and what stops a source."""

import json

import nbformat
import pytest

from segkit.notebooks import Chapter, NotebookError, derive, edition, read_source, stale
from segkit.notebooks.chapters import minutes_of
from segkit.notebooks.exercises import exercises_file, exercises_of, keys_of, without_checks

SOURCE = """\
# %% [markdown] minutes=4
# # Start

# %% tags=["exercise"]
from segkit.workshop import check

# %% [markdown] tags=["exercise"]
# ### Exercise Start.1 (5 minutes)
#
# How many?

# %% tags=["exercise"]
share = None
### BEGIN SOLUTION
share = 0.4132
### END SOLUTION
check("Start.1", share)

# %% tags=["key"]
from segkit.workshop import key

key("Start.1", share, hints=["a", "b", "c"], mistakes={"The rest.": 1 - share})

# %% [markdown] tags=["exercise"]
# ### Exercise Start.2
#
# Which?

# %% tags=["exercise"]
names = None
### BEGIN SOLUTION
names = ["secret one", "secret two"]
### END SOLUTION
check(
    "Start.2",
    names,
)

# %% tags=["key"]
key("Start.2", names, hints=["a", "b", "c"], mistakes={})
"""


def chapter(tmp_path, text=SOURCE):
    path = tmp_path / "src" / "00_start.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_source(path)


def test_exercises_and_minutes_are_read(tmp_path):
    read = chapter(tmp_path)
    first, second = exercises_of(read)
    assert (first.id, first.question, first.minutes, first.cells) == (
        "Start.1",
        "Start",
        5,
        (2, 3, 4),
    )
    assert (second.id, second.minutes, second.cells) == ("Start.2", None, (5, 6, 7))
    assert minutes_of(read.notebook.cells[0]) == 4
    assert minutes_of(read.notebook.cells[1]) is None


def test_each_edition_gets_its_part(tmp_path):
    read = chapter(tmp_path)
    text = {
        kind: "\n".join(cell.source for cell in edition(read, kind).notebook.cells)
        for kind in ("analyst", "exercises", "facilitator")
    }
    assert text["analyst"] == "# Start"
    assert "key(" not in text["exercises"]
    assert "0.4132" not in text["exercises"]
    assert 'check("Start.1", share)' in text["exercises"]
    assert "0.4132" in text["facilitator"]
    assert 'key("Start.1"' in text["facilitator"]
    assert "check(" not in text["facilitator"]
    assert exercises_of(edition(read, "exercises"))[0].key is None
    assert len(exercises_of(edition(read, "facilitator"))) == 2


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('check("Start.1", share)', "share", r"Start\.1: no check\('Start\.1', \.\.\.\)"),
        ('check("Start.1", share)', 'check("Start.9", share)', r"Start\.9: cell 4 .*to Start\.1"),
        ('key("Start.1", share,', 'print("Start.1",', r"Start\.1: no key\('Start\.1'"),
        ('tags=["key"]', 'tags=["facilitator"]', r"Start\.1: no key"),
        ("Exercise Start.2", "Exercise Start.1", r"Start\.1: two exercises have this id"),
        ("### Exercise Start.2", "### Task", r"Start\.2: cell 7 calls check, .*no exercise"),
        ("minutes=4", "minutes=0", r"takes minutes=0; expected a whole number from 1"),
        ("minutes=4", 'minutes="four"', r"takes minutes='four'"),
    ],
)
def test_faults_of_a_source_are_named(tmp_path, old, new, fault):
    assert old in SOURCE
    with pytest.raises(NotebookError, match=fault):
        edition(chapter(tmp_path, SOURCE.replace(old, new)), "exercises")


def test_all_faults_are_named_at_once(tmp_path):
    text = SOURCE.replace("Start.1", "Start.2").replace("check(\n", "print(\n")
    with pytest.raises(NotebookError) as caught:
        edition(chapter(tmp_path, text), "analyst")
    assert str(caught.value).count("\n") >= 1


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('check("A", 1)', ""),
        ('x = 1\ncheck(\n    "A",\n    x,\n)\n', "x = 1"),
        ('x = check("A", 1)', 'x = check("A", 1)'),
        ("%time x", "%time x"),
        ("", ""),
    ],
)
def test_only_calls_that_stand_alone_are_taken_out(source, left):
    assert without_checks(source) == left


def test_two_derivations_give_the_same_bytes_and_tell_no_answer(tmp_path):
    chapter(tmp_path)
    written = derive(tmp_path / "src", tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "00_start.ipynb",
        "exercises/00_start.ipynb",
        "facilitator/00_start.ipynb",
        "exercises/exercises.json",
    ]
    assert stale(tmp_path / "src", tmp_path) == []
    assert not list(tmp_path.rglob("progress.jsonl"))
    for path in written[1], written[3]:
        text = path.read_text(encoding="utf-8")
        assert not any(told in text for told in ("0.4132", "41.32", "0.413", "secret", "0.5868"))
    known = json.loads(written[3].read_text())["exercises"]
    assert [(name, one["chapter"]) for name, one in known.items()] == [
        ("Start.1", "00_start"),
        ("Start.2", "00_start"),
    ]
    shown = nbformat.read(written[2], as_version=4)
    keys = keys_of(read_like(shown))
    assert keys["Start.1"]["expected"] == "0.4132"
    assert keys["Start.1"]["mistakes"] == [{"meaning": "The rest.", "value": "0.5868"}]
    with pytest.raises(NotebookError, match=r"00_start and 00_start both have an .* Start\.1"):
        exercises_file([read_like(shown), read_like(shown)])
    written[3].write_text("{}")
    assert stale(tmp_path / "src", tmp_path, execute=False) == []


def read_like(bound):
    return Chapter("00_start", bound)
