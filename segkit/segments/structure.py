"""Is there anything to group? Columns that hang together, and borders that customers avoid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from scipy.stats import binom

from segkit.segments.clustering import Labels, Numbers, assign

__all__ = ["association_p", "border_counts", "border_p", "busiest_border", "spread"]

STEPS = 20  # a column with no more distinct values was recorded in steps


def association_p(
    X: Numbers, blocks: Sequence[int], *, draws: int, rng: np.random.Generator
) -> float:
    """Test that the columns are independent of one another, by permuting each.

    The statistic is the sum of squared correlations between columns of different blocks (a block
    holds the columns that one question was spread over). With one block it is 1: one column
    cannot hang together with itself.
    """
    block = np.asarray(blocks)
    apart = block[:, None] != block[None, :]
    if not apart.any():
        return 1.0
    Z = (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-12)
    parts = [Z[:, block == one] for one in np.unique(block)]
    seen = _association(Z, apart)
    reached = 0
    for _ in range(draws):
        shuffled = np.hstack([part[rng.permutation(len(Z))] for part in parts])
        reached += _association(shuffled, apart) >= seen
    return (1 + reached) / (1 + draws)


def _association(Z: Numbers, apart: NDArray[np.bool_]) -> float:
    correlation = Z.T @ Z / len(Z)
    return float((correlation * correlation)[apart].sum())


def border_counts(X: Numbers, centres: Numbers) -> NDArray[np.int64]:
    """Count rows at each border between neighbouring centres, and at its emptier side.

    Neighbours are the edges of the minimum spanning tree of the centres. Along an edge the rows
    are counted in three windows of a third of its length, round both centres and round the
    midpoint, within a tube about the edge and in the space that the centres span. A tube cuts a
    convex piece out, and a log-concave population (one group: normal, uniform, exponential, in
    any number of columns, however stretched) cut and projected so has one peak: it cannot have
    fewer rows at the border than at both sides. Rows must not be those that gave the centres.

    Returns
    -------
    array of shape (k - 1, 2)
        Rows at the border and at the emptier of its two sides.
    """
    middle = centres.mean(axis=0)
    span = np.linalg.svd(centres - middle, full_matrices=False)[2][: len(centres) - 1]
    points, corners = (X - middle) @ span.T, (centres - middle) @ span.T
    labels = assign(points, corners)
    edges = np.argwhere(minimum_spanning_tree(cdist(corners, corners)).toarray())
    counts = [_windows(points, labels, corners, tuple(edge)) for edge in edges]
    return np.array(counts, dtype=np.int64).reshape(-1, 2)


def _windows(
    points: Numbers, labels: Labels, corners: Numbers, edge: tuple[int, ...]
) -> tuple[int, int]:
    start, end = corners[edge[0]], corners[edge[1]]
    length = float(np.linalg.norm(end - start))
    along = (points - start) @ (end - start) / length
    off = ((points - start) ** 2).sum(axis=1) - along * along
    own = off[np.isin(labels, edge)]
    # Rounding must not thin out the tube where the centres span a line only.
    inside = off <= np.median(own if own.size else off) + 1e-9 * length * length
    place = along[inside] / length
    left, middle, right = (int((np.abs(place - at) <= 1 / 6).sum()) for at in (0.0, 0.5, 1.0))
    return middle, min(left, right)


def border_p(counts: NDArray[np.int64]) -> float:
    """Test that the borders are as busy as their sides (sign test on the pooled counts)."""
    middle, side = counts.sum(axis=0)
    return float(binom.cdf(middle, middle + side, 0.5))


def busiest_border(counts: NDArray[np.int64]) -> float:
    """Give the rows at the busiest border for each row at its emptier side."""
    middle, side = counts.T
    return float((middle / np.maximum(side, 1)).max(initial=0.0))


def spread(X: Numbers, blocks: Sequence[int], rng: np.random.Generator) -> Numbers:
    """Spread values recorded in steps evenly over their step.

    Answers of 0 or 1 lie apart because of the form they were given on, not because people do: a
    gap between steps is no border. A column in steps is spread to half-way to its neighbours, a
    categorical block over the part of its simplex nearest to the level.
    """
    block = np.asarray(blocks)
    smooth = X.copy()
    for one in np.unique(block):
        columns = np.flatnonzero(block == one)
        if columns.size > 1:
            smooth[:, columns] = _spread_levels(X[:, columns], rng)
        else:
            smooth[:, columns[0]] = _spread_steps(X[:, columns[0]], rng)
    return smooth


def _spread_steps(values: Numbers, rng: np.random.Generator) -> Numbers:
    steps, which = np.unique(values, return_inverse=True)
    if not 1 < len(steps) <= STEPS:
        return values
    gaps = np.diff(steps)
    below, above = np.r_[gaps[0], gaps] / 2, np.r_[gaps, gaps[-1]] / 2
    return np.asarray(rng.uniform(values - below[which], values + above[which]))


def _spread_levels(X: Numbers, rng: np.random.Generator) -> Numbers:
    rows = np.arange(len(X))
    weights = rng.dirichlet(np.ones(X.shape[1]), len(X))
    level, largest = X.argmax(axis=1), weights.argmax(axis=1)
    weights[rows, largest], weights[rows, level] = (
        weights[rows, level],
        weights[rows, largest].copy(),
    )
    return np.asarray(weights * X.max(axis=0))
