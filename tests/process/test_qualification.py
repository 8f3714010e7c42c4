"""Qualification: hand values, AUCs against their definition, weights and flags planted."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.process import qualification_anchors, qualify

FRAMEWORKS = {"A": ["need", "money"], "B": ["goal", "noise"]}


def planted(n=3000, seed=5):
    """Win odds: 1.0 a point of need, 0.5 of money, 1.5 of goal, none of noise."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {name: rng.integers(0, 4, n) for name in ("need", "money", "goal", "noise")}
    )
    logit = table["need"] + 0.5 * table["money"] + 1.5 * table["goal"] - 4.5
    won = rng.random(n) < expit(logit)
    table = table.astype(float).mask(rng.random((n, 4)) < 0.1)
    return table.assign(deal=np.arange(n), outcome=np.where(won, "won", "lost"))


def long(wide):
    names = {name: framework for framework, parts in FRAMEWORKS.items() for name in parts}
    rows = wide.melt(["deal", "outcome"], var_name="dimension", value_name="score")
    return rows.assign(framework=rows["dimension"].map(names))


def test_scores_and_completeness_by_hand():
    rows = pd.DataFrame(
        {"deal": [1, 2, 3], "b": [3, 0, None], "a": [2, 0, None], "n": [None, 0, 1], "t": [1, 0, 3]}
    )
    found = qualify(rows, frameworks={"BANT": ["b", "a", "n", "t"]}, outcome=None)
    table = found.scores.set_index("deal")
    assert table["score"].tolist() == pytest.approx([6 / 12, 0, 4 / 12])
    assert table["score_of_known"].tolist() == pytest.approx([6 / 9, 0, 4 / 6])
    assert table["completeness"].tolist() == [0.75, 1, 0.5]
    assert found.counts == {"deals": 3, "won": 0, "lost": 0, "undecided": 3}
    assert "weights are learnt from 10 of each" in found.notes[-1]
    assert found.comparison.empty
    assert found.to_json()


def test_wide_and_long_frames_give_the_same():
    wide = planted(300)
    one = qualify(wide, frameworks=FRAMEWORKS)
    other = qualify(long(wide))
    pd.testing.assert_frame_equal(one.comparison, other.comparison)
    pd.testing.assert_frame_equal(one.dimensions, other.dimensions)


def test_planted_weights_come_back():
    found = qualify(planted(), frameworks={"all": ["need", "money", "goal", "noise"]})
    rows = found.dimensions.set_index("dimension")
    # Where a tenth is unknown, the odds of a point shrink a little.
    for name, weight in {"need": 1.0, "money": 0.5, "goal": 1.5, "noise": 0.0}.items():
        assert rows.loc[name, "weight"] == pytest.approx(weight, abs=0.15 + 0.1 * weight)
        assert rows.loc[name, "low"] < rows.loc[name, "weight"] < rows.loc[name, "high"]
    assert rows.loc["noise", "low"] < 0 < rows.loc["noise", "high"]
    assert rows["known"].between(0.85, 0.95).all()


def test_frameworks_are_compared_out_of_fold():
    found = qualify(planted(), frameworks=FRAMEWORKS)
    auc = found.comparison.set_index("framework")
    assert auc.loc["B", "auc"] > auc.loc["A", "auc"]
    assert auc.loc["together", "auc"] > auc.loc["B", "auc"]
    assert (auc["low"] < auc["auc"]).all()
    assert (auc["auc"] < auc["high"]).all()
    rows = found.scores[found.scores["framework"] == "B"]
    own = roc_auc_score(rows["state"] == "won", rows["chance"])
    assert auc.loc["B", "auc"] == pytest.approx(own)
    pair = found.differences.query("first == 'A' and second == 'B'").iloc[0]
    assert pair["difference"] < 0
    assert pair["p_adjusted"] < 0.01


def test_shuffled_outcomes_tell_nothing():
    rng = np.random.default_rng(1)
    wide = planted(1000)
    wide["outcome"] = rng.permutation(wide["outcome"])
    rows = qualify(wide, frameworks=FRAMEWORKS).comparison
    assert rows["auc"].between(0.42, 0.56).all()


