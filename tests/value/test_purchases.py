"""What every model of purchases owes its user: order, units, verdicts, clear refusals, JSON."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError, ParameterError
from segkit.value import NBD, BetaGeo, BetaGeoBetaBinomial, ModifiedBetaGeo, ParetoNBD

CONTINUOUS = [NBD, BetaGeo, ModifiedBetaGeo, ParetoNBD]
TRUTH = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5)


@pytest.fixture(scope="module")
def summary():
    rng = np.random.default_rng(0)
    ages = rng.integers(100, 300, 2000)
    drawn = TRUTH.simulate(ages / 7, random_state=0)
    drawn["recency"] = np.where(drawn["frequency"] > 0, np.ceil(drawn["recency"] * 7), 0) / 7
    return drawn.set_axis([f"c{number}" for number in range(2000)])


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_the_order_of_customers_does_not_matter(kind, summary):
    first, second = kind().fit(summary), kind().fit(summary.sample(frac=1, random_state=1))
    assert first.params_ == second.params_
    assert first.to_json() == second.to_json()


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_the_unit_only_scales_the_times(kind, summary):
    days = summary.assign(recency=summary["recency"] * 7, T=summary["T"] * 7)
    weekly, daily = kind().fit(summary), kind().fit(days)
    for letter, value in weekly.params_.items():
        scale = 7 if letter in {"alpha", "beta"} else 1
        assert daily.params_[letter] == pytest.approx(scale * value, rel=1e-6)
    ahead = weekly.expected_purchases(summary, 52)
    assert daily.expected_purchases(days, 364).tolist() == pytest.approx(ahead.tolist(), rel=1e-6)


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_any_frame_goes_in(kind, summary):
    frame = pl.from_pandas(summary)
    assert kind().fit(frame).params_ == kind().fit(summary).params_
    assert kind().fit(frame).probability_alive(frame).between(0, 1).all()


def test_answers_carry_the_index(summary):
    model = BetaGeo().fit(summary)
    assert model.expected_purchases(summary, 10).index.equals(summary.index)


@pytest.mark.parametrize("kind", [*CONTINUOUS, BetaGeoBetaBinomial])
def test_json_round_trip(kind, summary):
    whole = summary.assign(
        frequency=np.minimum(summary["frequency"], np.ceil(summary["recency"])),
        recency=np.ceil(summary["recency"]),
        T=np.ceil(summary["T"]),
    )
    model = kind().fit(whole)
    text = model.to_json()
    again = kind.from_json(text)
    assert len(text) < 3000
    assert "c1" not in text
    assert again.to_json() == text
    assert again.standard_errors_ == model.standard_errors_
    assert again.expected_purchases(whole, 5).equals(model.expected_purchases(whole, 5))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "not JSON"),
        ("[]", "must hold a BetaGeo"),
        ('{"model": "NBD", "schema": 1}', "it holds 'NBD'"),
        ('{"model": "BetaGeo", "schema": 9}', "of schema 9"),
    ],
)
def test_foreign_json_is_refused(text, message):
    with pytest.raises(DataError, match=message):
        BetaGeo.from_json(text)


def test_json_with_parameters_out_of_range_is_refused(summary):
    fields = json.loads(BetaGeo().fit(summary).to_json())
    fields["params"]["a"] = -1
    with pytest.raises(ParameterError, match="'a' parameter"):
        BetaGeo.from_json(json.dumps(fields))


@pytest.mark.parametrize("kind", [BetaGeo, ModifiedBetaGeo, ParetoNBD])
def test_no_attrition_is_said(kind):
    steady = NBD.from_params(r=2.0, alpha=4.0).simulate(np.full(800, 40.0), random_state=5)
    model = kind().fit(steady)
    assert not model.attrition_.detected
    assert "No attrition is detectable" in model.notes_[-1]
    ahead = model.expected_purchases(steady, 52)
    rival = NBD().fit(steady).expected_purchases(steady, 52)
    assert ahead.sum() == pytest.approx(rival.sum(), rel=0.2)
    assert np.isfinite(model.intervals()["estimate"]).all()


def test_attrition_is_seldom_claimed_where_there_is_none():
    claims = []
    for seed in range(40):
        steady = NBD.from_params(r=1.0, alpha=4.0).simulate(np.full(300, 20.0), random_state=seed)
        claims.append(BetaGeo().fit(steady).attrition_.detected)
    assert np.mean(claims) <= 0.1


def test_equal_rates_are_said():
    rng = np.random.default_rng(0)
    x = rng.poisson(4.0, 1000)
    frame = pd.DataFrame({"frequency": x, "recency": np.where(x > 0, 19.0, 0.0), "T": 20.0})
    model = NBD().fit(frame)
    assert not model.heterogeneity_.detected
    assert np.isfinite(model.expected_purchases(frame, 10)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frequency": -1}, "frequency is negative"),
        ({"frequency": 1.5}, "frequency is not a whole number"),
        ({"recency": np.nan}, "recency is empty or not finite"),
        ({"recency": 1e9}, "recency is later than T"),
        ({"T": np.inf}, "T is empty or not finite"),
        ({"frequency": 0, "recency": 3.0}, "recency is above 0 without a repeat purchase"),
    ],
)
def test_impossible_histories_are_named(summary, change, message):
    frame = summary.astype({"frequency": "float64"})
    for column, value in change.items():
        frame.loc["c7", column] = value
    with pytest.raises(DataError, match=f"{message} for 1 customers .first: c7.") as caught:
        BetaGeo().fit(frame)
    assert "cannot be used" in str(caught.value)


def test_all_faults_come_at_once(summary):
    frame = summary.copy()
    frame.loc["c3", ["recency", "T"]] = [-1.0, np.nan]
    with pytest.raises(DataError, match=r"T is empty.*recency is negative|recency.*T is empty"):
        BetaGeo().fit(frame)


def test_missing_and_misspelt_columns(summary):
    with pytest.raises(DataError, match=r"no column 'recency'\. Did you mean 'Recency'"):
        BetaGeo().fit(summary.rename(columns={"recency": "Recency"}))


def test_text_is_refused(summary):
    with pytest.raises(DataError, match="must be numbers, not text"):
        BetaGeo().fit(summary.astype({"T": str}))


@pytest.mark.parametrize("kind", [*CONTINUOUS, BetaGeoBetaBinomial])
def test_data_without_an_answer_are_refused(kind):
    once = pd.DataFrame({"frequency": [0, 0, 0], "recency": 0.0, "T": [5.0, 6.0, 7.0]})
    with pytest.raises(DataError, match="needs repeat purchases, but none of the 3"):
        kind().fit(once)
    with pytest.raises(DataError, match="at least 2 customers"):
        kind().fit(once.head(1))
    with pytest.raises(DataError, match="T is 0 for everybody"):
        kind().fit(once.assign(T=0.0))
    with pytest.raises(DataError, match="no customers"):
        kind().fit(once.head(0))


def test_occasions_must_be_whole():
    frame = pd.DataFrame({"frequency": [1, 2], "recency": [1.5, 2.0], "T": [3.0, 3.0]})
    with pytest.raises(DataError, match="counts occasions, but recency"):
        BetaGeoBetaBinomial().fit(frame)
    with pytest.raises(DataError, match="frequency is above recency"):
        BetaGeoBetaBinomial().fit(frame.assign(recency=1.0))
    model = BetaGeoBetaBinomial.from_params(alpha=1, beta=1, gamma=1, delta=1)
    for call in (model.probability_alive, model.log_likelihood):
        with pytest.raises(DataError, match="counts occasions, but recency"):
            call(frame)
    with pytest.raises(ParameterError, match="whole number of occasions"):
        model.expected_new_customer(2.5)


def test_an_unfitted_model_says_so(summary):
    for call in (BetaGeo().intervals, BetaGeo().to_json):
        with pytest.raises(DataError, match="not fitted yet"):
            call()
    with pytest.raises(DataError, match="not fitted yet"):
        BetaGeo().expected_purchases(summary, 1)


def test_known_parameters_have_no_intervals():
    with pytest.raises(DataError, match="fit it to data"):
        TRUTH.intervals()


@pytest.mark.parametrize(
    "params", [{"r": 1.0}, {"r": 1, "alpha": 0, "a": 1, "b": 1}, {"r": 1, "alpa": 1}]
)
def test_wrong_parameters_are_refused(params):
    with pytest.raises(ParameterError):
        BetaGeo.from_params(**params)


@pytest.mark.parametrize("t", [-1.0, np.nan, np.inf])
def test_time_must_be_finite(summary, t):
    with pytest.raises(ParameterError, match="'t' parameter"):
        TRUTH.expected_purchases(summary, t)


def test_tiny_samples_give_numbers_not_noise():
    frame = pd.DataFrame({"frequency": [1, 0], "recency": [3.0, 0.0], "T": [5.0, 9.0]})
    for kind in CONTINUOUS:
        model = kind().fit(frame)
        assert np.isfinite(model.expected_purchases(frame, 52)).all()
        assert model.probability_alive(frame).between(0, 1).all()


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_each_customer_may_have_a_time_of_its_own(kind, summary):
    model, some = kind().fit(summary), summary.head(4)
    found = model.expected_purchases(some, [0, 4, 4, 52])
    each = [
        model.expected_purchases(some.iloc[[row]], t).iloc[0] for row, t in enumerate([0, 4, 4, 52])
    ]
    assert found.tolist() == pytest.approx(each, rel=1e-12)
    assert found.index.equals(some.index)
    assert found.equals(model.expected_purchases(some, pd.Series([0, 4, 4, 52])))


@pytest.mark.parametrize("t", [[1.0, 2.0], [[1.0] * 2000], [1.0] * 1999 + [-1.0], ["long"] * 2000])
def test_times_that_do_not_go_with_the_customers_are_refused(summary, t):
    with pytest.raises(ParameterError, match="'t' parameter of expected_purchases"):
        TRUTH.expected_purchases(summary, t)


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_counts_and_times_of_probabilities_go_together(kind, summary):
    model = kind().fit(summary)
    found = model.pmf([[0], [3], [-1], [1.5]], [0.0, 10.0, 39.0])
    each = [[float(model.pmf(n, t)) for t in (0.0, 10.0, 39.0)] for n in (0, 3)]
    assert found[:2] == pytest.approx(np.array(each), rel=1e-12)
    assert (found[2:] == 0).all()
    assert found[0, 0] == pytest.approx(1.0, rel=1e-12)


def test_shapes_that_do_not_go_together_are_refused():
    with pytest.raises(ParameterError, match=r"goes with n's \(3,\)\. Got 'shape \(2,\)'"):
        TRUTH.pmf([0, 1, 2], [10.0, 20.0])


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_a_row_of_the_summary_is_one_customer(kind, summary):
    model, named = kind().fit(summary), summary.assign(segment="schools")
    found = model.expected_purchases(named.loc["c7"], 52)
    assert found.to_dict() == model.expected_purchases(summary.loc[["c7"]], 52).to_dict()


@pytest.mark.parametrize(("alpha", "beta"), [(1e-300, 1e-30), (1e-300, 1.0), (1e30, 1e-30)])
def test_alive_by_rates_that_are_next_to_nothing_or_to_infinity(alpha, beta):
    model = ParetoNBD.from_params(r=0.5, alpha=alpha, s=0.6, beta=beta)
    history = {"frequency": [0, 1, 5000], "recency": [0.0, 1.0, 1e6], "T": [1e9, 2.0, 1e6]}
    assert model.probability_alive(history).between(0, 1).all()
