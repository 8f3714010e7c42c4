"""Checked tables in a folder, so that each notebook of a report need not read and check anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from segkit.errors import DataError
from segkit.tables.faults import Fault
from segkit.tables.settings import Settings, read_settings

if TYPE_CHECKING:
    from segkit.tables.company import CompanyTables

__all__ = ["SNAPSHOT", "load_snapshot", "save_snapshot"]

SNAPSHOT = "segkit-snapshot.json"


def save_snapshot(company: CompanyTables, folder: Path) -> Path:
    """Write checked tables into a folder, which `read` takes; returns the folder.

    Rows set aside are counted in the ledger and not handed on.

    Raises
    ------
    DataError
        If the folder is missing or cannot be written to.
    """
    content = {
        "settings": _said(company.settings),
        "as_of": None if pd.isna(company.as_of) else company.as_of.isoformat(),
        "ledger": company.ledger.to_dict("records"),
        "faults": [asdict(fault) for fault in company.faults],
        "tables": {
            name: [[str(column), str(dtype)] for column, dtype in table.dtypes.items()]
            for name, table in company.tables.items()
        },
    }
    try:
        (folder / SNAPSHOT).write_text(json.dumps(content), encoding="utf-8")
    except OSError as error:
        raise DataError(f"Nothing was saved to {folder}: {error.strerror}.") from None
    with closing(duckdb.connect()) as connection:
        for name, table in company.tables.items():
            # Names that differ in capitals only are one to DuckDB.
            frame = table.set_axis([f"c{place}" for place in range(table.shape[1])], axis=1)
            loose = [column for column, dtype in frame.dtypes.items() if dtype == "object"]
            plain = frame.astype(dict.fromkeys(loose, "str"))
            connection.from_df(plain).write_parquet(str(folder / f"{name}.parquet"))
    return folder


def load_snapshot(folder: Path) -> dict[str, Any]:
    """Read back what `save_snapshot` wrote, as the fields of `CompanyTables`.

    Raises
    ------
    DataError
        If a file is missing or was changed.
    """
    try:
        return _loaded(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, duckdb.Error) as error:
        raise DataError(
            f"{folder / SNAPSHOT} is damaged, or a table beside it ({type(error).__name__}): save "
            "the tables anew, or take the file out of the folder."
        ) from None


def _loaded(folder: Path) -> dict[str, Any]:
    content: Mapping[str, Any] = json.loads((folder / SNAPSHOT).read_text(encoding="utf-8"))
    with closing(duckdb.connect()) as connection:
        tables = {
            name: _table(connection, folder / f"{name}.parquet", columns)
            for name, columns in content["tables"].items()
        }
    counts = dict.fromkeys(("read", "used", "set_aside"), "int64")
    types = {"table": "str", **counts, "reasons": "str"}
    faults = tuple(
        Fault(**fault | {"examples": tuple(tuple(one) for one in fault["examples"])})
        for fault in content["faults"]
    )
    return {
        "tables": tables,
        "settings": read_settings(content["settings"]),
        "ledger": pd.DataFrame(content["ledger"], columns=list(types)).astype(types),
        "faults": faults,
        "as_of": pd.Timestamp(content["as_of"] or "NaT"),
        "set_aside": {},
    }


def _said(settings: Settings) -> dict[str, Any]:
    """Write settings as `segkit.toml` would say them; foreign names stand in the tables already."""
    values = {each.name: getattr(settings, each.name) for each in fields(settings)}
    del values["tables"]
    values["portfolio"] = dict(settings.portfolio)
    kept = {name: value for name, value in values.items() if value not in (None, "", {})}
    return kept | {"as_of": str(kept["as_of"])} if "as_of" in kept else kept


def _table(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: list[list[str]]
) -> pd.DataFrame:
    names = [name for name, _ in columns]
    found: pd.DataFrame = connection.read_parquet(str(path)).df()
    typed: dict[int, Any] = {
        place: dtype if dtype != "object" else "str" for place, (_, dtype) in enumerate(columns)
    }
    return found.set_axis(range(len(columns)), axis=1).astype(typed).set_axis(names, axis=1)
