"""Rules as SQL, CRM filter and sheet tell the same deals as in Python."""

import sqlite3
from contextlib import closing

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlglot

from segkit.errors import DataError
from segkit.scoring import Criteria
from segkit.scoring.conditions import Condition, Rule

HOSTILE = 'pl"an; DROP TABLE accounts --'


def accounts(n=5000, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": np.arange(n),
            "staff": rng.integers(1, 500, n),
            "board": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "system": (rng.random(n) < 0.5).astype(int),
            HOSTILE: rng.choice(["=a'b", "c", "d"], n),
        }
    ).astype({"staff": "Int64"})
    for name in ("staff", "board", HOSTILE):
        frame.loc[rng.random(n) < 0.15, name] = None
    return frame


@pytest.fixture(scope="module")
def criteria():
    staff = Condition("staff", "above", 250.5)
    board, system = Condition("board", "is", False), Condition("system", "is", True)
    plan = Condition(HOSTILE, "is", "=a'b")
    return Criteria(
        target=(Rule(((staff,), (board, system))), Rule(((plan,), (staff.opposite(),)))),
        non_target=(Rule(((plan.opposite(),), (system,))),),
    )


def test_duckdb_agrees(criteria):
    table = accounts()
    found = duckdb.sql(criteria.to_sql(table="table", key="id")).df()
    assert found["profile"].tolist() == criteria.predict(table).tolist()
    assert set(found["profile"]) == {"target", "non-target", "undecided"}


def test_sqlite_agrees(criteria):
    table = accounts(seed=1)
    with closing(sqlite3.connect(":memory:")) as connection:
        table.astype(object).where(table.notna(), None).to_sql("accounts", connection, index=False)
        found = pd.read_sql_query(criteria.to_sql("sqlite", key="id"), connection)
    assert found["profile"].tolist() == criteria.predict(table).tolist()


def test_postgres_agrees(criteria, postgres_socket):
    psycopg = pytest.importorskip("psycopg")
    table = accounts(500, seed=2)
    hostile = '"' + HOSTILE.replace('"', '""') + '"'
    plain = table.astype(object).where(table.notna(), None)
    with psycopg.connect(host=postgres_socket, user="postgres", dbname="postgres") as postgres:
        postgres.execute(
            "CREATE TEMPORARY TABLE accounts (id bigint, staff integer, board boolean, "
            f"system integer, {hostile} text)"
        )
        with postgres.cursor().copy("COPY accounts FROM STDIN") as copy:
            for row in plain.itertuples(index=False):
                copy.write_row(row)
        found = postgres.execute(criteria.to_sql("postgres", key="id")).fetchall()
        postgres.rollback()
    assert [row[1] for row in found] == criteria.predict(table).tolist()


@pytest.mark.parametrize("dialect", ["bigquery", "mysql", "snowflake", "spark", "trino", "tsql"])
def test_other_dialects_can_be_read(criteria, dialect):
    assert sqlglot.parse_one(criteria.to_sql(dialect, key="id"), read=dialect)


def test_sheet_comes_back_with_the_same_labels(criteria):
    text = criteria.to_csv()
    assert ",'=a'b," in text  # no formula
    again = Criteria.from_csv(text)
    table = accounts(seed=3)
    assert again == criteria
    assert (again.predict(table) == criteria.predict(table)).all()


def test_a_damaged_sheet_is_refused_with_all_faults(criteria):
    text = criteria.to_csv().replace("above", "over").replace("non-target,", "later,")
    with pytest.raises(DataError) as caught:
        Criteria.from_csv(text)
    assert "operator: expected" in str(caught.value)
    assert "'later'" in str(caught.value)
    with pytest.raises(DataError, match="no column 'list'"):
        Criteria.from_csv("a,b\n1,2\n")


def test_filter_logic_of_a_crm(criteria):
    lines = criteria.to_crm().splitlines()
    assert lines[1:4] == ["1. staff greater than 250.5", "2. board equals False",
                          "3. system equals True"]  # fmt: skip
    assert "Filter logic: (1 AND (2 OR 3)) OR (4 AND 5)" in lines
    assert Criteria().to_crm() == "No rule found: nothing to filter by."


def test_a_rule_is_said_with_as_few_denials_as_possible():
    private, central = Condition("kind", "is", "private"), Condition("central", "is", True)
    assert str(Rule(((private, central),))) == "(kind is private or central)"
    exception = (Condition("board", "is", False), Condition("system", "is", True))
    assert str(Rule((exception,))) == "not (board and not system)"


def test_missing_columns_are_named(criteria):
    with pytest.raises(DataError, match="no column 'system'"):
        criteria.predict(accounts(10).drop(columns="system"))
