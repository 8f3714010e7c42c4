"""What each table of a company must hold, read once from `schema.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

__all__ = ["Column", "ColumnType", "Table", "schema"]

ColumnType = Literal[
    "id", "text", "category", "integer", "number", "money", "share", "boolean", "date", "month"
]
_UNBOUNDED = float("inf")
_BOUNDS: dict[str, tuple[float, float]] = {"money": (0.0, _UNBOUNDED), "share": (0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its type, meaning and the values it may hold."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    required: bool = False
    refers: tuple[str, str] | None = None
    values: tuple[str, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    min: float = -_UNBOUNDED
    max: float = _UNBOUNDED
    future: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a company: its meaning, key and columns."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def required(self) -> tuple[str, ...]:
        """Name the columns without which a row cannot be used."""
        return tuple(name for name, column in self.columns.items() if column.required)


@cache
def schema() -> Mapping[str, Table]:
    """List the tables that segkit knows, by name.

    Examples
    --------
    >>> schema()["contracts"].key
    ('contract_id',)
    >>> schema()["contracts"].columns["mrr"].unit
    'per month'
    """
    text = files(__package__).joinpath("schema.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {name: _table(name, entry) for name, entry in tomllib.loads(text).items()}
    )


def _table(name: str, entry: dict[str, Any]) -> Table:
    key = tuple(entry["key"])
    columns = {
        column: _column(column, detail, column in key)
        for column, detail in entry["columns"].items()
    }
    return Table(name, entry["meaning"], key, MappingProxyType(columns))


def _column(name: str, entry: dict[str, Any], in_key: bool) -> Column:
    low, high = _BOUNDS.get(entry["type"], (-_UNBOUNDED, _UNBOUNDED))
    table, _, column = entry.get("refers", "").partition(".")
    return Column(
        name=name,
        type=entry["type"],
        meaning=entry["meaning"],
        unit=entry.get("unit", ""),
        required=in_key or entry.get("required", False),
        refers=(table, column) if table else None,
        values=tuple(entry.get("values", ())),
        synonyms={value: tuple(words) for value, words in entry.get("synonyms", {}).items()},
        aliases=tuple(entry.get("aliases", ())),
        min=float(entry.get("min", low)),
        max=float(entry.get("max", high)),
        future=entry.get("future", False),
        after=entry.get("after", ""),
    )
