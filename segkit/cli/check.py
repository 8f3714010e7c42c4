"""The result of a check, laid out for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["plain", "show"]

_STYLES = {"stops": "bold red", "sets aside": "yellow", "note": "cyan"}
_HEADINGS = {
    "stops": "Faults that stop a table",
    "sets aside": "Rows set aside",
    "note": "To know",
}


def show(report: dict[str, Any]) -> None:
    """Print faults by severity, then ledger and coverage, then the verdict."""
    console = Console(highlight=False)
    for severity, heading in _HEADINGS.items():
        faults = [fault for fault in report["faults"] if fault["severity"] == severity]
        if faults:
            console.print(Text(f"{heading}", style=_STYLES[severity]))
            for fault in faults:
                console.print(_plain(f"  {fault['text']}"))
    console.print(_ledger(report["ledger"]))
    console.print(_coverage(report["coverage"]))
    console.print(_plain(_verdict(report)))


def _ledger(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Rows read = used + set aside", title_justify="left")
    table.add_column("table")
    for name in ("read", "used", "set aside"):
        table.add_column(name, justify="right")
    table.add_column("reasons", overflow="fold")
    for row in rows:
        reasons = "; ".join(f"{reason['reason']} {reason['rows']:,}" for reason in row["reasons"])
        counts = [f"{row[name]:,}" for name in ("read", "used", "set_aside")]
        table.add_row(*map(_plain, (row["table"], *counts, reasons)))
    return table


def _coverage(rows: Iterable[dict[str, Any]]) -> Table:
    table = Table(title="The 24 questions", title_justify="left")
    for name in ("", "question", "status", "missing"):
        table.add_column(name, overflow="fold")
    for row in rows:
        cells = (row["question"], row["text"], row["status"], row["missing"])
        table.add_row(*map(_plain, cells))
    return table


def _verdict(report: dict[str, Any]) -> str:
    answerable = [row["question"] for row in report["coverage"] if row["status"] == "answerable"]
    if not report["usable"]:
        return "Faults stop a table: mend them, or leave the table out."
    return f"Usable. Questions that can be answered now: {', '.join(answerable) or 'none'}."


def plain(text: str) -> str:
    """Show control characters of foreign text, which must not steer the terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


def _plain(text: str) -> Text:
    return Text(plain(text))
