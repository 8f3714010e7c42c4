"""Comparison of models, the scorecard of a hold-out, and tracking, on planted customers."""

import json

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.value import (
    NBD,
    BetaGeo,
    ModifiedBetaGeo,
    ParetoNBD,
    compare_models,
    scorecard,
    tracking,
)

TRUTHS = {
    "NBD": NBD.from_params(r=0.8, alpha=6.0),
    "BetaGeo": BetaGeo.from_params(r=1.5, alpha=6.0, a=0.8, b=1.5),
    "ModifiedBetaGeo": ModifiedBetaGeo.from_params(r=1.5, alpha=3.0, a=0.9, b=1.2),
    "ParetoNBD": ParetoNBD.from_params(r=1.5, alpha=4.0, s=0.8, beta=8.0),
}


def drawn(truth, size=3000, seed=0):
    ages = np.random.default_rng(seed).integers(20, 40, size)
    return TRUTHS[truth].simulate(ages, holdout=30.0, random_state=seed)


@pytest.mark.parametrize("truth", TRUTHS)
def test_the_planted_model_fits_best(truth):
    found = compare_models(drawn(truth))
    assert found.best == truth
    assert found.note.startswith(f"{truth} fits best, ")
    assert found.table.index[0] == truth
    assert found.table["bic"].is_monotonic_increasing
    assert found.table["behind"].iloc[0] == 0


def test_criteria_by_hand():
    frame = drawn("BetaGeo", 500)
    found = compare_models(frame, [NBD, BetaGeo])
    for kind in (NBD, BetaGeo):
        alone, line = kind().fit(frame), found.table.loc[kind.__name__]
        count = len(alone.params_)
        assert line["aic"] == pytest.approx(2 * count - 2 * alone.log_likelihood_)
        assert line["bic"] == pytest.approx(count * np.log(500) - 2 * alone.log_likelihood_)
        assert found.models[kind.__name__].params_ == alone.params_


def test_on_cdnow_the_papers_order(cdnow):
    """Fader, Hardie & Lee (2005), Table 2: BG/NBD -9582.4, Pareto/NBD -9595.0, NBD -9763.7."""
    table = compare_models(cdnow).table["log_likelihood"]
    assert table["NBD"] == pytest.approx(-9763.7, abs=0.05)
    assert table["BetaGeo"] > table["ParetoNBD"] > table["NBD"]


def test_no_attrition_is_part_of_the_verdict():
    found = compare_models(drawn("NBD", 1500))
    assert "No model detects that customers leave" in found.note
    assert "No model detects" not in compare_models(drawn("BetaGeo")).note


def test_one_model_is_compared_with_nobody():
    assert compare_models(drawn("NBD", 500), [NBD]).note == "NBD fits best."


@pytest.mark.parametrize("truth", TRUTHS)
def test_the_right_model_forecasts_the_holdout(truth):
    frame = drawn(truth, 6000)
    card = scorecard(type(TRUTHS[truth])().fit(frame), frame)
    assert abs(card.metrics["bias"]) < 0.06
    assert card.metrics["mae"] < card.metrics["mae_same_mean"]
    assert card.metrics["correlation"] > 0.5
    assert card.by_frequency["customers"].sum() == 6000
    many = card.by_frequency[card.by_frequency["customers"] > 200]
    assert (many["expected"] - many["actual"]).abs().max() < 0.15 * many["actual"].max()


def test_a_model_without_leaving_promises_too_much():
    frame = drawn("ParetoNBD")
    card = scorecard(NBD().fit(frame), frame)
    assert card.metrics["bias"] > 0.5
    assert "too many" in card.notes[0]


