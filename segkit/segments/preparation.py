"""The preparation contract: how each column of a table becomes numbers that can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError, nearest

__all__ = ["Column", "Preparation", "PreparedColumn", "prepare"]

Role = Literal["numeric", "categorical", "ordinal", "id", "value"]
Missing = Literal["fill", "set aside"]
Numbers = NDArray[np.float64]

ROLES = ("numeric", "categorical", "ordinal", "id", "value")
UNKNOWN, OTHER = "Unknown", "Other"
MOST_LEVELS = 20
RAREST_LEVEL = 0.01
SKEWED = 1.0
NORMAL_RANGE = 4.652696  # of 1 to 99 % of a normal column, in standard deviations


@dataclass(frozen=True)
class Column:
    """What the user wants for one column; what is left out is inferred.

    Attributes
    ----------
    role : str or None
        "numeric", "categorical", "ordinal", "id" (names rows, never groups them) or "value"
        (never groups them; orders the segments).
    log : bool or None
        Take log(1 + x) first; inferred from the skewness.
    weight : float
        Counts this many times in distances; 1 is one standard deviation.
    missing : str
        "fill": the median, or the level "Unknown"; "set aside": the row gets no segment.
    levels : tuple
        Levels of an ordinal in their order, lowest first.
    """

    role: Role | None = None
    log: bool | None = None
    weight: float = 1.0
    missing: Missing = "fill"
    levels: tuple[Any, ...] = ()


@dataclass(frozen=True)
class PreparedColumn:
    """What was decided for one column: with this alone new rows become the same numbers.

    Attributes
    ----------
    name, role, weight, missing
        As in `Column`.
    log : bool
        log(1 + x) is taken after clipping.
    lower, upper : float
        Values are clipped to these (1 and 99 % of the rows fitted), in the column's own unit.
    center, scale : float
        Median and spread (range from 1 to 99 % over 4.65, the standard deviation of a normal
        column) after clipping and logarithm; for a categorical block 0 and
        ``sqrt(sum p (1 - p))``, so that it counts as much as one such column.
    fill : float
        What a missing number becomes.
    levels : tuple
        Levels of a category or ordinal; "Other" stands for every rarer one.
    missing_share : float
        Of the rows fitted.
    """

    name: str
    role: Role
    log: bool = False
    lower: float = -np.inf
    upper: float = np.inf
    center: float = 0.0
    scale: float = 1.0
    weight: float = 1.0
    missing: Missing = "fill"
    fill: float = np.nan
    levels: tuple[Any, ...] = ()
    missing_share: float = 0.0

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the numbers that the column becomes."""
        if self.role == "categorical":
            return tuple(f"{self.name} = {level}" for level in self.levels)
        return (self.name,)

    def numbers(self, values: pd.Series[Any]) -> Numbers:
        """Turn values into numbers on their own scale, missing ones into NaN."""
        if self.role == "ordinal":
            return as_codes(values, self.levels)
        return as_floats(values)

    def scaled(self, values: pd.Series[Any]) -> Numbers:
        """Turn values into the numbers that distances are taken of, shape (n, features)."""
        if self.role == "categorical":
            return self.indicators(values) * (self.weight / self.scale)
        raw = self.numbers(values)
        clipped = np.clip(np.where(np.isnan(raw), self.fill, raw), self.lower, self.upper)
        moved = np.log1p(clipped) if self.log else clipped
        return ((moved - self.center) * (self.weight / self.scale))[:, None]

    def indicators(self, values: pd.Series[Any]) -> Numbers:
        """Give one column of 0 and 1 a level; a level never seen before is 0 in all."""
        known = level_values(values)
        if OTHER in self.levels:
            known = known.where(known.isin(self.levels), OTHER)
        return np.column_stack([(known == level).to_numpy(np.float64) for level in self.levels])


