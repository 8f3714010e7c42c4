"""Three editions of each chapter, derived from its one source: analyst, exercises, facilitator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Literal, get_args

from segkit.errors import ParameterError
from segkit.notebooks.chapters import (
    Chapter,
    NotebookError,
    chapter_sources,
    notebook,
    read_notebook,
    read_source,
    sources_in,
    tags,
    text_of,
)
from segkit.notebooks.exercises import check_source, exercises_file, keys_of, without_checks
from segkit.notebooks.lessons import with_minutes
from segkit.notebooks.names import EXERCISES
from segkit.notebooks.runner import Progress, run, with_parameters

__all__ = ["Edition", "analyst_editions", "derive", "draft", "edition", "stale"]

Edition = Literal["analyst", "exercises", "facilitator"]

_FOLDERS: dict[Edition, str] = {
    "analyst": "",
    "exercises": "exercises",
    "facilitator": "facilitator",
}
_EXERCISES = f"exercises/{EXERCISES}"
_LEFT_OUT: dict[Edition, tuple[str, ...]] = {
    "analyst": ("exercise", "facilitator", "key"),
    "exercises": ("facilitator", "key"),
    "facilitator": (),
}
_SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_MARKER = re.compile(r"### (BEGIN|END) SOLUTION")


def edition(chapter: Chapter, kind: Edition) -> Chapter:
    r"""Derive an edition of a chapter, not yet run.

    The analyst's has no exercises and no notes for facilitators; the exercises have
    `# Your code here` in place of solutions and no keys; the facilitator's has everything but the
    calls of `check`: the keys show what is right. Each says what the whole chapter takes.

    Raises
    ------
    NotebookError
        When a solution lies outside an exercise, its two markers do not match, or an exercise
        lacks its check or its key.
    ParameterError
        When there is no such edition.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell
    >>> source = "### BEGIN SOLUTION\nshare = 0.4\n### END SOLUTION"
    >>> chapter = Chapter("00_start", notebook([cell("code", source, "cell-001", ["exercise"])]))
    >>> edition(chapter, "exercises").notebook.cells[0].source
    '# Your code here'
    >>> edition(chapter, "analyst").notebook.cells
    []
    """
    return with_minutes(draft(chapter, kind), chapter)


def draft(chapter: Chapter, kind: Edition) -> Chapter:
    """Derive an edition that does not say yet what it takes: exercises may still be left out."""
    if kind not in get_args(Edition):
        raise ParameterError("kind", "edition", f"one of {', '.join(get_args(Edition))}", kind)
    _check_markers(chapter)
    check_source(chapter)
    cells = [
        deepcopy(cell)
        for cell in chapter.notebook.cells
        if not set(tags(cell)) & set(_LEFT_OUT[kind])
    ]
    if kind == "exercises":
        for cell in cells:
            cell.source = _SOLUTION.sub(r"\1# Your code here", cell.source)
    if kind == "facilitator":
        for cell in cells:
            if "exercise" in tags(cell) and cell.cell_type == "code":
                cell.source = without_checks(cell.source)
    return Chapter(chapter.name, notebook(cells))


def analyst_editions(source: str) -> dict[str, str]:
    """Write segkit's own chapters for a company's tables, by name of file and not yet run.

    Parameters
    ----------
    source
        Where the tables lie, seen from the notebooks.

    Examples
    --------
    >>> "source = '../my-tables'" in analyst_editions("../my-tables")["00_start.ipynb"]
    True
    """
    derived = [edition(read_source(path), "analyst") for path in chapter_sources()]
    return {
        f"{chapter.name}.ipynb": text_of(with_parameters(chapter, {"source": source}).notebook)
        for chapter in derived
    }


def derive(
    source_folder: str | Path,
    target_folder: str | Path,
    *,
    execute: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> list[Path]:
    r"""Write every edition of every chapter, and return the files written.

    Parameters
    ----------
    source_folder
        Holds the sources, `NN_name.py`.
    target_folder
        Receives `NN_name.ipynb`, `exercises/NN_name.ipynb` and `facilitator/NN_name.ipynb`, and
        `exercises/exercises.json` from the keys of facilitator's editions that were run.
    execute
        Whether the analyst's and the facilitator's editions are run, so that they hold outputs.
    progress
        Called after each cell that was run.

    Raises
    ------
    NotebookError
        When a source cannot be derived or a cell does not run.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "00_start.py").write_text("# %% [markdown]\n# # Start")
    ...     [path.parent.name for path in derive(folder, folder, execute=False)[1:]]
    ['exercises', 'facilitator']
    """
    written = []
    for name, text in _derived(source_folder, execute, progress):
        path = Path(target_folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def stale(
    source_folder: str | Path,
    target_folder: str | Path,
    *,
    execute: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> list[str]:
    r"""Name the derived files that differ from what their sources give now.

    Files that are missing, or have lost their source, are named too. With `execute=False` outputs
    are not compared, nor the exercises' keys, which come from outputs.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "00_start.py").write_text("# %% [markdown]\n# # Start")
    ...     written = derive(folder, folder, execute=False)
    ...     written[0].unlink()
    ...     stale(folder, folder, execute=False)
    ['00_start.ipynb']
    """
    target = Path(target_folder)
    fresh = dict(_derived(source_folder, execute, progress))
    kept = {
        path.relative_to(target).as_posix(): _text(path, execute)
        for folder in _FOLDERS.values()
        for path in (target / folder).glob("*.ipynb")
    }
    if execute and (target / _EXERCISES).is_file():
        kept[_EXERCISES] = (target / _EXERCISES).read_text(encoding="utf-8")
    names = sorted(fresh.keys() | kept.keys())
    return [name for name in names if fresh.get(name) != kept.get(name)]


def _derived(
    folder: str | Path, execute: bool, progress: Callable[[Progress], None] | None
) -> Iterator[tuple[str, str]]:
    chapters = [read_source(path) for path in sources_in(folder)]
    for kind in get_args(Edition):
        derived: Sequence[Chapter] = [edition(chapter, kind) for chapter in chapters]
        if execute and kind != "exercises":
            derived = run(derived, progress=progress)
        for chapter in derived:
            name = Path(_FOLDERS[kind], f"{chapter.name}.ipynb").as_posix()
            yield name, text_of(chapter.notebook)
        if any(map(keys_of, derived)):
            yield _EXERCISES, exercises_file(derived)


def _check_markers(chapter: Chapter) -> None:
    for number, cell in enumerate(chapter.notebook.cells, start=1):
        if not _MARKER.search(cell.source):
            continue
        if "exercise" not in tags(cell):
            raise NotebookError(
                f"Cell {number} of {chapter.name} holds a solution but is not tagged as exercise."
            )
        if _MARKER.search(_SOLUTION.sub("", cell.source)):
            raise NotebookError(
                f"Cell {number} of {chapter.name} has a solution marker without its other half: "
                "each ### BEGIN SOLUTION needs an ### END SOLUTION after it."
            )


def _text(path: Path, outputs: bool) -> str:
    if outputs:
        return path.read_text(encoding="utf-8")
    bound = read_notebook(path).notebook
    for cell in bound.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return text_of(bound)
