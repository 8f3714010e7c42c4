"""Executed notebooks without a kernel: cells with the outputs that a test needs."""

from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode

from segkit.notebooks import Chapter
from segkit.notebooks.chapters import cell, notebook


def _code(source: str, *outputs: NotebookNode | dict) -> NotebookNode:
    executed = cell("code", source, "cell-001", [])
    executed.outputs = [
        out
        if isinstance(out, NotebookNode)
        else nbformat.v4.new_output("display_data", data=nbformat.from_dict(out))
        for out in outputs
    ]
    return executed


@pytest.fixture
def code() -> Callable[..., NotebookNode]:
    """A cell of code with outputs; a dict is shorthand for displayed data by MIME type."""
    return _code


@pytest.fixture
def markdown() -> Callable[[str], NotebookNode]:
    return lambda source: cell("markdown", source, "cell-002", [])


@pytest.fixture
def chapter() -> Callable[..., Chapter]:
    return lambda *cells, name="01_market": Chapter(name, notebook(cells))
