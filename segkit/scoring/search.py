"""All conjunctions of a few conditions at once, counted cell by cell, and what chance would find.

Rows are counted once in the cells of each set of up to three attributes; a conjunction is a block
of cells, so that its counts are sums of them: three small matrix products give those of thousands
of rules, for the outcomes seen and for every permutation of them together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtri

from segkit.scoring.attributes import Attribute
from segkit.scoring.conditions import Condition, Flags

__all__ = ["Found", "Space", "extremes", "permuted", "strongest"]

Floats = NDArray[np.float64]
Codes = list[NDArray[np.intp]]
_EQUAL = 1e-9  # scores nearer than this are the same: the simpler rule stands


@dataclass(frozen=True)
class Space:
    """What is searched: all conjunctions of at most `depth` conditions, in `least` rows or more."""

    attributes: Sequence[Attribute]
    depth: int
    least: int

    def subsets(self) -> Iterator[tuple[int, ...]]:
        """Give the sets of attributes, the small ones first."""
        for size in range(1, self.depth + 1):
            yield from combinations(range(len(self.attributes)), size)

    def codes(self, rows: Flags) -> Codes:
        """Give the bins of some rows, attribute by attribute."""
        return [one.codes[rows] for one in self.attributes]

    def tests(self, subset: tuple[int, ...]) -> list[NDArray[np.float32]]:
        """Give the tests of each attribute of a set, and last the test that it is known.

        Intervals count as two conditions.
        """
        spare = len(subset) < self.depth
        own = [self.attributes[number] for number in subset]
        return [
            np.vstack([one.covers if spare else one.covers[: one.simple], _known(one)])
            for one in own
        ]

    def too_long(self, subset: tuple[int, ...]) -> Any:
        """Mark combinations of more conditions than allowed."""
        costs = [
            (np.arange(len(tests) - 1) >= self.attributes[number].simple).astype(np.intp)
            for number, tests in zip(subset, self.tests(subset), strict=True)
        ]
        total: Any = sum(np.ix_(*costs))
        return total + len(subset) > self.depth

    @property
    def conditions(self) -> int:
        """Number of conditions that a rule can be extended by."""
        return sum(one.simple for one in self.attributes)


@dataclass(frozen=True)
class Found:
    """A conjunction and its score: the hypergeometric z of its hits, above 0 for more."""

    conditions: tuple[Condition, ...]
    z: float


def permuted(
    labels: NDArray[Any], groups: NDArray[np.intp], runs: int, seed: int
) -> NDArray[np.float32]:
    """Permute labels, those of a group staying together; shape (n, runs).

    Groups change places as blocks: rows of one group are alike, and labels of one group too, so
    that rows permuted one by one would take a group for as many independent facts as it has rows.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(groups, kind="stable")
    found = np.empty((len(labels), runs), dtype=np.float32)
    for run in range(runs):
        keys = rng.random(int(groups.max(initial=0)) + 1)[groups]
        found[order, run] = labels[np.lexsort((rng.random(len(labels)), keys))]
    return found


def extremes(space: Space, rows: Flags, drawn: NDArray[np.float32]) -> Floats:
    """Give the largest absolute score of any rule, for each column of permuted labels.

    A rule is compared with the rows of which all its columns are known: that something is not known
    of a deal may well hang on its outcome, and tells nothing of the deal.
    """
    largest = np.zeros(drawn.shape[1])
    labels, codes = np.ascontiguousarray(drawn[rows]), space.codes(rows)
    for subset in space.subsets():
        n, total = _parted(_counts(space, subset, codes, np.ones((len(labels), 1))))
        k, hits = _parted(_counts(space, subset, codes, labels))
        rate = hits / np.maximum(total, 1)
        dropped = (n[..., 0] < space.least) | space.too_long(subset)
        deviation = np.where(dropped[..., None], np.inf, _deviation(n, total, 0.5) / 0.5)
        k -= (n * rate).astype(np.float32)
        k /= deviation.astype(np.float32)
        axes = tuple(range(len(subset)))
        highest = np.maximum(k.max(axis=axes), -k.min(axis=axes))
        with np.errstate(all="ignore"):
            scores = highest / np.sqrt(rate * (1 - rate))
        largest = np.fmax(largest, np.where(np.isfinite(scores), scores, 0.0))
    return largest


