"""The league table: ways of grouping the same customers, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold

from segkit.errors import DataError, nearest
from segkit.segments.clustering import Labels
from segkit.segments.columns import as_floats
from segkit.segments.criteria import SegmentTests
from segkit.segments.foretell import balanced_accuracies
from segkit.segments.intake import as_frame, infinite
from segkit.segments.preparation import log_helps
from segkit.segments.schemes import MOST_GROUPS, scheme_of

__all__ = ["league_table"]

FOLDS = 10
LEAST_ROWS = 2 * FOLDS


def league_table(
    customers: Any,
    schemes: Mapping[str, ArrayLike | str] | Sequence[str],
    *,
    value: str | None = None,
    outcomes: Sequence[str] = (),
    descriptors: Sequence[str] = (),
    stability: Mapping[str, float] | None = None,
    tests: Mapping[str, SegmentTests] | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare schemes by what they foretell of customers they were not measured on.

    Parameters
    ----------
    customers : frame of shape (n, columns)
    schemes : mapping or sequence of str
        Name -> segment of each customer, or name of a column; or columns alone. Columns are taken
        as by `conventional_schemes`: numbers of more than 20 values by fifths, rare levels pooled.
        Customers without a segment form one of their own.
    value : str
        Numeric column to explain, such as revenue or CLV; on the log scale if it is skewed.
    outcomes : sequence of str
        Columns of yes and no to foretell, such as churned or won.
    descriptors : sequence of str
        Fields that prospects also have: adds `identifiable`, the mean balanced accuracy.
    stability : mapping
        Scheme -> its mean SLSW, where a model can tell.
    tests : mapping
        Scheme -> its `segment_tests`: adds `passed`, the share of the tests with a result.
    random_state : int

    Returns
    -------
    pandas.DataFrame
        One row a scheme, best first: `place, scheme, segments, value_r2, value_r2_error`,
        `auc_<outcome>` with its error, and what else was asked for. `place` orders by the mean
        rank over `value_r2` and the AUCs.

    Raises
    ------
    DataError
        If columns are unknown, lengths differ, nothing is to be foretold, columns hold
        infinite values, an outcome is not of two values, or there are fewer than 20 customers.

    Notes
    -----
    Ten folds, the same for all schemes. A segment's mean (rate) in nine folds foretells the
    tenth: R^2 against the mean of all, AUC; the error is that of the mean over folds. A scheme
    that was made from an outcome cannot be judged by it.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> job = rng.choice(["pay", "hire", "report"], 600)
    >>> table = pd.DataFrame({"job": job, "state": rng.choice(["NY", "MA"], 600),
    ...                       "revenue": rng.normal(np.where(job == "pay", 30, 10))})
    >>> found = league_table(table, ["state", "job"], value="revenue")
    >>> found[["place", "scheme", "value_r2"]].round(2)
       place scheme  value_r2
    0      1    job      0.99
    1      2  state      0.00
    """
    frame = as_frame(customers)
    if frame is None:
        raise DataError(f"league_table needs a frame. Found {type(customers).__name__}.")
    named = schemes if isinstance(schemes, Mapping) else {name: name for name in schemes}
    _check(frame, named, value, outcomes, descriptors)
    groups = {name: _groups(frame, name, scheme) for name, scheme in named.items()}
    targets = {f"auc_{name}": _yes(frame[name]) for name in outcomes}
    rows = []
    for name, labels in groups.items():
        row: dict[str, Any] = {"scheme": name, "segments": int(labels.max()) + 1}
        if value is not None:
            row |= _scored("value_r2", labels, _scale(as_floats(frame[value])), _r2, random_state)
        for measure, target in targets.items():
            row |= _scored(measure, labels, target, _auc, random_state)
        if descriptors:
            told = balanced_accuracies(
                frame[list(descriptors)], pd.Series(labels), seed=random_state
            )
            row["identifiable"] = float(np.mean([accuracy for _, accuracy, _, _ in told]))
        if stability is not None:
            row["stability"] = stability.get(name, float("nan"))
        if tests is not None:
            row["passed"] = _passed(tests.get(name))
        rows.append(row)
    measures = [*(["value_r2"] if value is not None else []), *targets]
    return _placed(pd.DataFrame(rows), measures)


