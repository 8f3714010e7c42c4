"""The preparation contract: how each column of a table becomes numbers that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError, nearest
from segkit.segments.columns import (
    OTHER,
    ROLES,
    UNKNOWN,
    Column,
    Numbers,
    PreparedColumn,
    Role,
    as_floats,
    level_places,
    plain,
)
from segkit.segments.intake import infinite

__all__ = ["Preparation", "log_helps", "prepare"]

MOST_LEVELS = 20
RAREST_LEVEL = 0.01
SKEWED = 1.0
NORMAL_RANGE = 4.652696  # of 1 to 99 % of a normal column, in standard deviations


@dataclass(frozen=True)
class Preparation:
    """The contract of all columns, stored in the model and in its SQL.

    Attributes
    ----------
    columns : tuple of PreparedColumn
        Those that distances are taken of.
    set_aside : dict
        Column -> why it takes no part.
    """

    columns: tuple[PreparedColumn, ...]
    set_aside: Mapping[str, str]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was set aside, lumped together or filled."""
        return (
            *(f"{name} set aside: {reason}" for name, reason in self.set_aside.items()),
            *(
                f"{one.name}: rare levels count as 'Other'"
                for one in self.columns
                if OTHER in one.levels
            ),
            *(
                f"{one.name}: {one.missing_share:.1%} missing"
                for one in self.columns
                if one.missing_share > 0
            ),
        )

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
    set_aside = {name: _useless(frame[name], wish) for name, wish in wanted.items()}
    columns = [
        _prepared(name, frame[name], wish) for name, wish in wanted.items() if not set_aside[name]
    ]
    set_aside = {name: reason for name, reason in set_aside.items() if reason}
    if not columns:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in set_aside.items())
        raise DataError(f"No column is left to group by. Set aside: {reasons}.")
    return Preparation(tuple(columns), set_aside)


def _check(frame: pd.DataFrame, wanted: Mapping[str, Column]) -> None:
    faults = []
    for name, wish in wanted.items():
        if name not in frame.columns:
            hint = nearest(name, map(str, frame.columns))
            faults.append(f"There is no column {name!r}; there are {list(frame.columns)}.{hint}")
        if wish.role is not None and wish.role not in ROLES:
            raise ParameterError("role", f"column {name!r}", f"one of {ROLES}", wish.role)
        if not wish.weight > 0:
            raise ParameterError("weight", f"column {name!r}", "a number > 0", wish.weight)
    faults += infinite(frame, [name for name in wanted if name in frame.columns])
    if faults:
        raise DataError("\n".join(faults))


def _is_number(values: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _useless(values: pd.Series[Any], wish: Column) -> str:
    """Say why a column cannot group, or nothing."""
    if wish.role in {"id", "value"}:
        return f"its role is {wish.role}"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "a date; turn it into days before a day of reference"
    known = values.dropna()
    return "all values are missing" if known.empty else _tells_nothing(values, known, wish)


def _tells_nothing(values: pd.Series[Any], known: pd.Series[Any], wish: Column) -> str:
    role = wish.role or _role(values)
    # Gaps are a level of their own only to a categorical column; the others have no spread left.
    gaps_tell = role == "categorical" and not _is_number(values) and known.size < values.size
    if (known == known.iloc[0]).all() and not gaps_tell:
        return f"constant ({plain(known.iloc[0])!r})"
    if wish.role is None and _names_rows(values, known):
        return "names rows: every value is different"
    if role == "categorical" and len(_levels(values)) < 2:
        return f"{known.nunique():,} levels, none of them held by 1 % of the rows"
    return ""


def _names_rows(values: pd.Series[Any], known: pd.Series[Any]) -> bool:
    name = str(values.name).lower()
    if _is_number(values) and name != "id" and not name.endswith("_id"):
        return False
    return known.size > MOST_LEVELS and known.nunique() == known.size


def _prepared(name: str, values: pd.Series[Any], wish: Column) -> PreparedColumn:
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
    return _numeric(name, as_floats(values), wish)


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
    log = log_helps(clipped) if wish.log is None else wish.log
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


def log_helps(values: Numbers) -> bool:
    """Say whether values are skewed to the right and log(1 + x) mends it."""
    if values.min() < 0 or _two_valued(values):
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
    if _two_valued(values):
        share = float((values == least).mean())
        return (greatest - least) * float(np.sqrt(share * (1 - share)))
    return (greatest - least) / NORMAL_RANGE


def _two_valued(values: Numbers) -> bool:
    return bool(((values == values.min()) | (values == values.max())).all())


def _ordinal(name: str, values: pd.Series[Any], wish: Column) -> PreparedColumn:
    levels = wish.levels or _order_of(values)
    found = {plain(value) for value in values.dropna().unique()}
    unknown = sorted(map(str, found.difference(levels)))
    if unknown:
        raise DataError(
            f"Ordinal column {name!r} needs its levels in order, lowest first: "
            f"Column('ordinal', levels=(...)). Not in the levels given: {unknown[:5]}."
        )
    places = level_places(values, levels, spare=False)
    known = places[places >= 0]
    return PreparedColumn(
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
        missing_share=float((places < 0).mean()),
    )


def _order_of(values: pd.Series[Any]) -> tuple[Any, ...]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return tuple(plain(level) for level in values.dtype.categories)
    return tuple(plain(v) for v in sorted(values.dropna().unique())) if _is_number(values) else ()


def _categorical(name: str, values: pd.Series[Any], wish: Column) -> PreparedColumn:
    levels = _levels(values)
    made = PreparedColumn(
        name=name,
        role="categorical",
        weight=wish.weight,
        missing=wish.missing,
        levels=levels,
        missing_share=float(values.isna().mean()),
    )
    share = made.indicators(values).mean(axis=0)
    return replace(made, scale=float(np.sqrt((share * (1 - share)).sum())) or 1.0)


def _levels(values: pd.Series[Any]) -> tuple[Any, ...]:
    """Give the levels that enough rows hold, and what stands for the rest and for missing ones."""
    shares = {plain(key): n / len(values) for key, n in values.value_counts().items()}
    # Ties in frequency must not depend on the order of rows.
    ranked = sorted(shares, key=lambda level: (-shares[level], str(level)))
    kept = [level for level in ranked[:MOST_LEVELS] if shares[level] >= RAREST_LEVEL]
    levels = sorted((level for level in kept if level not in {OTHER, UNKNOWN}), key=str)
    missing = float(values.isna().mean())
    rare = len(kept) < len(ranked) or 0 < missing < RAREST_LEVEL
    levels += [OTHER] if OTHER in kept or (rare and kept) else []
    levels += [UNKNOWN] if UNKNOWN in kept or missing >= RAREST_LEVEL else []
    return tuple(levels)
