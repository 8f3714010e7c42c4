"""The card itself: bins, their points, and what a score of points has meant so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, expit, ndtri

from segkit.clusters import clustered_share
from segkit.errors import DataError, NoEvidenceError
from segkit.logistic import Logit, fit_logit
from segkit.scoring.binning import ANY, UNKNOWN, BinnedColumn, bin_column
from segkit.scoring.contrasts import group_codes
from segkit.scoring.intake import Numbers

__all__ = ["BAND", "Calibration", "Card", "bands_of", "fit_card", "folds_of"]

Places = NDArray[np.intp]
HIGHEST = 100
ENTERS = 0.157  # a column of one weight that is worth its place by Akaike's criterion
BAND = 10  # points
_SPARSE = 20


@dataclass(frozen=True)
class Card:
    """Bins of each column with log odds and points.

    Attributes
    ----------
    columns : tuple of BinnedColumn
    effects : tuple of array
        Log odds of each bin, against the average row.
    points : tuple of array of int
        Of each bin; the lowest of each column is 0, and the highest sum to 100.
    intercept : float
        Log odds of the average row.
    """

    columns: tuple[BinnedColumn, ...]
    effects: tuple[Numbers, ...]
    points: tuple[np.ndarray[Any, np.dtype[np.int64]], ...]
    intercept: float

    @property
    def lowest(self) -> float:
        """Log odds at 0 points."""
        return self.intercept + float(sum(part.min() for part in self.effects))

    @property
    def step(self) -> float:
        """Log odds of one point."""
        return float(sum(np.ptp(part) for part in self.effects)) / HIGHEST

    def places(self, frame: pd.DataFrame) -> list[Places]:
        """Give the bin of each row in each column."""
        return [column.places(frame[column.name]) for column in self.columns]

    def log_odds(self, frame: pd.DataFrame) -> Numbers:
        """Sum the log odds of each row, before they are rounded to points."""
        pairs = zip(self.effects, self.places(frame), strict=True)
        return np.asarray(self.intercept + sum(part[place] for part, place in pairs))

    def total(self, frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Sum the points of each row."""
        pairs = zip(self.points, self.places(frame), strict=True)
        return np.asarray(sum(part[place] for part, place in pairs), dtype=np.int64)


@dataclass(frozen=True)
class Calibration:
    """Log odds that happened = intercept + slope x log odds given, from rows not seen.

    Attributes
    ----------
    intercept, slope : float
    covariance : tuple of three floats
        Of intercept, of both, of slope.
    """

    intercept: float
    slope: float
    covariance: tuple[float, float, float]

    def chances(self, odds: Numbers, confidence: float) -> tuple[Numbers, Numbers, Numbers]:
        """Give the chance at log odds, with its interval (delta method)."""
        middle = self.intercept + self.slope * odds
        own, both, slope = self.covariance
        half = ndtri((1 + confidence) / 2) * np.sqrt(own + 2 * both * odds + slope * odds**2)
        return expit(middle), expit(middle - half), expit(middle + half)


def fit_card(
    frame: pd.DataFrame, won: Numbers, *, bins: int, smallest: float, ridge: float
) -> Card:
    """Bin every column, fit the log odds of the bins together, and turn them into points.

    A step of a number that goes against the direction of its column once the others are known is
    taken out, so that points never fall where winning rises.
    """
    columns = [bin_column(frame[name], won, bins, smallest) for name in frame]
    columns = _telling(columns, *_fitted(columns, frame, won, ridge)[:2])
    while True:
        fit, slopes, places = _fitted(columns, frame, won, ridge)
        repaired = [
            _repaired(column, slope, frame[column.name], won)
            for column, slope in zip(columns, slopes, strict=True)
        ]
        if repaired == columns:
            break
        columns = repaired
    effects = [
        _effects(column, slope, place)
        for column, slope, place in zip(columns, slopes, places, strict=True)
    ]
    means = [effect[place].mean() for effect, place in zip(effects, places, strict=True)]
    centred = tuple(effect - mean for effect, mean in zip(effects, means, strict=True))
    if not any(np.ptp(effect) for effect in centred):
        raise NoEvidenceError(
            "No column tells who is won: none parts rows that win unlike each other (5 % level). "
            "A card would only give everybody the base rate of "
            f"{won.mean():.1%}."
        )
    intercept = float(fit.coefficients[0] + sum(means))
    return Card(tuple(columns), centred, _points(centred), intercept)


def _fitted(
    columns: Sequence[BinnedColumn], frame: pd.DataFrame, won: Numbers, ridge: float
) -> tuple[Logit, list[Numbers], list[Places]]:
    """Fit all bins together; give the fit, the part of each column, and the bins of the rows."""
    places = [column.places(frame[column.name]) for column in columns]
    blocks = [_block(column, place) for column, place in zip(columns, places, strict=True)]
    fit = fit_logit(np.hstack(blocks), won, ridge)
    ends = np.cumsum([block.shape[1] for block in blocks])
    return fit, np.split(fit.coefficients[1:], ends[:-1]), places


def _telling(
    columns: Sequence[BinnedColumn], fit: Logit, slopes: Sequence[Numbers]
) -> list[BinnedColumn]:
    """Leave out columns that tell nothing beside the others, by Wald's test."""
    kept, start = [], 1
    for column, slope in zip(columns, slopes, strict=True):
        part = slice(start, start + len(slope))
        start += len(slope)
        wald = slope @ np.linalg.pinv(fit.covariance[part, part]) @ slope if len(slope) else 0.0
        tells = chdtrc(max(len(slope), 1), wald) < ENTERS
        kept.append(column if tells else BinnedColumn(column.name, column.kind))
    return kept


