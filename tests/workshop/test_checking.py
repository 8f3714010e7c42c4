"""What a participant meets: hints, mistakes, and files that are missing or broken."""

import json
import subprocess
import sys
import time

import pytest

from segkit.errors import DataError, ParameterError
from segkit.workshop import check, checking, key
from segkit.workshop.sealing import read_sealed, seal

HINTS = ["Which unit?", "Read the `level` column.", "Divide SAM by TAM."]
MISTAKES = {"You divided accounts.": 0.5698, "Whole by part.": 1.658, "Too high.": 0.8718}
KEY = key("M1.2", 0.60318, hints=HINTS, mistakes=MISTAKES)
HOSTILE = "<img src=x onerror=alert(1)>\x1b[2J\u202e\ud800"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A participant's folder with one exercise, in a session of its own."""
    place = tmp_path / "Ann" / "exercises"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    monkeypatch.delenv("SEGKIT_PROGRESS", raising=False)
    monkeypatch.delenv("SEGKIT_PARTICIPANT", raising=False)
    monkeypatch.setattr(checking, "_sessions", {})
    lay(place, KEY)
    return place


def lay(place, found):
    record = {"exercises": {"M1.2": found.sealed.to_record()}}
    (place / "exercises.json").write_text(json.dumps(record))


def tries(place):
    return [json.loads(line) for line in (place / "progress.jsonl").read_text().splitlines()]


def test_a_blank_cell_shows_the_first_hint_however_often_it_is_run(folder):
    for value in (None, float("nan"), None):
        feedback = check("M1.2", value)
        assert (feedback.verdict, feedback.hint) == ("blank", 1)
        assert repr(feedback) == "○ M1.2: no answer yet. Hint 1 of 3: Which unit?"


def test_each_new_wrong_value_shows_the_next_hint_and_then_the_facilitator_helps(folder):
    check("M1.2", None)
    shown = [check("M1.2", value) for value in (0.7, 0.7, 0.8, 0.9, "0.9", None)]
    assert [one.hint for one in shown] == [2, 2, 3, 3, 3, 3]
    assert ["facilitator" in one.text for one in shown] == [False, False, False, True, True, True]
    assert shown[2].text == "not yet. Hint 3 of 3: Divide SAM by TAM."


def test_without_a_blank_run_the_first_wrong_value_shows_the_first_hint(folder):
    assert check("M1.2", 0.7).hint == 1


def test_the_usual_mistakes_are_told_by_what_happened_and_cost_no_hint(folder):
    for number, (words, value) in enumerate(MISTAKES.items()):
        feedback = check("M1.2", value)
        assert (feedback.verdict, feedback.mistake, feedback.hint) == ("mistake", number, 0)
        assert words in feedback.text
    assert check("M1.2", "57 %").mistake == 0
    assert check("M1.2", 0.7).hint == 1


def test_a_right_answer_is_right_and_fast(folder):
    for value in (0.6032, 60.3, "60,3 %", "60,321 %", [0.603]):
        start = time.process_time()
        assert check("M1.2", value).verdict == "right"
        assert time.process_time() - start < 0.3


def test_a_wrong_answer_is_judged_fast_too(folder):
    start = time.process_time()
    check("M1.2", 17)
    assert time.process_time() - start < 0.3


def test_what_cannot_be_compared_is_wrong_and_named(folder):
    feedback = check("M1.2", object())
    assert feedback.verdict == "wrong"
    assert "This value (object) cannot be compared: give a number" in feedback.text


def test_each_try_is_noted(folder):
    for value in (None, 0.7, 0.5698, 0.603):
        check("M1.2", value)
    lines = tries(folder)
    assert [one["verdict"] for one in lines] == ["blank", "wrong", "mistake", "right"]
    assert [one["hint"] for one in lines] == [1, 2, 0, 0]
    assert [one["mistake"] for one in lines] == [None, None, 1, None]
    assert {one["participant"] for one in lines} == {"Ann"}
    assert all(one["time"].endswith("+00:00") for one in lines)


def test_a_participant_can_have_a_name_that_does_no_harm(folder, monkeypatch):
    monkeypatch.setenv("SEGKIT_PARTICIPANT", "=cmd|'/c calc'!A1\x1b[2J")
    check("M1.2", None)
    assert tries(folder)[0]["participant"] == "=cmd|'/c calc'!A1\x1b[2J"
    assert "\x1b" not in (folder / "progress.jsonl").read_text()


def test_nothing_is_noted_where_nobody_learns(folder, monkeypatch):
    monkeypatch.setenv("SEGKIT_PROGRESS", "off")
    assert check("M1.2", 0.603).verdict == "right"
    assert not (folder / "progress.jsonl").exists()


def test_a_check_answers_where_progress_cannot_be_saved(folder):
    (folder / "progress.jsonl").mkdir()
    feedback = check("M1.2", 0.603)
    assert feedback.verdict == "right"
    assert feedback.note == "Progress is not saved: Is a directory."
    assert feedback.note in repr(feedback)
    assert feedback.note in feedback._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "3",
        "{",
        "{}",
        '{"exercises": []}',
        '{"exercises": {"M1.2": 3}}',
        '{"exercises": {"M1.2": {"hints": [], "right": [], "mistakes": []}}}',
        '{"exercises": {"M1.2": {"hints": ["a"], "right": [1], "mistakes": []}}}',
        '{"exercises": {"M1.2": {"hints": ["a"], "right": [], "mistakes": [{}]}}}',
        "[" * 100_000,
        b"\xff\xfe\x00",
    ],
    ids=range(12),
)
def test_a_damaged_file_is_told_without_an_error(folder, content):
    path = folder / "exercises.json"
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content)
    feedback = check("M1.2", 0.603)
    assert feedback.verdict == "unchecked"
    assert "exercises.json is damaged" in feedback.text
    assert not (folder / "progress.jsonl").exists()


