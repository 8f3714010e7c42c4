"""The SQL gives the scores and segments of `rfm_scores`, row for row, in real databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlglot

from segkit.errors import ParameterError
from segkit.segments import RFM_SEGMENTS, rfm_scores

HOSTILE = 'days"; DROP TABLE customers --'
NAMES = {"recency": HOSTILE, "frequency": "orders é", "monetary": "spent"}
OWN = {**RFM_SEGMENTS, (5, 5): 'Été\'s \\ "best"', (1, 1): "m"}
DIALECTS = (
    *("bigquery", "clickhouse", "databricks", "mysql", "oracle", "postgres"),
    *("redshift", "snowflake", "spark", "sqlite", "trino", "tsql"),
)


def customers(rows, seed=0):
    """Draw ties, holes, and huge and tiny amounts."""
    rng = np.random.default_rng(seed)
    spent = rng.lognormal(3, 2, rows)
    spent[::97] = rng.choice([1e300, 5e-324, 0.0, 1e-300, 0.1 + 0.2], spent[::97].size)
    table = pd.DataFrame(
        {
            "id": np.arange(rows),
            HOSTILE: rng.integers(0, 400, rows).astype(float),
            "orders é": rng.geometric(0.5, rows).astype(float),
            "spent": spent,
        }
    )
    return table.mask(rng.uniform(size=table.shape) < [0, 0.05, 0.05, 0.05])


@pytest.fixture(scope="module")
def found():
    return rfm_scores(customers(3_000), **NAMES, segment_map=OWN)


def expected(table):
    """Score by the cuts of the customers fitted: they are all drawn from the same table."""
    scores = rfm_scores(table, **NAMES, segment_map=OWN).scores[["r", "f", "m", "segment"]]
    return scores.astype(object).where(scores.notna(), None).to_numpy().tolist()


def rows_of(table):
    plain = table.astype(object).where(table.notna(), None)
    return [tuple(row) for row in plain.itertuples(index=False)]


def create(types):
    columns = ", ".join(f'"{n.replace(chr(34), chr(34) * 2)}" {kind}' for n, kind in types.items())
    return f"CREATE TEMPORARY TABLE customers ({columns})"


TYPES = {"id": "bigint", HOSTILE: "integer", "orders é": "bigint", "spent": "double precision"}


def test_duckdb_agrees_on_200_000_rows():
    table = customers(200_000)
    scored = rfm_scores(table, **NAMES, segment_map=OWN)
    seen = duckdb.sql(scored.to_sql(table="table", key="id")).df()
    for name in ("r", "f", "m"):
        assert seen[name].fillna(0).to_numpy().tolist() == scored.scores[name].fillna(0).tolist()
    assert seen["segment"].fillna("").tolist() == scored.scores["segment"].fillna("").tolist()


def test_sqlite_agrees(found):
    table = customers(3_000)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(create(TYPES))
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", rows_of(table))
        seen = connection.execute(found.to_sql("sqlite", key="id")).fetchall()
    assert [list(row[1:]) for row in seen] == expected(table)


def test_postgres_agrees(found, postgres_socket):
    psycopg = pytest.importorskip("psycopg")
    table = customers(3_000)
    with psycopg.connect(host=postgres_socket, user="postgres", dbname="postgres") as postgres:
        postgres.execute(create(TYPES))
        with postgres.cursor().copy("COPY customers FROM STDIN") as copy:
            for row in rows_of(table.astype({HOSTILE: "Int64", "orders é": "Int64"})):
                copy.write_row(row)
        seen = postgres.execute(found.to_sql("postgres", key="id")).fetchall()
        postgres.rollback()
    assert [list(row[1:]) for row in seen] == expected(table)


def dated(rows=2_000):
    rng = np.random.default_rng(1)
    table = customers(rows).drop(columns=HOSTILE)
    since = pd.to_datetime("2023-01-01") + pd.to_timedelta(rng.integers(0, 600 * 24, rows), "h")
    table[HOSTILE] = pd.Series(since).mask(rng.uniform(size=rows) < 0.05)
    return table


def test_dates_agree_in_all_three(postgres_socket):
    psycopg = pytest.importorskip("psycopg")
    table = dated()[["id", HOSTILE, "orders é", "spent"]]
    scored = rfm_scores(table, **NAMES, segment_map=OWN, as_of="2024-08-24")
    wanted = scored.scores["r"].fillna(0).tolist()
    assert set(wanted) == set(range(6))
    text = table.assign(**{HOSTILE: table[HOSTILE].dt.strftime("%Y-%m-%d %H:%M:%S")})
    rows = rows_of(text)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(create({**TYPES, HOSTILE: "text"}))
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", rows)
        seen = connection.execute(scored.to_sql("sqlite", key="id")).fetchall()
    assert [row[1] or 0 for row in seen] == wanted
    seen = duckdb.sql(scored.to_sql(table="table", key="id")).fetchall()
    assert [row[1] or 0 for row in seen] == wanted
    with psycopg.connect(host=postgres_socket, user="postgres", dbname="postgres") as postgres:
        postgres.execute(create({**TYPES, HOSTILE: "timestamp", "orders é": "double precision"}))
        with postgres.cursor().copy("COPY customers FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        seen = postgres.execute(scored.to_sql("postgres", key="id")).fetchall()
        postgres.rollback()
    assert [row[1] or 0 for row in seen] == wanted


def test_another_day_moves_recency_and_later_purchases_have_no_score():
    table = dated()
    scored = rfm_scores(table, **NAMES, as_of="2024-08-24")
    sql = scored.to_sql(table="table", key="id", as_of="2024-03-01")
    seen = duckdb.sql(sql).df().set_index("id")["r"]
    later = table[HOSTILE] > pd.Timestamp("2024-03-01")
    assert seen[table.loc[later, "id"]].isna().all()
    shifted = scored.to_sql(table="table", key="id", as_of="2030-01-01")
    assert set(duckdb.sql(shifted).df()["r"].dropna()) == {1}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_prints_what_it_can_read(found, dialect):
    text = found.to_sql(dialect, ("a.b", "scored"), key="r")
    assert sqlglot.parse_one(text, read=dialect).find(sqlglot.exp.With)


def test_a_key_or_table_may_have_the_name_of_a_score_or_step(found):
    scored = customers(50).rename(columns={"id": "r"})
    seen = duckdb.sql(found.to_sql(table="scored", key="r")).df()
    assert seen.columns.tolist() == ["r", "r 2", "f", "m", "segment"]
    assert seen["r"].tolist() == scored["r"].tolist()


def test_a_day_makes_no_sense_for_days(found):
    with pytest.raises(ParameterError, match="recency was given in days"):
        found.to_sql(key="id", as_of="2024-01-01")