def test_flags_of_goal_and_plan():
    wide = planted(400).assign(plan=[0, 1, 2, 3] * 100, start=[10, 100, 20, 100] * 100)
    wide["number"] = wide["outcome"] == "won"
    found = qualify(
        wide,
        frameworks={"GPCT": ["goal", "plan"]},
        quantified="number",
        days="start",
        least_days=30,
    )
    assert found.scores["feasible_plan"].tolist()[:4] == [False, False, False, True]
    rows = found.flags.set_index("what")
    assert rows.loc["quantified goal", ["win_rate_with", "win_rate_without"]].tolist() == [1, 0]
    assert rows.loc["quantified goal", "verdict"] == "wins more"
    assert rows.loc["feasible plan", "verdict"] == "no evidence"


def test_anchors_stand_for_every_score():
    anchors = qualification_anchors()
    assert anchors["framework"].value_counts().to_dict() == {"GPCT": 8, "MEDDICC": 7, "BANT": 4}
    assert (anchors[["0", "1", "2", "3"]].map(len) > 4).all(axis=None)
    assert qualification_anchors("BANT")["dimension"].tolist() == [
        "budget", "authority", "need", "timing",
    ]  # fmt: skip


def test_a_dimension_without_anchors_is_said():
    rows = pd.DataFrame(
        {"deal": [1], "framework": ["BANT"], "dimension": ["budgets"], "score": [2]}
    )
    found = qualify(rows, outcome=None)
    assert "BANT has no dimension 'budgets' with anchors. Did you mean 'budget'?" in found.notes


def test_refusals_name_rows():
    rows = long(planted(20))
    rows.loc[[3, 7], "score"] = [4, -1]
    with pytest.raises(DataError, match=r"2 are not numbers from 0 to 3 \(row 3: 4.0, row 7: -1.0"):
        qualify(rows)
    with pytest.raises(DataError, match="1 rows score a dimension of a deal again: rows 0"):
        qualify(pd.concat([long(planted(5)), long(planted(5)).iloc[[0]]]))
    with pytest.raises(DataError, match="no column 'score'"):
        qualify(planted(5).assign(framework="x", dimension="y"))
    with pytest.raises(ParameterError, match="folds"):
        qualify(rows, folds=1)
    with pytest.raises(ParameterError, match="ridge"):
        qualify(rows, ridge=-1)


def test_unknown_may_be_said_in_words_but_is_not_zero():
    rows = pd.DataFrame({"deal": [1, 2, 3], "b": ["Unknown", 0, "3"], "a": [" ", "n/a", 2]})
    found = qualify(rows, frameworks={"BANT": ["b", "a"]}, outcome=None)
    assert found.scores["deal"].tolist() == [2, 3]
    assert found.scores["completeness"].tolist() == [0.5, 1]
    assert found.dimensions["known"].tolist() == [1, 0.5]
    for wrong in ("yes", True, 4, -1):
        with pytest.raises(DataError, match="not numbers from 0 to 3"):
            qualify(rows.assign(b=wrong), frameworks={"BANT": ["b", "a"]}, outcome=None)


@pytest.mark.parametrize("won", [1, 12])
def test_a_framework_that_scores_few_deals_is_not_learnt(won):
    """Begun lately: the few deals scored by it are nearly all won."""
    wide = planted(200)
    some = wide.index[wide["outcome"] == "won"][:won]
    wide = wide.assign(new=pd.Series(2.0, index=some), rep="ann")
    found = qualify(wide, frameworks={**FRAMEWORKS, "C": "new"}, rep="rep")
    assert set(found.comparison["framework"]) == {"A", "B", "together"}
    assert found.dimensions.query("framework == 'C'")["weight"].isna().all()
    assert any(note.startswith("C: too few won or lost deals") for note in found.notes)


def test_days_are_numbers_or_lengths_of_time():
    wide = planted(20).assign(plan=3, start="30")
    options = {"frameworks": {"GPCT": ["plan"]}, "days": "start", "least_days": 31}
    assert not qualify(wide, **options).scores["feasible_plan"].any()
    length = wide.assign(start=pd.to_timedelta([40] * 20, unit="D"))
    assert qualify(length, **options).scores["feasible_plan"].all()
    with pytest.raises(DataError, match=r"start must be a finite number\. Got 'soon'"):
        qualify(wide.assign(start="soon"), **options)


