"""Parquet files, DuckDB files and databases behind a SQLAlchemy URL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd

from segkit.errors import DataError, MissingPackageError
from segkit.tables.raw import RawTable, Source, raw_table, words

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["database_sources", "duckdb_sources", "read_parquet"]

# A database file may hold views that reach for other files or the network.
_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "lock_configuration": True,
}
_SYSTEM_SCHEMAS = {"information_schema", "pg_catalog", "sys", "mysql", "performance_schema"}
# What NumPy holds as it is; everything else comes as text.
_AS_IS = {
    "boolean", "tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger",
    "float", "double", "decimal", "varchar", "date", "timestamp", "timestamp_s", "timestamp_ms",
    "timestamp_ns", "timestamp with time zone",
}  # fmt: skip


def read_parquet(path: Path) -> RawTable:
    """Read a Parquet file with its own types.

    Raises
    ------
    DataError
        If it is no Parquet file.
    """
    with closing(duckdb.connect()) as connection:
        literal = escape(str(path)).replace("'", "''")
        return _read(connection, f"SELECT * FROM read_parquet('{literal}')", path.name)  # noqa: S608 - quoted above


def duckdb_sources(path: Path) -> list[Source]:
    """List the tables and views of a DuckDB file, opened for reading only.

    Raises
    ------
    DataError
        If it cannot be opened.
    """
    query = (
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal UNION ALL "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    )
    with closing(_open(path)) as connection:
        found = connection.execute(query).fetchall()
    return [
        _source(schema, name, path.name, partial(_read_duckdb, path, schema, name))
        for schema, name in found
    ]


def _source(schema: str, name: str, place: str, load: Callable[[], RawTable]) -> Source:
    full = f"{schema}.{name}"
    return Source(name, f"table '{full}' of {place}", load, (full,))


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=True, config=_LOCKED)
    except duckdb.Error as error:
        raise DataError(
            f"{path.name} cannot be opened as a DuckDB file: {_first_line(error)} "
            "(another program may have it open)"
        ) from error


def _read_duckdb(path: Path, schema: str, name: str) -> RawTable:
    with closing(_open(path)) as connection:
        query = f"SELECT * FROM {_quoted(schema)}.{_quoted(name)}"  # noqa: S608 - quoted
        return _read(connection, query, f"table '{schema}.{name}' of {path.name}")


def _read(connection: duckdb.DuckDBPyConnection, query: str, origin: str) -> RawTable:
    try:
        relation = connection.sql(query)
        names, types = relation.columns, relation.types
        casts = [_cast(name, kind) for name, kind in zip(names, types, strict=True)]
        named = ", ".join(f"{cast} AS c{place}" for place, cast in enumerate(casts))
        arrays = relation.project(named).fetchnumpy().values()
    except duckdb.Error as error:
        raise DataError(f"{origin} cannot be read: {_first_line(error)}") from error
    columns = [
        _column(np.ma.asarray(array), zoned=kind.id == "timestamp with time zone")
        for array, kind in zip(arrays, types, strict=True)
    ]
    return raw_table(pd.DataFrame(dict(enumerate(columns))), names)


def _cast(name: str, kind: Any) -> str:
    whole = kind.id == "decimal" and str(kind).endswith(",0)")  # may be ids too long for a float
    if kind.id in _AS_IS and not whole:
        return _quoted(name)
    return f"CAST({_quoted(name)} AS VARCHAR)"


def _column(array: np.ma.MaskedArray[Any, Any], *, zoned: bool) -> Any:
    missing = np.ma.getmaskarray(array)
    if array.dtype.kind == "O":
        cells = array.data.copy()
        cells[missing] = None
        return words(cells)
    if array.dtype.kind in "iu":
        return pd.arrays.IntegerArray(array.data.astype("int64"), missing)
    if array.dtype.kind == "b":
        return pd.arrays.BooleanArray(array.data.copy(), missing)
    column = pd.Series(array.data).mask(missing)
    return column.dt.tz_localize("UTC") if zoned else column


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def database_sources(url: str) -> list[Source]:
    """List the tables and views of a database behind a SQLAlchemy URL.

    Raises
    ------
    DataError
        If the URL is wrong or the database does not answer.
    MissingPackageError
        If SQLAlchemy or the database's driver is not installed.
    """
    engine = _engine(url)
    place = engine.url.render_as_string(hide_password=True)
    try:
        return _listed(engine, place)
    except _sql_errors() as error:
        raise DataError(f"{place} cannot be read: {_first_line(error)}") from error
    finally:
        engine.dispose()


def _listed(engine: Engine, place: str) -> list[Source]:
    from sqlalchemy import inspect  # noqa: PLC0415 - of an extra

    inspector = inspect(engine)
    return [
        _source(schema, name, place, partial(_read_table, engine, schema, name, place))
        for schema in inspector.get_schema_names()
        if schema not in _SYSTEM_SCHEMAS
        for name in [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
    ]


def _engine(url: str) -> Engine:
    try:
        from sqlalchemy import create_engine  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise MissingPackageError("sqlalchemy", "sql", "Reading a database") from error
    scheme = url.partition("://")[0]
    try:
        return create_engine(url)
    except ImportError as error:
        raise DataError(
            f"Reading {scheme} needs the database's driver: the Python package {error.name!r} is "
            "not installed."
        ) from error
    except _sql_errors() as error:
        raise DataError(
            f"The database URL that begins with {scheme!r} cannot be used: {_first_line(error)} "
            "It should look like postgresql+psycopg://user@host/database or sqlite:///file.db."
        ) from error


def _sql_errors() -> tuple[type[Exception], ...]:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - of an extra

    return SQLAlchemyError, ValueError


def _read_table(engine: Engine, schema: str, name: str, place: str) -> RawTable:
    import sqlalchemy as sql  # noqa: PLC0415 - of an extra

    # No types are reflected: SQLite's dates may be any text, which is checked like other text.
    table = sql.table(sql.quoted_name(name, quote=True), schema=sql.quoted_name(schema, quote=True))
    try:
        with engine.connect() as connection:
            every: Any = sql.literal_column("*")
            result = connection.execute(sql.select(every).select_from(table))
            names, rows = list(result.keys()), result.fetchall()
    except _sql_errors() as error:
        raise DataError(
            f"table {name!r} of {place} cannot be read: {_first_line(error)}"
        ) from error
    finally:
        engine.dispose()
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return raw_table(pd.DataFrame({at: words(cells) for at, cells in enumerate(columns)}), names)
