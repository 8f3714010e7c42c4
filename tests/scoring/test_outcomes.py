"""Outcomes by a stated rule, against the planted ones and against counting by hand."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.samples import make_case
from segkit.scoring import deal_outcomes

AS_OF = "2026-06-30"


def deals(**columns):
    table = pd.DataFrame(
        {
            "opp_id": [f"d{i}" for i in range(8)],
            "outcome": ["Won", "won", "Lost", "stuck", "Proposal", "Proposal", "won", "won"],
            "created": ["2026-01-01"] * 5 + ["2026-06-01", "2026-02-01", None],
            "closed": ["2026-01-11", "2026-05-01", "2026-02-20", None, None, None, "2026-01-20",
                       "2026-03-01"],
        }
    )  # fmt: skip
    return table.assign(**columns)


@pytest.mark.parametrize("seed", [7, 3])
def test_planted_fast_deals_are_told_from_slow_ones(seed):
    case = make_case(seed=seed, scale=0.3)
    found = deal_outcomes(case.tables["opportunities"], case.tables["stage_history"], as_of=AS_OF)
    fast = found.outcome.index[found.outcome == "fast_won"]
    assert sorted(fast) == sorted(case.truth["rules"]["realised"]["fast_won"])
    planted = case.truth["rules"]["realised"]["deals"]
    counts = found.outcome.value_counts()
    assert counts["refused"] == planted["refused"]
    assert 0 <= counts["stuck"] - planted["stuck"] <= 0.05 * planted["open"]  # the oldest ones
    assert found.counts["deals"].sum() == len(case.tables["opportunities"])


def test_each_deal_by_hand():
    found = deal_outcomes(deals(), as_of=AS_OF, fast_days=30, stuck_days=100)
    told = found.deals.set_index("deal")
    assert told["outcome"].fillna("").tolist() == [
        "fast_won", "slow_won", "refused", "stuck", "stuck", "", "", "",
    ]  # fmt: skip
    assert told["set_aside"].tolist()[5:] == [
        "open, moved within 100 days",
        "closed before it was opened",
        "won, but the days are not known",
    ]
    assert told.loc["d0", "days"] == 10
    assert told.loc["d5", "still"] == 29
    assert "within 30 days" in found.rule


def test_a_later_stage_is_movement():
    stages = pd.DataFrame({"opp_id": ["d4", "d4"], "stage": ["demo", "offer"],
                           "entered_at": ["2026-02-01", "2026-06-20"]})  # fmt: skip
    found = deal_outcomes(deals(), stages, as_of=AS_OF, fast_days=30, stuck_days=100)
    row = found.deals.set_index("deal").loc["d4"]
    assert (row["still"], row["stage"], row["set_aside"]) == (
        10, "offer", "open, moved within 100 days",
    )  # fmt: skip


def test_tables_given_stay_as_they_are():
    table = deals()
    stages = pd.DataFrame({"opp_id": ["d4"], "stage": ["demo"], "entered_at": ["2026-02-01"]})
    before = table.copy(), stages.copy()
    deal_outcomes(table, stages, as_of=AS_OF)
    pd.testing.assert_frame_equal(table, before[0])
    pd.testing.assert_frame_equal(stages, before[1])


def test_the_day_of_reference_is_an_argument():
    early = deal_outcomes(deals(), as_of="2026-01-31", fast_days=30, stuck_days=100)
    told = early.deals.set_index("deal")
    assert told.loc["d1", "set_aside"] == "decided after the day of reference"
    assert told.loc["d5", "set_aside"] == "opened after the day of reference"


def test_natural_break_lies_between_two_kinds():
    rng = np.random.default_rng(0)
    days = np.concatenate([rng.integers(5, 20, 60), rng.integers(90, 200, 40)])
    start = pd.Timestamp("2025-01-01")
    table = pd.DataFrame({"opp_id": range(100), "outcome": "won", "created": start,
                          "closed": start + pd.to_timedelta(days, unit="D")})  # fmt: skip
    found = deal_outcomes(table, as_of=AS_OF)
    assert found.fast_days == days[:60].max()
    assert (found.outcome == "fast_won").sum() == 60


def test_faults_are_told_together():
    table = deals()
    table.loc[1, "opp_id"] = "d0"
    table.loc[4, "closed"] = "2026-03-01"
    with pytest.raises(DataError) as caught:
        deal_outcomes(table, as_of=AS_OF)
    assert "stand more than once, such as 'd0'" in str(caught.value)
    assert "'Proposal' is none of won, refused or stuck" in str(caught.value)
    with pytest.raises(DataError, match="no column 'closed'"):
        deal_outcomes(table.drop(columns="closed"), as_of=AS_OF)
    with pytest.raises(ParameterError, match="above 0"):
        deal_outcomes(table, as_of=AS_OF, fast_days=0)
