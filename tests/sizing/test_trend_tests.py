"""Mann-Kendall and Theil-Sen: the Nile, oracles, exact small series, coverage and refusals."""

from itertools import permutations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from segkit.errors import DataError, ParameterError
from segkit.sizing import mann_kendall, theil_sen
from segkit.sizing.trend_tests import _variance

# R datasets::Nile, yearly flow at Aswan 1871-1970.
NILE = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180,
    799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833,
    701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845,
    864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649,
    846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815,
    1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
]  # fmt: skip


def test_nile():
    """pymannkendall 1.4 and R: S -1387, Var 112728.3333, Z -4.128067, p 3.658e-05, Sen -2.6."""
    found = mann_kendall(NILE)
    assert found.s == -1387
    assert found.variance == pytest.approx(112728.3333, abs=1e-3)
    assert found.z == pytest.approx(-4.128067, abs=1e-6)
    assert found.p == pytest.approx(3.658e-05, rel=1e-3)
    assert found.slope == pytest.approx(-2.6)


def test_nile_corrected_for_autocorrelation():
    """pymannkendall 1.4, hamed_rao_modification_test: Var 241565.3569, Z -2.8199792."""
    found = mann_kendall(NILE, autocorrelated=True)
    assert found.variance == pytest.approx(241565.3569, rel=1e-8)
    assert found.z == pytest.approx(-2.8199791956, rel=1e-8)
    assert found.p == pytest.approx(0.004802676, rel=1e-6)
    assert found.interval[0] < mann_kendall(NILE).interval[0]


def test_interval_of_the_nile_agrees_with_scipy():
    expected = theilslopes(NILE, np.arange(100), 0.9)
    found = mann_kendall(NILE)
    assert found.slope == pytest.approx(expected.slope)
    assert found.interval == pytest.approx((expected.low_slope, expected.high_slope))
    line = theil_sen(NILE)
    assert (line.slope, line.interval) == (found.slope, found.interval)


def test_slope_of_sen():
    """Sen 1968, section 6: 4, and with 93 % confidence 26/7 to 35/8."""
    y, x = [9, 15, 19, 20, 45, 55, 78], [1, 2, 3, 4, 10, 12, 18]
    found = theil_sen(y, x, confidence=0.93)
    assert found.slope == 4
    assert found.interval == pytest.approx((26 / 7, 35 / 8))
    assert theil_sen(y[::-1], x[::-1]).slope == 4


@given(
    st.lists(st.integers(0, 99), min_size=8, max_size=25, unique=True),
    st.lists(st.integers(-9, 9), min_size=25, max_size=25).filter(lambda y: len(set(y[:8])) > 1),
)
def test_slopes_with_ties_agree_with_scipy(x, y):
    y = y[: len(x)]
    found, expected = theil_sen(y, x), theilslopes(y, x, 0.9)
    assert found.slope == pytest.approx(expected.slope)
    assert found.intercept == pytest.approx(expected.intercept)
    if np.isfinite(found.interval).all():
        assert found.interval == pytest.approx((expected.low_slope, expected.high_slope))


def test_variance_with_ties_in_both_is_that_of_all_orders():
    """Kendall's score over all orders of y, for x and y with ties."""
    x, y = np.array([0, 0, 1, 2, 2]), [0, 0, 0, 1, 2]
    sign = np.sign(x[None, :] - x[:, None])
    scores = [
        np.triu(sign * np.sign(np.subtract.outer(one, one).T), 1).sum()
        for one in map(np.array, permutations(y))
    ]
    assert _variance(np.array(y, float), x.astype(float)) == pytest.approx(np.var(scores))


def test_three_points_bound_no_slope():
    found = theil_sen([1, 2, None, 4])
    assert (found.n, found.slope, found.interval) == (3, 1, (-np.inf, np.inf))
    assert '"interval": [null, null]' in found.to_json()


@pytest.mark.parametrize(
    ("y", "x", "words"),
    [
        ([1, 2], None, "at least 3 points. Got 2"),
        ([1, "much", 3, np.inf], None, "y must hold finite numbers.*'much' at 1, inf at 3"),
        ([1, 2, 3], [1, 2], "3 y and 2 x"),
        ([1, 2, 3], [5, 5, 5], "All stand at 5"),
    ],
)
def test_points_without_a_slope_are_refused(y, x, words):
    with pytest.raises(DataError, match=words):
        theil_sen(y, x)


