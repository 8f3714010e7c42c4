"""Completion of tasks: hand values, clusters of users, refusals."""

import numpy as np
import pandas as pd
import pytest

from segkit.clusters import effective_trials
from segkit.errors import DataError, ParameterError
from segkit.intervals import wilson_interval
from segkit.process import task_completion


def log():
    rows = [("execute", True, None, 5.0)] * 90 + [("execute", False, "slow", 30.0)] * 10
    rows += [("define", True, None, 4.0)] * 40 + [("define", False, "approval", 9.0)] * 50
    rows += [("define", False, " ", 9.0)] * 10
    return pd.DataFrame(rows, columns=["step", "done", "why", "minutes"])


def test_steps_by_hand():
    found = task_completion(log(), completed="done", reason="why", duration="minutes")
    assert found.counts == {"attempts": 200, "completed": 130, "failed": 70, "aside": 0}
    steps = found.steps.set_index("step")
    assert list(steps.index) == ["define", "execute"]
    assert steps["share"].tolist() == [0.4, 0.9]
    assert steps.loc["define", ["low", "high"]].tolist() == pytest.approx(wilson_interval(40, 100))
    assert steps["verdict"].tolist() == ["less often", "more often"]
    assert steps["reaching"].tolist() == pytest.approx([0.4, 0.36])
    assert steps["whole_if_mended"].tolist() == pytest.approx([0.81, 0.36])
    assert found.whole["share"] == pytest.approx(0.36)
    assert found.whole["low"] < 0.36 < found.whole["high"]


def test_reasons_by_hand():
    found = task_completion(log(), completed="done", reason="why")
    assert found.reasons["reason"].tolist() == ["approval", "not stated", "slow"]
    assert found.reasons["cumulative"].tolist() == pytest.approx([50 / 70, 60 / 70, 1])
    rows = found.reasons_by_step.query("step == 'define'")
    assert rows["share"].tolist() == pytest.approx([50 / 60, 10 / 60])


def test_time_counts_tasks_given_up_as_unfinished():
    found = task_completion(log(), completed="done", duration="minutes")
    medians = found.time.table.set_index("group")["median"]
    assert medians["execute"] == 5
    # Four in ten defined it after 4 minutes; the others gave up after 9.
    assert medians["define"] == np.inf


def test_users_who_fail_again_and_again_widen_intervals():
    rows = pd.DataFrame({"user": np.repeat(np.arange(20), 50), "step": "define"})
    rows["done"] = rows["user"] % 2 == 0
    one = task_completion(rows, completed="done").steps.iloc[0]
    other = task_completion(rows, completed="done", user="user").steps.iloc[0]
    assert (other["low"], other["high"]) == pytest.approx(wilson_interval(9.5, 19))
    assert one["high"] - one["low"] < other["high"] - other["low"]


def test_independent_rows_count_in_full():
    rng = np.random.default_rng(0)
    hits, users = rng.random(4000) < 0.3, rng.integers(0, 400, 4000)
    assert effective_trials(hits, users) > 3000
    assert effective_trials(np.ones(9), list("aaabbbccc")) == 9


def test_unknown_ends_are_set_aside_and_other_words_refused():
    rows = log().astype({"done": "boolean"})
    rows.loc[0, "done"] = pd.NA
    found = task_completion(rows, completed="done")
    assert found.counts["aside"] == 1
    assert "1 attempts without a step or an end" in found.notes[0]
    with pytest.raises(DataError, match=r"1 are neither true nor false.*row 2: 'maybe'"):
        task_completion(pd.DataFrame({"step": list("abc"), "completed": [1, 0, "maybe"]}))
    with pytest.raises(DataError, match="'define' are not among `steps`"):
        task_completion(log(), completed="done", steps=["execute"])
    with pytest.raises(DataError, match="No attempt can be used"):
        task_completion(log().iloc[:0], completed="done")
    with pytest.raises(ParameterError, match="confidence"):
        task_completion(log(), completed="done", confidence=0)


def skilled(seed, users=40, tasks=50):
    """Users of different skill, each mostly at one of three steps; no step is harder."""
    rng = np.random.default_rng(seed)
    user = np.repeat(np.arange(users), tasks)
    usual = rng.integers(0, 3, users)[user]
    step = np.where(rng.random(len(user)) < 0.9, usual, rng.integers(0, 3, len(user)))
    done = rng.random(len(user)) < rng.beta(4, 1, users)[user]
    return pd.DataFrame({"step": np.array(["a", "b", "c"])[step], "completed": done, "user": user})


def test_steps_differ_beyond_users_or_not_at_all():
    """With attempts taken as independent every other such log would name a hardest step."""
    logs = [skilled(seed) for seed in range(40)]
    naive = [task_completion(log).steps["p_adjusted"].min() < 0.05 for log in logs]
    allowed = [task_completion(log, user="user").steps["p_adjusted"].min() < 0.05 for log in logs]
    assert np.mean(naive) > 0.4
    assert np.mean(allowed) <= 0.15
    hard = skilled(0).assign(
        completed=lambda log: log["completed"] & ~((log["step"] == "b") & (log.index % 2 == 0))
    )
    found = task_completion(hard, user="user").steps.set_index("step")
    assert found["verdict"]["b"] == "less often"


def test_each_attempt_its_own_user_is_as_without_users():
    log = skilled(1).assign(user=None)
    one, other = task_completion(log), task_completion(log, user="user")
    assert other.steps["p_adjusted"].tolist() == pytest.approx(
        one.steps["p_adjusted"].tolist(), abs=0.01
    )
    assert other.whole["low"] == pytest.approx(one.whole["low"], rel=1e-3)
    share = one.steps["share"].to_numpy()
    spread = np.sqrt(((1 - share) / (one.steps["attempts"] * share)).sum())
    assert one.whole["high"] == pytest.approx(share.prod() * np.exp(1.6448536 * spread), rel=0.02)
    alone = task_completion(skilled(1).assign(user="ann"), user="user")
    assert set(alone.steps["verdict"]) == {"not compared"}


def test_a_few_attempts_that_all_succeed_are_not_certain():
    """Two shares of one in one: their limits together, as by Zou & Donner 2008."""
    log = pd.DataFrame({"step": ["a", "b"], "completed": ["yes", "Yes"]})
    least = wilson_interval(1, 1)[0]
    whole = task_completion(log).whole
    assert whole["share"] == whole["high"] == 1
    assert whole["low"] == pytest.approx(np.exp(-np.sqrt(2) * abs(np.log(least))))
    none = task_completion(log.assign(completed="no")).whole
    assert none["high"] == pytest.approx(wilson_interval(0, 1)[1] ** 2)


def test_users_who_fail_everywhere_widen_the_share_of_the_whole_job():
    """By hand: 80 of 100 users pass both steps, the others none. log(.8 x .8) has twice the error
    of log .8, sqrt(.2 / 80) = .05, not sqrt(2) times."""
    both = pd.DataFrame({"user": range(100), "done": [True] * 80 + [False] * 20})
    rows = pd.concat([both.assign(step="define"), both.assign(step="locate")])
    whole = task_completion(rows, completed="done", user="user").whole
    assert whole["share"] == pytest.approx(0.64)
    assert whole["low"] == pytest.approx(0.64 * np.exp(-2 * 0.05 * 1.645), rel=0.01)
