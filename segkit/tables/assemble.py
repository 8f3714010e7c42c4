"""From sources to checked tables: what each table is, and what is known only of all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from segkit.errors import DataError, MissingPackageError
from segkit.tables.cells import EMPTY
from segkit.tables.check import EPOCH, check_cells, check_rules
from segkit.tables.currencies import named_currencies, nearest_currency
from segkit.tables.draft import Draft
from segkit.tables.faults import Fault
from segkit.tables.match import match_tables, unused_sources
from segkit.tables.names import squash
from segkit.tables.parse import Reading
from segkit.tables.raw import Source
from segkit.tables.references import check_references
from segkit.tables.schema import schema
from segkit.tables.settings import Settings
from segkit.tables.spelling import check_spelling

__all__ = ["Assembled", "assemble"]

_RANKS = ("stops", "sets aside", "note")
_CURRENCY_COLUMNS = {
    *("currency", "currencycode", "currencyisocode", "isocurrency", "currencyname", "ccy"),
    *("dealcurrency", "opportunitycurrency", "w\u00e4hrung", "waehrung", "devise", "moneda"),
}
_NONE_KNOWN = (
    "No file has the name of a table. Say in segkit.toml which holds which, such as: "
    '[tables.accounts] source = "..."; `segkit new FOLDER` lays out that file, and '
    "templates/README.md with all tables and columns."
)
_LONELY = pd.Timedelta(days=366)


@dataclass(frozen=True, eq=False)
class Assembled:
    """Checked tables and what is known of all together."""

    drafts: Mapping[str, Draft]
    faults: tuple[Fault, ...]
    settings: Settings
    as_of: pd.Timestamp


def assemble(sources: Sequence[Source], settings: Settings) -> Assembled:
    """Read and check every table that the sources hold.

    Raises
    ------
    DataError
        If no table has a usable row; says why, table by table.
    """
    matched, faults = match_tables(sources, settings)
    drafts = _drafts(matched, settings, faults)
    for draft in drafts.values():
        check_cells(draft)
    currency = _currency(drafts.values(), settings, faults)
    as_of = _as_of(drafts.values(), settings, faults)
    for draft in drafts.values():
        check_rules(draft, as_of, currency)
    check_references(drafts)
    for draft in drafts.values():
        _note_emptiness(draft)
    origins = {source.origin for source in matched.values()}
    others = [source for source in sources if source.origin not in origins]
    faults += [fault for draft in drafts.values() for fault in draft.faults]
    faults += check_spelling(drafts, others)
    faults += unused_sources(others, set(matched))
    faults.sort(key=lambda fault: _RANKS.index(fault.severity))
    if not any(draft.used.any() for draft in drafts.values()):
        said = ["No table has a row that can be used.", *map(str, faults)]
        raise DataError("\n".join(said if drafts else [*said, _NONE_KNOWN]))
    return Assembled(drafts, tuple(faults), replace(settings, currency=currency), as_of)


def _drafts(
    matched: Mapping[str, Source], settings: Settings, faults: list[Fault]
) -> dict[str, Draft]:
    drafts = {}
    for name, source in matched.items():
        try:
            drafts[name] = Draft(schema()[name], source.load(), settings)
        except (DataError, MissingPackageError, OSError) as error:
            faults.append(Fault(name, "", "unreadable file", str(error), severity="stops"))
    return drafts


def _currency(drafts: Iterable[Draft], settings: Settings, faults: list[Fault]) -> str:
    """Find the company's currency: the one set, or else the commonest that the amounts show."""
    marks: Counter[tuple[str, ...]] = Counter()
    for draft in drafts:
        _apply_currency_column(draft)
        for name, reading in draft.readings.items():
            if draft.table.columns[name].type == "money" and reading.marks is not None:
                marks.update(reading.marks[draft.kept])
    counts: Counter[str] = Counter()
    for mark in sorted(filter(None, marks), key=len):  # what is certain tells what "$" stands for
        counts[max(mark, key=lambda code: counts[code])] += marks[mark]
    if settings.currency or not counts:
        return settings.currency
    found = counts.most_common(1)[0][0]
    message = f"no currency is set; amounts are marked {found}, which is taken for all of them"
    faults.append(Fault("", "", "currency found", message))
    return found


