"""The state of a workshop, laid out for a terminal."""

from __future__ import annotations

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from segkit.cli.check import plain
from segkit.workshop import Room

__all__ = ["show"]


def show(room: Room) -> None:
    """Print a line a participant, then a line an exercise."""
    console = Console(highlight=False)
    if room.participants.empty:
        console.print("Nobody has tried an exercise yet.")
        return
    last = room.participants["last"].map(lambda time: f"{time:%H:%M}")
    console.print(_table("Participants (times in UTC)", room.participants.assign(last=last)))
    console.print(_table("Exercises", room.exercises))


def _table(title: str, rows: pd.DataFrame) -> Table:
    table = Table(title=title, title_justify="left")
    for name in rows.columns:
        number = pd.api.types.is_numeric_dtype(rows[name])
        table.add_column(str(name), justify="right" if number else "left", overflow="fold")
    for row in rows.itertuples(index=False):
        table.add_row(*(Text(plain(str(cell))) for cell in row))
    return table
