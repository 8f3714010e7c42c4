"""Weights from reciprocal matrices, one panelist's or a panel's, and their bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from segkit.consensus.judgements import check_connected
from segkit.errors import DataError

__all__ = [
    "Group",
    "Method",
    "bounds_of_weights",
    "joined_weights",
    "largest_eigenvalue",
    "panel_matrix",
    "weights_of",
]

Numbers = NDArray[np.float64]
Method = Literal["eigenvector", "geometric mean"]
Group = Literal["AIJ", "AIP"]


def joined_weights(
    ratios: Numbers, own: Numbers, method: Method, group: Group, items: Sequence[str] | None
) -> Numbers:
    """Weigh by the whole panel; without names, NaN where items are unconnected."""
    if group == "AIP":
        known = own[~np.isnan(own[:, 0])]
        means = np.exp(np.log(known).mean(axis=0)) if len(known) else np.full(own.shape[1], np.nan)
        return np.asarray(means / means.sum())
    matrix = panel_matrix(ratios)
    try:
        names = items or [str(number) for number in range(len(matrix))]
        check_connected(~np.isnan(matrix), names, "judgements")
    except DataError:
        if items is not None:
            raise
        return np.full(len(matrix), np.nan)
    return weights_of(matrix, method)


def panel_matrix(ratios: Numbers) -> Numbers:
    """Take the geometric mean of what was judged."""
    known = ~np.isnan(ratios)
    sums = np.where(known, np.log(np.where(known, ratios, 1.0)), 0.0).sum(axis=0)
    times = known.sum(axis=0)
    return np.where(times > 0, np.exp(sums / np.maximum(times, 1)), np.nan)


def weights_of(matrix: Numbers, method: Method) -> Numbers:
    """Weigh by one matrix in which all items are connected."""
    known = ~np.isnan(matrix)
    if method == "eigenvector":
        values, vectors = np.linalg.eig(_harker(matrix))
        principal = np.abs(vectors[:, int(values.real.argmax())].real)
        return np.asarray(principal / principal.sum())
    # Least squares on logarithms: with every pair judged, the geometric means of the rows.
    laplacian = np.diag(known.sum(axis=1).astype(float)) - known
    sums = np.where(known, np.log(np.where(known, matrix, 1.0)), 0.0).sum(axis=1)
    logs = np.linalg.lstsq(laplacian, sums, rcond=None)[0]
    return np.asarray(np.exp(logs) / np.exp(logs).sum())


def _harker(matrix: Numbers) -> Numbers:
    known = ~np.isnan(matrix)
    return np.where(known, np.where(known, matrix, 0.0), 0.0) + np.diag((~known).sum(axis=1))


def largest_eigenvalue(matrix: Numbers, weights: Numbers) -> float:
    """Give the largest eigenvalue, or its estimate from other weights: mean of (A w) / w."""
    return float((_harker(matrix) @ weights / weights).mean())


def bounds_of_weights(
    ratios: Numbers, own: Numbers, method: Method, group: Group, confidence: float
) -> tuple[Numbers, Numbers]:
    """Bound weights by what becomes of their logarithms without one of the panelists (jackknife).

    Fewer than three panelists, or one without whom items are unconnected, give no bounds.
    """
    m, n = len(ratios), ratios.shape[1]
    unknown = np.full(n, np.nan)
    if m < 3:
        return unknown, unknown
    every = np.arange(m)
    logs = np.array(
        [
            np.log(joined_weights(ratios[every != one], own[every != one], method, group, None))
            for one in every
        ]
    )
    if np.isnan(logs).any():
        return unknown, unknown
    middle = np.log(joined_weights(ratios, own, method, group, None))
    error = np.sqrt((m - 1) / m * ((logs - logs.mean(axis=0)) ** 2).sum(axis=0))
    half = stdtrit(m - 1, (1 + confidence) / 2) * error
    return np.exp(middle - half), np.minimum(np.exp(middle + half), 1.0)
