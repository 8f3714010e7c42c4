"""The command line, as a user meets it: messages and exit statuses, never a traceback."""

import json
import sys

import pytest

from segkit.cli import main

ORDERS = "customer,date,amount\n" + "".join(
    f"C{number % 40},2025-{1 + number % 12:02d}-{1 + number % 27:02d},{20 + number % 7}.50\n"
    for number in range(400)
)


@pytest.fixture
def segkit(monkeypatch, capfd):
    def call(*words):
        monkeypatch.setattr(sys, "argv", ["segkit", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capfd.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return int(stop.value.code or 0), printed.out, printed.err

    return call


def _folder(tmp_path, **files):
    for name, content in files.items():
        path = tmp_path / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no table"),
        ({"orders__csv": ""}, "empty"),
        ({"orders__csv": "customer,date,amount\n"}, "a header but no row"),
        ({"orders__csv": bytes(range(256)) * 40}, "orders.csv"),
        ({"orders__csv": "customer,date,amount\nA,,1\nB,,2\n"}, "date"),
        ({"orders__csv": ORDERS, "segkit__toml": 'curency = "EUR"\n'}, "currency"),
        ({"accounts__csv": "account_id,name\nA1,Acme\n"}, "None of the 24 questions"),
        (
            {"orders__csv": "customer,date,amount\nA,2024-01-01,5\n"},
            "None of the 24 questions",
        ),
    ],
    ids=[
        "empty folder",
        "empty file",
        "header only",
        "junk",
        "all-null column",
        "unknown setting",
        "one row",
        "one order",
    ],
)
@pytest.mark.parametrize("command", ["check", "report"])
def test_bad_input_is_explained(segkit, tmp_path, command, files, words):
    status, _, message = segkit(command, _folder(tmp_path, **files))
    assert status == 2
    assert words in message


def test_report_of_one_contract_says_why_there_is_none(segkit, tmp_path):
    rows = "contract_id,account_id,start,end,mrr\nC1,A1,2024-01-01,,100\n"
    status, _, message = segkit("report", _folder(tmp_path, contracts__csv=rows))
    assert status == 2
    assert "A5: Not enough data: 0 of 1 contracts have ended" in message


def test_missing_folder_is_explained(segkit, tmp_path):
    status, _, message = segkit("check", tmp_path / "nowhere")
    assert status == 2
    assert "nowhere" in message


def test_check_of_a_usable_company(segkit, tmp_path):
    status, printed, _ = segkit("check", _folder(tmp_path, orders__csv=ORDERS))
    assert status == 0
    assert "A5" in printed
    assert "400" in printed


def test_check_as_json(segkit, tmp_path):
    status, printed, _ = segkit("check", _folder(tmp_path, orders__csv=ORDERS), "--json")
    report = json.loads(printed)
    assert status == 0
    assert report["usable"] is True
    assert sum(row["read"] for row in report["ledger"]) == 400


def test_check_stops_at_a_table_that_cannot_be_used(segkit, tmp_path):
    folder = _folder(tmp_path, orders__csv=ORDERS, contracts__csv="contract_id,mmr\n1,5\n")
    status, printed, _ = segkit("check", folder)
    assert status == 1
    assert "mrr" in printed


def test_hostile_text_does_not_reach_the_terminal(segkit, tmp_path):
    rows = ORDERS + "\x1b[2J[bold red]x[/],not a date,1\n"
    status, printed, _ = segkit("check", _folder(tmp_path, orders__csv=rows))
    assert status == 0
    assert "\x1b[2J" not in printed


def test_new_lays_out_a_workspace_and_keeps_what_is_there(segkit, tmp_path):
    folder = tmp_path / "my company"
    status, printed, _ = segkit("new", folder)
    assert status == 0
    assert (folder / "segkit.toml").exists()
    assert (folder / "templates" / "contracts.csv").read_text().startswith("contract_id,")
    assert (folder / "notebooks" / "00_start.ipynb").exists()
    (folder / "segkit.toml").write_text('company = "Ours"\n')
    status, printed, _ = segkit("new", folder)
    assert status == 0
    assert "0 files written" in printed
    assert (folder / "segkit.toml").read_text() == 'company = "Ours"\n'


