"""Parquet, DuckDB and SQL databases: typed, quoted, locked."""

import sqlite3
import sys

import duckdb
import pytest

from segkit.errors import DataError, MissingPackageError
from segkit.tables import CompanyTables
from segkit.tables.databases import database_sources, duckdb_sources, read_parquet

TYPED = """
SELECT * FROM (VALUES
    (1::BIGINT, 'a', DATE '2024-01-31', TIMESTAMPTZ '2024-01-31 23:30:00+00',
     1.5::DECIMAL(9,2), true, [1, 2], '00000000-0000-0000-0000-000000000001'::UUID,
     12345678901234567890::DECIMAL(38,0), TIME '10:00', 'x'::ENUM('x', 'y'),
     9007199254740993::UBIGINT),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (9007199254740993, 'ä', DATE '9999-12-31', NULL, -2.25, false, [], NULL, 1, NULL, 'y', 1)
) t(whole, text, day, moment, money, flag, list, uuid, long, time, enum, unsigned)
"""


def _check_types(frame):
    kinds = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert kinds == {
        "whole": "Int64",
        "text": "category",
        "day": "datetime64[us]",
        "moment": "datetime64[us, UTC]",
        "money": "float64",
        "flag": "boolean",
        "list": "category",
        "uuid": "category",
        "long": "category",
        "time": "category",
        "enum": "category",
        "unsigned": "category",
    }
    assert frame["whole"].tolist() == [1, 9007199254740993]
    assert frame["long"].tolist() == ["12345678901234567890", "1"]
    assert frame["unsigned"].tolist() == ["9007199254740993", "1"]
    assert frame["list"].tolist() == ["[1, 2]", "[]"]
    assert str(frame["moment"][0]) == "2024-01-31 23:30:00+00:00"
    assert str(frame["day"][1])[:10] == "9999-12-31"


def test_parquet_keeps_its_types(tmp_path):
    path = tmp_path / "odd [name] 'quoted' *.parquet"
    duckdb.sql(TYPED).write_parquet(str(path))
    raw = read_parquet(path)
    _check_types(raw.frame)
    assert raw.numbers.tolist() == [1, 3]


def test_junk_named_as_parquet(tmp_path):
    path = tmp_path / "accounts.parquet"
    path.write_bytes(b"PAR1 this is none PAR1")
    with pytest.raises(DataError, match=r"accounts.parquet cannot be read"):
        read_parquet(path)


def test_duckdb_keeps_its_types_and_odd_names(tmp_path):
    path = tmp_path / "crm.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE typed AS {TYPED}")
        connection.execute('CREATE SCHEMA "my ""crm"""')
        connection.execute('CREATE TABLE "my ""crm"""."or;ders" ("a ""b" INTEGER)')
        connection.execute('INSERT INTO "my ""crm"""."or;ders" VALUES (7)')
        connection.execute("CREATE VIEW few AS SELECT whole FROM typed")
    found = {source.name: source for source in duckdb_sources(path)}
    assert set(found) == {"typed", "few", "or;ders"}
    assert found["typed"].names == ("main.typed",)
    _check_types(found["typed"].load().frame)
    assert found["few"].load().frame["whole"].tolist() == [1, 9007199254740993]
    assert found["or;ders"].load().frame['a "b'].tolist() == [7]


def test_a_view_cannot_reach_outside_its_file(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("account_id\nsecret\n")
    path = tmp_path / "crm.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE VIEW accounts AS SELECT * FROM read_csv('{secret}')")
    (source,) = duckdb_sources(path)
    with pytest.raises(DataError, match=r"table 'main.accounts' of crm.duckdb cannot be read"):
        source.load()


def test_duckdb_is_not_written_to(tmp_path):
    path = tmp_path / "crm.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE accounts AS SELECT 'a' AS account_id")
    before = path.read_bytes()
    assert len(CompanyTables.read(path).accounts) == 1
    assert path.read_bytes() == before


def test_junk_named_as_duckdb(tmp_path):
    path = tmp_path / "crm.duckdb"
    path.write_bytes(b"this is no database at all")
    with pytest.raises(DataError, match=r"crm.duckdb cannot be opened as a DuckDB file"):
        duckdb_sources(path)


ODD = '"or:ders %s ""x"""'


@pytest.fixture
def sqlite(tmp_path):
    path = tmp_path / "crm.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {ODD} (account_id INTEGER, day DATE)")
        connection.execute(f"INSERT INTO {ODD} VALUES (9007199254740993, 'soon')")
        connection.execute("CREATE TABLE accounts (account_id TEXT)")
        connection.execute("CREATE VIEW v AS SELECT 'x' AS account_id")
    connection.close()
    return path


def test_sqlite_is_quoted_and_reads_any_value(sqlite):
    pytest.importorskip("sqlalchemy")
    found = {source.name: source for source in database_sources(f"sqlite:///{sqlite}")}
    assert set(found) == {'or:ders %s "x"', "accounts", "v"}
    frame = found['or:ders %s "x"'].load().frame
    assert frame.to_dict("list") == {"account_id": [9007199254740993], "day": ["soon"]}
    assert found["accounts"].load().frame.shape == (0, 1)
    assert found["v"].load().frame["account_id"].tolist() == ["x"]


def test_postgresql(postgres_socket):
    sql = pytest.importorskip("sqlalchemy")
    url = f"postgresql+psycopg://postgres@/postgres?host={postgres_socket}"
    engine = sql.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA crm")
        connection.exec_driver_sql(
            'CREATE TABLE crm."Orders" (id NUMERIC, at TIMESTAMPTZ, x JSONB)'
        )
        connection.exec_driver_sql(
            """INSERT INTO crm."Orders" VALUES (1, '2024-01-31 23:30+00', '{"a": 1}')"""
        )
    try:
        settings = {
            "time_zone": "Europe/Berlin",
            "tables": {
                "orders": {"source": "crm.Orders", "columns": {"account_id": "id", "date": "at"}}
            },
        }
        orders = CompanyTables.read(url, settings).orders
        assert orders[["account_id", "x"]].to_numpy().tolist() == [["1", "{'a': 1}"]]
        assert str(orders["date"][0]) == "2024-02-01 00:00:00"
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA crm CASCADE")
        engine.dispose()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("foo://x", "URL that begins with 'foo' cannot be used: Can't load plugin"),
        ("postgresql+psycopg://u:secret@h:port/d", "begins with 'postgresql.psycopg'"),
        ("sqlite:////no/such/folder/crm.db", "cannot be read: .*unable to open database file"),
    ],
)
def test_a_database_that_cannot_be_read(url, expected):
    pytest.importorskip("sqlalchemy")
    with pytest.raises(DataError, match=expected) as caught:
        database_sources(url)
    assert "secret" not in str(caught.value)


def test_the_password_is_not_told():
    pytest.importorskip("psycopg")
    with pytest.raises(DataError, match=r"postgresql\+psycopg://u:\*\*\*@localhost:1/d") as caught:
        database_sources("postgresql+psycopg://u:secret@localhost:1/d?connect_timeout=1")
    assert "secret" not in str(caught.value)


def test_without_sqlalchemy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingPackageError, match=r'pip install "segkit\[sql\]"'):
        database_sources("sqlite://")


def test_without_a_driver():
    pytest.importorskip("sqlalchemy")
    with pytest.raises(DataError, match="needs the database's driver: the Python package"):
        database_sources("mysql://u@h/d")
