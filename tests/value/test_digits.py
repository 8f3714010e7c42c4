"""Digits that extreme parameters, long times and rare payments used to lose.

Every case is the smallest found for its fault by comparison with mpmath or by an order that must
hold whatever the digits.
"""

import mpmath as mp
import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
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
    contract_value,
    lifetime_value,
    tracking,
)
from segkit.value._growth import rate_with_dropout

BUYERS = pd.DataFrame(
    {"frequency": [0, 1, 26, 300], "recency": [0.0, 0.5, 30.8, 38.0], "T": [0.0, 1.0, 31.0, 38.5]}
)
AT_ONCE = BetaGeo.from_params(r=47.6, alpha=2.6e-7, a=1.2e7, b=21.0)
A_YEAR = 365.25 / 7


@pytest.mark.parametrize("timing", ["monthly in arrears", "yearly in arrears", "yearly in advance"])
@pytest.mark.parametrize(
    "model",
    [
        BetaGeo.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426),
        ModifiedBetaGeo.from_params(r=0.525, alpha=6.183, a=0.891, b=1.614),
        ParetoNBD.from_params(r=3.0, alpha=2.0, s=2.5, beta=3.0),
    ],
)
def test_rare_payments_are_the_purchases_between_them(model, timing):
    """Of quick buyers who are gone within weeks, yearly payments were up to 27 % too high."""
    step, weeks = A_YEAR / (12 if timing.startswith("m") else 1), 260.0
    ends = np.minimum(np.arange(np.ceil(weeks / step) + 1) * step, weeks)
    bought = np.diff([model.expected_purchases(BUYERS, end) for end in ends], axis=0)
    paid = ends[1:] if timing.endswith("arrears") else np.arange(len(ends) - 1) * step
    exact = 1.15 ** (-paid / A_YEAR) @ bought
    found = model.discounted_purchases(BUYERS, weeks, 0.15, timing=timing, unit="week")
    np.testing.assert_allclose(found, exact, rtol=1e-9)


@pytest.mark.parametrize("timing", ["continuous", "monthly in advance", "yearly in advance"])
@pytest.mark.parametrize(
    "model",
    [
        AT_ONCE,
        BetaGeo.from_params(r=0.34, alpha=2e-8, a=7.0, b=3.4e5),
        ParetoNBD.from_params(r=10.0, alpha=0.0857, s=3.2e7, beta=11.26),
    ],
)
def test_for_ever_is_worth_no_less_than_for_a_while(model, timing):
    """All purchases at once, at the beginning of a piece: the sum for ever was 0."""
    two = BUYERS[:2]
    a_while = model.discounted_purchases(two, 30.0, 0.1, timing=timing, unit="day")
    for_ever = model.discounted_purchases(two, None, 0.1, timing=timing, unit="day")
    as_it_is = model.expected_purchases(two, 1e6)
    assert (a_while > 0).all()
    assert (a_while <= for_ever * (1 + 1e-12)).all()
    assert (for_ever <= as_it_is * (1 + 1e-12)).all()


@pytest.mark.parametrize(
    "model",
    [
        AT_ONCE,
        ModifiedBetaGeo.from_params(r=3331603.0, alpha=3.4e-8, a=2.64, b=11.0),
        ParetoNBD.from_params(r=10.0, alpha=0.0857, s=3.2e7, beta=11.26),
        ParetoNBD.from_params(r=0.087, alpha=8.7e-8, s=1.0, beta=8.7e-8),
    ],
)
def test_many_times_are_forecast_as_few(model):
    """Interpolated forecasts fell below 0 where the purchases come long before the last time."""
    times = np.geomspace(1e-3, 1e5, 300)
    many = model.expected_new_customer(times)
    np.testing.assert_allclose(many[::100], model.expected_new_customer(times[::100]), rtol=1e-9)
    assert (np.diff(many) >= -1e-11 * many[1:]).all()


@pytest.mark.parametrize(
    ("shape", "a", "b", "ahead"),
    [
        (139.0, 3.0, 55.7246, 343.092),
        (1.70761, 1.70761, 0.17381, 1417.24),
        (7.0, 10.0, 49.6515, 9.8636),
        (9.0, 827821456.99, 88107781.6, 2.5e-7),
        (94.28, 24.01, 1.5e-8, 0.4829),
        (20.0, 4e8, 1e-9, 3e-9),
    ],
)
def test_the_rate_is_finite_and_right_where_that_of_scipy_is_not(shape, a, b, ahead):
    """Whole numbers of shape - a made it infinite; large a and b lost seven digits."""
    with mp.workdps(60):
        z = mp.mpf(ahead)
        exact = shape * (1 + z) ** -a * mp.hyp2f1(a, mp.mpf(a) + b - 1 - shape, a + b, z / (1 + z))
    one = [np.array([value]) for value in (shape, 1.0, b, ahead)]
    found = rate_with_dropout(one[0], one[1], a, one[2], one[3])
    assert found.item() == pytest.approx(float(exact), rel=1e-9)


