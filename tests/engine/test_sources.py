"""What can be read, and what is said of the rest."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from segkit.engine import Database, DuckDB, locate
from segkit.errors import DataError, ParameterError

FRAME = pd.DataFrame({"T": ["x", "y"], "t": [1, 2], "a b": [0.5, None]})


def test_names_that_differ_by_case_alone() -> None:
    source = locate(FRAME)
    assert source.types(["t", "T", "a b"]) == ["bigint", "varchar", "double"]
    found = source.engine.query(f"SELECT {source.column('t')} AS t FROM {source.relation}")
    assert found["t"].tolist() == [1, 2]


def test_ids_of_a_csv_file_stay_text_only_if_padded(tmp_path: Path) -> None:
    for name, ids in {"padded": ["07", "7"], "plain": ["10", "7"], "text": ["a", "01"]}.items():
        pd.DataFrame({"id": ids, "n": [1, 2]}).to_csv(tmp_path / f"{name}.csv", index=False)
        kind = locate(tmp_path / f"{name}.csv", text_ids="id").types(["id"])
        assert kind == ["bigint" if name == "plain" else "varchar"]


def test_an_engine_lets_go_of_frames_it_has_read() -> None:
    engine, frame = DuckDB(), FRAME.copy()
    source, kept = locate(frame, engine), weakref.ref(frame)
    del frame
    assert source.types(["t"]) == ["bigint"]
    del source
    gc.collect()
    assert kept() is None


def threads(source: Any, engine: DuckDB | None = None) -> int:
    found = locate(source, engine).engine.query("SELECT current_setting('threads') AS n")
    return int(found["n"].iloc[0])


def test_few_rows_are_read_on_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cores = duckdb.sql("SELECT current_setting('threads')").fetchall()[0][0]
    # With one or two threads DuckDB does not cut up its hash tables, which costs many rows more.
    every = max(3, cores)
    file, pattern = tmp_path / "few.csv", str(tmp_path / "*.csv")
    FRAME.to_csv(file)
    assert [threads(FRAME), threads(file), threads(pattern)] == [1, 1, 1]
    assert threads(FRAME, DuckDB(threads=2)) == 2
    assert threads(FRAME, DuckDB()) == every
    assert threads(pl.from_pandas(FRAME).lazy()) == every
    monkeypatch.setattr("segkit.engine.sources._FEW_ROWS", 2)
    monkeypatch.setattr("segkit.engine.sources._FEW_BYTES", file.stat().st_size)
    assert [threads(FRAME), threads(file), threads(pattern)] == [every, every, every]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("2024-01-31", "date"),
        ("2024-01-31 10:00:00", "timestamp"),
        ("2024-01-31T10:00:00Z", "timestamp with time zone"),
        ("20240131", "bigint"),
        ("01/02/2024", "varchar"),
        ("31.01.2024", "varchar"),
        ("01/02/2024 10:00:00", "varchar"),
        ("31-01-2024", "varchar"),
    ],
)
def test_dates_of_a_csv_file_are_not_guessed(written: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"id,date\n1,{written}\n")
    assert locate(tmp_path / "a.csv").types(["date"]) == [kind]


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no file '.*orders\.csv'"):
        locate(tmp_path / "orders.csv")
    with pytest.raises(DataError, match="No files found that match the pattern"):
        locate(str(tmp_path / "*.parquet"))
    with pytest.raises(DataError, match="There is no file 'https://example"):
        locate("https://example.org/a.csv")
    (tmp_path / "broken.parquet").write_text("no parquet")
    with pytest.raises(DataError, match="DuckDB could not run the query"):
        locate(tmp_path / "broken.parquet")


@pytest.mark.parametrize("wrong", [3, None, ["a"], "orders", "a.xlsx", ("sales", "orders")])
def test_sources_of_no_known_kind(wrong: Any) -> None:
    with pytest.raises(ParameterError, match="must be a pandas, Polars or Arrow frame, the path"):
        locate(wrong)


def test_a_frame_cannot_go_to_a_database() -> None:
    engine = Database(object(), "postgres")
    with pytest.raises(ParameterError, match="must be the name of a table of this engine"):
        locate(FRAME, engine)


def test_tables_of_an_engine(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "shop.duckdb") as connection:
        connection.execute('CREATE SCHEMA sales; CREATE TABLE sales."x.csv" AS SELECT 1 AS a')
    engine = DuckDB(tmp_path / "shop.duckdb")
    assert locate(("sales", "x.csv"), engine).types(["a"]) == ["integer"]
    with pytest.raises(DataError, match="Table with name none does not exist"):
        locate("sales.none", engine)
