"""When a laptop fails: solutions as reports that open on a phone, and a page of first aid."""

from __future__ import annotations

from collections.abc import Sequence

from segkit.notebooks.chapters import Chapter
from segkit.notebooks.lessons import Lesson
from segkit.report import html
from segkit.workshop.render import page, words

__all__ = ["emergency_page", "solution_page"]


def solution_page(chapter: Chapter, company: str = "") -> str:
    """Write an executed chapter, solutions and keys included, as one HTML file without a network.

    Raises
    ------
    NotebookError
        When a cell holds an error instead of a result.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell, notebook
    >>> chapter = Chapter("01_market", notebook([cell("markdown", "# Market", "cell-001", [])]))
    >>> "<title>Solutions: Market</title>" in solution_page(chapter)
    True
    """
    first = chapter.notebook.cells[0].source if chapter.notebook.cells else ""
    title = words(first.partition("\n")[0].lstrip("# ")) or chapter.name
    return html([chapter], title=f"Solutions: {title}", subtitle=company)


def emergency_page(lessons: Sequence[Lesson], company: str = "") -> str:
    """Write what to do when a laptop, the projector or the facilitator's own machine fails.

    It links to the solutions beside it and holds all expected answers, so that it alone carries
    a room through the day.

    Examples
    --------
    >>> lesson = Lesson("01_market", "Market", (), slack=0)
    >>> 'href="solutions/01_market.html"' in emergency_page([lesson])
    True
    """
    return page("emergency", "When a laptop fails", company=company, lessons=lessons)
