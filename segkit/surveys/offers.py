"""Choices among offers: long frames read into tasks, coded by attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.surveys.best_worst import groups_of
from segkit.surveys.coding import Coding, attribute_of
from segkit.surveys.intake import Flags, TaskRows, find_columns, labels
from segkit.surveys.logit import Ints, Tasks, check_rank

__all__ = ["OfferTasks", "read_offers"]

_WHAT = "The choices among offers"
_WORDS = {"yes": 1, "true": 1, "x": 1, "no": 0, "false": 0, "": 0}
_SAME_PLACE = "the respondent always chose the offer at the same place"


@dataclass(frozen=True)
class OfferTasks:
    """Tasks with one offer chosen, and how the offers are coded."""

    tasks: Tasks
    coding: Coding
    persons: pd.Index
    groups: pd.Series | None
    ledger: pd.DataFrame
    notes: tuple[str, ...]


def read_offers(
    frame: Any,
    names: dict[str, str | None],
    kinds: dict[str, str | None] | None,
    coding: str,
) -> OfferTasks:
    """Read one row for each offer; a row without any attribute is "none of these".

    Raises
    ------
    DataError
        If columns are missing, choices are no choices, no task can be used, a respondent belongs
        to two groups, or attributes repeat each other.
    """
    table, found = find_columns(frame, names, _WHAT, optional=("respondent", "alternative"))
    notes: list[str] = []
    plain = pd.DataFrame(
        {
            "respondent": table[found.get("respondent", found["task"])],
            "task": table[found["task"]],
            "_chosen": _flags(table[found["chosen"]]),
        }
    )
    if "group" in found:
        plain["group"] = table[found["group"]]
    if "respondent" not in found:
        notes.append("No column names the respondents: each task counts as one.")
    plain["_row"] = np.arange(len(table))
    rows = TaskRows(plain)
    given = table.iloc[rows.frame["_row"]]
    wanted = _wanted(given, found, kinds, rows.starts, notes)
    given = given[list(wanted)]
    _judge(rows, given, given.isna().all(axis=1).to_numpy())
    used, starts, person, persons = rows.used()
    given = given[np.repeat(rows.reasons == "", rows.sizes)]
    none = given.isna().all(axis=1).to_numpy()
    attributes = tuple(attribute_of(given[name], kind) for name, kind in wanted.items())
    coded = Coding(attributes, bool(none.any()), coding)
    chosen = np.flatnonzero(used["_chosen"].to_numpy())
    tasks = Tasks(coded.rows(given, none, _WHAT), starts, chosen, person)
    names_of_all = coded.free_names()
    if len(starts) < len(names_of_all):
        raise DataError(
            f"There are more coefficients ({', '.join(names_of_all)}) than tasks ({len(starts)}). "
            "Ask more tasks, or name fewer attributes."
        )
    check_rank(tasks, names_of_all)
    groups = groups_of(used, starts, person, persons) if "group" in found else None
    return OfferTasks(tasks, coded, persons, groups, rows.ledger(), (*notes, *rows.notes()))


def _flags(column: pd.Series) -> Flags:
    """Read 1 and 0, true and false, or words for them; an empty cell is no choice."""
    if column.dtype.kind in "bui" and column.isin([0, 1]).all():
        return column.to_numpy(dtype=bool)
    text = column.astype(object).where(column.notna(), 0)
    words = text.map(lambda cell: _WORDS.get(str(cell).strip().lower(), cell))
    numbers = pd.to_numeric(words, errors="coerce")
    wrong = ~numbers.isin([0, 1]).to_numpy()
    if wrong.any():
        odd = ", ".join(repr(cell) for cell in text[wrong].unique()[:3])
        raise DataError(
            f"{column.name!r} must be 1 for the offer chosen and 0 for the others. "
            f"Found {odd} in rows {labels(column.index, wrong)}."
        )
    return numbers.to_numpy(dtype=bool)


def _wanted(
    table: pd.DataFrame,
    found: dict[str, str],
    kinds: dict[str, str | None] | None,
    starts: Ints,
    notes: list[str],
) -> dict[str, str | None]:
    """Take the attributes named, or else each column that varies within tasks."""
    there = [str(name) for name in table.columns]
    if kinds is not None:
        lost = [
            f"no attribute {each!r}.{nearest(each, there)}" for each in kinds if each not in there
        ]
        if lost or not kinds:
            told = "; ".join(lost) or "no attribute named."
            raise DataError(f"{_WHAT}: {told} Columns found: {', '.join(there)}.")
        return kinds
    rest = [name for name in there if name not in found.values() and name != "alternative"]
    fixed = [name for name in rest if not _varies(table[name], starts)]
    if fixed:
        notes.append(f"Not attributes, for they do not vary within tasks: {', '.join(fixed)}.")
    if len(fixed) == len(rest):
        raise DataError(f"{_WHAT}: no attribute varies within a task. Columns: {', '.join(there)}.")
    return dict.fromkeys(name for name in rest if name not in fixed)


def _varies(values: pd.Series, starts: Ints) -> bool:
    """Say whether some task shows two values; an empty cell is none."""
    number = values.dtype.kind in "biuf"
    codes = values.to_numpy(float) if number else pd.factorize(values)[0].astype(float)
    if not number:
        codes[codes < 0] = np.nan
    return bool((np.fmax.reduceat(codes, starts) > np.fmin.reduceat(codes, starts)).any())


def _judge(rows: TaskRows, given: pd.DataFrame, none: Flags) -> None:
    """Set aside tasks that hold no choice of one offer."""
    chosen = rows.frame["_chosen"].to_numpy()
    picked = rows.per_task(chosen)
    gaps = given.isna().any(axis=1).to_numpy() & ~none
    rows.set_aside(
        rows.per_task(gaps) > 0, "an attribute is missing ('none of these' has none at all)"
    )
    rows.set_aside(rows.per_task(none) > 1, "several offers without attributes")
    rows.set_aside(rows.sizes < 2, "a task of one offer")
    rows.set_aside(picked == 0, "nothing chosen")
    rows.set_aside(picked > 1, "several offers chosen")
    blind = rows.same_place(chosen)
    if blind.any():
        rows.set_aside((blind & ~_loyal(rows, given, chosen))[rows.person], _SAME_PLACE)


def _loyal(rows: TaskRows, given: pd.DataFrame, chosen: Flags) -> Flags:
    """Flag persons who may follow one attribute: always one level, the least or the most."""
    person = rows.person[rows.task_of_rows[chosen]]
    follows = given[chosen].groupby(person).nunique(dropna=False).eq(1)
    for name in given.select_dtypes("number"):
        values = given[name].to_numpy(dtype=float)
        for end in (np.fmin, np.fmax):
            at_end = values[chosen] == end.reduceat(values, rows.starts)[rows.task_of_rows[chosen]]
            follows[f"{end.__name__} {name}"] = pd.Series(at_end).groupby(person).all()
    loyal = follows.any(axis=1)
    return loyal.reindex(range(len(rows.persons)), fill_value=False).to_numpy(dtype=bool)
