"""One first projection: the user's own columns, quoted and typed under canonical names."""

from __future__ import annotations

from dataclasses import dataclass

from segkit.engine.sources import Source
from segkit.errors import DataError

__all__ = ["Projection", "project"]

_WHOLE = {
    *("tinyint", "smallint", "integer", "bigint", "int"),
    *("utinyint", "usmallint", "uinteger"),
}
_HUGE = ("ubigint", "hugeint", "uhugeint")
_EXACT = ("decimal", "numeric", *_HUGE)
_FLOATS = {"float", "double", "double precision", "real"}
_TEXT = ("varchar", "text", "string", "character", "char", "enum")
_DATES = ("date", "timestamp")

# Of an id: something other than a space. Engines differ in what they trim.
_INK = "[^\\t\\n\\r \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"

# A calendar date in either form of ISO 8601, leap years included: what passes can be cast.
_LEAP_YEAR = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_ISO_DATE = (
    "^([0-9]{4}-?(0[1-9]|1[0-2])-?(0[1-9]|1[0-9]|2[0-8])"
    "|[0-9]{4}-?(0[13-9]|1[0-2])-?(29|30)"
    "|[0-9]{4}-?(0[13578]|1[02])-?31"
    f"|{_LEAP_YEAR}-?02-?29)([T ]|$)"
)


@dataclass(frozen=True)
class Projection:
    """The text that selects `customer, day, cents`, what else tells events apart, and `priced`.

    Attributes
    ----------
    sql : str
        A SELECT over the source; what cannot be read is NULL. `priced` is true where the amount
        can be read: asked for in its own words, lest engines work the amount out twice.
    columns : tuple of str
        The names it gives, without `priced`.
    source : Source
        Where the events are.
    text_dates : bool
        Dates are text or numbers such as 20240131.
    zoned_dates : bool
        Dates are instants, which become days in the engine's time zone.
    """

    sql: str
    columns: tuple[str, ...]
    source: Source
    text_dates: bool
    zoned_dates: bool


def project(source: Source, customer: str, date: str, amount: str | None) -> Projection:
    """Write the first projection over a source.

    Customers are whole numbers or text; a blank id is NULL, and so is a number with a fraction
    or beyond what its type holds exactly. Days are dates; text is read in the forms of ISO 8601,
    `2024-01-31` or `20240131`, and is otherwise NULL. Money is whole cents, halves away from
    zero, so that a refund is as large as its purchase; a number that is not finite or too large
    (from 10^16 - 1, as a float from 10^13) is NULL.

    Raises
    ------
    DataError
        If columns are missing, or hold no dates or no numbers; all faults at once.

    Examples
    --------
    >>> import pandas as pd
    >>> from segkit.engine import locate
    >>> source = locate(pd.DataFrame({"id": [1], "on": ["2024-01-31"], "paid": ["9,99"]}))
    >>> project(source, "id", "on", "paid")
    Traceback (most recent call last):
    segkit.errors.DataError: Column 'paid' holds varchar where amounts are expected. ...
    """
    named = [customer, date, *([] if amount is None else [amount])]
    if len(set(named)) < len(named):
        raise DataError(f"Customer, date and amount must be different columns. Got {named}.")
    columns = list(dict.fromkeys([*named, *source.names]))
    kinds = dict(zip(columns, source.types(columns), strict=True))
    _check(kinds, date, amount)
    selected = {
        "customer": _customer(source.column(customer), kinds[customer]),
        "day": _day(source.column(date), kinds[date]),
        "cents": "100" if amount is None else _cents(source.column(amount), kinds[amount]),
    }
    # A date is its day; an instant may differ between rows of one day.
    told = {customer, amount, *([date] if kinds[date] == "date" else [])}
    apart = [_comparable(source.column(n), kinds[n]) for n in source.names if n not in told]
    selected |= {f"other_{i}": text for i, text in enumerate(apart, start=1)}
    priced = "TRUE" if amount is None else _priced(source.column(amount), kinds[amount])
    texts = ",\n    ".join(f"{text} AS {name}" for name, text in selected.items())
    return Projection(
        sql=f"SELECT\n    {texts},\n    {priced} AS priced\n  FROM {source.relation}",
        columns=tuple(selected),
        source=source,
        text_dates=not kinds[date].startswith(_DATES),
        zoned_dates=_is_instant(kinds[date], source.engine.dialect),
    )


