"""Value of contracts: planted churn, closed forms, and refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segkit.adjustment import holm
from segkit.errors import DataError, ParameterError
from segkit.value import ConstantChurn, ExponentialGamma, contract_value
from segkit.value.timing import Payments

CHURN, RATE, MARGIN = 0.08, 0.1, 250.0
MONTH = ((1 - CHURN) / (1 + RATE)) ** (1 / 12)
YEAR = (1 - CHURN) / (1 + RATE)


@pytest.mark.parametrize(
    ("timing", "horizon", "expected"),
    [
        ("monthly in advance", None, 1 / (1 - MONTH)),
        ("monthly in arrears", None, MONTH / (1 - MONTH)),
        ("yearly in advance", None, 12 / (1 - YEAR)),
        ("yearly in arrears", None, 12 * YEAR / (1 - YEAR)),
        ("continuous", None, -12 / np.log(YEAR)),
        ("monthly in advance", 3, sum(MONTH**k for k in range(36))),
        ("monthly in arrears", 3, sum(MONTH**k for k in range(1, 37))),
        ("yearly in advance", 2.5, 12 * (1 + YEAR + YEAR**2)),
        ("yearly in arrears", 2.5, 12 * (YEAR + YEAR**2)),
    ],
)
def test_constant_churn_is_the_geometric_series(timing, horizon, expected):
    model = ConstantChurn.from_params(rate=-np.log(1 - CHURN))
    payments = Payments(timing, RATE, horizon)
    assert model.churn() == pytest.approx(CHURN, rel=1e-14)
    assert model.annuity(0.0, payments) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("timing", ["monthly in advance", "yearly in arrears", "continuous"])
@pytest.mark.parametrize("horizon", [None, 4.0])
def test_exponential_gamma_is_the_mean_over_its_rates(timing, horizon):
    """A customer who stayed s years has a rate from gamma(r, alpha + s)."""
    payments, tenure = Payments(timing, RATE, horizon), 2.0
    model = ExponentialGamma.from_params(r=0.8, alpha=5.0)
    rates = np.random.default_rng(0).gamma(0.8, 1 / (5.0 + tenure), 200_000)
    drawn = np.array([payments.under_constant_churn(rate) for rate in rates[:20_000]])
    error = drawn.std() / np.sqrt(drawn.size)
    assert model.annuity(tenure, payments) == pytest.approx(drawn.mean(), abs=4 * error)


def test_likelihoods_are_those_of_scipy():
    years, ended = np.array([0.5, 2.0, 3.0, 7.5]), np.array([True, False, True, True])
    for model, law in (
        (ConstantChurn.from_params(rate=0.2), stats.expon(scale=5.0)),
        (ExponentialGamma.from_params(r=0.8, alpha=5.0), stats.lomax(0.8, scale=5.0)),
    ):
        expected = law.logpdf(years[ended]).sum() + law.logsf(years[~ended]).sum()
        assert model.log_likelihood(years, ended) == pytest.approx(expected, rel=1e-12)


def contracts(seed, size=3000, churn=(0.08, 0.18), spread=None):
    rng = np.random.default_rng(seed)
    segment = rng.choice(["private", "colleges"], size)
    rate = -np.log1p(-np.where(segment == "private", *churn))
    if spread:
        rate = rate * rng.gamma(spread, 1 / spread, size)
    leaves, window = rng.exponential(1 / rate), rng.uniform(0, 8, size)
    return pd.DataFrame(
        {
            "duration": np.minimum(leaves, window),
            "ended": leaves < window,
            "margin": rng.lognormal(6, 0.4, size),
            "segment": segment,
        }
    )


def test_planted_churn_is_covered_about_as_often_as_stated():
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(200):
        leaves, window = rng.exponential(1 / 0.12, 150), rng.uniform(0, 8, 150)
        model = ConstantChurn().fit(np.minimum(leaves, window), leaves < window)
        low, high = model.interval_of(lambda m: np.asarray(m.params_["rate"]), 0.9)
        covered.append(low <= 0.12 <= high)
    assert 0.85 <= np.mean(covered) <= 0.97


def test_the_base_is_valued_by_the_closed_form():
    frame = contracts(1)
    worth = contract_value(frame, group="segment", discount_rate=RATE)
    active = frame[~frame["ended"]]
    churn = worth.groups["churn"].loc[active["segment"]].to_numpy()
    expected = active["margin"] / (1 - ((1 - churn) / (1 + RATE)) ** (1 / 12))
    assert worth.customers.loc[active.index, "value"].tolist() == pytest.approx(expected.tolist())
    assert worth.total["value"] == pytest.approx(expected.sum())
    assert worth.groups["value"].sum() == pytest.approx(worth.total["value"])
    assert worth.total["low"] < worth.total["value"] < worth.total["high"]
    assert (worth.customers.loc[frame["ended"], "value"] == 0).all()
    assert worth.customers.index.equals(frame.index)


def test_the_unit_does_not_matter():
    years = contracts(2)
    days = years.assign(duration=years["duration"] * 365.25)
    first = contract_value(years, horizon=5)
    second = contract_value(days, unit="day", horizon=5 * 365.25)
    assert second.total.tolist() == pytest.approx(first.total.tolist())


def test_constant_churn_passes_where_it_is_planted():
    fits = [
        contract_value(contracts(seed, 1500, (0.15, 0.15))).tests["fits"].all()
        for seed in range(40)
    ]
    assert np.mean(fits) >= 0.8


def test_uneven_churn_is_found_and_valued():
    frame = contracts(3, 6000, (0.3, 0.3), spread=0.6)
    constant = contract_value(frame)
    varied = contract_value(frame, churn="exponential-gamma")
    assert not constant.tests.loc["whole base", "fits"]
    assert "does not fit" in constant.notes[0]
    assert varied.notes == ()
    assert varied.total["low"] > constant.total["high"]


def many_groups(seed, groups=12, size=150):
    frame = contracts(seed, groups * size, (0.15, 0.15))
    return frame.assign(segment=[f"group {number % groups}" for number in range(len(frame))])


def test_many_even_groups_seldom_raise_an_alarm():
    """Twelve tests at 5 % each would flag a group in a quarter of such bases; Holm's do not."""
    quiet = [
        contract_value(many_groups(seed), group="segment").tests["fits"].all() for seed in range(30)
    ]
    assert np.mean(quiet) >= 0.85


