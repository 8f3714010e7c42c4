"""Importance of attributes: how far each moves utility, as a share of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, check_share, nearest
from segkit.frames import as_pandas
from segkit.intervals import mean_interval
from segkit.sizing.columns import ANY, number_columns
from segkit.surveys.conjoint import ChoiceModel
from segkit.surveys.intake import labels

__all__ = ["conjoint_importance"]

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
        ranges (numbers); a sequence of either; a long frame with `attribute`, `level` and
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
    check_share("confidence", "conjoint_importance", confidence)
    if isinstance(part_worths, ChoiceModel):
        return _of_model(part_worths, confidence)
    part_worths = getattr(part_worths, "part_worths", part_worths)
    if isinstance(part_worths, Mapping | pd.Series):
        return _table({str(name): _range(name, each) for name, each in part_worths.items()})
    if hasattr(part_worths, "columns"):
        return _of_frame(as_pandas(part_worths, "The part-worths"), confidence)
    if not hasattr(part_worths, "__iter__"):
        raise DataError(
            f"Part-worths must be a mapping, a sequence or a frame. Got {part_worths!r}."
        )
    return _table({str(place): _range(place, each) for place, each in enumerate(part_worths, 1)})


def _range(name: object, worths: Any) -> float:
    if isinstance(worths, Mapping | pd.Series):
        worths = list(worths.values()) if isinstance(worths, Mapping) else worths.tolist()
    try:
        values = np.asarray(worths, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"Attribute {name!r} needs numbers. Found {worths!r}.") from None
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
    frame = frame.assign(**number_columns(frame, {worth: ANY}, "The part-worths"))
    empty = frame[["attribute", worth]].isna().any(axis=1).to_numpy()
    if empty.any():
        rows = labels(frame.index, empty)
        raise DataError(f"Each part-worth needs an attribute and a number; not so in rows {rows}.")
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
