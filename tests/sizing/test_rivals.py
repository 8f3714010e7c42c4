"""Strengths and weaknesses against planted gaps."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.sizing import strengths_and_weaknesses

GAPS = {"speed": 1.6, "support": 0.5, "fit": 0.0, "price": -1.4}


def ratings(respondents=300, seed=1, gaps=GAPS):
    rng = np.random.default_rng(seed)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "who": np.arange(respondents),
                    "what": name,
                    "importance": 7 + number,
                    "us": 6 + gap + rng.normal(0, 1, respondents),
                    "rival": 6 + rng.normal(0, 1, respondents),
                }
            )
            for number, (name, gap) in enumerate(gaps.items())
        ]
    )


def compare(frame, **more):
    return strengths_and_weaknesses(
        frame,
        respondent="who",
        attribute="what",
        importance="importance",
        us="us",
        rival="rival",
        **more,
    )


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_planted_gaps_are_found(seed):
    table = compare(ratings(seed=seed)).table.set_index("attribute").loc[[*GAPS]]
    verdicts = {"speed": "strength", "support": "strength", "fit": "on a par", "price": "weakness"}
    assert table["verdict"].to_dict() == verdicts
    assert (table["low"] < pd.Series(GAPS)).sum() >= 3
    assert (table["high"] > pd.Series(GAPS)).sum() >= 3


def test_evaluation_by_hand():
    # Importance 7, 8 and 10; ratings 4, 3 + .5 and 1: (7 x 4 + 8 x 3.5 + 10 x 1) / 25.
    gaps = {"speed": 1.6, "support": 0.5, "fit": 0.0, "price": -1.4}
    frame = ratings(400, 9, gaps)
    for name, gap in gaps.items():
        rows = frame["what"] == name
        frame.loc[rows, "us"] += gap - (frame.loc[rows, "us"] - frame.loc[rows, "rival"]).mean()
    found = compare(frame)
    assert found.table["weight"].sum() == pytest.approx(1)
    assert found.score == pytest.approx((28 + 28 + 10) / 25)
    assert found.interval[0] < found.score < found.interval[1]


def test_intervals_of_the_score_hold_it():
    # The score at the planted gaps, over samples: 90 % intervals hold it about nine times in ten.
    truth = (7 * 4 + 8 * 3.5 + 10 * 1) / 25
    held = 0
    for seed in range(40):
        low, high = compare(ratings(200, 100 + seed)).interval
        held += low <= truth <= high
    assert held >= 30


def test_identical_ratings_are_on_a_par():
    frame = ratings()
    frame["rival"] = frame["us"]
    found = compare(frame)
    assert set(found.table["verdict"]) == {"on a par"}
    assert np.isnan(found.score)


def test_a_handful_of_answers_is_not_judged():
    found = compare(ratings(4))
    assert set(found.table["verdict"]) == {"not enough data"}
    assert np.isnan(found.score)


def test_bad_input_is_told():
    with pytest.raises(DataError, match=r"importance must be a number of at least 0. Got -7"):
        compare(ratings().replace({"importance": {7: -7}}))
    with pytest.raises(DataError, match="no respondent"):
        compare(ratings().assign(us=None))
    with pytest.raises(ParameterError, match="major_gap"):
        compare(ratings(), major_gap=0)
