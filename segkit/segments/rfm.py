"""Recency, frequency and money: scores that ties share, and one exclusive map of segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import JsonResult
from segkit.segments.columns import as_floats
from segkit.segments.intake import as_frame, infinite
from segkit.segments.rfm_sql import rfm_sql

__all__ = ["RFM", "RFM_SEGMENTS", "rfm_scores"]

BINS = 5
MEASURES = ("recency", "frequency", "monetary")

_GRID = {  # one row a recency score, one name a frequency score from 1 to 5
    5: ("New", "Potential loyal", "Potential loyal", "Champions", "Champions"),
    4: ("Promising", "Potential loyal", "Potential loyal", "Loyal", "Loyal"),
    3: ("About to sleep", "About to sleep", "Need attention", "Loyal", "Loyal"),
    2: ("Hibernating", "Hibernating", "At risk", "At risk", "Cannot lose"),
    1: ("Hibernating", "Hibernating", "At risk", "At risk", "Cannot lose"),
}
RFM_SEGMENTS: Mapping[tuple[int, int], str] = MappingProxyType(
    {(r, f): name for r, names in _GRID.items() for f, name in enumerate(names, start=1)}
)
"""Segment by (recency score, frequency score): the common map, each customer in one segment.

Change it by `{**RFM_SEGMENTS, (5, 1): "Welcome"}`.
"""


@dataclass(frozen=True)
class RFM(JsonResult):
    """Scores of customers, and what they rest on.

    Attributes
    ----------
    scores : pandas.DataFrame
        `recency, frequency, monetary, r, f, m, segment`, in the order of the rows given. Recency
        is in days; scores run from 1 to 5, 5 is best; they are missing where a value is.
    cuts : pandas.DataFrame
        `measure, score, above, to`: the values that have a score, `above < value <= to`.
    segments : pandas.DataFrame
        `segment, customers, share, recency, frequency, monetary` (means), largest first.
    notes : tuple of str
        Scores that no one has because of ties, and customers without a segment.
    columns : mapping
        Measure -> the column it was taken from.
    segment_map : mapping
        (recency score, frequency score) -> segment.
    as_of : Timestamp or None
        The day that dates were counted to.
    """

    scores: pd.DataFrame
    cuts: pd.DataFrame
    segments: pd.DataFrame
    notes: tuple[str, ...]
    columns: Mapping[str, str]
    segment_map: Mapping[tuple[int, int], str]
    as_of: pd.Timestamp | None = field(default=None, metadata={"json": False})

    def to_sql(
        self,
        dialect: str = "duckdb",
        table: str | Sequence[str] = "customers",
        *,
        key: str,
        as_of: Any = None,
    ) -> str:
        """Write the query that gives the rows of a table these scores and segments.

        The cuts stay those of the customers scored here. Missing means NULL: it has no score, and
        no segment if recency or frequency is missing.

        Parameters
        ----------
        dialect : str
            A dialect of sqlglot: "duckdb", "postgres", "sqlite", "spark", "snowflake", ... In
            SQLite dates are ISO text.
        table : str or sequence of str
            Name of the table; `"schema.table"`, or its parts.
        key : str
            Column that names rows; the query hands on it, `r`, `f`, `m` and `segment`, in its
            order.
        as_of : date, optional
            Where recency was given in dates: another day to count to. A purchase after it has no
            score.

        Raises
        ------
        ParameterError
            If `as_of` is given and recency was given in days.
        MissingPackageError
            If another dialect than "duckdb" is asked for and sqlglot is not installed.

        Examples
        --------
        >>> table = pd.DataFrame({"id": range(9), "days": range(9), "n": range(9)})
        >>> found = rfm_scores(table, recency="days", frequency="n", monetary="n")
        >>> import duckdb
        >>> duckdb.sql(found.to_sql(table="table", key="id")).fetchall()[0]
        (0, 5, 1, 1, 'New')
        """
        if as_of is not None and self.as_of is None:
            expected = "None, since recency was given in days"
            raise ParameterError("as_of", "to_sql", expected, as_of)
        return rfm_sql(
            self.cuts,
            self.columns,
            self.segment_map,
            as_of=self.as_of if as_of is None else pd.Timestamp(as_of),
            table=table,
            key=key,
            dialect=dialect,
        )


def rfm_scores(
    customers: Any,
    *,
    recency: str,
    frequency: str,
    monetary: str,
    as_of: Any = None,
    segment_map: Mapping[tuple[int, int], str] = RFM_SEGMENTS,
) -> RFM:
    """Score customers by recency, frequency and money.

    Each measure is cut at the values that 20, 40, 60 and 80 % of customers do not exceed. Equal
    values always share a score, so that a score may hold more than a fifth, or no one: nothing is
    merged or dropped, and the cuts are handed back.

    Parameters
    ----------
    customers : frame of shape (n, columns)
        One row a customer; any eager frame.
    recency : str
        Column of days since the last purchase, or of its date; the latter needs `as_of`.
    frequency, monetary : str
        Columns of the number of purchases and of their total or mean value.
    as_of : date, optional
        Day that recency is counted to. There is no default: today would change the scores.
    segment_map : mapping
        (recency score, frequency score) -> segment, for all 25 pairs.

    Raises
    ------
    DataError
        If columns are missing or hold no numbers, or a purchase is later than `as_of`.
    ParameterError
        If `as_of` is missing for dates, or `segment_map` does not name all 25 pairs.

    Notes
    -----
    Scores by fifths: Hughes (1994), "Strategic Database Marketing". Cuts are order statistics
    (the inverse of the distribution function), hence values that occur.

    Examples
    --------
    >>> table = pd.DataFrame({"days": [1, 9, 9, 40, 90], "orders": [9, 1, 1, 4, 1],
    ...                       "spent": [900, 50, 70, 300, 20]})
    >>> found = rfm_scores(table, recency="days", frequency="orders", monetary="spent")
    >>> found.scores[["r", "f", "m", "segment"]]
       r  f  m      segment
    0  5  5  5    Champions
    1  4  1  2    Promising
    2  4  1  3    Promising
    3  2  4  4      At risk
    4  1  1  1  Hibernating
    """
    _check_map(segment_map)
    frame = _read(customers, (recency, frequency, monetary))
    values = pd.DataFrame(
        {
            "recency": _days(frame[recency], as_of),
            "frequency": as_floats(frame[frequency]),
            "monetary": as_floats(frame[monetary]),
        }
    )
    tables = [_cut(name, values[name].to_numpy()) for name in MEASURES]
    cuts = pd.concat(tables, ignore_index=True)
    scores = values.assign(
        **{
            name[0]: _score(values[name], table)
            for name, table in zip(MEASURES, tables, strict=True)
        }
    )
    pairs = zip(scores["r"], scores["f"], strict=True)
    names = [None if pd.isna(r) or pd.isna(f) else segment_map[int(r), int(f)] for r, f in pairs]
    scores["segment"] = pd.Series(names, dtype="str")
    dated = pd.api.types.is_datetime64_any_dtype(frame[recency])
    return RFM(
        scores,
        cuts,
        _summary(scores),
        _notes(scores),
        columns={"recency": recency, "frequency": frequency, "monetary": monetary},
        segment_map=dict(segment_map),
        as_of=pd.Timestamp(as_of) if dated else None,
    )


def _check_map(segment_map: Mapping[tuple[int, int], str]) -> None:
    lost = sorted(set(RFM_SEGMENTS) - set(segment_map))
    if lost or len(segment_map) != len(RFM_SEGMENTS):
        spare = sorted(set(segment_map) - set(RFM_SEGMENTS))
        raise ParameterError(
            "segment_map",
            "rfm_scores",
            "a segment for each pair of scores (1..5, 1..5)",
            f"nothing for {lost}, something for {spare}",
        )


def _read(customers: Any, names: tuple[str, ...]) -> pd.DataFrame:
    frame = as_frame(customers)
    if frame is None:
        raise DataError(f"rfm_scores needs a frame with named columns. Found {type(customers)}.")
    faults = [
        f"There is no column {name!r}; there are {list(frame.columns)}."
        + nearest(name, frame.columns)
        for name in names
        if name not in frame.columns
    ]
    numbers = [name for name in names[1:] if name in frame.columns]
    faults += [
        f"Column {name!r} holds {frame[name].dtype} where numbers are expected."
        for name in numbers
        if not pd.api.types.is_numeric_dtype(frame[name])
    ]
    faults += infinite(frame, [name for name in names if name in frame.columns])
    if faults:
        raise DataError("\n".join(faults))
    return frame


def _days(values: pd.Series[Any], as_of: Any) -> NDArray[np.float64]:
    if pd.api.types.is_numeric_dtype(values):
        return as_floats(values)
    if not pd.api.types.is_datetime64_any_dtype(values):
        raise DataError(f"Column {values.name!r} holds neither days nor dates: {values.dtype}.")
    if as_of is None:
        raise ParameterError("as_of", "rfm_scores", "a date, since recency is given in dates", None)
    days = (pd.Timestamp(as_of) - values).dt.days
    if (days < 0).any():
        raise DataError(
            f"{int((days < 0).sum())} customers bought after as_of, first in rows "
            f"{days.index[days < 0][:5].tolist()}. Take a later as_of or leave out later purchases."
        )
    return as_floats(days)


def _cut(measure: str, values: NDArray[np.float64]) -> pd.DataFrame:
    """Give the bounds of each score; fewer days of recency are better."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        raise DataError(f"No customer has a value of {measure}.")
    # In whole numbers: 0.6 n can round to the other side of an order statistic.
    inner = np.sort(known)[-(-known.size * np.arange(1, BINS) // BINS) - 1]
    above, to = np.r_[-np.inf, inner], np.r_[inner, np.inf]
    if measure == "recency":
        above, to = above[::-1], to[::-1]
    scores = np.arange(1, BINS + 1)
    return pd.DataFrame({"measure": measure, "score": scores, "above": above, "to": to})


def _score(values: pd.Series[Any], cuts: pd.DataFrame) -> pd.Series[Any]:
    inner = np.sort(cuts["to"].to_numpy()[np.isfinite(cuts["to"])])
    place = np.searchsorted(inner, values.to_numpy(), side="left")
    downwards = np.isinf(cuts["to"].iloc[0])
    score = pd.Series(BINS - place if downwards else place + 1, index=values.index, dtype="Int64")
    return score.mask(values.isna())


def _summary(scores: pd.DataFrame) -> pd.DataFrame:
    groups = scores.groupby("segment")
    table = groups[list(MEASURES)].mean()
    sizes = groups.size()
    table.insert(0, "customers", sizes)
    table.insert(1, "share", sizes / len(scores))
    order = table.reset_index().sort_values(["customers", "segment"], ascending=[False, True])
    return order.reset_index(drop=True)


def _notes(scores: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    for name in MEASURES:
        empty = sorted(set(range(1, BINS + 1)) - set(scores[name[0]].dropna()))
        if empty:
            notes.append(f"{name}: no customer has score {empty}, because equal values share one")
    without = int(scores["segment"].isna().sum())
    if without:
        notes.append(f"{without:,} customers have no segment: recency or frequency is missing")
    return tuple(notes)
