"""`segkit workshop`: what a facilitator types and sees."""

import json
import sys

import pytest

from segkit.cli import main
from segkit.cli.workspace import create
from segkit.errors import DataError
from segkit.notebooks import NotebookError
from segkit.workshop import Built
from segkit.workshop.sifting import LeftOut


@pytest.fixture
def segkit(monkeypatch, capfd):
    monkeypatch.setenv("COLUMNS", "160")

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["segkit", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capfd.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return int(stop.value.code or 0), printed.out, printed.err

    return call


def participant(folder, name, **fields):
    folder.mkdir()
    one = {"time": "2026-03-02T09:30:00+00:00", "participant": name, "exercise": "M1.2"}
    one |= {"verdict": "wrong", "hint": 2, "mistake": None} | fields
    (folder / "progress.jsonl").write_text(json.dumps(one) + "\n")


def test_the_room_is_shown_as_two_tables(segkit, tmp_path):
    participant(tmp_path / "a", "Ann")
    participant(tmp_path / "b", "Ben", verdict="right", hint=0)
    status, printed, _ = segkit("workshop", "progress", tmp_path)
    assert status == 0
    assert "Participants (times in UTC)" in printed
    assert "M1.2: 2" in printed
    assert "09:30" in printed
    assert "Exercises" in printed


def test_an_empty_room_is_said_to_be_empty(segkit, tmp_path):
    assert "Nobody has tried an exercise yet." in segkit("workshop", "progress", tmp_path)[1]


def test_hostile_names_reach_neither_the_terminal_nor_a_spreadsheet(segkit, tmp_path):
    participant(tmp_path / "a", "\x1b[2J[bold]=cmd", exercise="\x9b31m<b>")
    participant(tmp_path / "b", "=1+1", exercise="@home")
    _, printed, _ = segkit("workshop", "progress", tmp_path)
    assert "\x1b[2J" not in printed
    assert "\x9b" not in printed
    assert "[bold]=cmd" in printed
    _, rows, _ = segkit("workshop", "progress", tmp_path, "--csv")
    assert "'=1+1,'@home," in rows
    assert "\n=1+1" not in rows
    assert "\x1b" not in rows


def test_half_a_letter_in_a_name_does_not_stop_the_table(segkit, tmp_path):
    for folder in ("a", "b\udcff"):
        participant(tmp_path / folder, "Ann\ud800")
    for words in ((), ("--csv",)):
        status, printed, _ = segkit("workshop", "progress", tmp_path, *words)
        assert status == 0
        assert "Ann? (a)" in printed
        assert "Ann? (b?)" in printed


def test_damaged_files_are_named_beside_the_table(segkit, tmp_path):
    participant(tmp_path / "a", "Ann")
    (tmp_path / "b\x1b[2J").mkdir()
    (tmp_path / "b\x1b[2J" / "progress.jsonl").write_text("damaged")
    status, printed, told = segkit("workshop", "progress", tmp_path)
    assert status == 0
    assert "Ann" in printed
    assert "1 line cannot be read" in told
    assert "\x1b" not in told


def test_a_missing_folder_and_an_unknown_language_are_explained(segkit, tmp_path):
    status, _, told = segkit("workshop", "progress", tmp_path / "nowhere")
    assert (status, "There is no folder" in told) == (2, True)
    status, _, told = segkit("workshop", tmp_path / "room", "--language", "de")
    assert (status, "a language with chapters: en" in told) == (2, True)
    status, _, told = segkit("workshop", tmp_path / "room", "--company", tmp_path / "nowhere")
    assert (status, "nowhere" in told) == (2, True)
    assert not (tmp_path / "room").exists()


@pytest.mark.parametrize("words", [("ROOM", "--company", "mine"), ("--company", "mine", "ROOM")])
def test_a_folder_is_built_into_and_what_is_left_out_is_told(segkit, tmp_path, monkeypatch, words):
    asked = []

    def build(folder, company, language, **_):
        asked.append((folder.name, company, language))
        gone = (LeftOut("01_market", "M1.2", "a\x1bb"), LeftOut("02_accounts", "", "no data"))
        return Built(folder, (folder / "exercises",), gone)

    monkeypatch.setattr("segkit.workshop.build", build)
    status, printed, _ = segkit("workshop", *words)
    assert status == 0
    assert asked == [("ROOM", "mine", "en")]
    assert "Exercise M1.2 is left out: a\\x1bb." in printed
    assert "Chapter 02_accounts is left out: no data." in printed
    assert "1 files written to ROOM" in printed


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((), {"chapters": None, "start": "09:00"}),
        (("--days", "half"), {"chapters": None, "start": "09:00", "lengths": ["half day"]}),
        (
            ("--chapters", "01_market, 05_buyers", "--days", "2", "--start", "08:30"),
            {"chapters": ["01_market", "05_buyers"], "start": "08:30", "lengths": ["two days"]},
        ),
    ],
)
def test_chapters_and_agendas_are_chosen(segkit, monkeypatch, words, asked):
    found = {}

    def build(folder, *_, progress, **chosen):
        found.update(chosen)
        return Built(folder, (), ())

    monkeypatch.setattr("segkit.workshop.build", build)
    status, printed, _ = segkit("workshop", "ROOM", *words)
    assert (status, found) == (0, asked)
    assert "Begin with ROOM/facilitator/run_sheet.html" in printed


def test_wrong_choices_are_explained_before_any_work(segkit, tmp_path):
    status, _, told = segkit("workshop", tmp_path / "room", "--days", "3")
    assert (status, "'half', '1', '2', 'all'" in told) == (2, True)
    status, _, told = segkit("workshop", tmp_path / "room", "--start", "noon")
    assert (status, 'a time as "09:00"' in told) == (2, True)
    status, _, told = segkit("workshop", tmp_path / "room", "--chapters", "01_markt")
    assert (status, "one of 00_start, 01_market" in told) == (2, True)
    assert not (tmp_path / "room").exists()


def test_a_chapter_that_stops_is_told(segkit, tmp_path, monkeypatch):
    def build(*_, **__):
        raise NotebookError("01_market stopped at code cell 3")

    monkeypatch.setattr("segkit.workshop.build", build)
    status, _, told = segkit("workshop", tmp_path)
    assert (status, "01_market stopped" in told) == (2, True)


def test_a_workspace_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file" / "new", tmp_path / ("a" * 300)):
        with pytest.raises(DataError, match="cannot be written to"):
            create(folder)
