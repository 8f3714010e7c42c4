"""What a folder, a file or an address holds."""

import sqlite3

import duckdb
import pytest

from segkit.errors import DataError
from segkit.tables.sources import find_sources, is_url


def _names(source):
    return [each.name for each in find_sources(source)]


def test_a_folder_is_its_own_files(tmp_path):
    for name in ("b.csv", "a.TSV", "c.txt", ".hidden.csv", "~$open.xlsx", "notes.md"):
        (tmp_path / name).write_text("id\n1\n")
    duckdb.sql("SELECT 1 AS id").write_parquet(str(tmp_path / "d.parquet"))
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "e.csv").write_text("id\n1\n")
    assert sorted(_names(tmp_path)) == ["a", "b", "c", "d"]


def test_nothing_is_read_until_asked_and_then_once(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("")
    (source,) = find_sources(path)
    path.write_text("id\n1\n")
    first = source.load()
    path.unlink()
    assert source.load() is first


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", r"holds no table. segkit reads CSV .*, Parquet .* and Excel"),
        ("with inner", r"Tables lie in: 'tables'\."),
        ("with database", r"Read a database by its own name: .*crm.duckdb"),
    ],
)
def test_an_empty_folder(tmp_path, name, expected):
    folder = tmp_path / "company"
    (folder / "tables").mkdir(parents=True)
    if name == "with inner":
        (folder / "tables" / "orders.csv").write_text("id\n")
    if name == "with database":
        (folder / "crm.duckdb").write_bytes(b"")
    with pytest.raises(DataError, match=expected):
        find_sources(folder)


def test_no_such_place(tmp_path):
    (tmp_path / "exports").mkdir()
    with pytest.raises(DataError, match=r"There is no file or folder .*Did you mean 'exports'\?"):
        find_sources(tmp_path / "export")
    with pytest.raises(DataError, match="There is no file or folder"):
        find_sources(tmp_path / "no" / "where")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_impossible_places(name):
    with pytest.raises(DataError, match=r"no file or folder a|cannot be read: .*too long"):
        find_sources(name)


def test_files_of_other_kinds(tmp_path):
    path = tmp_path / "crm.sqlite"
    sqlite3.connect(path).execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(DataError, match=r"is an SQLite database: read it as 'sqlite:///"):
        find_sources(path)
    path = tmp_path / "crm.json"
    path.write_text("{}")
    with pytest.raises(DataError, match=r"crm.json is no file that segkit reads"):
        find_sources(path)


def test_a_duckdb_file_is_known_by_its_content(tmp_path):
    path = tmp_path / "crm.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE orders (a INTEGER)")
    assert _names(path) == ["orders"]


def test_a_database_without_a_table(tmp_path):
    pytest.importorskip("sqlalchemy")
    with pytest.raises(DataError, match="The database holds no table"):
        find_sources(f"sqlite:///{tmp_path / 'new.db'}")


def test_addresses():
    assert is_url("postgresql+psycopg://u@h/d")
    assert not is_url("C:/exports")
