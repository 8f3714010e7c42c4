"""The model as SQL: readable steps in the portable subset that every engine runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from segkit.engine.sql import literal, quote, table_name, to_sql
from segkit.errors import DataError, nearest
from segkit.segments.clustering import TIE, Numbers
from segkit.segments.columns import OTHER, UNKNOWN, PreparedColumn

__all__ = ["alias_of", "assignment_sql", "number_of", "select_of"]

# These would copy each step into the next and work it out again for every segment.
COPYING = {"postgres", "sqlite"}
LONGEST = 40  # bytes of an alias: PostgreSQL cuts names at 63


def assignment_sql(
    columns: Sequence[PreparedColumn],
    centroids: Numbers,
    names: Sequence[str],
    *,
    table: str | Sequence[str],
    kept: Sequence[str],
    key: str | None,
    dialect: str,
) -> str:
    """Write the query that assigns each row of a table to its segment.

    Parameters
    ----------
    columns : sequence of PreparedColumn
    centroids : array of shape (k, features)
    names : sequence of k str
    table : str or sequence of str
    kept : sequence of str
        Columns of the table to hand on.
    key : str or None
        Hand on this column alone, and order by it.
    dialect : str
        A dialect of sqlglot.
    """
    kept = _kept(kept, key)
    given = [quote(name) for name in kept]
    taken = {name.lower() for name in kept}
    aliases = {column.name: alias_of(f"{column.name} prepared", taken) for column in columns}
    scores = [alias_of(f"closeness {name}", taken) for name in names]
    assignable, highest = alias_of("assignable", taken), alias_of("highest closeness", taken)
    prepared = [f"{_prepared(column)} AS {aliases[column.name]}" for column in columns]
    closeness = [
        f"{_closeness(columns, aliases, centre)} AS {score}"
        for centre, score in zip(centroids, scores, strict=True)
    ]
    greatest = f"GREATEST({', '.join(scores)})" if len(scores) > 1 else scores[0]
    tests = [f"{score} >= {highest} - {number_of(TIE / 2)}" for score in scores]
    chosen = [
        _choice(f"{assignable} = 0", tests, map(str, range(len(names))), "segment"),
        _choice(f"{assignable} = 0", tests, map(literal, names), "segment_name"),
    ]
    source = table_name(table)
    one, two, three = _steps(table)
    first = [*given, f"{_assignable(columns)} AS {assignable}", *prepared]
    third = [*given, assignable, *scores, f"{greatest} AS {highest}"]
    kept_step = "MATERIALIZED " if dialect in COPYING else ""
    order = [] if key is None else [f"ORDER BY {quote(key)}"]
    text = [
        f"WITH {one} AS {kept_step}(\n{select_of(first, source)}",
        f"), {two} AS {kept_step}(\n{select_of([*given, assignable, *closeness], one)}",
        f"), {three} AS {kept_step}(\n{select_of(third, two)}",
        f")\n{select_of([*given, *chosen], three)}",
        *order,
    ]
    return to_sql("\n".join(text), dialect)


def _steps(table: str | Sequence[str]) -> list[str]:
    """Name the steps unlike the table: some engines would take it for the step."""
    parts = table.split(".") if isinstance(table, str) else table
    taken = {parts[-1].lower()}
    return [alias_of(name, taken) for name in ("prepared", "compared", "nearest")]


def _kept(kept: Sequence[str], key: str | None) -> list[str]:
    if key is None:
        return [name for name in kept if name not in {"segment", "segment_name"}]
    if kept and key not in kept:
        raise DataError(
            f"The key {key!r} is no column of the table fitted: {list(kept)}." + nearest(key, kept)
        )
    return [key]


def select_of(items: Sequence[str], source: str) -> str:
    """Write a SELECT, one line an item."""
    return "SELECT\n  " + ",\n  ".join(items) + f"\nFROM {source}"


def alias_of(name: str, taken: set[str]) -> str:
    """Quote a short name unlike any taken, even where case is ignored."""
    short = name.encode()[:LONGEST].decode(errors="ignore")
    alias, number = short, 2
    while alias.lower() in taken:
        alias, number = f"{short} {number}", number + 1
    taken.add(alias.lower())
    return quote(alias)


def number_of(value: float) -> str:
    """Write a float with all its digits and an exponent: without one it would be a DECIMAL."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def _assignable(columns: Sequence[PreparedColumn]) -> str:
    """Give 1 where a segment can be told: some column is known, and those that must be."""
    known = " OR ".join(f"{quote(column.name)} IS NOT NULL" for column in columns)
    strict = [
        f"{quote(column.name)} IS NOT NULL" for column in columns if column.missing == "set aside"
    ]
    return f"CASE WHEN {' AND '.join([f'({known})', *strict])} THEN 1 ELSE 0 END"


