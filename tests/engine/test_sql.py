"""Names and texts cannot break out of SQL; portable SQL prints in other dialects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.engine import DuckDB, literal, quote, table_name, to_sql
from segkit.errors import MissingPackageError

ENGINE = DuckDB()
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(TEXT.filter(bool), TEXT)
def test_any_name_and_any_text_come_back_as_they_are(name: str, text: str) -> None:
    found = ENGINE.query(f"SELECT {literal(text)} AS {quote(name)}")
    assert list(found.columns) == [name]
    assert found.iloc[0, 0] == text


def test_names_of_tables() -> None:
    assert table_name('a"b.c') == '"a""b"."c"'
    assert table_name(("a.b", "c")) == '"a.b"."c"'


def test_duckdb_runs_the_text_as_it_stands() -> None:
    text = "SELECT  1 -- as written"
    assert to_sql(text, "duckdb") == text


@pytest.mark.parametrize(
    ("portable", "postgres", "spark"),
    [
        ("ARG_MIN(a, b)", "(\n    ARRAY_AGG(a ORDER BY b)\n  )[1]", "MIN_BY(a, b)"),
        ("TYPEOF(a)", "PG_TYPEOF(a)", "TYPEOF(a)"),
        ('"a`b"', '"a`b"', "`a``b`"),
        ("CAST(a AS DOUBLE)", "CAST(a AS DOUBLE PRECISION)", "CAST(a AS DOUBLE)"),
    ],
)
def test_dialects(portable: str, postgres: str, spark: str) -> None:
    for dialect, expected in (("postgres", postgres), ("spark", spark)):
        assert to_sql(f"SELECT {portable} AS x", dialect) == f"SELECT\n  {expected} AS x"


def test_snowflake_looks_for_a_pattern_anywhere() -> None:
    found = to_sql("SELECT REGEXP_MATCHES(a, '[^ ]') AS x", "snowflake")
    assert found == "SELECT\n  REGEXP_INSTR(a, '[^ ]') > 0 AS x"


def test_another_dialect_without_sqlglot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    monkeypatch.delitem(sys.modules, "segkit.engine.dialects", raising=False)
    with pytest.raises(MissingPackageError, match=r'pip install "segkit\[sql\]"'):
        to_sql("SELECT 1", "postgres")


def test_a_summary_of_a_file_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("customer,date,amount\nann,2024-01-01,1\n")
    program = (
        "import sys; from segkit.value import customer_summary; customer_summary(sys.argv[1]);"
        "print({'narwhals', 'plotly', 'scipy', 'sqlglot'} & sys.modules.keys())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.csv")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    assert done.stdout == "set()\n"
