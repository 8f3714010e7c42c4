"""The command line: `segkit new`, `check`, `report`, `workshop` and `lab`."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segkit.cli.workshop import workshop
from segkit.errors import DataError, MissingPackageError, SegkitError
from segkit.tables.names import tidy

if TYPE_CHECKING:
    from segkit.base import CustomerBase

__all__ = ["app", "main"]

app = typer.Typer(
    help="Answers to the 24 questions of segmentation, from a company's own tables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(workshop, name="workshop")
_FEWEST_ROWS = 2
Source = Annotated[
    str,
    typer.Argument(
        help="A folder, a DuckDB file or a database URL; 'larkspur' is the sample company."
    ),
]


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="Folder of the new workspace.")]) -> None:
    """Lay out a workspace: settings, empty table templates, notebooks."""
    from segkit.cli.workspace import create
    from segkit.workshop.telling import plain

    written, kept = create(folder)
    shown = plain(str(folder))
    typer.echo(f"{len(written)} files written to {shown}, {len(kept)} kept as they were.")
    typer.echo(f"Next: lay your tables into {shown}, then run: segkit check {shown}")


@app.command()
def check(
    source: Source,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Show faults, ledger and coverage; exit status 0 usable, 1 faults that stop, 2 no answer."""
    import segkit
    from segkit.tables import check_report

    base = segkit.read(source)
    found = check_report(base) | {"coverage": base.coverage().to_dict("records")}
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        from segkit.cli.check import show

        show(found)
    if base.ledger["used"].max() < _FEWEST_ROWS:
        raise DataError("None of the 24 questions can be answered: no table has more than one row.")
    if not any(row["status"] == "answerable" for row in found["coverage"]):
        raise DataError("None of the 24 questions can be answered from these tables.")
    raise typer.Exit(0 if found["usable"] else 1)


@app.command()
def report(
    source: Source,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The HTML file to write.")
    ] = None,
    chapters: Annotated[
        str | None, typer.Option(help="Names or numbers of chapters, such as 1,4 or market.")
    ] = None,
    title: Annotated[str, typer.Option(help="What stands at the top.")] = "Segmentation report",
    brand: Annotated[
        Path | None, typer.Option(help="TOML or JSON file with logo and colours.")
    ] = None,
    *,
    mask: Annotated[bool, typer.Option("--mask", help="Pseudonymise names and ids.")] = False,
    mask_key: Annotated[
        Path | None, typer.Option(help="File that leads back to the names: read, or written.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print it through chromium too.")] = False,
    excel: Annotated[
        bool, typer.Option("--excel", help="Write the answers as a workbook.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write a folder of CSV files.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Write a folder of SQL files.")] = False,
    slides: Annotated[bool, typer.Option("--slides", help="Write the answers as slides.")] = False,
) -> None:
    """Run the notebooks on a company's tables and write one offline HTML file."""
    import segkit
    from segkit.cli.progress import chapters_shown
    from segkit.report import beside, build

    # Faults of the tables are told here, before any notebook meets them.
    base = segkit.read(source)
    _refuse_without_answers(base, source)
    wanted: dict[str, Any] = {"pdf": pdf, "excel": excel, "csv": csv, "sql": sql, "slides": slides}
    with chapters_shown() as progress:
        path = build(
            source,
            output or _default_output(source),
            None if chapters is None else chapters.split(","),
            progress,
            title=title,
            brand=brand,
            mask=mask,
            mask_key=mask_key,
            base=base,
            **wanted,
        )
    typer.echo(f"The report lies at {path.resolve()} ({path.stat().st_size / 1e6:.1f} MB).")
    for what, asked in wanted.items():
        if place := beside(path, what, asked):
            typer.echo(f"Beside it: {place.resolve()}")
    if mask_key is not None:
        typer.echo(f"{mask_key.resolve()} leads back to the names: do not send it along.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder to open.")] = Path(),
) -> None:
    """Open JupyterLab in a workspace; further options go to JupyterLab, such as --no-browser."""
    if find_spec("jupyterlab") is None:
        raise MissingPackageError("jupyterlab", "lab", "segkit lab")
    if not folder.is_dir():
        raise SegkitError(f"There is no folder {folder}. Make one with: segkit new {folder}")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    raise typer.Exit(subprocess.call([*command, *context.args]))  # noqa: S603 - the user's own words, and no shell


def _refuse_without_answers(base: CustomerBase, source: str) -> None:
    state = base.coverage()
    refusals = []
    for question in state.loc[state["status"] == "answerable", "question"]:
        answer = base.ask(question)
        if answer.status in {"answered", "no evidence"}:
            return
        refusals.append(f"{question}: {answer.headline}")
    raise DataError(
        "\n".join(
            [
                "None of the 24 questions can be answered from these tables.",
                *refusals,
                f"See what each question needs with: segkit check {source}",
            ]
        )
    )


def _default_output(source: str) -> Path:
    folder = Path(source)
    if folder.is_dir():
        return folder / "reports" / f"{_file_name(folder.resolve().name)}.html"
    name = "database" if "://" in source else _file_name(folder.stem)
    return Path("reports") / f"{name}.html"


def _file_name(name: str) -> str:
    """Keep a name that every system takes, capitals included: a report is sent elsewhere."""
    from segkit.report.names import file_names

    (safe,) = file_names([name])
    return name if name.casefold() == safe else safe


def _harmless(message: str) -> str:
    """Show control characters of foreign names; `plain` needs packages that may be missing here."""
    words = tidy(message)
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in words)


def main() -> None:
    """Run the command line; a fault the user can mend is printed without a traceback."""
    try:
        app()
    except SegkitError as error:
        typer.echo(f"segkit: {_harmless(str(error))}", err=True)
        sys.exit(2)
