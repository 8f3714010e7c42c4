"""Relative weights: what share of the explained variance each correlated driver holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult, as_pandas, take_columns
from segkit.sizing.columns import ANY, number_columns
from segkit.surveys.resampling import Floats, bounds, picks

__all__ = [
    "RelativeWeights",
    "correlations_of",
    "relative_weights",
    "weights_of",
    "weights_of_correlations",
]

_RESAMPLES = 1000
_NOTHING = 1e-10
_ROUNDED = 0.02  # what rounding to two digits can take from an eigenvalue


@dataclass(frozen=True, eq=False)
class RelativeWeights(JsonResult):
    """Weights of drivers.

    Attributes
    ----------
    table : DataFrame
        One row a driver, the heaviest first: `driver, weight` with its interval `low, high`,
        `share` of all weights with `share_low, share_high`, and the `correlation` with the outcome.
    r_squared : float
        Share of the variance explained; the sum of the weights.
    answers : int
        Complete rows.
    confidence : float
        Confidence of the intervals.
    notes : tuple of str
        What to mind.
    """

    table: pd.DataFrame
    r_squared: float
    answers: int
    confidence: float
    notes: tuple[str, ...]


def relative_weights(
    X: Any,
    y: Any,
    *,
    drivers: Sequence[str] | None = None,
    confidence: float = 0.9,
    resamples: int = _RESAMPLES,
    random_state: int = 0,
) -> RelativeWeights:
    r"""Share the explained variance of an outcome among its drivers (Johnson 2000).

    The drivers are replaced by the uncorrelated variables nearest to them. With
    :math:`R_{xx} = Q \Delta Q'` and :math:`\Lambda = Q \Delta^{1/2} Q'` the weights are
    :math:`\Lambda^{[2]} (\Lambda^{-1} r_{xy})^{[2]}`, squared cell by cell; they sum to
    :math:`R^2`. Intervals come from resampled rows. Weights are never negative, so that an
    interval above 0 is no test (Tonidandel, LeBreton & Johnson 2009).

    Parameters
    ----------
    X : frame or array-like, shape (n_rows, n_drivers)
        Drivers; rows with gaps are left out.
    y : str or array-like
        Outcome, or its column in `X`.
    drivers : sequence of str, optional
        Columns of `X`; all but the outcome if not given.
    confidence : float
        Confidence of the intervals, in (0, 1).
    resamples : int
        Samples behind the intervals.
    random_state : int
        Seed of the samples.

    Raises
    ------
    DataError
        If columns are missing, a value is no number (names the rows), the outcome never varies, or
        there are no more complete rows than drivers and two.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> frame = pd.DataFrame({"speed": [1, 2, 3, 4, 5, 6.0], "care": [3, 1, 2, 3, 1, 2.0]})
    >>> found = relative_weights(frame, frame["speed"] * 2 + frame["care"])
    >>> found.table[["driver", "weight", "share"]].round(2), round(found.r_squared, 6)
    (  driver  weight  share
    0   speed    0.97   0.97
    1    care    0.03   0.03, 1.0)
    """
    check_share("confidence", "relative_weights", confidence)
    if resamples < 1:
        raise ParameterError("resamples", "relative_weights", "an int of at least 1", resamples)
    numbers = _numbers(X, y, drivers)
    known = numbers.dropna()
    names = [str(name) for name in numbers.columns[1:]]
    if len(known) < len(names) + 3:
        raise DataError(
            f"drivers: {len(known):,} rows are complete; {len(names)} drivers need at least "
            f"{len(names) + 3}."
        )
    values = known.to_numpy(float)
    if np.ptp(values[:, 0]) == 0:
        raise DataError("drivers: the outcome is the same in all rows; nothing is to explain.")
    with threadpool_limits(1):
        all_rows = np.ones((1, len(values)))
        correlations = correlations_of(values, all_rows)[0]
        weights = weights_of(correlations[None])[0]
        drawn = picks(len(values), resamples, random_state)
        draws = weights_of(correlations_of(values, drawn))
    low, high = bounds(draws, confidence)
    totals = draws.sum(axis=1, keepdims=True)
    share_low, share_high = bounds(draws / np.where(totals > 0, totals, np.nan), confidence)
    r_squared = float(weights.sum())
    table = pd.DataFrame(
        {
            "driver": names,
            "weight": weights,
            "low": low,
            "high": high,
            "share": weights / r_squared if r_squared > 0 else np.nan,
            "share_low": share_low,
            "share_high": share_high,
            "correlation": correlations[1:, 0],
        }
    ).sort_values("weight", ascending=False, kind="stable", ignore_index=True)
    notes = _notes(len(numbers) - len(known), names, values)
    return RelativeWeights(table, r_squared, len(known), confidence, notes)


def weights_of_correlations(correlations: ArrayLike, with_outcome: ArrayLike) -> Floats:
    """Weigh drivers by their published correlations alone (Johnson 2000).

    Parameters
    ----------
    correlations : array-like, shape (n_drivers, n_drivers)
        Correlations among the drivers.
    with_outcome : array-like, shape (n_drivers,)
        Correlations of the drivers with the outcome.

    Returns
    -------
    ndarray, shape (n_drivers,)
        Weights, which sum to R2.

    Raises
    ------
    DataError
        If the shapes do not fit, or no data can have such correlations.

    Examples
    --------
    >>> weights_of_correlations([[1, 0.5], [0.5, 1]], [0.6, 0.6]).round(2).tolist()
    [0.24, 0.24]
    """
    try:
        among, outcome = np.asarray(correlations, float), np.asarray(with_outcome, float)
    except (TypeError, ValueError):
        raise DataError("correlations must be numbers, as many in each row.") from None
    if outcome.ndim != 1 or among.shape != (len(outcome), len(outcome)):
        raise DataError(
            f"correlations: {outcome.size} with the outcome need a square of as many among the "
            f"drivers. Got {among.shape}."
        )
    whole = np.block([[np.ones((1, 1)), outcome[None]], [outcome[:, None], among]])
    even = np.allclose(whole, whole.T) and np.allclose(np.diag(whole), 1)
    if not even or np.linalg.eigvalsh(whole)[0] < -_ROUNDED:
        raise DataError(
            "correlations: no data have these. They lie within -1 and 1, are 1 on the diagonal and "
            "the same on both sides of it, and two drivers that go with a third go together."
        )
    return np.asarray(weights_of(whole[None])[0])


def _numbers(X: Any, y: Any, drivers: Sequence[str] | None) -> pd.DataFrame:
    """Take outcome and drivers as numbers, the outcome first."""
    if not hasattr(X, "columns"):
        try:
            grid = np.asarray(X)
        except ValueError:
            raise DataError("drivers: rows must be equally long.") from None
        grid = grid[:, None] if grid.ndim == 1 else grid
        if grid.ndim != 2:
            raise ParameterError("X", "relative_weights", "a frame, or rows of drivers", X)
        X = pd.DataFrame(grid, columns=[f"x{n + 1}" for n in range(grid.shape[1])])
    frame = as_pandas(X, "drivers")
    outcome = y if isinstance(y, str) else None
    names = [name for name in frame.columns if name != outcome] if drivers is None else [*drivers]
    if not names:
        raise ParameterError("drivers", "relative_weights", "at least one column", names)
    table = take_columns(frame, names if outcome is None else [outcome, *names], "drivers")
    if outcome is None:
        told = np.asarray(y).squeeze()
        if told.shape != (len(table),):
            raise DataError(f"drivers: {len(table):,} rows, but the outcome has {told.shape}.")
        table.insert(0, "outcome" if "outcome" not in names else "the outcome", told)
    return number_columns(table, dict.fromkeys(table.columns, ANY), "drivers")


def correlations_of(values: Floats, drawn: Floats) -> Floats:
    """Give the correlations of columns in each sample; a column that never varies has none.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_columns)
        Complete rows.
    drawn : ndarray, shape (n_samples, n_rows)
        How often each row is in each sample.

    Examples
    --------
    >>> rows = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 0.0]])
    >>> correlations_of(rows, np.ones((1, 3))).round(3).tolist()
    [[[1.0, -1.0], [-1.0, 1.0]]]
    """
    centred = values - values.mean(axis=0)
    centred = centred / np.where(np.ptp(values, axis=0) > 0, centred.std(axis=0), 1.0)
    width = centred.shape[1]
    products = (centred[:, :, None] * centred[:, None, :]).reshape(len(values), -1)
    total = drawn.sum(axis=1)
    mean = drawn @ centred / total[:, None]
    second = (drawn @ products / total[:, None]).reshape(-1, width, width)
    covariance = second - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.clip(np.einsum("bii->bi", covariance), 0, None))
    scale = np.where(spread > _NOTHING, spread, np.inf)
    found = covariance / scale[:, :, None] / scale[:, None, :]
    found[:, range(width), range(width)] = 1.0
    return np.asarray(found)


def weights_of(correlations: Floats) -> Floats:
    """Weigh drivers in each sample; of the correlations, those of the outcome stand first.

    Examples
    --------
    >>> weights_of(np.array([[[1, 0.6, 0.0], [0.6, 1, 0.0], [0.0, 0.0, 1]]])).round(2).tolist()
    [[0.36, 0.0]]
    """
    among, outcome = correlations[:, 1:, 1:], correlations[:, 1:, 0]
    roots, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.clip(roots, 0, None))
    # Drivers that repeat each other leave directions without variance, which explain nothing.
    inverse = np.where(roots > 1e-6, 1 / np.where(roots > 1e-6, roots, 1.0), 0.0)
    turned = np.einsum("bji,bj->bi", vectors, outcome)
    beta = np.einsum("bij,bj->bi", vectors, inverse * turned)
    near = np.einsum("bij,bj,bkj->bik", vectors, roots, vectors)
    return np.asarray(np.einsum("bik,bk->bi", near**2, beta**2))


def _notes(left_out: int, names: list[str], values: Floats) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(f"{left_out:,} rows with gaps are left out.")
    still = [
        name
        for name, spread in zip(names, np.ptp(values[:, 1:], axis=0), strict=True)
        if spread == 0
    ]
    if still:
        notes.append(f"The same in all rows, and so without weight: {', '.join(still)}.")
    return tuple(notes)
