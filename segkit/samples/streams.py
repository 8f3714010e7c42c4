"""Random streams that give the same numbers on any machine, and exact ways to draw from them.

NumPy freezes the streams of its legacy `RandomState`, not those of `Generator`; a sample that
must be the same byte for byte for years therefore draws from the former. Every table has its own
stream, made from the seed and the table's name, so that a new table changes no other.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "AS_OF",
    "WINDOW_START",
    "Flags",
    "Floats",
    "Ints",
    "Texts",
    "apportion",
    "boxes",
    "codes",
    "dates",
    "deal_out",
    "expit",
    "first_days",
    "money",
    "month_of",
    "pick",
    "scaled",
    "stream",
    "systematic",
    "where_known",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

AS_OF = int(np.datetime64("2026-06-30", "D").astype(int))
"""Last day of the case; inside this room a day is the number of days since 1970."""
WINDOW_START = int(np.datetime64("2023-07-01", "D").astype(int))
"""First of the 36 months of history."""


def stream(seed: int, name: str) -> np.random.RandomState:
    """Open the random stream of a table.

    Examples
    --------
    >>> stream(7, "accounts").randint(100) == stream(7, "accounts").randint(100)
    True
    """
    return np.random.RandomState([seed % 2**32, seed // 2**32, zlib.crc32(name.encode())])


def scaled(count: int, scale: float, least: int = 1) -> int:
    """Scale a count of rows, never below `least`."""
    return max(least, round(count * scale))


def apportion(total: int, shares: ArrayLike) -> Ints:
    """Split a total into whole parts by largest remainders.

    Examples
    --------
    >>> apportion(10, [0.45, 0.33, 0.22]).tolist()
    [5, 3, 2]
    """
    weights: Floats = np.asarray(shares, dtype=float)
    exact = total * weights / weights.sum()
    parts: Ints = np.floor(exact + 1e-9).astype(np.int64)
    rest = np.argsort(-(exact - parts).round(9), kind="stable")[: total - int(parts.sum())]
    parts[rest] += 1
    return parts


def deal_out(rng: np.random.RandomState, count: int, shares: Mapping[Any, float]) -> Texts:
    """Draw `count` labels in shuffled order, each as often as its share says."""
    labels = np.array(list(shares), dtype=object)
    return np.asarray(rng.permutation(labels.repeat(apportion(count, list(shares.values())))))


def boxes(rng: np.random.RandomState, count: int, top: float) -> Ints:
    """Draw answers of 1 to 5 whose share of fours and fives is exact to a whole answer.

    Examples
    --------
    >>> answers = boxes(stream(1, "doc"), 200, 0.37)
    >>> int((answers >= 4).sum())
    74
    """
    upper = int(np.floor(count * top + 0.5))
    high = 4 + (rng.random_sample(upper) < 0.5)
    low = 1 + (rng.random_sample(count - upper)[:, None] >= [0.25, 0.60]).sum(axis=1)
    return np.asarray(rng.permutation(np.concatenate([high, low]).astype(np.int64)))


def expit(x: ArrayLike) -> Floats:
    """Turn log odds into probabilities."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(x, dtype=float))))


def pick(rng: np.random.RandomState, chances: ArrayLike, count: int) -> Flags:
    """Draw exactly `count` rows, each with its own chance.

    Pareto sampling: the `count` largest of logit(chance) + logistic noise. With chances that sum
    to `count` the inclusion probabilities are the chances to a very good approximation.

    References
    ----------
    Rosén, B. (1997). On sampling with probability proportional to size. Journal of Statistical
    Planning and Inference 62, 159-191.

    Examples
    --------
    >>> int(pick(stream(1, "doc"), [0.5, 0.9, 0.1, 0.5], 2).sum())
    2
    """
    p = np.clip(np.asarray(chances, dtype=float), 1e-12, 1 - 1e-12)
    rank = np.log(p / (1 - p)) + rng.logistic(size=len(p))
    chosen = np.zeros(len(p), dtype=bool)
    chosen[np.argsort(-rank, kind="stable")[:count]] = True
    return chosen


def systematic(rng: np.random.RandomState, chances: ArrayLike, order: Sequence[Any]) -> Flags:
    """Draw rows with their chances, evenly along an order (systematic sampling).

    `order` holds sort keys as `np.lexsort` takes them (last key first in importance).
    """
    p = np.asarray(chances, dtype=float)
    rows = np.lexsort(tuple(order))
    steps = np.floor(np.cumsum(p[rows]).round(9) + rng.random_sample())
    chosen = np.zeros(len(p), dtype=bool)
    chosen[rows] = np.diff(steps, prepend=0.0) > 0
    return chosen


def where_known(values: ArrayLike, known: ArrayLike) -> Texts:
    """Keep values where they are known; None elsewhere."""
    result = np.array(values, dtype=object)
    result[~np.asarray(known, dtype=bool)] = None
    return result


def codes(prefix: str, count: int) -> Texts:
    """Give rows numbers from 1: `A00001`, `A00002` and so on."""
    return np.array([f"{prefix}{number:05d}" for number in range(1, count + 1)], dtype=object)


def money(amount: ArrayLike) -> Floats:
    """Round to cents."""
    return np.asarray(amount, dtype=float).round(2)


def dates(days: ArrayLike, known: ArrayLike = True) -> NDArray[np.datetime64]:
    """Turn day numbers into dates; not a time where the day is not known."""
    stamps = np.asarray(days, dtype="datetime64[D]").astype("datetime64[us]")
    return np.where(known, stamps, np.datetime64("NaT", "us"))


def month_of(days: ArrayLike) -> Ints:
    """Count the months from January 1970 to that of each day."""
    return np.asarray(np.asarray(days, "datetime64[D]").astype("datetime64[M]").astype(np.int64))


def first_days(months: ArrayLike) -> Ints:
    """Give the day number of the first day of months."""
    first = np.asarray(months, dtype="datetime64[M]").astype("datetime64[D]")
    return np.asarray(first.astype(np.int64))
