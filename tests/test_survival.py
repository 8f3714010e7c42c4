"""Curves of waiting, their medians and means, and the log-rank test, against scipy and R."""

import warnings

import numpy as np
import pytest
from scipy import stats

from segkit.survival import kaplan_meier, log_rank


def drawn(n=200, seed=0):
    rng = np.random.default_rng(seed)
    event, stop = rng.exponential(3.0, n), rng.exponential(6.0, n)
    return np.minimum(event, stop).round(1), event <= stop


def censored(time, seen):
    return stats.CensoredData(uncensored=time[seen], right=time[~seen])


@pytest.mark.parametrize("n", [5, 200])
def test_curve_and_band_are_those_of_scipy(n):
    time, seen = drawn(n)
    found, sf = kaplan_meier(time, seen), stats.ecdf(censored(time, seen)).sf
    assert found.waiting == pytest.approx(sf.evaluate(found.times))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns where the curve is 0
        band = sf.confidence_interval(confidence_level=0.95, method="log-log")
    inside = found.waiting > 0
    for mine, theirs in zip(found.band(0.95), (band.low, band.high), strict=True):
        assert mine[inside] == pytest.approx(theirs.evaluate(found.times)[inside])


def test_a_curve_that_ends_at_0_is_not_sure_to():
    """Two of two have started; the upper end stays that after the first, scipy and R give none."""
    low, high = kaplan_meier([1, 2], [True, True]).band()
    assert low[-1] == 0
    assert high[-1] == high[0] > 0.5
    assert kaplan_meier([3], [True]).band()[1].tolist() == [1.0]


def test_the_median_is_the_ordinary_one_without_censoring():
    for seed in range(20):
        time = np.random.default_rng(seed).integers(1, 30, 40 + seed).astype(float)
        assert kaplan_meier(time, np.ones(len(time))).median()[0] == np.median(time)


def test_a_median_that_is_not_reached_is_beyond_all_times():
    assert kaplan_meier([1, 2, 3], [True, False, False]).median()[0] == np.inf
    assert kaplan_meier([1, 2, 3], [False] * 3).median() == (np.inf, np.inf, np.inf)


def test_log_rank_of_two_groups_is_that_of_scipy():
    time, seen = drawn(seed=1)
    half = np.arange(200) % 2
    parts = [censored(time[half == k], seen[half == k]) for k in (0, 1)]
    expected, found = stats.logrank(*parts), log_rank(time, seen, half)
    assert found.statistic == pytest.approx(expected.statistic**2)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.df == 1
    assert np.isnan(log_rank(time, seen, np.zeros(200))).all()