def test_no_forecast_is_infinite():
    model = BetaGeo.from_params(r=164.0, alpha=1.0, a=4.0, b=24.39)
    assert model.expected_new_customer(1000.0) == pytest.approx(9.13, rel=1e-9)


def test_a_customer_who_nearly_always_leaves_at_once():
    model = ModifiedBetaGeo.from_params(r=1.0, alpha=1.0, a=0.8, b=1e-9)
    new = pd.DataFrame({"frequency": [0], "recency": [0.0], "T": [0.0]})
    exact = 1e-9 / (0.8 + 1e-9)
    assert model.probability_alive(new).item() == pytest.approx(exact, rel=1e-12, abs=0)


def test_probabilities_of_counts_sum_to_one_with_large_chances():
    model = BetaGeo.from_params(r=0.02, alpha=46.3, a=4.7e8, b=1e8)
    assert model.pmf(np.arange(100), 8e5).sum() == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("churn", [1e-9, 1e-15])
def test_rare_departures_keep_their_digits(churn):
    constant = ConstantChurn.from_params(rate=churn)
    spread = ExponentialGamma.from_params(r=churn, alpha=1e6)
    assert constant.churn() == pytest.approx(churn, rel=1e-9, abs=0)
    assert constant.pmf(3) == pytest.approx(churn, rel=1e-6, abs=0)
    assert spread.churn(5.0) == pytest.approx(churn * np.log1p(1 / (1e6 + 5)), rel=1e-9, abs=0)


def test_no_period_has_a_negative_chance():
    model = BetaDiscreteWeibull.from_params(alpha=3.25e-8, beta=3.92e-5, c=1e-9)
    assert (model.pmf(np.arange(1, 400)) >= 0).all()


def test_effort_beyond_all_numbers_still_wears_out():
    model = BetaDiscreteWeibull.from_params(alpha=3.5e-8, beta=0.25, c=1e9)
    exact = (183 / 168) ** -35.0
    assert model.survival(15.0, 168.0) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("timing", ["monthly in arrears", "yearly in arrears"])
def test_a_horizon_before_the_first_payment_is_worth_nothing(timing):
    model = ExponentialGamma.from_params(r=1.0, alpha=4.0)
    assert model.discounted_lifetime(2.0, 0.1, 0.02, timing=timing) == 0


def test_payments_of_the_impatient_are_summed_to_twelve_digits():
    model = ExponentialGamma.from_params(r=83.7, alpha=70.2)
    years = np.arange(1, 708)
    exact = (model.survival(years, 3.0) * 2.0**-years).sum()
    found = model.discounted_lifetime(3.0, 1.0, 707.3, timing="yearly in arrears")
    assert found == pytest.approx(exact, rel=1e-12)


def test_the_density_of_even_spend():
    p, q, gamma, m, x = 1.47e8, 10.0, 21.2, 3.2e8, 2437
    with mp.workdps(60):
        p, q, gamma = map(mp.mpf, (p, q, gamma))
        logs = (p * x - 1) * mp.log(m) + p * x * mp.log(x) + q * mp.log(gamma)
        exact = mp.exp(logs - mp.log(mp.beta(p * x, q)) - (p * x + q) * mp.log(gamma + m * x))
    model = GammaGamma.from_params(p=float(p), q=float(q), gamma=float(gamma))
    assert model.pdf(m, x) == pytest.approx(float(exact), rel=1e-9, abs=0)


def test_churn_and_its_interval_are_shares():
    rng = np.random.default_rng(0)
    years = rng.exponential(0.3, 40)
    contracts = pd.DataFrame(
        {"duration": years, "ended": years < rng.uniform(0, 0.6, 40), "margin": 10.0}
    )
    for churn in ("constant", "exponential-gamma"):
        row = contract_value(contracts, churn=churn).groups.iloc[0]
        assert 0 <= row["churn_low"] < row["churn"] < row["churn_high"] <= 1


