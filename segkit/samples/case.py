"""A drawn case: its tables, its planted truths, and their shipped form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from segkit.tables.schema import Table, schema

__all__ = ["Case", "canonical_csv", "rounded", "typed"]

_DTYPES = {
    "boolean": "boolean",
    "integer": "Int64",
    "number": "float64",
    "money": "float64",
    "share": "float64",
    "date": "datetime64[us]",
    "month": "datetime64[us]",
}
_LARGEST_CSV = 3_000
"""Tables with more rows are written as Parquet."""


@dataclass(frozen=True)
class Case:
    """The tables of a company and the truths planted in them.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Every table in the order and with the column types of the schema.
    truth : dict
        The planted truths by question id, and those of the other topics. "parameter" holds
        values of the process that drew the data, "realised" values of the drawn tables.
    """

    tables: Mapping[str, pd.DataFrame]
    truth: Mapping[str, Any]

    def digest(self, table: str) -> str:
        """Compute the SHA-256 of a table's canonical CSV text."""
        return hashlib.sha256(canonical_csv(self.tables[table])).hexdigest()

    def write(self, folder: str | Path) -> None:
        """Write the tables, `truth.json` and a `README.md` into a folder.

        Tables of up to 3,000 rows become CSV (their canonical text), larger ones Parquet.
        """
        home = Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        for name, frame in self.tables.items():
            if len(frame) <= _LARGEST_CSV:
                (home / f"{name}.csv").write_bytes(canonical_csv(frame))
            else:
                _write_parquet(frame, home / f"{name}.parquet")
        text = json.dumps(self.truth, indent=1, ensure_ascii=False, allow_nan=False)
        (home / "truth.json").write_bytes(f"{text}\n".encode())
        (home / "README.md").write_bytes(self._readme().encode())

    def _readme(self) -> str:
        call = f"make_case(seed={self.truth['seed']}, scale={self.truth['scale']})"
        head = (
            "# Larkspur HR, the sample company\n\n"
            f"{self.truth['company']}\nOne draw, as of {self.truth['as_of']}, money in "
            f"{self.truth['currency']}, written by `segkit.samples.{call}.write(folder)`.\n\n"
            "`truth.json` holds the truths that were planted. The sha256 is that of a table's "
            "CSV text (UTF-8, line\nfeeds, empty where nothing is known), whatever file holds it.\n"
        )
        return head + "".join(self._about(name) for name in self.tables)

    def _about(self, name: str) -> str:
        table, frame = schema()[name], self.tables[name]
        kind = "csv" if len(frame) <= _LARGEST_CSV else "parquet"
        columns = "".join(_about_column(table, column) for column in frame.columns)
        return (
            f"\n## {name}\n\n{table.meaning}.\n\n`{name}.{kind}`, {len(frame):,} rows, "
            f"sha256 `{self.digest(name)}`\n\n| column | type | meaning |\n|---|---|---|\n{columns}"
        )


def _about_column(table: Table, name: str) -> str:
    column = table.columns[name]
    unit = f" ({column.unit})" if column.unit else ""
    return f"| `{name}` | {column.type} | {column.meaning}{unit} |\n"


def typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the columns of a schema table, in its order and with its column types."""
    columns = schema()[name].columns
    kept = {column: frame[column] for column in columns if column in frame}
    absent = set(columns) - set(kept)
    result = pd.DataFrame(kept | dict.fromkeys(absent), index=frame.index)[list(columns)]
    types = {column: _DTYPES.get(columns[column].type, "str") for column in columns}
    return result.astype(types).reset_index(drop=True)


def canonical_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as the one CSV text that its digest is taken of."""
    text = frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
    return text.encode()


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.sql("SELECT * FROM frame").write_parquet(str(path), compression="zstd")


def rounded(value: Any) -> Any:
    """Make a truth safe for JSON: plain types, floats to six digits after the point."""
    if isinstance(value, Mapping):
        return {str(key): rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part) for part in value]
    plain = value.item() if hasattr(value, "item") else value
    return round(plain, 6) if isinstance(plain, float) else plain
