"""Contracts with dates become durations: by the calendar, by customer, and nothing lost."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError, ParameterError
from segkit.value import (
    ShiftedBetaGeometric,
    choose_setting,
    contract_durations,
    contract_value,
)

TODAY = dt.date(2024, 6, 30)


def shifted(days, years):
    """Move days by whole years; those before the 29th stay what they are."""
    months = days.to_numpy().astype("datetime64[M]")
    return (months + 12 * years).astype("datetime64[D]") + (days.dt.day.to_numpy() - 1)


def one(start, end, unit="month", as_of=TODAY):
    frame = pd.DataFrame({"start": [start], "end": [end]})
    return contract_durations(frame, as_of=as_of, unit=unit)["duration"].item()


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2023-01-31", "2023-02-28", 1.0),
        ("2023-01-31", "2023-03-31", 2.0),
        ("2024-02-29", "2025-02-28", 12.0),
        ("2023-12-15", "2024-01-14", 30 / 31),
        ("2023-02-15", "2023-03-14", 27 / 28),
        ("2020-02-29", "2024-02-29", 48.0),
        ("2023-05-05", "2023-05-05", 0.0),
        ("2023-05-31", "2023-06-30", 1.0),
        ("2023-05-31", "2023-07-15", 1 + 15 / 31),
    ],
)
def test_months_go_by_the_calendar(start, end, months):
    late = dt.date(2030, 1, 1)
    assert one(start, end, as_of=late) == pytest.approx(months, abs=1e-12)
    assert one(start, end, "year", as_of=late) == pytest.approx(months / 12, abs=1e-12)
    days = (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days
    assert one(start, end, "day", as_of=late) == days
    assert one(start, end, "week", as_of=late) == pytest.approx(days / 7)


def test_a_longer_contract_never_lasts_less():
    first = np.datetime64("2023-01-28") + np.arange(5)[:, None]
    last = first + np.arange(800)
    frame = pd.DataFrame({"start": np.repeat(first, 800), "end": last.ravel()})
    found = contract_durations(frame, as_of="2030-01-01", unit="month")["duration"]
    steps = np.diff(found.to_numpy().reshape(5, 800))
    assert (steps > 0.03).all()
    assert (steps < 0.04).all()


def test_running_contracts_last_until_the_day_they_are_known():
    frame = pd.DataFrame(
        {"start": ["2023-06-30"] * 4, "end": [None, "", "2024-07-01", "2024-06-30"]}
    )
    found = contract_durations(frame, as_of=TODAY)
    assert found["duration"].tolist() == [1.0] * 4
    assert found["ended"].tolist() == [False, False, False, True]
    assert contract_durations(frame, end=None, as_of=TODAY)["ended"].sum() == 0


FORMS = {
    "text": lambda days: days.dt.strftime("%Y-%m-%d"),
    "instants in text": lambda days: days.dt.strftime("%Y-%m-%dT23:59:59"),
    "without dashes": lambda days: days.dt.strftime("%Y%m%d"),
    "whole numbers": lambda days: days.dt.strftime("%Y%m%d").astype("int64"),
    "numbers beside gaps": lambda days: days.dt.strftime("%Y%m%d").astype("float64"),
    "dates": lambda days: days.dt.date,
    "nanoseconds": lambda days: days.astype("datetime64[ns]"),
    "instants": lambda days: days + pd.Timedelta(hours=23),
    "with a zone": lambda days: (days + pd.Timedelta(hours=23)).dt.tz_localize("Asia/Tokyo"),
}


@pytest.mark.parametrize("form", FORMS)
def test_dates_of_any_form_are_the_same_days(form):
    days = pd.Series(pd.date_range("2022-01-01", periods=40, freq="9D"))
    plain = pd.DataFrame({"start": days, "end": days + pd.Timedelta(days=200)})
    known = contract_durations(plain, as_of=TODAY)
    pd.testing.assert_frame_equal(
        contract_durations(plain.apply(FORMS[form]), as_of=TODAY), known, check_exact=True
    )
    pd.testing.assert_frame_equal(contract_durations(pl.from_pandas(plain), as_of=TODAY), known)


def test_rows_set_aside_are_counted_with_their_reason():
    frame = pd.DataFrame(
        {
            "who": ["a", None, "b", "c", "c", "d", "e", "f", "g"],
            "start": ["2023-01-01"] * 2
            + [None, "03/04/2023", "0001-01-01"]
            + ["2023-01-01", "2024-01-01", "2024-07-01", "2024-06-30"],
            "end": [None] * 5 + ["soon", "2023-12-31", None, "9999-12-31"],
        }
    )
    found = contract_durations(frame, as_of=TODAY, customer="who")
    assert found.index.tolist() == ["a", "g"]
    told = {finding["finding"]: finding["rows"] for finding in found.attrs["findings"]}
    assert told == {
        "who missing": 1,
        "start missing or unreadable": 3,
        "end unreadable": 1,
        "end before start": 1,
        "start after 2024-06-30": 1,
    }
    assert found.attrs["rows_read"] == found.attrs["rows_used"] + sum(told.values()) == 9


def test_a_customers_contracts_are_one_time_and_pay_what_ran_to_the_last():
    frame = pd.DataFrame(
        {
            "who": ["ann", "ann", "ann", "ben", "ben", "ben", "cat"],
            "start": ["2020-06-30", "2022-06-30", "2023-06-30", *["2021-06-30"] * 3, "2023-06-30"],
            "end": ["2021-06-30", None, None, "2022-06-30", "2023-06-30", "2023-06-30", None],
            "fee": [1.0, 20.0, 300.0, 5.0, 60.0, 700.0, np.nan],
        }
    )
    found = contract_durations(frame, as_of=TODAY, customer="who", margin="fee")
    assert found.index.name == "who"
    assert found["duration"].to_dict() == {"ann": 4.0, "ben": 2.0, "cat": 1.0}
    assert found["ended"].to_dict() == {"ann": False, "ben": True, "cat": False}
    assert found["margin"].fillna(-1).to_dict() == {"ann": 320.0, "ben": 760.0, "cat": -1.0}
    each = contract_durations(frame, as_of=TODAY, margin="fee")
    assert each["margin"].fillna(-1).tolist() == frame["fee"].fillna(-1).tolist()


def test_a_planted_log_of_renewals_gives_its_model_back():
    """Yearly contracts of a planted sBG base, a row a term, each to the day before the next."""
    rng = np.random.default_rng(3)
    size = 4000
    chance = rng.beta(0.9, 3.0, size)
    years = np.minimum(rng.geometric(chance), 200)
    began = pd.Timestamp("2016-01-01") + pd.to_timedelta(rng.integers(0, 365 * 7, size), "D")
    began = began.where(began.day < 29, began - pd.Timedelta(days=3))
    terms = pd.DataFrame({"who": np.arange(size), "began": began, "years": years})
    terms = terms.loc[np.repeat(terms.index, np.minimum(years, 9))]
    number = terms.groupby("who").cumcount().to_numpy()
    start = shifted(terms["began"], number)
    end = shifted(terms["began"], number + 1) - np.timedelta64(1, "D")
    log = pd.DataFrame({"who": terms["who"], "start": start, "end": end, "fee": 10.0})
    spells = contract_durations(log, as_of="2023-06-30", customer="who", margin="fee")
    model = ShiftedBetaGeometric().fit(spells)
    for letter, planted in (("alpha", 0.9), ("beta", 3.0)):
        assert abs(model.params_[letter] - planted) < 3 * model.standard_errors_[letter]
    assert choose_setting(spells).discrete
    worth = contract_value(spells, churn="shifted beta-geometric")
    assert worth.total["low"] < worth.total["value"] < worth.total["high"]


def test_the_unit_travels_with_the_durations():
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 300), "D")
    end = pd.Series(start + pd.to_timedelta(rng.exponential(800, 300).round(), "D"))
    frame = pd.DataFrame({"start": start, "end": end, "margin": 50.0})
    years, months = (
        contract_durations(frame, as_of=TODAY, margin="margin", unit=unit)
        for unit in ("year", "month")
    )
    assert contract_value(months).total.tolist() == pytest.approx(contract_value(years).total)
    with pytest.raises(ParameterError, match=r"'month', as attrs\['unit'\] of the data says"):
        contract_value(months, unit="year")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"start": ["2023-01-01"]}, "no column 'end'"),
        ({"start": ["01.02.2023"], "end": [None]}, "'start' holds no dates such as 2024-01-31"),
        ({"start": [5.5], "end": [None]}, "'start' holds no dates .* Found '5.5'"),
        ({"start": ["2025-01-01"], "end": [None]}, "none is left of 1. .* after 2024-06-30: 1"),
        ({"start": [], "end": []}, "none is left of 0"),
    ],
)
def test_contracts_that_cannot_be_used(frame, words):
    with pytest.raises(DataError, match=words):
        contract_durations(pd.DataFrame(frame), as_of=TODAY)


def test_settings_that_cannot_be_used():
    frame = pd.DataFrame({"start": ["2023-01-01"], "end": [None], "fee": ["ten"]})
    with pytest.raises(ParameterError, match="as_of"):
        contract_durations(frame, as_of="June")
    with pytest.raises(ParameterError, match="unit"):
        contract_durations(frame, as_of=TODAY, unit="quarter")
    with pytest.raises(DataError, match="'fee' must hold numbers"):
        contract_durations(frame, as_of=TODAY, margin="fee")
