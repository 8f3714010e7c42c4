"""Rows that are the same deal or company twice, exactly or nearly."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.stats import poisson

__all__ = ["Duplicates", "duplicates_of", "plain_name"]

Pairs = NDArray[np.intp]
NEAR = 0.01  # numbers that differ by less, relatively, are taken for the same
_CHANCE = 0.01  # expected pairs a row, above which rows that agree prove nothing
_SURE, _TOGETHER = 0.001, 3  # columns hang together, so that more pairs agree by chance
_LEGAL = {
    *("inc", "incorporated", "llc", "llp", "ltd", "limited", "corp", "corporation", "co"),
    *("company", "gmbh", "ag", "kg", "se", "sa", "sarl", "spa", "srl", "bv", "nv", "plc", "ab"),
    *("oy", "as", "pty", "the"),
}


@dataclass(frozen=True)
class Duplicates:
    """Rows grouped by what they stand for.

    Attributes
    ----------
    groups : array of int, shape (n,)
        Rows of one number belong together.
    exact, near : int
        Rows that repeat an earlier one, in every cell and nearly.
    by_chance : bool
        The columns are so coarse that rows agree by chance: likeness was not looked for.
    """

    groups: NDArray[np.intp]
    exact: int
    near: int
    by_chance: bool


def plain_name(text: str) -> str:
    """Write a name without case, accents, punctuation, legal form and order of words.

    Examples
    --------
    >>> plain_name("The Ácme-Works, Inc.") == plain_name("ACME WORKS")
    True
    """
    bare = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c)))
    kept = sorted(word for word in words if word not in _LEGAL)
    return " ".join(kept or sorted(words))


def duplicates_of(
    frame: pd.DataFrame, outcome: pd.Series[Any], names: pd.Series[Any] | None
) -> Duplicates:
    """Group rows that agree in all columns, nearly agree, or bear the same name."""
    n = len(frame)
    plain = frame.apply(_comparable)
    expected = _TOGETHER * _expected_pairs(plain)
    by_chance = expected > _CHANCE * n
    pairs = np.empty((0, 2), dtype=np.intp)
    exact = 0
    if not by_chance:
        exact = int(frame.assign(**{"\0": outcome.to_numpy()}).duplicated().sum())
        pairs = _near_pairs(plain)
        if poisson.sf(len(pairs) - 1, expected) > _SURE:
            pairs = pairs[:0]
    if names is not None:
        pairs = np.vstack([pairs, _same_name(names)])
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    count, groups = connected_components(links, directed=False)
    return Duplicates(groups.astype(np.intp), exact, n - int(count) - exact, by_chance)


def _comparable(values: pd.Series[Any]) -> pd.Series[Any]:
    """Give numbers on a scale of relative differences, and text as plain names."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.astype("str")
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.astype("float64")
        small = float(numbers.abs().median(skipna=True) or 1.0) / 1e3
        scaled = np.sign(numbers) * np.log1p(numbers.abs() / small) if small > 0 else numbers
        return pd.Series(scaled)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.astype("str")
    known = {one: plain_name(str(one)) for one in values.dropna().unique()}
    return values.map(known).astype("str")


def _expected_pairs(plain: pd.DataFrame) -> float:
    """Count the pairs that would agree if columns had nothing to do with each other."""
    chance = 1.0
    for name in plain.columns:
        values = plain[name]
        if pd.api.types.is_numeric_dtype(values.dtype):
            values = (values / NEAR).round()
        shares = values.value_counts(normalize=True, dropna=False)
        chance *= float((shares**2).sum())
    return chance * len(plain) * (len(plain) - 1) / 2


def _near_pairs(plain: pd.DataFrame) -> Pairs:
    numeric = [c for c in plain.columns if pd.api.types.is_numeric_dtype(plain[c].dtype)]
    others = [c for c in plain.columns if c not in numeric]
    points = plain[numeric].fillna(-1e6).to_numpy(np.float64)
    key = (
        plain[others].fillna("").agg("\x1f".join, axis=1) if others else pd.Series("", plain.index)
    )
    codes = pd.factorize(key)[0]
    # A coordinate of its own keeps rows apart whose text differs.
    space = np.column_stack([codes * 1.0, points])
    return np.asarray(cKDTree(space).query_pairs(NEAR, p=np.inf, output_type="ndarray"), np.intp)


def _same_name(names: pd.Series[Any]) -> Pairs:
    """Link each row to the first of its name; rows without one are linked to none."""
    known = names.dropna()
    plain = known.astype("str").map({one: plain_name(one) for one in known.astype("str").unique()})
    places = pd.Series(np.flatnonzero(names.notna()), index=plain.index)
    first = places.groupby(plain.to_numpy()).transform("first")
    linked = np.column_stack([first.to_numpy(), places.to_numpy()])
    return np.asarray(linked[linked[:, 0] != linked[:, 1]], dtype=np.intp)
