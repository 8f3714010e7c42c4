from .columns import Projection, project
from .connections import Database, DuckDB, Engine, Spark
from .customers import Reduction, reduce_events
from .events import DAY_ZERO, FATES, LAST_DAY, UNREADABLE, EventQueries
from .sources import Source, locate
from .sql import literal, quote, table_name, to_sql

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