def _prepared(column: PreparedColumn) -> str:
    if column.role == "categorical":
        return _level(column)
    value = _place(column) if column.role == "ordinal" else f"CAST({quote(column.name)} AS DOUBLE)"
    filled = f"COALESCE({value}, {number_of(column.fill)})"
    low, high = number_of(column.lower), number_of(column.upper)
    # Not GREATEST and LEAST, which cost as much again as all the distances.
    clipped = (
        f"CASE WHEN {filled} > {high} THEN {high} WHEN {filled} < {low} THEN {low} "
        f"ELSE {filled} END"
    )
    moved = f"LN(1 + {clipped})" if column.log else clipped
    return f"({moved} - {number_of(column.center)}) * {number_of(column.weight / column.scale)}"


def _is(column: PreparedColumn, level: Any) -> str:
    name = quote(column.name)
    if isinstance(level, bool):
        return f"{name} = {'TRUE' if level else 'FALSE'}"
    if isinstance(level, str):
        return f"CAST({name} AS VARCHAR) = {literal(level)}"
    return f"{name} = {level!r}"


def _place(column: PreparedColumn) -> str:
    """Give the place of an ordinal level as a number, NULL for what is no level."""
    cases = [
        f"WHEN {_is(column, level)} THEN {number_of(place)}"
        for place, level in enumerate(column.levels)
    ]
    return f"CASE {' '.join(cases)} END"


def _level(column: PreparedColumn) -> str:
    """Give the level as text: its own, "Other", "Unknown", or NULL where there are none such."""
    spare = {OTHER, UNKNOWN}
    cases = [
        f"WHEN {_is(column, level)} THEN {literal(str(level))}"
        for level in column.levels
        if level not in spare
    ]
    other = literal(OTHER) if OTHER in column.levels else "NULL"
    missing = literal(UNKNOWN) if UNKNOWN in column.levels else other
    return (
        f"CASE WHEN {quote(column.name)} IS NULL THEN {missing} {' '.join(cases)} ELSE {other} END"
    )


def _closeness(
    columns: Sequence[PreparedColumn], aliases: Mapping[str, str], centre: Numbers
) -> str:
    """Give x.c - |c|^2 / 2, largest for the nearest centre: half the work of a distance."""
    parts, start = [], 0
    for column in columns:
        width = len(column.features)
        own, start = centre[start : start + width], start + width
        name = aliases[column.name]
        if column.role == "categorical":
            parts.append(_level_closeness(column, name, own))
        else:
            parts.append(f"{name} * {number_of(own[0])}")
    parts.append(number_of(-float((centre * centre).sum()) / 2))
    return "\n    + ".join(parts)


def _level_closeness(column: PreparedColumn, name: str, centre: Numbers) -> str:
    """Give what a level's indicator adds: a constant for each level, none without a level."""
    size = column.weight / column.scale
    cases = [
        f"WHEN {literal(str(level))} THEN {number_of(size * value)}"
        for level, value in zip(column.levels, np.asarray(centre).tolist(), strict=True)
    ]
    return f"CASE {name} {' '.join(cases)} ELSE 0e0 END"


def _choice(never: str, tests: Sequence[str], results: Iterable[str], name: str) -> str:
    """Choose the first segment within rounding of the nearest, none if unassignable."""
    cases = [f"WHEN {test} THEN {result}" for test, result in zip(tests, results, strict=True)]
    inner = "\n    ".join(cases)
    return f"CASE\n    WHEN {never} THEN NULL\n    {inner}\n  END AS {name}"
