"""Columns as found become columns of the schema's types."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.tables import CompanyTables, Settings
from segkit.tables.parse import infer_column, read_column
from segkit.tables.raw import words
from segkit.tables.schema import Column

TYPES = {
    "id": "str",
    "text": "str",
    "category": "str",
    "integer": "Int64",
    "number": "float64",
    "money": "float64",
    "share": "float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
    "month": "datetime64[us]",
}
EACH_TYPE = pytest.mark.parametrize("kind", TYPES)


def _read(cells, kind, mapped=None, settings=None, **asked):
    raw = cells if isinstance(cells, pd.Series) else pd.Series(words(cells))
    times = asked.pop("times", False)
    column = Column("c", kind, "", **asked)
    return read_column(raw, column, settings or Settings(), mapped or {}, times=times)


def _values(reading):
    return [None if pd.isna(value) else value for value in reading.typed]


@EACH_TYPE
@pytest.mark.parametrize("cells", [[], [None, ""], ["n/a", " "], ["NULL", "#N/A", "nan", "\\N"]])
def test_nothing_is_missing_not_unreadable(kind, cells):
    reading = _read(cells, kind)
    assert str(reading.typed.dtype) == TYPES[kind]
    assert len(reading.typed) == len(cells)
    assert reading.typed.isna().all()
    assert not reading.bad.any()


@EACH_TYPE
@given(
    cells=st.lists(
        st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats()), max_size=9
    )
)
def test_any_cells_give_the_type(kind, cells):
    reading = _read(cells, kind)
    assert str(reading.typed.dtype) == TYPES[kind]
    assert len(reading.typed) == len(reading.bad) == len(cells)
    assert reading.typed[reading.bad].isna().all()


def test_names_may_be_words_for_nothing():
    assert _values(_read(["NA", "none", "-", "unknown"], "category")) == [
        "NA",
        "none",
        "-",
        "unknown",
    ]
    assert _values(_read(["NA", "none", "-", "unknown"], "number")) == [None] * 4


def test_text_is_stripped_and_composed():
    assert _values(_read([" a\u00a0", "Zu\u0308rich", "Zürich"], "id")) == ["a", "Zürich", "Zürich"]


def test_ids_of_every_type_are_one_text():
    day = dt.datetime.fromisoformat("2024-01-31")
    cells = [7, 7.0, "007", 7.5, True, day, b"x"]
    assert _values(_read(cells, "id"))[:1] == ["7"]
    for cell, text in zip(cells, ["7", "7", "007", "7.5", "true", "2024-01-31", "x"], strict=True):
        assert _values(_read([cell], "id")) == [text]
    numbers = pd.Series([7.0, np.nan, 8.0])
    assert _values(_read(numbers, "id")) == ["7", None, "8"]
    assert _values(_read(pd.Series([9007199254740993, None], dtype="Int64"), "id"))[0].endswith(
        "993"
    )


def test_ids_written_as_decimals():
    reading = _read(["123.0", "4.0", ""], "id")
    assert _values(reading) == ["123", "4", None]
    assert reading.notes == (("ids as decimals", "ids such as '123.0' were read as '123'"),)
    assert _values(_read(["123.0", "4.5"], "id")) == ["123.0", "4.5"]


def test_booleans():
    cells = ["Yes", "no", "TRUE", "f", "1", "0", 1, 0.0, True, "on", "ja", 2]
    reading = _read(cells, "boolean")
    assert _values(reading)[:6] == [True, False, True, False, True, False]
    assert reading.bad.tolist() == [False] * 10 + [True, True]
    mapped = _read(["Ja", "Nein"], "boolean", {"ja": "true", "nein": "false"})
    assert _values(mapped) == [True, False]


def test_allowed_words():
    reading = _read(["Won", "END USER", "lost", "won"], "category", values=("won", "end user"))
    assert _values(reading) == ["won", "end user", None, "won"]
    assert reading.bad.tolist() == [False, False, True, False]
    assert reading.notes == (("matched word", "read 'Won' as 'won', 'END USER' as 'end user'"),)


def test_mapped_words_come_before_reading():
    assert _values(_read(["Gewonnen "], "category", {"gewonnen": "won"}, values=("won",))) == [
        "won"
    ]
    assert _values(_read(["very", "3"], "integer", {"very": "5"})) == [5, 3]
    assert _values(_read(pd.Series([1, 2]), "category", {"1": "won"})) == ["won", "2"]
    sentinel = _read(["1900-01-01", "2024-01-31"], "date", {"1900-01-01": ""})
    assert sentinel.typed.isna().tolist() == [True, False]
    assert not sentinel.bad.any()


def test_integers():
    reading = _read(["3.0", "3.5", "1,234", "-2"], "integer")
    assert _values(reading) == [3, None, 1234, -2]
    assert reading.bad.tolist() == [False, True, False, False]
    reading = _read(pd.Series([1.0, np.nan, 2.5, np.inf]), "integer")
    assert _values(reading) == [1, None, None, None]
    assert reading.bad.tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("kind", "cell"), [("integer", "5 %"), ("integer", "$5"), ("money", "5 %"), ("share", "$5")]
)
def test_signs_that_the_type_does_not_have(kind, cell):
    assert _read([cell], kind).bad.all()


def test_shares():
    assert _values(_read(["45 %", "7%", "0.5"], "share")) == [0.45, 0.07, 0.5]
    assert _values(_read(["0.2", "1", "0"], "share")) == [0.2, 1, 0]
    percent = _read(["20", "15.5", "0", "100"], "share")
    assert _values(percent) == [0.2, 0.155, 0, 1]
    assert percent.notes[0][0] == "in percent"
    assert _values(_read(pd.Series([20.0, 15.0]), "share")) == [0.2, 0.15]
    assert _values(_read(["0.2", "0.3", "45"], "share")) == [
        0.2,
        0.3,
        45,
    ]  # out of range, said later
    assert _values(_read(["20", "150"], "share")) == [20, 150]


def test_money_tells_its_currency():
    reading = _read(["$5", "5 €", "5", ""], "money")
    assert _values(reading) == [5, 5, 5, None]
    assert [mark and mark[0] for mark in reading.marks] == ["USD", "EUR", (), ()]
    assert _read(["5", ""], "money").marks is None


def test_doubt_is_noted():
    ((kind, message),) = _read(["1,234"], "money").notes
    assert kind == "ambiguous number"
    assert message == (
        "'1,234' was read with a decimal point; if it has a decimal comma, "
        "set decimal in segkit.toml"
    )
    ((kind, message),) = _read(["03/04/2026"], "date").notes
    assert kind == "ambiguous date"
    assert message == (
        "'03/04/2026' was read with the month first; if the day comes first, set day_first = true "
        "in segkit.toml"
    )
    assert _read([45292.0], "date").notes == (
        ("day numbers", "numbers were read as Excel's count of days"),
    )


def test_settings_settle_doubt():
    settings = Settings(decimal=",", day_first=True, time_zone="Asia/Tokyo")
    assert _values(_read(["1.234"], "money", settings=settings)) == [1234]
    assert str(_read(["03/04/2026"], "date", settings=settings).typed[0])[:10] == "2026-04-03"
    moment = pd.Series(pd.to_datetime(["2024-01-31T20:00Z"]))
    for cells in (moment, ["2024-01-31T20:00Z"]):
        assert str(_read(cells, "date", settings=settings).typed[0]) == "2024-02-01 00:00:00"


def test_dates_are_days_unless_their_time_is_asked_for():
    for cells in (["2024-01-31 10:30"], pd.Series(pd.to_datetime(["2024-01-31 10:30"]))):
        assert str(_read(cells, "date").typed[0]) == "2024-01-31 00:00:00"
        assert str(_read(cells, "date", times=True).typed[0]) == "2024-01-31 10:30:00"
        assert str(_read(cells, "month").typed[0]) == "2024-01-01 00:00:00"


def test_typed_columns_are_not_read_as_text():
    numbers = pd.Series([0.1 + 0.2, 1e-300, np.nan])
    assert _read(numbers, "money").typed.equals(numbers)
    assert _values(_read(pd.Series([True, False]), "integer")) == [1, 0]
    assert _values(_read(pd.Series([1, 0, 2]), "boolean")) == [True, False, None]
    assert _read(pd.Series(pd.to_datetime(["2024-01-31"])), "number").bad.all()
    assert _values(_read(pd.Series([20240131, 45292]), "date"))[0] == pd.Timestamp("2024-01-31")


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["1", "2", ""], "Int64"),
        (["1.5", "2"], "float64"),
        (["1,5", "2,25"], "float64"),
        (["$5", "12 %"], "float64"),
        (["yes", "no", ""], "boolean"),
        (["1", "0"], "Int64"),
        (["2024-01-31", "2024-02-01 10:30"], "datetime64[us]"),
        (["31/01/2024"], "datetime64[us]"),
        (["01234", "99999"], "str"),
        (["1234567890123456789"], "str"),
        (["1", "x"], "str"),
        (["NA", "none"], "str"),
        ([], "str"),
        ([True, False], "boolean"),
        ([1.5, "2"], "float64"),
        (pd.Series([1, 2]), "Int64"),
        (pd.Series([1, 2**53 + 1]), "str"),
        (pd.Series([1, 1234567890123456789, None], dtype="Int64"), "str"),
        (pd.Series([1.5, np.nan]), "float64"),
        (pd.Series([True, None], dtype="boolean"), "boolean"),
        (pd.Series(pd.to_datetime(["2024-01-31"])), "datetime64[us]"),
    ],
)
def test_the_narrowest_type_that_fits(cells, dtype):
    raw = cells if isinstance(cells, pd.Series) else pd.Series(words(cells))
    reading = infer_column(raw, Settings())
    assert str(reading.typed.dtype) == dtype
    assert not reading.bad.any()


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009", "\u2007", " "])
def test_spaces_that_look_alike_are_alike(space):
    frame = pd.DataFrame(
        {
            f"Account{space}ID": ["a", f"b{space}c", "b c"],
            "date": [f"31.12.2025{space}10:00", "2026-01-05", f"soon{space}now"],
            f"Order{space}amount": [f"1{space}234,50", f"2{space}000,00{space}€", "3,5"],
        }
    )
    columns = {"account_id": f"Account{space}ID", "amount": f"Order{space}amount"}
    orders = {"orders": {"columns": columns}}
    company = CompanyTables.from_tables({"orders": frame}, {"tables": orders})
    assert company.orders["amount"].tolist() == [1234.5, 2000.0]
    assert company.orders["account_id"].tolist() == ["a", "b c"]
    assert "'soon now'" in str(company.faults[0])


def test_a_sign_before_a_number_may_end_with_a_point():
    assert _values(_read(["kr. 1.200,50", "1.234,-"], "money")) == [1200.5, 1234.0]
