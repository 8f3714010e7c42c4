"""Counts of a universe: the figures quoted by published sources, filters, departments, refusals."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.sizing import universe

LARGE = {"what": "US firms with more than 500 staff, as quoted"}
HOSPITALS = {"what": "Large US hospitals, as quoted"}


@pytest.fixture(scope="module")
def facts(larkspur):
    return larkspur["facts"]


def test_counts_quoted_of_us_firms_are_exact(facts):
    """SUSB as quoted in 2020: 21,000 large firms, as many HR departments; 4,500 hospitals."""
    large = universe(facts, LARGE, count="value")
    assert large.accounts == 21_000
    assert universe(facts, LARGE, count="value", departments=1).departments == 21_000
    assert universe(facts, HOSPITALS, count="value").accounts == 4_500
    # Each count keeps its source, its year and its caveat.
    assert large.rows["year"].tolist() == [2020]
    assert "leaves out government employers" in large.rows["caveat"].item()
    assert universe(facts, HOSPITALS, count="value").rows["caveat"].notna().all()


def test_size_sector_and_region_of_accounts(larkspur):
    """IPEDS 2020: 213 private universities with 1,000 and more staff, 571 with 300 to 999."""
    accounts = larkspur["accounts"]
    private = {"segment": "private universities"}
    large = universe(accounts, private | {"employees": (1000, None)}, count="weight")
    middle = universe(accounts, private | {"employees": (300, 999)}, count="weight")
    assert (large.accounts, middle.accounts) == pytest.approx((213, 571))
    assert universe(accounts, count="weight").accounts == pytest.approx(16_591)
    states = accounts["state"].dropna().unique()[:2].tolist()
    here = universe(accounts, {"segment": ["school systems"], "state": states}, count="weight")
    kept = accounts[(accounts["segment"] == "school systems") & accounts["state"].isin(states)]
    assert here.accounts == pytest.approx(kept["weight"].sum())
    assert here.table["filter"].tolist() == [
        "all",
        "segment: school systems",
        f"state: {', '.join(states)}",
    ]


def test_accounts_of_unknown_size_are_left_out_and_told():
    frame = pd.DataFrame({"staff": [5, None, 50, 500], "n": [1, 10, 100, None]})
    found = universe(frame, {"staff": (10, None)}, count="n")
    assert found.accounts == 100
    assert found.table["unknown"].tolist() == [1, 10]
    assert found.notes[1].startswith("staff: 10 and more: 10 accounts are left out")
    assert universe(frame, {"staff": (None, 50)}).accounts == 2


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_departments_may_differ_by_account(kind):
    frame = kind({"sector": ["a", "b"], "n": [100, 10], "offices": [1, 4]})
    found = universe(frame, count="n", departments="offices")
    assert (found.accounts, found.departments) == (110, 140)
    assert universe(frame, {"sector": "b"}, departments=2.5).departments == 2.5


sizes = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


@given(sizes, st.integers(0, 1000))
def test_a_filter_and_its_complement_make_the_whole(staff, cut):
    frame = pd.DataFrame({"staff": staff})
    below = universe(frame, {"staff": (None, cut - 1)}).accounts
    assert below + universe(frame, {"staff": (cut, None)}).accounts == len(staff)


def test_unknown_columns_and_values_are_all_named(larkspur):
    accounts = larkspur["accounts"]
    with pytest.raises(DataError, match="Did you mean 'segment'"):
        universe(accounts, {"segmnt": "school systems"})
    with pytest.raises(DataError) as fault:
        universe(accounts, {"segment": "school system", "employees": (9, 1), "state": "Mars"})
    text = str(fault.value)
    assert "no segment 'school system'. Did you mean 'school systems'?" in text
    assert "employees needs a pair (low, high) in order. Got (9, 1)" in text
    assert "no state 'Mars'" in text


def test_negative_counts_and_no_departments_are_refused():
    frame = pd.DataFrame({"n": [3.0, -2.0]}, index=["x", "y"])
    with pytest.raises(DataError, match=r"at least 0\. Got row y: -2"):
        universe(frame, count="n")
    with pytest.raises(ParameterError, match="departments"):
        universe(frame, departments=0)
    with pytest.raises(DataError, match="Got list"):
        universe([1, 2])


def test_text_between_two_ends_is_counted_as_unknown():
    firms = pd.DataFrame({"staff": ["900", "1,200", None, "20"]})
    found = universe(firms, {"staff": (100, None)})
    assert found.accounts == 1
    assert found.table["unknown"].tolist() == [0, 2]
    assert "2 accounts are left out" in found.notes[0]
