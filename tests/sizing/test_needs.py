"""Changes of needs against published tests and intervals."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.sizing import need_changes
from segkit.sizing.needs import cochran_armitage


def survey(shares, answers=600, need="leave", seed=None):
    """Draw waves with these shares; exact counts without a seed."""
    rng = np.random.default_rng(seed)
    rows = []
    for wave, share in enumerate(shares, start=1):
        important = (
            rng.random(answers) < share
            if seed is not None
            else np.arange(answers) < round(share * answers)
        )
        rows.append(pd.DataFrame({"wave": wave, "need": need, "rating": np.where(important, 5, 2)}))
    return pd.concat(rows, ignore_index=True)


def changes(frame, **more):
    return need_changes(frame, wave="wave", need="need", rating="rating", **more)


def test_alcohol_and_malformation():
    # Agresti, Categorical Data Analysis, table 3.8: M^2 = 6.57 with scores 0, .5, 1.5, 4, 7.
    present, absent = [48, 38, 5, 1, 1], [17066, 14464, 788, 126, 37]
    trials = np.add(present, absent)
    z = cochran_armitage(present, trials, [0, 0.5, 1.5, 4, 7])
    assert z**2 == pytest.approx(6.57, abs=0.005)
    assert z > 0


def test_two_shares():
    # Newcombe 1998b, table II, example (a), method 10: 56/70 against 48/80.
    frame = pd.concat([survey([48 / 80], 80), survey([56 / 70], 70).assign(wave=2)])
    row = changes(frame, confidence=0.95).table.iloc[0]
    assert row["change"] == pytest.approx(0.2)
    assert (row["low"], row["high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_waves_need_not_be_evenly_spaced_and_order_does_not_matter():
    frame = survey([0.4, 0.45, 0.5]).replace({"wave": {3: 9}})
    shuffled = frame.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(changes(frame).table, changes(shuffled).table)
    assert changes(frame).table["z"].iloc[0] != changes(survey([0.4, 0.45, 0.5])).table["z"].iloc[0]


def test_false_alarms_stay_rare():
    alarms = 0
    for seed in range(60):
        parts = [survey([0.5] * 4, 300, f"need {n}", 1000 * seed + n) for n in range(8)]
        alarms += (changes(pd.concat(parts)).table["verdict"] != "stable").any()
    assert alarms <= 7  # 3 expected; more than 7 has a chance of 1 %


def test_few_answers_and_one_wave_tell_nothing():
    thin = changes(survey([0.2, 0.9], 10))
    assert thin.table["verdict"].tolist() == ["not enough data"]
    assert "leave" in thin.notes[0]
    assert changes(survey([0.5])).table["verdict"].tolist() == ["not enough data"]


def test_two_waves_show_a_change_but_no_trend():
    found = changes(survey([0.3, 0.6]))
    row = found.table.iloc[0]
    assert (row["change"], row["verdict"]) == (pytest.approx(0.3), "not enough data")
    assert row["low"] > 0
    assert "3 waves" in found.notes[0]


def test_answers_that_lack_a_part_are_counted():
    frame = survey([0.4, 0.6]).astype({"rating": "float"})
    frame.loc[:6, "rating"] = np.nan
    assert "7 answers" in changes(frame).notes[0]


def test_bad_input_is_told():
    with pytest.raises(DataError, match="no column 'rating'"):
        changes(pd.DataFrame({"wave": [1], "need": ["a"]}))
    with pytest.raises(
        DataError, match=r"needs: rating must be a finite number. Got 'high' in row 1"
    ):
        changes(pd.DataFrame({"wave": [1, 2], "need": "a", "rating": [5, "high"]}))
    with pytest.raises(DataError, match="no answer"):
        changes(pd.DataFrame({"wave": [None], "need": ["a"], "rating": [5]}))
    with pytest.raises(ParameterError, match="confidence"):
        changes(survey([0.4, 0.6]), confidence=1)
