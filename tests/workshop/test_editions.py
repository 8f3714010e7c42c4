from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.errors import ParameterError
from segkit.notebooks import Chapter, NotebookError, analyst_editions, derive, edition, stale
from segkit.notebooks.chapters import cell, notebook
from segkit.workshop.__main__ import main

SOURCE = """\
# %% [markdown]
# # Start

# %% tags=["parameters"]
source = "larkspur"

# %%
print("the way")

# %% [markdown] tags=["exercise"]
# Your turn.

# %% tags=["exercise"]
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

### BEGIN SOLUTION
print(double(21))
### END SOLUTION

# %% [markdown] tags=["facilitator"]
# Five minutes.
"""


@pytest.fixture
def source_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "00_start.py").write_text(SOURCE, encoding="utf-8")
    return folder


def one_cell(source: str, tag: str = "exercise") -> Chapter:
    return Chapter("00_start", notebook([cell("code", source, "cell-001", [tag])]))


def text(path: Path) -> str:
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def test_each_edition_holds_what_its_reader_needs(source_folder, tmp_path):
    derive(source_folder, tmp_path, execute=False)
    analyst = text(tmp_path / "00_start.ipynb")
    exercises = text(tmp_path / "exercises" / "00_start.ipynb")
    facilitator = text(tmp_path / "facilitator" / "00_start.ipynb")
    assert "the way" in analyst
    assert "Your turn" not in analyst
    assert "Five minutes" not in analyst + exercises
    assert "Your turn" in exercises
    assert "SOLUTION" not in exercises
    assert "2 * x" not in exercises
    assert "2 * x" in facilitator
    assert "Five minutes" in facilitator


def test_a_blank_exercise_keeps_its_indentation():
    chapter = one_cell("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n")
    blank = edition(chapter, "exercises").notebook.cells[0].source
    assert blank == "def f():\n    # Your code here\n"


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.sampled_from(["", "    "]), st.from_regex(r"secret\d{1,3}", fullmatch=True)),
        min_size=1,
        max_size=4,
    )
)
def test_no_solution_is_left_in_the_exercises(solutions):
    source = "x = 1\n".join(
        f"{indent}### BEGIN SOLUTION\n{indent}{body}\n{indent}### END SOLUTION\n"
        for indent, body in solutions
    )
    blank = edition(one_cell(source), "exercises").notebook.cells[0].source
    assert "secret" not in blank
    assert blank.count("# Your code here") == len(solutions)


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nx = 1",
        "x = 1\n### END SOLUTION",
        "### END SOLUTION\n### BEGIN SOLUTION",
        "### BEGIN SOLUTION x = 1 ### END SOLUTION",
    ],
)
def test_half_a_solution_is_refused(source):
    with pytest.raises(NotebookError, match=r"Cell 1 of 00_start .* without its other half"):
        edition(one_cell(source), "exercises")


def test_a_solution_outside_an_exercise_is_refused():
    chapter = one_cell("### BEGIN SOLUTION\n1\n### END SOLUTION", "facilitator")
    with pytest.raises(NotebookError, match="not tagged as exercise"):
        edition(chapter, "analyst")


def test_an_unknown_edition_is_refused():
    with pytest.raises(ParameterError, match="one of analyst, exercises, facilitator"):
        edition(one_cell("1"), "student")


def test_an_edition_leaves_its_chapter_as_it_is():
    chapter = one_cell("### BEGIN SOLUTION\n1\n### END SOLUTION")
    edition(chapter, "exercises")
    assert "BEGIN SOLUTION" in chapter.notebook.cells[0].source


def test_the_analysts_editions_read_the_companys_tables(source_folder, monkeypatch):
    monkeypatch.setattr("segkit.notebooks.editions.chapter_sources", source_folder.iterdir)
    ((name, text),) = analyst_editions("..").items()
    cells = nbformat.reads(text, as_version=4).cells
    assert name == "00_start.ipynb"
    assert [cell.source for cell in cells] == ["# Start", "source = '..'", 'print("the way")']


def test_editions_are_run_and_stay_the_same(source_folder, tmp_path):
    derive(source_folder, tmp_path)
    facilitator = nbformat.read(tmp_path / "facilitator" / "00_start.ipynb", as_version=4)
    assert [cell.outputs[0].text for cell in facilitator.cells if cell.get("outputs")] == [
        "the way\n",
        "42\n",
    ]
    assert nbformat.validate(facilitator) is None
    blank = nbformat.read(tmp_path / "exercises" / "00_start.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in blank.cells)
    assert stale(source_folder, tmp_path) == []


def test_stale_notebooks_are_named(source_folder, tmp_path):
    written = derive(source_folder, tmp_path, execute=False)
    written[0].write_text(written[0].read_text().replace("the way", "a way"))
    written[1].unlink()
    (tmp_path / "facilitator" / "09_gone.ipynb").write_text(written[2].read_text())
    assert stale(source_folder, tmp_path, execute=False) == [
        "00_start.ipynb",
        "exercises/00_start.ipynb",
        "facilitator/09_gone.ipynb",
    ]


def test_without_running_only_outputs_are_left_out_of_the_comparison(source_folder, tmp_path):
    written = derive(source_folder, tmp_path, execute=False)
    executed = nbformat.read(written[0], as_version=4)
    executed.cells[2].update(
        execution_count=7, outputs=[nbformat.v4.new_output("stream", text="the way\n")]
    )
    nbformat.write(executed, written[0])
    assert stale(source_folder, tmp_path, execute=False) == []


def test_the_command_derives_and_checks(source_folder, tmp_path, capsys):
    assert main([str(tmp_path), "--check", "--no-execute"]) == 1
    assert "exercises/00_start.ipynb is not what its source gives now" in capsys.readouterr().err
    assert main([str(tmp_path), "--no-execute"]) == 0
    assert "Wrote 3 notebooks" in capsys.readouterr().out
    assert main([str(tmp_path), "--check", "--no-execute"]) == 0


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("No chapter found in")