@dataclass(frozen=True)
class Preparation:
    """The contract of all columns, stored in the model and in its SQL.

    Attributes
    ----------
    columns : tuple of PreparedColumn
        Those that distances are taken of.
    set_aside : dict
        Column -> why it takes no part.
    notes : tuple of str
        Fallbacks that were taken.
    """

    columns: tuple[PreparedColumn, ...]
    set_aside: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the prepared numbers, in order."""
        return tuple(feature for column in self.columns for feature in column.features)

    @property
    def blocks(self) -> NDArray[np.intp]:
        """The number of the column that each feature comes from."""
        return np.repeat(
            np.arange(len(self.columns)), [len(column.features) for column in self.columns]
        )

    def transform(self, frame: pd.DataFrame) -> tuple[Numbers, NDArray[np.bool_]]:
        """Prepare rows.

        Returns
        -------
        X : array of shape (n, features)
        usable : array of bool, shape (n,)
            False where every column is missing, or one whose missing values set a row aside.
        """
        X = np.hstack([column.scaled(frame[column.name]) for column in self.columns])
        missing = np.column_stack([frame[column.name].isna() for column in self.columns])
        strict = [column.missing == "set aside" for column in self.columns]
        usable = ~(missing.all(axis=1) | missing[:, strict].any(axis=1))
        return X, np.asarray(usable)

    def to_frame(self) -> pd.DataFrame:
        """Show the contract, one row a column."""
        rows = [
            {
                "column": column.name,
                "role": column.role,
                "log": column.log,
                "lower": column.lower,
                "upper": column.upper,
                "center": column.center,
                "scale": column.scale,
                "weight": column.weight,
                "missing": column.missing,
                "missing_share": column.missing_share,
                "levels": ", ".join(map(str, column.levels)),
            }
            for column in self.columns
        ]
        return pd.DataFrame(rows)


def prepare(frame: pd.DataFrame, wanted: Mapping[str, Column]) -> Preparation:
    """Decide how each wanted column becomes numbers.

    Columns that cannot tell customers apart (constant, empty, names of rows, dates) are set aside
    with the reason.

    Raises
    ------
    DataError
        If columns are unknown or infinite, or none is left.
    """
    _check(frame, wanted)
    columns: list[PreparedColumn] = []
    set_aside: dict[str, str] = {}
    notes: list[str] = []
    for name, wish in wanted.items():
        values = frame[name]
        reason = _useless(values, wish)
        if reason:
            set_aside[name] = reason
            continue
        made, note = _prepared(name, values, wish)
        notes += [note] if note else []
        if made.role == "categorical" and len(made.levels) < 2:
            set_aside[name] = note
        else:
            columns.append(made)
    if not columns:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in set_aside.items())
        raise DataError(f"No column is left to group by. Set aside: {reasons}.")
    return Preparation(tuple(columns), set_aside, tuple(notes))


def _check(frame: pd.DataFrame, wanted: Mapping[str, Column]) -> None:
    faults = []
    for name, wish in wanted.items():
        if name not in frame.columns:
            hint = nearest(name, map(str, frame.columns))
            faults.append(f"There is no column {name!r}; there are {list(frame.columns)}.{hint}")
        elif np.isinf(_numbers_of(frame[name])).any():
            rows = list(frame.index[np.isinf(_numbers_of(frame[name]))][:5])
            faults.append(
                f"Column {name!r} holds infinite values, first in rows {rows}. "
                "Replace them, for instance by missing values."
            )
        if wish.role is not None and wish.role not in ROLES:
            raise ParameterError("role", f"column {name!r}", f"one of {ROLES}", wish.role)
        if not wish.weight > 0:
            raise ParameterError("weight", f"column {name!r}", "a number > 0", wish.weight)
    if faults:
        raise DataError("\n".join(faults))


def _numbers_of(values: pd.Series[Any]) -> Numbers:
    return as_floats(values) if _is_number(values) else np.zeros(len(values))


def _is_number(values: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _useless(values: pd.Series[Any], wish: Column) -> str:
    """Say why a column cannot group, or nothing."""
    if wish.role in {"id", "value"}:
        return f"its role is {wish.role}"
    known = values.dropna()
    if known.empty:
        return "all values are missing"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "a date; turn it into days before a day of reference"
    if (known == known.iloc[0]).all() and (known.size == values.size or _is_number(values)):
        return f"constant ({_plain(known.iloc[0])!r})"
    if wish.role is None and _names_rows(values, known):
        return "names rows: every value is different"
    return ""


def _names_rows(values: pd.Series[Any], known: pd.Series[Any]) -> bool:
    unique = known.size > MOST_LEVELS and known.nunique() == known.size
    if not _is_number(values):
        return unique
    name = str(values.name).lower()
    return unique and (name == "id" or name.endswith("_id"))


def _prepared(name: str, values: pd.Series[Any], wish: Column) -> tuple[PreparedColumn, str]:
    role = wish.role or _role(values)
    if role == "categorical":
        return _categorical(name, values, wish)
    if role == "ordinal":
        return _ordinal(name, values, wish)
    if not _is_number(values) and not pd.api.types.is_bool_dtype(values):
        raise DataError(
            f"Column {name!r} has the role numeric but holds {values.dropna().iloc[0]!r}. "
            "Convert it to numbers or give it the role categorical."
        )
    return _numeric(name, as_floats(values), wish), ""


def _role(values: pd.Series[Any]) -> Role:
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        return "ordinal"
    return "numeric" if _is_number(values) else "categorical"


def _numeric(name: str, raw: Numbers, wish: Column) -> PreparedColumn:
    known = raw[~np.isnan(raw)]
    lower, upper = (float(q) for q in np.quantile(known, [0.01, 0.99]))
    if not lower < upper:
        lower, upper = float(known.min()), float(known.max())
    clipped = np.clip(known, lower, upper)
    log = _log_helps(clipped) if wish.log is None else wish.log
    if log and lower <= -1:
        raise DataError(f"Column {name!r} cannot be taken as log(1 + x): it goes down to {lower}.")
    moved = np.log1p(clipped) if log else clipped
    return PreparedColumn(
        name=name,
        role="numeric",
        log=log,
        lower=lower,
        upper=upper,
        center=float(np.median(moved)),
        scale=_spread_of(moved),
        weight=wish.weight,
        missing=wish.missing,
        fill=float(np.median(known)),
        missing_share=float(np.isnan(raw).mean()),
    )


def _log_helps(values: Numbers) -> bool:
    if values.min() < 0 or len(np.unique(values)) <= 2:
        return False
    before, after = (_skewness(these) for these in (values, np.log1p(values)))
    return before > SKEWED and abs(after) < before


def _skewness(values: Numbers) -> float:
    z = values - values.mean()
    z = z / max(float(np.abs(z).max()), 1e-300)  # cubes of huge values would overflow
    return float((z**3).mean() / max((z**2).mean() ** 1.5, 1e-300))


def _spread_of(values: Numbers) -> float:
    """Give the clipped range as the standard deviation of a normal column; 0 / 1 the plain one.

    The range keeps groups apart where deviations swallow them in the spread between them
    (Milligan & Cooper 1988, Journal of Classification 5); clipping has made it robust.
    """
    least, greatest = float(values.min()), float(values.max())
    if len(np.unique(values)) == 2:
        share = float((values == least).mean())
        return (greatest - least) * float(np.sqrt(share * (1 - share)))
    return (greatest - least) / NORMAL_RANGE


def _ordinal(name: str, values: pd.Series[Any], wish: Column) -> tuple[PreparedColumn, str]:
    levels = wish.levels
    if not levels and isinstance(values.dtype, pd.CategoricalDtype):
        levels = tuple(values.dtype.categories)
    if not levels and _is_number(values):
        levels = tuple(_plain(level) for level in sorted(values.dropna().unique()))
    unknown = sorted({str(value) for value in level_values(values).dropna()} - {*map(str, levels)})
    if not levels or unknown:
        raise DataError(
            f"Ordinal column {name!r} needs its levels in order, lowest first: "
            f"Column('ordinal', levels=(...)). Not in the levels given: {unknown[:5]}."
        )
    codes = as_codes(values, levels)
    known = codes[~np.isnan(codes)]
    made = PreparedColumn(
        name=name,
        role="ordinal",
        lower=0.0,
        upper=float(len(levels) - 1),
        center=float(known.mean()),
        scale=float(known.std()),
        weight=wish.weight,
        missing=wish.missing,
        fill=float(np.quantile(known, 0.5, method="lower")),
        levels=levels,
        missing_share=float(np.isnan(codes).mean()),
    )
    return made, ""


def _categorical(name: str, values: pd.Series[Any], wish: Column) -> tuple[PreparedColumn, str]:
    known = level_values(values)
    shares = known.value_counts() / len(known)
    # Ties in frequency must not depend on the order of rows.
    ranked = sorted(shares.items(), key=lambda pair: (-pair[1], str(pair[0])))
    kept = [level for level, share in ranked[:MOST_LEVELS] if share >= RAREST_LEVEL]
    lumped = len(ranked) - len(kept)
    note = ""
    if not kept:
        note = f"{len(ranked):,} levels, none of them held by 1 % of the rows"
        return PreparedColumn(name, "categorical"), note
    levels: list[Any] = sorted((level for level in kept if level != UNKNOWN), key=str)
    if lumped:
        levels.append(OTHER)
        note = f"{name}: {lumped:,} of {len(ranked):,} levels are rare and count as 'Other'"
    if UNKNOWN in kept and UNKNOWN not in levels:
        levels.append(UNKNOWN)
    made = PreparedColumn(
        name=name,
        role="categorical",
        weight=wish.weight,
        missing=wish.missing,
        levels=tuple(levels),
        missing_share=float(values.isna().mean()),
    )
    share = made.indicators(values).mean(axis=0)
    scale = float(np.sqrt((share * (1 - share)).sum()))
    return _with_scale(made, scale or 1.0), note


def _with_scale(column: PreparedColumn, scale: float) -> PreparedColumn:
    return PreparedColumn(**{**column.__dict__, "scale": scale})


def as_floats(values: pd.Series[Any]) -> Numbers:
    """Give numbers as float64, missing ones as NaN."""
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))


def as_codes(values: pd.Series[Any], levels: Sequence[Any]) -> Numbers:
    """Give the place of each value in the order of levels, NaN where it is missing."""
    places = {level: float(place) for place, level in enumerate(levels)}
    return level_values(values, fill=None).map(places).to_numpy(np.float64, na_value=np.nan)


def level_values(values: pd.Series[Any], fill: str | None = UNKNOWN) -> pd.Series[Any]:
    """Give levels as plain Python values, missing ones as "Unknown"."""
    plain = values.astype(object).map(_plain, na_action="ignore")
    return plain.where(values.notna(), fill)


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value
