"""No NaN, infinity or negative number, and the right one: extreme parameters and histories."""

import math
from functools import partial

import mpmath as mp
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segkit.errors import ParameterError
from segkit.value import (
    NBD,
    BetaDiscreteWeibull,
    BetaGeo,
    BetaGeoBetaBinomial,
    ConstantChurn,
    ExponentialGamma,
    GammaGamma,
    ModifiedBetaGeo,
    ParetoNBD,
    ShiftedBetaGeometric,
    lifetime_value,
)
from segkit.value._beta import log_beta
from segkit.value._growth import rate_with_dropout
from segkit.value.timing import Payments

HISTORIES = [
    (0, 0.0, 0.0),
    (0, 0.0, 39.0),
    (1, 39.0, 39.0),
    (2, 30.43, 38.86),
    (26, 30.86, 31.0),
    (200, 100.0, 500.0),
    (5000, 499.0, 500.0),
    (5000, 500.0, 500.0),
    (5000, 0.001, 1000.0),
]
SUMMARY = pd.DataFrame(HISTORIES, columns=["frequency", "recency", "T"]).assign(
    monetary_value=[0.0, 0.0, 0.01, 20.0, 1e6, 35.0, 5.0, 5.0, 35.0]
)
DROPOUT = [
    (0.243, 4.414, 0.793, 2.426),
    (0.243, 4.414, 1.0, 2.426),
    (0.243, 4.414, 1 + 1e-9, 2.426),
    (0.243, 4.414, 1 - 1e-6, 1e9),
    (0.243, 4.414, 0.4, 0.6),
    (0.243, 4.414, 0.4, 0.6 + 1e-12),
    (0.243, 4.414, 0.2, 0.3),
    (0.243, 4.414, 0.7, 1e9),
    (0.01, 0.5, 0.01, 0.01),
    (30.0, 200.0, 50.0, 3.0),
    (30.0, 4.0, 2.5, 1e9),
    (2.0, 1e-3, 0.5, 0.02),
    (0.5, 1e4, 3.0, 40.0),
]


def exact_ahead(shape, rate, a, b, t):
    """Purchases of a living customer to 40 digits, by the series without singularities."""
    with mp.workdps(60):
        shape, rate, a, b, t = map(mp.mpf, (shape, rate, a, b, t))
        z = t / (rate + t)
        c, log = a + b - 1, mp.log(1 - z)
        term, total, n = mp.mpf(1), mp.mpf(0), 1
        term = (c - shape) * z
        while abs(term) > mp.mpf(10) ** -50 * (1 + abs(total)) and n < 20_000:
            total += term
            term *= (c - shape + n) * (a + n - 1) / ((c + n) * (n + 1)) * z
            n += 1
        head = -log if a == 1 else -mp.expm1((a - 1) * log) / (a - 1)
        return c * head - mp.exp((a - 1) * log) * total


@pytest.mark.parametrize(("kind", "first"), [(BetaGeo, 0), (ModifiedBetaGeo, 1)])
@pytest.mark.parametrize("theta", DROPOUT)
def test_expectation_with_dropout_to_nine_digits(kind, first, theta):
    r, alpha, a, b = theta
    model = kind.from_params(r=r, alpha=alpha, a=a, b=b)
    for share in (1e-6, 0.7, 9.0):
        for x, t_x, age in HISTORIES:
            t = share * (alpha + age)
            one = pd.DataFrame({"frequency": [x], "recency": [t_x], "T": [age]})
            ahead = float(exact_ahead(r + x, alpha + age, a, b + x + first, t))
            stays = x + first
            odds = mp.mpf(a) / (b + stays - 1) if stays else mp.mpf(0)
            odds *= ((mp.mpf(alpha) + age) / (alpha + t_x)) ** (r + x)
            alive = float(1 / (1 + odds))
            assert model.probability_alive(one)[0] == pytest.approx(alive, rel=1e-10)
            expected = pytest.approx(ahead * alive, rel=1e-9)
            assert model.expected_purchases(one, t)[0] == expected, (x, t_x, age, t)


def leaving(y, size, purchases, theta):
    _, alpha, s, beta = theta
    return size / ((alpha + y) ** purchases * (beta + y) ** (s + 1))


