"""All that a facilitator gets beside the notebooks, as files by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from segkit.notebooks.chapters import Chapter
from segkit.notebooks.lessons import read_lessons
from segkit.workshop.agenda import Length, plan
from segkit.workshop.handout import cards_page, find_cards, handout_page
from segkit.workshop.run_sheet import agenda_page, run_sheet_page
from segkit.workshop.sifting import LeftOut
from segkit.workshop.solutions import emergency_page, solution_page

__all__ = ["facilitator_pages"]


def facilitator_pages(
    chapters: Sequence[Chapter],
    company: str = "",
    *,
    lengths: Sequence[Length] = get_args(Length),
    start: str = "09:00",
    left_out: Sequence[LeftOut] = (),
) -> dict[str, str]:
    """Write run sheet, agendas, handouts, cards, solutions and first aid of executed chapters.

    Parameters
    ----------
    chapters
        Facilitator's editions, run, in the order in which they are given.
    company
        A foreign name that stands at the top of each page.
    lengths
        For which lengths there is an agenda: "half day", "one day", "two days".
    start
        When the day begins, as "HH:MM".
    left_out
        What the tables do not answer, as `build` found it; the run sheet says so.

    Returns
    -------
    dict
        Text of HTML by name of file: `run_sheet.html`, `agenda_half_day.html`, `handout.html`,
        `handouts/NN_name.html`, `solutions/NN_name.html`, `emergency.html`, and `cards.html`
        where a chapter has a consensus exercise. None of them needs a network.

    Raises
    ------
    NotebookError
        When a cell holds an error instead of a result.
    ParameterError
        When there is no such length, or the start is no time of day that leaves room.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell, notebook
    >>> chapter = Chapter("01_market", notebook([cell("markdown", "# Market", "cell-001", [])]))
    >>> list(facilitator_pages([chapter], lengths=["half day"]))[:3]
    ['run_sheet.html', 'agenda_half_day.html', 'handout.html']
    """
    lessons = read_lessons(chapters)
    pages = {"run_sheet.html": run_sheet_page(lessons, company, left_out)}
    for length in lengths:
        name = f"agenda_{length.replace(' ', '_')}.html"
        pages[name] = agenda_page(plan(lessons, length, start), lessons, company)
    pages["handout.html"] = handout_page(lessons, company)
    pages["emergency.html"] = emergency_page(lessons, company)
    cards = find_cards(lessons)
    if cards:
        pages["cards.html"] = cards_page(cards, company)
    for lesson, chapter in zip(lessons, chapters, strict=True):
        pages[f"handouts/{lesson.name}.html"] = handout_page([lesson], company)
        pages[f"solutions/{lesson.name}.html"] = solution_page(chapter, company)
    return pages
