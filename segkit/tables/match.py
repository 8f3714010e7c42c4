"""Which source holds which table, and which of its columns is which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from segkit.errors import DataError, MissingPackageError, nearest
from segkit.tables.faults import Fault, Severity
from segkit.tables.mapping import TableSettings
from segkit.tables.names import column_name, listing, same_names, squash
from segkit.tables.raw import Source
from segkit.tables.schema import Column, Table, schema
from segkit.tables.settings import Settings

__all__ = ["ColumnMatch", "match_columns", "match_tables", "unused_sources"]

_MANY = 8
# What tables are called elsewhere; only suggested, for they are called so for other things too.
_USUAL: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("compan", "customer", "client", "organi", "kunden"), "accounts"),
        **dict.fromkeys(("deal", "opportunit", "pipeline"), "opportunities"),
        **dict.fromkeys(("subscription", "vertr"), "contracts"),
        **dict.fromkeys(("purchase", "transaction", "auftr", "bestell"), "orders"),
        **dict.fromkeys(("people", "kontakt"), "contacts"),
    }
)


@dataclass(frozen=True)
class ColumnMatch:
    """Which column of a source is which.

    Attributes
    ----------
    columns : mapping of str to str
        Name in the schema to name in the source.
    extra : mapping of str to str
        New name to name in the source, for columns that the schema does not know.
    faults : tuple of Fault
        What is missing, doubtful or was matched by another name.
    """

    columns: Mapping[str, str]
    extra: Mapping[str, str]
    faults: tuple[Fault, ...]


def match_tables(
    sources: Sequence[Source], settings: Settings
) -> tuple[dict[str, Source], list[Fault]]:
    """Find the source of each table: the one the settings name, or one of the table's own name.

    A source that the settings give to another table is not taken for its own name's sake.

    Examples
    --------
    >>> match_tables([Source("Orders", "Orders.csv", lambda: None)], Settings())[0]["orders"].origin
    'Orders.csv'
    """
    matched: dict[str, Source] = {}
    faults = []
    given = {squash(entry.source) for entry in settings.tables.values() if entry.source}
    for name in schema():
        entry = settings.tables.get(name)
        wanted = (entry and entry.source) or name
        found = _named(wanted, sources)
        if len(found) == 1:
            if entry or squash(wanted) not in given:
                matched[name] = found[0]
        elif found:
            faults.append(_many_sources(name, found))
        elif entry:
            faults.append(_no_source(name, entry, sources))
    return matched, faults


def _named(wanted: str, sources: Iterable[Source]) -> list[Source]:
    every = [(source, {source.name, *source.names}) for source in sources]
    exact = [source for source, names in every if wanted in names]
    return exact or [source for source, names in every if same_names(wanted, names)]


def _many_sources(table: str, found: Sequence[Source]) -> Fault:
    message = (
        f"could be {' or '.join(source.origin for source in found)}; "
        f"name one in segkit.toml: [tables.{table}] source = ..."
    )
    return Fault(table, "", "ambiguous table", message, severity="stops")


def _no_source(table: str, entry: TableSettings, sources: Sequence[Source]) -> Fault:
    if not entry.source:
        message = "segkit.toml has a section for it, but no source has its name"
        return Fault(table, "", "missing table", message)
    names = [source.name for source in sources]
    message = (
        f"segkit.toml names the source {entry.source!r}, which is not there."
        f"{nearest(entry.source, names)} There are: {listing(names)}"
    )
    return Fault(table, "", "missing table", message, severity="stops")


def match_columns(
    table: Table, names: Sequence[str], entry: TableSettings | None = None
) -> ColumnMatch:
    """Find the columns of a table: as the settings say, by their own names, by other known names.

    Case, spaces and punctuation do not matter where no name is exactly the same.

    Examples
    --------
    >>> match_columns(schema()["orders"], ["Customer", "Date", "Total", "Shop"]).columns
    {'date': 'Date', 'account_id': 'Customer', 'amount': 'Total'}
    """
    entry = entry or TableSettings()
    columns: dict[str, str] = {}
    faults: list[Fault] = []
    _match(table, entry.columns, names, columns, faults)
    own = {name: name for name in table.columns if name not in entry.columns}
    free = [name for name in names if name not in columns.values()]
    _match(table, own, free, columns, faults, silent=True)
    _match_aliases(table, [name for name in own if name not in columns], names, columns, faults)
    said = {fault.column for fault in faults if fault.severity == "stops"}
    faults += [
        _missing(table, column, names, columns)
        for column in table.required
        if column not in columns and column not in said
    ]
    extra = _extra(table, [name for name in names if name not in columns.values()])
    faults += _notes_on_extra(table, extra, columns)
    return ColumnMatch(columns, extra, tuple(faults))


def _match(
    table: Table,
    wanted: Mapping[str, str],
    names: Sequence[str],
    columns: dict[str, str],
    faults: list[Fault],
    *,
    silent: bool = False,
) -> None:
    for column, foreign in wanted.items():
        found = same_names(foreign, names)
        if len(found) == 1:
            columns[column] = found[0]
        elif found:
            faults.append(_many_columns(table, table.columns[column], found))
        elif not silent:
            message = (
                f"segkit.toml names the column {foreign!r}, which is not there."
                f"{nearest(foreign, names)} There are: {listing(names)}"
            )
            severity = _severity(table.columns[column])
            faults.append(Fault(table.name, column, "missing column", message, severity=severity))


def _match_aliases(
    table: Table,
    wanted: Sequence[str],
    names: Sequence[str],
    columns: dict[str, str],
    faults: list[Fault],
) -> None:
    doubtful = {fault.column for fault in faults}
    for name in wanted:
        column = table.columns[name]
        aliases = {squash(alias) for alias in column.aliases}
        taken = set(columns.values())
        found = [each for each in names if squash(each) in aliases and each not in taken]
        if name in doubtful or not found:
            continue
        if len(found) > 1:
            faults.append(_many_columns(table, column, found))
            continue
        columns[name] = found[0]
        faults.append(Fault(table.name, name, "matched name", f"read from {found[0]!r}"))


def _severity(column: Column) -> Severity:
    return "stops" if column.required else "note"


def _many_columns(table: Table, column: Column, found: Sequence[str]) -> Fault:
    message = (
        f"could be {listing(found)}, so none was used; name one in segkit.toml: "
        f'[tables.{table.name}] columns = {{ {column.name} = "..." }}'
    )
    severity = _severity(column)
    return Fault(table.name, column.name, "ambiguous column", message, severity=severity)


def _missing(table: Table, column: str, names: Sequence[str], columns: Mapping[str, str]) -> Fault:
    free = [name for name in names if name not in columns.values()]
    message = (
        f"the column is missing ({table.columns[column].meaning}).{nearest(column, free)} "
        f"There are: {listing(names)}. Name it in segkit.toml: "
        f'[tables.{table.name}] columns = {{ {column} = "..." }}'
    )
    return Fault(table.name, column, "missing column", message, severity="stops")


def _extra(table: Table, names: Iterable[str]) -> dict[str, str]:
    extra: dict[str, str] = {}
    for name in names:
        new = base = column_name(name) or "column"
        count = 1
        while new in extra or new in table.columns:
            count += 1
            new = f"{base}_{count}"
        extra[new] = name
    return extra


def _notes_on_extra(
    table: Table, extra: Mapping[str, str], columns: Collection[str]
) -> Iterable[Fault]:
    absent = [name for name in table.columns if name not in columns]
    for new, foreign in extra.items():
        near = get_close_matches(new, absent, n=1, cutoff=0.8)
        if near:
            message = f"not there, but {foreign!r} is; if it is the same, say so in segkit.toml"
            yield Fault(table.name, near[0], "similar name", message)
    if extra:
        message = f"columns that segkit does not know are kept as they are: {listing(extra)}"
        yield Fault(table.name, "", "other columns", message)


def unused_sources(others: Sequence[Source], matched: Collection[str]) -> list[Fault]:
    """Say of each source that holds no known table what it could be.

    Small files are looked into: a table whose columns are known by name is suggested.
    """
    absent = [table for name, table in schema().items() if name not in matched]
    return [
        Fault("", "", "not used", f"{source.origin} is not used: {_could_be(source, absent)}")
        for source in others
    ]


def _could_be(source: Source, absent: Sequence[Table]) -> str:
    names: list[str] = []
    if source.small:
        try:
            names = list(source.load().frame.columns)
        except (DataError, MissingPackageError, OSError) as error:
            return str(error)
    counts = {table.name: len(match_columns(table, names).columns) for table in absent}
    best = max(counts, key=lambda name: counts[name], default="")
    # Of hundreds of columns of an export few are known.
    if best and counts[best] >= 3 and counts[best] * 2 >= min(len(names), _MANY):
        return (
            f"no table has its name, but its columns look like {best}; if so, {_say(best, source)}"
        )
    word = squash(source.name)
    usual = next((_USUAL[part] for part in _USUAL if part in word and _USUAL[part] in counts), "")
    if usual:
        return f"no table has its name; if it holds {usual}, {_say(usual, source)}"
    return f"no table has its name.{nearest(source.name, schema())}"


def _say(table: str, source: Source) -> str:
    return f'say in segkit.toml: [tables.{table}] source = "{source.name}"'