def test_new_settings_are_valid(segkit, tmp_path):
    from segkit.tables import read_settings

    folder = tmp_path / 'a "quoted" name'
    segkit("new", folder)
    assert read_settings(folder).company == 'a "quoted" name'


def test_new_on_a_file_is_explained(segkit, tmp_path):
    (tmp_path / "taken").write_text("")
    status, _, message = segkit("new", tmp_path / "taken")
    assert status == 2
    assert "is a file" in message


def test_help_names_the_commands(segkit):
    status, printed, _ = segkit("--help")
    assert status == 0
    for command in ("new", "check", "report", "lab"):
        assert command in printed


def test_lab_without_a_folder_is_explained(segkit, tmp_path):
    status, _, message = segkit("lab", tmp_path / "nowhere")
    assert status == 2
    assert "segkit new" in message


def test_foreign_names_in_a_fault_do_not_steer_the_terminal(segkit, tmp_path):
    (tmp_path / "segkit.toml").write_text('time_zone = "UTC"\n[tables."\\u001b[2J\\u009b31m"]\n')
    status, _, message = segkit("check", tmp_path)
    assert (status, "x1b[2J" in message) == (2, True)
    assert not {"\x1b", "\x9b"} & set(message)


@pytest.mark.parametrize(
    "name",
    [
        'it\'s "{source}"\n\\n {{x}} %s',
        "\x7f\x85\u2028\x1b[2J",
        "'''\"\"\"\r\nas_of = 2000-01-01",
        "<img src=x onerror=alert(1)>",
        "\udcff",
    ],
    ids=range(5),
)
def test_the_name_of_a_new_folder_is_text_and_nothing_else(segkit, tmp_path, name):
    """In the settings, in the notebooks and on the terminal."""
    from segkit.notebooks import analyst_editions
    from segkit.tables.settings import read_settings

    status, printed, _ = segkit("new", tmp_path / name)
    assert status == 0
    assert not {"\x1b", "\x85", "\r"} & set(printed)
    said = read_settings(tmp_path / name)
    assert said.company == name.replace("\udcff", "?")
    assert said.as_of is None
    for notebook, text in analyst_editions(source="..").items():
        assert (tmp_path / name / "notebooks" / notebook).read_text("utf-8") == text


@pytest.mark.parametrize(
    ("folder", "file"), [("My-Co", "My-Co.html"), ('a"b\n<x>', "a-b-x.html"), ("con", "con_.html")]
)
def test_a_report_has_a_name_that_every_system_takes(segkit, tmp_path, monkeypatch, folder, file):
    def build(_, path, *__, **___):
        path.parent.mkdir()
        path.touch()
        return path

    monkeypatch.setattr("segkit.report.build", build)
    (tmp_path / folder).mkdir()
    assert segkit("report", _folder(tmp_path / folder, orders__csv=ORDERS))[0] == 0
    assert [path.name for path in (tmp_path / folder / "reports").iterdir()] == [file]


def test_spaces_of_foreign_names_are_printed_as_spaces(segkit, tmp_path):
    rows = (
        "account_id,date,amount,Net\u00a0value\n" + "a,2026-01-05,5,\u202f\nb,soon\u00a0now,6,7\n"
    )
    folder = _folder(tmp_path, orders__csv=rows)
    (folder / "price\u00a0list.csv").write_text("Nr;Price\n1;2\n", encoding="utf-8")
    _, printed, told = segkit("check", folder)
    for words in ("'soon now'", "price list.csv"):
        assert words in " ".join((printed + told).split())
    assert "\\x" not in printed + told
    assert segkit("check", tmp_path / "no\u00a0such")[2].endswith("no such.\n")
