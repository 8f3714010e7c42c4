"""Conjoint designs: tasks of offers with even levels and the least D-error of some tries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.surveys.best_worst import zero_sum
from segkit.surveys.designs import is_whole
from segkit.surveys.logit import Floats, Ints

__all__ = ["ConjointDesign", "conjoint_design"]

TRIES = 60


@dataclass(frozen=True, eq=False)
class ConjointDesign(JsonResult):
    """Tasks to show, and how well they tell attributes apart.

    Attributes
    ----------
    table : DataFrame
        One row an offer: `version, task, alternative`, and a column for each attribute.
    levels : DataFrame
        `attribute, level` and how often it is `shown`.
    d_error : float
        ``det(information) ** (-1 / parameters)`` a task, effects coding, all utilities 0: smaller
        is better.
    """

    table: pd.DataFrame
    levels: pd.DataFrame
    d_error: float


def conjoint_design(
    attributes: Mapping[str, Sequence[Any]],
    tasks: int = 10,
    offers: int = 3,
    *,
    versions: int = 1,
    random_state: int = 0,
) -> ConjointDesign:
    """Choose the offers of a choice-based conjoint survey.

    Levels of an attribute are dealt in turns, so that they are shown equally often and overlap
    little within a task; of some random deals each version takes the one with the fewest tasks
    that show an offer twice and, of these, the least D-error of all tasks so far.

    Parameters
    ----------
    attributes : mapping of str to sequence
        Levels of each attribute.
    tasks, offers, versions : int
        Tasks a respondent answers, offers of each, different questionnaires.
    random_state : int
        Seed.

    Raises
    ------
    DataError
        If an attribute has fewer than two different levels, or the tasks cannot tell the levels
        apart.

    Examples
    --------
    >>> plan = conjoint_design({"price": [4, 6, 8], "start": ["now", "later"]}, tasks=9, offers=2)
    >>> plan.levels["shown"].tolist()
    [6, 6, 6, 9, 9]
    """
    if not hasattr(attributes, "items"):
        expected = "a mapping from attributes to their levels"
        raise ParameterError("attributes", "conjoint_design", expected, attributes)
    known = {str(name): list(levels) for name, levels in attributes.items()}
    for name, value, least in (
        ("tasks", tasks, 1),
        ("offers", offers, 2),
        ("versions", versions, 1),
    ):
        if not is_whole(value) or value < least:
            expected = f"an int in the range [{least}, inf)"
            raise ParameterError(name, "conjoint_design", expected, value)
    narrow = [name for name, levels in known.items() if len(set(levels)) < max(len(levels), 2)]
    if narrow or not known:
        raise DataError(f"Each attribute needs two or more different levels: {', '.join(narrow)}.")
    sizes = [len(levels) for levels in known.values()]
    rng = np.random.default_rng(random_state)
    information = np.zeros((sum(sizes) - len(sizes),) * 2)
    plans = []
    for _ in range(versions):
        tried = [_dealt(rng, sizes, tasks, offers) for _ in range(TRIES)]
        gains = [information + _information(plan, sizes) for plan in tried]
        told = [
            (-_repeats(plan, sizes), float(np.linalg.slogdet(gain)[1]))
            for plan, gain in zip(tried, gains, strict=True)
        ]
        best = told.index(max(told))
        information = gains[best]
        plans.append(tried[best])
    sign, log_det = np.linalg.slogdet(information)
    if sign <= 0 or not np.isfinite(log_det):
        raise DataError(
            f"{versions * tasks} tasks of {offers} offers cannot tell {len(information)} "
            "part-worths apart. Ask more tasks, or of fewer levels."
        )
    d_error = float(np.exp(-log_det / len(information))) * versions * tasks
    return _described(np.array(plans), known, d_error)


def _dealt(rng: np.random.Generator, sizes: Sequence[int], tasks: int, offers: int) -> Ints:
    """Deal the levels of each attribute in shuffled rounds, shape (tasks, offers, attributes)."""
    columns = []
    for size in sizes:
        rounds = -(-tasks * offers // size)
        dealt = np.concatenate([rng.permutation(size) for _ in range(rounds)])[: tasks * offers]
        columns.append(dealt.reshape(tasks, offers))
    return np.stack(columns, axis=2)


def _repeats(plan: Ints, sizes: Sequence[int]) -> int:
    """Count offers that their task has shown before."""
    codes = np.sort(np.ravel_multi_index(tuple(np.moveaxis(plan, 2, 0)), tuple(sizes)), axis=1)
    return int((np.diff(codes, axis=1) == 0).sum())


def _information(plan: Ints, sizes: Sequence[int]) -> Floats:
    rows = np.concatenate([zero_sum(size)[plan[:, :, k]] for k, size in enumerate(sizes)], axis=2)
    apart = (rows - rows.mean(axis=1, keepdims=True)).reshape(-1, rows.shape[2])
    return np.asarray(apart.T @ apart / plan.shape[1])


def _described(plans: Ints, known: Mapping[str, list[Any]], d_error: float) -> ConjointDesign:
    versions, tasks, offers, _ = plans.shape
    flat = plans.reshape(-1, len(known))
    table = pd.DataFrame(
        {
            "version": np.repeat(np.arange(1, versions + 1), tasks * offers),
            "task": np.tile(np.repeat(np.arange(1, tasks + 1), offers), versions),
            "alternative": np.tile(np.arange(1, offers + 1), versions * tasks),
        }
    )
    lines = []
    for place, (name, levels) in enumerate(known.items()):
        table[name] = pd.Series([levels[code] for code in flat[:, place]])
        counts = np.bincount(flat[:, place], minlength=len(levels))
        lines += [
            {"attribute": name, "level": level, "shown": int(n)}
            for level, n in zip(levels, counts, strict=True)
        ]
    return ConjointDesign(table, pd.DataFrame(lines), d_error)
