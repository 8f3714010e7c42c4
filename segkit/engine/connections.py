"""Where SQL runs: one method, `query`, whatever stands behind it."""

from __future__ import annotations

import os
import warnings
from contextlib import closing
from functools import cache
from os import PathLike, fspath
from typing import Any, Protocol

import duckdb
import pandas as pd

from segkit.engine.sql import complaint, literal, to_sql
from segkit.errors import DataError, ParameterError

__all__ = ["Database", "DuckDB", "Engine", "Spark"]

_SETTINGS = {
    # A name that is no table shall be an error: not a variable of the program, nor a download.
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # What a column of Python objects holds is told by all of them: a sample would read "007" as 7.
    "pandas_analyze_sample": 2**63 - 1,
}

# With fewer, DuckDB lets one hash table grow out of the processor's cache instead of cutting it up:
# ten million rows then cost two cores two fifths more, copies set aside.
_LEAST_THREADS = 3


class Engine(Protocol):
    """Anything that answers portable SQL with a pandas table."""

    @property
    def dialect(self) -> str:
        """The dialect of its SQL, by sqlglot's name."""

    @property
    def time_zone(self) -> str | None:
        """The zone in which an instant becomes a day; None for the session's own."""

    def query(self, sql: str) -> pd.DataFrame:
        """Run portable SQL and collect its rows."""


class DuckDB:
    """The engine inside the process: in memory, or on a DuckDB file opened for reading.

    Parameters
    ----------
    database : path, optional
        A DuckDB file; in memory without one.
    memory_limit : str, optional
        Most memory DuckDB may take, such as `"2GB"`; beyond it, work goes to disk.
    threads : int, optional
        Threads DuckDB may use; without it as many as there are cores, and not fewer than three.
    temp_directory : path, optional
        Where work goes that does not fit in memory.
    time_zone : str, default "UTC"
        Zone in which an instant becomes a day.

    Examples
    --------
    >>> DuckDB().query("SELECT 1 + 1 AS two")
       two
    0    2
    """

    dialect = "duckdb"

    def __init__(
        self,
        database: str | PathLike[str] | None = None,
        *,
        memory_limit: str | None = None,
        threads: int | None = None,
        temp_directory: str | PathLike[str] | None = None,
        time_zone: str = "UTC",
    ) -> None:
        self.time_zone = time_zone
        settings: dict[str, Any] = {
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": None if temp_directory is None else fspath(temp_directory),
        }
        given = {key: value for key, value in settings.items() if value is not None}
        self._connection = self._open(database, given)
        if threads is None:
            self._use_cores()
        try:
            self._connection.execute(f"SET TimeZone = {literal(time_zone)}")
        except duckdb.Error as error:
            known = "a name such as 'UTC' or 'Europe/Berlin'"
            raise ParameterError("time_zone", "DuckDB", known, time_zone) from error

    def _open(
        self, database: str | PathLike[str] | None, settings: dict[str, Any]
    ) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(
                ":memory:" if database is None else fspath(database),
                read_only=database is not None,
                config={**_SETTINGS, **settings},
            )
        except duckdb.Error as error:
            raise DataError(f"DuckDB cannot be opened: {complaint(error)}") from error

    def _use_cores(self) -> None:
        found = self._connection.execute("SELECT current_setting('threads')").fetchone()
        if found and found[0] < _LEAST_THREADS:
            self._connection.execute(f"SET threads = {_LEAST_THREADS}")

    def query(self, sql: str) -> pd.DataFrame:
        """Run the SQL as it stands and collect its rows."""
        try:
            with warnings.catch_warnings():
                # DuckDB's own conversion of instants uses a word that pandas is giving up.
                warnings.filterwarnings("ignore", "The inplace keyword", DeprecationWarning)
                return self._connection.execute(sql).df()
        except duckdb.Error as error:
            if isinstance(error, duckdb.FatalException | duckdb.InternalException):
                _database_of_few_rows.cache_clear()  # Such an error shuts the whole database.
            raise DataError(f"DuckDB could not run the query: {complaint(error)}") from error

    def register(self, name: str, frame: Any) -> None:
        """Let SQL read a pandas, Polars or Arrow frame under a name, if it can without a copy."""
        try:
            try:
                self._connection.register(name, frame)
            except duckdb.Error:
                if not isinstance(frame, pd.DataFrame):
                    raise
                # Such as frame[::-1], whose values stand backwards in memory.
                self._connection.register(name, frame.copy())
        except duckdb.Error as error:
            raise DataError(f"DuckDB cannot read the frame: {complaint(error)}") from error

    def unregister(self, name: str) -> None:
        """Let go of a frame."""
        self._connection.unregister(name)


