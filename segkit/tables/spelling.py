"""Categories that differ in nothing but case, spaces and punctuation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from segkit.errors import DataError, MissingPackageError
from segkit.tables.draft import Draft
from segkit.tables.faults import Fault, shorten
from segkit.tables.names import listing, squash
from segkit.tables.raw import Source

__all__ = ["check_spelling"]


def check_spelling(drafts: Mapping[str, Draft], others: Iterable[Source]) -> Iterator[Fault]:
    """Note spellings of what is probably one category, within a table and across tables.

    A column is compared with the columns of the same name in other tables and in small files that
    hold no table, such as a list of products.

    Parameters
    ----------
    drafts : mapping of str to Draft
        Checked tables, by name.
    others : iterable of Source
        What is there besides.
    """
    spelled: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    places: dict[str, tuple[str, str]] = {}
    for draft in drafts.values():
        for column in draft.table.columns.values():
            # What the schema lists is spelled in one way already.
            free = column.type == "category" and not column.values  # noqa: PD011 - of the schema
            if free and column.name in draft.readings:
                name = squash(draft.columns[column.name])
                places.setdefault(name, (draft.table.name, column.name))
                typed = draft.readings[column.name].typed[draft.used]
                _count(spelled[name], typed, draft.table.name)
    for source in others:
        for name, cells in _categories(source, set(places)):
            _count(spelled[name], cells, source.origin)
    for name, place in places.items():
        yield from _near(spelled[name], *place)


def _categories(source: Source, wanted: set[str]) -> Iterator[tuple[str, pd.Series]]:
    if not source.small:
        return
    try:
        frame = source.load().frame
    except (DataError, MissingPackageError, OSError):  # reported with the sources that are not used
        return
    for name in map(str, frame):
        if squash(name) in wanted:
            yield squash(name), frame[name].dropna().astype(str).str.strip()


def _count(spelled: dict[str, list[tuple[str, str]]], cells: pd.Series, where: str) -> None:
    for word, count in cells.value_counts().items():
        spelled[str(word)].append((where, "1 row" if count == 1 else f"{count:,} rows"))


def _near(spelled: Mapping[str, list[tuple[str, str]]], table: str, column: str) -> Iterator[Fault]:
    same = defaultdict(list)
    for word in spelled:
        same[squash(word)].append(word)
    for words in same.values():
        if len(words) > 1:
            examples = tuple(
                (where, f"{shorten(word)} ({count})")
                for word in words
                for where, count in spelled[word]
            )
            message = (
                f"{listing(words)} are probably one; choose one in segkit.toml: "
                f"[tables.{table}.values.{column}]"
            )
            yield Fault(table, column, "near-identical values", message, 0, examples[:5])
