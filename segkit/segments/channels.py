"""Channel or end user: the two apart before any statistic, and what mixing them does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.adjustment import holm
from segkit.errors import DataError
from segkit.frames import JsonResult, take_columns
from segkit.intervals import mean_interval, wilson_interval
from segkit.segments.columns import as_floats
from segkit.segments.differences import difference
from segkit.segments.intake import as_frame

__all__ = ["MixingError", "mixing_error", "split_parties"]

POOLED = "pooled"
LEVEL = 0.1
LEAST_ERROR = 0.05  # a mean moved by less is no reason to warn


@dataclass(frozen=True)
class MixingError(JsonResult):
    """What becomes of means when kinds of parties are pooled.

    Attributes
    ----------
    table : pandas.DataFrame
        `metric, party, n, mean, low, high, pooled, error, p_adjusted`, one row a metric and kind
        of party; `low` and `high` bound the mean at 90 %, `error` is pooled / mean - 1 (infinite
        where the mean alone is 0), and `p_adjusted` (Holm over the metrics and kinds) tests that
        members do not differ from all others.
    mixed : bool
        Some metric differs between the kinds and pooling moves it by more than 5 %.
    warning : str
        The same as a sentence; empty if the base is not mixed.
    notes : tuple of str
        Rows left out.
    """

    table: pd.DataFrame
    mixed: bool
    warning: str
    notes: tuple[str, ...]


def split_parties(customers: Any, party: str) -> dict[str, pd.DataFrame]:
    """Part customers by the kind of party they are, before anything is counted.

    Parameters
    ----------
    customers : frame of shape (n, columns)
    party : str
        Column of the kind, such as "end user" and "partner".

    Returns
    -------
    dict of str to pandas.DataFrame
        The largest kind first. Rows without a kind belong to none.

    Raises
    ------
    DataError
        If the column is missing or empty.

    Examples
    --------
    >>> table = pd.DataFrame({"kind": ["end user", "partner", "end user"], "acv": [9, 90, 11]})
    >>> {kind: part["acv"].mean() for kind, part in split_parties(table, "kind").items()}
    {'end user': np.float64(10.0), 'partner': np.float64(90.0)}
    """
    take_columns(customers, [party], "customers")
    frame = as_frame(customers)
    assert frame is not None
    kinds = frame[party].astype(object)
    known = kinds[kinds.notna()].astype(str)
    if known.empty:
        raise DataError(f"Column {party!r} is empty: say of each customer what kind it is.")
    sizes = known.value_counts()
    order = sorted(sizes.index, key=lambda kind: (-sizes[kind], kind))
    return {kind: frame.loc[known.index[known == kind]] for kind in order}


def mixing_error(customers: Any, party: str, metrics: Sequence[str]) -> MixingError:
    """Show what pooling kinds of parties does to the mean of each metric.

    Parameters
    ----------
    customers : frame of shape (n, columns)
        One row a customer or contract; any eager frame.
    party : str
        Column of the kind, such as "end user" and "partner".
    metrics : sequence of str
        Columns of numbers (ACV, CLV), or of yes and no (churned); missing values take no part.

    Raises
    ------
    DataError
        If columns are missing, or metrics are neither numbers nor yes and no; names all.

    Notes
    -----
    Means are bounded by Student's t, shares by Wilson's interval. Differences are tested by the
    rank-sum test (numbers) or chi^2 (yes and no), for members against all others.

    Examples
    --------
    >>> table = pd.DataFrame({"kind": ["end user"] * 90 + ["partner"] * 10})
    >>> table["acv"] = [10.0 + i % 3 for i in range(90)] + [300.0 + i for i in range(10)]
    >>> found = mixing_error(table, "kind", ["acv"])
    >>> found.table[["party", "n", "mean", "pooled", "error"]].round(2)
          party   n   mean  pooled  error
    0  end user  90   11.0   40.35   2.67
    1   partner  10  304.5   40.35  -0.87
    >>> found.warning
    "end user and partner are mixed: pooled, the mean acv is +267 % off for 'end user'."
    """
    parts = split_parties(customers, party)
    frame = take_columns(customers, [party, *metrics], "customers").reset_index(drop=True)
    inside = frame[party].notna()
    whole = frame[inside].reset_index(drop=True)
    _check(whole, metrics)
    rows = [row for metric in metrics for row in _compared(whole, party, metric, list(parts))]
    table = pd.DataFrame(rows)
    table["p_adjusted"] = holm(table.pop("p"))
    off = (table["p_adjusted"] < LEVEL) & (table["error"].abs() > LEAST_ERROR)
    lost = int((~inside).sum())
    notes = (f"{lost:,} rows have no {party} and are left out",) if lost else ()
    return MixingError(table, bool(off.any()), _warning(table[off], list(parts)), notes)


def _check(frame: pd.DataFrame, metrics: Sequence[str]) -> None:
    faults = []
    for name in metrics:
        values = frame[name]
        if not pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            faults.append(
                f"Column {name!r} holds {values.dtype} where numbers or yes and no are expected."
            )
        elif np.isinf(as_floats(values)).any():
            faults.append(f"Column {name!r} holds infinite values.")
        elif values.notna().sum() == 0:
            faults.append(f"Column {name!r} is empty.")
    if not metrics:
        faults.append("Name at least one metric, such as ACV or churn.")
    if faults:
        raise DataError("\n".join(faults))


def _compared(
    frame: pd.DataFrame, party: str, metric: str, parties: Sequence[str]
) -> Iterator[dict[str, Any]]:
    values = as_floats(frame[metric])
    pooled = float(np.nanmean(values))
    shares = bool(np.isin(values[~np.isnan(values)], (0.0, 1.0)).all())
    for one in parties:
        members = np.asarray(frame[party].astype(str) == one)
        own = values[members & ~np.isnan(values)]
        mean = float(own.mean()) if own.size else float("nan")
        low, high = _bounds(own, mean, shares=shares)
        outcome = frame[metric].astype("boolean") if shares else frame[metric]
        yield {
            "metric": metric,
            "party": one,
            "n": own.size,
            "mean": mean,
            "low": low,
            "high": high,
            "pooled": pooled,
            "error": pooled / mean - 1 if mean else np.inf * pooled if pooled else 0.0,
            "p": difference(outcome, members)[2],
        }


def _bounds(own: Any, mean: float, *, shares: bool) -> tuple[float, float]:
    if shares:
        low, high = wilson_interval([own.sum()], [own.size])
    else:
        deviation = own.std(ddof=1) if own.size > 1 else np.nan
        low, high = mean_interval([mean], [deviation], [own.size])
    return float(low[0]), float(high[0])


def _warning(off: pd.DataFrame, parties: Sequence[str]) -> str:
    if off.empty:
        return ""
    main = off[off["party"] == parties[0]]
    shown = main if len(main) else off
    shown = shown[shown["party"] == shown["party"].iloc[0]]
    errors = zip(shown["metric"], 100 * as_floats(shown["error"]), strict=True)
    parts = [f"the mean {metric} is {error:+.0f} % off" for metric, error in errors]
    whom = f"{shown['party'].iloc[0]!r}"
    return f"{' and '.join(parties)} are mixed: pooled, {', '.join(parts)} for {whom}."