@pytest.mark.parametrize(
    "theta",
    [
        (0.553, 10.58, 0.606, 11.67),
        (0.553, 10.58, 1.0, 11.67),
        (0.553, 50.0, 0.606, 0.01),
        (0.553, 0.01, 0.606, 50.0),
        (20.0, 3.0, 15.0, 400.0),
        (0.01, 1.0, 0.01, 1.0),
    ],
)
def test_pareto_to_nine_digits(theta):
    r, alpha, s, beta = theta
    model = ParetoNBD.from_params(r=r, alpha=alpha, s=s, beta=beta)
    for x, t_x, age in HISTORIES:
        with mp.workdps(30):
            size = (alpha + mp.mpf(age)) ** (r + x) * (beta + mp.mpf(age)) ** s
            ends = [t_x + (age - t_x) * part for part in (0, 0.001, 0.01, 0.1, 0.3, 1)]
            lost = partial(leaving, size=s * size, purchases=r + x, theta=theta)
            alive = float(1 / (1 + mp.quad(lost, ends)))
        one = pd.DataFrame({"frequency": [x], "recency": [t_x], "T": [age]})
        assert model.probability_alive(one)[0] == pytest.approx(alive, rel=1e-9, abs=1e-290)
        t, left = 52.0, beta + age
        log = math.log1p(t / left)
        lived = log if s == 1 else math.expm1((1 - s) * log) / (1 - s)
        ahead = (r + x) / (alpha + age) * left * lived * alive
        assert model.expected_purchases(one, t)[0] == pytest.approx(ahead, rel=1e-9, abs=1e-290)


@pytest.mark.parametrize(
    ("shape", "a", "b", "ahead"),
    [
        (1000.0, 1.0, 10**1.5 + 1, 12.0),
        (172.8, 83.6, 3.6, 7.7),
        (11.9, 6.7, 89.2, 3128.0),
        (30.0, 50.0, 40.0, 40.0),
        (2.5, 0.8, 2.4, 39.0),
    ],
)
def test_the_rate_of_who_may_drop_out_is_that_of_mpmath(shape, a, b, ahead):
    # Where scipy's 2F1 is NaN (a = 1, whole shape), negative, or loses its digits.
    with mp.workdps(80):
        stays = float(mp.hyp2f1(shape + 1, a, a + b, -mp.mpf(ahead)))
    times = np.array([ahead])
    found = rate_with_dropout(np.array([shape]), np.ones(1), a, np.array([b]), times)
    assert found[0, 0] == pytest.approx(shape * stays, rel=1e-8)


positive = st.floats(-9, 9).map(lambda power: 10.0**power)
likely = st.floats(-3, 3).map(lambda power: 10.0**power)
PURCHASES = [NBD, BetaGeo, ModifiedBetaGeo, ParetoNBD]


@pytest.mark.parametrize("kind", PURCHASES)
@given(theta=st.tuples(likely, likely, positive, positive), horizon=st.floats(1e-3, 1e4))
@example(theta=(1000.0, 1.0, 1.0, 10.0**1.5), horizon=10.0)
@settings(max_examples=15, deadline=None)
def test_forecasts_are_never_nonsense(kind, theta, horizon):
    letters = kind._letters
    model = kind.from_params(**dict(zip(letters, theta, strict=False)))
    alive = model.probability_alive(SUMMARY)
    ahead = model.expected_purchases(SUMMARY, horizon)
    further = model.expected_purchases(SUMMARY, 2 * horizon)
    assert alive.between(0, 1).all()
    assert np.isfinite(ahead).all()
    assert (ahead >= 0).all()
    assert (further >= ahead * (1 - 1e-4)).all()
    steady = (theta[0] + SUMMARY["frequency"]) / (theta[1] + SUMMARY["T"]) * horizon
    assert (ahead <= steady * (1 + 1e-9)).all()


@pytest.mark.parametrize("kind", PURCHASES)
@given(
    theta=st.tuples(likely, likely, positive, positive),
    spend=st.tuples(likely, st.floats(0.06, 50), likely),
    rate=st.floats(1e-4, 2.0),
)
@settings(max_examples=10, deadline=None)
def test_values_are_never_nonsense(kind, theta, spend, rate):
    purchases = kind.from_params(**dict(zip(kind._letters, theta, strict=False)))
    money = GammaGamma.from_params(**dict(zip(("p", "q", "gamma"), spend, strict=True)))
    year = lifetime_value(purchases, money, SUMMARY, 52, rate, 0.3, unit="week").value
    ever = lifetime_value(purchases, money, SUMMARY, None, rate, 0.3, unit="week").value
    for value in (year, ever):
        assert np.isfinite(value).all()
        assert (value >= 0).all()
    assert (ever >= year * (1 - 1e-4)).all()