def strongest(
    space: Space, rows: Flags, labels: Floats, *, sign: int, base: float, alpha: float
) -> Found | None:
    """Find the rule with the highest score among those that beat each of their parents.

    Parameters
    ----------
    rows : array of bool, shape (n,)
        Rows that count.
    labels : array of float, shape (n,)
        1 for the outcome, else 0.
    sign : int
        1 for rules with more of the outcome, -1 for rules with less.
    base : float
        A rule must lie beyond this rate too.
    alpha : float
        Error, over all conditions a parent can be extended by, of taking a child for better.
    """
    needed = -float(ndtri(alpha / max(space.conditions, 1)))
    columns, codes = np.column_stack([np.ones(int(rows.sum())), labels[rows]]), space.codes(rows)
    best: Found | None = None
    for subset in space.subsets():
        counts = _counts(space, subset, codes, columns)
        (n, k), (total, hits) = (np.moveaxis(part, -1, 0) for part in _parted(counts))
        with np.errstate(all="ignore"):
            rate = hits / total
            z = sign * (k - n * rate) / _deviation(n, total, rate)
            fit = (n >= space.least) & ~space.too_long(subset) & (sign * (k - n * base) > 0)
        so_far = 0.0 if best is None else best.z + _EQUAL
        if not (fit & (z > so_far)).any():
            continue
        for parent_n, parent_k, itself in _parents(space, subset, counts):
            with np.errstate(all="ignore"):
                share = parent_k / parent_n
                gain = sign * (k - n * share) / _deviation(n, parent_n, share)
            fit &= itself | (gain >= needed)
        scores = np.where(fit & np.isfinite(z), z, -np.inf)
        place = np.unravel_index(int(scores.argmax()), scores.shape)
        if scores[place] > so_far:
            own = [space.attributes[number].tests for number in subset]
            tests = [test for some, at in zip(own, place, strict=True) for test in some[at]]
            best = Found(tuple(tests), float(scores[place]))
    return best


def _counts(space: Space, subset: tuple[int, ...], codes: Codes, labels: Any) -> Any:
    """Sum labels over the rows of each combination of tests; shape (*tests, columns)."""
    sizes = [space.attributes[number].covers.shape[1] for number in subset]
    cells = np.ravel_multi_index([codes[number] for number in subset], sizes)
    table, columns = _by_cell(cells, math.prod(sizes), labels), labels.shape[1]
    # The last attribute first: each product leaves the cells before it where they are.
    for axis, tests in reversed(list(enumerate(space.tests(subset)))):
        table = np.matmul(tests, table.reshape(math.prod(sizes[:axis]), sizes[axis], -1))
        sizes[axis] = len(tests)
    return table.reshape(*sizes, columns)


def _by_cell(cells: NDArray[np.intp], size: int, labels: Any) -> Any:
    if labels.shape[1] <= 2:
        return np.stack([np.bincount(cells, one, size) for one in labels.T], axis=-1)
    order = np.argsort(cells.astype(np.uint16 if size < 2**16 else np.intp), kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=size))])
    ones = np.ones(len(cells), dtype=labels.dtype)
    return csr_array((ones, order, starts), shape=(size, len(cells))) @ labels


def _deviation(n: Any, total: Any, rate: Any) -> Any:
    """Give the standard deviation of hits among n of `total` rows, drawn without replacement."""
    with np.errstate(all="ignore"):
        spread = n * rate * (1 - rate) * (total - n) / np.maximum(total - 1, 1)
    return np.where(spread > 0, np.sqrt(np.maximum(spread, 0)), np.inf)


def _parted(counts: Any) -> tuple[Any, Any]:
    """Part the counts of the rules from those of all rows that are known."""
    axes = counts.ndim - 1
    return counts[(slice(-1),) * axes], counts[(-1,) * axes]


def _parents(
    space: Space, subset: tuple[int, ...], counts: Floats
) -> Iterator[tuple[Any, Any, Any]]:
    """Give rows and hits of what is left without one condition, and where nothing was left out."""
    inner = (slice(-1),) * len(subset)
    for axis, number in enumerate(subset):
        if len(subset) > 1:
            rest = (*inner[:axis], slice(-1, None), *inner[axis + 1 :])
            yield counts[rest][..., 0], counts[rest][..., 1], False
        attribute, own = space.attributes[number], counts[inner]
        if own.shape[axis] > attribute.simple:
            for bound in attribute.bounds:
                part = own.take(bound, axis=axis)
                itself = bound == np.arange(len(bound))
                others = [place for place in range(len(subset)) if place != axis]
                yield part[..., 0], part[..., 1], np.expand_dims(itself, others)


def _known(attribute: Attribute) -> NDArray[np.float32]:
    bins = attribute.covers.shape[1]
    return np.asarray(np.arange(bins) < bins - 1, dtype=np.float32)
