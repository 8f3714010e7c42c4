"""Pareto/NBD on CDNOW: Fader, Hardie & Lee (2005) Table 2, the tests of CLVTools with more
digits and standard errors, and the vignette of BTYD."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from segkit.value import GammaGamma, ParetoNBD, lifetime_value


@pytest.fixture(scope="module")
def model(cdnow):
    return ParetoNBD().fit(cdnow)


def test_table_2(model):
    published = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
    assert model.params_ == pytest.approx(published, abs=6e-4)
    assert model.log_likelihood_ == pytest.approx(-9595.0, abs=0.05)


def test_clvtools_digits(model):
    published = {"r": 0.55315, "alpha": 10.57633, "s": 0.60625, "beta": 11.67150}
    assert model.params_ == pytest.approx(published, rel=3e-4)
    assert model.log_likelihood_ == pytest.approx(-9594.976, abs=5e-4)


def test_standard_errors(model):
    published = {"r": 0.0476264, "alpha": 0.8427222, "s": 0.1872594, "beta": 6.2105448}
    assert model.standard_errors_ == pytest.approx(published, rel=3e-4)


def test_customer_1516(model, customer_1516):
    assert model.expected_purchases(customer_1516, 52)[1516] == pytest.approx(25.45647, rel=1e-4)
    assert model.probability_alive(customer_1516)[1516] == pytest.approx(0.997874, abs=1e-6)


def test_new_customer_in_a_year(model):
    assert model.expected_new_customer(52) == pytest.approx(1.473434, rel=1e-6)


@pytest.mark.parametrize("s", [0.4, 1.0, 2.5])
def test_infinite_horizon_is_the_dert_of_the_paper(s):
    """Fader, Hardie & Lee (2005b), the confluent hypergeometric form of DERT."""
    r, alpha, beta, rate = 0.55, 10.6, 11.7, 0.15
    model = ParetoNBD.from_params(r=r, alpha=alpha, s=s, beta=beta)
    frame = pd.DataFrame(
        {"frequency": [0, 2, 26], "recency": [0, 30.4, 30.9], "T": [38.9, 38.9, 31]}
    )
    delta = np.log1p(rate) * 7 / 365.25
    x, age = frame["frequency"], frame["T"]
    closed = (r + x) / (alpha + age) * delta ** (s - 1) * (beta + age) ** s
    closed *= special.hyperu(s, s, delta * (beta + age)) * model.probability_alive(frame)
    found = model.discounted_purchases(frame, None, rate, timing="continuous", unit="week")
    assert found.tolist() == pytest.approx(closed.tolist(), rel=1e-10)


def test_finite_horizon_tends_to_the_infinite(model, cdnow):
    spend = GammaGamma().fit(cdnow)
    totals = [
        lifetime_value(model, spend, cdnow, horizon, 0.15, 0.3, unit="week").value.sum()
        for horizon in (52, 520, 52_000, None)
    ]
    assert totals == sorted(totals)
    assert totals[2] == pytest.approx(totals[3], rel=1e-8)