@cache
def _database_of_few_rows() -> duckdb.DuckDBPyConnection:
    # Files that change shall not stay in memory.
    return duckdb.connect(config={**_SETTINGS, "threads": 1, "enable_external_file_cache": False})


if hasattr(os, "register_at_fork"):
    # Closed before a fork, which would leave the copy without its threads.
    os.register_at_fork(before=_database_of_few_rows.cache_clear)


class SharedDuckDB(DuckDB):
    """A session, on one thread, of the one database that few rows share.

    To open one anew would cost more than they do. Frames are known to their session alone.
    """

    def __init__(self) -> None:
        super().__init__(threads=1)

    def _open(self, *_: object) -> duckdb.DuckDBPyConnection:
        return _database_of_few_rows().cursor()


class Spark:
    """A Spark session.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
        A running session.
    time_zone : str, default "UTC"
        Zone in which an instant becomes a day; set for the session.
    """

    dialect = "spark"

    def __init__(self, session: Any, *, time_zone: str = "UTC") -> None:
        self.time_zone = time_zone
        self._session = session
        session.conf.set("spark.sql.session.timeZone", time_zone)

    def query(self, sql: str) -> pd.DataFrame:
        """Run the SQL in Spark's dialect and collect its rows."""
        found = self._session.sql(to_sql(sql, self.dialect))
        # Rows are few by now, and Spark's own way to pandas trails pandas' versions.
        return pd.DataFrame.from_records(found.collect(), columns=found.columns)


class Database:
    """A database behind a DB-API connection or SQLAlchemy; made for PostgreSQL.

    Parameters
    ----------
    connection : DB-API connection, SQLAlchemy Engine or Connection
        A connection is used as it is, with nothing committed or closed; an Engine lends one.
        The rows must not change while they are read: a summary takes several statements.
    dialect : str, optional
        A dialect of sqlglot, such as `"postgres"`; SQLAlchemy tells it itself.
    time_zone : str or None, default "UTC"
        Zone in which an instant becomes a day; None leaves the session's own.

    Raises
    ------
    ParameterError
        If the dialect is neither given nor told by the connection.
    """

    def __init__(
        self, connection: Any, dialect: str | None = None, *, time_zone: str | None = "UTC"
    ) -> None:
        told = getattr(getattr(connection, "dialect", None), "name", "")
        self.dialect: str = dialect or {"postgresql": "postgres"}.get(told, told)
        if not self.dialect:
            raise ParameterError(
                "dialect", "Database", "a dialect of sqlglot, such as 'postgres'", dialect
            )
        self.time_zone = time_zone
        self._connection = connection

    def query(self, sql: str) -> pd.DataFrame:
        """Run the SQL in the database's dialect and collect its rows."""
        if hasattr(self._connection, "raw_connection"):
            with closing(self._connection.raw_connection()) as lent:
                return self._collect(lent, sql)
        return self._collect(getattr(self._connection, "connection", self._connection), sql)

    def _collect(self, connection: Any, sql: str) -> pd.DataFrame:
        try:
            with closing(connection.cursor()) as cursor:
                if self.time_zone is not None:
                    # Each time: a rollback in between takes the setting back.
                    cursor.execute(f"SET TimeZone = {literal(self.time_zone)}")
                cursor.execute(to_sql(sql, self.dialect))
                names = [column[0] for column in cursor.description]
                return pd.DataFrame.from_records(cursor.fetchall(), columns=names)
        except getattr(connection, "Error", ()) as error:
            raise DataError(f"The database could not run the query: {complaint(error)}") from error
