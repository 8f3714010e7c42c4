"""Items ranked by several criteria."""

import numpy as np
import pandas as pd
import pytest

from segkit.consensus import ahp, rank_by_criteria
from segkit.errors import DataError, ParameterError

FRAME = pd.DataFrame(
    {
        "segment": ["x", "y", "z"],
        "fit": [0.6, 0.4, 0.2],
        "margin": [0.1, 0.3, 0.5],
        "days": [100, 50, 150],
    }
)
WEIGHTS = {"fit": 0.6, "margin": 0.3, "days": 0.1}


def rank(frame=FRAME, **options):
    options = {"weights": WEIGHTS, "less_is_better": ["days"]} | options
    return rank_by_criteria(frame, item="segment", **options)


def test_sums_by_hand():
    found = rank()
    assert found.table["item"].tolist() == ["x", "y", "z"]
    # x: .6 x 1 + .3 x 0 + .1 x .5; y: .6 x .5 + .3 x .5 + .1 x 1; z: .3
    assert found.table["score"].tolist() == pytest.approx([0.65, 0.55, 0.3])
    assert found.table["rank"].tolist() == [1, 2, 3]
    parts = found.parts.set_index("item").loc["x"]
    assert parts.to_dict() == pytest.approx({"fit": 0.6, "margin": 0.0, "days": 0.05})


def test_z_scores_have_mean_0():
    scaled = rank(scale="z").scaled.set_index("item")
    assert scaled.mean().abs().max() == pytest.approx(0, abs=1e-12)
    assert scaled.std(ddof=0).to_numpy() == pytest.approx(1)
    assert scaled["days"].idxmax() == "y"


def test_scaling_a_criterion_changes_nothing():
    other = FRAME.assign(fit=FRAME["fit"] * 100 + 7, days=FRAME["days"] / 30)
    assert rank(other).table["score"].to_numpy() == pytest.approx(rank().table["score"].to_numpy())


def test_a_segment_best_in_all_keeps_its_rank_and_rank_shares_add_up():
    frame = FRAME.assign(margin=[0.9, 0.3, 0.5], days=[10, 50, 150])
    found = rank(frame)
    best = found.table.iloc[0]
    assert (best["item"], best["score"], best["keeps"]) == ("x", pytest.approx(1.0), 1.0)
    shares = found.rank_shares.set_index("item")
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1)
    rivals = rank().table.set_index("item")
    assert 0.2 < rivals.loc["x", "keeps"] < 0.8
    assert rivals.loc["x", "rank_low"] < rivals.loc["x", "rank_high"]


def test_weights_of_a_panel_go_straight_in():
    panel = ahp({("fit", "margin"): 2, ("margin", "days"): 2, ("fit", "days"): 4})
    found = rank(weights=panel.weights)
    assert found.weights == pytest.approx({"fit": 4 / 7, "margin": 2 / 7, "days": 1 / 7})


def test_missing_and_flat_values_are_said():
    frame = pd.concat([FRAME, pd.DataFrame({"segment": ["w"], "fit": [0.5], "days": [1]})])
    found = rank(frame.assign(margin=[0.1, 0.1, 0.1, np.nan]))
    assert "w is set aside: no margin." in found.notes
    assert "margin is the same for all items and tells nothing." in found.notes
    assert len(found.table) == 3


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (FRAME.assign(segment="x"), "x stands twice"),
        (FRAME.assign(fit=np.inf), "fit of x is infinite"),
        (FRAME.drop(columns="margin"), "no column 'margin'"),
        (FRAME.assign(fit=[1.0, None, None]), "Found 1. y is set aside: no fit"),
        (7, "must be a pandas"),
    ],
)
def test_criteria_that_cannot_be_weighed_are_explained(frame, words):
    with pytest.raises(DataError, match=words):
        rank(frame)


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": {}, "less_is_better": []},
        {"weights": {"fit": -1.0}, "less_is_better": []},
        {"less_is_better": ["day"]},
        {"scale": "log"},
        {"weight_error": 1.0},
        {"confidence": 2},
    ],
)
def test_parameters_out_of_bounds(wrong):
    with pytest.raises(ParameterError, match=f"'{next(iter(wrong))}' parameter"):
        rank(**wrong)
