"""Engines: what they answer, how they are set, and what they refuse."""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import duckdb
import pandas as pd
import pytest

from segkit.engine import Database, DuckDB
from segkit.engine.connections import SharedDuckDB, _database_of_few_rows
from segkit.errors import DataError, ParameterError

INSTANT = "SELECT CAST(CAST('2024-01-01 23:30:00+00' AS TIMESTAMPTZ) AS DATE) AS day"


def test_settings_of_duckdb(tmp_path: Path) -> None:
    engine = DuckDB(memory_limit="1GB", threads=1, temp_directory=tmp_path)
    asked = ["memory_limit", "threads", "temp_directory", "autoinstall_known_extensions"]
    found = engine.query(f"SELECT {', '.join(f'current_setting({n!r})' for n in asked)}")
    assert found.iloc[0].tolist() == ["953.6 MiB", 1, str(tmp_path), False]


def test_days_follow_the_named_zone(postgres: Any) -> None:
    days = {}
    for zone in ("UTC", "Europe/Berlin", "America/Los_Angeles"):
        by_engine = [DuckDB(time_zone=zone), Database(postgres, "postgres", time_zone=zone)]
        found = {str(pd.Timestamp(engine.query(INSTANT)["day"][0]).date()) for engine in by_engine}
        assert len(found) == 1
        days[zone] = found.pop()
    assert days == {
        "UTC": "2024-01-01",
        "Europe/Berlin": "2024-01-02",
        "America/Los_Angeles": "2024-01-01",
    }


def test_a_rollback_does_not_change_the_zone(postgres: Any) -> None:
    engine = Database(postgres, "postgres", time_zone="Asia/Tokyo")
    postgres.rollback()
    assert str(engine.query(INSTANT)["day"][0]) == "2024-01-02"


def test_what_a_database_refuses(postgres: Any) -> None:
    refused = "The database could not run the query: "
    with pytest.raises(DataError, match=f'{refused}relation "nowhere" does not exist$'):
        Database(postgres, "postgres").query("SELECT * FROM nowhere")
    postgres.rollback()
    with pytest.raises(DataError, match=f"{refused}invalid value for parameter"):
        Database(postgres, "postgres", time_zone="Mars/Olympus").query("SELECT 1")
    postgres.rollback()
    with pytest.raises(ParameterError, match=r"must be a dialect of sqlglot.* Got 'postgre'"):
        Database(postgres, "postgre").query("SELECT 1")


def test_the_zone_of_the_session_may_stay(postgres: Any) -> None:
    postgres.execute("SET TimeZone = 'Asia/Tokyo'")
    engine = Database(postgres, "postgres", time_zone=None)
    assert str(engine.query(INSTANT)["day"][0]) == "2024-01-02"


def test_a_connection_of_unknown_dialect() -> None:
    with pytest.raises(ParameterError, match="'dialect' parameter of Database"):
        Database(sqlite3.Connection)


def test_what_duckdb_refuses(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'time_zone' parameter of DuckDB"):
        DuckDB(time_zone="Mars/Olympus")
    with pytest.raises(DataError, match="DuckDB cannot be opened"):
        DuckDB(tmp_path / "none.duckdb")
    with pytest.raises(DataError, match="DuckDB could not run the query: Catalog Error"):
        DuckDB().query("SELECT * FROM nowhere")


def test_a_variable_of_the_program_is_no_table() -> None:
    variable = pd.DataFrame({"a": [1]})
    with pytest.raises(DataError, match="variable does not exist"):
        DuckDB().query("SELECT * FROM variable")
    assert len(variable) == 1


def test_a_file_is_opened_for_reading(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "shop.duckdb") as connection:
        connection.execute("CREATE TABLE orders AS SELECT 1 AS a")
    engine = DuckDB(tmp_path / "shop.duckdb")
    with pytest.raises(DataError, match="read-only"):
        engine.query("DROP TABLE orders")
    assert engine.query("SELECT a FROM orders")["a"].tolist() == [1]


def test_few_rows_share_a_database_and_nothing_in_it() -> None:
    frame = pd.DataFrame({"a": [1]})
    one, other = SharedDuckDB(), SharedDuckDB()
    one.register("mine", frame)
    with pytest.raises(DataError, match="mine does not exist"):
        other.query("FROM mine")
    with pytest.raises(DataError, match="frame does not exist"):
        other.query("FROM frame")
    kept = weakref.ref(frame)
    del one, frame
    gc.collect()
    assert kept() is None
    setting = "SELECT current_setting('threads') AS threads, current_setting('TimeZone') AS zone"
    assert other.query(setting).iloc[0].tolist() == [1, "UTC"]


FORKS = """
import os, sys
import pandas as pd
from segkit.engine import locate
frame = pd.DataFrame({"a": [1]})
assert locate(frame).types(["a"]) == ["bigint"]
child = os.fork()
assert locate(frame).types(["a"]) == ["bigint"]
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork, which is not part of the project")
def test_a_fork_leaves_both_processes_whole() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKS], check=True, timeout=300)


def test_a_database_that_broke_is_not_shared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SharedDuckDB()
    connection = Mock(**{"execute.side_effect": duckdb.FatalException("invalidated")})
    monkeypatch.setattr(broken, "_connection", connection)
    before = _database_of_few_rows()
    with pytest.raises(DataError, match="could not run the query: invalidated"):
        broken.query("SELECT 1")
    assert _database_of_few_rows() is not before
    assert SharedDuckDB().query("SELECT 1 AS one")["one"].tolist() == [1]
