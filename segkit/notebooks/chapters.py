"""Chapters: where their sources lie, and how one becomes a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import jupytext
import nbformat
from nbformat import NotebookNode

from segkit.errors import ParameterError, SegkitError, nearest

__all__ = [
    "Chapter",
    "NotebookError",
    "cell",
    "chapter_sources",
    "languages",
    "minutes_of",
    "notebook",
    "read_notebook",
    "read_source",
    "sources_in",
    "tags",
    "text_of",
]

_TAGS = ("example", "exercise", "facilitator", "interactive", "key", "parameters")
_ENGLISH = "en"
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# What nbformat raises on JSON of another shape.
_NO_NOTEBOOK = (AttributeError, KeyError, TypeError, ValueError, nbformat.ValidationError)


class NotebookError(SegkitError):
    """A notebook that cannot be derived, run or shown."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A notebook and its name, which is that of its file without the ending."""

    name: str
    notebook: NotebookNode


def languages() -> list[str]:
    """List the languages in which chapters are written.

    English lies in the folder of the chapters, another language in a folder of its code in there.

    Examples
    --------
    >>> languages()
    ['en']
    """
    others = [path.parent.name for path in _home().glob("[a-z][a-z]/00_*.py")]
    return [_ENGLISH, *sorted(others)]


def chapter_sources(names: Sequence[str] | None = None, *, language: str = _ENGLISH) -> list[Path]:
    """Find the sources of segkit's own chapters, in the order of the book.

    Parameters
    ----------
    names
        The chapters wanted; all by default.
    language
        Code of the language they are written in.

    Raises
    ------
    ParameterError
        When a name is not that of a chapter, or there are no chapters in the language.

    Examples
    --------
    >>> [path.name for path in chapter_sources(["00_start", "01_market"])]
    ['00_start.py', '01_market.py']
    """
    if language not in languages():
        expected = f"a language with chapters: {', '.join(languages())}"
        raise ParameterError("language", "chapter_sources", expected, language)
    home = _home() if language == _ENGLISH else _home() / language
    found = {path.stem: path for path in sources_in(home)}
    for name in names or ():
        if name not in found:
            expected = f"one of {', '.join(found)}"
            raise ParameterError("names", "chapter_sources", expected, name)
    return [path for name, path in found.items() if names is None or name in names]


def sources_in(folder: str | Path) -> list[Path]:
    """List the sources of chapters in a folder, in order.

    Raises
    ------
    NotebookError
        When there is none.
    """
    found = sorted(Path(folder).glob("[0-9][0-9]_*.py"))
    if not found:
        raise NotebookError(
            f"No chapter found in {folder}: expected files such as 00_start.py, notebooks in "
            "jupytext's percent format."
        )
    return found


def read_source(path: str | Path) -> Chapter:
    """Read the source of a chapter; the ids of its cells come from their position.

    Raises
    ------
    NotebookError
        When a cell is neither code nor Markdown, or has an unknown tag.

    Examples
    --------
    >>> (source,) = chapter_sources(["00_start"])
    >>> read_source(source).notebook.cells[0].id
    'cell-001'
    """
    path = Path(path)
    parsed = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    cells = [_checked(path.stem, number, one) for number, one in enumerate(parsed.cells, start=1)]
    return Chapter(path.stem, notebook(cells))


def notebook(cells: Sequence[NotebookNode]) -> NotebookNode:
    """Bind cells into a notebook whose metadata name no version and no machine.

    Examples
    --------
    >>> notebook([cell("code", "1 + 1", "cell-001", [])]).metadata.kernelspec.name
    'python3'
    """
    return _node(cells=list(cells), metadata=_METADATA, nbformat=4, nbformat_minor=5)


def cell(
    kind: Literal["code", "markdown"],
    source: str,
    name: str,
    labels: list[str],
    minutes: int | None = None,
) -> NotebookNode:
    """Make a cell with an id, tags and the minutes that its section takes."""
    metadata: dict[str, object] = {"tags": labels} if labels else {}
    if minutes is not None:
        metadata["minutes"] = minutes
    fields: dict[str, object] = {"id": name, "metadata": metadata, "source": source}
    if kind == "code":
        fields |= {"execution_count": None, "outputs": []}
    return _node(cell_type=kind, **fields)


def read_notebook(path: str | Path) -> Chapter:
    """Read a notebook file.

    Raises
    ------
    NotebookError
        When there is no such file, or it is no notebook.

    Examples
    --------
    >>> read_notebook("none.ipynb")
    Traceback (most recent call last):
    segkit.notebooks.chapters.NotebookError: none.ipynb cannot be read: No such file or directory.
    """
    path = Path(path)
    try:
        bound = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # untyped
        nbformat.validate(bound)
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}.") from None
    except _NO_NOTEBOOK as error:
        raise NotebookError(f"{path} is not a notebook: {error}") from None
    return Chapter(path.stem, bound)


def text_of(bound: NotebookNode) -> str:
    """Write a notebook as the text of its file."""
    return str(nbformat.writes(bound)) + "\n"  # type: ignore[no-untyped-call]  # untyped


def tags(of: NotebookNode) -> list[str]:
    """Read the tags of a cell."""
    return list(of.metadata.get("tags", ()))


def minutes_of(of: NotebookNode) -> int | None:
    """Read the minutes that the section a cell begins takes."""
    minutes: int | None = of.metadata.get("minutes")
    return minutes


def _checked(chapter: str, number: int, parsed: NotebookNode) -> NotebookNode:
    if parsed.cell_type not in {"code", "markdown"}:
        raise NotebookError(
            f"Cell {number} of {chapter} is {parsed.cell_type}; expected code or Markdown."
        )
    for tag in tags(parsed):
        if tag not in _TAGS:
            raise NotebookError(
                f"Cell {number} of {chapter} has the unknown tag {tag!r}; expected one of "
                f"{', '.join(_TAGS)}.{nearest(tag, _TAGS)}"
            )
    minutes = minutes_of(parsed)
    if minutes is not None and (type(minutes) is not int or minutes < 1):
        raise NotebookError(
            f"Cell {number} of {chapter} takes minutes={minutes!r}; expected a whole number from 1."
        )
    return cell(parsed.cell_type, parsed.source, f"cell-{number:03d}", tags(parsed), minutes)


def _node(**fields: object) -> NotebookNode:
    return NotebookNode(nbformat.from_dict(fields))  # type: ignore[no-untyped-call]  # untyped


def _home() -> Path:
    """Find the chapters: inside the installed package, in `notebooks/src` of a checkout."""
    package = Path(str(files("segkit")))
    installed = package / "chapters"
    return installed if installed.is_dir() else package.parent / "notebooks" / "src"
