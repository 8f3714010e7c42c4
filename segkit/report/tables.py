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
_ROW_HEAD = re.compile(r"<tr>\s*<th>(.*?)</th>")
_NUMBER = re.compile(
    r"[-+~\u2212\u2264\u2265$€£ ]*(?:&[lg]t;)?\d[\d.,' \u00a0\u202f]*(?:e[-+]?\d+)?\s*%?"
)
_BLANK = {"", "NaN", "nan", "None", "NaT", "<NA>", "&lt;NA&gt;", "—", "-"}
_LOST = {"NaN", "nan", "NaT", "<NA>", "&lt;NA&gt;"}
# Digits of numbers are grouped, those of names and years are not: four only beside longer ones.
_MANY_DIGITS = re.compile(r"(?<![\d.,])[1-9]\d{3,}(?![\d,])")
_FIVE_DIGITS = re.compile(r"(?<![\d.,])[1-9]\d{4}")
_HEAD = re.compile(r"<thead>.*?</thead>", re.DOTALL)
_EMPTY = re.compile(r"(<thead>.*?</thead>\s*<tbody>)\s*(</tbody>)", re.DOTALL)
_NAME = re.compile(r"(^|[ _])(id|key|code|no|nr|number|phone|postcode|year|zip)s?$", re.IGNORECASE)
_FRAME = '<div class="scroll" role="group" aria-label="Table" tabindex="0">{}</div>'


def data_table(
    columns: Sequence[object], rows: Sequence[Sequence[object]], most: int | None = None
) -> Markup:
    """Write the table behind a figure; of more rows than `most` every so many, with a note.

    Examples
    --------
    >>> '<td class="number">10,000</td>' in data_table(["spend"], [[10_000]])
    True
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    step = 1 if most is None else -(-len(rows) // most) or 1
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows[::step])
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    note = f'<p class="note">One row in {step:,} of {len(rows):,}.</p>' if step > 1 else ""
    return Markup(note + finish_tables(table))  # noqa: S704 - every cell is escaped above


def finish_tables(html: str) -> str:
    """Align numbers and group their digits, leave row numbers out, let wide tables scroll.

    What is not known is a dash, an empty table says so, and heads are words.
    """
    return _TABLE.sub(lambda found: _FRAME.format(_finished(_unnumbered(found[0]))), html)


def _cells(row: Sequence[object]) -> str:
    return "".join(f"<td>{'' if value is None else escape(value)}</td>" for value in row)


def _unnumbered(table: str) -> str:
    first, *others = _ROW_HEAD.findall(table) or ["head"]
    counted = [str(number) for number in range(len(others))]
    return _ROW_HEAD.sub("<tr>", table) if others == counted and not first else table


def _finished(table: str) -> str:
    regular = "colspan" not in table and "rowspan" not in table
    columns = _numeric_columns(table) if regular else {}
    table = _ROW.sub(lambda row: _row(row[0], columns), table)
    table = _HEAD.sub(lambda head: _CELL.sub(_in_words, head[0]), table)
    return _EMPTY.sub(r"\1<tr><td>none</td></tr>\2", table)


def _in_words(head: re.Match[str]) -> str:
    tag, attributes, name = head.groups()
    return f"<{tag}{attributes}>{name.replace('_', ' ')}</{tag}>"


def _numeric_columns(table: str) -> dict[int, bool]:
    """Find the columns that hold numbers, and whether their digits may be grouped."""
    heads: dict[int, str] = {}
    bodies: dict[int, list[str]] = {}
    for row in _ROW.findall(table):
        for number, (tag, _, content) in enumerate(_CELL.findall(row)):
            if tag == "th":
                heads.setdefault(number, content)
            elif content.strip() not in _BLANK:
                bodies.setdefault(number, []).append(content.strip())
    return {
        number: _is_grouped(heads.get(number, ""), contents)
        for number, contents in bodies.items()
        if all(map(_NUMBER.fullmatch, contents))
    }


def _is_grouped(head: str, contents: list[str]) -> bool:
    named = _NAME.search(head) or any(map(_is_padded, contents))
    return not named and any(map(_FIVE_DIGITS.search, contents))


def _is_padded(content: str) -> bool:
    return content.startswith("0") and content[1:2].isdigit()


def _row(row: str, columns: dict[int, bool]) -> str:
    numbers = count()
    return _CELL.sub(lambda cell: _cell(cell, columns.get(next(numbers))), row)


def _cell(cell: re.Match[str], grouped: bool | None) -> str:
    tag, attributes, content = cell.groups()
    tag = tag if content.strip() else "td"
    on_the_right = "" if grouped is None else ' class="number"'
    if grouped and tag == "td":
        content = _MANY_DIGITS.sub(lambda digits: f"{int(digits[0]):,}", content)
    if tag == "td" and content.strip() in _LOST:
        content = "—"
    return f"<{tag}{attributes}{on_the_right}>{content}</{tag}>"
