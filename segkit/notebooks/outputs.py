"""What the cells of an executed notebook show, by MIME type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from segkit.answers.content import MIME_TYPE as ANSWER
from segkit.notebooks.chapters import Chapter

__all__ = ["ANSWER", "FIGURE", "answer_of", "answers_of", "bundles", "lacks_data", "uncoloured"]

FIGURE = "application/vnd.plotly.v1+json"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def bundles(cells: Iterable[NotebookNode]) -> Iterator[Mapping[str, Any]]:
    """List what cells show, each by MIME type."""
    for one in cells:
        yield from (output.data for output in one.get("outputs", ()) if "data" in output)


def answer_of(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Read the answer that an output shows, if it shows one."""
    found = data.get(ANSWER)
    return found if isinstance(found, Mapping) else None


def answers_of(chapter: Chapter) -> dict[str, Mapping[str, Any]]:
    """Read the answers that a chapter shows, by question; the last one counts."""
    shown = filter(None, map(answer_of, bundles(chapter.notebook.cells)))
    return {str(one.get("question")): one for one in shown}


def lacks_data(chapter: Chapter) -> bool:
    """Say whether a chapter asks questions, has data for none of them and draws nothing."""
    states = {one.get("status") for one in answers_of(chapter).values()}
    drawn = any(FIGURE in data for data in bundles(chapter.notebook.cells))
    return states == {"missing data"} and not drawn


def uncoloured(text: str) -> str:
    r"""Take out the codes that colour text in a terminal.

    Examples
    --------
    >>> uncoloured("\x1b[31mred\x1b[0m")
    'red'
    """
    return _COLOURS.sub("", text)
