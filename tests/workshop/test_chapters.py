from pathlib import Path

import pytest

from segkit.errors import ParameterError, SegkitError
from segkit.notebooks import NotebookError, chapter_sources, read_source
from segkit.notebooks.chapters import read_notebook, sources_in, tags

SOURCE = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Anything
#     name: anything
# ---

# %% [markdown]
# # Market

# %% tags=["parameters"]
source = "larkspur"

# %% [markdown] tags=["facilitator"]
# Ten minutes.

# %%
print(source)
"""

BAD_CELL = '{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "a"}]}'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "01_market.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def test_cells_are_named_by_position(source):
    cells = read_source(source).notebook.cells
    assert [cell.id for cell in cells] == ["cell-001", "cell-002", "cell-003", "cell-004"]


def test_cells_keep_their_tags(source):
    cells = read_source(source).notebook.cells
    assert [tags(cell) for cell in cells] == [[], ["parameters"], ["facilitator"], []]


def test_metadata_name_no_version_and_no_foreign_kernel(source):
    metadata = read_source(source).notebook.metadata
    assert metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_an_unknown_tag_is_named_with_the_nearest(source):
    source.write_text('# %% tags=["exercice"]\nx = 1\n')
    with pytest.raises(NotebookError, match=r"Cell 1 of 01_market .*Did you mean 'exercise'\?"):
        read_source(source)


def test_a_raw_cell_is_refused(source):
    source.write_text("# %% [raw]\n# text\n")
    with pytest.raises(NotebookError, match="Cell 1 of 01_market is raw"):
        read_source(source)


def test_sources_come_in_order_and_without_other_files(tmp_path):
    for name in ("02_accounts.py", "00_start.py", "notes.py", "01_market.ipynb"):
        (tmp_path / name).touch()
    assert [path.name for path in sources_in(tmp_path)] == ["00_start.py", "02_accounts.py"]


def test_a_folder_without_chapters_is_refused(tmp_path):
    with pytest.raises(NotebookError, match=r"No chapter found in .*00_start\.py"):
        sources_in(tmp_path)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two chapters whose package is not yet built."""
    folder = tmp_path / "segkit"
    folder.mkdir()
    for name in ("00_start.py", "01_market.py"):
        path = tmp_path / "notebooks" / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setattr("segkit.notebooks.chapters.files", lambda _: folder)
    return folder


def test_a_checkout_has_its_chapters_in_notebooks(package):
    assert [path.stem for path in chapter_sources()] == ["00_start", "01_market"]


def test_an_installed_package_brings_its_chapters(package):
    (package / "chapters").mkdir()
    (package / "chapters" / "05_buyers.py").touch()
    assert [path.stem for path in chapter_sources()] == ["05_buyers"]


def test_named_chapters_come_in_the_order_of_the_book(package):
    assert [path.stem for path in chapter_sources(["01_market", "00_start"])] == [
        "00_start",
        "01_market",
    ]


def test_an_unknown_chapter_is_refused_with_the_known_ones(package):
    with pytest.raises(ParameterError, match=r"one of 00_start, 01_market.*'01_markets'"):
        chapter_sources(["01_markets"])


@pytest.mark.parametrize(
    "text", ["", "[]", "no notebook", '{"cells": 3}', '{"nbformat": 4}', BAD_CELL]
)
def test_what_is_no_notebook_is_refused(tmp_path, text):
    path = tmp_path / "my.ipynb"
    path.write_text(text)
    with pytest.raises(NotebookError, match="is not a notebook"):
        read_notebook(path)


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(SegkitError, match=r"my\.ipynb cannot be read: No such file"):
        read_notebook(tmp_path / "my.ipynb")
