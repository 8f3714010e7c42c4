"""What can be read: frames, files, and tables behind an engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from glob import glob, has_magic
from importlib import import_module
from itertools import count
from os import PathLike, fspath
from pathlib import Path
from typing import Any
from weakref import finalize

from segkit.engine.connections import DuckDB, Engine, SharedDuckDB
from segkit.engine.sql import literal, quote, table_name
from segkit.errors import DataError, ParameterError, nearest

__all__ = ["Source", "locate"]

# DuckDB would take 01/02/2024 for a date, and choose the day: such dates stay text.
_CSV = (
    "read_csv({path}, union_by_name = TRUE, "
    "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S')"
)
_PARQUET = "read_parquet({path}, union_by_name = TRUE)"
_READERS = {".parquet": _PARQUET, ".pq": _PARQUET, ".csv": _CSV}
_KINDS = (
    "a pandas, Polars or Arrow frame, the path of a Parquet or CSV file, "
    "or the name of a table together with its engine"
)
_TYPES = "SELECT {types} FROM {relation} LIMIT 1"
_NAMES = "SELECT * FROM {relation} LIMIT 0"
# What is written like this is the same id as text and as a number.
_NUMBER = "^ *-?(0|[1-9][0-9]{0,17})([.]0)? *$"
_WORDS = "SELECT COUNT(*) AS n FROM {relation} WHERE NOT REGEXP_MATCHES({column}, {number})"
_frame_numbers = count(1)
# Below these, a second thread of DuckDB costs a third more CPU and saves some tenths of a second.
_FEW_ROWS, _FEW_BYTES = 2_000_000, 2**25


@dataclass(frozen=True)
class Source:
    """Rows to read: the engine, the words after FROM, and each column's name in SQL."""

    engine: Engine
    relation: str
    names: Mapping[str, str]

    def types(self, columns: Iterable[str]) -> list[str]:
        """Tell the engine's own lower-case names of the columns' types.

        Raises
        ------
        DataError
            If a column is missing or there are no rows.
        """
        columns = list(columns)
        self._require(columns)
        types = ", ".join(
            f"LOWER(CAST(TYPEOF({self.column(name)}) AS VARCHAR)) AS c{position}"
            for position, name in enumerate(columns)
        )
        found = self.engine.query(_TYPES.format(types=types, relation=self.relation))
        if found.empty:
            raise DataError("The events hold no rows. Give at least one event.")
        return [str(kind) for kind in found.iloc[0]]

    def column(self, name: str) -> str:
        """Quote a column by its name in SQL."""
        return quote(self.names[name])

    def _require(self, columns: list[str]) -> None:
        missing = [name for name in columns if name not in self.names]
        if missing:
            found = ", ".join(map(repr, self.names)) or "none"
            known = [str(name) for name in self.names]  # A frame may number its columns.
            lines = [f"There is no column {n!r}.{nearest(str(n), known)}" for n in missing]
            raise DataError("\n".join([*lines, f"Columns found: {found}."]))


def locate(source: Any, engine: Engine | None = None, text_ids: str | None = None) -> Source:
    """Find what reads a source.

    Parameters
    ----------
    source : frame, path or name of a table
        A pandas, Polars (eager or lazy) or Arrow frame; the path of a Parquet or CSV file or a
        pattern such as `"orders/*.parquet"`; with an engine, the name of a table
        (`"schema.table"`, or a tuple of its parts).
    engine : Engine, optional
        Where SQL runs; DuckDB without one, on one thread if the rows are few.
    text_ids : str, optional
        A column of ids: in a CSV file they stay text if any is more than a whole number, such
        as 007 or 1e5.

    Raises
    ------
    DataError
        If there is no such file.
    ParameterError
        If the source is none of the kinds above.

    Examples
    --------
    >>> import pandas as pd
    >>> source = locate(pd.DataFrame({"T": [1], "t": ["a"]}))
    >>> source.types(["t", "T"])
    ['varchar', 'bigint']
    """
    if isinstance(source, (str, PathLike)):
        path = fspath(source)
        suffix = Path(path.removesuffix(".gz")).suffix.lower()
        if engine is None or (suffix in _READERS and isinstance(engine, DuckDB)):
            return _file(path, suffix, engine, text_ids)
    elif not isinstance(source, tuple):
        return _frame(source, engine)
    if engine is None:
        raise ParameterError("events", "the engine", _KINDS, source)
    relation = table_name(source)
    return Source(engine, relation, _same_names(engine, relation))


def _names(engine: Engine, relation: str) -> list[str]:
    return list(engine.query(_NAMES.format(relation=relation)).columns)


def _same_names(engine: Engine, relation: str) -> dict[str, str]:
    return {name: name for name in _names(engine, relation)}


def _frame(frame: Any, engine: Engine | None) -> Source:
    if not (engine is None or isinstance(engine, DuckDB)):
        expected = "the name of a table of this engine"
        raise ParameterError("events", "the engine", expected, type(frame))
    # A tenth of what importing pandas costs: files and tables do without.
    nw = import_module("narwhals")
    try:
        native = nw.from_native(frame)
        columns = native.collect_schema().names()
    except nw.exceptions.NarwhalsError as error:
        raise DataError(f"The frame cannot be read: {error}") from error
    except TypeError:
        raise ParameterError("events", "the engine", _KINDS, type(frame)) from None
    few = isinstance(native, nw.DataFrame) and len(native) < _FEW_ROWS
    engine = engine or (SharedDuckDB() if few else DuckDB())
    name = f"frame_{next(_frame_numbers)}"
    engine.register(name, frame)
    # DuckDB takes "T" and "t" for one name and numbers the second: its order tells which is which.
    source = Source(engine, name, dict(zip(columns, _names(engine, name), strict=True)))
    # An engine that is given shall not keep every frame it has seen.
    finalize(source, engine.unregister, name).atexit = False
    return source


def _file(path: str, suffix: str, engine: DuckDB | None, text_ids: str | None) -> Source:
    if suffix not in _READERS:
        raise ParameterError("events", "the engine", _KINDS, path)
    if Path(path).exists():
        # A file's own name may hold what DuckDB takes for a pattern.
        pattern = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)
    elif has_magic(path):
        pattern = path
    else:
        raise DataError(f"There is no file {path!r}. Give the path of a Parquet or CSV file.")
    files = glob(pattern, recursive=True)  # noqa: PTH207 - a pattern may be absolute
    few = sum(Path(file).stat().st_size for file in files) < _FEW_BYTES
    engine = engine or (SharedDuckDB() if few else DuckDB())
    relation = _READERS[suffix].format(path=literal(pattern))
    if suffix == ".csv" and text_ids is not None:
        relation = _keep_ids(engine, relation, text_ids)
    return Source(engine, relation, _same_names(engine, relation))


def _keep_ids(engine: DuckDB, relation: str, column: str) -> str:
    if column not in _names(engine, relation):
        return relation
    as_text = f"{relation[:-1]}, types = {{{literal(column)}: 'VARCHAR'}})"
    asked = _WORDS.format(relation=as_text, column=quote(column), number=literal(_NUMBER))
    return as_text if engine.query(asked)["n"].iloc[0] else relation
