"""Designs: balance by count, and what published block designs reach."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.surveys import MaxDiff, conjoint_design, maxdiff_design


@pytest.mark.parametrize(
    ("items", "per_set", "sets", "together"),
    # Balanced incomplete block designs, Cochran & Cox 1957, table 11.3.
    [(7, 3, 7, 1), (7, 4, 7, 2), (13, 4, 13, 1), (9, 3, 12, 1), (6, 3, 10, 2), (5, 3, 10, 3)],
)
def test_block_designs_are_found(items, per_set, sets, together):
    plan = maxdiff_design(items, per_set, sets)
    assert plan.report["together"] == (together, together)
    assert plan.report["balanced"]


@pytest.mark.parametrize(("items", "per_set", "versions"), [(12, 4, 1), (20, 5, 4), (15, 4, 30)])
def test_balance_is_as_reported(items, per_set, versions):
    names = [f"item {number}" for number in range(items)]
    plan = MaxDiff.design(names, per_set, versions=versions)
    table = plan.table
    sets = table.groupby(["version", "set"])["item"]
    assert (sets.nunique() == per_set).all()
    by_version = table.groupby("version")["item"].value_counts()
    assert by_version.min() >= 3
    assert np.ptp(by_version) <= 1
    met = pd.crosstab(table["version"] * 1000 + table["set"], table["item"])
    pairs = (met.T @ met).to_numpy()[np.triu_indices(items, 1)]
    assert plan.report["together"] == (pairs.min(), pairs.max())
    assert plan.pairs["together"].sum() == pairs.sum()
    assert np.ptp(pairs) <= 2
    places = plan.positions.drop(columns="item").to_numpy()
    assert places.sum(axis=1).tolist() == plan.items["shown"].tolist()
    assert np.ptp(places) <= 2
    assert plan.report["connected"]


def test_same_seed_same_design():
    one, other, third = (maxdiff_design(10, random_state=seed).table for seed in (1, 1, 2))
    assert one.equals(other)
    assert not one.equals(third)


def test_a_design_answered_can_be_fitted():
    plan = maxdiff_design(list("ABCDEFGH"), versions=5).table
    worth = plan["item"].map(dict(zip("ABCDEFGH", range(8), strict=True)))
    groups = worth.groupby([plan["version"], plan["set"]])
    choice = (worth == groups.transform("max")).astype(int) - (worth == groups.transform("min"))
    model = MaxDiff().fit(plan.assign(respondent=plan["version"], choice=choice))
    assert model.ledger_["reason"].tolist() == ["used"]


def test_conjoint_levels_are_even_and_estimable():
    levels = {"price": [4, 6, 8, 10], "support": ["mail", "phone"], "start": [1, 2, 3]}
    plan = conjoint_design(levels, tasks=12, offers=3, versions=4)
    shown = plan.levels.groupby("attribute")["shown"]
    assert (shown.max() - shown.min() <= 1).all()
    assert len(plan.table) == 12 * 3 * 4
    random = np.mean([_random_error(levels, 48, seed) for seed in range(20)])
    assert plan.d_error < random


def _random_error(levels, tasks, seed):
    rng = np.random.default_rng(seed)
    blocks = []
    for names in levels.values():
        code = np.vstack([np.eye(len(names) - 1), -np.ones(len(names) - 1)])
        blocks.append(code[rng.integers(len(names), size=(tasks, 3))])
    rows = np.concatenate(blocks, axis=2)
    apart = (rows - rows.mean(axis=1, keepdims=True)).reshape(-1, rows.shape[2])
    return np.linalg.det(apart.T @ apart / 3 / tasks) ** (-1 / rows.shape[2])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: maxdiff_design(4, 4), "'per_set'"),
        (lambda: maxdiff_design(12, 4, 2), "at least 3, to show all 12 items"),
        (lambda: maxdiff_design(["a", "a", "b"], 2), "twice"),
        (lambda: maxdiff_design(6, 3, versions=0), "'versions'"),
        (lambda: conjoint_design({"price": [4]}), "price"),
        (lambda: conjoint_design({"price": [4, 5]}, offers=1), "'offers'"),
        (lambda: conjoint_design({"a": range(9), "b": range(9)}, 2, 2), "Ask more tasks"),
    ],
)
def test_impossible_designs_are_refused(call, words):
    with pytest.raises((DataError, ParameterError), match=words):
        call()


@pytest.mark.parametrize(
    "wrong",
    [{"items": 7.5}, {"items": "abc"}, {"per_set": 3.0}, {"sets": "7"}, {"versions": 1.5}],
)
def test_sizes_of_designs_are_whole(wrong):
    with pytest.raises(ParameterError):
        maxdiff_design(**({"items": 7, "per_set": 3} | wrong))


def test_numbers_of_numpy_are_numbers():
    assert maxdiff_design(np.int64(7), np.int64(3)).report["per_set"] == 3


def test_offers_of_a_task_differ_where_they_can():
    """Four offers exist: random deals alone show one twice in half of the tasks."""
    table = conjoint_design({"a": [1, 2], "b": [3, 4]}, 8, 3, versions=5).table
    twice = table.duplicated(["version", "task", "a", "b"]).groupby(
        [table["version"], table["task"]]
    )
    assert twice.any().mean() < 0.2
    with pytest.raises(ParameterError, match="mapping"):
        conjoint_design(["a"])
    with pytest.raises(ParameterError, match="tasks"):
        conjoint_design({"a": [1, 2]}, tasks=2.5)
