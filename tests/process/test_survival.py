"""Waiting times against published figures and identities."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.process import time_in_stage, time_to_event

# R's survival::aml (Miller 1981): weeks of remission, 1 where it ended.
AML = pd.DataFrame(
    {
        "x": ["Maintained"] * 11 + ["Nonmaintained"] * 12,
        "time": [
            *(9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161),
            *(5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45),
        ],
        "status": [*(1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0), *(1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1)],
    }
)


def test_aml_medians_and_log_rank():
    found = time_to_event(AML["time"], AML["status"], group=AML["x"])
    assert found.table["median"].tolist() == [31, 23]
    assert found.log_rank["statistic"] == pytest.approx(3.396389, abs=1e-6)
    assert found.log_rank["p"] == pytest.approx(0.0653393, abs=1e-7)


@pytest.mark.parametrize("names", [{"stage": "x"}, {"stage": None, "group": "x"}])
def test_aml_as_visits_of_stages(names):
    found = time_in_stage(AML, duration="time", event="status", **names)
    assert found.table["median"].tolist() == [31, 23]
    assert found.tests["statistic"][0] == pytest.approx(3.396389, abs=1e-6)
    assert found.table[["visits", "left", "waiting"]].to_numpy().tolist() == [
        [11, 7, 4],
        [12, 11, 1],
    ]


def test_freireich_1963():
    """6-MP against placebo: medians 23 and 8, log-rank 16.793 (Cox & Oakes; Kleinbaum & Klein)."""
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    going = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = time_to_event(
        ended + going + placebo, [1] * 9 + [0] * 12 + [1] * 21, group=["6-MP"] * 21 + ["-"] * 21
    )
    assert found.table["median"].tolist() == [23, 8]
    assert found.log_rank["statistic"] == pytest.approx(16.793, abs=1e-3)
    curve = found.curves.query("group == '6-MP'")["waiting"].round(3).tolist()
    assert curve == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def drawn(n=200, seed=0):
    rng = np.random.default_rng(seed)
    first, second, stop = (rng.exponential(mean, n) for mean in (3.0, 6.0, 8.0))
    time = np.minimum(np.minimum(first, second), stop).round(1)
    cause = np.select([time == first.round(1), time == second.round(1)], ["advance", "lost"], "")
    return time, cause


def test_waiting_and_all_causes_make_one():
    time, cause = drawn()
    found = time_to_event(time, cause)
    shares = found.causes.groupby("time")["share"].sum().to_numpy()
    assert shares + found.curves["waiting"].to_numpy() == pytest.approx(np.ones(len(shares)))
    assert found.ends["events"].sum() == (cause != "").sum()
    numbered = time_to_event(time, np.select([cause == "advance", cause == "lost"], [1, 2]))
    assert numbered.causes.query("cause == '2'")["share"].tolist() == pytest.approx(
        found.causes.query("cause == 'lost'")["share"].tolist()
    )


def test_without_censoring_a_cause_is_a_share_with_its_binomial_variance():
    """Then Aalen-Johansen's estimate is a count, and its variance F (1 - F) / n."""
    rng = np.random.default_rng(2)
    time, cause = rng.permutation(300) + 1.0, rng.choice(["a", "b"], 300, p=[0.3, 0.7])
    rows = time_to_event(time, cause).causes.query("cause == 'a' and time <= 200")
    share = np.array([((cause == "a") & (time <= t)).mean() for t in rows["time"]])
    assert rows["share"].to_numpy() == pytest.approx(share)
    last = rows.iloc[-1]
    reach = 1.6448536 * np.sqrt(share[-1] * (1 - share[-1]) / 300)
    reach /= abs(share[-1] * np.log(share[-1]))
    assert last["low"] == pytest.approx(share[-1] ** np.exp(reach))
    assert last["high"] == pytest.approx(share[-1] ** np.exp(-reach))


def test_interval_of_a_cause_covers():
    """Chance to advance is 2/3 (rates 1/3 against 1/6): by t = 4 it is 2/3 (1 - e^-2)."""
    planted, inside = 2 / 3 * (1 - np.exp(-2)), 0
    for seed in range(100):
        rows = time_to_event(*drawn(seed=seed)).causes.query("cause == 'advance' and time <= 4")
        inside += rows["low"].iloc[-1] < planted < rows["high"].iloc[-1]
    assert 82 <= inside <= 98


def test_a_median_between_two_halves_is_their_middle():
    assert time_to_event([1, 2, 3, 4], [1, 1, 1, 1]).table["median"][0] == 2.5
    assert time_to_event([1, 2, 3], [1, 0, 0]).table["median"][0] == np.inf


def test_refusals_name_what_is_wrong():
    with pytest.raises(DataError, match="1 are not: rows 1"):
        time_to_event([1, -2], [1, 1])
    with pytest.raises(DataError, match="events has 1 entries and durations 2"):
        time_to_event([1, 2], [1])
    with pytest.raises(DataError, match=r"events must be 0 where none.* Found 1, 2\."):
        time_to_event([1, 2], [1, 2])
    with pytest.raises(DataError, match="group has 1 entries"):
        time_to_event([1, 2], [1, 0], group=["a"])
    with pytest.raises(ParameterError, match="confidence"):
        time_to_event([1], [1], confidence=2)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (["yes", "no", "YES ", " No", ""], ("event",)),
        (["True", "False", "true", "false", None], ("event",)),
        ([1, 0, 1, 0, None], ("event",)),
        (["1", "0", "1", "0", " "], ("event",)),
        (["won", "no", "won", "0", None], ("won",)),
        (["won", "False", "yes", "0", None], ("won", "yes")),
    ],
)
def test_words_for_none_yet_are_no_cause(said, names):
    found = time_to_event([1.0, 2.0, 3.0, 4.0, 5.0], pd.Series(said, dtype=object))
    assert found.table["events"].tolist() == [2]
    assert tuple(found.ends["cause"]) == names
