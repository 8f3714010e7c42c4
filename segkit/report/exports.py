"""The answers of a report as a workbook, as CSV and as SQL: from what its notebooks hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from segkit.answers.export import MOST_ROWS, write_workbook
from segkit.errors import SegkitError
from segkit.frames import EXCEL_MARK, csv_text
from segkit.questions import all_questions
from segkit.report.names import file_names, sheet_names
from segkit.report.told import Told

__all__ = ["refuse_others", "tables_of", "write_csv", "write_excel", "write_sql"]

_OWN = re.compile(r"(questions|reasons|ledger|[a-z]\d+-.*)$")
_NUMBERS = ("number", "low", "high")
_COLUMNS = ("question", "asked", "status", "headline", *_NUMBERS, "unit", "in words", "sheets")
_CURRENCY = re.compile(r"([A-Z]{3})\b")


def tables_of(answers: Sequence[Told]) -> dict[str, pd.DataFrame]:
    """Lay out what a workbook holds: questions, reasons, each table by name, and the ledger."""
    named = [
        (f"{_short(answer.question)} {name}".strip(), answer, table, rows)
        for answer in answers
        for name, (table, rows) in answer.tables.items()
        if table.shape[1]
    ]
    names = sheet_names(["Questions", "Reasons", *(name for name, *_ in named), "Ledger"])
    sheets = dict(zip(names[2:-1], (table for _, _, table, _ in named), strict=True))
    notes: dict[str, list[str]] = {}
    for sheet, (_, answer, table, rows) in zip(names[2:-1], named, strict=True):
        shown = min(len(table), MOST_ROWS)
        more = f" (first {shown:,} of {rows:,} rows)" if rows > shown else ""
        notes.setdefault(answer.question, []).append(f"{sheet}{more}")
    return {
        names[0]: _overview(answers, notes),
        names[1]: _reasons(answers),
        **sheets,
        names[-1]: _ledger(answers),
    }


def write_excel(answers: Sequence[Told], path: Path) -> Path:
    """Write one workbook."""
    units = (_CURRENCY.match(answer.unit) for answer in answers)
    currency = next((found[1] for found in units if found), "")
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_workbook(tables_of(answers), path, currency)


def write_csv(answers: Sequence[Told], folder: Path) -> Path:
    """Write a folder with one CSV file a table."""
    tables = tables_of(answers)
    texts = (EXCEL_MARK + csv_text(table) for table in tables.values())
    return _write(folder, dict(zip(file_names(tables), texts, strict=True)), ".csv")


def write_sql(answers: Sequence[Told], folder: Path) -> Path:
    """Write a folder with one SQL file a query; a comment at its head says where it is from."""
    queries = [
        (f"{answer.question} {name}", f"{_head(answer, name)}{text.rstrip()}\n")
        for answer in answers
        for name, text in answer.sql.items()
    ]
    names = file_names(name for name, _ in queries)
    texts = (text for _, text in queries)
    return _write(folder, dict(zip(names, texts, strict=True)), ".sql")


def refuse_others(folder: Path, ending: str) -> None:
    """Refuse a folder with files of a kind that no report wrote: they would seem part of this one.

    Raises
    ------
    SegkitError
        If there are any; names the first.
    """
    try:
        others = sorted(path.name for path in folder.glob(f"*{ending}") if not _is_own(path))
    except OSError as error:
        raise SegkitError(f"{folder} cannot be read: {error.strerror}.") from None
    if others:
        raise SegkitError(
            f"{folder} holds {len(others):,} files that are not of this report, such as "
            f"{others[0]}. Remove them, or name another folder."
        )


def _is_own(path: Path) -> bool:
    """Tell what a report before wrote: named by its question, and begun as reports begin."""
    with path.open("rb") as file:
        begun = file.read(3)
    return bool(_OWN.match(path.stem)) and begun in {EXCEL_MARK.encode(), b"-- "}


def _write(folder: Path, files: Mapping[str, str], ending: str) -> Path:
    """Write the files of a folder in place of those of the report before.

    A table that is left over could tell names that this report masks.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        refuse_others(folder, ending)
        for path in folder.glob(f"*{ending}"):
            path.unlink()
        for name, text in files.items():
            (folder / f"{name}{ending}").write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise SegkitError(f"{folder} cannot be written: {error.strerror}.") from None
    return folder


def _short(question: str) -> str:
    """Name a question as its function is named: "A2 fit score"."""
    known = all_questions().get(question)
    return f"{question} {known.answer.partition(':')[2].replace('_', ' ')}" if known else question


def _overview(answers: Iterable[Told], notes: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    rows = []
    for answer in answers:
        low, high = answer.interval or (None, None)
        rows.append(
            {
                "question": answer.question,
                "asked": answer.text,
                "status": answer.status,
                "headline": answer.headline,
                "number": answer.estimate,
                "low": low,
                "high": high,
                "unit": answer.unit,
                "in words": answer.number,
                "sheets": "; ".join(notes.get(answer.question, ())),
            }
        )
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    return table.astype(dict.fromkeys(_NUMBERS, "float64"))


def _reasons(answers: Iterable[Told]) -> pd.DataFrame:
    rows = []
    for answer in answers:
        told = [("method", answer.method)]
        told += [("mind", caveat) for caveat in answer.caveats]
        told += [("source", source) for source in answer.sources]
        rows += [(answer.question, what, words) for what, words in told if words]
    return pd.DataFrame(rows, columns=["question", "what", "words"], dtype="str")


def _ledger(answers: Iterable[Told]) -> pd.DataFrame:
    ledgers = [answer.ledger for answer in answers if not answer.ledger.empty]
    if not ledgers:
        return pd.DataFrame({"table": pd.Series(dtype="str")})
    return pd.concat(ledgers, ignore_index=True).drop_duplicates("table", ignore_index=True)


def _head(answer: Told, name: str) -> str:
    lines = [f"{answer.question}: {answer.text}", name, answer.headline]
    # A line of foreign text must not end the comment.
    return "".join(f"-- {' '.join(line.split())}\n" for line in lines if line) + "\n"
