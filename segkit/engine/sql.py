"""SQL text: hostile names quoted, one portable text printed in any dialect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module

from segkit.errors import MissingPackageError

__all__ = ["complaint", "literal", "quote", "table_name", "to_sql"]


def quote(name: str) -> str:
    """Quote an identifier, whatever it holds.

    Examples
    --------
    >>> print(quote('the "T" column'))
    "the ""T"" column"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text value.

    Examples
    --------
    >>> print(literal("o'clock"))
    'o''clock'
    """
    return "'" + text.replace("'", "''") + "'"


def table_name(name: str | Sequence[str]) -> str:
    """Quote the name of a table: `"schema.table"`, or its parts if they hold dots themselves.

    Examples
    --------
    >>> print(table_name("sales.orders"), table_name(("sales", "orders.2024")))
    "sales"."orders" "sales"."orders.2024"
    """
    parts = name.split(".") if isinstance(name, str) else name
    return ".".join(map(quote, parts))


def to_sql(sql: str, dialect: str) -> str:
    """Print portable SQL as it runs on another engine.

    Parameters
    ----------
    sql : str
        A statement in the portable subset of DuckDB's SQL.
    dialect : str
        A dialect of sqlglot: `"duckdb"`, `"postgres"`, `"spark"`, ...

    Raises
    ------
    MissingPackageError
        If sqlglot is needed and not installed.
    ParameterError
        If sqlglot does not know the dialect.

    Examples
    --------
    >>> print(to_sql('SELECT CAST("a" AS DOUBLE) AS a FROM t', "spark"))
    SELECT
      CAST(`a` AS DOUBLE) AS a
    FROM t
    """
    if dialect == "duckdb":
        return sql
    try:
        dialects = import_module("segkit.engine.dialects")
    except ModuleNotFoundError:
        raise MissingPackageError("sqlglot", "sql", f"SQL for {dialect}") from None
    return str(dialects.transpile(sql, dialect))


def complaint(error: BaseException) -> str:
    """Say in one line what an engine found, without its listing of the statement."""
    return " ".join(re.split(r"\n\n|\nLINE ", str(error).strip())[0].splitlines())