def _check(
    frame: pd.DataFrame,
    schemes: Mapping[str, Any],
    value: str | None,
    outcomes: Sequence[str],
    descriptors: Sequence[str],
) -> None:
    if not schemes or (value is None and not outcomes):
        raise DataError("A league table needs schemes, and a value or outcomes to foretell.")
    named = [*outcomes, *descriptors, *([] if value is None else [value])]
    named += [scheme for scheme in schemes.values() if isinstance(scheme, str)]
    faults = [
        f"There is no column {name!r}; there are {list(frame.columns)}."
        + nearest(name, frame.columns)
        for name in named
        if name not in frame
    ]
    if len(frame) < LEAST_ROWS:
        faults.append(f"A league table needs at least {LEAST_ROWS} customers. Found {len(frame)}.")
    if value in frame and not pd.api.types.is_numeric_dtype(frame[value]):
        faults.append(f"Value {value!r} holds {frame[value].dtype} where numbers are expected.")
    faults += infinite(frame, [name for name in dict.fromkeys(named) if name in frame])
    faults += [
        f"Scheme {name!r} has {len(np.asarray(scheme))} labels for {len(frame)} customers."
        for name, scheme in schemes.items()
        if not isinstance(scheme, str) and len(np.asarray(scheme)) != len(frame)
    ]
    faults += [
        f"Outcome {name!r} has {frame[name].nunique()} values; it needs two, such as yes and no."
        for name in outcomes
        if name in frame and frame[name].nunique() != 2
    ]
    if faults:
        raise DataError("\n".join(faults))


def _groups(frame: pd.DataFrame, name: str, scheme: ArrayLike | str) -> Labels:
    """Give each customer a number 0, 1, ...; those without a segment have the last."""
    if isinstance(scheme, str):
        values = scheme_of(frame[scheme])
    else:
        values = pd.Series(np.asarray(scheme), name=name)
        many = pd.api.types.is_numeric_dtype(values) and values.nunique() > MOST_GROUPS
        values = scheme_of(values) if many else values
    codes = pd.factorize(values, sort=True)[0]
    return np.asarray(np.where(codes < 0, codes.max() + 1, codes), dtype=np.intp)


def _yes(values: pd.Series[Any]) -> NDArray[np.float64]:
    """Give 1 for the greater of two values (True, 1, "yes"), NaN where it is missing."""
    codes = pd.factorize(values, sort=True)[0]
    return np.where(codes < 0, np.nan, codes)


def _scale(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log1p(values) if log_helps(values[~np.isnan(values)]) else values


def _scored(
    name: str, labels: Labels, target: NDArray[np.float64], score: Any, seed: int
) -> dict[str, float]:
    """Score each fold by what the other folds foretell of it."""
    known = ~np.isnan(target)
    labels, target = labels[known], target[known]
    k, scores = int(labels.max()) + 1, []
    for train, test in KFold(FOLDS, shuffle=True, random_state=seed).split(target):
        counts = np.bincount(labels[train], minlength=k)
        sums = np.bincount(labels[train], weights=target[train], minlength=k)
        base = float(target[train].mean())
        means = np.where(counts > 0, sums / np.maximum(counts, 1), base)
        scores.append(score(target[test], means[labels[test]], base))
    # A fold of one kind alone has no AUC, and is none of the folds averaged.
    found = np.array([one for one in scores if np.isfinite(one)])
    error = found.std(ddof=1) / np.sqrt(len(found)) if len(found) > 1 else np.nan
    return {name: float(found.mean()) if len(found) else np.nan, f"{name}_error": float(error)}


def _r2(target: NDArray[np.float64], foretold: NDArray[np.float64], base: float) -> float:
    return 1 - float(((target - foretold) ** 2).sum() / max(((target - base) ** 2).sum(), 1e-300))


def _auc(target: NDArray[np.float64], foretold: NDArray[np.float64], _: float) -> float:
    both = 0 < target.mean() < 1
    return float(roc_auc_score(target, foretold)) if both else float("nan")


def _passed(found: SegmentTests | None) -> float:
    if found is None:
        return float("nan")
    results = found.table["result"]
    return float((results == "pass").sum() / max((results != "unknown").sum(), 1))


def _placed(table: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    ranks = table[list(measures)].rank(ascending=False).mean(axis=1)
    table.insert(0, "place", ranks.rank(method="min").astype(int))
    return table.sort_values("place", kind="stable", ignore_index=True)
