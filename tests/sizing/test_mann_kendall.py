"""Mann-Kendall: the Nile, an oracle, exact small series, coverage and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from segkit.errors import DataError, ParameterError
from segkit.sizing import mann_kendall_test

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
    found = mann_kendall_test(NILE)
    assert found.s == -1387
    assert found.variance == pytest.approx(112728.3333, abs=1e-3)
    assert found.z == pytest.approx(-4.128067, abs=1e-6)
    assert found.p == pytest.approx(3.658e-05, rel=1e-3)
    assert found.slope == pytest.approx(-2.6)


def test_nile_corrected_for_autocorrelation():
    """pymannkendall 1.4, hamed_rao_modification_test: Var 241565.3569, Z -2.8199792."""
    found = mann_kendall_test(NILE, autocorrelated=True)
    assert found.variance == pytest.approx(241565.3569, rel=1e-8)
    assert found.z == pytest.approx(-2.8199791956, rel=1e-8)
    assert found.p == pytest.approx(0.004802676, rel=1e-6)
    assert found.interval[0] < mann_kendall_test(NILE).interval[0]


def test_interval_of_the_nile_agrees_with_scipy():
    expected = theilslopes(NILE, np.arange(100), 0.9)
    found = mann_kendall_test(NILE)
    assert found.slope == pytest.approx(expected.slope)
    assert found.interval == pytest.approx((expected.low_slope, expected.high_slope), abs=2e-3)


def test_seasons_by_hand():
    """Two seasons of four years: one always rises, one falls but for a tie."""
    found = mann_kendall_test([1, 9, 2, 7, 3, 7, 4, 5], period=2)
    assert found.s == 6 - 5
    # 4*3*13/18 for each season, less 2*1*9/18 for the tie.
    assert found.variance == pytest.approx(156 / 18 + (156 - 18) / 18)
    assert found.z == 0
    # Slopes: six times 1; and -2, -1, -4/3, 0, -1, -2.
    assert found.slope == pytest.approx((0 + 1) / 2)


def test_seasons_add_up():
    rng = np.random.default_rng(2)
    series = rng.normal(size=60).round(1)
    parts = [mann_kendall_test(np.r_[series[k::4]]) for k in range(4)]
    whole = mann_kendall_test(series, period=4)
    assert whole.s == sum(part.s for part in parts)
    assert whole.variance == pytest.approx(sum(part.variance for part in parts))


def test_a_season_alone_is_no_trend():
    steps = np.arange(60)
    wave = 10 * np.sin(2 * np.pi * steps / 12)
    assert mann_kendall_test(wave.round(9), period=12).s == 0
    rising = mann_kendall_test(wave + 0.1 * steps, period=12)
    assert rising.slope == pytest.approx(1.2)
    assert rising.p < 1e-6


@given(st.lists(st.integers(-20, 20), min_size=8, max_size=40))
def test_s_is_the_numerator_of_kendalls_tau(values):
    found = mann_kendall_test(values)
    tau = kendalltau(np.arange(len(values)), values, variant="c").statistic
    pairs = len(values) * (len(values) - 1) / 2
    if len(set(values)) > 1:
        minimum = min(len(values), len(set(values)))
        scale = 2 * minimum / (len(values) ** 2 * (minimum - 1))
        assert found.s == pytest.approx(tau / scale)
    assert abs(found.s) <= pairs
    turned = mann_kendall_test(values[::-1])
    assert (turned.s, turned.slope) == (-found.s, -found.slope)


@given(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=30), st.floats(0.1, 10))
def test_scale_scales_the_slope_alone(values, factor):
    one, other = mann_kendall_test(np.array(values)), mann_kendall_test(factor * np.array(values))
    assert other.slope == pytest.approx(factor * one.slope, abs=1e-9)


def test_missing_values_leave_the_time_of_the_others():
    series = np.arange(20.0)
    series[[3, 4, 11]] = np.nan
    found = mann_kendall_test(series)
    assert (found.n, found.slope, found.s) == (17, 1.0, 17 * 16 / 2)


def test_size_of_the_test_and_coverage_of_the_interval():
    """Without trend 5 % alarms; with one, Sen's interval holds it in 90 %."""
    alarms = hits = 0
    for seed in range(400):
        noise = np.random.default_rng(seed).normal(0, 4, 40)
        alarms += mann_kendall_test(noise).p < 0.05
        low, high = mann_kendall_test(noise + 0.3 * np.arange(40)).interval
        hits += low <= 0.3 <= high
    assert alarms <= 0.05 * 400 + 17  # four standard errors
    assert hits == pytest.approx(360, abs=24)


def test_constant_series_have_no_trend():
    found = mann_kendall_test([5.0] * 12, autocorrelated=True)
    assert (found.s, found.z, found.p, found.slope) == (0, 0, 1, 0)


@pytest.mark.parametrize("values", [[1, 2, 3], [1.0] * 7 + [np.nan] * 5, [np.inf] + [1.0] * 10])
def test_short_or_broken_series_are_refused(values):
    with pytest.raises(DataError, match="at least 8 finite values"):
        mann_kendall_test(values)


def test_seasons_without_a_pair_are_refused():
    with pytest.raises(DataError, match="No season of 12"):
        mann_kendall_test(range(10), period=12)


@pytest.mark.parametrize("options", [{"period": 0}, {"period": 1.5}, {"confidence": 90}])
def test_bad_parameters_are_refused(options):
    with pytest.raises(ParameterError):
        mann_kendall_test(range(10), **options)
