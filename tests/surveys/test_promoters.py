"""Net promoter score and its error."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.surveys import nps


def test_standard_error_by_its_formula():
    """100 sqrt((p + d - (p - d)^2) / n) with p = .46, d = .22, n = 100."""
    found = nps([9] * 26 + [10] * 20 + [7] * 14 + [8] * 18 + [0] * 2 + [6] * 20)
    assert (found.promoters, found.passives, found.detractors) == (46, 32, 22)
    assert found.nps == pytest.approx(24)
    assert found.se == pytest.approx(100 * np.sqrt((0.68 - 0.24**2) / 100))


def test_score_is_the_mean_of_plus_and_minus():
    scores = np.random.default_rng(0).integers(0, 11, 500)
    marks = np.where(scores >= 9, 100, np.where(scores <= 6, -100, 0))
    found = nps(scores)
    assert found.nps == pytest.approx(marks.mean())
    assert found.se == pytest.approx(marks.std() / np.sqrt(500))


def test_interval_is_that_of_bonett_and_price():
    """(p + 1/(n + 2)) - (d + ...): 19 promoters and 1 detractor of 20; z = 1.6449."""
    low, high = nps([10] * 19 + [3]).interval
    p, d = 20 / 22, 2 / 22
    reach = 1.6448536 * np.sqrt((p + d - (p - d) ** 2) / 22)
    assert (low, high) == pytest.approx((100 * (p - d - reach), 100 * min(p - d + reach, 1)))


def test_all_alike_are_not_certain():
    found = nps([10] * 12)
    assert (found.nps, found.se) == (100, 0)
    assert found.interval[0] < 90


def test_interval_covers():
    rng = np.random.default_rng(3)
    held = sum(
        low <= 24 <= high
        for low, high in (
            nps(rng.choice([10, 8, 3], 60, p=[0.46, 0.32, 0.22])).interval for _ in range(200)
        )
    )
    assert 168 <= held <= 192


def test_groups_are_compared_by_the_pooled_error():
    frame = pd.DataFrame(
        {"score": [10] * 60 + [5] * 40 + [10] * 30 + [5] * 50, "who": ["x"] * 100 + ["y"] * 80}
    )
    found = nps(frame, "who", score="score")
    assert found.groups["nps"].tolist() == pytest.approx([20, -25])
    row = found.differences.iloc[0]
    p, d = 90 / 180, 90 / 180
    se = 100 * np.sqrt((p + d - (p - d) ** 2) * (1 / 100 + 1 / 80))
    assert (row["difference"], row["se"], row["z"]) == pytest.approx((45, se, 45 / se))
    assert row["p_adjusted"] == pytest.approx(0.0027, abs=2e-4)


def test_bad_scores_are_named():
    with pytest.raises(DataError, match=r"Got 11 in row 1, -1 in row 2"):
        nps([5, 11, -1])
    with pytest.raises(DataError, match=r"8\.5 in row 0"):
        nps([8.5])
    with pytest.raises(DataError, match=r"'ten' in row 0"):
        nps(["ten"])
    with pytest.raises(ParameterError, match="'score' parameter"):
        nps(pd.DataFrame({"points": [9, 3]}))
    with pytest.raises(DataError, match="no answer"):
        nps([np.nan])


def test_gaps_and_short_scales_are_said():
    assert nps([9, None, 3]).notes == ("1 answers without a score are left out.",)
    assert "No score is above 5" in nps([5, 4, 3]).notes[0]


def test_one_respondent():
    low, high = nps([10]).interval
    assert low < 0 < high


def test_a_column_named_score_is_taken():
    frame = pd.DataFrame({"segment": ["a", "b"] * 5, "score": [10, 9, 8, 3, 0] * 2})
    assert nps(frame).nps == nps(frame["score"]).nps == 0.0


def test_yes_and_no_are_no_scores():
    with pytest.raises(DataError, match="true and false"):
        nps([True, False])


def test_answers_without_a_group_are_said():
    found = nps([9, 9, 3, 4], [None, "a", "a", "b"])
    assert found.groups["answers"].sum() == 3
    assert "1 answers without a group" in found.notes[0]
