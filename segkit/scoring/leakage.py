"""Columns that know the outcome, because they were written after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from segkit.adjustment import holm
from segkit.discrimination import auc_interval

__all__ = ["AUC_LIMIT", "auc_alone", "known_by_outcome", "later_dates"]

Hits = NDArray[np.bool_]
AUC_LIMIT = 0.95
_FOLDS = 5
_GAP = 0.2
_SURE = 0.01
_NEVER, _OFTEN = 0.01, 0.2


def later_dates(frame: pd.DataFrame, decided: pd.Series[Any]) -> Iterator[tuple[str, int]]:
    """Name the columns of dates after the decision, with the rows."""
    for name in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
            later = int((frame[name].to_numpy() > decided.to_numpy()).sum())
            if later:
                yield str(name), later


def known_by_outcome(frame: pd.DataFrame, hits: Hits) -> Iterator[tuple[str, float, float, bool]]:
    """Name the columns that are known much more often of one outcome.

    Gives the shares known of hits and of the others, and whether one side is as good as empty.
    """
    known = frame.notna()
    partial = [name for name in frame.columns if known[name].any() and not known[name].all()]
    tables = [pd.crosstab(known[name].to_numpy(), hits).to_numpy() for name in partial]
    p_values = holm([float(fisher_exact(table).pvalue) for table in tables])
    for name, p_value in zip(partial, p_values, strict=True):
        one, other = (float(known.loc[side, name].mean()) for side in (hits, ~hits))
        low, high = sorted((one, other))
        empty = low <= _NEVER and high >= _OFTEN
        if p_value <= _SURE and (empty or high - low > _GAP):
            yield str(name), one, other, empty


def auc_alone(values: pd.Series[Any], hits: Hits) -> tuple[float, float]:
    """Give the AUC of one column, 0.5 or more, and its lower end; levels as other folds value them.

    Examples
    --------
    >>> area, low = auc_alone(pd.Series([1.0, 2.0, 3.0, 4.0]), np.array([False, False, True, True]))
    >>> area, round(low, 2)
    (1.0, 0.22)
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = values.astype("int64").astype("float64").where(values.notna())
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    score = values.astype("float64").to_numpy() if numeric else _level_rates(values, hits)
    known = ~np.isnan(score)
    own = hits[known]
    if own.all() or not own.any():
        return 0.5, 0.0
    area, low, high = auc_interval(score[known], own)
    # A level's rate points the right way by itself: below 0.5 it is chance.
    return (1 - area, 1 - high) if numeric and area < 0.5 else (area, low)


def _level_rates(values: pd.Series[Any], hits: Hits) -> NDArray[np.float64]:
    """Give each row the rate of its level in the other folds, drawn towards the rate of all."""
    codes = pd.factorize(values)[0]
    codes = np.where(codes < 0, codes.max(initial=0) + 1, codes)
    size, fold = int(codes.max(initial=0)) + 1, np.random.default_rng(0).permutation(len(codes))
    score = np.empty(len(codes))
    for part in range(_FOLDS):
        test = fold % _FOLDS == part
        base = hits[~test].mean()
        wins = np.bincount(codes[~test], hits[~test].astype(float), size)
        score[test] = ((wins + base) / (np.bincount(codes[~test], minlength=size) + 1))[codes[test]]
    return score
