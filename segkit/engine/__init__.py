"""Where SQL runs: DuckDB, Spark or any database, on one portable text."""

from __future__ import annotations

from segkit.engine.columns import Projection, project
from segkit.engine.connections import Database, DuckDB, Engine, Spark
from segkit.engine.customers import Reduction, reduce_events
from segkit.engine.events import DAY_ZERO, FATES, LAST_DAY, UNREADABLE, EventQueries
from segkit.engine.sources import Source, locate
from segkit.engine.sql import literal, quote, table_name, to_sql

__all__ = [
    "DAY_ZERO",
    "FATES",
    "LAST_DAY",
    "UNREADABLE",
    "Database",
    "DuckDB",
    "Engine",
    "EventQueries",
    "Projection",
    "Reduction",
    "Source",
    "Spark",
    "literal",
    "locate",
    "project",
    "quote",
    "reduce_events",
    "table_name",
    "to_sql",
]
