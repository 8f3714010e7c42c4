"""What is wrong with the rows of a table: every fault, and which rows it sets aside.

A row is set aside, under the first of these reasons that holds, when

1. the settings do not keep it;
2. it has more cells than the header;
3. it is the last and sums up the others;
4. the table lacks a required column (which stops the whole table);
5. a required value is unreadable;
6. a required value is missing;
7. a date lies before 1970, after the as-of date where it may not, or before a date it follows;
8. money is negative where it may not be, or in another currency than the company's;
9. a required number is out of its range;
10. its key has occurred before: an exact duplicate, or another row with the same key;
11. a required reference is unknown to the table it refers to, or was set aside there.

An optional value that is unreadable, out of its range or refers to nothing known is emptied and
noted, and the row is kept: one bad cell says little about the others. Money and dates are not so
treated, since an impossible amount or day makes one doubt the event itself.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from segkit.errors import nearest
from segkit.tables.cells import NUMBERS
from segkit.tables.draft import Draft
from segkit.tables.names import listing, same_names
from segkit.tables.schema import Column

__all__ = ["EPOCH", "check_cells", "check_rules"]

_BARE = re.compile(r"[\d.,' ()-]*")  # an amount that does not say its currency
_TOTAL = re.compile(
    r"(grand |sub)?(totale?s?|totales|sum|summe|gesamt(summe)?|insgesamt)\W*[\d.,]*", re.IGNORECASE
)
EPOCH = pd.Timestamp("1970-01-01")
_EXPECTED = {
    "integer": "a whole number",
    "number": "a number",
    "money": "an amount of money",
    "share": "a share such as 0.45 or 45 %",
    "boolean": "yes or no",
    "date": "a date such as 2026-03-31",
    "month": "a month such as 2026-03",
}


def check_cells(draft: Draft) -> None:
    """Check what can be said of a table alone: rows to keep, missing columns, unreadable values."""
    _keep(draft)
    width = draft.raw.frame.shape[1]
    draft.fault(
        "wrong number of cells",
        f"there are more cells than the {width} columns, so values may stand under wrong names",
        draft.raw.shifted,
        reason="more cells than columns",
    )
    draft.kept &= ~draft.raw.shifted
    _total(draft)
    for fault in draft.faults:
        if fault.severity == "stops":
            draft.set_aside(draft.kept, f"{fault.kind}: {fault.column}")
    for name in draft.readings:
        _unreadable(draft, draft.table.columns[name])
    for name in draft.readings:
        _absent(draft, draft.table.columns[name])


def _keep(draft: Draft) -> None:
    names = list(draft.raw.frame.columns)
    for foreign, allowed in draft.entry.keep.items():
        found = same_names(foreign, names)
        if not found:
            message = "segkit.toml keeps rows by this column, which is not there."
            message += nearest(foreign, names)
            draft.say("missing column", message, column=foreign, severity="stops")
            continue
        cells = draft.texts(found[0]).str.casefold()
        wanted = {word.casefold().strip() for word in allowed}
        rows = cells.isin(wanted).to_numpy()
        never = [word for word in allowed if word.casefold().strip() not in set(cells)]
        if never:
            draft.say("unknown word", f"{found[0]} never holds {listing(never)}")
        draft.set_aside(~rows & draft.kept, f"{found[0]} is not {listing(allowed)}")
        draft.kept &= rows


def _total(draft: Draft) -> None:
    """Set aside a last row that sums up the others: it begins with "Total" and is partly empty."""
    last = np.flatnonzero(draft.kept)[-1:]
    if not len(last):
        return
    cells = draft.raw.frame.iloc[last[0]].dropna().astype(str).str.strip()
    said = cells[cells != ""].tolist()
    if not said or 3 * len(said) > 2 * draft.raw.frame.shape[1] or not _TOTAL.fullmatch(said[0]):
        return
    rows = np.zeros(draft.read, bool)
    rows[last] = True
    message = "the last row sums up the others; it is set aside"
    draft.fault("total row", message, rows, reason="total row", show=lambda _: said[0])
    draft.kept &= ~rows


def _unreadable(draft: Draft, column: Column) -> None:
    bad = draft.readings[column.name].bad
    allowed = column.values  # noqa: PD011 - of the schema, not of a frame
    expected = f"one of {listing(allowed)}" if allowed else _EXPECTED.get(column.type, "text")
    message = f"not {expected}; {_fate(column)}"
    if allowed and bad.any():
        message += f". {_unknown_words(draft, column, bad & draft.kept)}"
    reason = f"{column.name} unreadable" if column.required else ""
    draft.fault("unreadable value", message, bad, column=column.name, reason=reason)


def _fate(column: Column) -> str:
    return "the rows are set aside" if column.required else "the values are left empty"


def _unknown_words(draft: Draft, column: Column, bad: np.ndarray) -> str:
    counts = draft.texts(draft.columns[column.name])[bad].value_counts()
    found = ", ".join(f"{word!r} {count:,}" for word, count in counts.head(8).items())
    return (
        f"Found: {found}. Say what they stand for in segkit.toml: "
        f"[tables.{draft.table.name}.values.{column.name}]"
    )


def _absent(draft: Draft, column: Column) -> None:
    reading = draft.readings[column.name]
    rows = reading.typed.isna().to_numpy() & ~reading.bad
    if column.required:
        reason = f"{column.name} missing"
        message = "a value is required; the rows are set aside"
        draft.fault("missing value", message, rows, column=column.name, reason=reason)
    elif column.refers and 2 * (rows & draft.kept).sum() < draft.kept.sum():
        # A reference that is mostly empty is meant to be.
        message = f"the rows refer to none of {column.refers[0]}; they are kept"
        draft.fault("empty reference", message, rows, column=column.name)


def check_rules(draft: Draft, as_of: pd.Timestamp, currency: str) -> None:
    """Check dates, amounts and keys, once the as-of date and the currency are known."""
    columns = [draft.table.columns[name] for name in draft.readings]
    for column in columns:
        if column.type in {"date", "month"}:
            _dates(draft, column, as_of)
    for column in columns:
        if column.type == "money":
            _money(draft, column, currency)
    for column in columns:
        if column.type in NUMBERS:
            _bounds(draft, column)
    if draft.table.key:
        _keys(draft)
    else:
        _alike(draft)


def _dates(draft: Draft, column: Column, as_of: pd.Timestamp) -> None:
    moments = draft.readings[column.name].typed
    draft.fault(
        "date before the epoch",
        "the date lies before 1970; the rows are set aside",
        (moments < EPOCH).to_numpy(),
        column=column.name,
        reason=f"{column.name} before 1970",
    )
    if not column.future and not pd.isna(as_of):
        draft.fault(
            "date after as-of",
            f"the date lies after the as-of date {as_of:%Y-%m-%d}; the rows are set aside",
            (moments.dt.normalize() > as_of).to_numpy(),
            column=column.name,
            reason=f"{column.name} after {as_of:%Y-%m-%d}",
        )
    if column.after in draft.readings:
        draft.fault(
            "dates in the wrong order",
            f"the date lies before {column.after}; the rows are set aside",
            (moments < draft.readings[column.after].typed).to_numpy(),
            column=column.name,
            reason=f"{column.name} before {column.after}",
        )


def _money(draft: Draft, column: Column, currency: str) -> None:
    reading = draft.readings[column.name]
    if column.min >= 0:
        draft.fault(
            "negative money",
            "the amount is negative; the rows are set aside",
            (reading.typed < 0).to_numpy(),
            column=column.name,
            reason=f"{column.name} negative",
        )
    if reading.marks is not None:
        _currencies(draft, column, reading.marks, currency)


def _currencies(draft: Draft, column: Column, marks: np.ndarray, currency: str) -> None:
    other = np.array([bool(mark) and currency not in mark for mark in marks], dtype=bool)
    counts = Counter(mark[0] for mark in marks[other & draft.kept])
    if not counts:
        return
    several = ", ".join(f"{code} {count:,}" for code, count in counts.most_common())
    found = f", but in {several}" if len(counts) > 1 else ""
    cells = draft.texts(draft.columns[column.name])

    def show(place: int) -> str:
        cell, code = str(cells.iloc[place]), marks[place][0]
        return f"{cell} {code}" if _BARE.fullmatch(cell) else cell

    draft.fault(
        "mixed currency",
        f"the amount is not in {currency}, the company's currency{found}; the rows are set aside",
        other,
        column=column.name,
        reason=f"{column.name} not in {currency}",
        show=show,
    )


def _bounds(draft: Draft, column: Column) -> None:
    numbers = draft.readings[column.name].typed.to_numpy(dtype=float, na_value=np.nan)
    if column.type == "money" and column.min >= 0:
        numbers = np.where(numbers < 0, np.nan, numbers)  # said already
    outside = (numbers < column.min) | (numbers > column.max)
    low, high = (f"{bound:,.15g}" for bound in (column.min, column.max))
    if np.isinf(column.max):
        allowed = f"{low} or more"
    else:
        allowed = f"{high} or less" if np.isinf(column.min) else f"from {low} to {high}"
    draft.fault(
        "out of range",
        f"the number must be {allowed}; {_fate(column)}",
        outside,
        column=column.name,
        reason=f"{column.name} out of range" if column.required else "",
    )
    if not column.required and outside.any():
        draft.empty(column.name, outside)


def _keys(draft: Draft) -> None:
    """Set aside all but the first of the usable rows with the same key."""
    key = list(draft.table.key)
    if not set(key) <= set(draft.readings):
        return
    places = np.flatnonzero(draft.used)
    keys = pd.DataFrame({name: draft.readings[name].typed.iloc[places] for name in key})
    again = keys.duplicated().to_numpy()
    if not again.any():
        return
    alike = keys.duplicated(keep=False).to_numpy()
    whole = draft.raw.frame.iloc[places[alike]].duplicated().to_numpy()
    exact, other = np.zeros((2, draft.read), bool)
    exact[places[alike][whole]] = True
    other[places[again]] = True
    other &= ~exact
    named = " and ".join(key)

    def show(place: int) -> str:
        return ", ".join(str(draft.readings[name].typed.iloc[place]) for name in key)

    message = "the whole row has occurred before; the first one is kept"
    draft.fault("exact duplicate", message, exact, reason="exact duplicate", show=show)
    message = f"another row has the same {named}; the first one is kept"
    draft.fault("duplicate key", message, other, reason="duplicate key", show=show)


def _alike(draft: Draft) -> None:
    again = draft.raw.frame.duplicated().to_numpy() & draft.used
    message = "the whole row has occurred before; it is kept, since the table has no key"
    draft.fault("repeated row", message, again)
