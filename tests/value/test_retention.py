"""Renewals: survivors, cohorts and a log of contracts tell the same, and are valued in money."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special

from segkit.errors import DataError, ParameterError
from segkit.value import (
    BetaDiscreteWeibull,
    ConstantChurn,
    ExponentialGamma,
    ShiftedBetaGeometric,
    contract_value,
)

TRUTH = ShiftedBetaGeometric.from_params(alpha=0.9, beta=3.0)
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]  # Fader & Hardie (2007)
RATE = 0.1
SBG = "shifted beta-geometric"


def yearly(seed, size=4000):
    """A log of yearly contracts that started in one of the last eight years."""
    rng = np.random.default_rng(seed)
    leaving = np.clip(rng.beta(0.9, 3.0, size), 1e-12, 1)
    stays, window = rng.geometric(leaving), rng.integers(1, 9, size)
    ended = stays <= window
    return pd.DataFrame(
        {
            "duration": np.minimum(stays, window).astype(float),
            "ended": ended,
            "margin": rng.lognormal(5, 0.3, size),
            "window": window,
        }
    )


def cohorts(log):
    """The same customers, counted: a row a cohort, empty where not yet observed."""
    table = np.full((8, 9), np.nan)
    for row, (window, part) in enumerate(log.groupby("window")):
        over = part.loc[part["ended"], "duration"]
        table[row, : window + 1] = [len(part) - (over <= year).sum() for year in range(window + 1)]
    return pd.DataFrame(table)


@pytest.mark.parametrize("kind", [ShiftedBetaGeometric, BetaDiscreteWeibull])
def test_cohorts_and_their_log_give_the_same_fit(kind):
    log = yearly(0)
    counted, told = kind().fit(cohorts(log)), kind().fit(log)
    assert counted.params_ == pytest.approx(told.params_, rel=1e-9)
    assert counted.log_likelihood_ == pytest.approx(told.log_likelihood_, rel=1e-12)
    assert counted.customers_ == told.customers_ == 4000


def test_one_cohort_is_a_row_of_survivors():
    table = pd.DataFrame([HIGH_END, [np.nan if year > 4 else HIGH_END[year] for year in range(8)]])
    both = ShiftedBetaGeometric().fit(table)
    alone = ShiftedBetaGeometric().fit(HIGH_END)
    assert both.customers_ == 2000
    assert both.params_ == pytest.approx(alone.params_, rel=0.2)
    assert both.standard_errors_["beta"] < alone.standard_errors_["beta"]


def test_whole_numbers_with_empty_cells():
    table = pd.DataFrame([[1000, 869, 743], [900, 790, None]]).astype("Int64")
    rows = [[1000, 869, 743], [900, 790]]
    assert ShiftedBetaGeometric().fit(table).params_ == ShiftedBetaGeometric().fit(rows).params_


def test_the_planted_parameters_are_covered():
    covered = []
    for seed in range(40):
        table = ShiftedBetaGeometric().fit(yearly(seed, 1500)).intervals()
        covered += [
            table["low"][letter] <= TRUTH.params_[letter] <= table["high"][letter]
            for letter in ("alpha", "beta")
        ]
    assert 0.8 <= np.mean(covered) <= 0.98


@pytest.mark.parametrize("churn", ["shifted beta-geometric", "beta-discrete-Weibull"])
def test_a_log_of_yearly_contracts_is_valued(churn):
    """By hand: a margin a month, the months until the renewal certain, then the survivors'."""
    log = yearly(1)
    kind = ShiftedBetaGeometric if churn.startswith("shifted") else BetaDiscreteWeibull
    worth = contract_value(log, churn=churn, discount_rate=RATE, horizon=5)
    model = kind().fit(log)
    running = log[~log["ended"]]
    years, months = np.arange(5), 1.1 ** (-np.arange(12) / 12)
    for name, row in running.head(5).iterrows():
        stays = model.survival(years, row["duration"])
        expected = row["margin"] * (stays * 1.1**-years).sum() * months.sum()
        assert worth.customers.loc[name, "value"] == pytest.approx(expected, rel=1e-12)
    total = worth.total
    assert total["value"] == pytest.approx(worth.customers["value"].sum())
    assert 0 < total["low"] < total["value"] < total["high"]
    true = (running["margin"] * [price(TRUTH, tenure) for tenure in running["duration"]]).sum()
    assert total["low"] < true < total["high"]