def sold(seed, weak=None, deals=2100, reps=25):
    """Draw deals of sellers: a point of need is worth 1 log odds, with the weak one -0.3."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: rng.integers(0, 4, deals) for name in ("need", "money")})
    rep = rng.integers(0, reps, deals)
    worth = np.where(rep == weak, -0.3, 1.0)
    logit = worth * (table["need"] - 1.5) + 0.4 * table["money"] - 0.6
    won = rng.random(deals) < expit(logit + rng.normal(0, 0.4, reps)[rep])
    table = table.astype(float).mask(rng.random(table.shape) < 0.08)
    outcome = np.where(won, "won", "lost")
    return table.assign(deal=np.arange(deals), rep=rep, outcome=outcome)


def test_the_seller_who_develops_need_badly_is_named():
    found = qualify(sold(11, weak=3), frameworks={"A": ["need", "money"]}, rep="rep", folds=2)
    assert found.interactions["verdict"].tolist() == ["differs", "no evidence"]
    named = found.reps[found.reps["verdict"] != "no evidence"].to_dict("records")
    assert [(row["rep"], row["dimension"], row["verdict"]) for row in named] == [
        ("3", "need", "worth less")
    ]
    assert named[0]["low"] < -0.3 < named[0]["high"]
    others = found.reps.query("dimension == 'need' and rep != '3'")
    assert others["weight"].mean() == pytest.approx(1.0, abs=0.1)


def test_sellers_who_do_alike_are_not_told_apart():
    found = qualify(sold(12), frameworks={"A": ["need", "money"]}, rep="rep", folds=2)
    assert set(found.interactions["verdict"]) == set(found.reps["verdict"]) == {"no evidence"}
    few = qualify(sold(12, deals=60), frameworks={"A": ["need", "money"]}, rep="rep", folds=2)
    assert few.reps.empty
    assert "Sellers are not compared" in few.notes[-1]


def test_slopes_of_sellers_are_cochrans_by_hand():
    """Two sellers, one dimension, no ridge to speak of: Q is the squared z of their difference."""
    rows = sold(13, deals=400, reps=2)
    found = qualify(rows, frameworks={"A": ["need"]}, rep="rep", folds=2, ridge=1e-9)
    first, second = found.reps.to_dict("records")
    assert first["z"] == pytest.approx(-second["z"])
    assert found.interactions["statistic"][0] == pytest.approx(first["z"] ** 2)
    assert found.interactions["p"][0] == pytest.approx(first["p"])


def test_partial_dependence_is_the_mean_of_changed_deals():
    rows = planted(400).dropna(subset=["need", "money"], how="all")
    found = qualify(rows, frameworks={"A": ["need", "money"]}, folds=2)
    scores = rows[["need", "money"]]
    design = np.column_stack([scores.fillna(scores.mean()), scores.isna()]).astype(float)
    Z = (design - design.mean(axis=0)) / design.std(axis=0)
    won = rows["outcome"] == "won"
    with threadpool_limits(1):
        model = LogisticRegression(C=1.0, tol=1e-10, solver="newton-cholesky").fit(Z, won)
    for score in range(4):
        changed = design.copy()
        changed[:, 0], changed[:, 2] = score, 0
        moved = (changed - design.mean(axis=0)) / design.std(axis=0)
        chance = model.predict_proba(moved)[:, 1].mean()
        row = found.dependence.query("dimension == 'need' and score == @score").iloc[0]
        assert row["chance"] == pytest.approx(chance, abs=1e-6)
        assert row["low"] < chance < row["high"]
    need, money = (
        part["chance"].is_monotonic_increasing and np.ptp(part["chance"])
        for _, part in found.dependence.groupby("dimension", sort=False)
    )
    assert need > money > 0


def test_frameworks_must_be_named():
    with pytest.raises(ParameterError, match="a mapping from frameworks to their columns"):
        qualify(planted(50), frameworks=["need", "money"])
    for empty in ({}, {"A": []}):
        with pytest.raises(ParameterError, match="a mapping from frameworks to their columns"):
            qualify(planted(50), frameworks=empty)


def test_a_goal_without_a_number_may_be_said_in_words():
    wide = planted(400)
    wide["number"] = np.where(wide["outcome"] == "won", "yes", "no")
    found = qualify(wide, frameworks={"GPCT": ["goal"]}, quantified="number")
    rows = found.flags.set_index("what")
    assert rows.loc["quantified goal", ["win_rate_with", "win_rate_without"]].tolist() == [1, 0]
    with pytest.raises(DataError, match="number: 400 are neither true nor false"):
        qualify(wide.assign(number="maybe"), frameworks={"GPCT": ["goal"]}, quantified="number")
