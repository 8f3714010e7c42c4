"""Where SQL runs: DuckDB, Spark or any database, on one portable text."""

from __future__ import annotations

from segkit.engine.columns import Projection, project
from segkit.engine.connections import Database, DuckDB, Engine, Spark
from segkit.engine.events import DAY_ZERO, LAST_DAY, EventQueries
from segkit.engine.sources import Source, locate
from segkit.engine.sql import literal, quote, table_name, to_sql

__all__ = [
    "DAY_ZERO",
    "LAST_DAY",
    "Database",
    "DuckDB",
    "Engine",
    "EventQueries",
    "Projection",
    "Source",
    "Spark",
    "literal",
    "locate",
    "project",
    "quote",
    "table_name",
    "to_sql",
]