def test_seasons_by_hand():
    """Two seasons of four years: one always rises, one falls but for a tie."""
    found = mann_kendall([1, 9, 2, 7, 3, 7, 4, 5], period=2)
    assert found.s == 6 - 5
    # 4*3*13/18 for each season, less 2*1*9/18 for the tie.
    assert found.variance == pytest.approx(156 / 18 + (156 - 18) / 18)
    assert found.z == 0
    # Slopes: six times 1; and -2, -1, -4/3, 0, -1, -2.
    assert found.slope == pytest.approx((0 + 1) / 2)


def test_seasons_add_up():
    rng = np.random.default_rng(2)
    series = rng.normal(size=60).round(1)
    parts = [mann_kendall(np.r_[series[k::4]]) for k in range(4)]
    whole = mann_kendall(series, period=4)
    assert whole.s == sum(part.s for part in parts)
    assert whole.variance == pytest.approx(sum(part.variance for part in parts))


def test_a_season_alone_is_no_trend():
    steps = np.arange(60)
    wave = 10 * np.sin(2 * np.pi * steps / 12)
    assert mann_kendall(wave.round(9), period=12).s == 0
    rising = mann_kendall(wave + 0.1 * steps, period=12)
    assert rising.slope == pytest.approx(1.2)
    assert rising.p < 1e-6


@given(st.lists(st.integers(-20, 20), min_size=8, max_size=40))
def test_s_is_the_numerator_of_kendalls_tau(values):
    found = mann_kendall(values)
    tau = kendalltau(np.arange(len(values)), values, variant="c").statistic
    pairs = len(values) * (len(values) - 1) / 2
    if len(set(values)) > 1:
        minimum = min(len(values), len(set(values)))
        scale = 2 * minimum / (len(values) ** 2 * (minimum - 1))
        assert found.s == pytest.approx(tau / scale)
    assert abs(found.s) <= pairs
    turned = mann_kendall(values[::-1])
    assert (turned.s, turned.slope) == (-found.s, -found.slope)


@given(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=30), st.floats(0.1, 10))
def test_scale_scales_the_slope_alone(values, factor):
    one, other = mann_kendall(np.array(values)), mann_kendall(factor * np.array(values))
    assert other.slope == pytest.approx(factor * one.slope, abs=1e-9)


def test_missing_values_leave_the_time_of_the_others():
    series = np.arange(20.0)
    series[[3, 4, 11]] = np.nan
    found = mann_kendall(series)
    assert (found.n, found.slope, found.s) == (17, 1.0, 17 * 16 / 2)


def test_a_season_never_measured_is_left_out():
    series = np.random.default_rng(3).normal(size=72) + 0.2 * np.arange(72)
    series[2::12] = np.nan
    found = mann_kendall(series, period=12, autocorrelated=True)
    assert found.n == 66
    assert found.p < 0.01


def test_size_of_the_test_and_coverage_of_the_interval():
    """Without trend 5 % alarms; with one, Sen's interval holds it in 90 %."""
    alarms = hits = 0
    for seed in range(400):
        noise = np.random.default_rng(seed).normal(0, 4, 40)
        alarms += mann_kendall(noise).p < 0.05
        low, high = mann_kendall(noise + 0.3 * np.arange(40)).interval
        hits += low <= 0.3 <= high
    assert alarms <= 0.05 * 400 + 17  # four standard errors
    assert hits == pytest.approx(360, abs=24)


def test_constant_series_have_no_trend():
    found = mann_kendall([5.0] * 12, autocorrelated=True)
    assert (found.s, found.z, found.p, found.slope) == (0, 0, 1, 0)


@pytest.mark.parametrize("values", [[1, 2, 3], [1.0] * 7 + [np.nan] * 5])
def test_short_series_are_refused(values):
    with pytest.raises(DataError, match=r"at least 8 values. Got [37]"):
        mann_kendall(values)


def test_tables_are_refused_and_columns_are_not():
    with pytest.raises(DataError, match=r"one series. Got an array of shape \(10, 2\)"):
        mann_kendall(np.ones((10, 2)))
    assert mann_kendall(np.arange(10)[:, None]).slope == 1
    assert mann_kendall(pd.Series(range(10), index=[*"abcdefghij"])).slope == 1
    assert theil_sen(pl.Series([1, 2, 3, None])).slope == 1


def test_what_is_no_number_is_named():
    with pytest.raises(DataError, match="inf at 1, 'n/a' at 2"):
        mann_kendall([1.0, np.inf, "n/a"] + [1.0] * 10)


def test_seasons_without_a_pair_are_refused():
    with pytest.raises(DataError, match="No season of 12"):
        mann_kendall(range(10), period=12)


@pytest.mark.parametrize("options", [{"period": 0}, {"period": 1.5}, {"confidence": 90}])
def test_bad_parameters_are_refused(options):
    with pytest.raises(ParameterError, match=f"'{next(iter(options))}' parameter"):
        mann_kendall(range(10), **options)
