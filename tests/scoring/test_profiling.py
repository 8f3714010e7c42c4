"""Hours saved against wins lost: counts by hand, coverage by simulation."""

import numpy as np
import pytest

from segkit.errors import DataError, ParameterError
from segkit.scoring import profiling_policy


def test_counts_add_up_by_hand():
    score, won = [1, 1, 2, 2, 3], [False, True, False, True, True]
    curve = profiling_policy(score, won, [10, 20, 30, 5, 35]).curve
    assert curve["deals"].tolist() == [0, 2, 4]
    assert curve["hours"].tolist() == [0, 30, 65]
    assert curve["wins"].tolist() == [0, 1, 2]
    assert curve["lost"].tolist() == pytest.approx([0, 1 / 3, 2 / 3])
    assert curve["precision"].tolist() == pytest.approx([3 / 5, 2 / 3, 1])


def test_no_policy_is_recommended_where_too_little_is_known():
    """None of five wins lost is no proof: the upper end of 0 of 5 is 35 % (Wilson)."""
    found = profiling_policy([0] * 20 + [1] * 5, [False] * 20 + [True] * 5)
    assert found.curve["lost_high"].iloc[1] == pytest.approx(0.351, abs=0.001)
    assert found.recommended == 0


def test_money_decides_where_it_is_known():
    score = np.repeat([0, 1, 2], 100)
    won = np.arange(300) % 100 < np.repeat([5, 20, 60], 100)
    cheap = profiling_policy(score, won, win_value=100, hour_cost=10)
    dear = profiling_policy(score, won, win_value=1000, hour_cost=10)
    assert (cheap.recommended, dear.recommended) == (1, 0)


def test_intervals_of_hours_saved_cover():
    rng = np.random.default_rng(0)
    inside = 0
    for run in range(200):
        score = rng.random(200) < 0.6
        hours = rng.gamma(2, 5, 200) * np.where(score, 2, 1)
        found = profiling_policy(score, rng.random(200) < 0.3, hours, draws=200, random_state=run)
        row = found.curve.iloc[1]
        inside += row["saved_low"] <= 0.4 / (0.4 + 0.6 * 2) <= row["saved_high"]
    assert 0.84 <= inside / 200 <= 0.96


def test_many_scores_make_a_curve_of_at_most_a_hundred_points():
    rng = np.random.default_rng(1)
    score = rng.random(5000)
    found = profiling_policy(score, rng.random(5000) < score)
    assert len(found.curve) <= 100
    assert found.curve["lost"].is_monotonic_increasing
    assert found.recommended > 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (([1, 2], [True]), "as many"),
        (([1, None], [True, False]), "missing"),
        (([1, 2], [False, False]), "nothing to lose"),
        (([1, 2], [True, False], [-1, 2]), "0 or more"),
    ],
)
def test_bad_input_is_refused_in_words(call, said):
    with pytest.raises(DataError, match=said):
        profiling_policy(*call)
    with pytest.raises(ParameterError, match="most_lost"):
        profiling_policy([1, 2], [True, False], most_lost=1)


def test_wins_in_words_are_refused():
    with pytest.raises(DataError, match="won must hold 1"):
        profiling_policy([1, 2, 3], ["yes", "no", "no"])
