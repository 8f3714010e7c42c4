"""What must be true of the notebooks in the repository, without running them."""

from pathlib import Path

import nbformat
import pytest

from segkit.notebooks import read_notebook, stale
from segkit.notebooks.chapters import sources_in
from segkit.notebooks.exercises import exercises_file, keys_of
from segkit.workshop import check

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = [path.stem for path in sources_in(NOTEBOOKS / "src")]
EXECUTED = [f"{folder}{name}.ipynb" for folder in ("", "facilitator/") for name in NAMES]


def code_cells(name: str) -> list:
    bound = nbformat.read(NOTEBOOKS / name, as_version=4)
    return [cell for cell in bound.cells if cell.cell_type == "code"]


def test_every_notebook_is_that_of_its_source():
    assert stale(NOTEBOOKS / "src", NOTEBOOKS, execute=False) == []


@pytest.mark.parametrize("name", EXECUTED)
def test_every_cell_has_been_run_in_order_and_without_a_fault(name):
    cells = code_cells(name)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {out.output_type for cell in cells for out in cell.outputs}
    assert kinds <= {"display_data", "execute_result", "stream"}
    assert not [out for cell in cells for out in cell.outputs if out.get("name") == "stderr"]


@pytest.mark.parametrize("name", EXECUTED)
def test_figures_are_stored_as_data_only(name):
    """With plotly.js inside, a notebook has 5 MB."""
    bundles = [out.data for cell in code_cells(name) for out in cell.outputs if "data" in out]
    figures = [bundle for bundle in bundles if "application/vnd.plotly.v1+json" in bundle]
    assert all("text/html" not in figure for figure in figures)
    assert (NOTEBOOKS / name).stat().st_size < 500_000


@pytest.mark.parametrize("name", EXECUTED)
def test_no_output_widget_stands_in_a_notebook(name):
    """They can stop a run without a reader for good."""
    for cell in code_cells(name):
        assert "Output(" not in cell.source
        assert "interact" not in cell.source


@pytest.mark.parametrize("name", NAMES)
def test_exercises_do_not_give_their_solutions_away(name):
    text = (NOTEBOOKS / "exercises" / f"{name}.ipynb").read_text(encoding="utf-8")
    assert "SOLUTION" not in text
    assert "# Your code here" in text


def test_what_checks_know_is_what_the_keys_say():
    chapters = [read_notebook(NOTEBOOKS / "facilitator" / f"{name}.ipynb") for name in NAMES]
    kept = (NOTEBOOKS / "exercises" / "exercises.json").read_text(encoding="utf-8")
    assert kept == exercises_file(chapters)


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_helps_three_times_and_knows_three_mistakes(name, monkeypatch):
    """Of the sample company; of others some may be dropped."""
    monkeypatch.chdir(NOTEBOOKS / "exercises")
    monkeypatch.setenv("SEGKIT_PROGRESS", "off")
    keys = keys_of(read_notebook(NOTEBOOKS / "facilitator" / f"{name}.ipynb"))
    assert len(keys) in {0, 3, 4, 5, 6}
    for exercise, key in keys.items():
        assert (len(key["hints"]), len(key["mistakes"]), key["dropped"]) == (3, 3, []), exercise
        blank = check(exercise, None)
        assert (blank.verdict, blank.hint) == ("blank", 1)
