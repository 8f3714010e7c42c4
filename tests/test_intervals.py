"""Intervals of shares and of their ratio: published examples, invariants, coverage."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from scipy.stats.contingency import relative_risk

from segkit.discrimination import auc_interval
from segkit.errors import ParameterError
from segkit.intervals import mean_interval, rank_interval, ratio_interval, wilson_interval
from segkit.survival import kaplan_meier


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3, 95 %.
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_matches_newcombe(successes, trials, expected):
    assert wilson_interval(successes, trials, 0.95) == pytest.approx(expected, abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=30, deadline=None)
def test_wilson_agrees_with_scipy(counts):
    expected = binomtest(*counts).proportion_ci(0.9, method="wilson")
    assert wilson_interval(*counts) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nothing_is_known_without_trials():
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Koopman 1984, Biometrics 40, 513-517; figures as in Nam 1995.
        ((36, 40, 16, 80), (2.940, 7.152)),
        # R PropCIs: riskscoreci(7, 34, 1, 34, 0.95), trial of Perondi et al. 2004.
        ((7, 34, 1, 34), (1.220853, 42.575718)),
    ],
)
def test_ratio_interval_matches_published_figures(counts, expected):
    assert ratio_interval(*counts, 0.95) == pytest.approx(expected, rel=2e-4)


pairs = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(pairs, pairs)
def test_ratio_interval_holds_the_ratio_and_turns_with_it(one, other):
    low, high = ratio_interval(*one, *other)
    back_low, back_high = ratio_interval(*other, *one)
    if one[0] == other[0] == 0:
        assert (low, high) == (0.0, math.inf)
        return
    ratio = (one[0] / one[1]) / (other[0] / other[1]) if other[0] else math.inf
    assert low <= ratio * (1 + 1e-9)
    assert high >= ratio * (1 - 1e-9)
    assert back_low == pytest.approx(1 / high if math.isfinite(high) else 0.0, rel=1e-5)
    assert (1 / back_high if math.isfinite(back_high) else 0.0) == pytest.approx(low, rel=1e-5)


@given(pairs, pairs, st.floats(0.5, 0.94))
def test_more_confidence_is_wider(one, other, confidence):
    narrow, wide = ratio_interval(*one, *other, confidence), ratio_interval(*one, *other, 0.99)
    assert wide[0] <= narrow[0] * (1 + 1e-9)
    assert narrow[1] <= wide[1] * (1 + 1e-9)


def test_large_counts_agree_with_the_logarithmic_interval():
    log_interval = relative_risk(3000, 10_000, 2000, 10_000).confidence_interval(0.9)
    assert ratio_interval(3000, 10_000, 2000, 10_000) == pytest.approx(
        (log_interval.low, log_interval.high), rel=1e-3
    )


@pytest.mark.parametrize(("n", "base_n", "p", "base_p"), [(200, 300, 0.6, 0.3), (30, 30, 0.9, 0.4)])
def test_ratio_interval_covers_what_it_says(n, base_n, p, base_p):
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(800):
        low, high = ratio_interval(
            int(rng.binomial(n, p)), n, int(rng.binomial(base_n, base_p)), base_n
        )
        hits += low <= p / base_p <= high
    # 90 % with four standard errors of 1.1 points each.
    assert hits / 800 == pytest.approx(0.9, abs=0.043)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson_interval(5, 3),
        lambda: wilson_interval(-1, 3),
        lambda: wilson_interval(1, 3, 95),
        lambda: ratio_interval(1, 2, 3, 2),
        lambda: ratio_interval(1, 2, 1, 2, 1.0),
        lambda: wilson_interval(1, 3, "0.9"),
        lambda: mean_interval([1.0], [1.0], [3], None),
        lambda: rank_interval([[1.0, 2.0]], [0.9]),
        lambda: kaplan_meier([1.0, 2.0], [True, True]).median("0.9"),
        lambda: auc_interval([1, 2, 3], [0, 1, 1], "0.9"),
    ],
)
def test_impossible_counts_are_refused(call):
    with pytest.raises(ParameterError):
        call()


def test_ranks_hold_as_many_draws_as_asked_for():
    """Ends are whole ranks; no fewer draws lie within than 90 %."""
    drawn = np.random.default_rng(0).normal([0.0, 0.3, 0.3, 9.0], size=(301, 4))
    low, high = rank_interval(drawn)
    ranks = (drawn[:, None, :] > drawn[:, :, None]).sum(axis=2) + 1
    assert (((low <= ranks) & (ranks <= high)).mean(axis=0) >= 0.9).all()
    assert (low[3], high[3]) == (1, 1)
    # What differs by rounding alone shares the better rank.
    assert rank_interval([[0.1 + 0.2, 0.3, 0.0]])[1].tolist() == [1, 1, 3]
