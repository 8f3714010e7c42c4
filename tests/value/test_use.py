"""The public names called as people call them who know scikit-learn, lifetimes or lifelines."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

from segkit.errors import DataError, ParameterError
from segkit.value import (
    BetaDiscreteWeibull,
    BetaGeo,
    BetaGeoBetaBinomial,
    ConstantChurn,
    ExponentialGamma,
    GammaGamma,
    ShiftedBetaGeometric,
    choose_setting,
    compare_models,
    contract_value,
    lifetime_value,
    scorecard,
    tracking,
)

MODEL = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5)
SPEND = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
SUMMARY = MODEL.simulate([30.0] * 400, holdout=30.0)
SUMMARY["monetary_value"] = SPEND.simulate(SUMMARY["frequency"])
COHORTS = [[1000, 869, 743, 653], [900, 800, 690], [700, 610]]


def test_a_model_shows_its_parameters():
    assert repr(BetaGeo()) == "BetaGeo()"
    assert repr(MODEL) == "BetaGeo(r=0.5, alpha=6, a=0.8, b=2.5)"
    fitted = BetaGeo().fit(SUMMARY)
    assert repr(clone(fitted)) == "BetaGeo()"
    worth = lifetime_value(MODEL, SPEND, SUMMARY, 52, unit="week")
    assert "_summary" not in repr(worth)
    assert worth != lifetime_value(MODEL, SPEND, SUMMARY, 52, unit="week")


@pytest.mark.parametrize(
    "given",
    [
        SUMMARY.to_dict("list"),
        {name: column.to_numpy() for name, column in SUMMARY.items()},
        pl.from_pandas(SUMMARY),
    ],
)
def test_a_summary_in_columns_of_any_kind(given):
    assert BetaGeo().fit(given).params_ == BetaGeo().fit(SUMMARY).params_
    assert GammaGamma().fit(given).params_ == GammaGamma().fit(SUMMARY).params_


def test_one_customer_by_name_or_row():
    told = MODEL.expected_purchases({"frequency": 2, "recency": 20.0, "T": 30.0}, 39)
    row = pd.Series({"frequency": 2, "recency": 20.0, "T": 30.0}, name="ann")
    assert MODEL.expected_purchases(row, 39)["ann"] == told.iloc[0]
    with pytest.raises(DataError, match="cannot be used"):
        MODEL.probability_alive({"frequency": [1, 2], "recency": [3.0], "T": [10.0]})


def test_one_time_buyers_may_lack_a_mean_spend():
    empty = SUMMARY.assign(monetary_value=SUMMARY["monetary_value"].replace(0.0, np.nan))
    assert empty["monetary_value"].isna().any()
    assert GammaGamma().fit(empty).params_ == GammaGamma().fit(SUMMARY).params_
    worth = lifetime_value(MODEL, SPEND, empty, 52, unit="week")
    assert worth.value.equals(lifetime_value(MODEL, SPEND, SUMMARY, 52, unit="week").value)
    with pytest.raises(DataError, match="monetary_value is empty or not finite for 400 customers"):
        GammaGamma().fit(empty.assign(frequency=2, monetary_value=np.nan))


@pytest.mark.parametrize(
    "call",
    [
        lambda: MODEL.pmf(2, 10.0),
        lambda: MODEL.expected_new_customer(10),
        lambda: ConstantChurn.from_params(rate=0.2).discounted_lifetime(2.0),
        lambda: ExponentialGamma.from_params(r=1.0, alpha=4.0).churn(1.0),
        lambda: ShiftedBetaGeometric.from_params(alpha=1.0, beta=2.0).survival(3),
        lambda: ShiftedBetaGeometric.from_params(alpha=1.0, beta=2.0).pmf(3),
    ],
)
def test_one_number_in_one_float_out(call):
    assert type(call()) is float


@pytest.mark.parametrize(
    "model",
    [
        ShiftedBetaGeometric.from_params(alpha=0.7, beta=3.8),
        ConstantChurn.from_params(rate=0.2),
        ExponentialGamma.from_params(r=1.0, alpha=4.0),
    ],
)
def test_churn_and_new_customers_at_several_times(model):
    found = model.expected_new_customer([[0, 2], [5, 7]])
    assert found.shape == (2, 2)
    assert found[1, 0] == pytest.approx(model.expected_new_customer(5), rel=1e-12)
    assert found[0, 0] == 0
    assert model.churn([0.0, 3.0])[1] == model.churn(3.0)


@pytest.mark.parametrize("kind", [ConstantChurn, ExponentialGamma, ShiftedBetaGeometric])
def test_events_as_one_and_zero(kind):
    durations, ended = [1, 2, 3, 3, 5, 5], [True, True, False, True, False, True]
    flags = kind().fit(durations, [1, 1, 0, 1, 0, 1])
    assert flags.params_ == kind().fit(durations, ended).params_
    log = pd.DataFrame({"duration": durations, "ended": ended, "margin": 1.0})
    counted = contract_value(log.astype({"ended": int}), min_ended=2)
    assert counted.total.equals(contract_value(log, min_ended=2).total)


@pytest.mark.parametrize("kind", [ShiftedBetaGeometric, BetaDiscreteWeibull])
def test_cohorts_of_unlike_length(kind):
    padded = [row + [np.nan] * (4 - len(row)) for row in COHORTS]
    params = kind().fit(pd.DataFrame(padded)).params_
    assert kind().fit(COHORTS).params_ == params
    frame = pd.DataFrame(padded, columns=["0", "1", "2", "3"])
    assert kind().fit(frame).params_ == params
    assert choose_setting(frame) == choose_setting(COHORTS) == choose_setting(COHORTS[0])


@pytest.mark.parametrize("names", [["2020", "2021", "2022"], [2020, 2021, 2022]])
def test_names_of_cohorts_are_no_customers(names):
    frame = pd.DataFrame(COHORTS[:1] * 3, columns=[0, 1, 2, 3])
    fitted = ShiftedBetaGeometric().fit(frame.set_axis(names))
    frame.insert(0, "cohort", names)
    with pytest.raises(DataError, match=r"\['cohort'\] are none: .*set_index\('cohort'\)"):
        ShiftedBetaGeometric().fit(frame)
    assert ShiftedBetaGeometric().fit(frame.set_index("cohort")).params_ == fitted.params_


def test_a_customer_of_a_trillion_periods_needs_no_more_memory():
    """Only periods in which somebody left or was seen are looked at."""
    durations, ended = [1.0, 2.0, 5.0, 9.0] * 50, [True, True, False, True] * 50
    far = ShiftedBetaGeometric().fit([*durations, 1e12], [*ended, False])
    left, stayed = np.log(far.pmf([1, 2, 9])).sum(), np.log(far.survival(5.0))
    assert far.log_likelihood_ == pytest.approx(
        50 * (left + stayed) + np.log(far.survival(1e12)), rel=1e-9
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: BetaGeo().fit(SUMMARY).bootstrap(SUMMARY, "9"), "'refits' parameter of bootstrap"),
        (lambda: BetaGeo().fit(SUMMARY).bootstrap(SUMMARY, 0), "'refits' parameter of bootstrap"),
        (lambda: MODEL.bootstrap(SUMMARY, 2, None), "'random_state' parameter of bootstrap"),
        (lambda: MODEL.simulate([9.0], -1), "'holdout' parameter of simulate"),
        (lambda: SPEND.simulate(["a"]), "'frequency' parameter of simulate"),
        (lambda: compare_models(SUMMARY, BetaGeo), "'models' parameter of compare_models"),
        (lambda: compare_models(SUMMARY, [GammaGamma]), "classes of purchase models"),
        (lambda: compare_models(SUMMARY, [BetaGeo, BetaGeoBetaBinomial]), "counts occasions"),
        (lambda: scorecard(SPEND, SUMMARY), "'model' parameter of scorecard"),
        (lambda: tracking(MODEL, [0.0], [1.0], [5.0, 1.0]), "must be finite and increasing"),
        (lambda: tracking(MODEL, ["a"], [1.0], [5.0]), "'first' parameter of tracking"),
        (
            lambda: tracking(MODEL, [0.0], pd.to_datetime(["2024-01-01"]), [5.0]),
            "'repeats' parameter of tracking",
        ),
        (
            lambda: lifetime_value(MODEL, SPEND, SUMMARY, unit="week").by_group("segment"),
            "'groups' parameter of by_group",
        ),
    ],
)
def test_what_cannot_be_used_is_named(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_groups_by_a_repeating_index_are_refused():
    groups = pd.Series(["a"] * len(SUMMARY), [0] * len(SUMMARY))
    with pytest.raises(DataError, match="that of groups repeats"):
        lifetime_value(MODEL, SPEND, SUMMARY, unit="week").by_group(groups)


@pytest.mark.parametrize("names", [[0] * 400, pd.date_range("2024", periods=400)])
def test_values_are_written_whatever_names_the_customers_have(names):
    worth = lifetime_value(MODEL, SPEND, SUMMARY.set_axis(names), unit="week")
    written = json.loads(worth.to_json())["customers"]
    assert [line["value"] for line in written] == worth.value.tolist()
    assert written[1]["customer"] == str(names[1])
