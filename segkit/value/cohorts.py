"""Survivors of cohorts by period, checked once: as counts, and as a log of contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.frames import as_pandas
from segkit.value._histories import Floats

__all__ = ["SurvivorCounts", "are_survivors", "log_of_survivors", "survivors_of"]


@dataclass(frozen=True, slots=True)
class SurvivorCounts:
    """Customers by whole periods: those lost at that renewal and those last seen after it."""

    periods: Floats
    lost: Floats
    kept: Floats

    @property
    def customers(self) -> float:
        """All of them, lost or kept."""
        return float(self.lost.sum() + self.kept.sum())


def are_survivors(data: Any) -> bool:
    """Tell survivors from a log: a sequence, or a frame with columns numbered or `survivors`."""
    if hasattr(data, "columns"):
        return any(str(n).strip().isdigit() or n == "survivors" for n in data.columns)
    return hasattr(data, "__len__") and not isinstance(data, str | Mapping)


def survivors_of(data: Any) -> SurvivorCounts:
    """Count customers lost and kept by period, or name all that is wrong with the cohorts."""
    cohorts = _checked(data)
    lost, kept = np.zeros(cohorts.shape[1]), np.zeros(cohorts.shape[1])
    for cohort in cohorts:
        seen = cohort[~np.isnan(cohort)]
        lost[1 : seen.size] -= np.diff(seen)
        kept[seen.size - 1] += seen[-1]
    return SurvivorCounts(np.arange(lost.size, dtype=np.float64), lost, kept)


def log_of_survivors(data: Any) -> pd.DataFrame:
    """Write survivors as a row a customer: duration in periods, ended, and the cohort's name.

    Raises
    ------
    DataError
        If the survivors cannot be used, or are shares and not customers.
    """
    cohorts = _checked(data)
    if (cohorts != np.floor(cohorts))[~np.isnan(cohorts)].any():
        raise DataError("Survivors with money must be whole customers, not shares of them.")
    named = isinstance(data, pd.DataFrame) and len(data) == len(cohorts)
    names = data.index if named else range(1, len(cohorts) + 1)
    parts = []
    for name, cohort in zip(names, cohorts, strict=True):
        seen = cohort[~np.isnan(cohort)]
        periods = np.append(np.arange(1, seen.size), seen.size - 1)
        customers = np.append(-np.diff(seen), seen[-1]).astype(np.intp)
        ended = np.arange(seen.size) < seen.size - 1
        columns = {"duration": periods.astype(np.float64), "ended": ended, "cohort": name}
        parts.append(pd.DataFrame(columns).loc[np.repeat(np.arange(seen.size), customers)])
    return pd.concat(parts, ignore_index=True)


def _checked(data: Any) -> Floats:
    cohorts = _cohorts_of(data)
    faults = list(_cohort_faults(cohorts))
    if faults:
        raise DataError(
            "The survivors cannot be used: " + "; ".join(faults) + ". A row is a cohort."
        )
    return cohorts


def _cohorts_of(data: Any) -> Floats:
    """Return a row a cohort, as long as the longest; what was not observed is nan."""
    try:
        if hasattr(data, "columns"):
            frame = as_pandas(data)
            frame = frame[["survivors"]] if "survivors" in frame else _without_names(frame)
            cohorts = frame.to_numpy(np.float64, na_value=np.nan)
        else:
            rows = list(data)
            columns = zip_longest(*(rows if any(map(np.ndim, rows)) else [rows]), fillvalue=np.nan)
            cohorts = np.array(list(columns), dtype=np.float64).T
    except (TypeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            "The survivors must be numbers, a row a cohort; leave periods not observed empty "
            f"(nan): {error}"
        ) from error
    # One column is one cohort, written downwards.
    return cohorts.T if cohorts.shape[1:] == (1,) else cohorts


def _without_names(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse columns that name the cohorts: years would be read as customers."""
    began = any(str(name).strip() == "0" for name in table)
    names = [
        str(name)
        for name in table
        if (began and not str(name).strip().isdigit())
        or not (pd.api.types.is_numeric_dtype(table[name]) or table[name].isna().all())
    ]
    if names:
        raise DataError(
            f"The survivors must be numbers, a column a period, but {names} are none: drop them, "
            f"or put names of cohorts into the index, such as frame.set_index({names[0]!r})."
        )
    return table


def _cohort_faults(cohorts: Floats) -> Iterator[str]:
    if cohorts.ndim != 2 or cohorts.shape[1] < 2:
        yield "each cohort needs its size and the survivors of at least one period"
        return
    known = ~np.isnan(cohorts)
    if not (cohorts > 0).any():
        yield "they hold no customers"
    by_calendar = known[:, -1].all() and known[:, 0].any()
    for number, (cohort, seen) in enumerate(zip(cohorts, known, strict=True), start=1):
        at = np.flatnonzero(seen)
        if not at.size or np.ptp(at) >= at.size or (at[0] > 0 and not by_calendar):
            yield f"cohort {number} has gaps"
        elif np.isinf(cohort).any():
            yield f"cohort {number} has infinitely many survivors"
        elif (np.diff(cohort[seen]) > 0).any() or (cohort[seen] < 0).any():
            yield f"cohort {number} has survivors that increase or are negative"
