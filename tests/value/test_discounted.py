"""Discounted value: timings, groups, intervals, units."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import integrate

from segkit.errors import DataError, ParameterError
from segkit.value import (
    NBD,
    BetaGeo,
    BetaGeoBetaBinomial,
    GammaGamma,
    ModifiedBetaGeo,
    ParetoNBD,
    lifetime_value,
    one_price,
)
from segkit.value.timing import told_by

PURCHASES = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5)
SPEND = GammaGamma.from_params(p=6.0, q=3.7, gamma=15.0)
YEAR = 365.25 / 7


def customers(seed=0, size=2000):
    ages = np.random.default_rng(seed).integers(100, 300, size) / 7
    frame = PURCHASES.simulate(ages, random_state=seed)
    return frame.assign(monetary_value=SPEND.simulate(frame["frequency"], random_state=seed))


@pytest.fixture(scope="module")
def summary():
    return customers()


@pytest.fixture(scope="module")
def worth(summary):
    purchases, spend = BetaGeo().fit(summary), GammaGamma().fit(summary)
    return lifetime_value(purchases, spend, summary, YEAR, 0.15, 0.3)


@pytest.mark.parametrize(("timing", "late"), [("monthly in arrears", 1), ("monthly in advance", 0)])
@pytest.mark.parametrize("kind", ["BetaGeo", "ParetoNBD", "ModifiedBetaGeo", "NBD"])
def test_monthly_sums(kind, timing, late, summary):
    model = {
        "BetaGeo": PURCHASES,
        "ModifiedBetaGeo": ModifiedBetaGeo.from_params(r=0.9, alpha=6.0, a=0.9, b=1.6),
        "ParetoNBD": ParetoNBD.from_params(r=0.8, alpha=7.0, s=0.7, beta=12.0),
        "NBD": NBD.from_params(r=0.6, alpha=8.0),
    }[kind]
    few, month = summary.head(20), YEAR / 12
    expected, before = 0.0, 0.0
    for number in range(1, 13):
        until = model.expected_purchases(few, number * month)
        expected = expected + (until - before) * 1.15 ** (-(number - 1 + late) / 12)
        before = until
    found = model.discounted_purchases(few, YEAR, 0.15, timing=timing, unit="week")
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-9)


def test_infinite_horizon_is_the_integral(summary):
    few, force = summary.iloc[[0, 3]], np.log1p(0.15) / YEAR
    found = PURCHASES.discounted_purchases(few, None, 0.15, timing="continuous", unit="week")
    for name, value in found.items():
        one = few.loc[[name]]

        def worth_by(t, one=one):
            return force * np.exp(-force * t) * PURCHASES.expected_purchases(one, t).iloc[0]

        exact = integrate.quad(worth_by, 0, 40 / force, epsabs=0, epsrel=1e-8)[0]
        assert value == pytest.approx(exact, rel=1e-7)


def test_later_money_is_worth_less(summary):
    totals = [
        lifetime_value(PURCHASES, SPEND, summary, horizon, 0.15, 0.3, timing=timing).value.sum()
        for horizon in (YEAR, None)
        for timing in (
            "yearly in advance",
            "monthly in advance",
            "continuous",
            "monthly in arrears",
            "yearly in arrears",
        )
    ]
    assert totals[:5] == sorted(totals[:5], reverse=True)
    assert totals[5:] == sorted(totals[5:], reverse=True)
    assert totals[3] == pytest.approx(totals[2], rel=0.01)


def test_yearly_occasions_are_paid_when_they_happen():
    model = BetaGeoBetaBinomial.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
    frame = pd.DataFrame({"frequency": [3], "recency": [5], "T": [6]})
    steps = np.diff([model.expected_purchases(frame, t)[0] for t in range(4)])
    found = model.discounted_purchases(frame, 3, 0.1, timing="continuous", unit="year")[0]
    assert found == pytest.approx(steps @ 1.1 ** -np.arange(1.0, 4.0), rel=1e-12)
    early = model.discounted_purchases(frame, 3, 0.1, timing="yearly in advance", unit="year")[0]
    assert early == pytest.approx(1.1 * found, rel=1e-12)


def test_infinite_occasions_are_the_limit():
    model = BetaGeoBetaBinomial.from_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
    frame = pd.DataFrame({"frequency": [0, 3], "recency": [0, 5], "T": [6, 6]})
    ever = model.discounted_purchases(frame, None, 0.1, timing="continuous", unit="year")
    long = model.discounted_purchases(frame, 400, 0.1, timing="continuous", unit="year")
    assert ever.tolist() == pytest.approx(long.tolist(), rel=1e-9)


def test_groups_add_up_to_the_base(worth, summary):
    groups = np.where(summary["frequency"] > 0, "repeat", "once")
    table = worth.by_group(groups)
    assert table["value"].sum() == pytest.approx(worth.value.sum())
    assert table["customers"].sum() == len(summary)
    assert ((table["low"] < table["value"]) & (table["value"] < table["high"])).all()
    total = worth.total()
    assert total["value"] == pytest.approx(worth.value.sum())
    assert total["mean"] == pytest.approx(worth.value.mean())
    assert total["high"] - total["low"] < (table["high"] - table["low"]).sum()


def test_a_price_takes_the_place_of_a_model_of_spend(worth, summary):
    """One price for all: value is price x purchases, and the interval that of the purchases."""
    times = summary[["frequency", "recency", "T"]]
    paid, bought = (lifetime_value(worth._purchases, price, times, YEAR) for price in (49.99, 1))
    assert paid.value.tolist() == pytest.approx((49.99 * bought.customers["purchases"]).tolist())
    for column in ("value", "low", "high"):
        assert paid.total()[column] == pytest.approx(49.99 * bought.total()[column])
    drawn = paid.total(refits=100)
    assert drawn["low"] < paid.total()["value"] < drawn["high"]
    assert drawn["high"] / drawn["low"] == pytest.approx(
        paid.total()["high"] / paid.total()["low"], rel=0.05
    )
    assert json.loads(paid.to_json())["spend"]["params"] == {"price": 49.99}


@pytest.mark.parametrize("spend", [0, -1.0, np.nan, np.inf, "49", None, [49.0, 50.0]])
def test_a_price_that_is_none_is_refused(worth, summary, spend):
    with pytest.raises(ParameterError, match="a fitted GammaGamma, or a price above 0"):
        lifetime_value(worth._purchases, spend, summary, YEAR)


def test_means_of_one_price_may_miss_it_by_the_last_digit():
    counts = np.arange(60)
    means = np.divide(counts * 4999 / 100, counts, out=np.zeros(60), where=counts > 0)
    frame = pd.DataFrame({"frequency": counts, "monetary_value": means})
    assert np.ptp(means[1:]) > 0
    assert one_price(frame) == pytest.approx(49.99, rel=1e-12)
    assert one_price(frame.assign(monetary_value=means + counts)) is None
    assert one_price(frame.head(1)) is None


def test_intervals_of_customers_stay_positive(worth):
    table = worth.intervals(0.99)
    assert list(table) == ["value", "low", "high"]
    assert ((table["low"] > 0) & (table["low"] <= table["value"])).all()
    assert (worth.intervals(0.5)["low"] >= table["low"]).all()


def test_the_interval_of_the_base_covers_the_truth():
    covered = []
    for seed in range(40):
        frame = customers(seed, 600)
        found = lifetime_value(
            BetaGeo().fit(frame), GammaGamma().fit(frame), frame, YEAR, 0.15, 0.3
        )
        true = lifetime_value(PURCHASES, SPEND, frame, YEAR, 0.15, 0.3).value.sum()
        covered.append(found.total()["low"] <= true <= found.total()["high"])
    assert 0.77 <= np.mean(covered) <= 0.99


@pytest.mark.parametrize("groups", [1, 4])
def test_refits_and_the_delta_method_agree(worth, groups):
    """Two ways to the same interval, at 2,000 customers near enough to normal."""
    label = np.arange(len(worth.value)) % groups
    stated, drawn = worth.by_group(label), worth.by_group(label, refits=60)
    assert (drawn["value"] == stated["value"]).all()
    width = stated["high"] - stated["low"]
    assert ((drawn["high"] - drawn["low"]) / width).between(0.6, 1.5).all()
    assert (
        (drawn[["low", "high"]] - stated[["low", "high"]]).abs().max(axis=1) < 0.4 * width
    ).all()


def test_refits_of_single_customers(worth):
    table = worth.intervals(refits=30)
    assert np.isfinite(table).all(axis=None)
    assert ((table["low"] > 0) & (table["low"] < table["high"])).all()
    assert ((table["low"] < table["value"]) & (table["value"] < table["high"])).mean() > 0.9
    assert table.equals(worth.intervals(refits=30))
    assert not table.equals(worth.intervals(refits=30, random_state=1))


def test_json_holds_settings_models_and_customers(worth):
    fields = json.loads(worth.to_json())
    assert fields["unit"] == "week"
    assert fields["purchases"]["model"] == "BetaGeo"
    assert len(fields["customers"]) == 2000


@pytest.mark.parametrize(("days", "unit"), [(7, "week"), (30.4375, "month"), (365.25, "year")])
def test_the_unit_is_read_off_the_times(days, unit, summary):
    ages = np.random.default_rng(0).integers(100, 300, 50)
    assert told_by(ages / days) == unit


@pytest.mark.parametrize(("days", "unit"), [(7, "week"), (30.4375, "month")])
def test_the_unit_is_read_off_rounded_times(days, unit):
    ages = np.random.default_rng(0).integers(100, 300, 50)
    assert told_by((ages / days).round(2)) == unit


@pytest.mark.parametrize(
    "ages",
    [
        np.array([38.86, 38.86, 27.43]),  # too few to tell
        (np.arange(100, 300) / 365.25).round(2),  # years so rounded may be anything
        np.random.default_rng(0).uniform(10, 40, 300).round(2),
    ],
)
def test_rounded_times_that_do_not_tell_are_not_guessed(ages):
    with pytest.raises(ParameterError, match="does not tell its unit"):
        told_by(ages)


def test_the_unit_gives_the_same_value(summary):
    values = {}
    for unit, days in {"day": 1, "week": 7, "month": 30.4375, "year": 365.25}.items():
        scale = 7 / days
        model = BetaGeo.from_params(r=0.5, alpha=6.0 * scale, a=0.8, b=2.5)
        frame = summary.assign(recency=summary["recency"] * scale, T=summary["T"] * scale)
        found = lifetime_value(
            model,
            SPEND,
            frame,
            YEAR * scale,
            0.15,
            0.3,
            timing="monthly in arrears",
            unit="day" if unit == "day" else None,
        )
        assert found.unit == unit
        values[unit] = found.value.sum()
    assert list(values.values()) == pytest.approx([values["week"]] * 4, rel=1e-9)


@pytest.mark.parametrize(
    ("fitted", "longest", "unit"), [("week", 208, "week"), ("day", 38, "day"), (None, 730, "day")]
)
def test_whole_numbers_count_what_the_model_was_fitted_to_or_long_days(
    summary, fitted, longest, unit
):
    frame = summary.assign(T=np.arange(len(summary)) % longest + 1.0, recency=0.0, frequency=0)
    model = BetaGeo.from_params(**PURCHASES.params_)
    model.unit_ = fitted
    assert lifetime_value(model, SPEND, frame, 52, 0.1, 0.3).unit == unit


@pytest.mark.parametrize("longest", [38, 208, 500])
def test_a_doubtful_unit_is_not_guessed(summary, longest):
    """208 whole numbers may be weeks of four years, or days of seven months."""
    frame = summary.assign(T=np.arange(len(summary)) % longest + 1.0, recency=0.0, frequency=0)
    with pytest.raises(ParameterError, match="does not tell its unit"):
        lifetime_value(PURCHASES, SPEND, frame, 52, 0.1, 0.3)


@pytest.mark.parametrize(
    "setting",
    [
        {"horizon": 0},
        {"horizon": -3.0},
        {"discount_rate": -0.1},
        {"horizon": None, "discount_rate": 0},
        {"margin": 0.0},
        {"margin": 30},
        {"margin": "30 %"},
        {"margin": None},
        {"discount_rate": "10 %"},
        {"horizon": "a year"},
        {"timing": "weekly"},
        {"unit": "fortnight"},
    ],
)
def test_settings_out_of_range_are_refused(setting, summary):
    with pytest.raises(ParameterError):
        lifetime_value(
            PURCHASES,
            SPEND,
            summary,
            **({"horizon": 52, "discount_rate": 0.1, "margin": 0.3} | setting),
        )


def test_customers_without_a_group_are_named(worth):
    groups = pd.Series("a", index=worth.value.index[1:])
    with pytest.raises(DataError, match=r"1 have none .first: 0"):
        worth.by_group(groups)


def test_without_standard_errors_there_is_no_interval(summary):
    found = lifetime_value(PURCHASES, SPEND, summary, YEAR, 0.15, 0.3)
    with pytest.raises(DataError, match="fit it to data"):
        found.total()


@pytest.mark.parametrize("models", [(SPEND, PURCHASES), (PURCHASES, None), ("BetaGeo", SPEND)])
def test_what_is_no_model_is_refused(models, summary):
    with pytest.raises(ParameterError, match="of lifetime_value must be a fitted"):
        lifetime_value(*models, summary, 52, 0.1, 0.3)


def test_groups_of_another_length_are_refused(worth):
    with pytest.raises(DataError, match="2,000 of them, and 3 groups were given"):
        worth.by_group(["a", "b", "c"])
