"""Dates and months as the world writes them."""

import datetime as dt
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.tables.days import local_time, read_days

DATES = st.dates(dt.date(1970, 1, 1), dt.date(2068, 12, 31))
ANCHOR = dt.date(2024, 1, 31)  # its day can be no month
MOMENT = dt.datetime.fromisoformat("1970-01-31")
FORMATS = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%d %b %Y",
    "%d-%b-%y",
    "%d %B %Y",
    "%b %d, %Y",
    "%A, %B %d, %Y",
]


def _days(cells, **known):
    return read_days(cells, **known).moments.astype("datetime64[D]").astype(object).tolist()


@pytest.mark.parametrize("form", FORMATS)
@given(dates=st.lists(DATES, max_size=20))
def test_round_trip_in_every_form(form, dates):
    dates = [ANCHOR, *dates]
    assert _days([f"{date:{form}}" for date in dates]) == dates


@given(moments=st.lists(st.datetimes(MOMENT, MOMENT.replace(year=2068)), max_size=9))
def test_round_trip_of_moments(moments):
    assert read_days([each.isoformat() for each in moments]).moments.astype(object).tolist() == [
        *moments
    ]
    cells = [f"{each:%m/%d/%Y %I:%M:%S %p}" for each in [MOMENT, *moments]]
    found = read_days(cells).moments[1:].astype(object).tolist()
    assert found == [each.replace(microsecond=0) for each in moments]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["31/01/2026", "03/04/2026"], dt.date(2026, 4, 3)),
        (["01/31/2026", "03/04/2026"], dt.date(2026, 3, 4)),
        (["3.4.2026"], dt.date(2026, 4, 3)),
        (["1st February 2024"], dt.date(2024, 2, 1)),
        (["1. Sept. 2025"], dt.date(2025, 9, 1)),
        (["5/6/69", "13/1/69"], dt.date(1969, 1, 13)),
    ],
)
def test_settled_by_the_column(cells, expected):
    found = read_days(cells)
    assert found.moments[-1].astype("datetime64[D]").astype(object) == expected
    assert not found.doubtful


def test_without_evidence_the_month_comes_first_and_the_doubt_is_said():
    found = read_days(["03/04/2026", "05/05/2026"])
    assert (found.doubtful, found.day_first) == ("03/04/2026", False)
    assert found.moments.astype("datetime64[D]").astype(str).tolist() == [
        "2026-03-04",
        "2026-05-05",
    ]
    assert _days(["03/04/2026"], day_first=True) == [dt.date(2026, 4, 3)]
    assert not read_days(["03/04/2026"], day_first=False).doubtful


def test_the_majority_rules_where_both_are_shown():
    assert _days(["13/01/2026", "14/01/2026", "01/31/2026"])[2] is None


@pytest.mark.parametrize(
    "cell",
    [
        "2024-02-30",
        "31/31/2024",
        "45292",
        "2024",
        "soon",
        "2024-01-01 24:00",
        "2024-01-01 10:60",
        "01/01/2024 13:00 PM",
        "Foo 31, 2026",
        "31 Foo 2026",
        "2024-01-01T10:00:00+99:00",
        "9999-12-31T23:59:59-14:00",
        "now",
        "today",
        "1/2",
        "20241331",
        "2026-03",
    ],
)
def test_unreadable(cell):
    assert _days([cell, "2024-01-31"])[0] is None


@pytest.mark.parametrize(
    "cell",
    re.split(
        r"\|",
        "2026-03|2026/03|202603|03/2026|3.2026|Mar 2026|March 2026|Mar-26|mar '26|2026 Mar|"
        "2026-03-31|31.03.2026|31 Mar 2026",
    ),
)
def test_months(cell):
    moment = read_days([cell], months=True).moments[0]
    assert str(moment.astype("datetime64[M]")) == "2026-03"


def test_numbers_are_days_as_excel_counts_them():
    """Excel's 45292 is the first of January 2024; 20240131 is written, not counted."""
    found = read_days([45292.0, 45292.5, 20240131, 0, -1, 1e9, True, float("inf"), float("nan")])
    assert found.serial
    assert found.moments.astype(str).tolist()[:3] == [
        "2024-01-01T00:00:00.000000",
        "2024-01-01T12:00:00.000000",
        "2024-01-31T00:00:00.000000",
    ]
    assert np.isnat(found.moments[3:]).all()
    assert _days([202603, 202613], months=True) == [dt.date(2026, 3, 1), None]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-31T23:30:00Z",
        "2026-03-31 23:30 UTC",
        "2026-03-31T23:30:00.000+0000",  # Salesforce
        "2026-04-01T01:30:00+02:00",
        "2026-03-31T19:30-04",
        "3/31/2026 11:30 PM GMT",
        dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC),
    ],
)
def test_moments_with_a_zone_become_local(cell):
    local = read_days([cell], zone="Europe/Berlin").moments
    assert local.astype(str).tolist() == ["2026-04-01T01:30:00.000000"]
    assert read_days([cell]).moments.astype(str).tolist() == ["2026-03-31T23:30:00.000000"]


@pytest.mark.parametrize(
    "cell",
    [
        "9999-12-31T23:59:59Z",
        "9999-12-31 23:59:59 UTC",
        dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
        2_958_465.999_999_999,
    ],
)
def test_what_lies_beyond_the_last_year_is_unreadable(cell):
    assert np.isnat(read_days([cell], zone="Europe/Berlin").moments).all()


def test_moments_without_a_zone_stay():
    cells = [
        "2026-03-31 23:30:00",
        dt.datetime.fromisoformat("2026-03-31T23:30"),
        dt.date(2026, 3, 31),
    ]
    found = read_days(cells, zone="Asia/Tokyo").moments.astype(str).tolist()
    assert [each[:16] for each in found] == ["2026-03-31T23:30"] * 2 + ["2026-03-31T00:00"]


def test_a_clock_change_does_not_stop_it():
    utc = np.array(["2026-10-25T00:30", "2026-10-25T01:30"], dtype="datetime64[us]")
    hours = local_time(utc, "Europe/Berlin").astype(str).tolist()
    assert [hour[11:16] for hour in hours] == ["02:30", "02:30"]


@given(st.lists(st.text(max_size=80), max_size=20), st.booleans())
def test_any_text_is_a_date_or_unreadable(cells, months):
    assert len(read_days(cells, months=months).moments) == len(cells)


def test_long_texts_do_not_keep_it_busy():
    cells = ["1 " + "-" * 62, "a" * 64, "1-" * 32, "jan " * 16, "1" * 10_000]
    assert np.isnat(read_days(cells * 100, months=True).moments).all()
