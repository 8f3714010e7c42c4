"""Ratings as they come in: frames, arrays or grids, and the scale that they use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import as_pandas, take_columns
from segkit.sizing.columns import number_columns

__all__ = ["Scale", "role_columns", "seen_scale", "stated_scale"]

Scale = tuple[float, float]
_WIDEST: Scale = (0, 10)
_SHOWN = 10
_SCALES: tuple[Scale, ...] = ((1, 5), (1, 7), (1, 10))


def role_columns(
    answers: Any,
    roles: Mapping[str, Any],
    what: str,
    needed: Sequence[str] = (),
    usual: Sequence[str] = (),
) -> pd.DataFrame:
    """Take answers as one column a role, from a frame, from arrays or from two grids.

    Parameters
    ----------
    answers : frame, array-like or None
        A frame, whose columns the roles name; or the values of the first role, and the other roles
        are arrays too; or None, where the first role holds its values itself. Arrays of two
        dimensions have a row for each respondent and a column for each item; they become the roles
        "respondent" and the last one.
    roles : mapping of str to str, array-like or None
        Column or values of each role; roles that are None stay out.
    what : str
        What the rows are, to begin a message with.
    needed : sequence of str
        Roles that must have a column or values; of a frame by default the column of their name.
    usual : sequence of str
        Other roles that a frame's column of their name is taken for.

    Raises
    ------
    DataError
        If columns are missing, or arrays differ in length.
    ParameterError
        If names of columns are given with arrays, or a role that is needed has none.

    Examples
    --------
    >>> role_columns([5, 4], {"importance": None, "satisfaction": [2, 3]}, "answers")
       importance  satisfaction
    0           5             2
    1           4             3
    """
    given = {role: values for role, values in roles.items() if values is not None}
    if hasattr(answers, "columns") and all(isinstance(name, str) for name in given.values()):
        there = list(answers.columns)
        known = [role for role in (*needed, *usual) if role in there]
        given = dict(zip(known, known, strict=True)) | given
        found = ", ".join(map(repr, there[:_SHOWN]))
        _refuse_missing(given, needed, what, f"a column of the frame ({found})")
        given = {role: given[role] for role in roles if role in given}
        taken = take_columns(answers, list(given.values()), what)
        return pd.DataFrame({role: taken[name] for role, name in given.items()})
    if answers is not None:
        given.pop(next(iter(roles)), None)
        given = {next(iter(roles)): answers} | given
    _refuse_missing(given, needed, what, "values, or a column of a frame")
    return _of_arrays(given, needed, what, last=list(roles)[-1])


def _refuse_missing(
    given: Mapping[str, Any], needed: Sequence[str], what: str, expected: str
) -> None:
    for role in needed:
        if role not in given:
            raise ParameterError(role, what, expected, None)


def _of_arrays(
    given: Mapping[str, Any], needed: Sequence[str], what: str, last: str
) -> pd.DataFrame:
    named = [role for role, values in given.items() if isinstance(values, str)]
    if named:
        raise ParameterError(", ".join(named), what, "arrays like the first one", given[named[0]])
    items = next((_columns(values) for values in given.values() if _columns(values)), [])
    parts = {role: _array(values, f"{what}: {role}", items) for role, values in given.items()}
    lengths = {role: len(part) for role, part in parts.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{role}: {length:,}" for role, length in lengths.items())
        raise DataError(f"{what}: arrays must be equally long. Got {told}.")
    if any(part.ndim > 1 for part in parts.values()):
        flat = [role for role in needed if parts[role].ndim == 1]
        if flat:
            told = "a row for each respondent and a column for each item"
            raise DataError(f"{what}: {', '.join(flat)} must be a grid like the others, {told}.")
        return _melted(parts, items, last, what)
    return pd.DataFrame(parts)


def stated_scale(scale: Any, owner: str) -> Scale:
    """Check a scale that the caller states.

    Examples
    --------
    >>> stated_scale([1, 7], "opportunity")
    (1.0, 7.0)
    """
    try:
        ends = np.asarray(scale, dtype=float).ravel()
    except (TypeError, ValueError):
        ends = np.empty(0)
    if ends.shape != (2,) or not np.isfinite(ends).all() or ends[1] - ends[0] < 2:
        raise ParameterError("scale", owner, "its lowest and highest rating, such as (1, 5)", scale)
    return float(ends[0]), float(ends[1])


def seen_scale(ratings: pd.DataFrame, scale: Scale | None, what: str) -> tuple[pd.DataFrame, Scale]:
    """Take ratings as numbers, with their scale: the one stated, or 1-5, 1-7, 1-10 or 0-10 as seen.

    Raises
    ------
    DataError
        If a rating is no number or off the scale (names the rows), or columns seem to use
        different scales.

    Examples
    --------
    >>> seen_scale(pd.DataFrame({"importance": [7, 2], "satisfaction": [6, 1]}), None, "answers")[1]
    (1, 7)
    """
    columns = [str(name) for name in ratings]
    numbers = number_columns(ratings, dict.fromkeys(columns, scale or _WIDEST), what)
    if scale is not None:
        return numbers, scale
    seen = {name: _seen(numbers[name]) for name in columns if numbers[name].notna().any()}
    if not seen:
        raise DataError(f"{what}: no rating at all.")
    if None in seen.values() or len(set(seen.values())) > 1:
        told = ", ".join(
            f"{name} from {numbers[name].min():g} to {numbers[name].max():g}" for name in seen
        )
        raise DataError(
            f"{what}: scales are mixed or unclear ({told}). State the scale that all share, such "
            "as scale=(1, 10), or bring ratings to one."
        )
    return numbers, next(one for one in seen.values() if one)


def _seen(values: pd.Series) -> Scale | None:
    low, high = float(values.min()), float(values.max())
    if low < 1:
        return _WIDEST if high > 7 else None
    return next(scale for scale in _SCALES if high <= scale[1])


def _columns(values: Any) -> list[Any]:
    return list(getattr(values, "columns", []))


def _array(values: Any, what: str, items: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Take values as an array; columns of a frame in the order of the items."""
    if hasattr(values, "columns"):
        values = as_pandas(values)
        if values.shape[1] > 1 and set(values.columns) != set(items):
            odd = sorted(map(str, set(values.columns) ^ set(items)))
            raise DataError(f"{what}: grids must name the same items. Not in both: {odd}.")
        values = values[list(items)] if values.shape[1] > 1 else values
    try:
        array = np.atleast_1d(np.asarray(values))
    except ValueError:
        raise DataError(f"{what} must be a list, or rows that are equally long.") from None
    # Among words numpy would turn a missing answer into the word "nan".
    return array if array.dtype.kind not in "US" else np.asarray(values, dtype=object)


def _melted(
    parts: Mapping[str, np.ndarray[Any, Any]], named: Sequence[Any], item: str, what: str
) -> pd.DataFrame:
    """Turn grids with a row for each respondent and a column for each item into rows."""
    grids = {role: part for role, part in parts.items() if part.ndim > 1}
    people, items = next(iter(grids.values())).shape[:2]
    if {part.shape for part in grids.values()} != {(people, items)}:
        told = ", ".join(f"{role}: {part.shape}" for role, part in grids.items())
        raise DataError(f"{what}: grids must have the same shape. Got {told}.")
    names = list(named) or [f"item {n + 1}" for n in range(items)]
    columns = {
        role: part.ravel() if role in grids else np.repeat(part, items)
        for role, part in parts.items()
    }
    columns["respondent"] = np.repeat(np.arange(people), items)
    return pd.DataFrame(columns | {item: np.tile(np.array(names, dtype=object), people)})
