"""Concentration: published worked examples and bounds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.sizing import market_concentration


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
