"""Where tables come from: a folder, a file, a DuckDB file, a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import NoReturn

from segkit.errors import DataError, MissingPackageError, nearest
from segkit.tables.databases import database_sources, duckdb_sources, read_parquet
from segkit.tables.delimited import read_delimited
from segkit.tables.names import listing, squash
from segkit.tables.raw import RawTable, Source
from segkit.tables.workbooks import read_sheet, sheet_names

__all__ = ["find_sources", "is_url", "loaded_once"]

_TEXT = {".csv", ".tsv", ".txt"}
_BOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_DUCKDB = {".duckdb", ".ddb", ".db"}
_KINDS = "CSV (.csv, .tsv, .txt), Parquet (.parquet) and Excel (.xlsx, .xls, .ods)"
_SMALL = 5_000_000


def is_url(source: object) -> bool:
    """Say whether a source is a database URL.

    Examples
    --------
    >>> is_url("sqlite:///crm.db")
    True
    """
    return isinstance(source, str) and "://" in source


def find_sources(source: str | Path, encoding: str = "") -> list[Source]:
    """List what could be a table: the files of a folder, the sheets of a workbook, ...

    Nothing is read but names, and each source is read once, when it is first asked for.

    Parameters
    ----------
    source : str or Path
        A folder (its own files, not those of folders in it), a file, or a SQLAlchemy URL.
    encoding : str
        Encoding of text files; empty: found out.

    Raises
    ------
    DataError
        If there is nothing to read.
    """
    if is_url(source):
        found = database_sources(str(source))
        if not found:
            raise DataError("The database holds no table.")
        return loaded_once(found)
    try:
        return loaded_once(_on_disk(Path(source), encoding))
    except OSError as error:
        raise DataError(f"{str(source)!r} cannot be read: {error}.") from error


def _on_disk(path: Path, encoding: str) -> list[Source]:
    if path.is_dir():
        return _in_folder(path, encoding) or _refuse_folder(path)
    if not path.exists():
        beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(f"There is no file or folder {path}.{nearest(path.name, beside)}")
    found = _of_file(path, encoding)
    if not found:
        raise DataError(f"{path.name} is no file that segkit reads: {_KINDS}, or DuckDB.")
    return found


def _in_folder(folder: Path, encoding: str) -> list[Source]:
    """List what a folder holds; a file that lacks its reader does not stop the others."""
    found: list[Source] = []
    missing: dict[Path, MissingPackageError] = {}
    for path in _files(folder):
        try:
            found += _of_file(path, encoding)
        except MissingPackageError as error:
            missing[path] = error
    if missing and not found:
        raise next(iter(missing.values()))
    return [*found, *(_refused(path, error) for path, error in missing.items())]


def _refused(path: Path, error: Exception) -> Source:
    """Say why a file cannot be read when its table is asked for, beside the faults of others."""
    return Source(path.stem, path.name, partial(_raise, error), (path.name,), small=True)


def loaded_once(sources: list[Source]) -> list[Source]:
    """Read each source at most once."""
    return [replace(source, load=cache(source.load)) for source in sources]


def _files(folder: Path) -> list[Path]:
    known = _TEXT | _BOOKS | {".parquet"}
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix.lower() in known and not path.name.startswith((".", "~$"))
    ]


def _of_file(path: Path, encoding: str) -> list[Source]:
    kind = path.suffix.lower()
    if kind in _TEXT:
        return [_file(path, partial(read_delimited, path, encoding))]
    if kind == ".parquet":
        return [_file(path, partial(read_parquet, path))]
    if kind in _BOOKS:
        return _sheets(path)
    with path.open("rb") as stream:
        magic = stream.read(16)
    if magic[8:12] == b"DUCK" or kind in _DUCKDB - {".db"}:
        return duckdb_sources(path)
    if magic.startswith(b"SQLite format 3"):
        raise DataError(f"{path.name} is an SQLite database: read it as 'sqlite:///{path}'.")
    return []


def _file(path: Path, load: Callable[[], RawTable]) -> Source:
    return Source(path.stem, path.name, load, (path.name,), path.stat().st_size < _SMALL)


def _sheets(path: Path) -> list[Source]:
    try:
        sheets = sheet_names(path)
    except DataError as error:
        return [_refused(path, error)]
    small = path.stat().st_size < _SMALL
    only = (path.stem, path.name) if len(sheets) == 1 else ()
    return [
        Source(
            path.stem if only and _is_default(sheet) else sheet,
            f"sheet {sheet!r} of {path.name}",
            partial(read_sheet, path, sheet),
            (sheet, f"{path.stem}/{sheet}", f"{path.name}/{sheet}", *only),
            small,
        )
        for sheet in sheets
    ]


def _is_default(sheet: str) -> bool:
    """Tell the name that the program gave from one that a person gave."""
    return squash(sheet).rstrip("0123456789") in {"sheet", "tabelle", "feuil", "hoja", "foglio"}


def _raise(error: Exception) -> NoReturn:
    raise error


def _refuse_folder(folder: Path) -> NoReturn:
    text = f"{folder} holds no table. segkit reads {_KINDS}, from the folder itself."
    inside = sorted(folder.iterdir())
    databases = [path for path in inside if path.suffix.lower() in _DUCKDB]
    inner = [path.name for path in inside if path.is_dir() and _files(path)]
    if databases:
        text += f" Read a database by its own name: {databases[0]}."
    elif inner:
        text += f" Tables lie in: {listing(inner)}."
    raise DataError(text)
