import ast
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from segkit.errors import ParameterError
from segkit.notebooks import Chapter, NotebookError, run
from segkit.notebooks.chapters import cell, notebook, text_of
from segkit.notebooks.runner import with_parameters

HOSTILE = 'exports"); import os; os._exit(1)  #\u2028!exit\n%exit\n?'


def chapter(*sources: str, name: str = "00_start") -> Chapter:
    """A notebook whose first cell holds the parameters."""
    first = cell("code", 'source = "larkspur"\nk = 3', "parameters", ["parameters"])
    rest = [cell("code", source, f"cell-{n:03d}", []) for n, source in enumerate(sources)]
    return Chapter(name, notebook([first, *rest]))


def printed(done: Chapter) -> str:
    streams = [out for one in done.notebook.cells for out in one.get("outputs", ())]
    return "".join(out.text for out in streams if out.output_type == "stream")


@given(st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.none())
@example(HOSTILE)
@example("\x0c!ls")
@example("\ud800")
def test_a_parameter_is_a_literal_and_nothing_else(value):
    source = with_parameters(chapter(), {"source": value}).notebook.cells[0].source
    assert TransformerManager().transform_cell(source) == source + "\n"
    assert source.splitlines() == [source.splitlines()[0], "k = 3"]
    statement, _ = ast.parse(source).body
    assert ast.literal_eval(statement.value) == value


def test_parameters_take_the_place_of_their_defaults():
    (first,) = with_parameters(chapter(), {"k": True, "source": "a"}).notebook.cells
    assert first.source == "source = 'a'\nk = True"


def test_an_unknown_parameter_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match=r"source, k.*Did you mean 'source'\?.*'sorce'"):
        with_parameters(chapter(), {"sorce": "a"})


def test_a_notebook_without_parameters_takes_none():
    bare = Chapter("my", notebook([cell("code", "source = 1", "cell-001", [])]))
    with pytest.raises(ParameterError, match="parameters cell names them: none"):
        with_parameters(bare, {"source": "a"})


def test_a_parameters_cell_with_magics_is_refused():
    magic = cell("code", "%time\nsource = 1", "cell-001", ["parameters"])
    with pytest.raises(NotebookError, match=r"of my must be plain Python: .* in its line 1"):
        with_parameters(Chapter("my", notebook([magic])), {"source": "a"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ["a"], b"a", np.float64(1)])
def test_only_plain_values_are_parameters(value):
    with pytest.raises(ParameterError, match="a string, a finite number"):
        with_parameters(chapter(), {"source": value})


def test_kernels_are_all_alike():
    looks = (
        "import os, sys\n"
        "print(os.listdir(), sys.executable, hash('a') == hash('a'))\n"
        "print(os.environ['PYTHONHASHSEED'], os.environ['OMP_NUM_THREADS'])\n"
        "print(repr(source), k)"
    )
    steps = []
    before = [chapter(looks, name="a"), chapter(looks, "", name="b")]
    kept = [text_of(one.notebook) for one in before]
    done = run(before, {"source": HOSTILE}, progress=steps.append)
    for one in done:
        assert printed(one) == f"[] {sys.executable} True\n0 1\n{HOSTILE!r} 3\n"
        assert one.notebook.metadata.language_info == {"name": "python"}
    assert [one.name for one in done] == ["a", "b"]
    assert kept == [text_of(one.notebook) for one in before]
    for name in ("a", "b"):
        mine = [step for step in steps if step.chapter == name]
        assert [(step.done, step.of) for step in mine] == [(1, 2), (2, 2)]
        assert 0 < mine[0].elapsed <= mine[-1].elapsed


def test_outputs_do_not_depend_on_workers():
    books = [
        chapter(
            f"import sys\nprint({n})\nprint('warned', file=sys.stderr)\nprint({n})",
            "display({'text/plain': 'a'}, raw=True)\n{3, 1, 2}",
            name=str(n),
        )
        for n in range(2)
    ]
    serial, parallel = run(books, workers=1), run(books, workers=2)
    assert [text_of(one.notebook) for one in serial] == [text_of(one.notebook) for one in parallel]
    outputs = serial[1].notebook.cells[1].outputs
    assert [(out.name, out.text) for out in outputs] == [
        ("stdout", "1\n1\n"),
        ("stderr", "warned\n"),
    ]


@pytest.mark.parametrize(
    ("source", "timeout", "reason"),
    [
        ("x = 1\nraise ValueError('no such table')", 60, r"\(x = 1\): ValueError: no such table$"),
        ("import time\ntime.sleep(60)", 1, "it took more than 1 seconds"),
        ("import os\nos._exit(1)", 60, "Kernel died"),
    ],
)
def test_a_cell_that_stops_is_named(source, timeout, reason):
    with pytest.raises(NotebookError, match=f"^03_value stopped at code cell 2 .*{reason}") as told:
        run([chapter(source, name="03_value")], {"k": 1}, timeout=timeout)
    assert "Traceback" not in str(told.value)
    assert "\x1b" not in str(told.value)


def test_the_first_fault_in_the_order_of_the_book_is_told():
    late = chapter("import time\ntime.sleep(1)\nraise ValueError('first')", name="a")
    soon = chapter("raise ValueError('second')", name="b")
    with pytest.raises(NotebookError, match=r"a stopped .* first"):
        run([late, soon])


def test_output_widgets_do_not_hang():
    """nbclient's issue 312: without care, some runs of such a notebook never end."""
    pytest.importorskip("ipywidgets")
    source = (
        "import ipywidgets\n"
        "@ipywidgets.interact(n=(0, 9))\n"
        "def show(n=3):\n"
        "    for i in range(n):\n"
        "        print(i)\n"
    )
    (done,) = run([chapter(*[source] * 5)], timeout=30)
    assert "widgets" not in done.notebook.metadata


def test_controls_run_and_leave_nothing_behind():
    one = chapter(
        "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider", "print(slider.value)"
    )
    one.notebook.cells[1].metadata["tags"] = ["interactive"]
    (done,) = run([one])
    assert done.notebook.cells[1].outputs == []
    assert done.notebook.cells[1].execution_count == 2
    assert printed(done) == "3\n"
    assert "widgets" not in done.notebook.metadata
