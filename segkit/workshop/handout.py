"""What participants hold in their hands: a handout of one page, and cards for a table of six."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from segkit.notebooks.lessons import Lesson
from segkit.questions import questions
from segkit.workshop.render import page, words

__all__ = ["Cards", "cards_page", "find_cards", "handout_page"]

_TITLE, _QUESTION = 0.8, 0.7  # of the letters of a line: bold, and beside room for a number


@dataclass(frozen=True, slots=True)
class _Size:
    """Size of letters: lines that a column has room for above the notes, letters in a line.

    `gap` is what stands below each question, in lines.
    """

    name: str
    lines: int
    letters: int
    gap: float = 0


_ONE = (_Size("roomy", 32, 84, 1), _Size("even", 44, 104, 1.4), _Size("tight", 54, 116, 1.7))
_SEVERAL = (_Size("even", 42, 56), _Size("tight", 56, 63))
_ROW = re.compile(r"^\|(.+)\|\s*$", re.MULTILINE)
_RULE = re.compile(r"[\s|:-]+")
_STEP = re.compile(r"^\d+[.)] +", re.MULTILINE)


def handout_page(lessons: Sequence[Lesson], company: str = "") -> str:
    """Write the handout of a chapter or of a day; printed, it fills one A4 page.

    It holds the questions, with room for one's own numbers, the take-aways and lines for notes.
    That of several chapters has the 24 questions, and supporting ones only for a chapter without
    any of those. Where the chapters say more than a page holds in small print, each keeps its
    first take-away; where that is still too much, the questions stand by their id alone.

    Examples
    --------
    >>> lesson = Lesson("01_market", "Market", (), slack=0, take_aways=("Bet on ranges.",))
    >>> "Bet on ranges." in handout_page([lesson])
    True
    """
    several = len(lessons) > 1
    shown, size = _fitted(lessons)
    title = "The day on one page" if several else words(lessons[0].title) if lessons else "Notes"
    return page(
        "handout",
        title,
        company=company,
        lessons=[lesson for lesson, _ in shown],
        asked=[asked for _, asked in shown],
        several=several,
        size=size,
        shorter=[lesson for lesson, _ in shown] != list(lessons),
    )


@dataclass(frozen=True, slots=True)
class Cards:
    """A consensus exercise: its title, what is asked, heads and rows of its cards, its steps."""

    title: str
    intro: str
    heads: tuple[str, ...]
    cards: tuple[tuple[str, ...], ...]
    steps: tuple[str, ...]
    prompts: tuple[str, ...]


def find_cards(lessons: Sequence[Lesson]) -> Cards | None:
    r"""Find the consensus exercise: the part with a table whose first head is "card".

    Examples
    --------
    >>> from segkit.notebooks.lessons import Step
    >>> text = "Six people.\n\n| card | speaks for |\n|---|---|\n| Chair | nobody |\n\n1. Draw."
    >>> step = Step("section", "A conference table", text=text)
    >>> found = find_cards([Lesson("02_accounts", "Accounts", (step,), slack=0)])
    >>> found.cards, found.steps
    ((('Chair', 'nobody'),), ('Draw.',))
    """
    for step in (step for lesson in lessons for step in lesson.steps):
        rows = [_cells(row) for row in _ROW.findall(step.text) if not _RULE.fullmatch(row)]
        if rows and rows[0][0].casefold() == "card":
            intro = step.text[: step.text.index("|")].strip()
            steps = tuple(" ".join(part.split()) for part in _STEP.split(step.text)[1:])
            prompts = step.discuss + step.half + step.skip + step.notes
            return Cards(step.title, intro, rows[0], tuple(rows[1:]), steps, prompts)
    return None


def cards_page(cards: Cards, company: str = "") -> str:
    """Write the cards of a consensus exercise: to print, cut out and hand round.

    Examples
    --------
    >>> heads = ("card", "speaks for")
    >>> cards = Cards("A table", "Rank.", heads, (("Chair", "nobody"),), ("Draw.",), ())
    >>> '<h3 dir="auto">Chair</h3>' in cards_page(cards)
    True
    """
    return page("cards", cards.title, company=company, cards=cards, places=range(1, 7))


def _fitted(lessons: Sequence[Lesson]) -> tuple[list[tuple[Lesson, dict[str, str]]], str]:
    """Choose the size of letters, and shorten what does not fit even at the smallest."""
    whole = [(lesson, _asked(lesson, main_only=len(lessons) > 1)) for lesson in lessons]
    sizes = _SEVERAL if len(lessons) > 1 else _ONE
    for size in sizes:
        if _lines(whole, size) <= size.lines:
            return whole, size.name
    short = [(replace(lesson, take_aways=lesson.take_aways[:1]), asked) for lesson, asked in whole]
    if _lines(short, sizes[-1]) > sizes[-1].lines:
        short = [
            (replace(lesson, take_aways=(), next_step=""), {" ".join(asked): ""} if asked else {})
            for lesson, asked in short
        ]
    return short, sizes[-1].name


def _asked(lesson: Lesson, *, main_only: bool) -> dict[str, str]:
    """List what a chapter asks; on the day's page supporting questions stand back."""
    main = {name: text for name, text in lesson.questions.items() if name in questions()}
    return main if main_only and main else lesson.questions


def _lines(shown: Sequence[tuple[Lesson, dict[str, str]]], size: _Size) -> float:
    """Estimate the lines of the longer column; a single chapter has one, several have two."""
    each = [_lines_of(lesson, asked, size) for lesson, asked in shown]
    if len(each) < 2:
        return sum(each)
    return min(max(sum(each[:cut]), sum(each[cut:])) for cut in range(1, len(each)))


def _lines_of(lesson: Lesson, asked: dict[str, str], size: _Size) -> float:
    """Estimate the lines of a chapter, two for gaps included."""
    kept = (*lesson.take_aways, lesson.next_step)
    return (
        2
        + _folded(lesson.title, _TITLE * size.letters)
        + sum(size.gap + _folded(text, _QUESTION * size.letters) for text in asked.values())
        + sum(_folded(text, size.letters) for text in kept if text)
    )


def _folded(text: str, letters: float) -> int:
    return max(ceil(len(text) / letters), 1)


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.split("|"))
