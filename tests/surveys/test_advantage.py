"""Importance x gap x effect on winning."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel

from segkit.errors import DataError
from segkit.surveys import best_in_class

NAMES = {
    "respondent": "who",
    "item": "item",
    "importance": "i",
    "performance": "us",
    "rival": "them",
    "won": "won",
}
# importance, gap to the rival, log odds of a point
ITEMS = {"demo": (8, 1, 0.6), "price": (9, 1, 0), "care": (7, -1, 0.5), "gifts": (2, 0, 0)}


def survey(n=500, seed=0):
    rng = np.random.default_rng(seed)
    us = rng.normal(6, 1.2, (n, len(ITEMS)))
    weight, gap, slope = np.array(list(ITEMS.values())).T
    won = rng.random(n) < 1 / (1 + np.exp(-(us - 6) @ slope))
    parts = {
        "who": np.repeat(np.arange(n), len(ITEMS)),
        "item": np.tile(np.array(list(ITEMS), dtype=object), n),
        "i": np.tile(weight, n),
        "us": us.ravel(),
        "them": (us + gap + rng.normal(0, 1, us.shape)).ravel(),
        "won": np.repeat(won, len(ITEMS)),
    }
    return pd.DataFrame(parts)


@pytest.mark.parametrize("seed", [0, 1])
def test_planted_items_are_told_apart(seed):
    table = best_in_class(survey(seed=seed), **NAMES).table.set_index("item")
    assert table["verdict"].to_dict() == {
        "demo": "close the gap",
        "price": "behind, no effect seen",
        "care": "hold the lead",
        "gifts": "no effect seen",
    }
    demo = table.loc["demo"]
    assert (demo["rank"], demo["rank_low"]) == (1, 1)
    assert demo["odds_low"] < np.exp(0.6) < demo["odds_high"]
    gain = demo["importance"] * demo["gap"] * np.log(demo["odds_ratio"])
    assert demo["gain"] == pytest.approx(gain)
    assert table.loc["care", "gain"] == 0


def test_gap_is_bounded_and_tested_as_scipy_does():
    """scipy.stats.ttest_rel of 12 buyers."""
    us = [3, 4, 6, 5, 7, 8, 4, 6, 5, 7, 6, 9]
    them = [5, 4, 7, 8, 7, 9, 6, 6, 8, 7, 5, 9]
    frame = pd.DataFrame({"who": range(12), "item": "a", "i": 1, "us": us, "them": them})
    row = best_in_class(frame.assign(won=[0, 1] * 6), **NAMES).table.iloc[0]
    test = ttest_rel(them, us)
    ends = test.confidence_interval(0.9)
    assert row[["gap_low", "gap_high", "gap_p"]].tolist() == pytest.approx([*ends, test.pvalue])


def test_odds_ratio_of_a_two_by_two_table():
    """One item rated 1 or 2: the odds ratio is that of the cross table, (30 x 40) / (20 x 10)."""
    counts = {(2, 1): 30, (2, 0): 10, (1, 1): 20, (1, 0): 40}
    rows = [pair for pair, count in counts.items() for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["us", "won"]).assign(who=range(100), item="a", i=1, them=2)
    row = best_in_class(frame, **NAMES).table.iloc[0]
    # The prior pulls towards 1, by 1 % of the log odds at most.
    assert np.log(row["odds_ratio"]) == pytest.approx(np.log(6), rel=0.01)
    se = np.sqrt(1 / 30 + 1 / 10 + 1 / 20 + 1 / 40)
    reach = np.log(row["odds_high"] / row["odds_ratio"]) / 1.6448536
    assert reach == pytest.approx(se, rel=0.01)


def test_an_item_that_parts_all_deals_stays_finite():
    frame = survey()
    demo = frame["us"][frame["item"] == "demo"].to_numpy() > 6
    row = best_in_class(frame.assign(won=np.repeat(demo, len(ITEMS))), **NAMES).table.iloc[0]
    assert row["item"] == "demo"
    assert np.isfinite(row["odds_high"])


def test_few_deals_are_refused():
    frame = survey()
    with pytest.raises(DataError, match=r"all 4 items, 7 won and \d+ did not. .* needs 20 of each"):
        best_in_class(frame.assign(won=frame["who"] < 7), **NAMES)


def test_gaps_are_said():
    frame = survey()
    frame.loc[0, "us"] = np.nan
    found = best_in_class(frame, **NAMES)
    assert found.respondents == 499
    assert [note.split(" ")[0] for note in found.notes] == ["1", "1"]


def test_bad_outcomes_are_named():
    frame = survey().assign(won=lambda rows: rows["won"].astype(object))
    frame.loc[4, "won"] = "maybe"
    with pytest.raises(DataError, match=r"won must be .* Got 'maybe' in row 4"):
        best_in_class(frame, **NAMES)


def test_a_deal_is_won_or_not():
    frame = survey()
    frame.loc[0, "won"] = not frame["won"][0]
    with pytest.raises(DataError, match=r"both true and false for 1 respondents \(0\)"):
        best_in_class(frame, **NAMES)
    with pytest.raises(DataError, match="true or false"):
        best_in_class(frame.assign(won=0.5), **NAMES)
