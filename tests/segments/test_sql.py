"""The SQL gives the labels of `predict`, row for row, in real databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlglot

from segkit.errors import DataError
from segkit.segments import Column, Segmenter

HOSTILE = 'pl"an; DROP TABLE customers --'
ROWS = 200_000  # so many that rare values meet: ties, holes, huge and tiny numbers
COLUMNS = ["spend", "ratio", HOSTILE, "seats", "grade", "active", "closeness 0", "segment"]
DIALECTS = (
    *("bigquery", "clickhouse", "databricks", "duckdb", "mysql", "oracle", "postgres"),
    *("redshift", "snowflake", "spark", "sqlite", "trino", "tsql"),
)


def customers(rows, seed=0):
    rng = np.random.default_rng(seed)
    kind = rng.integers(3, size=rows)

    def holes(values, share=0.1):
        return pd.Series(values).mask(rng.uniform(size=rows) < share)

    spend = rng.lognormal(2 + 2 * kind, 0.4)
    spend[: rows // 100] = rng.choice([1e300, 1e-300, 0.0, 5e-324], rows // 100)
    plans = np.array(["frée", 'it\'s \\ "pro"', "gold", *(f"rare {i}" for i in range(40))])
    chances = [0.5, 0.3, 0.16, *[0.001] * 40]
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "spend": holes(spend),
            "ratio": np.round(rng.normal(size=rows) / 3, 1) * 1e-9,
            HOSTILE: holes(rng.choice(plans, rows, p=np.array(chances) / sum(chances))),
            "seats": holes(5.0 * kind).astype("Int64"),
            "grade": holes(rng.choice(["low", "mid", "top"], rows)),
            "active": holes(kind > 0).astype("boolean"),
            "closeness 0": rng.integers(0, 4, rows).astype(float),
            "segment": rng.integers(0, 2, rows).astype(float),
        }
    )


def fitted(**wishes):
    columns = {name: Column() for name in COLUMNS}
    columns["grade"] = Column("ordinal", levels=("low", "mid", "top"))
    return Segmenter(columns | wishes, k=5, pairs=2).fit(customers(3000))


@pytest.fixture(scope="module")
def model():
    return fitted()


def expected(model, table):
    return pd.Series(model.predict(table)).replace(-1, None).tolist()


def in_sqlite(sql, table, name="customers"):
    with closing(sqlite3.connect(":memory:")) as connection:
        plain = table.astype(object).where(table.notna(), None)
        plain.to_sql(name, connection, index=False)
        return pd.read_sql_query(sql, connection)


def test_duckdb_agrees_on_200_000_rows(model):
    table = customers(ROWS, seed=1)
    table.iloc[:3, 1:] = None
    found = duckdb.sql(model.to_sql(table="table", key="id")).df()
    labels = model.predict(table)
    assert (labels[:3] == -1).all()
    assert (found["segment"].fillna(-1).to_numpy() == labels).all()
    named = found["segment_name"].dropna()
    assert (named == np.array(model.names_)[labels[named.index]]).all()


def test_sqlite_agrees(model):
    table = customers(ROWS, seed=2)
    found = in_sqlite(model.to_sql("sqlite", key="id"), table)
    assert (found["segment"].fillna(-1).to_numpy() == model.predict(table)).all()


def test_postgres_agrees(model, postgres_socket):
    psycopg = pytest.importorskip("psycopg")
    table = customers(ROWS, seed=3)
    types = dict.fromkeys(table, "double precision") | {
        "id": "bigint",
        HOSTILE: "text",
        "grade": "text",
        "seats": "integer",
        "active": "boolean",
    }
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in table}
    columns = ", ".join(f"{quoted[name]} {types[name]}" for name in table)
    plain = table.astype(object).where(table.notna(), None)
    with psycopg.connect(host=postgres_socket, user="postgres", dbname="postgres") as postgres:
        postgres.execute(f"CREATE TEMPORARY TABLE customers ({columns})")
        with postgres.cursor().copy("COPY customers FROM STDIN") as copy:
            for row in plain.itertuples(index=False):
                copy.write_row(row)
        found = postgres.execute(model.to_sql("postgres", key="id")).fetchall()
        postgres.rollback()
    assert [row[1] for row in found] == expected(model, table)


def test_a_tie_goes_to_the_first_segment_in_both():
    # Every third row lies midway between two centres.
    table = pd.DataFrame({"a": [0.0, 1.0, 2.0] * 40, "b": [1.0, 1.0, 1.0] * 40, "id": range(120)})
    table["b"] += table["a"] * 0.1
    model = Segmenter(["a", "b"], k=2, pairs=2).fit(table)
    model.centroids_ = np.array([[-0.3, 0.1], [0.3, 0.1]])
    middle = model.preparation_.columns[0]
    assert middle.center == 1.0
    found = duckdb.sql(model.to_sql(table="table", key="id")).df()["segment"]
    assert found.tolist() == model.predict(table).tolist()
    assert found[1] == 0


def test_rows_that_must_be_complete_have_no_segment(model):
    strict = fitted(seats=Column(missing="set aside"))
    table = customers(2_000, seed=4)
    found = duckdb.sql(strict.to_sql(table="table", key="id")).df()
    assert found["segment"].isna().tolist() == table["seats"].isna().tolist()
    assert (found["segment"].fillna(-1).to_numpy() == strict.predict(table)).all()


def test_without_a_key_all_columns_are_handed_on(model):
    table = customers(50)
    found = duckdb.sql(model.to_sql(table="table")).df()
    assert found.columns.tolist() == [*table.columns[:-1], "segment", "segment_name"]


def test_a_table_may_have_the_name_of_a_step(model):
    prepared = customers(50)
    found = duckdb.sql(model.to_sql(table="prepared", key="id")).df()
    assert found["segment"].tolist() == model.predict(prepared).tolist()


def test_one_segment_and_names_that_are_alike(model):
    one = Segmenter(["spend"], k=1, pairs=2).fit(customers(100))
    found = in_sqlite(one.to_sql("sqlite", key="id"), customers(100))
    assert set(found["segment"].dropna()) == {0}
    model.names_, kept = ["same' name"] * 5, model.names_
    found = in_sqlite(model.to_sql("sqlite", key="id"), customers(100))
    model.names_ = kept
    assert set(found["segment_name"].dropna()) == {"same' name"}


def test_a_model_read_back_writes_the_same_text(model):
    assert Segmenter.from_json(model.to_json()).to_sql() == model.to_sql()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_prints_what_it_can_read(model, dialect):
    text = model.to_sql(dialect, ("a.b", "customers"), key="id")
    assert sqlglot.parse_one(text, read=dialect).find(sqlglot.exp.With)


def test_an_unknown_key(model):
    with pytest.raises(DataError, match=r"'ids' is no column.*Did you mean 'id'"):
        model.to_sql(key="ids")
