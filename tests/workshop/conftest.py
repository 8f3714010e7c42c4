"""Executed facilitator's editions without a kernel: cells with the outputs that a test needs."""

from collections.abc import Callable, Sequence

import nbformat
import pytest
from nbformat import NotebookNode

from segkit.answers.content import MIME_TYPE as ANSWER
from segkit.notebooks import Chapter
from segkit.notebooks.chapters import cell, notebook
from segkit.notebooks.names import KEY

FIGURE = "application/vnd.plotly.v1+json"


def _prose(source: str, *labels: str, minutes: int | None = None) -> NotebookNode:
    made = cell("markdown", source, "cell-001", list(labels))
    if minutes is not None:
        made.metadata["minutes"] = minutes
    return made


def _code(*bundles: dict, labels: Sequence[str] = ()) -> NotebookNode:
    made = cell("code", "show", "cell-002", list(labels))
    made.outputs = [
        nbformat.v4.new_output("display_data", data=nbformat.from_dict(bundle))
        for bundle in bundles
    ]
    return made


def _answer(question: str, headline: str = "A number.", status: str = "answered") -> dict:
    told = {"question": question, "text": f"What about {question}?", "phase": "market"}
    return {ANSWER: told | {"status": status, "headline": headline}, "text/plain": headline}


def _key(exercise: str, expected: str = "0.6", mistakes: Sequence[tuple[str, str]] = ()) -> dict:
    told = [{"meaning": meaning, "value": value} for value, meaning in mistakes]
    hints = ["A nudge.", "Look at `level`.", "Divide."]
    known = {"exercise": exercise, "expected": expected, "mistakes": told, "hints": hints}
    return {KEY: known | {"dropped": []}, "text/plain": exercise}


def _chapter(*cells: NotebookNode, name: str = "01_market") -> Chapter:
    return Chapter(name, notebook(cells))


@pytest.fixture
def prose() -> Callable[..., NotebookNode]:
    """A Markdown cell: source, tags, minutes."""
    return _prose


@pytest.fixture
def code() -> Callable[..., NotebookNode]:
    """A cell of code with what it displays, by MIME type."""
    return _code


@pytest.fixture
def answer() -> Callable[..., dict]:
    return _answer


@pytest.fixture
def figure() -> dict:
    return {FIGURE: {"data": [{"type": "bar", "y": [1, 2]}], "layout": {}}}


@pytest.fixture
def key() -> Callable[..., dict]:
    return _key


@pytest.fixture
def chapter() -> Callable[..., Chapter]:
    return _chapter
