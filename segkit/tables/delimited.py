"""Text files: encoding, delimiter, and every row with the line it stands on."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.tables.raw import Note, RawTable, raw_table, words

__all__ = ["read_delimited"]

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 65_536
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF file"),
    (b"SQLite format 3", "an SQLite database"),
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))


def read_delimited(path: Path, encoding: str = "") -> RawTable:
    """Read a text file of cells parted by commas, semicolons, tabs or bars.

    The first line names the columns. Quoted cells may hold delimiters and line ends. A line with
    fewer cells than the header is filled up; one with more is marked as shifted.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str
        Its encoding; empty: its byte order mark, or else UTF-8, or else Windows-1252.

    Raises
    ------
    DataError
        If the file is empty, is not text, or ends within a quoted cell.
    """
    data = path.read_bytes()
    if not data.strip():
        raise DataError(f"{path.name} is empty.")
    text, notes = _decode(data, encoding, path.name)
    first, text = _hint(text)
    delimiter = first or _delimiter(text[:_SAMPLE], path)
    with _cells_up_to(len(text) + 1):
        stream = StringIO(text, newline="")
        cells, line = _header(stream, delimiter, path.name)
        body = text[stream.tell() :]
        line += 2 if first else 1
        read = _regular(body, delimiter, len(cells), line)
        if read is None:
            read = _irregular(body, delimiter, len(cells), line, path.name)
    frame, numbers, shifted, found = read
    return raw_table(frame, cells, "line", numbers, shifted, [*notes, *found])


@contextmanager
def _cells_up_to(size: int) -> Iterator[None]:
    before = csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _decode(data: bytes, encoding: str, name: str) -> tuple[str, list[Note]]:
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, marked, name), []
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise DataError(f"{name} is {what}, not a text file.")
    if encoding:
        return _strictly(data, encoding, name), []
    if data[1:2000:2].count(0) > 0.4 * len(data[1:2000:2]):
        return _strictly(data, "utf-16-le", name), []
    if len(data.translate(None, _CONTROL)) < 0.99 * len(data) or b"\0" in data:
        raise DataError(f"{name} holds binary data, not text.")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _legacy(data)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise DataError(
            f"{name} cannot be read as {encoding}. Save it as UTF-8, or set its encoding in "
            "segkit.toml."
        ) from error


def _legacy(data: bytes) -> tuple[str, list[Note]]:
    """Settle what is not UTF-8 throughout: damaged UTF-8, or else Windows-1252."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if sum(letter > "\x7f" for letter in text) > 2 * damaged:
        said = f"{damaged:,} characters are not UTF-8 and were read as \ufffd"
        return text, [("encoding", said)]
    said = "not UTF-8, read as Windows-1252; set encoding in segkit.toml if names look wrong"
    return data.decode("cp1252", "replace"), [("encoding", said)]


def _hint(text: str) -> tuple[str, str]:
    """Take off the line "sep=;" with which Excel names the delimiter."""
    line, _, rest = text.partition("\n")
    if line[:4].lower() == "sep=" and len(line.strip("\r")) == 5:
        return line[4], rest
    return "", text


def _delimiter(sample: str, path: Path) -> str:
    """Choose the delimiter that gives the most lines as many cells as the header."""
    choices = ("\t", *_DELIMITERS) if path.suffix.lower() == ".tsv" else _DELIMITERS
    return max(choices, key=lambda delimiter: _consistency(sample, delimiter))


def _consistency(sample: str, delimiter: str) -> tuple[float, int]:
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
    sizes = [len(record) for record in reader if record]
    if not sizes or sizes[0] < 2:
        return 0.0, 0
    return sizes.count(sizes[0]) / len(sizes), sizes[0]


def _header(stream: StringIO, delimiter: str, name: str) -> tuple[list[str], int]:
    reader = csv.reader(stream, delimiter=delimiter)
    for record in reader:
        if any(cell.strip() for cell in record):
            _refuse_open_quote(record, stream.getvalue()[: stream.tell()], 1, name)
            return record, reader.line_num
    raise DataError(f"{name} has no header.")


Body = tuple[pd.DataFrame, np.ndarray, np.ndarray, list[Note]]


def _regular(body: str, delimiter: str, width: int, line: int) -> Body | None:
    """Read a body whose lines all have `width` cells: three times as fast as record by record."""
    if width < 2 or not delimiter.isascii() or body.count("\r") not in {0, body.count("\r\n")}:
        return None
    data = body.encode()
    if not data.endswith(b"\n"):
        data += b"\n"
    rows = _regular_lines(data, delimiter, width)
    if not rows:
        return None
    names = [str(place) for place in range(width)]
    frame = pd.read_csv(
        BytesIO(data),
        sep=delimiter,
        header=None,
        names=names,
        dtype=str,
        keep_default_na=False,
        na_values=[],
        low_memory=False,
    )
    columns = pd.DataFrame({place: words(frame.pop(place)) for place in names})
    return columns, np.arange(line, line + rows), np.zeros(rows, bool), []


def _regular_lines(data: bytes, delimiter: str, width: int) -> int:
    """Count the lines if each has `width` cells and no quoted cell goes over its end; or else 0."""
    letters = np.frombuffer(data, np.uint8)
    is_end, is_part = letters == ord("\n"), letters == ord(delimiter)
    if b'"' in data:
        within = np.bitwise_xor.accumulate(letters == ord('"'))
        if (is_end & within).any():
            return 0
        is_part &= ~within
    ends, parts = np.flatnonzero(is_end), np.flatnonzero(is_part)
    if len(parts) != len(ends) * (width - 1):
        return 0
    lasts, firsts = parts[width - 2 :: width - 1], parts[width - 1 :: width - 1]
    return len(ends) if (lasts < ends).all() and (firsts > ends[:-1]).all() else 0


def _irregular(body: str, delimiter: str, width: int, line: int, name: str) -> Body:
    """Read any body, record by record."""
    reader = csv.reader(StringIO(body, newline=""), delimiter=delimiter)
    starts, records, start = [], [], 0
    for record in reader:
        if record:
            starts.append(start)
            records.append(record)
        start = reader.line_num
    if records:
        lines = list(StringIO(body, newline=""))[starts[-1] :]
        _refuse_open_quote(records[-1], "".join(lines), starts[-1] + line, name)
    sizes = np.array([len(record) for record in records], dtype=int)
    shifted = np.array([any(record[width:]) for record in records], dtype=bool)
    padded = [record[:width] + [""] * (width - len(record)) for record in records]
    columns = zip(*padded, strict=True) if padded else [()] * width
    frame = pd.DataFrame({place: words(column) for place, column in enumerate(columns)})
    short = int((sizes < width).sum())
    said = f"lines with fewer cells than the header were filled up with empty ones: {short:,}"
    notes = [("short lines", said)] if short else []
    return frame, np.array(starts, dtype=int) + line, shifted, notes


def _refuse_open_quote(record: list[str], text: str, line: int, name: str) -> None:
    """Refuse a last record whose quote runs on to the end of the file."""
    if record[-1].splitlines()[1:] and text.count('"') % 2:
        raise DataError(
            f"{name}: the quote opened on line {line} is never closed, so the cells after it "
            "cannot be told apart."
        )
