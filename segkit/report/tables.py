"""Tables of a report: numbers stand on the right, wide ones scroll, heads have words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from markupsafe import Markup, escape

__all__ = ["data_table", "finish_tables"]

_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])((?: [^>]*)?)>(.*?)</\1>", re.DOTALL)
_ROW_HEAD = re.compile(r"<tr>\s*<th>(\d*)</th>")
_NUMBER = re.compile(
    r"[-+~\u2212\u2264\u2265$€£ ]*(?:&[lg]t;)?\d[\d.,' \u00a0\u202f]*(?:e[-+]?\d+)?\s*%?"
)
_BLANK = {"", "NaN", "nan", "None", "NaT", "<NA>", "&lt;NA&gt;", "—", "-"}
_GROUPED_FROM = 10_000
_FRAME = '<div class="scroll" role="group" aria-label="Table" tabindex="0">{}</div>'


def data_table(columns: Sequence[object], rows: Sequence[Sequence[object]]) -> Markup:
    """Write the table behind a figure.

    Examples
    --------
    >>> '<td class="number">10,000</td>' in data_table(["spend"], [[10_000]])
    True
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_words(value))}</td>' for value in row)}</tr>" for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return Markup(finish_tables(table))  # noqa: S704 - every cell is escaped above


def finish_tables(html: str) -> str:
    """Align numbers in sanitised HTML, leave row numbers out, and let wide tables scroll."""
    return _TABLE.sub(lambda found: _FRAME.format(_aligned(_unnumbered(found[0]))), html)


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float) and abs(value) >= _GROUPED_FROM:
        return f"{value:,}"
    return str(value)


def _unnumbered(table: str) -> str:
    first, *others = _ROW_HEAD.findall(table) or [""]
    counted = [str(number) for number in range(len(others))]
    return _ROW_HEAD.sub("<tr>", table) if others == counted and not first else table


def _aligned(table: str) -> str:
    regular = "colspan" not in table and "rowspan" not in table
    numeric = _numeric_columns(table) if regular else set()
    return _ROW.sub(lambda row: _row(row[0], numeric), table)


def _numeric_columns(table: str) -> set[int]:
    by_column: dict[int, list[str]] = {}
    for row in _ROW.findall(table):
        for number, (tag, _, content) in enumerate(_CELL.findall(row)):
            if tag == "td" and content.strip() not in _BLANK:
                by_column.setdefault(number, []).append(content)
    return {
        number
        for number, contents in by_column.items()
        if all(_NUMBER.fullmatch(content.strip()) for content in contents)
    }


def _row(row: str, numeric: set[int]) -> str:
    numbers = count()
    return _CELL.sub(lambda cell: _cell(cell, next(numbers) in numeric), row)


def _cell(cell: re.Match[str], numeric: bool) -> str:
    tag, attributes, content = cell.groups()
    tag = tag if content.strip() else "td"
    on_the_right = ' class="number"' if numeric else ""
    return f"<{tag}{attributes}{on_the_right}>{content}</{tag}>"
