"""Time in stages from events: hand values, censoring, groups."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.process import time_in_stage

EVENTS = pd.DataFrame(
    [
        ("a", "demo", 0), ("a", "offer", 10), ("a", "demo", 12), ("a", "offer", 15),
        ("a", "won", 30),
        ("b", "demo", 0), ("b", "lost", 20),
        ("c", "demo", 5),
        ("d", "offer", 0), ("d", "lost", 6),
    ],
    columns=["case", "stage", "entered_at"],
)  # fmt: skip


def test_visits_and_ways_out_by_hand():
    found = time_in_stage(EVENTS, stages=["demo", "offer"], as_of=30)
    table = found.table.set_index("stage")
    assert table.loc["demo", ["visits", "left", "waiting"]].tolist() == [4, 3, 1]
    assert table.loc["offer", ["visits", "left", "waiting"]].tolist() == [3, 3, 0]
    exits = found.exits.set_index(["stage", "cause"])
    assert exits.loc[("demo", "advance"), "events"] == 2
    assert exits.loc[("demo", "lost"), "events"] == 1
    assert exits.loc[("offer", "back"), "events"] == 1
    assert exits.loc[("offer", "advance"), "median"] == 15
    # Days in the demo: 3, 10, 20, and c after 25 days still there.
    curve = found.curves.query("stage == 'demo'")
    assert curve["time"].tolist() == [3, 10, 20]
    assert curve["waiting"].tolist() == pytest.approx([3 / 4, 2 / 4, 1 / 4])
    assert table.loc["demo", "median"] == 15


def test_outcomes_without_a_day_wait_until_the_date_of_the_data():
    rows = EVENTS[EVENTS["case"] == "c"].assign(outcome="lost")
    found = time_in_stage(rows, outcome="outcome", as_of=30)
    assert found.table["waiting"].tolist() == [1]
    assert any("an outcome without a day" in note for note in found.notes)


def test_groups_are_compared_within_each_stage():
    rng = np.random.default_rng(0)
    n = 120
    days = rng.exponential(np.where(np.arange(n) < 60, 10, 30))
    rows = pd.DataFrame({"case": np.arange(n), "stage": "demo", "entered_at": 0.0})
    ends = rows.assign(stage="won", entered_at=days)
    size = np.where(np.arange(n) < 60, "small", "large")
    events = pd.concat([rows.assign(size=size), ends.assign(size=size)])
    found = time_in_stage(events, group="size")
    medians = found.table.set_index("group")["median"]
    assert medians["small"] < medians["large"]
    assert found.tests["p_adjusted"][0] < 0.001
    with pytest.raises(DataError, match="size: 120 cases have more than one"):
        time_in_stage(pd.concat([rows.assign(size="a"), ends.assign(size="b")]), group="size")


def test_visits_may_be_over_in_words_and_last_lengths_of_time():
    visits = pd.DataFrame({"stage": "a", "days": pd.to_timedelta([1, 3, 5], unit="D")})
    said = visits.assign(over=["Yes", None, "yes"])
    found = time_in_stage(said, duration="days", event="over")
    assert found.table[["left", "waiting", "median"]].iloc[0].tolist() == [2, 1, 5]
    ways = time_in_stage(visits.assign(way=["won", None, "lost"]), duration="days", event="way")
    assert ways.exits["cause"].tolist() == ["won", "lost"]


def test_visits_that_cannot_be_used_are_said():
    visits = pd.DataFrame({"stage": ["a", None, "a"], "days": [1.0, 2.0, None], "over": [1, 1, 1]})
    found = time_in_stage(visits, duration="days", event="over")
    assert found.table["visits"].tolist() == [1]
    assert found.notes == ("2 visits without a stage, time or group are set aside.",)
    with pytest.raises(DataError, match="No visit can be used"):
        time_in_stage(visits.iloc[1:], duration="days")
    with pytest.raises(DataError, match="without it give `duration`"):
        time_in_stage(EVENTS, stage=None)