def test_p_values_are_adjusted_for_the_number_of_groups():
    frame = contracts(21, 4000, (0.2, 0.2), spread=1.5)
    worth = contract_value(frame, group="segment")
    apart = [
        ConstantChurn().fit(rows["duration"], rows["ended"]).heterogeneity_.p_value
        for _, rows in frame.groupby("segment")
    ]
    assert worth.tests["p_value"].tolist() == pytest.approx(holm(apart).tolist())


def test_groups_that_differ_do_not_make_the_base_uneven():
    """Two constant rates look like uneven churn when pooled; by group each is constant."""
    frame = contracts(22, 6000, (0.03, 0.4))
    assert not contract_value(frame).tests["fits"].any()
    worth = contract_value(frame, group="segment")
    assert worth.tests.index.tolist() == ["colleges", "private"]
    assert worth.tests["fits"].all()
    assert worth.notes == ()


def test_where_no_group_stands_alone_the_base_is_tested():
    frame = contracts(23, 120, (0.3, 0.3))
    frame["segment"] = [f"group {number // 4}" for number in range(120)]
    worth = contract_value(frame, group="segment")
    assert worth.groups["pooled"].all()
    assert worth.tests.index.tolist() == ["whole base"]


def test_the_curve_starts_high_and_follows_the_model():
    worth = contract_value(contracts(4), group="segment")
    curve = worth.survival
    assert set(curve["group"]) == {"private", "colleges"}
    inside = curve["fitted"].between(curve["low"], curve["high"])
    assert inside.mean() > 0.8
    assert (curve["kaplan_meier"] - curve["fitted"]).abs().max() < 0.05


def test_a_small_group_borrows_the_churn_of_the_base():
    frame = contracts(5)
    frame.loc[:20, "segment"] = "museums"
    frame.loc[:20, "ended"] = False
    worth = contract_value(frame, group="segment")
    assert worth.groups.loc["museums", "pooled"]
    assert worth.groups.loc["museums", "churn"] == contract_value(frame).groups["churn"].iloc[0]
    assert "museums" in worth.notes[0]


@pytest.mark.parametrize("ended", [0, 4])
def test_too_few_ended_contracts_are_refused(ended):
    frame = contracts(6, 50).assign(ended=[True] * ended + [False] * (50 - ended))
    with pytest.raises(DataError, match="Not enough data"):
        contract_value(frame)


