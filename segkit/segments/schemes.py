"""Schemes: ways of grouping customers that need no model, from any column."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError, nearest
from segkit.segments.columns import OTHER, UNKNOWN, as_floats, plain
from segkit.segments.intake import as_frame

__all__ = ["band_cuts", "band_names", "conventional_schemes", "row_centred", "scheme_of"]

Numbers = NDArray[np.float64]
BANDS = 5
LEAST_SHARE = 0.02
MOST_GROUPS = 20


def conventional_schemes(
    customers: Any,
    columns: Sequence[str] | None = None,
    *,
    bands: int = BANDS,
    least_share: float = LEAST_SHARE,
) -> pd.DataFrame:
    """Make a scheme of each column: bands of numbers, categories with rare levels pooled.

    Parameters
    ----------
    customers : frame of shape (n, columns)
        Any eager frame.
    columns : sequence of str, optional
        All without it. A column that every customer shares, or that names customers, makes no
        scheme and is left out, unless it is named here: then it is a fault.
    bands : int
        Bands of equal numbers of customers, for numbers of more than 20 values; equal values
        share a band.
    least_share : float
        A level that fewer customers hold is pooled into "Other"; the 20 commonest at most stay.

    Returns
    -------
    pandas.DataFrame of shape (n, schemes)
        Segment of each customer as text, "Unknown" where the value is missing; hand it to
        `league_table` as `dict(found)`, beside `rfm_scores(...).scores["segment"]` and the labels
        of any model.

    Raises
    ------
    DataError
        If columns are unknown or make no scheme.
    ParameterError
        If `bands` or `least_share` is out of range.

    Examples
    --------
    >>> table = pd.DataFrame({"staff": range(100), "state": ["NY"] * 60 + ["MA"] * 39 + ["VT"]})
    >>> found = conventional_schemes(table, bands=2)
    >>> found["staff"].value_counts().to_dict()
    {'up to 49': 50, 'above 49': 50}
    >>> found["state"].value_counts().to_dict()
    {'NY': 60, 'MA': 39, 'Other': 1}
    """
    if bands < 2:
        raise ParameterError("bands", "conventional_schemes", "an int in the range [2, inf)", bands)
    if not 0 <= least_share < 0.5:
        expected = "a number in the range [0, 0.5)"
        raise ParameterError("least_share", "conventional_schemes", expected, least_share)
    frame = as_frame(customers)
    if frame is None:
        raise DataError(f"conventional_schemes needs a frame. Found {type(customers).__name__}.")
    named = list(frame.columns) if columns is None else list(columns)
    lost = [f"{name!r}.{nearest(name, frame.columns)}" for name in named if name not in frame]
    if lost:
        raise DataError(f"There are no columns {'; '.join(lost)} Found {list(frame.columns)}.")
    made = {name: scheme_of(frame[name], bands, least_share) for name in named}
    flat = {name: text.nunique() for name, text in made.items() if text.nunique() < 2}
    if columns is not None and flat:
        raise DataError(f"Columns {list(flat)} put all customers into one segment.")
    return pd.DataFrame({name: text for name, text in made.items() if name not in flat})


def scheme_of(
    values: pd.Series[Any], bands: int = BANDS, least_share: float = LEAST_SHARE
) -> pd.Series[Any]:
    """Make segments of one column, as text."""
    dated = pd.api.types.is_datetime64_any_dtype(values)
    if dated:
        values = values.dt.year.astype("Int64")
    number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if number and values.nunique() > MOST_GROUPS:
        return _banded(values, bands)
    text = pd.Series(
        [
            None if missing else str(plain(one))
            for one, missing in zip(values, values.isna(), strict=True)
        ],
        index=values.index,
        dtype=object,
    )
    shares = text.value_counts() / len(text)
    ranked = sorted(shares.index, key=lambda level: (-shares[level], level))
    kept = [level for level in ranked[:MOST_GROUPS] if shares[level] >= least_share]
    text = text.where(text.isna() | text.isin(kept), OTHER)
    return text.fillna(UNKNOWN).astype("str")


def _banded(values: pd.Series[Any], bands: int) -> pd.Series[Any]:
    numbers = as_floats(values)
    known = numbers[~np.isnan(numbers)]
    cuts = band_cuts(known, bands)
    names = np.array([*band_names(cuts), UNKNOWN], dtype=object)
    place = np.where(np.isnan(numbers), len(names) - 1, np.searchsorted(cuts, numbers))
    return pd.Series(names[place], index=values.index, dtype="str")


def band_cuts(known: Numbers, bands: int) -> tuple[float, ...]:
    """Give the upper ends of bands of about equal numbers of values; equal values share a band."""
    cuts = np.unique(np.quantile(known, np.arange(1, bands) / bands, method="lower"))
    return tuple(float(cut) for cut in cuts[cuts < known.max()])


def band_names(cuts: Sequence[float]) -> tuple[str, ...]:
    """Name the bands between cuts, different ones differently.

    Examples
    --------
    >>> band_names([10, 25.5])
    ('up to 10', 'above 10 to 25.5', 'above 25.5')
    """
    digits = next((d for d in range(6, 17) if len({f"{c:.{d}g}" for c in cuts}) == len(cuts)), 17)
    shown = [f"{cut:.{digits}g}" for cut in cuts]
    inner = [f"above {low} to {high}" for low, high in pairwise(shown)]
    return (f"up to {shown[0]}", *inner, f"above {shown[-1]}")


def row_centred(answers: Any) -> pd.DataFrame:
    """Take each person's own mean away, so that what is left is what matters more to them.

    Some people rate all things high. Group the result by a `Segmenter` for needs segments. Columns
    that add up to 0 hang together by that alone: of fewer than six items even noise is then called
    constructive, so that only natural and reproducible segments prove anything.

    Parameters
    ----------
    answers : frame of shape (people, items)
        Ratings of the same scale; missing ones stay missing, and the mean is of the others.

    Raises
    ------
    DataError
        If there are fewer than two columns, or they hold no numbers.

    Examples
    --------
    >>> row_centred(pd.DataFrame({"speed": [5, 3], "price": [3, 1]}))
       speed  price
    0    1.0   -1.0
    1    1.0   -1.0
    """
    frame = as_frame(answers)
    if frame is None or frame.shape[1] < 2:
        raise DataError("Row-centring needs a frame of two columns of ratings or more.")
    wrong = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    if wrong:
        raise DataError(f"Columns {wrong} hold no numbers.")
    numbers = pd.DataFrame({name: as_floats(frame[name]) for name in frame})
    return numbers.sub(numbers.mean(axis=1), axis=0)