def test_a_missing_file_is_told_and_so_is_an_unknown_exercise(folder):
    assert check("M1.3", 1).text == (
        "not checked. exercises.json has no such exercise; it has M1.2. Did you mean 'M1.2'?"
    )
    (folder / "exercises.json").unlink()
    assert "There is no exercises.json beside this notebook" in check("M1.2", 1).text
    (folder / "exercises.json").mkdir()
    assert "exercises.json cannot be read: Is a directory." in check("M1.2", 1).text


def test_a_folder_that_is_gone_is_told(folder):
    (folder / "exercises.json").unlink()
    folder.rmdir()
    assert "folder of this notebook is gone" in check("M1.2", 1).text


def test_hostile_words_are_shown_and_do_nothing(folder):
    lay(folder, key("M1.2", 0.6, hints=[HOSTILE] * 3, mistakes={HOSTILE: 1.5}))
    for value in (None, 1.5):
        feedback = check("M1.2", value)
        shown = feedback._repr_mimebundle_()
        assert "&lt;img" in shown["text/html"]
        for text in shown.values():
            assert "<img" not in text or text == shown["text/plain"]
            assert "\x1b" not in text
            text.encode()
    assert "<b>" not in check("<b>", 1)._repr_mimebundle_()["text/html"]


def test_code_in_hints_is_shown_as_code(folder):
    check("M1.2", 0.7)
    assert "<code>level</code>" in check("M1.2", 0.8)._repr_mimebundle_()["text/html"]


def test_a_key_shows_everything_to_the_facilitator_and_escapes_it():
    shown = key(
        "M1.2", [HOSTILE, "b"], hints=HINTS, mistakes={"<i>one</i>": 1, "2": [HOSTILE], "3": "b"}
    )._repr_mimebundle_()
    assert "<img" not in shown["text/html"]
    assert "&lt;img" in shown["text/html"]
    assert "\x1b" not in shown["text/plain"]
    json.dumps(shown["application/vnd.segkit.key+json"])
    assert shown["application/vnd.segkit.key+json"]["mistakes"][0]["value"] == "1"


def test_the_answer_stands_nowhere_in_what_participants_get():
    found = key("M1.2", 0.60318, hints=HINTS, mistakes={"Accounts.": 0.5698}).sealed.to_record()
    text = json.dumps(found)
    assert not any(digits in text for digits in ("0.6", "60.3", "0.57", "57.0"))
    hashes = [*found["right"], *(one for part in found["mistakes"] for one in part["values"])]
    assert all(len(one) == 32 and int(one, 16) for one in hashes)
    assert len(set(hashes)) == len(hashes)


def test_one_answer_has_other_hashes_in_another_exercise_and_the_same_when_sealed_again():
    first, _ = seal("M1.2", 0.6, HINTS, {})
    other, _ = seal("M1.3", 0.6, HINTS, {})
    again, _ = seal("M1.2", 0.6, HINTS, {})
    assert first.right.isdisjoint(other.right)
    assert first == again
    assert read_sealed("M1.2", json.loads(json.dumps(first.to_record()))) == first


def test_mistakes_that_cannot_be_told_apart_are_dropped_and_the_facilitator_is_told():
    found = key(
        "M1.2",
        0.6032,
        hints=HINTS,
        mistakes={
            "In percent.": 60.32,
            "A neighbour.": 0.604,
            "Accounts.": 0.57,
            "Rounded.": 57.02,
            "No data.": float("nan"),
            "Whole table.": object(),
        },
    )
    assert [words for words, _ in found.mistakes] == ["Accounts."]
    assert dict(found.dropped) == {
        "In percent.": "here it gives the right answer",
        "A neighbour.": "here it gives the right answer",
        "Rounded.": "here it gives the same value as another mistake",
        "No data.": "these tables give no value for it",
        "Whole table.": "these tables give no value for it",
    }
    assert "not recognised (here it gives the right answer): In percent." in repr(found)


def test_between_the_answer_and_a_mistake_the_answer_wins(folder):
    lay(folder, key("M1.2", 0.4132, hints=HINTS, mistakes={"Near.": 0.4151}))
    assert check("M1.2", 0.414).verdict == "right"
    assert check("M1.2", 0.415).verdict == "mistake"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), [], "", object()])
def test_an_exercise_without_an_answer_is_refused(value):
    with pytest.raises(DataError, match=r"M1\.2 has no answer that can be checked"):
        key("M1.2", value, hints=HINTS, mistakes={})


@pytest.mark.parametrize("hints", [[], ["a", "b"], ["a", "b", " "], "abc", ["a"] * 4])
def test_three_hints_are_needed(hints):
    with pytest.raises(ParameterError, match="'hints' parameter of key must be 3 sentences"):
        key("M1.2", 1, hints=hints, mistakes={})


def test_check_loads_nothing_heavy():
    code = (
        "import sys, time; start = time.process_time()\n"
        "from segkit.workshop import check\n"
        "spent = time.process_time() - start\n"
        "heavy = ('pandas', 'numpy', 'jupytext', 'nbclient', 'nbformat', 'IPython', 'plotly')\n"
        "print(spent < 0.3, [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True []"


def test_running_notebooks_without_its_packages_names_the_extra(tmp_path):
    code = (
        "import sys; sys.modules['jupytext'] = None\n"
        "from segkit.workshop import check\n"
        "try:\n    from segkit.notebooks import read_source\n"
        "except ImportError as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("MissingPackageError Running notebooks needs")
    assert 'pip install "segkit[report]"' in done.stdout
