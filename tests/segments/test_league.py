"""The league table: the scheme that made the outcomes comes first, a random one last."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold

from segkit.errors import DataError
from segkit.segments import league_table, segment_tests


@pytest.fixture(scope="module")
def base():
    rng = np.random.default_rng(0)
    job = rng.integers(3, size=900)
    return pd.DataFrame(
        {
            "job": np.array(["pay", "hire", "report"])[job],
            "size": np.where(rng.uniform(size=900) < 0.6, job, rng.integers(3, size=900)),
            "region": rng.choice(["N", "S", "E", "W"], 900),
            "staff": rng.lognormal(3 + job, 0.5),
            "revenue": rng.lognormal(6 + job, 0.7),
            "churned": rng.uniform(size=900) < np.array([0.1, 0.3, 0.6])[job],
            "won": np.where(rng.uniform(size=900) < np.array([0.7, 0.5, 0.2])[job], "yes", "no"),
        }
    )


def test_the_planted_scheme_is_first_and_a_random_one_foretells_nothing(base):
    labels = np.random.default_rng(1).integers(4, size=900)
    schemes = {"job": "job", "size": "size", "region": "region", "random": labels}
    table = league_table(base, schemes, value="revenue", outcomes=["churned", "won"])
    assert table["scheme"].tolist()[:2] == ["job", "size"]
    rows = table.set_index("scheme")
    # Planted: the jobs' means lie 1 apart on the log scale, variance 2/3 against 0.49 within.
    assert rows.loc["job", "value_r2"] == pytest.approx(0.58, abs=0.06)
    assert rows.loc["job", "auc_churned"] == pytest.approx(0.73, abs=0.05)
    assert rows.loc["random", "value_r2"] < 0.01
    assert rows.loc["random", "auc_churned"] == pytest.approx(0.5, abs=0.05)
    assert (rows["auc_won_error"] > 0).all()


def test_what_else_is_asked_for_stands_beside(base):
    found = segment_tests(base, "job", descriptors=["staff"], outcomes=["won"])
    table = league_table(
        base,
        ["job", "region"],
        value="revenue",
        descriptors=["staff"],
        stability={"job": 0.9},
        tests={"job": found},
    ).set_index("scheme")
    assert table.loc["job", "identifiable"] > 0.7
    assert table.loc["region", "identifiable"] == pytest.approx(0.5, abs=0.07)
    assert table.loc["job", "stability"] == 0.9
    assert np.isnan(table.loc["region", "stability"])
    known = found.table[found.table["result"] != "unknown"]
    assert table.loc["job", "passed"] == pytest.approx((known["result"] == "pass").mean())


def test_a_numeric_column_is_taken_by_fifths_and_missing_ones_by_themselves(base):
    holes = base.assign(staff=base["staff"].where(np.arange(900) % 9 > 0))
    table = league_table(holes, ["staff"], value="revenue")
    assert table["segments"].item() == 6


def test_faults_are_named_at_once(base):
    with pytest.raises(DataError) as caught:
        league_table(base, {"a": "jobs", "b": [1, 2]}, value="revenu", outcomes=["region"])
    for part in ("'jobs'", "Did you mean 'revenue'", "2 labels for 900", "'region' has 4 values"):
        assert part in str(caught.value)
    with pytest.raises(DataError, match="a value or outcomes"):
        league_table(base, ["job"])


def test_the_error_of_an_auc_counts_the_folds_that_have_one():
    """Of ten folds only those with churned customers have an AUC: their spread over their root."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"job": rng.choice(["pay", "hire"], 60), "churned": np.arange(60) < 4})
    found = league_table(frame, ["job"], outcomes=["churned"]).iloc[0]
    scores = []
    for train, test in KFold(10, shuffle=True, random_state=0).split(frame):
        rates = frame.iloc[train].groupby("job")["churned"].mean()
        hits = frame["churned"].iloc[test]
        if 0 < hits.mean() < 1:
            scores.append(roc_auc_score(hits, frame["job"].iloc[test].map(rates)))
    assert 2 <= len(scores) < 10
    error = np.std(scores, ddof=1) / np.sqrt(len(scores))
    assert found["auc_churned"] == pytest.approx(np.mean(scores))
    assert found["auc_churned_error"] == pytest.approx(error)
