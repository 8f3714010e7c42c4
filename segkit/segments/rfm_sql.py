"""RFM scores and segments as SQL: comparisons with the cuts, in the portable subset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import pandas as pd

from segkit.engine.sql import literal, quote, table_name, to_sql
from segkit.segments.sql import alias_of, number_of, select_of

__all__ = ["rfm_sql"]


def rfm_sql(
    cuts: pd.DataFrame,
    columns: Mapping[str, str],
    segment_map: Mapping[tuple[int, int], str],
    *,
    as_of: pd.Timestamp | None,
    table: str | Sequence[str],
    key: str,
    dialect: str,
) -> str:
    """Write the query that scores each row of a table and names its segment.

    Parameters
    ----------
    cuts : pandas.DataFrame
        `measure, score, above, to`.
    columns : mapping
        Measure -> column of the table.
    segment_map : mapping
    as_of : Timestamp or None
        The day that dates of the last purchase are counted to; None if days are given.
    table : str or sequence of str
    key : str
        Column that names rows.
    dialect : str
        A dialect of sqlglot.
    """
    taken = {key.lower()}
    names = {measure: alias_of(measure[0], taken) for measure in columns}
    scored = [quote(key)]
    for measure, name in names.items():
        dated = as_of if measure == "recency" else None
        rows = cuts[cuts["measure"] == measure]
        scored.append(f"{_score(rows, columns[measure], dated, dialect)} AS {name}")
    step = alias_of("scored", {table.split(".")[-1] if isinstance(table, str) else table[-1]})
    segment = _segment(segment_map, names["recency"], names["frequency"])
    chosen = [quote(key), *names.values(), f"{segment} AS {alias_of('segment', taken)}"]
    text = (
        f"WITH {step} AS (\n{select_of(scored, table_name(table))}\n)\n"
        f"{select_of(chosen, step)}\nORDER BY {quote(key)}"
    )
    return to_sql(text, dialect)


def _score(cuts: pd.DataFrame, column: str, as_of: pd.Timestamp | None, dialect: str) -> str:
    """Compare with the upper ends of the bands, the least first; among equal ones the first."""
    downwards = cuts["score"].iloc[0] == 1 and cuts["to"].iloc[0] == float("inf")
    ranked = cuts.iloc[::-1] if downwards else cuts
    bands = [
        (float(to), int(score)) for to, score in zip(ranked["to"], ranked["score"], strict=True)
    ]
    *inner, (_, last) = bands
    tests = _numeric(column, inner) if as_of is None else _dated(column, inner, as_of, dialect)
    cases = "\n    ".join(tests)
    return f"CASE\n    WHEN {quote(column)} IS NULL THEN NULL\n    {cases}\n    ELSE {last}\n  END"


def _numeric(column: str, bands: Sequence[tuple[float, int]]) -> Iterator[str]:
    for to, score in bands:
        yield f"WHEN CAST({quote(column)} AS DOUBLE) <= {number_of(to)} THEN {score}"


def _dated(
    column: str, bands: Sequence[tuple[float, int]], as_of: pd.Timestamp, dialect: str
) -> Iterator[str]:
    """Compare dates: d whole days or fewer have passed where the purchase is less than d + 1 ago.

    A purchase after the day of reference has no score.
    """
    yield f"WHEN {_day(column, dialect)} > {_moment(as_of, dialect)} THEN NULL"
    for to, score in bands:
        since = as_of - pd.Timedelta(days=to + 1)
        yield f"WHEN {_day(column, dialect)} > {_moment(since, dialect)} THEN {score}"


def _day(column: str, dialect: str) -> str:
    # SQLite has no dates: they are ISO text, which orders as it stands.
    return quote(column) if dialect == "sqlite" else f"CAST({quote(column)} AS TIMESTAMP)"


def _moment(at: pd.Timestamp, dialect: str) -> str:
    text = literal(at.isoformat(sep=" "))
    return text if dialect == "sqlite" else f"CAST({text} AS TIMESTAMP)"


def _segment(segment_map: Mapping[tuple[int, int], str], recency: str, frequency: str) -> str:
    cases = []
    for score, pairs in groupby(sorted(segment_map.items()), key=lambda item: item[0][0]):
        of_name: dict[str, list[str]] = {}
        for (_, f), name in pairs:
            of_name.setdefault(name, []).append(str(f))
        cases += [
            f"WHEN {recency} = {score} AND {frequency} IN ({', '.join(fs)}) THEN {literal(name)}"
            for name, fs in of_name.items()
        ]
    inner = "\n    ".join(cases)
    return f"CASE\n    {inner}\n  END"
