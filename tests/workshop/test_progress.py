"""A room of participants' folders, some of them damaged or hostile."""

import json
import os

import pytest

from segkit.errors import DataError
from segkit.workshop import read_progress


def line(exercise="M1.2", verdict="wrong", hint=0, mistake=None, name="Ann", minute=0):
    return {
        "time": f"2026-03-02T09:{minute:02d}:00+00:00",
        "participant": name,
        "exercise": exercise,
        "verdict": verdict,
        "hint": hint,
        "mistake": mistake,
    }


def write(folder, *lines):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "progress.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return path


def test_a_room_shows_who_is_where_and_what_was_needed(tmp_path):
    write(
        tmp_path / "ann",
        line("M1.1", "blank", 1),
        line("M1.1", "wrong", 2, minute=1),
        line("M1.1", "mistake", mistake=3, minute=2),
        line("M1.1", "right", minute=3),
        line("M1.2", "blank", 1, minute=4),
        line("M1.2", "wrong", 3, minute=9),
        line("M1.3", "blank", 1, minute=10),
    )
    write(tmp_path / "deep" / "ben", line("M1.1", "right", name="Ben", minute=5))
    write(tmp_path / "cy", line("M1.1", "blank", 1, name="Cy"))
    room = read_progress(tmp_path)
    assert room.faults == ()
    rows = room.participants.set_index("participant").drop(columns="last")
    assert rows.loc["Ann"].tolist() == ["M1.2", 1, 4, "M1.1: 2, M1.2: 3", "M1.1: 3"]
    assert rows.loc["Ben"].tolist() == ["M1.1", 1, 1, "", ""]
    assert rows.loc["Cy"].tolist() == ["M1.1", 0, 0, "", ""]
    each = room.exercises.set_index("exercise")
    assert each.loc["M1.1"].tolist() == [3, 2, 4, 1, 1]
    assert each.loc["M1.2"].tolist() == [1, 0, 1, 1, 0]


def test_two_of_one_name_are_told_apart(tmp_path):
    write(tmp_path / "a", line())
    write(tmp_path / "b", line())
    assert list(read_progress(tmp_path).participants["participant"]) == ["Ann (a)", "Ann (b)"]


def test_nobody_yet(tmp_path):
    room = read_progress(tmp_path)
    assert room.participants.empty
    assert room.exercises.empty


def test_a_missing_folder_is_explained(tmp_path):
    with pytest.raises(DataError, match=r"no folder .*nowhere"):
        read_progress(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "bad",
    [
        "not json",
        "[]",
        "3",
        "[" * 1500,
        '{"time": 3}',
        json.dumps(line() | {"time": "yesterday"}),
        json.dumps(line() | {"time": "2026-03-02T09:00:00"}),
        json.dumps(line() | {"time": "0001-01-01T00:00:00+23:00"}),
        json.dumps(line() | {"exercise": ""}),
        json.dumps(line() | {"exercise": ["M1.2"]}),
        json.dumps(line() | {"participant": None}),
        json.dumps(line() | {"verdict": "won"}),
        json.dumps(line() | {"verdict": []}),
        json.dumps(line() | {"hint": -1}),
        json.dumps(line() | {"hint": True}),
        json.dumps(line() | {"hint": "9" * 20}),
        json.dumps(line() | {"mistake": 10**9}),
        json.dumps(line() | {"participant": "x" * 5000}),
        '{"hint": ' + "9" * 1900 + "}",
    ],
    ids=range(19),
)
def test_a_damaged_line_is_named_and_the_others_are_read(tmp_path, bad):
    path = write(tmp_path / "ann", line("M1.1", "right"))
    path.write_text(f"\n{bad}\n{path.read_text()}")
    room = read_progress(tmp_path)
    assert room.participants["right"].tolist() == [1]
    assert room.faults == (f"{path}: 1 line cannot be read, the first is line 2.",)


def test_files_that_are_none_are_named_and_stop_nobody(tmp_path):
    write(tmp_path / "ann", line())
    (tmp_path / "dir" / "progress.jsonl").mkdir(parents=True)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "progress.jsonl")
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "progress.jsonl").symlink_to("/dev/zero")
    (tmp_path / "large").mkdir()
    with (tmp_path / "large" / "progress.jsonl").open("wb") as file:
        file.truncate(6_000_000)
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "progress.jsonl").write_bytes(bytes(range(256)) * 4)
    room = read_progress(tmp_path)
    assert len(room.participants) == 1
    told = "\n".join(room.faults)
    for words in ("is no file", "is a link", "larger than 5 MB", "cannot be read, the first"):
        assert words in told
    assert len(room.faults) == 5


def test_long_names_are_cut(tmp_path):
    write(tmp_path / "ann", line(name="x" * 500))
    assert len(read_progress(tmp_path).participants["participant"][0]) == 60
