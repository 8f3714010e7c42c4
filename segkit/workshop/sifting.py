"""Leave out what a company's tables do not answer, and say so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from segkit import errors
from segkit.notebooks.chapters import Chapter, cell, notebook, tags
from segkit.notebooks.exercises import Exercise, exercises_of, keys_of
from segkit.notebooks.outputs import answers_of, lacks_data, uncoloured

__all__ = ["LeftOut", "forgiving", "sift", "without"]

_FORGIVEN = "raises-exception"  # nbclient's word for a cell that may stop
_NO_ANSWER = ("missing data", "not enough data")
_MISSING = "Missing: "
_NO_TABLE = "There is no table"
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
        if one.cell_type == "code" and {"exercise", "key"} & set(tags(one)):
            one.metadata["tags"] = [*tags(one), _FORGIVEN]
    return Chapter(chapter.name, copied)


def sift(chapter: Chapter) -> list[LeftOut]:
    """Name what must be left out of a forgiving facilitator's edition that was run."""
    if lacks_data(chapter):
        return [LeftOut(chapter.name, "", "the tables have data for none of its questions")]
    keys = keys_of(chapter)
    found = ((one, _reason(chapter, one, known=one.id in keys)) for one in exercises_of(chapter))
    return [LeftOut(chapter.name, one.id, reason) for one, reason in found if reason]


def _reason(chapter: Chapter, exercise: Exercise, *, known: bool) -> str:
    """Say why an exercise cannot be given: its question, another that it needs, or what stopped."""
    answers = answers_of(chapter)
    cells = [chapter.notebook.cells[place] for place in exercise.cells]
    faults = [output for one in cells for output in one.get("outputs", ()) if _is_error(output)]
    needed = [exercise.question, *(_questions_used(chapter, cells) if faults else ())]
    unanswered = [name for name in needed if answers.get(name, {}).get("status") in _NO_ANSWER]
    if unanswered:
        return f"the tables do not answer {unanswered[0]} ({_why(answers[unanswered[0]])})"
    if faults:
        return f"it cannot be solved with these tables: {_explained(faults[0])}"
    return "" if known else "its key shows nothing"


def _questions_used(chapter: Chapter, cells: Sequence[NotebookNode]) -> list[str]:
    """List the questions whose answers some cells use: "S6" of `goal = base.ask("S6")`."""
    asked: dict[str, str] = {}
    for one in _statements(chapter.notebook.cells):
        match one:
            case ast.Assign(
                [ast.Name(name)], ast.Call(ast.Attribute(attr="ask"), [ast.Constant(question)])
            ):
                asked[name] = str(question)
    used = {
        node.id
        for one in _statements(cells)
        for node in ast.walk(one)
        if isinstance(node, ast.Name)
    }
    return [question for name, question in asked.items() if name in used]


def _statements(cells: Sequence[NotebookNode]) -> Iterator[ast.stmt]:
    """List the statements of cells of code that are plain Python."""
    for one in cells:
        if one.cell_type == "code":
            with suppress(SyntaxError):
                yield from ast.parse(one.source).body


def _why(answer: Mapping[str, Any]) -> str:
    """Say what a question lacks, in the words of its refusal."""
    words = str(answer.get("headline", ""))
    missing = words.partition(_MISSING)[2]
    return _shortened(f"missing: {missing}" if missing else words)


def _explained(fault: NotebookNode) -> str:
    """Say what stopped a solution; what Python says itself is no help before a room of people."""
    text = uncoloured(fault.evalue)
    if fault.ename in errors.__all__ or text.startswith(_NO_TABLE):
        return _shortened(text)
    if fault.ename == "KeyError":
        return _shortened(f"they give no {text}")
    return "a step of its solution does not fit them"


def _is_error(output: NotebookNode) -> bool:
    return bool(output.output_type == "error")


def _shortened(text: str) -> str:
    text = text.strip().removesuffix(".")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


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
    found = _statements([cells[place] for place in gone.cells])
    imports = [ast.unparse(one) for one in found if isinstance(one, ast.Import | ast.ImportFrom)]
    if imports:
        yield cell("code", "\n".join(imports), cells[gone.work].id, ["exercise"])


def _unforgiven(of: NotebookNode) -> NotebookNode:
    kept = deepcopy(of)
    if _FORGIVEN in tags(kept):
        kept.metadata["tags"] = [tag for tag in tags(kept) if tag != _FORGIVEN]
        # What a cell between exercises stopped at is told of the exercises that need it.
        kept.outputs = [output for output in kept.outputs if output.output_type != "error"]
    return kept


def _escaped(text: str) -> str:
    """Keep foreign text from being read as Markdown or HTML."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