def _block(column: BinnedColumn, place: Places) -> Numbers:
    """Write a number as steps, so that the ridge smooths neighbours; levels as indicators."""
    labels = column.labels
    last = len(labels) - 1
    missing = (place == last).astype(float)
    alone = [missing] if missing.sum() >= _SPARSE else []
    if column.kind == "level":
        inner = [(place == number).astype(float) for number in range(last)]
    else:
        inner = [((place >= number) & (place < last)).astype(float) for number in range(1, last)]
    if not column.used:
        inner, alone = [], []
    return np.column_stack([np.empty((len(place), 0)), *inner, *alone])


def _effects(column: BinnedColumn, slopes: Numbers, place: Places) -> Numbers:
    """Give the log odds of every bin; missing values count as average where they are rare."""
    last = len(column.labels) - 1
    if not column.used:
        return np.zeros(last + 1)
    inner = slopes[:last] if column.kind == "level" else np.r_[0.0, np.cumsum(slopes[: last - 1])]
    known = place[place < last]
    if column.kind == "level" and not (known == last - 1).any():
        # No row was "any other": it counts as average.
        inner = np.r_[inner[:-1], inner[known].mean() if len(known) else 0.0]
    spare = slopes[len(inner) if column.kind == "level" else last - 1 :]
    missing = float(spare[0]) if len(spare) else float(inner[known].mean())
    return np.asarray(np.r_[inner, missing])


def _repaired(
    column: BinnedColumn, slopes: Numbers, values: pd.Series[Any], won: Numbers
) -> BinnedColumn:
    """Take out the step of a number that goes most against its direction."""
    if column.kind != "number" or not column.used:
        return column
    steps = slopes[: len(column.cuts)]
    known = values.notna().to_numpy()
    place = column.places(values)[known]
    rising = np.dot(place - place.mean(), won[known]) >= 0
    against = -steps if rising else steps
    if (against <= 0).all():
        return column
    worst = int(against.argmax())
    cuts = column.cuts[:worst] + column.cuts[worst + 1 :]
    return BinnedColumn(column.name, "number", cuts)


def _points(effects: Sequence[Numbers]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], ...]:
    """Share 100 points among columns by the range of their log odds, whole numbers each."""
    ranges = np.array([np.ptp(part) for part in effects])
    exact = HIGHEST * ranges / ranges.sum()
    tops = np.floor(exact).astype(np.int64)
    most = np.argsort(-(exact - tops), kind="stable")[: HIGHEST - int(tops.sum())]
    tops[most] += 1
    return tuple(
        np.round(top * (part - part.min()) / span).astype(np.int64)
        if span > 0
        else np.zeros(len(part), dtype=np.int64)
        for part, span, top in zip(effects, ranges, tops, strict=True)
    )


def folds_of(won: Numbers, groups: Any, folds: int, seed: int) -> list[tuple[Any, Any]]:
    """Split rows into folds of as many wins and rows; what belongs together stays together."""
    codes = group_codes(groups, len(won))
    wins, sizes = np.bincount(codes, won), np.bincount(codes)
    if len(sizes) < folds:
        raise DataError(f"{folds} folds need at least {folds} groups; found {len(sizes)}.")
    order = np.lexsort((np.random.default_rng(seed).random(len(sizes)), sizes, wins))
    fold_of = np.empty(len(sizes), dtype=np.int64)
    fold_of[order] = np.arange(len(sizes)) % folds
    fold = fold_of[codes]
    return [(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in range(folds)]


def bands_of(scores: Numbers, won: Numbers, groups: Any, confidence: float) -> pd.DataFrame:
    """Count what became of held-out rows by bands of ten points."""
    codes = group_codes(groups, len(won))
    band = np.minimum(np.clip(scores, 0, HIGHEST) // BAND, HIGHEST // BAND - 1).astype(int)
    rows = []
    for number in range(HIGHEST // BAND):
        inside = band == number
        n, events = int(inside.sum()), int(won[inside].sum())
        low, high = clustered_share(won[inside], codes[inside], confidence)
        to = HIGHEST if number == HIGHEST // BAND - 1 else (number + 1) * BAND - 1
        rows.append((number * BAND, to, n, events, events / n if n else np.nan, low, high))
    return pd.DataFrame(rows, columns=["from", "to", "n", "won", "rate", "low", "high"])


def bin_table(
    card: Card, frame: pd.DataFrame, won: Numbers, groups: Any, confidence: float
) -> pd.DataFrame:
    """List every bin with its points and the rows behind them."""
    codes = group_codes(groups, len(won))
    rows = []
    parts = zip(card.columns, card.effects, card.points, card.places(frame), strict=True)
    for column, effects, points, places in parts:
        for number, label in enumerate(column.labels):
            inside = places == number
            n, events = int(inside.sum()), int(won[inside].sum())
            if not n and label in {ANY, UNKNOWN} and not column.used:
                continue
            low, high = clustered_share(won[inside], codes[inside], confidence)
            rate, own = events / n if n else np.nan, int(points[number])
            rows.append((column.name, label, own, n, events, rate, low, high, effects[number]))
    names = ["column", "bin", "points", "n", "won", "rate", "low", "high", "log_odds"]
    return pd.DataFrame(rows, columns=names)
