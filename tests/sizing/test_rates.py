"""Growth: exact series, agreement with a regression package, coverage, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, t, ttest_1samp

from segkit.errors import DataError, ParameterError
from segkit.sizing import growth

# R's datasets::uspop, US population in millions at each census (McNeil 1977).
USPOP = [3.93, 5.31, 7.24, 9.64, 12.90, 17.10, 23.20, 31.40, 39.80, 50.20, 62.90, 76.00, 92.00,
         105.70, 122.80, 131.70, 151.30, 179.30, 203.20]  # fmt: skip
CENSUS = range(1790, 1971, 10)


@given(st.floats(-0.5, 1.0), st.integers(3, 20), st.floats(0.01, 1e9))
def test_steady_growth_is_found_exactly(rate, n_years, start):
    found = growth(range(2000, 2000 + n_years), start * (1 + rate) ** np.arange(n_years))
    assert (found.cagr, found.trend) == pytest.approx((rate, rate), abs=1e-9)
    assert found.interval == pytest.approx((rate, rate), abs=1e-5)
    assert not found.differ
    assert found.notes == ()


def test_us_population_agrees_with_a_regression():
    found = growth(CENSUS, USPOP)
    line = linregress(CENSUS, np.log(USPOP))
    reach = t(17).ppf(0.95) * line.stderr
    assert found.trend == pytest.approx(np.expm1(line.slope))
    assert found.interval == pytest.approx(
        tuple(np.expm1([line.slope - reach, line.slope + reach]))
    )
    assert found.cagr == pytest.approx((203.2 / 3.93) ** (1 / 180) - 1)
    # Growth slowed for two centuries: deviations from one straight line last for decades.
    assert not found.differ
    assert any("persist" in note for note in found.notes)


def test_cagr_interval_is_the_t_interval_of_yearly_log_growth():
    values = [100, 108, 125, 131, 150]
    steps = ttest_1samp(np.diff(np.log(values)), 0).confidence_interval(0.9)
    found = growth(range(2020, 2025), values)
    assert found.cagr_interval == pytest.approx((np.expm1(steps.low), np.expm1(steps.high)))


def test_the_order_of_the_years_changes_nothing():
    mixed = growth([2022, 2020, 2021], [121, 100, 110])
    assert (mixed.cagr, mixed.trend) == pytest.approx((0.1, 0.1))
    assert mixed.table["year"].tolist() == [2020, 2021, 2022]


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ([2018, 2019, 2021, 2022], "2019 and then 2021"),
        ([2010, 2020, 2021, 2022], "2010 and then 2020"),
        ([1990, 1980, 2000, 2020], "10 apart without a gap. Found 2000 and then 2020"),
    ],
)
def test_gaps_in_the_years_are_refused(years, words):
    with pytest.raises(DataError, match=words):
        growth(years, [1, 2, 3, 4])


@pytest.mark.parametrize("walk", [False, True])
def test_intervals_cover_the_planted_growth(walk):
    """The trend's interval for independent deviations, the CAGR's for a random walk."""
    hits = 0
    for seed in range(400):
        noise = np.random.default_rng(seed).normal(0, 0.05, 13)
        logs = 0.1 * np.arange(13) + (np.cumsum(noise) if walk else noise)
        found = growth(range(2012, 2025), 50 * np.exp(logs))
        low, high = found.cagr_interval if walk else found.interval
        hits += low <= np.expm1(0.1) <= high
    # 90 % of 400 with four standard errors of 6 each.
    assert 336 <= hits <= 384


def test_an_unusual_last_year_is_said():
    values = 100 * 1.1 ** np.arange(10)
    values[-1] *= 1.6
    found = growth(range(2015, 2025), values)
    assert found.cagr == pytest.approx(1.1 * 1.6 ** (1 / 9) - 1)
    assert found.differ
    assert any("last year is unusual" in note for note in found.notes)


def test_all_faults_are_named_at_once():
    with pytest.raises(DataError) as fault:
        growth([2020, 2020], [5, -1])
    text = str(fault.value)
    assert "at least 3 years. Got 2" in text
    assert "more than once" in text
    assert "2020: -1" in text


@pytest.mark.parametrize(
    ("years", "values"),
    [
        ([1, 2, 3], [1, 2]),
        ([1, 2, 3.5], [1, 2, 3]),
        ([1, 2, 3], [1, 0, 2]),
        ([1, 2, 3], [1, None, 2]),
    ],
)
def test_unusable_series_are_refused(years, values):
    with pytest.raises(DataError):
        growth(years, values)


def test_years_may_be_dates_and_must_be_numbers():
    dates = pd.date_range("2020-06-30", periods=3, freq="YS")
    for years in (dates, list(dates), [day.date() for day in dates], dates.to_period("Y")):
        assert growth(years, [100, 110, 121]).cagr == pytest.approx(0.1)
    with pytest.raises(DataError, match=r"Years must be numbers\. Got"):
        growth(["first", "second", "third"], [1, 2, 3])


def test_confidence_is_checked_and_widens():
    with pytest.raises(ParameterError, match="'confidence' parameter"):
        growth([1, 2, 3], [1, 2, 3], confidence=90)
    narrow, wide = (growth(CENSUS, USPOP, confidence=c) for c in (0.5, 0.99))
    assert wide.interval[0] < narrow.interval[0] < narrow.interval[1] < wide.interval[1]