def price(model, tenure):
    years, months = np.arange(5), 1.1 ** (-np.arange(12) / 12)
    return (model.survival(years, tenure) * 1.1**-years).sum() * months.sum()


def test_the_value_of_the_base_is_covered_about_as_often_as_stated():
    covered = []
    for seed in range(30):
        log = yearly(seed, 800)
        total = contract_value(log, churn="shifted beta-geometric", horizon=5).total
        running = log[~log["ended"]]
        true = running["margin"] @ [price(TRUTH, tenure) for tenure in running["duration"]]
        covered.append(total["low"] <= true <= total["high"])
    assert 0.75 <= np.mean(covered) <= 1.0


def test_loyalty_grows_so_that_old_customers_are_worth_more():
    log = yearly(2)
    worth = contract_value(log, churn="shifted beta-geometric").customers
    each = (worth["value"] / log["margin"])[~log["ended"]].groupby(log["duration"]).mean()
    assert each.is_monotonic_increasing


def test_ends_between_renewals_are_said():
    log = yearly(3)
    log.loc[log["ended"], "duration"] -= 0.4
    assert "did not end at a renewal" in ShiftedBetaGeometric().fit(log).notes_[-1]


@pytest.mark.parametrize("tenure", [0.0, 2.5, 20.0])
@pytest.mark.parametrize(("r", "alpha"), [(0.7, 4.0), (1.0, 0.3), (2.0, 9.0), (30.0, 100.0)])
def test_derl_in_continuous_time_is_the_closed_form(r, alpha, tenure):
    """Fader & Hardie (2010) in continuous time: (alpha + s) U(1, 2 - r, delta (alpha + s))."""
    model = ExponentialGamma.from_params(r=r, alpha=alpha)
    closed = (alpha + tenure) * special.hyperu(1, 2 - r, np.log1p(RATE) * (alpha + tenure))
    assert model.discounted_lifetime(tenure, RATE) == pytest.approx(closed, rel=1e-9)


@pytest.mark.parametrize(
    "model",
    [ConstantChurn.from_params(rate=0.2), ExponentialGamma.from_params(r=0.8, alpha=5.0)],
    ids=["constant", "gamma"],
)
def test_years_to_expect_are_the_area_under_the_curve(model):
    log = pd.DataFrame({"duration": [0.0, 3.0, 3.0], "ended": [False, False, True]})
    ahead = model.expected_purchases(log, 4.0)
    for name, tenure in ((0, 0.0), (1, 3.0)):
        area = integrate.quad(lambda t, s=tenure: float(model.survival(t, s)), 0, 4)[0]
        assert ahead[name] == pytest.approx(area, rel=1e-9)
    assert ahead[2] == 0.0
    assert model.expected_new_customer(4.0) == pytest.approx(ahead[0])
    assert model.expected_new_customer(0) == 0.0
    assert model.pmf(np.arange(2000)).sum() == pytest.approx(1.0, abs=0.01)
    assert model.pmf(1) == pytest.approx(model.churn())


@pytest.mark.parametrize(
    ("survivors", "message"),
    [
        ([1000, 1001], "increase"),
        ([[1000, np.nan, 800]], "cohort 1 has gaps"),
        ([[np.nan, 900, 800]], "cohort 1 has gaps"),
        ([[1000, 900, 800], [np.nan, 900, np.nan]], "cohort 2 has gaps"),
        ([[1000, 900], [np.nan, np.nan]], "cohort 2 has gaps"),
        ([[1000, np.nan], [900, 1000]], r"cohort 2 has survivors that increase.*A row is a cohort"),
        ([1000], "survivors of at least one period"),
        ([[0, 0], [0, 0]], "hold no customers"),
        ([1000, 1000, 1000], "customers who left"),
        ([1000, 0], "customers who renewed"),
        (pd.DataFrame([["a", "b"]]), "must be numbers"),
    ],
)
def test_survivors_without_an_answer_are_refused(survivors, message):
    with pytest.raises(DataError, match=message):
        ShiftedBetaGeometric().fit(survivors)


@pytest.mark.parametrize("t", [-1.0, np.inf, np.nan])
@pytest.mark.parametrize("model", [TRUTH, ConstantChurn.from_params(rate=0.2)])
def test_time_ahead_must_be_finite(model, t):
    with pytest.raises(ParameterError, match="'t' parameter"):
        model.expected_new_customer(t)