def test_metrics_by_hand():
    model = NBD.from_params(r=1.0, alpha=1.0)  # expects (1 + x) / (1 + T) a unit of time
    frame = pd.DataFrame(
        {
            "frequency": [0, 1, 9],
            "recency": [0.0, 2.0, 3.0],
            "T": [3.0, 3.0, 3.0],
            "frequency_holdout": [0, 2, 4],
            "duration_holdout": [2.0, 2.0, 4.0],
        }
    )
    expected, actual = np.array([0.5, 1.0, 10.0]), np.array([0, 2, 4])
    metrics = scorecard(model, frame).metrics
    assert metrics["actual"] == 6
    assert metrics["expected"] == pytest.approx(11.5)
    assert metrics["bias"] == pytest.approx(11.5 / 6 - 1)
    assert metrics["mae"] == pytest.approx(np.abs(expected - actual).mean())
    assert metrics["rmse"] == pytest.approx(np.sqrt(((expected - actual) ** 2).mean()))
    assert metrics["correlation"] == pytest.approx(np.corrcoef(expected, actual)[0, 1])
    repeated = np.array([0.0, 2 / 3, 12.0])
    assert metrics["mae_same_rate"] == pytest.approx(np.abs(repeated - actual).mean())
    assert metrics["mae_same_mean"] == pytest.approx(np.abs(2 - actual).mean())


@pytest.mark.parametrize(("customers", "verdict"), [(3000, "better than"), (40, "no better than")])
def test_a_rule_of_thumb_is_beaten_only_beyond_chance(customers, verdict):
    # Nobody leaves and all buy at nearly one rate: past purchases say a little, seen in many only.
    truth = NBD.from_params(r=8.0, alpha=80.0)
    frame = truth.simulate([20.0] * customers, holdout=20.0, random_state=4)
    note = scorecard(truth, frame).notes[1]
    assert f"{verdict} giving everybody the mean" in note


def test_a_model_that_errs_more_than_a_rule_says_so():
    frame = drawn("BetaGeo", 1000)
    wild = NBD.from_params(r=50.0, alpha=1.0)
    assert "worse than" in scorecard(wild, frame).notes[1]


def test_the_last_class_holds_all_above():
    frame = drawn("BetaGeo")
    table = scorecard(TRUTHS["BetaGeo"], frame).by_frequency
    assert table.index.tolist() == list(range(8))
    often = frame["frequency"] >= 7
    assert table.loc[7, "customers"] == often.sum()
    assert table.loc[7, "actual"] == pytest.approx(frame.loc[often, "frequency_holdout"].mean())


def test_one_timers_under_bg_nbd_are_explained():
    frame = drawn("BetaGeo", 1000)
    once = f"{100 * (frame['frequency'] == 0).mean():.0f} %"
    words = " ".join(scorecard(BetaGeo().fit(frame), frame).notes)
    assert f"P(alive) is 1 by construction for the {once} of customers without a repeat" in words
    assert "Recency here is the age at the last purchase" in words
    others = " ".join(scorecard(ModifiedBetaGeo().fit(frame), frame).notes)
    assert "by construction" not in others


def test_an_empty_holdout_is_no_division_by_zero():
    frame = drawn("BetaGeo", 300).assign(frequency_holdout=0)
    card = scorecard(BetaGeo().fit(frame), frame)
    assert card.metrics["correlation"] == 0.0
    assert "none happened" in card.notes[0]


@pytest.mark.parametrize("length", [0.0, -1.0, np.nan])
def test_a_holdout_must_last(length):
    frame = drawn("BetaGeo", 300).assign(duration_holdout=length)
    with pytest.raises(DataError, match=r"hold-out must last|is negative|not finite"):
        scorecard(TRUTHS["BetaGeo"], frame)


def test_a_summary_without_holdout_is_refused():
    frame = drawn("BetaGeo", 300).drop(columns=["frequency_holdout", "duration_holdout"])
    with pytest.raises(DataError, match="no column 'duration_holdout'"):
        scorecard(TRUTHS["BetaGeo"], frame)


def events_of(size=20_000, seed=0):
    """Purchases of NBD customers who join over 20 weeks, on one clock."""
    rng = np.random.default_rng(seed)
    first, rate = rng.uniform(0, 20, size), rng.gamma(0.8, 1 / 6.0, size)
    count = rng.poisson(rate * (60 - first))
    who = np.repeat(np.arange(size), count)
    return first, first[who] + rng.random(who.size) * (60 - first[who])


