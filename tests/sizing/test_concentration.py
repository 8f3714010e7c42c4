"""Concentration: published worked examples and bounds."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.sizing import hhi, market_concentration


def market(*shares):
    return {f"v{i}": share for i, share in enumerate(shares)}


def test_department_of_justice_example():
    # US Department of Justice, "Herfindahl-Hirschman Index": 30, 30, 20, 20 give 2,600.
    found = market_concentration(market(30, 30, 20, 20))
    assert found.hhi == pytest.approx(2600)
    assert found.band == "highly"
    assert found.effective_number == pytest.approx(10_000 / 2600)


def test_merger_example():
    # industrialorganization.blogspot.com, March 2006: 1,540; mergers give 1,580 and 2,540.
    shares = (25, 20, 15, 10, 8, 7, 6, 5, 4)
    found = market_concentration(market(*shares))
    assert found.hhi == pytest.approx(1540)
    assert found.hhi + found.merger_delta("v7", "v8") == pytest.approx(1580)
    assert found.hhi + found.merger_delta("v0", "v1") == pytest.approx(2540)
    assert market_concentration(market(45, *shares[2:])).hhi == pytest.approx(2540)


def test_published_indices():
    # The two examples above, as percentages, as fractions, and after the mergers.
    assert hhi([30, 30, 20, 20]) == pytest.approx(2600)
    assert hhi([0.3, 0.3, 0.2, 0.2]) == pytest.approx(2600)
    assert hhi([25, 20, 15, 10, 8, 7, 6, 5, 4]) == pytest.approx(1540)
    assert hhi([25, 20, 15, 10, 8, 7, 6, 9]) == pytest.approx(1580)
    assert hhi([45, 15, 10, 8, 7, 6, 5, 4]) == pytest.approx(2540)


def test_whole_market_may_be_told():
    assert hhi({"A": 900, "B": 600}, total=3000) == pytest.approx(30**2 + 20**2)
    assert hhi([0.3, 0.2], total=1) == pytest.approx(1300)
    # Published shares are rounded: a third each is 33.3.
    assert hhi([33.3] * 3) == pytest.approx(3 * 33.3**2)
    assert hhi([1.0]) == pytest.approx(10_000)
    # Rows of a frame may share a label.
    assert hhi(pd.Series([30, 30, 20, 20], index=["B", "A", "A", "A"])) == pytest.approx(2600)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([30, 30, 20], "sum to 80, neither to 1 nor to 100.*total=80.*total=100"),
        ([], "sum to 0"),
        ({"A": 0.5, "B": -0.2, "C": "many"}, "-0.2 of B, 'many' of C"),
        ([0.5, float("nan")], "nan of 1"),
        ([0.9, 0.8], "sum to 1.7"),
    ],
)
def test_ambiguous_shares_are_refused(shares, words):
    with pytest.raises(DataError, match=words):
        hhi(shares)


def test_shares_beyond_the_whole_are_refused():
    with pytest.raises(DataError, match="sum to 150, more than the market of 100"):
        hhi([90, 60], total=100)
    with pytest.raises(ParameterError, match="total"):
        hhi([90, 60], total=0)


@pytest.mark.parametrize(
    ("guidelines", "band"), [(2023, "moderately"), (1992, "moderately"), (2010, "moderately")]
)
def test_bands_follow_the_guidelines(guidelines, band):
    assert market_concentration(market(25, 20, 15, 10, 8, 7, 6, 5, 4), guidelines).band == band


def test_guidelines_of_2010_were_milder():
    assert market_concentration(market(*[40, 20, 10, 10, 10, 10]), 2010).band == "moderately"
    assert market_concentration(market(*[40, 20, 10, 10, 10, 10]), 2023).band == "highly"
    assert market_concentration(market(*[1] * 20)).band == "not"


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=30).filter(lambda x: sum(x) > 1e-3))
def test_index_is_bounded_and_blind_to_scale(sales):
    found = market_concentration(market(*sales))
    assert 1e4 / len(sales) * (1 - 1e-9) <= found.hhi <= 1e4 * (1 + 1e-9)
    scaled = market_concentration(market(*[3 * value for value in sales]))
    assert scaled.hhi == pytest.approx(found.hhi)
    assert found.table["share"].sum() == pytest.approx(1)


def test_refusals():
    with pytest.raises(DataError, match=r"'v0': -1.*'v2'"):
        market_concentration(market(-1, 2, math.nan))
    with pytest.raises(DataError, match="no sales"):
        market_concentration({})
    with pytest.raises(ParameterError, match="2010"):
        market_concentration(market(1), 2015)
    with pytest.raises(ParameterError, match="Did you mean 'v1'"):
        market_concentration(market(1, 2)).merger_delta("v0", "V1")


def test_json():
    assert '"hhi": 2600' in market_concentration(market(30, 30, 20, 20)).to_json()