def test_all_faults_are_named_at_once():
    frame = pd.DataFrame({"duration": [-1.0, 2.0], "ended": ["yes", "no"], "margin": [1.0, np.nan]})
    with pytest.raises(DataError, match=r"(?s)'margin' is empty.*'duration' is neg.*'ended' must"):
        contract_value(frame)


def test_a_missing_column_is_named_with_its_nearest():
    frame = contracts(7, 50).rename(columns={"duration": "durations"})
    with pytest.raises(DataError, match=r"'duration'.*Did you mean 'durations'"):
        contract_value(frame)


@pytest.mark.parametrize(
    "setting",
    [
        {"timing": "sometimes"},
        {"churn": "weekly"},
        {"unit": "fortnight"},
        {"discount_rate": -0.1},
        {"horizon": 0},
        {"level": 1.0},
        {"min_ended": 0},
        {"horizon": "5 years"},
        {"discount_rate": None},
        {"min_ended": "five"},
    ],
)
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(ParameterError, match=next(iter(setting))):
        contract_value(contracts(8, 200), **setting)


def with_newcomers(log, kept=3):
    """A group whose customers all left at the first renewal, or have not met it yet."""
    ended = [True] * 8 + [False] * kept
    late = pd.DataFrame({"duration": np.where(ended, 1.0, 0.5), "ended": ended, "margin": 9.0})
    return pd.concat([log, late.assign(segment="newcomers")], ignore_index=True)


@pytest.mark.parametrize("churn", ["shifted beta-geometric", "beta-discrete-Weibull"])
def test_a_group_that_the_model_refuses_borrows_and_stops_nobody(churn):
    log = contracts(9)
    log["duration"] = np.where(log["ended"], np.ceil(log["duration"]), np.floor(log["duration"]))
    worth = contract_value(with_newcomers(log), group="segment", churn=churn)
    assert worth.groups["pooled"].to_dict() == {
        "colleges": False,
        "newcomers": True,
        "private": False,
    }
    assert len(worth.customers) == len(log) + 11
    note = next(note for note in worth.notes if note.startswith("newcomers"))
    assert "the churn of the whole base stands in" in note
    assert "needs customers who left and customers who renewed; 8 of 11 left" in note


def test_a_group_without_time_stops_nobody():
    log = pd.concat(
        [
            contracts(10),
            pd.DataFrame(
                {"duration": [0.0] * 8, "ended": True, "margin": 9.0, "segment": "cancelled"}
            ),
        ],
        ignore_index=True,
    )
    worth = contract_value(log, group="segment")
    assert worth.groups.loc["cancelled", ["pooled", "value"]].tolist() == [True, 0.0]
    assert any("8 of 8 contracts have ended in 0.0 years" in note for note in worth.notes)


def test_where_no_group_is_left_the_call_is_refused():
    with pytest.raises(DataError, match="needs customers who left and customers who renewed"):
        contract_value(
            with_newcomers(contracts(11).head(0)), group="segment", churn="shifted beta-geometric"
        )


def test_true_and_false_may_stand_in_a_column_of_objects():
    frame = contracts(12, 200)
    objects = frame.astype({"ended": object})
    assert contract_value(objects).total.equals(contract_value(frame).total)
    assert ConstantChurn().fit(objects).params_ == ConstantChurn().fit(frame).params_


def test_a_column_that_stands_there_twice_is_named():
    frame = contracts(13, 50)
    with pytest.raises(DataError, match="several columns 'margin'"):
        contract_value(pd.concat([frame, frame[["margin"]]], axis=1))


def test_the_rate_has_the_exact_interval_of_a_poisson_count():
    """Garwood (1936), Biometrika 28: 95 % limits of a count of 3 are 0.6187 and 8.7673."""
    table = ConstantChurn().fit([1.0, 2.0, 3.0, 4.0], [True, True, True, False]).intervals(0.95)
    assert 10 * table["low"].iloc[0] == pytest.approx(0.6187, abs=5e-5)
    assert 10 * table["high"].iloc[0] == pytest.approx(8.7673, abs=5e-5)


def test_churn_is_a_share_up_to_the_end_of_its_interval():
    log = pd.DataFrame({"duration": [1.0, 2.0, 3.0, 4.0] * 5, "ended": [True, False] * 10})
    for churn in ("shifted beta-geometric", "exponential-gamma", "constant"):
        worth = contract_value(log, margin=1.0, churn=churn, unit="month", renewal_months=1)
        low, share, high = worth.groups[["churn_low", "churn", "churn_high"]].iloc[0]
        assert 0 < low < share < high <= 1
