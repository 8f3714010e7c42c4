"""The `[tables]` part of the settings: foreign names and words, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from segkit.errors import SettingsError, nearest
from segkit.tables.names import listing, tidy
from segkit.tables.schema import Column, schema

__all__ = ["TableSettings", "read_mapping"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Where a table comes from, and what its foreign names and words stand for.

    Attributes
    ----------
    source : str
        Name of the file, sheet or database table; empty: a source of the table's own name.
    columns : mapping of str to str
        Name in the schema to name in the source.
    values : mapping of str to mapping
        Column of the schema -> foreign word in lower case -> word of the schema. A word that
        stands for "" is read as empty.
    keep : mapping of str to tuple of str
        Column in the source -> the only words whose rows are kept.
    """

    source: str = ""
    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NOTHING)
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)


def read_mapping(value: object) -> Mapping[str, TableSettings]:
    """Read the `[tables]` part of the settings.

    Raises
    ------
    SettingsError
        If it names what the schema does not know; names all faults.

    Examples
    --------
    >>> read_mapping({"orders": {"source": "sales"}})["orders"].source
    'sales'
    """
    faults: list[str] = []
    tables = {}
    for name, entry in _section("tables", value, faults):
        if name not in schema():
            faults.append(f"tables.{name}: there is no such table.{nearest(name, schema())}")
        elif not isinstance(entry, Mapping):
            faults.append(f"tables.{name} must be a section [tables.{name}], not {entry!r}.")
        else:
            tables[name] = _table(name, entry, faults)
    if faults:
        raise SettingsError(faults)
    return MappingProxyType(tables)


def _table(name: str, entry: Mapping[str, Any], faults: list[str]) -> TableSettings:
    known = ("source", "columns", "values", "keep")
    where = f"tables.{name}"
    faults += [
        f"{where}: unknown setting {key!r}.{nearest(str(key), known)}"
        for key in entry
        if key not in known
    ]
    source = entry.get("source", "")
    if not isinstance(source, str):
        faults.append(f"{where}.source must be the name of a file or table, not {source!r}.")
    return TableSettings(
        source=str(source),
        columns=_columns(name, entry.get("columns", {}), faults),
        values=_values(name, entry.get("values", {}), faults),
        keep={
            column: _words(f"{where}.keep.{column}", words, faults)
            for column, words in _section(f"{where}.keep", entry.get("keep", {}), faults)
        },
    )


def _columns(table: str, value: object, faults: list[str]) -> dict[str, str]:
    columns = {}
    for column, foreign in _section(f"tables.{table}.columns", value, faults):
        if _column(table, column, f"tables.{table}.columns", faults) is None:
            continue
        if isinstance(foreign, str):
            columns[column] = foreign
        else:
            faults.append(
                f"tables.{table}.columns.{column} must be the name of a column in the source, "
                f"not {foreign!r}."
            )
    return columns


def _values(table: str, value: object, faults: list[str]) -> dict[str, dict[str, str]]:
    where = f"tables.{table}.values"
    mapped = {}
    for name, entry in _section(where, value, faults):
        column = _column(table, name, where, faults)
        if column is not None:
            mapped[name] = _column_words(column, f"{where}.{name}", entry, faults)
    return mapped


def _column_words(column: Column, where: str, entry: object, faults: list[str]) -> dict[str, str]:
    known = ("true", "false") if column.type == "boolean" else column.values
    words: dict[str, str] = {}
    for own, foreign in _section(where, entry, faults):
        if own and known and own not in known:
            faults.append(f"{where}: {own!r} is not one of {listing(known)}.{nearest(own, known)}")
        faults += [
            f"{where}: {word!r} stands for both {words[folded]!r} and {own!r}."
            for word in _words(f"{where}.{own}", foreign, faults)
            if words.setdefault(folded := word.casefold().strip(), own) != own
        ]
    return words


def _column(table: str, name: str, where: str, faults: list[str]) -> Column | None:
    columns = schema()[table].columns
    if name not in columns:
        faults.append(f"{where}: {table} has no column {name!r}.{nearest(name, columns)}")
    return columns.get(name)


def _section(where: str, value: object, faults: list[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(key), entry) for key, entry in value.items())
    else:
        faults.append(f"{where} must be a section or {{ name = value }}, not {value!r}.")


def _words(where: str, value: object, faults: list[str]) -> tuple[str, ...]:
    words = value if isinstance(value, (list, tuple)) else [value]
    if all(isinstance(word, (str, int)) and not isinstance(word, bool) for word in words):
        return tuple(tidy(str(word)) for word in words)
    faults.append(f'{where} must be text or a list of texts such as ["Won"], not {value!r}.')
    return ()
