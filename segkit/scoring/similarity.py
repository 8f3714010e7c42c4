"""Who is like the best: seeds against the universe, as a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy.stats import skew
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.discrimination import auc_interval
from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import JsonResult
from segkit.intervals import wilson_interval
from segkit.logistic import fit_logit
from segkit.scoring.intake import Flags, Numbers, as_frame, as_outcome, is_flag, numbers_of

__all__ = ["Lookalikes", "lookalikes"]

_LEAST = 30
_REACHES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
_RARE = 20
_SKEWED = 1.0


@dataclass(frozen=True)
class Lookalikes(JsonResult):
    """A ranking by likeness to the seed; it gives no probability.

    Attributes
    ----------
    table : DataFrame
        In the order given: `seed`, `similarity` (share of the others that are less like the seed,
        in percent), `rank` among those that are no seeds (1: most alike).
    reach : DataFrame
        Held-out seeds found among the most alike: `reach` (share of the others), `rows`,
        `seeds_found, recall` with `low, high` (Wilson), `lift` (recall / reach) and `similarity`
        (of the last row reached).
    auc, auc_interval : float, tuple of float
        Chance that a held-out seed is ranked before another row held out; 0.5 is no likeness.
    weights : DataFrame
        `feature, weight`: what makes a row like the seed, standardised, the strongest first.
    seeds, universe : int
    statement : str
    notes : tuple of str
    """

    table: pd.DataFrame
    reach: pd.DataFrame
    auc: float
    auc_interval: tuple[float, float]
    weights: pd.DataFrame
    seeds: int
    universe: int
    statement: str
    notes: tuple[str, ...]


def lookalikes(
    universe: Any,
    seed: Any,
    *,
    columns: Sequence[str] | None = None,
    folds: int = 3,
    ridge: float = 5.0,
    random_state: int = 0,
) -> Lookalikes:
    """Rank a universe by likeness to a seed, such as the best customers.

    A logistic regression tells seeds from the universe; a third of the seeds and of the others is
    held out in turn to see how soon the ranking finds these seeds among those others. Unlabelled
    rows may be as good as seeds, hence the result is a ranking and no chance of anything.

    Parameters
    ----------
    universe : frame or array of shape (n, columns)
        All rows, seeds among them, or apart in `seed`.
    seed : str, array of shape (n,) or frame
        Column of 0 and 1 (or False and True), such values, labels of the universe's index, or the
        seed's own rows.
    columns : sequence of str, optional
        Columns to compare by; all by default.
    folds : int
        Parts of the universe, one held out at a time.
    ridge : float
        Penalty on weights; 5 is a normal prior with deviation 0.45.
    random_state : int

    Raises
    ------
    DataError
        If there are fewer than 30 seeds, or no column tells rows apart.

    Notes
    -----
    Learning from positive and unlabelled rows: Elkan & Noto (2008), KDD 08.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame({"staff": rng.lognormal(5, 1, 600), "union": rng.random(600) < 0.5})
    >>> best = rng.random(600) < (rows["staff"] > 250) * 0.5
    >>> found = lookalikes(rows, best)
    >>> found.statement
    'The 10 % of the universe most like the seed hold 57 % of held-out seeds, 5.7 times chance.'
    """
    if not isinstance(folds, int) or folds < 2:
        raise ParameterError("folds", "lookalikes", "an int in the range [2, inf)", folds)
    frame, is_seed = _taken(universe, seed, columns)
    least = max(_LEAST, folds)
    if is_seed.sum() < least or (~is_seed).sum() < least:
        raise DataError(
            f"Likeness needs at least {least} seeds and {least} others; found "
            f"{int(is_seed.sum())} and {int((~is_seed).sum())}."
        )
    X, features, notes = _features(frame)
    rng = np.random.default_rng(random_state)
    with threadpool_limits(1):
        fit = fit_logit(X, is_seed.astype(float), ridge)
        held = _held_out(X, is_seed, folds, ridge, rng)
    likeness = fit.log_odds(X)
    others = np.sort(likeness[~is_seed])
    similarity = 100 * np.searchsorted(others, likeness, side="left") / len(others)
    # Each held-out seed stands by its share of others ahead of it, fold by fold.
    auc, low, high = auc_interval(
        np.r_[held, (np.arange(len(others)) + 0.5) / len(others)],
        np.r_[np.ones(len(held)), np.zeros(len(others))],
    )
    reach = _reach(held, others, similarity[~is_seed])
    weights = pd.DataFrame({"feature": features, "weight": fit.coefficients[1:] * X.std(axis=0)})
    order = weights["weight"].abs().sort_values(ascending=False, kind="stable").index
    return Lookalikes(
        table=_table(universe, is_seed, similarity, likeness),
        reach=reach,
        auc=auc,
        auc_interval=(low, high),
        weights=weights.loc[order].reset_index(drop=True),
        seeds=int(is_seed.sum()),
        universe=len(frame),
        statement=_statement(reach),
        notes=notes,
    )


def _taken(universe: Any, seed: Any, columns: Sequence[str] | None) -> tuple[pd.DataFrame, Flags]:
    if isinstance(seed, str):
        everything = as_frame(universe, None, "universe")
        if seed not in everything:
            raise DataError(f"universe: no column {seed!r}.{nearest(seed, everything.columns)}")
        names = (
            [name for name in everything.columns if name != seed] if columns is None else columns
        )
        flags = as_outcome(everything[seed], len(everything), "seed")
        return as_frame(universe, names, "universe"), flags == 1
    rows = as_frame(universe, columns, "universe")
    if _are_rows_of(seed, universe):
        labels = seed.index if isinstance(seed, pd.DataFrame) else seed
        return rows, np.asarray(universe.index.isin(labels))
    if np.ndim(seed) == 2:
        own = as_frame(seed, list(rows.columns), "seed")
        flags = np.r_[np.ones(len(own)), np.zeros(len(rows))]
        return pd.concat([own, rows], ignore_index=True), flags == 1
    return rows, as_outcome(seed, len(rows), "seed") == 1


def _are_rows_of(seed: Any, universe: Any) -> bool:
    """Say whether the seed names rows of the universe: by their labels, or as a part cut out."""
    if not isinstance(universe, pd.DataFrame) or len(seed) >= len(universe):
        return False
    if isinstance(seed, pd.DataFrame):
        there = seed.index.isin(universe.index).all() and universe.index.is_unique
        return bool(there) and seed.equals(universe.loc[seed.index, universe.columns])
    return np.ndim(seed) == 1 and bool(pd.Index(seed).isin(universe.index).all())


def _features(frame: pd.DataFrame) -> tuple[Numbers, list[str], tuple[str, ...]]:
    """Standardise numbers and their squares; write levels as indicators."""
    parts: dict[str, Numbers] = {}
    notes = []
    for name in map(str, frame):
        values = frame[name]
        if (lost := int(values.isna().sum())) and values.notna().any():
            notes.append(f"{name}: missing in {lost:,} of {len(values):,} rows.")
        if is_numeric_dtype(values) or is_flag(values):
            found = numbers_of(values)
            known = found[~np.isnan(found)]
            if not len(known) or known.min() == known.max():
                continue
            if not is_flag(values) and known.min() >= 0 and skew(known) > _SKEWED:
                found = np.log1p(found)
            moved = (found - np.nanmean(found)) / np.nanstd(found)
            parts[name] = np.nan_to_num(moved)
            if not is_flag(values):
                # The best may be neither the smallest nor the largest.
                parts[f"{name}, squared"] = np.clip(parts[name], -3, 3) ** 2 - 1
        else:
            text = values.astype("str").where(values.notna(), "unknown")
            counts = text.value_counts()
            for level in sorted(counts.index[counts >= _RARE]):
                inside = (text == level).to_numpy(float)
                if 0 < inside.sum() < len(inside):
                    parts[f"{name}: {level}"] = inside - inside.mean()
    if not parts:
        raise DataError("universe: no column tells one row from another.")
    return np.column_stack(list(parts.values())), list(parts), tuple(notes)


def _held_out(
    X: Numbers, is_seed: Flags, folds: int, ridge: float, rng: np.random.Generator
) -> Numbers:
    """Give, for each seed held out, the share of the others held out that are less alike.

    Others that the fit has learned to tell from seeds would flatter it.
    """
    parts = [
        np.array_split(rng.permutation(np.flatnonzero(side)), folds) for side in (is_seed, ~is_seed)
    ]
    found = []
    for seeds, rest in zip(*parts, strict=True):
        kept = np.ones(len(X), dtype=bool)
        kept[seeds] = kept[rest] = False
        fit = fit_logit(X[kept], is_seed[kept].astype(float), ridge)
        others, own = np.sort(fit.log_odds(X[rest])), fit.log_odds(X[seeds])
        below = np.searchsorted(others, own, side="left")
        upto = np.searchsorted(others, own, side="right")
        found.append((below + upto) / 2 / len(others))
    return np.concatenate(found)


def _reach(held: Numbers, others: Numbers, similarity: Numbers) -> pd.DataFrame:
    rows = []
    ranked = np.sort(similarity)[::-1]
    for reach in _REACHES:
        n = max(round(reach * len(others)), 1)
        found = int((held >= 1 - reach).sum())
        recall = found / len(held)
        low, high = wilson_interval(found, len(held))
        rows.append((reach, n, found, recall, low, high, recall / reach, ranked[n - 1]))
    names = ["reach", "rows", "seeds_found", "recall", "low", "high", "lift", "similarity"]
    return pd.DataFrame(rows, columns=names)


def _table(universe: Any, is_seed: Flags, similarity: Numbers, likeness: Numbers) -> pd.DataFrame:
    table = pd.DataFrame({"seed": is_seed, "similarity": similarity.round(2)})
    rank = pd.Series(-likeness).where(~is_seed).rank(method="first")
    table["rank"] = rank.astype("Int64")
    if isinstance(universe, pd.DataFrame) and len(universe) == len(table):
        table.index = universe.index
    return table


def _statement(reach: pd.DataFrame) -> str:
    row = reach.set_index("reach").loc[0.1]
    return (
        f"The 10 % of the universe most like the seed hold {100 * row['recall']:.0f} % of held-out "
        f"seeds, {row['lift']:.1f} times chance."
    )