def test_derl_of_many_customers_and_of_a_number_of_payments():
    each = [TRUTH.discounted_lifetime(period, RATE) for period in (1, 2, 9)]
    assert TRUTH.discounted_lifetime([1, 2, 9], RATE).tolist() == pytest.approx(each, rel=1e-13)
    three = sum(TRUTH.survival(k, 4) * 1.1 ** (1 - k) for k in (1, 2, 3))
    assert TRUTH.discounted_lifetime(5, RATE, horizon=3) == pytest.approx(three, rel=1e-12)
    assert TRUTH.discounted_lifetime(5, RATE, horizon=900) == pytest.approx(
        TRUTH.discounted_lifetime(5, RATE), rel=1e-12
    )


@pytest.mark.parametrize("months", [1, 3, 12])
def test_survivors_with_money(months):
    """By hand: those left have passed the last renewal; each pays 10 a month until the next."""
    survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    settings = {"churn": SBG, "discount_rate": RATE}
    worth = contract_value(
        survivors, margin=10.0, renewal_months=months, horizon=50 * months, unit="month", **settings
    )
    model, renewals = ShiftedBetaGeometric().fit(survivors), np.arange(50)
    paid = 10 * (1 + RATE) ** (-np.arange(50 * months) / 12)
    each = model.survival(renewals, 7) @ paid.reshape(50, months).sum(axis=1)
    assert worth.total["value"] == pytest.approx(491 * each, rel=1e-12)
    assert worth.groups["churn"].iloc[0] == pytest.approx(1 - model.survival(12 / months))
    assert worth.survival["kaplan_meier"].iloc[-1] == pytest.approx(0.491)
    assert worth.survival["fitted"].iloc[-1] == pytest.approx(model.survival(7))
    assert json.loads(worth.to_json())["renewal_months"] == months


def test_survivors_are_their_contracts():
    """A table of cohorts, a log in months and one in days are the same contracts."""
    frame = pd.DataFrame({"0": [400, 300], "1": [300, 240], "2": [250, np.nan]}, ["May", "June"])
    log = pd.DataFrame(
        {
            "duration": np.repeat([1.0, 2.0, 2.0, 1.0, 1.0], [100, 50, 250, 60, 240]),
            "ended": np.repeat([True, True, False, True, False], [100, 50, 250, 60, 240]),
            "cohort": np.repeat(["May", "June"], [400, 300]),
            "margin": 5.0,
        }
    )
    settings = {"churn": SBG, "renewal_months": 1, "group": "cohort"}
    told = contract_value(frame, margin=5.0, **settings)
    assert told.total.equals(contract_value(log, unit="month", **settings).total)
    days = log.assign(duration=log["duration"] * 30.4375)
    of_days = contract_value(days, unit="day", **settings).total
    assert of_days["value"] == pytest.approx(told.total["value"], rel=1e-9)


def test_discounted_lifetime_is_the_value_of_renewals_paid_yearly():
    survivors = [1000, 869, 743, 653]
    worth = contract_value(
        survivors, margin=1 / 12, churn="shifted beta-geometric", timing="yearly in advance"
    )
    model = ShiftedBetaGeometric().fit(survivors)
    assert worth.total["value"] / 653 == pytest.approx(1 + model.discounted_lifetime(4, 0.1) / 1.1)
    monthly = model.discounted_lifetime(4, 0.1, unit="month")
    assert monthly == pytest.approx(model.discounted_lifetime(4, 1.1 ** (1 / 12) - 1), rel=1e-12)


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({}, ParameterError, "for survivors by period. Got 'constant'"),
        (
            {"churn": SBG, "renewal_months": 0},
            ParameterError,
            "renewal_months",
        ),
        ({"churn": SBG, "margin": "margin"}, DataError, "no column 'margin'"),
        ({"churn": SBG, "margin": [1.0, 2.0]}, ParameterError, "a column, one number, or a number"),
        (
            {"contracts": [1.0, 0.8, 0.7], "churn": "shifted beta-geometric"},
            DataError,
            "not shares",
        ),
        ({"contracts": {"duration": [1.0]}}, DataError, "must be a pandas, Polars or Arrow frame"),
        ({"contracts": "log.csv"}, DataError, "must be a pandas, Polars or Arrow frame"),
    ],
)
def test_survivors_without_what_they_need_are_refused(setting, error, message):
    with pytest.raises(error, match=message):
        contract_value(**{"contracts": [1000, 869, 743], "margin": 10.0} | setting)
