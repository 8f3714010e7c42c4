"""Exercises in a chapter: which cells they are, what their keys say, and which must be left out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from segkit.notebooks.chapters import Chapter, NotebookError, tags
from segkit.notebooks.names import KEY
from segkit.notebooks.outputs import bundles

__all__ = [
    "Exercise",
    "check_source",
    "exercises_file",
    "exercises_of",
    "keys_of",
    "without_checks",
]

_HEADING = re.compile(r"^#+ +Exercise +(\S+?)(?: +\((\d+) minutes?\))?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise of a chapter: where its cells stand, from 0, and the minutes it takes.

    `task` is the Markdown cell, `work` the code cell that calls `check`, `key` the one that calls
    `key` - None in an edition without keys.
    """

    id: str
    minutes: int | None
    task: int
    work: int
    key: int | None

    @property
    def question(self) -> str:
        """The id of the question the exercise is about, such as "M1"."""
        return self.id.rpartition(".")[0]

    @property
    def cells(self) -> tuple[int, ...]:
        """All its cells."""
        return (self.task, self.work) if self.key is None else (self.task, self.work, self.key)


def exercises_of(chapter: Chapter) -> list[Exercise]:
    """List the exercises of a chapter, in order.

    An exercise is a Markdown cell headed "Exercise M1.2 (5 minutes)", a code cell that calls
    `check("M1.2", ...)` and, except for participants, one tagged "key" that calls
    `key("M1.2", ...)`.

    Raises
    ------
    NotebookError
        When a cell is missing or names another exercise, or two exercises have one id; names all.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell, notebook
    >>> task = cell("markdown", "### Exercise M1.2 (5 minutes)", "cell-001", ["exercise"])
    >>> work = cell("code", "check('M1.2', None)", "cell-002", ["exercise"])
    >>> exercises_of(Chapter("01_market", notebook([task, work])))
    [Exercise(id='M1.2', minutes=5, task=0, work=1, key=None)]
    """
    cells = chapter.notebook.cells
    found: list[Exercise] = []
    faults: list[str] = []
    for place, one in enumerate(cells):
        heading = _heading(one)
        if heading is None:
            continue
        name, minutes = heading[1], int(heading[2]) if heading[2] else None
        if not _is_code(cells, place + 1, "exercise"):
            faults.append(f"{name}: the cell after its heading is no code tagged as exercise.")
            continue
        key = place + 2 if _is_code(cells, place + 2, "key") else None
        found.append(Exercise(name, minutes, place, place + 1, key))
        if name in [other.id for other in found[:-1]]:
            faults.append(f"{name}: two exercises have this id.")
    faults += _misplaced(cells, found)
    if faults:
        raise NotebookError("\n".join([f"The exercises of {chapter.name} have faults:", *faults]))
    return found


def check_source(chapter: Chapter) -> None:
    """Refuse a source in which an exercise lacks its check or its key.

    Raises
    ------
    NotebookError
        Names all of them.
    """
    cells = chapter.notebook.cells
    lacking = [
        f"{one.id}: no {name}({one.id!r}, ...) in its cells."
        for one in exercises_of(chapter)
        for name, place in (("check", one.work), ("key", one.key))
        if place is None or (name, one.id) not in _calls(cells[place])
    ]
    if lacking:
        raise NotebookError("\n".join([f"The exercises of {chapter.name} have faults:", *lacking]))


def keys_of(chapter: Chapter) -> dict[str, dict[str, Any]]:
    """Read the keys that a facilitator's edition holds once it was run, by exercise.

    Each names `exercise, expected, mistakes, dropped, hints, sealed`, as `Key.to_record` does.

    Examples
    --------
    >>> from segkit.notebooks.chapters import notebook
    >>> keys_of(Chapter("00_start", notebook([])))
    {}
    """
    found = bundles(chapter.notebook.cells)
    return {data[KEY]["exercise"]: data[KEY] for data in found if KEY in data}


def exercises_file(chapters: Iterable[Chapter]) -> str:
    """Write what `check` reads: the exercises of facilitator's editions that were run, sealed.

    Raises
    ------
    NotebookError
        When two chapters have an exercise of the same id.

    Examples
    --------
    >>> json.loads(exercises_file([]))
    {'exercises': {}}
    """
    known: dict[str, Any] = {}
    for chapter in chapters:
        for name, key in keys_of(chapter).items():
            if name in known:
                other = known[name]["chapter"]
                raise NotebookError(f"{other} and {chapter.name} both have an exercise {name}.")
            # Notebook files hold mappings sorted.
            known[name] = {"chapter": chapter.name, **dict(sorted(key["sealed"].items()))}
    return json.dumps({"exercises": known}, ensure_ascii=False, indent=1) + "\n"


def without_checks(source: str) -> str:
    r"""Take the calls of `check` out of a cell: there is nobody to check in a solution.

    Examples
    --------
    >>> without_checks('share = 0.4\ncheck("M1.2", share)')
    'share = 0.4'
    """
    lines = source.splitlines()
    for statement in reversed(_statements(source)):
        if _called(statement, "check") is not None:
            del lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(lines).rstrip()


def _heading(of: NotebookNode) -> re.Match[str] | None:
    is_task = of.cell_type == "markdown" and "exercise" in tags(of)
    return _HEADING.search(of.source) if is_task else None


def _is_code(cells: Sequence[NotebookNode], place: int, tag: str) -> bool:
    if place >= len(cells):
        return False
    return cells[place].cell_type == "code" and tag in tags(cells[place])


def _misplaced(cells: Sequence[NotebookNode], found: Iterable[Exercise]) -> Iterator[str]:
    """Name calls that stand in a cell of another exercise, or of none."""
    owner = {place: one.id for one in found for place in one.cells}
    for place, one in enumerate(cells):
        for name, exercise in _calls(one):
            if owner.get(place) != exercise:
                yield (
                    f"{exercise}: cell {place + 1} calls {name}, and belongs to "
                    f"{owner.get(place, 'no exercise')}."
                )


def _calls(of: NotebookNode) -> list[tuple[str, str]]:
    """List the calls of `check` and `key` in a cell, each with the exercise it names."""
    if of.cell_type != "code" or not {"exercise", "key"} & set(tags(of)):
        return []
    return [
        (name, str(exercise))
        for statement in _statements(of.source)
        for name in ("check", "key")
        if (exercise := _called(statement, name)) is not None
    ]


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def _called(statement: ast.stmt, name: str) -> str | None:
    """Say which exercise a statement calls `name` with, or None if it is no such call."""
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return None
    function, given = statement.value.func, statement.value.args
    if not (isinstance(function, ast.Name) and function.id == name and given):
        return None
    return str(given[0].value) if isinstance(given[0], ast.Constant) else ""