def test_tracking_follows_the_planted_purchases():
    first, repeats = events_of()
    weeks = np.arange(5, 61, 5)
    table = tracking(TRUTHS["NBD"], first, repeats, weeks)
    assert table["actual"].sum() == len(repeats)
    assert table["cumulated_actual"].iloc[-1] == len(repeats)
    ratio = table["cumulated_expected"] / table["cumulated_actual"]
    assert ratio.iloc[2:].between(0.97, 1.03).all()
    assert table["expected"].cumsum().tolist() == pytest.approx(
        table["cumulated_expected"].tolist()
    )


@pytest.mark.parametrize("truth", TRUTHS)
def test_many_times_at_once_are_as_precise_as_one(truth):
    times = np.concatenate([[0.0, 1e-6, 1e-3], np.linspace(0.01, 900, 500)])
    many = TRUTHS[truth].expected_new_customer(times)
    each = [TRUTHS[truth].expected_new_customer(float(time)) for time in times[::29]]
    assert many[::29].tolist() == pytest.approx(each, rel=1e-10)


def test_tracking_counts_by_hand():
    table = tracking(NBD.from_params(r=1.0, alpha=1.0), [0.0, 0.0, 2.0], [1.0, 1.5, 4.0], [1, 3, 5])
    assert table["actual"].tolist() == [1, 1, 1]
    assert table["cumulated_expected"].tolist() == pytest.approx([2.0, 7.0, 13.0])


def test_tracking_on_cdnow_stays_close(cdnow_events, cdnow):
    """Fader, Hardie & Lee (2005), Figure 2: the BG/NBD tracks weeks 40-78 within a few percent."""
    days = cdnow_events.groupby(["customer", "date"]).size().reset_index()["date"]
    by = cdnow_events.drop_duplicates(["customer", "date"])
    clock = (by["date"] - by["date"].min()).dt.days / 7
    first = clock.groupby(by["customer"]).min()
    repeats = clock[clock > by["customer"].map(first)]
    table = tracking(BetaGeo().fit(cdnow), first, repeats, [39, 78])
    assert len(days) == len(by)
    ratio = table["cumulated_expected"] / table["cumulated_actual"]
    assert ratio.between(0.9, 1.1).all()


@pytest.mark.parametrize("models", [[], ["NBD"]])
def test_what_is_no_model_is_not_compared(models):
    with pytest.raises(ParameterError, match="'models' parameter of compare_models"):
        compare_models(drawn("NBD", 100), models)


@pytest.mark.parametrize("kind", [BetaGeo, ModifiedBetaGeo, ParetoNBD])
@pytest.mark.parametrize("seed", [0, 24, 59])
def test_a_fit_at_its_boundary_has_converged(kind, seed):
    """Nobody leaves: dropout is not identified, and the rest is as well as without it."""
    drawn = NBD.from_params(r=0.8, alpha=5.0).simulate([30.0] * 300, random_state=seed)
    model, steady = kind().fit(drawn), NBD().fit(drawn)
    assert not any("not converged" in note for note in model.notes_)
    assert not {"r", "alpha"} & set(model.unidentified_)
    assert model.log_likelihood_ >= steady.log_likelihood_ - 1e-6


def test_verdicts_are_written_as_json():
    frame = drawn("BetaGeo", 500)
    compared = compare_models(frame, [NBD, BetaGeo])
    written = json.loads(compared.to_json())
    assert written["best"] == compared.best
    assert written["table"]["bic"] == compared.table["bic"].tolist()
    again = BetaGeo.from_json(json.dumps(written["models"]["BetaGeo"]))
    assert again.params_ == compared.models["BetaGeo"].params_
    card = scorecard(again, frame.assign(frequency_holdout=0))
    told = json.loads(card.to_json())
    assert told["metrics"]["bias"] is None
    assert told["metrics"]["mae"] == card.metrics["mae"]
    assert told["by_frequency"]["frequency"] == card.by_frequency.index.tolist()