@pytest.mark.parametrize("kind", PURCHASES)
@given(theta=st.tuples(likely, likely, likely, likely), t=st.floats(0, 100))
@settings(max_examples=10, deadline=None)
def test_probabilities_of_counts(kind, theta, t):
    model = kind.from_params(**dict(zip(kind._letters, theta, strict=False)))
    chances = model.pmf(np.arange(3000), t)
    assert (chances >= 0).all()
    assert chances.sum() <= 1 + 1e-9
    if chances[-500:].max() < 1e-15 and model.expected_new_customer(t) < 300:
        assert chances.sum() == pytest.approx(1.0, abs=1e-6)
        mean = chances @ np.arange(3000)
        assert mean == pytest.approx(model.expected_new_customer(t), rel=1e-4, abs=1e-6)


@given(theta=st.tuples(likely, likely, likely, likely), t=st.integers(0, 200))
@settings(max_examples=10, deadline=None)
def test_occasions_are_never_nonsense(theta, t):
    model = BetaGeoBetaBinomial.from_params(
        **dict(zip(("alpha", "beta", "gamma", "delta"), theta, strict=True))
    )
    frame = pd.DataFrame(
        {
            "frequency": [0, 0, 1, 3, 5, 40],
            "recency": [0, 0, 5, 4, 5, 100],
            "T": [0, 6, 6, 6, 5, 500],
        }
    )
    alive, ahead = model.probability_alive(frame), model.expected_purchases(frame, t)
    assert alive.between(0, 1).all()
    assert np.isfinite(ahead).all()
    assert ahead.between(0, t).all()
    assert model.pmf(np.arange(t + 1), t).sum() == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize("kind", [ShiftedBetaGeometric, BetaDiscreteWeibull, ExponentialGamma])
@given(theta=st.tuples(likely, likely, st.floats(0.05, 5)), rate=st.floats(0.02, 1.0))
@example(theta=(0.7, 3.0, 1.5), rate=1e-3)  # the lowest once: half a million payments
@settings(max_examples=10, deadline=None)
def test_retention_is_never_nonsense(kind, theta, rate):
    model = kind.from_params(**dict(zip(kind._letters, theta, strict=False)))
    stays = model.survival(np.arange(100.0))
    assert ((stays >= 0) & (stays <= 1) & (np.diff(stays, prepend=1) <= 1e-15)).all()
    tenure = np.array([0.0, 0.5, 3.0, 40.2])
    value = model.annuity(tenure, Payments("monthly in advance", rate, None))
    most = 1 / -math.expm1(-math.log1p(rate) / 12)
    assert ((value >= 0.999) & (value <= most * (1 + 1e-9))).all()


@given(
    a=st.floats(-9, 10).map(lambda power: 10.0**power),
    b=st.floats(-9, 10).map(lambda power: 10.0**power),
)
@settings(max_examples=60, deadline=None)
def test_the_log_of_the_beta_function_to_full_precision(a, b):
    with mp.workdps(50):
        exact = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(mp.mpf(a) + mp.mpf(b))
        assert abs(log_beta(a, b) - exact) <= 2e-14 * max(1, abs(exact))


def test_a_rare_departure_is_priced_to_eight_digits():
    """a = 42,281 and b = 1e9: nearly one chance of leaving, of 1 in 23,651."""
    model = ModifiedBetaGeo.from_params(r=2.329, alpha=635.27, a=42_281.0, b=1e9)
    one = pd.DataFrame({"frequency": [50], "recency": [2.0], "T": [2.0]})
    with mp.workdps(60):
        exact = exact_ahead(52.329, 637.27, 42_281.0, 1e9 + 51, 1.0)
    ahead = float(exact / (1 + mp.mpf(42_281) / (mp.mpf(10) ** 9 + 50)))
    assert model.expected_purchases(one, 1.0)[0] == pytest.approx(ahead, rel=1e-8)


