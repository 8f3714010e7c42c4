"""What marks a class: the share that has a trait in the class against that in the base."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy import stats

from segkit.adjustment import holm
from segkit.errors import DataError, ParameterError
from segkit.intervals import ratio_interval
from segkit.scoring.conditions import Condition
from segkit.scoring.cutoffs import round_between
from segkit.scoring.intake import Flags, as_frame, as_outcome, is_flag, numbers_of

__all__ = ["class_profile"]

_LEAST = 5
_EVIDENCE = 0.05
_NAMES = (
    *("trait", "column", "n", "share_in_class", "share_in_base", "index", "low", "high"),
    *("p_value", "p_adjusted", "evidence"),
)


def class_profile(
    rows: Any,
    member: Any,
    *,
    columns: Sequence[str] | None = None,
    bands: int = 4,
    confidence: float = 0.9,
) -> pd.DataFrame:
    r"""Profile a class by its traits: index = share in the class / share in the base x 100.

    Traits are yes and no, levels, and bands of as many rows each of numbers; shares are of the rows
    of which the column is known, and the base holds the class.

    Parameters
    ----------
    rows : frame of shape (n, columns)
        The base, one row a customer.
    member : array of bool, shape (n,), or name of a column
        Whether it belongs to the class, such as class A by value.
    columns : sequence of str, optional
        What customers are; all other columns by default.
    bands : int
        Bands of a number.
    confidence : float
        Confidence of the intervals.

    Returns
    -------
    DataFrame
        One row a trait, the highest index first: `trait, column, n` (rows of the base that have
        it), `share_in_class, share_in_base, index` with its interval `low, high`, `p_value`
        (Fisher's exact test of the class against the rest; missing where the column is known of one
        of the two alone), `p_adjusted` (Holm; yes and no are one test), `evidence` ("more often",
        "less often" or "none").

    Raises
    ------
    DataError
        If all rows or none belong to the class, or columns are missing.
    ParameterError
        If `bands` is no int of 2 or more.

    Notes
    -----
    With :math:`w` the share of the class in the base and :math:`\theta` the ratio of the shares in
    class and rest, index = :math:`100 / (w + (1 - w) / \theta)`; its interval is that of
    :math:`\theta` (Koopman 1984).

    Examples
    --------
    >>> rows = pd.DataFrame({"central": [True] * 30 + [False] * 70, "staff": range(100, 0, -1)})
    >>> found = class_profile(rows, rows["staff"] > 80, columns=["central"])
    >>> found[["trait", "share_in_class", "share_in_base", "index", "evidence"]].round(1)
             trait  share_in_class  share_in_base  index    evidence
    0      central             1.0            0.3  333.3  more often
    1  not central             0.0            0.7    0.0  less often
    """
    if not isinstance(bands, int) or bands < 2:
        raise ParameterError("bands", "class_profile", "an int in the range [2, inf)", bands)
    frame = as_frame(rows, None, "rows")
    if isinstance(member, str):
        flags = as_frame(rows, [member], "rows")[member]
        frame = frame.drop(columns=member)
    else:
        flags = member
    inside = as_outcome(flags, len(frame), "member") == 1
    if inside.all() or not inside.any():
        raise DataError(
            f"A profile compares a class with the rest: {int(inside.sum()):,} of {len(inside):,} "
            "rows belong to it."
        )
    if columns is not None:
        frame = as_frame(frame, columns, "rows")
    found: list[tuple[Any, ...]] = []
    again: list[bool] = []
    for name in map(str, frame):
        known = frame[name].notna().to_numpy(bool)
        traits = list(_traits(frame[name], bands))
        found += [_compared(*one, name, inside & known, known, confidence) for one in traits]
        # Of two traits that part the rows, one says all of the other: they are one test.
        parted = len(traits) == 2 and np.array_equal(traits[0][1] ^ traits[1][1], known)
        again += [parted and place == 1 for place in range(len(traits))]
    table = pd.DataFrame(found, columns=list(_NAMES[:-2]))
    repeated = np.array(again, dtype=np.bool_)
    adjusted = holm(table["p_value"].mask(repeated))
    table["p_adjusted"] = np.where(repeated, np.roll(adjusted, 1), adjusted)
    way = np.where(table["index"] > 100, "more often", "less often")
    table["evidence"] = np.where(table["p_adjusted"] <= _EVIDENCE, way, "none")
    return table.sort_values(["index", "n"], ascending=False, kind="stable", ignore_index=True)


def _traits(values: pd.Series[Any], bands: int) -> Iterator[tuple[str, Flags]]:
    """Name what rows of a column can be, and mark the rows; what is too rare is left out."""
    name = str(values.name)
    frame = values.to_frame(name)
    tests: list[tuple[Condition, ...]]
    if is_flag(values):
        tests = [(Condition(name, "is", value=True),), (Condition(name, "is", value=False),)]
    elif is_numeric_dtype(values.dtype):
        tests = [*_bands(name, numbers_of(values), bands)]
    else:
        sizes = values.dropna().astype("str").value_counts()
        tests = [(Condition(name, "is", str(level)),) for level in sizes.index[sizes >= _LEAST]]
    if len(tests) > 1:
        for test in tests:
            holds = np.all([one.holds(frame) for one in test], axis=0)
            yield " and ".join(map(str, test)), np.asarray(holds)


def _bands(name: str, numbers: Any, bands: int) -> Iterator[tuple[Condition, ...]]:
    known = np.sort(numbers[~np.isnan(numbers)])
    levels = np.unique(known)
    cuts = np.unique(np.quantile(known, np.arange(1, bands) / bands, method="inverted_cdf"))
    cuts = cuts[cuts < known.max(initial=-np.inf)]
    # A round number between two values that occur parts the same rows, and is easier to keep.
    ends = [round_between(cut, float(levels[levels > cut][0])) for cut in cuts]
    for low, high in zip([None, *ends], [*ends, None], strict=True):
        above = () if low is None else (Condition(name, "above", low),)
        yield (*above, *(() if high is None else (Condition(name, "at most", high),)))


def _compared(
    words: str, holds: Flags, name: str, inside: Flags, known: Flags, confidence: float
) -> tuple[Any, ...]:
    counts = [(int((holds & side).sum()), int(side.sum())) for side in (inside, known & ~inside)]
    (own, size), (other, rest) = counts
    if not size or not rest:
        return (words, name, own + other, *[np.nan] * 6)
    part = size / (size + rest)
    here, base = own / size, (own + other) / (size + rest)
    ends = [
        100 / (part + (1 - part) / ratio) if ratio else 0.0
        for ratio in ratio_interval(own, size, other, rest, confidence)
    ]
    index = 100 * here / base if base else np.nan
    p_value = stats.fisher_exact([[own, size - own], [other, rest - other]]).pvalue
    return (words, name, own + other, here, base, index, *ends, float(p_value))
