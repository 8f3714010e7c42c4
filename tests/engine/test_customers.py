"""The same events give the same customers to the last bit, whatever holds them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from segkit.engine import (
    LAST_DAY,
    Database,
    DuckDB,
    EventQueries,
    Reduction,
    Spark,
    locate,
    project,
    quote,
    reduce_events,
    to_sql,
)
from segkit.value.doctor import diagnose
from segkit.value.summary import customer_summary

CUSTOMER, DATE, AMOUNT, NOTE = 'T "id"; --', "t", "Größe % {x} \\", "T"
NAMES = {"customer": CUSTOMER, "date": DATE, "amount": AMOUNT}
TYPES = f"{quote(CUSTOMER)} varchar, {quote(DATE)} timestamptz, "
TYPES += f"{quote(AMOUNT)} double precision, {quote(NOTE)} varchar"


def nasty_events(rows: int = 20_000) -> pd.DataFrame:
    """Draw events with hostile names, gaps, refunds, copies and amounts that no cent fits."""
    rng = np.random.default_rng(7)
    seconds = rng.integers(0, 2 * 365 * 86_400, rows)
    amount = np.exp(rng.normal(3, 2, rows)) * rng.choice([1, 1, 1, -1], rows)
    amount[rng.random(rows) < 0.02] = 0
    amount[rng.random(rows) < 0.02] = 9_999_999_999_999.99
    amount[rng.random(rows) < 0.02] = 2.675
    names = rng.choice(["Ünal", "O'Neil", 'x"y', "00017", "17", "zoë", "Zoe", "東京", " a"], rows)
    customer = pd.Series(names) + (rng.integers(0, 400, rows) ** 2 // 400).astype(str)
    events = pd.DataFrame(
        {
            CUSTOMER: customer.mask(rng.random(rows) < 0.01).replace("17", ""),
            DATE: pd.Timestamp("2023-01-01", tz="UTC") + pd.to_timedelta(seconds, unit="s"),
            AMOUNT: pd.Series(amount).mask(rng.random(rows) < 0.01),
            NOTE: rng.choice(["a", "b"], rows),
        }
    )
    events.loc[rng.random(rows) < 0.01, DATE] = pd.NaT
    return pd.concat([events, events.sample(frac=0.05, random_state=1)], ignore_index=True)


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return nasty_events()


def summarise(events: Any, engine: Any = None, **names: str) -> pd.DataFrame:
    settings = {"as_of": "2024-06-30", "unit": "week", "holdout": "2024-10-31", "engine": engine}
    summary = customer_summary(events, **NAMES | names, **settings)
    return summary.rename_axis("customer")


@pytest.fixture(scope="module")
def expected(events: pd.DataFrame) -> pd.DataFrame:
    return summarise(events)


def assert_same_bits(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    bits = [pd.util.hash_pandas_object(frame).sum() for frame in (found, expected)]
    assert bits[0] == bits[1]


def assert_equal(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert_same_bits(found, expected)
    assert found.attrs == expected.attrs


def test_the_summary_is_not_trivial(expected: pd.DataFrame) -> None:
    assert len(expected) > 1000
    assert expected["frequency"].max() > 10
    assert expected["monetary_value"].max() > 1e12
    assert set(expected.dtypes.astype(str)) == {"int64", "float64"}
    assert expected.index.is_monotonic_increasing
    found = pd.DataFrame(expected.attrs["findings"]).set_index("finding")
    hit = [
        "customer missing or unreadable",
        "date missing or unreadable",
        "amount missing or unreadable",
    ]
    hit += ["after the end", "refund", "zero amount", "exact duplicate", "day without spend"]
    hit += ["same-day rows", "first seen in the hold-out", "instant", "one-time buyer"]
    assert (found.loc[hit, "rows"] > 0).all()


@pytest.mark.parametrize(
    "convert",
    [
        pytest.param(pl.from_pandas, id="polars"),
        pytest.param(lambda frame: pl.from_pandas(frame).lazy(), id="lazy polars"),
        pytest.param(lambda frame: pa.Table.from_pandas(frame, preserve_index=False), id="arrow"),
        pytest.param(lambda frame: frame.astype({CUSTOMER: "category"}), id="category"),
        pytest.param(lambda frame: frame.sample(frac=1, random_state=2), id="shuffled"),
        pytest.param(lambda frame: frame[::-1], id="backwards"),
    ],
)
def test_frames(convert: Any, events: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert_equal(summarise(convert(events)), expected)


def test_parquet(events: pd.DataFrame, expected: pd.DataFrame, tmp_path: Path) -> None:
    half = len(events) // 2
    events.iloc[:half].to_parquet(tmp_path / "[a]'s.parquet", index=False)
    events.iloc[half:].to_parquet(tmp_path / "b.parquet", index=False)
    # DuckDB takes "t" and "T" for one name and numbers the second; "t" comes first here.
    assert_equal(summarise(str(tmp_path / "*.parquet")), expected)
    one_file = summarise(events.iloc[:half])
    assert_equal(summarise(tmp_path / "[a]'s.parquet"), one_file)


@pytest.mark.parametrize("name", ["events.csv", "events.csv.gz"])
def test_csv(name: str, events: pd.DataFrame, expected: pd.DataFrame, tmp_path: Path) -> None:
    events.to_csv(tmp_path / name, index=False)
    assert_equal(summarise(tmp_path / name), expected)


def test_duckdb_file(events: pd.DataFrame, expected: pd.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "shop.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute('CREATE SCHEMA "sales"')
        connection.register("frame", events)
        connection.execute('CREATE TABLE "sales"."or.ders" AS FROM frame')
    engine = DuckDB(file, memory_limit="1GB", threads=1)
    assert_equal(summarise(("sales", "or.ders"), engine, amount=AMOUNT), expected)


def load(connection: Any, events: pd.DataFrame, table: str = "orders") -> None:
    connection.execute(f"CREATE TEMPORARY TABLE {table} ({TYPES})")
    copy_rows(connection, table, events.astype(object).where(events.notna(), None))


def copy_rows(connection: Any, table: str, rows: pd.DataFrame) -> None:
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows.itertuples(index=False):
            copy.write_row(row)


def test_postgres(postgres: Any, events: pd.DataFrame, expected: pd.DataFrame) -> None:
    load(postgres, events)
    assert_equal(summarise("orders", Database(postgres, "postgres")), expected)


def test_the_same_ids_are_blank(postgres: Any) -> None:
    rows = [
        ("a", "2024-01-01"),
        *((f" \t{blank}", "2024-01-01") for blank in "\u00a0\u2003\u3000\n"),
    ]
    events = pd.DataFrame(rows, columns=["customer", "date"])
    postgres.execute("CREATE TEMPORARY TABLE blank (customer varchar, date varchar)")
    copy_rows(postgres, "blank", events)
    for source, engine in ((events, None), ("blank", Database(postgres, "postgres"))):
        assert customer_summary(source, amount=None, engine=engine).index.tolist() == ["a"]


def test_columns_without_equality_tell_copies_apart(postgres: Any) -> None:
    columns = "customer varchar, date date, amount numeric, basket json, place point"
    postgres.execute(f"CREATE TEMPORARY TABLE baskets ({columns})")
    for basket in ("{}", "{}", "[]"):
        postgres.execute(
            "INSERT INTO baskets VALUES ('a', '2024-01-01', 5, %s, '(1, 2)')", [basket]
        )
    findings = diagnose("baskets", engine=Database(postgres, "postgres"))
    assert (findings.rows_used, findings.rows_set_aside) == (2, 1)


def test_the_statement_asked_only_after_a_silence(postgres: Any, events: pd.DataFrame) -> None:
    load(postgres, events)
    found = []
    for source, engine in (("orders", Database(postgres, "postgres")), (events, DuckDB())):
        projection = project(locate(source, engine, text_ids=CUSTOMER), CUSTOMER, DATE, AMOUNT)
        queries = EventQueries(
            projection,
            last_day=LAST_DAY,
            split_day=LAST_DAY,
            distinct=True,
            zeros_buy=False,
            net_refunds=True,
        )
        found.append(engine.query(queries.later_than(date(2024, 1, 31))).astype("float64"))
    assert found[0].iloc[0, 1] > 0
    pd.testing.assert_frame_equal(*found)


def test_sqlalchemy(postgres_socket: str, events: pd.DataFrame, expected: pd.DataFrame) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    address = f"postgresql+psycopg://postgres@/postgres?host={postgres_socket}"
    server = sqlalchemy.create_engine(address)
    with server.connect() as connection:
        load(connection.connection.driver_connection, events)
        assert_equal(summarise("orders", Database(connection)), expected)
    assert Database(server).dialect == "postgres"
    assert Database(server).query("SELECT 1 AS one")["one"].tolist() == [1]
    server.dispose()


def reduction_of(amounts: list[float], *, large: bool = False) -> Reduction:
    days = pd.date_range("2024-01-01", periods=len(amounts))
    events = pd.DataFrame({"customer": 1, "date": days, "amount": amounts})
    queries = EventQueries(
        project(locate(events), "customer", "date", "amount"),
        last_day=LAST_DAY,
        split_day=LAST_DAY,
        distinct=True,
        zeros_buy=False,
        net_refunds=True,
        large=large,
    )
    return reduce_events(queries, None)


def test_every_cent_counts_on_both_sides_of_the_limit() -> None:
    most = 9_999_999_999_999.98
    for many, large in ((9, False), (10, True)):
        found = reduction_of([*[most] * many, 0.01, -0.02])
        assert found.queries.large is large
        assert found.before["spend"].tolist() == [(999_999_999_999_998 * many + 1) / 100]
        assert found.before["repeat_spend"].tolist() == [
            (999_999_999_999_998 * (many - 1) + 1) / 100
        ]


def test_every_cent_of_rows_set_aside_counts() -> None:
    """Amounts that cancel out: their sum is small, and no double on the way holds it."""
    amounts = [9_999_999_999_999.99] * 20 + [0.01] * 3 + [-9_999_999_999_999.99] * 20
    events = pd.DataFrame({"customer": None, "date": "2024-01-01", "amount": amounts})
    events.loc[len(events)] = ["ann", "2024-01-01", 1.0]
    findings = pd.DataFrame(customer_summary(events).attrs["findings"]).set_index("finding")
    assert findings.loc["customer missing or unreadable", "money"] == 0.03


def test_decimals_and_doubles_give_the_same_bits_below_the_limit() -> None:
    amounts = np.random.default_rng(5).lognormal(4, 3, 500).tolist()
    found = [reduction_of(amounts, large=large).before for large in (False, True)]
    assert_same_bits(*found)


@pytest.mark.spark
def test_spark(spark: Any, events: pd.DataFrame, expected: pd.DataFrame, tmp_path: Path) -> None:
    # Spark takes "t" and "T" for one name and refuses them both.
    names = {CUSTOMER: "k `1`; --", AMOUNT: "money {} %", NOTE: "note"}
    events.rename(columns=names).to_parquet(tmp_path / "events.parquet", index=False)
    spark.read.parquet(str(tmp_path / "events.parquet")).createOrReplaceTempView("orders")
    found = summarise("orders", Spark(spark), customer=names[CUSTOMER], amount=names[AMOUNT])
    assert_equal(found, expected)


def typed_events() -> pd.DataFrame:
    """Make rows whose columns every engine can hold in another type."""
    rng = np.random.default_rng(3)
    days = rng.integers(0, 400, 600)
    return pd.DataFrame(
        {
            "customer": rng.integers(1, 60, 600),
            "date": (pd.Timestamp("2023-06-01") + pd.to_timedelta(days, "D")).strftime("%Y-%m-%d"),
            "amount": rng.integers(-2_000, 10_000_000_000, 600),
        }
    )


FORMS = {
    "whole numbers, text": "customer, date, amount",
    "compact text": "customer, REPLACE(date, '-', '') AS date, amount",
    "numbered days": "customer, CAST(REPLACE(date, '-', '') AS INT) AS date, amount",
    "small ids": "CAST(customer AS SMALLINT) AS customer, date, amount",
    "times": "customer, CAST(date AS TIMESTAMP) AS date, amount",
    "dates": "customer, CAST(date AS DATE) AS date, amount",
    "exact": "customer, date, CAST(amount AS DECIMAL(20, 3)) AS amount",
    "ids with a fraction": "CAST(customer AS DECIMAL(9, 2)) AS customer, date, amount",
    "floats": "CAST(customer AS DOUBLE) AS customer, date, CAST(amount AS DOUBLE) AS amount",
}


@pytest.fixture
def expected_of_types() -> pd.DataFrame:
    return customer_summary(typed_events(), unit="month", as_of="2024-07-04")


def make(form: str, dialect: str) -> str:
    return to_sql(f"CREATE TEMPORARY VIEW typed AS SELECT {FORMS[form]} FROM raw", dialect)


@pytest.mark.parametrize("form", FORMS)
def test_types_of_postgres(form: str, postgres: Any, expected_of_types: pd.DataFrame) -> None:
    postgres.execute("CREATE TEMPORARY TABLE raw (customer bigint, date varchar, amount bigint)")
    copy_rows(postgres, "raw", typed_events())
    postgres.execute(make(form, "postgres"))
    engine = Database(postgres, "postgres")
    found = customer_summary("typed", engine=engine, unit="month", as_of="2024-07-04")
    assert_same_bits(found, expected_of_types)


@pytest.mark.spark
@pytest.mark.parametrize("form", FORMS)
def test_types_of_spark(form: str, spark: Any, expected_of_types: pd.DataFrame) -> None:
    rows = typed_events().to_numpy().tolist()
    spark.createDataFrame(rows, "customer long, date string, amount long").createOrReplaceTempView(
        "raw"
    )
    spark.sql("DROP VIEW IF EXISTS typed")
    spark.sql(make(form, "spark"))
    found = customer_summary("typed", engine=Spark(spark), unit="month", as_of="2024-07-04")
    assert_same_bits(found, expected_of_types)
