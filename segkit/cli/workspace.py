"""A new folder for a company: settings to fill in, table templates, notebooks."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

from segkit.errors import DataError
from segkit.notebooks import analyst_editions
from segkit.questions import questions_needing
from segkit.tables.schema import Column, Table, schema

__all__ = ["create"]

_SETTINGS = """\
# What segkit needs to know about your company. Lines that begin with # are examples.

company = {company}
# currency = "USD"            # money without a sign is counted in this
# as_of = 2026-06-30          # last day of the data (default: last date found)
# gross_margin = 0.75         # share of revenue left after the cost of delivery
# discount_rate = 0.10        # a year
# day_first = true            # 03.04.2026 is the third of April
# decimal = ","               # 1.234,56 is one thousand two hundred and thirty-four and a bit

# [portfolio]                 # where S5 draws its lines: protect, grow, fix, migrate
# core = 0.8                  # high level: the customers that hold this share of revenue
# service = 0.5               # costly: serving eats more than this share of the margin

# Lay your own CSV, Excel or Parquet files into this folder. Where their names differ from those in
# templates/README.md, say so here:
#
# [tables.opportunities]
# source = "sales_pipeline"   # name of your file (without ending), sheet or database table
# columns = {{ opp_id = "Deal number", value = "Amount" }}
#
# [tables.opportunities.values.outcome]
# won = ["Won", "Closed Won"]
# refused = ["Lost"]
"""

_INTRODUCTION = """\
# Tables and columns

Each file here is an empty table. Fill those you have and lay them into the folder above; no table
is obligatory. Columns in **bold** must hold a value in every row. The last column says which
questions use the value.
"""


def create(folder: str | Path) -> tuple[list[Path], list[Path]]:
    """Lay out a workspace: `segkit.toml`, `templates/` and `notebooks/`.

    Files that exist already stay as they are.

    Parameters
    ----------
    folder : str or Path
        Folder to make or to complete.

    Returns
    -------
    tuple of two lists of Path
        The files written, and the files kept.

    Raises
    ------
    DataError
        If a file stands where the folder should be, or nothing can be written there.
    """
    top = Path(folder)
    written: list[Path] = []
    kept: list[Path] = []
    try:
        _lay_out(top, written, kept)
    except OSError as error:
        raise DataError(f"{top} cannot be written to: {error.strerror}.") from None
    return written, kept


def _lay_out(top: Path, written: list[Path], kept: list[Path]) -> None:
    if top.exists() and not top.is_dir():
        raise DataError(f"{top} is a file. Name a folder for the new workspace.")
    for name, text in _files(top.resolve().name).items():
        path = top / name
        if path.exists():
            kept.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)


def _files(company: str) -> dict[str, str]:
    files = {
        "segkit.toml": _SETTINGS.format(company=_toml_text(company)),
        "templates/README.md": _guide(),
    }
    files |= {f"templates/{name}.csv": _header(table) for name, table in schema().items()}
    # The notebooks lie one folder below the tables.
    files |= {f"notebooks/{name}": text for name, text in analyst_editions(source="..").items()}
    return files


def _toml_text(name: str) -> str:
    """Write the name of a folder as a TOML string; bytes that are no text become question marks."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    # JSON's escapes are TOML's, but JSON lets this one character stand.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _header(table: Table) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(table.columns)
    return line.getvalue()


def _guide() -> str:
    return "\n".join([_INTRODUCTION, *map(_section, schema().values())])


def _section(table: Table) -> str:
    lines = [
        f"## {table.name}\n",
        f"{table.meaning}.\n",
        "| column | type | meaning | questions |",
        "|---|---|---|---|",
    ]
    lines += [_line(table.name, column) for column in table.columns.values()]
    return "\n".join(lines) + "\n"


def _line(table: str, column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    meaning = column.meaning + (f" ({column.unit})" if column.unit else "")
    if column.values:
        meaning += ": " + ", ".join(column.values)
    asked = ", ".join(questions_needing(table, column.name))
    return f"| {name} | {column.type} | {meaning} | {asked} |"
