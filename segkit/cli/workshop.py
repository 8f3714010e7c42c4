"""`segkit workshop`: build a workshop for a company, and see who is where."""

from __future__ import annotations

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
) -> None:
    """Build every edition on a company's tables: segkit workshop DIR --company my-data."""
    from segkit.cli.check import plain
    from segkit.cli.progress import chapters_shown
    from segkit.workshop import build as build_workshop

    with chapters_shown() as progress:
        built = build_workshop(folder, company, language, progress=progress)
    for one in built.left_out:
        what = f"Exercise {one.exercise}" if one.exercise else f"Chapter {one.chapter}"
        typer.echo(plain(f"{what} is left out: {one.reason}."))
    typer.echo(f"{len(built.written)} files written to {folder}.")
    typer.echo(f"Give each participant a copy of {folder / 'exercises'}.")


@workshop.command()
def progress(
    folder: Annotated[Path, typer.Argument(help="Folder that holds the participants' folders.")],
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the participants as CSV.")] = False,
) -> None:
    """Show who is at which exercise, and which hints were needed."""
    from segkit.cli.check import plain
    from segkit.workshop import read_progress

    room = read_progress(folder)
    if as_csv:
        from segkit.frames import csv_text

        typer.echo(csv_text(room.participants), nl=False)
    else:
        from segkit.cli.room import show

        show(room)
    for fault in room.faults:
        typer.echo(plain(fault), err=True)