@pytest.fixture(scope="module")
def worth():
    drawn = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5).simulate(np.full(300, 39.0))
    spend = GammaGamma.from_params(p=6.0, q=4.0, gamma=15.0).simulate(drawn["frequency"])
    drawn["monetary_value"] = spend
    models = BetaGeo().fit(drawn), GammaGamma().fit(drawn)
    return lifetime_value(*models, drawn, 52, unit="week")


@pytest.mark.parametrize("groups", ["a", 3, None, pd.DataFrame({"a": ["x"] * 300})])
def test_groups_are_a_sequence(worth, groups):
    with pytest.raises((DataError, ParameterError), match=r"group (of each|for every) customer"):
        worth.by_group(groups)


def test_groups_by_an_index_that_repeats(worth):
    with pytest.raises(DataError, match="that of groups repeats"):
        worth.by_group(pd.Series([1, 2], index=[0, 0]))


@pytest.mark.parametrize("refits", [-1, 1.5, "many", None])
def test_refits_are_a_count(worth, refits):
    with pytest.raises(ParameterError, match="refits"):
        worth.total(refits=refits)
    with pytest.raises(ParameterError, match="refits"):
        NBD.from_params(r=1.0, alpha=1.0).bootstrap(BUYERS, refits)


@pytest.mark.parametrize(
    ("first", "times"),
    [
        ([1.0, 2.0], [8.0, 4.0]),
        (["a"], [8.0]),
        (pd.to_datetime(["2024-01-01"]), [8.0]),
        ([1.0], [np.inf]),
    ],
)
def test_tracking_refuses_what_is_no_clock(first, times):
    """Times that fall gave negative expected purchases."""
    model = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5)
    with pytest.raises(ParameterError):
        tracking(model, first, [3.0], times)


def test_what_nobody_can_count():
    model = NBD.from_params(r=1.0, alpha=1.0)
    assert model.pmf(np.inf, 10.0) == 0
    with pytest.raises(ParameterError, match="holdout"):
        model.simulate([1.0], holdout=np.inf)
    with pytest.raises(ParameterError, match="shorter"):
        model.simulate([1e300])
    occasions = pd.DataFrame({"frequency": [1, 0], "recency": [1, 0], "T": [1e12, 5.0]})
    with pytest.raises(DataError, match="one by one"):
        BetaGeoBetaBinomial().fit(occasions)


def test_columns_of_objects_and_columns_twice():
    model = NBD.from_params(r=1.0, alpha=1.0)
    plain = model.expected_purchases(BUYERS, 1.0)
    pd.testing.assert_series_equal(model.expected_purchases(BUYERS.astype(object), 1.0), plain)
    with pytest.raises(DataError, match="several columns 'T'"):
        model.expected_purchases(pd.concat([BUYERS, BUYERS[["T"]]], axis=1), 1.0)
    with pytest.raises(DataError, match="must be numbers"):
        model.expected_purchases(BUYERS.assign(T=BUYERS["T"] + 0j), 1.0)


def test_values_are_written_by_an_index_of_levels(worth):
    models = worth._purchases, worth._spend
    levels = worth._summary.set_index([np.arange(300), np.arange(300)])
    assert '"(0, 0)"' in lifetime_value(*models, levels, 52, unit="week").to_json()


def test_periods_are_few_enough_to_go_through():
    model = ShiftedBetaGeometric.from_params(alpha=1.0, beta=2.0)
    with pytest.raises(ParameterError, match="up to 1,000,000 periods"):
        model.expected_new_customer(1e9)
    with pytest.raises(DataError, match="infinitely many"):
        ShiftedBetaGeometric().fit([np.inf, 3.0, 2.0])


@pytest.mark.parametrize("frequency", ["many", [-1.0], [np.inf]])
def test_spend_is_drawn_for_counts(frequency):
    with pytest.raises(ParameterError, match="frequency"):
        GammaGamma.from_params(p=6.0, q=4.0, gamma=15.0).simulate(frequency)


@pytest.mark.parametrize("margin", [1e-6, 1e12, 1e300])
def test_intervals_do_not_depend_on_the_size_of_money(margin):
    rng = np.random.default_rng(0)
    years = rng.exponential(4, 60)
    log = pd.DataFrame({"duration": years, "ended": years < rng.uniform(0, 8, 60)})
    plain = contract_value(log.assign(margin=1.0), churn="exponential-gamma").total
    large = contract_value(log.assign(margin=margin), churn="exponential-gamma").total
    np.testing.assert_allclose(large / margin, plain, rtol=1e-9)
