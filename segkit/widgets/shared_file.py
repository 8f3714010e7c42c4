"""A CSV file that several people fill: read anew, written whole, harmless to a spreadsheet."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from segkit.errors import DataError
from segkit.frames import restored, unformulated

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["alone", "read_rows", "write_rows"]

_PATIENCE = 10.0


def read_rows(path: Path, columns: Sequence[str], what: str) -> pd.DataFrame:
    """Read a file as text, the columns as they stand; what a spreadsheet guarded is restored.

    Raises
    ------
    DataError
        If it cannot be read, or lacks columns; names all of them.
    """
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise DataError(f"{path.name} cannot be read as {what}: {reason}.") from None
    missing = [name for name in columns if name not in raw]
    if missing:
        found = ", ".join(map(str, raw.columns))
        raise DataError(
            f"{path.name} is no file of {what}: no column {', '.join(missing)}. Found {found}."
        )
    # A row that is too short has no text at its end.
    return raw.fillna("").map(restored).astype("str")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let nobody else read and write a file meanwhile: what was saved in between would be lost.

    The lock is the system's on an empty file beside it, so that it ends with whoever holds it.

    Raises
    ------
    DataError
        If somebody else holds the file for longer than a save can take.
    """
    beside = path.with_name(f".{path.name}.lock")
    try:
        if not beside.exists():
            beside.touch()
            beside.chmod(0o666)  # whoever may write in the folder may save
        with beside.open("ab") as file:
            deadline = time.monotonic() + _PATIENCE
            while not _locked(file.fileno()):
                if time.monotonic() > deadline:
                    raise DataError(
                        f"Nothing was saved to {path.name}: somebody else is writing it. Try again."
                    )
                time.sleep(0.02)
            yield
    except OSError as fault:
        raise DataError(f"Nothing was saved to {path.name}: {fault.strerror or fault}.") from None


def _locked(number: int) -> bool:
    """Take the lock of an open file, unless somebody has it; closing the file lets it go."""
    try:
        if sys.platform == "win32":
            os.lseek(number, 0, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # how either system says that somebody has it
        return False
    return True


def write_rows(path: Path, table: pd.DataFrame, plain: Sequence[str] = ()) -> None:
    """Write beside the old file and put it in its place: no reader sees half of it.

    Parameters
    ----------
    path : Path
        The file.
    table : DataFrame
        Its rows.
    plain : sequence of str
        Words that are no formula, whatever they begin with.

    Raises
    ------
    DataError
        If it cannot be written.
    """
    safe = unformulated(table)
    for name in table.columns:
        safe[name] = safe[name].mask(table[name].isin(list(plain)), table[name])
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}", suffix=".csv")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                safe.to_csv(file, index=False, lineterminator="\r\n")
            Path(name).chmod(_mode(path))  # a temporary file is its owner's alone
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)  # no longer there, once it is in its place
    except OSError as fault:
        reason = fault.strerror or fault
        raise DataError(f"Nothing was saved to {path.name}: {reason}.") from None


def _mode(path: Path) -> int:
    """Find who may read and write a file; of a new one, whoever the user lets."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)  # there is no way to ask without setting it
    os.umask(mask)
    return 0o666 & ~mask
