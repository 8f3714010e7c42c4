"""Slopes of many series agree with those of one at a time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import theilslopes

from segkit.segments.slopes import slopes
from segkit.sizing import mann_kendall


def test_each_row_equals_the_test_of_one_series():
    """Ties, steps and several first periods, beside the test of one series and SciPy's slope."""
    rng = np.random.default_rng(0)
    series = np.vstack(
        [
            rng.integers(0, 4, (40, 30)).astype(float),
            rng.normal(size=(20, 30)) * 1e6,
            np.repeat(rng.normal(size=(20, 3)), 10, axis=1),
            np.full((1, 30), 7.0),
        ]
    )
    first = rng.integers(0, 20, len(series))
    found = slopes(series, first)
    for row, start, (slope, low, high, p) in zip(series, first, found.to_numpy(), strict=True):
        one = mann_kendall(row[start:])
        assert (slope, low, high) == pytest.approx((one.slope, *one.interval), rel=1e-6, abs=1e-6)
        assert p == pytest.approx(one.p, abs=1e-12)
        assert slope == pytest.approx(theilslopes(row[start:]).slope, rel=1e-6, abs=1e-6)


def test_the_nile_flows_less():
    """Pohlert's and pymannkendall's worked example: S = -1387, p = 3.658e-05, Sen's slope -2.6."""
    flow = [
        *(1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960),
        *(1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694),
        *(940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764),
        *(
            821,
            768,
            845,
            864,
            862,
            698,
            845,
            744,
            796,
            1040,
            759,
            781,
            865,
            845,
            944,
            984,
            897,
            822,
        ),
        *(1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050),
        *(918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740),
    ]
    found = slopes(np.array([flow], dtype=float), np.array([0])).iloc[0]
    assert found["slope"] == pytest.approx(-2.6)
    assert found["p"] == pytest.approx(3.658e-05, rel=1e-3)


def test_rounding_is_no_trend():
    wobble = 5082.81 * (1 + np.arange(24) * 1e-16)
    found = slopes(np.array([wobble, np.arange(24.0)]), np.array([0, 17]))
    assert found.loc[0, "p"] == 1
    assert found.loc[1].isna().all()  # seven periods are too few


def test_scale_and_direction():
    series = np.random.default_rng(1).normal(size=(5, 20)).cumsum(axis=1)
    first = np.zeros(5, dtype=np.intp)
    plain, turned = slopes(series, first), slopes(-3e200 * series, first)
    assert turned["slope"].to_numpy() == pytest.approx(-3e200 * plain["slope"].to_numpy())
    assert turned["slope_low"].to_numpy() == pytest.approx(-3e200 * plain["slope_high"].to_numpy())
    assert turned["p"].to_numpy() == pytest.approx(plain["p"].to_numpy())
