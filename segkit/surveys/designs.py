"""MaxDiff designs: sets in which items, pairs and places are balanced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.surveys.logit import Ints

__all__ = ["MaxDiffDesign", "is_whole", "maxdiff_design"]

LEAST_SHOWN = 3
TRIES, MORE_TRIES = 40, 3
SWAPS = 80  # for each place of a set
PLACE_ROUNDS = 50


@dataclass(frozen=True, eq=False)
class MaxDiffDesign(JsonResult):
    """Sets to show, and how balanced they are.

    Attributes
    ----------
    table : DataFrame
        One row for each item shown: `version, set, position, item`.
    items : DataFrame
        `item`, how often `shown` over all versions, and the least and most in a version.
    pairs : DataFrame
        `item`, `other` and how often a set of any version holds both.
    positions : DataFrame
        `item`, and one column a position: how often it stands there.
    report : dict
        `versions, sets, per_set`; the least and most of `shown`, `together` and `at_position`;
        `balanced`, where item and pair counts are as even as whole numbers allow; `connected`.
    """

    table: pd.DataFrame
    items: pd.DataFrame
    pairs: pd.DataFrame
    positions: pd.DataFrame
    report: dict[str, Any]


def maxdiff_design(
    items: Sequence[Any] | int,
    per_set: int = 4,
    sets: int | None = None,
    *,
    versions: int = 1,
    random_state: int = 0,
) -> MaxDiffDesign:
    """Choose the sets of a MaxDiff survey.

    Item counts are even by construction; pair counts are evened by swapping items between sets
    (over all versions together, so that pairs one version lacks another has), positions by
    turning sets.

    Parameters
    ----------
    items : sequence or int
        The items, or their number.
    per_set : int
        Items of a set, usually 3 to 5.
    sets : int, optional
        Sets a respondent answers; None shows every item three times at least.
    versions : int
        Different questionnaires.
    random_state : int
        Seed.

    Raises
    ------
    ParameterError
        If sets are larger than the list, or too few to show every item.

    Examples
    --------
    >>> plan = maxdiff_design(7, per_set=3, sets=7)  # a balanced incomplete block design
    >>> plan.report["shown"], plan.report["together"], plan.report["balanced"]
    ((3, 3), (1, 1), True)
    """
    owner = "maxdiff_design"
    whole = {"per_set": per_set, "sets": 1 if sets is None else sets, "versions": versions}
    for name, value in whole.items():
        if not is_whole(value) or value < 1:
            raise ParameterError(name, owner, "an int in the range [1, inf)", value)
    if isinstance(items, str) or not (is_whole(items) or isinstance(items, Iterable)):
        raise ParameterError("items", owner, "a sequence of items, or their number", items)
    names = list(items) if isinstance(items, Iterable) else list(range(1, int(items) + 1))
    count = len(names)
    if len(set(names)) < count:
        raise DataError("Items of a design must differ; some stand in the list twice.")
    if count < 3:
        raise DataError(f"A design needs three items or more. Found {names}.")
    if not 2 <= per_set < count:
        expected = f"an int from 2 to {count - 1}, less than the {count} items"
        raise ParameterError("per_set", owner, expected, per_set)
    sets = -(-LEAST_SHOWN * count // per_set) if sets is None else sets
    if sets * per_set < count:
        expected = f"at least {-(-count // per_set)}, to show all {count} items"
        raise ParameterError("sets", owner, expected, sets)
    rng = np.random.default_rng(random_state)
    together = np.zeros((count, count), dtype=np.intp)
    plans = []
    for version in range(versions):
        # Later versions even out what the first one left; they need fewer tries.
        tries = MORE_TRIES if version else TRIES
        plan = _best_of_tries(rng, (count, per_set, sets), together, tries)
        together = together + _together(plan, count)
        plans.append(plan)
    placed = _turned(rng, np.concatenate(plans), count)
    return _report(placed.reshape(versions, sets, per_set), names, together)


def is_whole(value: object) -> bool:
    """Say whether a number is an int, numpy's too."""
    return isinstance(value, int | np.integer)


def _best_of_tries(
    rng: np.random.Generator, shape: tuple[int, int, int], before: Ints, tries: int
) -> Ints:
    """Swap items between sets as long as pairs become more even; keep the best of some tries."""
    count, per_set, sets = shape
    kept: list[tuple[float, Ints]] = []
    for _ in range(tries):
        plan = _improved(rng, _dealt(rng, count, per_set, sets), before)
        met = (before + _together(plan, count))[np.triu_indices(count, 1)]
        kept.append((float(((met - met.mean()) ** 2).sum()), plan))
        if np.ptp(met) <= 1:
            break
    return min(kept, key=lambda found: found[0])[1]


