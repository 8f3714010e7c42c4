"""Portable SQL in other dialects: the only module that loads sqlglot."""

from __future__ import annotations

from typing import Any

import sqlglot
from sqlglot import exp

from segkit.errors import ParameterError

__all__ = ["transpile"]


def transpile(sql: str, dialect: str) -> str:
    """Translate portable SQL."""
    try:
        sqlglot.Dialect.get_or_raise(dialect)
    except ValueError as error:
        expected = "a dialect of sqlglot, such as 'postgres'"
        raise ParameterError("dialect", "to_sql", expected, dialect) from error
    tree = sqlglot.parse_one(sql, read="duckdb")
    if dialect in _RULES:
        tree = tree.transform(_RULES[dialect])
    return tree.sql(dialect=dialect, pretty=True)


def _for_postgres(node: Any) -> Any:
    """Rewrite the two functions that PostgreSQL lacks and sqlglot passes on unchanged."""
    if isinstance(node, exp.ArgMin):
        value, key = node.this.sql("postgres"), node.expression.sql("postgres")
        return sqlglot.parse_one(f"(ARRAY_AGG({value} ORDER BY {key}))[1]", read="postgres")
    if isinstance(node, exp.Typeof):
        return exp.Anonymous(this="pg_typeof", expressions=[node.this])
    return node


def _for_snowflake(node: Any) -> Any:
    """Look for a pattern anywhere in a text: Snowflake's REGEXP_LIKE wants all of it to match."""
    if isinstance(node, exp.RegexpLike):
        found = exp.Anonymous(this="REGEXP_INSTR", expressions=[node.this, node.expression])
        return exp.GT(this=found, expression=exp.Literal.number(0))
    return node


_RULES = {"postgres": _for_postgres, "snowflake": _for_snowflake}