def _apply_currency_column(draft: Draft) -> None:
    """Take the currency of each row from a column that names it, where the amount shows none."""
    named = next((name for name in draft.extra if squash(name) in _CURRENCY_COLUMNS), None)
    money = [name for name in draft.readings if draft.table.columns[name].type == "money"]
    if named is None or not money:
        return
    words = draft.extra[named].typed.astype("str").fillna("")
    said = words.mask(words.str.casefold().isin(EMPTY), "")
    marks = {word: named_currencies(word) for word in said.unique()}
    unknown = [word for word, codes in marks.items() if word and not codes]
    _refuse_currencies(draft, named, said, said.isin(unknown) & draft.kept)
    for name in money:
        draft.readings[name] = _marked(draft.readings[name], said.map(marks).to_numpy())


def _refuse_currencies(draft: Draft, column: str, said: pd.Series, unknown: pd.Series) -> None:
    """Set aside the rows whose amounts are in nobody knows what."""
    counts = said[unknown].value_counts()
    near = "".join(nearest_currency(str(word)) for word in counts.index[:1])
    found = ", ".join(f"{word!r} {count:,}" for word, count in counts.head(8).items())
    draft.fault(
        "unknown currency",
        f"not a currency: {found}; the rows are set aside.{near} "
        "Write codes such as EUR or words such as US Dollar, or leave the cell empty where the "
        "amount is in the company's currency",
        unknown.to_numpy(),
        column=column,
        reason=f"{column} unknown",
        show=lambda place: said.iloc[place],
    )


def _marked(reading: Reading, named: np.ndarray) -> Reading:
    """Put what the column names beside the signs of the amounts; "$" and CAD are CAD."""
    if reading.marks is None:
        return replace(reading, marks=named)
    marks = np.empty(len(named), dtype=object)
    for place, (sign, code) in enumerate(zip(reading.marks, named, strict=True)):
        marks[place] = tuple(each for each in code if each in sign) or sign or code
    return replace(reading, marks=marks)


def _as_of(drafts: Iterable[Draft], settings: Settings, faults: list[Fault]) -> pd.Timestamp:
    """Find the as-of date: the one set, or else the last date in the data."""
    if settings.as_of is not None:
        return pd.Timestamp(settings.as_of)
    days = [
        np.unique(reading.typed[draft.kept].dropna().dt.normalize().to_numpy())[-2:]
        for draft in drafts
        for name, reading in draft.readings.items()
        if draft.table.columns[name].type in {"date", "month"}
        and not draft.table.columns[name].future
    ]
    last = pd.DatetimeIndex(np.unique(np.concatenate([*days, np.array([], "datetime64[us]")])))
    last = last[last >= EPOCH]
    if len(last) > 1 and last[-1] - last[-2] > _LONELY:
        message = (
            f"the last date in the data, {last[-1]:%Y-%m-%d}, is taken as the as-of date, but the "
            f"one before is {last[-2]:%Y-%m-%d}; if it is a mistake, set as_of in segkit.toml"
        )
        faults.append(Fault("", "", "lonely date", message))
    return pd.Timestamp(last[-1] if len(last) else "NaT")


def _note_emptiness(draft: Draft) -> None:
    """Report tables without rows, and columns without values."""
    if not draft.read:
        draft.say("no rows", "there is a header but no row")
    elif not draft.used.any() and not draft.stopped:
        reasons = "; ".join(f"{reason} {count:,}" for reason, count in draft.reasons.items())
        draft.say("no rows", f"no row is left: {reasons}", severity="stops")
    for name, reading in draft.readings.items():
        if draft.used.any() and reading.typed[draft.used].isna().all():
            draft.say("empty column", "the column holds no value", column=name)