def _dealt(rng: np.random.Generator, count: int, per_set: int, sets: int) -> Ints:
    """Deal items that are still owed most, at random among equals: no item twice in a set."""
    owed = np.full(count, sets * per_set // count)
    owed[rng.permutation(count)[: sets * per_set % count]] += 1
    plan = np.empty((sets, per_set), dtype=np.intp)
    for row in range(sets):
        order = np.lexsort((rng.random(count), -owed))
        plan[row] = order[:per_set]
        owed[plan[row]] -= 1
    return plan


def _improved(rng: np.random.Generator, plan: Ints, before: Ints) -> Ints:
    """Swap two items of two sets whenever the sum of squared pair counts does not grow."""
    sets, per_set = plan.shape
    if sets < 2:
        return plan
    # Lists: so few numbers are handled faster without arrays.
    rows = plan.tolist()
    pairs = (before + _together(plan, len(before))).tolist()
    swaps = SWAPS * plan.size
    one_of, other_of = rng.integers(sets, size=(2, swaps)).tolist()
    i_of, j_of = rng.integers(per_set, size=(2, swaps)).tolist()
    for one, other, i, j in zip(one_of, other_of, i_of, j_of, strict=True):
        a, b = rows[one][i], rows[other][j]
        if a in rows[other] or b in rows[one]:
            continue
        with_a = [x for x in rows[one] if x != a and x not in rows[other]]
        with_b = [x for x in rows[other] if x != b and x not in rows[one]]
        gain = sum(pairs[a][x] - pairs[b][x] - 1 for x in with_a)
        gain += sum(pairs[b][x] - pairs[a][x] - 1 for x in with_b)
        if gain < 0:
            continue
        for item, left, joined in ((a, with_a, with_b), (b, with_b, with_a)):
            for x in left:
                pairs[item][x] = pairs[x][item] = pairs[item][x] - 1
            for x in joined:
                pairs[item][x] = pairs[x][item] = pairs[item][x] + 1
        rows[one][i], rows[other][j] = b, a
    return np.array(rows, dtype=np.intp)


def _together(plan: Ints, count: int) -> Ints:
    seen = np.zeros((len(plan), count), dtype=np.intp)
    seen[np.arange(len(plan))[:, None], plan] = 1
    pairs = seen.T @ seen
    np.fill_diagonal(pairs, 0)
    return np.asarray(pairs)


def _turned(rng: np.random.Generator, plan: Ints, count: int) -> Ints:
    """Reorder each set so that every item stands at every place about equally often."""
    per_set = plan.shape[1]
    placed = rng.permuted(plan, axis=1)
    seen = np.zeros((count, per_set), dtype=np.intp)
    np.add.at(seen, (placed, np.arange(per_set)), 1)
    for _ in range(PLACE_ROUNDS):
        still = True
        for row in placed:
            for i in range(per_set):
                for j in range(i):
                    a, b = row[i], row[j]
                    gain = seen[a, i] - seen[a, j] + seen[b, j] - seen[b, i] - 2
                    if gain > 0:
                        seen[a, i] -= 1
                        seen[a, j] += 1
                        seen[b, j] -= 1
                        seen[b, i] += 1
                        row[i], row[j] = b, a
                        still = False
        if still:
            break
    return placed


def _report(plan: Ints, names: list[Any], together: Ints) -> MaxDiffDesign:
    versions, sets, per_set = plan.shape
    count = len(names)
    labels = pd.Series(names).to_numpy()
    table = pd.DataFrame(
        {
            "version": np.repeat(np.arange(1, versions + 1), sets * per_set),
            "set": np.tile(np.repeat(np.arange(1, sets + 1), per_set), versions),
            "position": np.tile(np.arange(1, per_set + 1), versions * sets),
            "item": labels[plan.ravel()],
        }
    )
    shown = np.array([np.bincount(part.ravel(), minlength=count) for part in plan])
    items = pd.DataFrame(
        {
            "item": names,
            "shown": shown.sum(axis=0),
            "least": shown.min(axis=0),
            "most": shown.max(axis=0),
        }
    )
    one, other = np.triu_indices(count, 1)
    met = together[one, other]
    pairs = pd.DataFrame({"item": labels[one], "other": labels[other], "together": met})
    places = np.zeros((count, per_set), dtype=np.intp)
    np.add.at(places, (plan.reshape(-1, per_set), np.arange(per_set)), 1)
    positions = pd.DataFrame(places, columns=list(range(1, per_set + 1)))
    positions.insert(0, "item", names)
    even = np.ptp(shown, axis=1).max() <= 1 and np.ptp(met) <= 1
    reach = np.linalg.matrix_power((together > 0) + np.eye(count, dtype=np.intp) > 0, count)
    report = {
        "versions": versions,
        "sets": sets,
        "per_set": per_set,
        "shown": _ends(shown),
        "together": _ends(met),
        "at_position": _ends(places),
        "balanced": bool(even),
        "connected": bool(reach.all()),
    }
    return MaxDiffDesign(table, items, pairs, positions, report)


def _ends(values: Ints) -> tuple[int, int]:
    return int(values.min()), int(values.max())