@pytest.mark.parametrize(
    "model",
    [
        NBD.from_params(r=0.5, alpha=6.0),
        BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5),
        ModifiedBetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5),
        ParetoNBD.from_params(r=0.5, alpha=6.0, s=0.8, beta=9.0),
        BetaGeoBetaBinomial.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8),
    ],
)
def test_nobody_buys_half_a_time_or_less_than_never(model):
    assert model.pmf([-2, -0.5, 0.5, 1.5], 4).tolist() == [0.0] * 4
    assert model.pmf([[0, 1], [2, 3]], 4).shape == (2, 2)
    for wrong in ("two", np.nan, [1, None]):
        with pytest.raises(ParameterError, match="without gaps"):
            model.pmf(wrong, 4)


STAYING = [
    ShiftedBetaGeometric.from_params(alpha=0.7, beta=3.0),
    BetaDiscreteWeibull.from_params(alpha=0.7, beta=3.0, c=1.5),
    ExponentialGamma.from_params(r=0.7, alpha=3.0),
    ConstantChurn.from_params(rate=0.2),
]


@pytest.mark.parametrize("model", STAYING)
def test_time_runs_forward(model):
    """exp(-rate t) is above 1 before the start."""
    assert model.pmf([-2, 0, 1.5]).tolist() == [0.0] * 3
    for wrong in (-1.0, np.nan, np.inf, "x", [1.0, -1.0]):
        with pytest.raises(ParameterError, match="'t' parameter of survival"):
            model.survival(wrong)
        with pytest.raises(ParameterError, match="'survived' parameter of survival"):
            model.survival(1.0, wrong)
        with pytest.raises(ParameterError, match="of discounted_lifetime must be"):
            model.discounted_lifetime(wrong, 0.1)


def test_more_payments_than_memory_holds_are_refused():
    seldom = BetaGeoBetaBinomial.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
    frame = pd.DataFrame({"frequency": [1], "recency": [1], "T": [2]})
    for timing in ("continuous", "monthly in advance"):
        with pytest.raises(ParameterError, match="shorter, or the discount rate higher"):
            seldom.discounted_purchases(frame, None, 1e-9, timing=timing, unit="year")
    with pytest.raises(ParameterError, match="shorter, or the discount rate higher"):
        STAYING[0].discounted_lifetime(1, 1e-9)


@pytest.mark.parametrize(
    "theta", [(0.33, 1.0, 9.3, 0.0045), (1.0, 389.0, 388.0, 1.93), (1.2, 0.75, 0.66, 2.8)]
)
@pytest.mark.parametrize("age", [0, 6])
def test_occasions_ahead_are_summed_to_nine_digits(theta, age):
    """The chance of still being there may fall a hundredfold from one occasion to the next."""
    alpha, beta, gamma, delta = theta
    model = BetaGeoBetaBinomial.from_params(alpha=alpha, beta=beta, gamma=gamma, delta=delta)
    one = pd.DataFrame({"frequency": [0], "recency": [0], "T": [age]})
    with mp.workdps(30):
        stays = [
            mp.beta(gamma, delta + age + t) / mp.beta(gamma, delta + age + 1) for t in range(1, 501)
        ]
        whole, worth = (
            mp.fsum(stays[:60]),
            mp.fsum(mp.mpf("1.1") ** -t * s for t, s in enumerate(stays, 1)),
        )
    chance = alpha / (alpha + beta + age) * model.probability_alive(one)[0]
    ever = model.discounted_purchases(one, None, 0.1, unit="year")[0]
    assert model.expected_purchases(one, 60)[0] == pytest.approx(float(whole) * chance, rel=1e-9)
    assert ever == pytest.approx(float(worth) * chance, rel=1e-9)


@pytest.mark.parametrize("horizon", [None, 1e3, 1e9])
@pytest.mark.parametrize("rate", [1e-3, 0.1, 5.0])
def test_money_that_loses_its_worth_long_before_customers_leave(rate, horizon):
    force, unit = math.log1p(rate), {"discount_rate": rate, "unit": "year"}
    span = 1 / force if horizon is None else -math.expm1(-force * horizon) / force
    one = pd.DataFrame({"frequency": [3], "recency": [1e5], "T": [2e5]})
    steady = NBD.from_params(r=1.0, alpha=1e6)
    found = steady.discounted_purchases(one, horizon, **unit)[0]
    assert found == pytest.approx(4 / 1.2e6 * span, rel=1e-12)
    loyal = ExponentialGamma.from_params(r=1e-9, alpha=1e6)
    assert loyal.discounted_lifetime(0.0, rate, horizon) == pytest.approx(span, rel=1e-6)
