"""CLVTools (Meierer, Bachmann, Näf, Schilter & Algesheimer 2026, arXiv 2602.09845): apparel
customers by the parameters printed there, seen 104 weeks, and the CDNOW sample split at 37 weeks.
"""

import numpy as np
import pandas as pd
import pytest

from segkit.value import (
    AS_RECORDED,
    BetaGeo,
    GammaGamma,
    ParetoNBD,
    customer_summary,
    lifetime_value,
)

PARETO = ParetoNBD.from_params(r=1.4489767918, alpha=48.636084536, s=0.5612598080, beta=46.88436333)
BG = BetaGeo.from_params(r=0.6073107653, alpha=20.956730587, a=1.2755434957, b=8.8608159634)
SPEND = GammaGamma.from_params(p=3.0990326502, q=5.6536728693, gamma=56.504084431)
CUSTOMERS = pd.DataFrame(
    {
        "frequency": [6, 2, 0],
        "recency": [653 / 7, 697 / 7, 0.0],
        "T": 104.0,
        "monetary_value": [101.415, 43.9, 0.0],
    },
    index=["1", "10", "100"],
)
PER_WEEK = 365.25 / 7


def yearly(force):
    """A force of interest a week, as CLVTools takes it, is this rate a year."""
    return np.expm1(force * PER_WEEK)


def test_pareto_nbd():
    alive = PARETO.probability_alive(CUSTOMERS)
    assert alive.tolist() == pytest.approx([0.946847846, 0.982560599, 0.278468591], rel=1e-8)
    ahead = PARETO.expected_purchases(CUSTOMERS, 1450 / 7)
    assert ahead.tolist() == pytest.approx([7.325657308, 3.519811439, 0.419090127], rel=1e-8)


def test_value_for_ever():
    """Its default discounts by 10 % a week."""
    worth = lifetime_value(PARETO, SPEND, CUSTOMERS, None, yearly(np.log(1.1)), unit="week")
    dert, spend = worth.customers["purchases"], worth.customers["spend"]
    assert dert.tolist() == pytest.approx([0.467656019, 0.224698063, 0.026753916], rel=1e-8)
    assert spend.tolist() == pytest.approx([88.646335721, 41.210270853, 37.627914001], rel=1e-9)
    assert worth.value.tolist() == pytest.approx([41.45599244, 9.25986802, 1.00669405], rel=1e-8)


def test_dert_where_s_is_1_and_alpha_above_beta():
    model = ParetoNBD.from_params(r=1, alpha=10, s=1, beta=5)
    found = model.discounted_purchases(
        CUSTOMERS, discount_rate=yearly(0.0013907819534543476), unit="week"
    )
    assert found.tolist() == pytest.approx([9.788193107, 4.648788674, 0.0105829928], rel=1e-8)


def test_bg_nbd():
    alive = BG.probability_alive(CUSTOMERS)
    assert alive.tolist() == pytest.approx([0.857341618, 0.875568069, 1.0], rel=1e-8)
    ahead = BG.expected_purchases(CUSTOMERS, 52)
    assert ahead.tolist() == pytest.approx([2.102084643, 0.882387384, 0.242807792], rel=1e-8)
    new = BG.expected_new_customer([0.5, 52, 200])
    assert new.tolist() == pytest.approx([0.0144548213, 1.2359969398, 3.4090521000], rel=1e-8)
    each = [BG.log_likelihood(CUSTOMERS.loc[[name]]) for name in CUSTOMERS.index]
    assert each == pytest.approx([-25.0813226165, -10.8876993970, -1.0843580223], rel=1e-9)


@pytest.fixture(scope="module")
def cdnow_37(cdnow_events):
    return customer_summary(cdnow_events, as_of="1997-09-17", unit="week", policy=AS_RECORDED)


def test_fit_on_37_weeks(cdnow_37):
    model = ParetoNBD().fit(cdnow_37)
    published = {"r": 0.54551892, "alpha": 10.28188512, "s": 0.73728504, "beta": 14.54469237}
    errors = {"r": 0.04744572, "alpha": 0.83063349, "s": 0.27236615, "beta": 8.59566904}
    assert model.params_ == pytest.approx(published, rel=3e-4)
    assert model.standard_errors_ == pytest.approx(errors, rel=1e-3)
    assert model.log_likelihood_ == pytest.approx(-9147.54508, abs=5e-6)


def test_mean_probability_of_each_count(cdnow_37):
    """Of customers observed for different times: counts down, customers across."""
    model = ParetoNBD.from_params(r=0.54551892, alpha=10.28188512, s=0.73728504, beta=14.54469237)
    mean = model.pmf([[0], [1], [2], [10]], cdnow_37["T"]).mean(axis=1)
    published = [0.616551146, 0.168305258, 0.080964629, 0.002876132]
    assert mean.tolist() == pytest.approx(published, rel=1e-6)
    assert model.log_likelihood(cdnow_37) == pytest.approx(-9147.5450808, abs=1e-6)
