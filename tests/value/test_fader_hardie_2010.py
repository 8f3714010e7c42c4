"""DERL: Fader & Hardie (2010), "The perils of ignoring heterogeneity", Marketing Science 29(1)."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from segkit.value import ShiftedBetaGeometric


def test_derl_at_ten_percent():
    model = ShiftedBetaGeometric.from_params(alpha=3.80, beta=15.20)
    found = [model.discounted_lifetime(period, 0.1) for period in range(1, 6)]
    assert found == pytest.approx([3.31, 3.45, 3.59, 3.72, 3.84], abs=0.005)


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0])
@pytest.mark.parametrize(("alpha", "beta"), [(0.668, 3.806), (3.8, 15.2), (50.0, 1.0)])
def test_derl_is_the_closed_form(alpha, beta, rate):
    model = ShiftedBetaGeometric.from_params(alpha=alpha, beta=beta)
    for n in (1, 4, 30):
        closed = (beta + n - 1) / (alpha + beta + n - 1)
        closed *= special.hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + rate))
        assert model.discounted_lifetime(n, rate) == pytest.approx(closed, rel=1e-10)


def test_retention_rates_rise():
    """0.80, 0.81, 0.819, 0.827: (beta + t - 1) / (alpha + beta + t - 1)."""
    model = ShiftedBetaGeometric.from_params(alpha=3.80, beta=15.20)
    rates = 1 - model.churn([0, 1, 2, 3])
    assert rates.tolist() == pytest.approx([0.800, 0.810, 0.819, 0.827], abs=5e-4)
    assert model.churn() == pytest.approx(0.2)


def test_cohorts_by_year_of_the_calendar():
    """Each year 10,000 join, and retention is 0.80, 0.81, ..."""
    lives = [10_000, 8000, 6480, 5307, 4391]
    rows = [[np.nan] * late + lives[: 5 - late] for late in range(5)]
    table = pd.DataFrame(rows, columns=range(2003, 2008))
    model = ShiftedBetaGeometric().fit(table)
    assert model.params_ == pytest.approx({"alpha": 3.80, "beta": 15.20}, abs=0.01)
    own = [lives[: 5 - late] for late in range(5)]
    assert model.params_ == ShiftedBetaGeometric().fit(own).params_


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.3])
def test_one_who_joins_now_pays_in_any_case(rate):
    """DEL, Hardie's note 018: 2F1(1, beta; alpha + beta; 1 / (1 + d))."""
    model = ShiftedBetaGeometric.from_params(alpha=3.80, beta=15.20)
    found = model.discounted_lifetime([0, 1], rate)
    assert found[0] == pytest.approx(special.hyp2f1(1, 15.2, 19.0, 1 / (1 + rate)), rel=1e-10)
    assert found[0] == pytest.approx(1 + found[1] / (1 + rate), rel=1e-12)
    assert model.discounted_lifetime(0, rate, horizon=1) == 1.0
