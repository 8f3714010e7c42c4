"""Leave out what a company's tables do not answer, and say so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from segkit.answers.answer import MIME_TYPE as ANSWER
from segkit.workshop.chapters import Chapter, cell, notebook, tags
from segkit.workshop.exercises import Exercise, bundles, exercises_of, keys_of

__all__ = ["LeftOut", "forgiving", "lacks_data", "sift", "without"]

_FIGURE = "application/vnd.plotly.v1+json"
_FORGIVEN = "raises-exception"  # nbclient's word for a cell that may stop
_NO_ANSWER = ("missing data", "not enough data")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$&:@=])")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An exercise, or a chapter where `exercise` is empty, that the tables do not answer."""

    chapter: str
    exercise: str
    reason: str


def forgiving(chapter: Chapter) -> Chapter:
    """Let the cells of exercises and keys stop without stopping the chapter."""
    copied = deepcopy(chapter.notebook)
    for one in copied.cells:
        if {"exercise", "key"} & set(tags(one)):
            one.metadata["tags"] = [*tags(one), _FORGIVEN]
    return Chapter(chapter.name, copied)


def lacks_data(chapter: Chapter) -> bool:
    """Say whether a chapter that was run has data for none of its questions and draws nothing."""
    found = list(bundles(chapter.notebook.cells))
    states = set(_states(found).values())
    return states == {"missing data"} and not any(_FIGURE in data for data in found)


def sift(chapter: Chapter) -> list[LeftOut]:
    """Name what must be left out of a forgiving facilitator's edition that was run."""
    if lacks_data(chapter):
        return [LeftOut(chapter.name, "", "the tables have data for none of its questions")]
    states, keys = _states(list(bundles(chapter.notebook.cells))), keys_of(chapter)
    left_out = []
    for one in exercises_of(chapter):
        state = states.get(one.question, "")
        stopped = [chapter.notebook.cells[place] for place in one.cells]
        if state in _NO_ANSWER:
            reason = f"the tables do not answer {one.question} ({state})"
        elif fault := next((fault for cell in stopped for fault in _faults(cell)), ""):
            reason = f"it cannot be solved with these tables ({fault})"
        elif one.id not in keys:
            reason = "its key shows nothing"
        else:
            continue
        left_out.append(LeftOut(chapter.name, one.id, reason))
    return left_out


def without(chapter: Chapter, left_out: Sequence[LeftOut], *, told: bool) -> Chapter:
    """Take exercises out of a chapter; where `told`, a note for the facilitator says so."""
    reasons = {one.exercise: one.reason for one in left_out}
    found = exercises_of(chapter)
    gone = {one.task: one for one in found if one.id in reasons}
    skipped = {place for one in gone.values() for place in one.cells}
    none_left = bool(found) and len(gone) == len(found)
    cells: list[NotebookNode] = []
    for place, one in enumerate(chapter.notebook.cells):
        if place in gone:
            cells += _in_place_of(chapter, gone[place], reasons[gone[place].id] if told else "")
        elif place not in skipped and not (none_left and "exercise" in tags(one)):
            cells.append(_unforgiven(one))
    return Chapter(chapter.name, notebook(cells))


def _in_place_of(chapter: Chapter, gone: Exercise, reason: str) -> Iterator[NotebookNode]:
    """Write a note in place of an exercise, and keep the imports that later cells need."""
    cells = chapter.notebook.cells
    if reason:
        note = f"**Left out:** exercise {_escaped(gone.id)}, because {_escaped(reason)}."
        yield cell("markdown", note, cells[gone.task].id, ["facilitator"])
    imports = [line for place in gone.cells[1:] for line in _imports(cells[place].source)]
    if imports:
        yield cell("code", "\n".join(imports), cells[gone.work].id, ["exercise"])


def _imports(source: str) -> list[str]:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return []
    return [ast.unparse(one) for one in body if isinstance(one, ast.Import | ast.ImportFrom)]


def _unforgiven(of: NotebookNode) -> NotebookNode:
    kept = deepcopy(of)
    if _FORGIVEN in tags(kept):
        kept.metadata["tags"] = [tag for tag in tags(kept) if tag != _FORGIVEN]
    return kept


def _states(found: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Say what became of each question that was asked; the last answer counts."""
    answers = [data[ANSWER] for data in found if ANSWER in data]
    return {str(one.get("question")): str(one.get("status")) for one in answers}


def _faults(of: NotebookNode) -> Iterator[str]:
    for output in of.get("outputs", ()):
        if output.output_type == "error":
            text = _ANSI.sub("", f"{output.ename}: {output.evalue}")
            yield text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _escaped(text: str) -> str:
    """Keep foreign text from being read as Markdown or HTML."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
