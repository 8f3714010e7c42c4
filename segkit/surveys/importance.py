"""Importance of attributes: how far each moves utility, as a share of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import JsonResult, as_pandas
from segkit.intervals import mean_interval
from segkit.surveys.classes import ChoiceClasses
from segkit.surveys.coding import Attribute, Coding, attribute_of, kinds_of
from segkit.surveys.conjoint import ChoiceModel
from segkit.surveys.intake import find_columns
from segkit.surveys.logit import Floats

__all__ = ["RatingConjoint", "conjoint_importance", "rating_conjoint"]

_WORTHS = ("estimate", "part_worth", "partworth", "utility", "worth")
_OWNERS = ("respondent", "class", "segment")


def conjoint_importance(part_worths: Any, *, confidence: float = 0.9) -> pd.DataFrame:
    r"""Give the importance of attributes in percent: :math:`range_k / \sum range`.

    The range of an attribute is that from its worst to its best level (Orme 2010). It depends on
    the levels that were shown: a wider range of prices makes price more important.

    Parameters
    ----------
    part_worths : mapping, sequence, frame, ChoiceModel, ChoiceClasses or RatingConjoint
        A mapping from attributes to part-worths (a sequence, or a mapping from levels), or to
        ranges (numbers); a sequence of ranges; a long frame with `attribute`, `level` and
        `part_worth` or `estimate`, and perhaps `respondent`, `class` or `segment`: then the
        importance of each is averaged, as wide apart as they may be. Averages of segments weigh
        by a column `weight` or `share`, where there is one.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    DataFrame
        `attribute, range, importance`, and where it can be known the interval `low, high`: from
        the model's coefficients, or of the mean over respondents.

    Raises
    ------
    DataError
        If there are no part-worths, or all ranges are 0.

    Examples
    --------
    >>> conjoint_importance([40, 90, 20])["importance"].round(1).tolist()  # Orme's example
    [26.7, 60.0, 13.3]
    >>> worths = {"brand": {"A": -20, "B": 20}, "price": [50, -40], "colour": [0, 20]}
    >>> conjoint_importance(worths)["importance"].round(1).tolist()
    [26.7, 60.0, 13.3]
    """
    if not 0 < confidence < 1:
        raise ParameterError("confidence", "conjoint_importance", "a number in (0, 1)", confidence)
    if isinstance(part_worths, ChoiceModel):
        return _of_model(part_worths, confidence)
    if isinstance(part_worths, RatingConjoint | ChoiceClasses):
        part_worths = part_worths.part_worths
    if isinstance(part_worths, Mapping | pd.Series):
        return _table({str(name): _range(name, each) for name, each in part_worths.items()})
    if hasattr(part_worths, "columns"):
        return _of_frame(as_pandas(part_worths, "The part-worths"), confidence)
    ranges = np.asarray(part_worths, dtype=float)
    if ranges.ndim != 1:
        raise DataError("A sequence must hold one range for each attribute.")
    return _table({str(place + 1): float(each) for place, each in enumerate(ranges)})


def _range(name: object, worths: Any) -> float:
    if isinstance(worths, Mapping | pd.Series):
        worths = list(worths.values()) if isinstance(worths, Mapping) else worths.tolist()
    values = np.asarray(worths, dtype=float)
    if values.ndim == 1 and len(values) < 2:
        raise DataError(f"Attribute {name!r} needs part-worths of two levels or more.")
    return float(values) if values.ndim == 0 else float(np.ptp(values))


def _table(ranges: Mapping[str, float]) -> pd.DataFrame:
    values = np.array(list(ranges.values()), dtype=float)
    if not len(values) or not np.isfinite(values).all() or (values < 0).any() or not values.sum():
        raise DataError(
            f"Importance needs ranges of 0 or more, not all of them 0. Found {dict(ranges)}."
        )
    shares = 100 * values / values.sum()
    return pd.DataFrame({"attribute": list(ranges), "range": values, "importance": shares})


def _of_model(model: ChoiceModel, confidence: float) -> pd.DataFrame:
    spans, drawn = model.spans()
    table = _table({str(name): float(span) for name, span in spans.items()})
    shares = 100 * drawn / drawn.sum(axis=1, keepdims=True)
    ends = np.quantile(shares, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return table.assign(low=ends[0], high=ends[1])


def _of_frame(frame: pd.DataFrame, confidence: float) -> pd.DataFrame:
    there = [str(name) for name in frame.columns]
    worth = next((name for name in _WORTHS if name in there), None)
    if "attribute" not in there or worth is None:
        raise DataError(
            "Part-worths need the columns 'attribute' and 'part_worth' (or 'estimate'). Columns "
            f"found: {', '.join(there)}.{nearest('attribute', there)}"
        )
    owner = next((name for name in _OWNERS if name in there), None)
    order = list(dict.fromkeys(frame["attribute"]))
    if owner is None:
        spans = frame.groupby("attribute")[worth].agg(np.ptp).loc[order]
        return _table({str(name): float(value) for name, value in spans.items()})
    wide = frame.groupby([owner, "attribute"])[worth].agg(np.ptp).unstack()[order]
    wide = wide[wide.sum(axis=1) > 0]
    if wide.empty or wide.isna().any(axis=None):
        raise DataError(f"Each {owner} needs part-worths of every attribute, not all alike.")
    shares = 100 * wide.div(wide.sum(axis=1), axis=0)
    size = next((name for name in ("weight", "share") if name in there), None)
    weight = frame.groupby(owner)[size].first().loc[wide.index] if size else None
    table = pd.DataFrame(
        {
            "attribute": [str(name) for name in order],
            "range": np.average(wide, axis=0, weights=weight),
            "importance": np.average(shares, axis=0, weights=weight),
        }
    )
    if owner == "respondent" and weight is None:
        low, high = mean_interval(shares.mean(), shares.std(), len(shares), confidence)
        table = table.assign(low=low, high=high)
    return table


@dataclass(frozen=True, eq=False)
class RatingConjoint(JsonResult):
    """Part-worths of each respondent from ratings of whole offers.

    Attributes
    ----------
    part_worths : DataFrame
        `respondent, attribute, level, estimate`; those of an attribute add up to 0. A linear
        attribute has its least and its most value.
    importance : DataFrame
        Mean of the respondents' importances: `attribute, range, importance, low, high`.
    respondents : DataFrame
        `respondent, ratings, r2`.
    notes : tuple of str
        Who was set aside, and why.
    """

    part_worths: pd.DataFrame
    importance: pd.DataFrame
    respondents: pd.DataFrame
    notes: tuple[str, ...]


def rating_conjoint(
    frame: Any,
    attributes: Any = None,
    *,
    respondent: str | None = None,
    rating: str | None = None,
    confidence: float = 0.9,
) -> RatingConjoint:
    """Fit ratings of whole offers by least squares, respondent by respondent.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row for each offer that a respondent rated.
    attributes : sequence of str or mapping of str to str, optional
        Columns of the offers, as in `ChoiceModel`; None takes all other columns.
    respondent, rating : str, optional
        Columns; None takes those of these names.
    confidence : float
        Confidence of the interval of the mean importance, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, or no respondent rated enough different offers.

    Examples
    --------
    >>> offers = pd.DataFrame({"brand": ["A", "A", "B", "B"], "price": ["lo", "hi", "lo", "hi"]})
    >>> found = rating_conjoint(offers.assign(respondent=1, rating=[9, 5, 8, 4]))
    >>> found.importance["importance"].tolist()
    [20.0, 80.0]
    """
    names = {"respondent": respondent, "rating": rating}
    table, found = find_columns(frame, names, "The ratings")
    kinds = kinds_of(attributes, "rating_conjoint")
    if kinds is None:
        kinds = {str(name): None for name in table.columns if name not in found.values()}
    lost = [
        f"no attribute {name!r}.{nearest(name, table.columns)}"
        for name in kinds
        if name not in table
    ]
    if lost or not kinds:
        raise DataError("; ".join(lost) or "There are no attributes beside the ratings.")
    used = table[[*found.values(), *kinds]].dropna()
    known = tuple(attribute_of(used[name], kind) for name, kind in kinds.items())
    coding = Coding(known, none=False, coding="effects")
    rows = coding.rows(used, False, "The ratings")
    rated = pd.to_numeric(used[found["rating"]], errors="coerce").to_numpy(dtype=float)
    if np.isnan(rated).any():
        row = used.index[np.isnan(rated)][0]
        raise DataError(f"Ratings must be numbers. Found another thing in row {row}.")
    worths, people, notes = [], [], []
    for who, places in used.reset_index(drop=True).groupby(found["respondent"]).indices.items():
        fitted = _least_squares(rows[places], rated[places])
        if fitted is None:
            notes.append(f"{who}: too few different offers, or all rated alike")
            continue
        beta, r2 = fitted
        people.append({"respondent": who, "ratings": len(places), "r2": r2})
        worths += [{"respondent": who} | row for row in _worths(coding, beta)]
    if not people:
        raise DataError(f"No respondent can be fitted. {'; '.join(notes[:5])}.")
    dropped = [f"{len(notes)} respondents set aside: {'; '.join(notes[:5])}."] if notes else []
    if len(used) < len(table):
        dropped.append(f"{len(table) - len(used):,} rows with a missing cell are set aside.")
    long = pd.DataFrame(worths)
    importance = conjoint_importance(long, confidence=confidence)
    return RatingConjoint(long, importance, pd.DataFrame(people), tuple(dropped))


def _least_squares(rows: Floats, rated: Floats) -> tuple[Floats, float] | None:
    full = np.column_stack([np.ones(len(rows)), rows])
    beta, _, rank, _ = np.linalg.lstsq(full, rated, rcond=None)
    around = rated - rated.mean()
    if rank < full.shape[1] or not around @ around:
        return None
    gone = rated - full @ beta
    return np.asarray(beta[1:], dtype=np.float64), 1 - float(gone @ gone) / float(around @ around)


def _worths(coding: Coding, beta: Floats) -> list[dict[str, Any]]:
    known: dict[str, Attribute] = {each.name: each for each in coding.attributes}
    rows: list[dict[str, Any]] = []
    for (name, level), worth in zip(coding.names(), coding.turn() @ beta, strict=True):
        ends = known[name]
        if ends.linear:
            rows += [
                {"attribute": name, "level": at, "estimate": worth * at}
                for at in (ends.least, ends.most)
            ]
        else:
            rows.append({"attribute": name, "level": level, "estimate": worth})
    return rows
