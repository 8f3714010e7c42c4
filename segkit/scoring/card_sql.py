"""The card as one SQL query in the portable subset that every engine runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scipy.special import ndtri

from segkit.engine.sql import literal, quote, table_name, to_sql
from segkit.scoring.binning import BinnedColumn
from segkit.scoring.card import BAND

if TYPE_CHECKING:
    from segkit.scoring.scorecard import Scorecard

__all__ = ["card_sql"]


def card_sql(
    card: Scorecard, dialect: str, table: str | Sequence[str], key: str | Sequence[str] | None
) -> str:
    """Write points, their sum, and what the sum means."""
    used = [(one, points) for one, points in zip(card.card_.columns, card.card_.points, strict=True)
            if one.used]  # fmt: skip
    keys = [one.name for one, _ in used] if key is None else [key] if isinstance(key, str) else key
    kept = ", ".join(map(quote, keys))
    known = " OR ".join(f"{quote(one.name)} IS NOT NULL" for one, _ in used)
    total = "\n    + ".join(_points(one, points.tolist()) for one, points in used)
    step, lowest = card.card_.step, card.card_.lowest
    found = card.calibration_
    own, both, slope = found.covariance
    odds = f"({_number(lowest)} + {_number(step)} * segkit_score)"
    middle = f"({_number(found.intercept)} + {_number(found.slope)} * {odds})"
    spread = (
        f"{_number(float(ndtri((1 + card.confidence) / 2)))} * SQRT({_number(own)} + "
        f"{_number(2 * both)} * {odds} + {_number(slope)} * {odds} * {odds})"
    )
    counts = " ".join(
        f"WHEN segkit_score < {row['from'] + BAND} THEN {row['n']}"
        for row in card.bands_.iloc[:-1].to_dict("records")
    )
    rest = card.bands_["n"].iloc[-1]
    lines = [
        "WITH segkit_scored AS (",
        f"  SELECT {kept},",
        f"    CASE WHEN {known} THEN {total} END AS segkit_score",
        f"  FROM {table_name(table)}",
        ")",
        f"SELECT {kept},",
        "  segkit_score AS score,",
        f"  {_chance(middle)} AS chance,",
        f"  {_chance(f'({middle} - {spread})')} AS low,",
        f"  {_chance(f'({middle} + {spread})')} AS high,",
        f"  CASE WHEN segkit_score IS NULL THEN NULL {counts} ELSE {rest} END AS n",
        "FROM segkit_scored",
    ]
    order = [] if key is None else [f"ORDER BY {quote(keys[0])}"]
    return to_sql("\n".join([*lines, *order]), dialect)


def _points(column: BinnedColumn, points: list[int]) -> str:
    name = quote(column.name)
    *inner, missing = points
    if column.kind == "level":
        cases = [
            f"WHEN CAST({name} AS VARCHAR) = {literal(level)} THEN {point}"
            for level, point in zip(column.levels, inner, strict=False)
        ]
    elif column.boolean:
        cases = [f"WHEN NOT {name} THEN {inner[0]}"]
    else:
        cases = [
            f"WHEN CAST({name} AS DOUBLE) < {_number(cut)} THEN {point}"
            for cut, point in zip(column.cuts, inner, strict=False)
        ]
    return f"CASE WHEN {name} IS NULL THEN {missing} {' '.join(cases)} ELSE {inner[-1]} END"


def _chance(odds: str) -> str:
    return f"1e0 / (1e0 + EXP(-{odds}))"


def _number(value: float) -> str:
    """Write a float with all its digits and an exponent: without one it would be a DECIMAL."""
    text = repr(float(value))
    return f"({text if 'e' in text else f'{text}e0'})"