def _check(kinds: dict[str, str], date: str, amount: str | None) -> None:
    faults = []
    if not kinds[date].startswith((*_DATES, *_TEXT)) and kinds[date] not in _WHOLE | _FLOATS:
        faults.append(
            f"Column {date!r} holds {_said(kinds[date])} where dates are expected. "
            "Turn it into dates, or into text such as 2024-01-31."
        )
    if amount is not None and not _is_number(kinds[amount]):
        faults.append(
            f"Column {amount!r} holds {_said(kinds[amount])} where amounts are expected. "
            "Turn it into numbers without currency signs or thousands separators."
        )
    if faults:
        raise DataError("\n".join(faults))


def _said(kind: str) -> str:
    return "nothing" if kind.strip('"') == "null" else kind


def _is_exact(kind: str) -> bool:
    return kind in _WHOLE or kind.startswith(_EXACT)


def _is_number(kind: str) -> bool:
    return _is_exact(kind) or kind in _FLOATS


def _is_instant(kind: str, dialect: str) -> bool:
    return "with time zone" in kind or (dialect == "spark" and kind == "timestamp")


def _comparable(column: str, kind: str) -> str:
    plain = kind == "boolean" or _is_number(kind) or kind.startswith((*_DATES, *_TEXT))
    # Some types know no equality: JSON and points in PostgreSQL, maps in Spark.
    return column if plain else f"CAST({column} AS VARCHAR)"


def _whole(column: str, kind: str) -> str:
    if kind in _WHOLE:
        return f"CAST({column} AS BIGINT)"
    # Whole numbers turn into floats where one is missing: back to whole numbers.
    limit = 9 * 10**18 if _is_exact(kind) else 2**53
    whole = f"ABS({column}) < {limit} AND {column} = FLOOR({column})"
    return f"CASE WHEN {whole} THEN CAST({column} AS BIGINT) END"


def _customer(column: str, kind: str) -> str:
    if _is_number(kind) and kind not in _HUGE:
        return _whole(column, kind)
    text = f"CAST({column} AS VARCHAR)"
    # Nearly all begin with a plain letter or digit: patterns cost more, and are asked of the rest.
    plain = f"ASCII({text}) BETWEEN 33 AND 126"
    return f"CASE WHEN {plain} THEN {text} WHEN REGEXP_MATCHES({text}, '{_INK}') THEN {text} END"


def _day(column: str, kind: str) -> str:
    if kind.startswith(_DATES):
        return f"CAST({column} AS DATE)"
    text = f"CAST({_whole(column, kind) if _is_number(kind) else column} AS VARCHAR)"
    digits = f"REPLACE({text}, '-', '')"
    parts = (f"SUBSTRING({digits}, {start}, {size})" for start, size in ((1, 4), (5, 2), (7, 2)))
    written = " || '-' || ".join(parts)
    return f"CASE WHEN REGEXP_MATCHES({text}, '{_ISO_DATE}') THEN CAST({written} AS DATE) END"


def _cents(column: str, kind: str) -> str:
    priced = _priced(column, kind)
    if _is_exact(kind):
        return f"CASE WHEN {priced} THEN CAST({column} AS DECIMAL(20, 2)) * 100 END"
    # Each engine rounds floats in its own way; FLOOR is the same on all, and 0 - 0 is not -0.
    cents = f"CAST({column} AS DOUBLE) * 100"
    refund = f"WHEN {column} < 0 THEN 0 - FLOOR(0.5 - {cents})"
    return f"CASE WHEN {priced} THEN CASE {refund} ELSE FLOOR({cents} + 0.5) END END"


def _priced(column: str, kind: str) -> str:
    return f"ABS({column}) < {10**16 - 1 if _is_exact(kind) else 10**13}"
