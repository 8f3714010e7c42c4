"""Evaluation of external factors, and their pairs with strengths and weaknesses."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.sizing import evaluate_factors, tows_pairs

FACTORS = pd.DataFrame(
    {
        "factor": ["mandate", "self-service", "price cut", "tenders"],
        "kind": ["opportunity", "opportunity", "threat", "threat"],
        "weight": [0.4, 0.2, 0.3, 0.1],
        "rating": [4, 3, 2, 1],
    }
)
INSIDE = pd.DataFrame(
    {
        "attribute": ["speed", "price", "fit"],
        "verdict": ["strength", "weakness", "on a par"],
        "weight": [0.6, 0.4, None],
        "rating": [4.0, 1.0, None],
    }
)


def evaluate(frame, **more):
    columns = {name: name for name in ("factor", "kind", "weight", "rating")}
    return evaluate_factors(frame, **columns, **more)


def test_score_is_the_weighted_rating():
    found = evaluate(FACTORS)
    assert found.score == pytest.approx(0.4 * 4 + 0.2 * 3 + 0.3 * 2 + 0.1 * 1)
    assert found.interval[0] < found.score < found.interval[1]


def test_weights_vary_as_stated():
    # Of n equal weights each varies by weight_error: the spread of the score follows from it.
    n, error = 10, 0.25
    ratings = np.array([4.0] * 5 + [1.0] * 5)
    frame = pd.DataFrame(
        {"factor": [f"f{i}" for i in range(n)], "kind": "threat", "weight": 1 / n}
    ).assign(rating=ratings)
    low, high = evaluate(frame, weight_error=error).interval
    # Variance of a Dirichlet mean of ratings: population variance of ratings / (concentration + 1).
    sd = np.sqrt(ratings.var() / ((n - 1) / error**2))
    assert (high - low) / 2 == pytest.approx(1.645 * sd, rel=0.05)


def test_equal_ratings_leave_no_doubt():
    found = evaluate(FACTORS.assign(rating=3))
    assert found.interval == pytest.approx((3, 3))


def test_pairs_rank_by_both_sides():
    pairs = tows_pairs(INSIDE, FACTORS)
    assert len(pairs) == 2 * 4
    assert pairs["score"].sum() == pytest.approx(1)
    first = pairs.iloc[0]
    assert (first["pair"], first["internal"], first["external"]) == ("SO", "speed", "mandate")
    expected = 0.6 * 1.5 * 0.3 * 0.5 / (0.6 * 1.5 * 0.3 * 0.5 + 0.4 * 1.5 * 0.3 * 0.5)
    cut = pairs[pairs["external"] == "price cut"].set_index("pair")["score"]
    assert cut["ST"] / cut.sum() == pytest.approx(expected)


def test_internal_factors_are_evaluated_alike():
    # Weights .4 .2 .3 .1 and ratings 4 3 2 1, as for the external ones.
    inside = FACTORS.replace({"opportunity": "strength", "threat": "weakness"})
    assert evaluate(inside).score == pytest.approx(2.9)
    mixed = FACTORS.replace({"threat": "weakness"})
    with pytest.raises(DataError, match="price cut: the kind is opportunity or threat"):
        evaluate(mixed)


def test_score_of_a_pair_is_impact_times_likelihood():
    pairs = tows_pairs(INSIDE, FACTORS).set_index(["internal", "external"])
    row = pairs.loc["speed", "price cut"]
    assert row["impact"] == pytest.approx(0.6 * 0.3)
    assert row["likelihood"] == pytest.approx(1.5 / 1.5 * 0.5 / 1.5)
    product = pairs["impact"] * pairs["likelihood"]
    assert pairs["score"].tolist() == pytest.approx((product / product.sum()).tolist())


def test_pairs_of_unknown_kinds_are_refused():
    with pytest.raises(DataError) as caught:
        tows_pairs(INSIDE.assign(verdict="rival"), FACTORS.assign(kind="luck"))
    assert "speed: the verdict is strength or weakness" in str(caught.value)
    assert "mandate: the kind is opportunity or threat" in str(caught.value)


def test_a_factor_twice_is_refused():
    with pytest.raises(DataError, match="mandate: stands there twice"):
        evaluate(FACTORS.assign(factor=["mandate", "mandate", "price cut", "tenders"]))


def test_all_faults_are_told_at_once():
    wrong = FACTORS.assign(weight=[0.4, 0.2, 0.3, -0.2], rating=[4, 9, 2, 1])
    wrong.loc[0, "kind"] = "chance"
    with pytest.raises(DataError) as caught:
        evaluate(wrong)
    words = str(caught.value)
    for part in ("tenders: a weight", "self-service: a rating", "'chance'", "They sum to 0.7"):
        assert part in words
