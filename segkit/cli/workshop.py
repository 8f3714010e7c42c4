"""`segkit workshop`: build a workshop for a company, and see who is where."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

__all__ = ["workshop"]


class _BuildsByDefault(TyperGroup):
    """A group whose first word may be a folder to build into instead of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["build", *args]
        return super().parse_args(ctx, args)


class _Days(StrEnum):
    """Lengths of a workshop, as one types them."""

    HALF = "half"
    ONE = "1"
    TWO = "2"
    ALL = "all"


def _agendas(days: _Days) -> dict[str, Any]:
    named = {_Days.HALF: "half day", _Days.ONE: "one day", _Days.TWO: "two days"}
    return {"lengths": [named[days]]} if days in named else {}


workshop = typer.Typer(
    cls=_BuildsByDefault,
    help="Build a workshop into a folder, or see the progress of its participants.",
    no_args_is_help=True,
)


@workshop.command()
def build(
    folder: Annotated[Path, typer.Argument(help="Folder that receives the workshop.")],
    *,
    company: Annotated[
        str,
        typer.Option(
            help="A folder, a DuckDB file or a database URL; 'larkspur' is the sample company."
        ),
    ] = "larkspur",
    language: Annotated[str, typer.Option(help="Language of the chapters.")] = "en",
    chapters: Annotated[
        str, typer.Option(help="Names of the chapters, parted by commas; all by default.")
    ] = "",
    days: Annotated[
        _Days, typer.Option(help="For which length to write an agenda; all by default.")
    ] = _Days.ALL,
    start: Annotated[str, typer.Option(help="When a day begins.")] = "09:00",
) -> None:
    """Build every edition on a company's tables: segkit workshop DIR --company my-data."""
    from segkit.cli.progress import chapters_shown
    from segkit.workshop import build as build_workshop
    from segkit.workshop.telling import plain

    with chapters_shown() as progress:
        built = build_workshop(
            folder,
            company,
            language,
            chapters=[name.strip() for name in chapters.split(",") if name.strip()] or None,
            progress=progress,
            start=start,
            **_agendas(days),
        )
    for one in built.left_out:
        what = f"Exercise {one.exercise}" if one.exercise else f"Chapter {one.chapter}"
        typer.echo(plain(f"{what} is left out: {one.reason}."))
    typer.echo(f"{len(built.written)} files written to {folder}.")
    typer.echo(f"Give each participant a copy of {folder / 'exercises'}.")
    typer.echo(f"Begin with {folder / 'facilitator' / 'run_sheet.html'}.")


@workshop.command()
def progress(
    folder: Annotated[Path, typer.Argument(help="Folder that holds the participants' folders.")],
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the participants as CSV.")] = False,
) -> None:
    """Show who is at which exercise, and which hints were needed."""
    from segkit.workshop import read_progress
    from segkit.workshop.telling import plain

    room = read_progress(folder)
    if as_csv:
        from segkit.frames import csv_text

        # Names are written by others: they steer no terminal, and no odd letter stops the table.
        named = room.participants.map(lambda cell: plain(cell) if isinstance(cell, str) else cell)
        typer.echo(csv_text(named), nl=False)
    else:
        from segkit.cli.room import show

        show(room)
    for fault in room.faults:
        typer.echo(plain(fault), err=True)
