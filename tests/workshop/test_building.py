"""A workshop for a company of two tables: what they answer is taught, what they do not is told."""

import json
import re

import nbformat
import pytest

from segkit.errors import DataError, ParameterError, SegkitError
from segkit.notebooks.chapters import tags
from segkit.workshop import build

SOURCE = """\
# %% [markdown]
# # Users
#
# *{minutes} minutes.*

# %% tags=["parameters"]
source = "larkspur"

# %%
import segkit

base = segkit.read(source)

# %%
switching = base.ask("M5")
switching

# %%
score = base.ask("U5")
score

# %% [markdown] tags=["exercise"]
# ## Your turn

# %% tags=["exercise"]
switching.table["of another company"]

# %% [markdown] tags=["exercise"]
# ### Exercise M5.1 (5 minutes)

# %% tags=["exercise"]
from segkit.workshop import check

routes = None
### BEGIN SOLUTION
routes = switching.table["main route"].nunique()
### END SOLUTION
check("M5.1", routes)

# %% tags=["key"]
from segkit.workshop import key

key("M5.1", routes, hints=["a", "b", "c"], mistakes={})

# %% [markdown] tags=["exercise"]
# ### Exercise U5.1 (5 minutes)

# %% tags=["exercise"]
promoters = None
### BEGIN SOLUTION
promoters = (base["nps_survey"]["score"] >= 9).mean()
### END SOLUTION
check("U5.1", promoters)

# %% tags=["key"]
key(
    "U5.1",
    promoters,
    hints=["Who promotes?", "Scores of 9 and 10.", "Divide their number by all."],
    mistakes={"You took 8 too.": (base["nps_survey"]["score"] >= 8).mean(), "None.": None},
)

# %% [markdown] tags=["exercise"]
# ### Exercise U5.2 (5 minutes)

# %% tags=["exercise"]
by_region = None
### BEGIN SOLUTION
by_region = base["nps_survey"]["<b>region*"].nunique()
### END SOLUTION
check("U5.2", by_region)

# %% tags=["key"]
key("U5.2", by_region, hints=["a", "b", "c"], mistakes={})

# %% [markdown] tags=["exercise"]
# ### Exercise U5.3 (5 minutes)

# %% tags=["exercise"]
deals = None
### BEGIN SOLUTION
deals = switching.table["deals"].sum() * score.estimate
### END SOLUTION
check("U5.3", deals)

# %% tags=["key"]
key("U5.3", deals, hints=["score", "b", "c"], mistakes={})

# %% [markdown] tags=["exercise"]
# ### Exercise U5.4 (5 minutes)

# %% tags=["exercise"]
users = None
### BEGIN SOLUTION
users = len(base.users)
### END SOLUTION
check("U5.4", users)

# %% tags=["key"]
key("U5.4", users, hints=["a", "b", "c"], mistakes={})

# %% [markdown] tags=["exercise"]
# ### Exercise U5.5 (5 minutes)

# %% tags=["exercise"]
each = None
### BEGIN SOLUTION
each = score.estimate // 0
### END SOLUTION
check("U5.5", each)

# %% tags=["key"]
key("U5.5", each, hints=["a", "b", "c"], mistakes={})
"""

NO_RIVALS = (
    "the tables do not answer M5 (missing: table competitors (how each vendor goes to market))"
)
EMPTY = """\
# %% [markdown]
# # Trends

# %% tags=["parameters"]
source = "larkspur"

# %%
import segkit

segkit.read(source).ask("M2")
"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A room with a company's tables, and the sources that its workshop is built from."""
    top = tmp_path_factory.mktemp("workshop")
    (top / "src").mkdir()
    (top / "src" / "00_users.py").write_text(SOURCE, encoding="utf-8")
    (top / "src" / "01_trends.py").write_text(EMPTY, encoding="utf-8")
    tables = top / "room" / "tables"
    tables.mkdir(parents=True)
    rows = "".join(f"R{n},{score}\n" for n, score in enumerate([9, 10, 8, 8, 3, 9, 7, 0, 10, 10]))
    (tables / "nps_survey.csv").write_text("respondent,score\n" + rows)
    return top


@pytest.fixture(scope="module")
def built(workshop):
    stale = workshop / "room" / "exercises" / "01_trends.ipynb"
    stale.parent.mkdir()
    stale.write_text("of an earlier workshop with more data")
    with pytest.MonkeyPatch.context() as patch:
        _only(patch, workshop, "*.py")
        return build(workshop / "room", workshop / "room" / "tables")


def _only(patch, workshop, pattern):
    found = sorted((workshop / "src").glob(pattern))
    patch.setattr("segkit.workshop.building.chapter_sources", lambda *_, **__: found)


def read(path):
    bound = nbformat.read(path, as_version=4)
    assert nbformat.validate(bound) is None
    return bound.cells


def sources(path):
    return "\n".join(cell.source for cell in read(path))


def test_a_workshop_is_built_on_the_companys_tables(built):
    top = built.folder
    names = [path.relative_to(top).as_posix() for path in built.written]
    assert names == [
        "exercises/00_users.ipynb",
        "exercises/exercises.json",
        "facilitator/00_users.ipynb",
        "facilitator/run_sheet.html",
        "facilitator/agenda_half_day.html",
        "facilitator/agenda_one_day.html",
        "facilitator/agenda_two_days.html",
        "facilitator/handout.html",
        "facilitator/emergency.html",
        "facilitator/handouts/00_users.html",
        "facilitator/solutions/00_users.html",
    ]
    assert {path.name for path in (top / "exercises").iterdir()} == {
        "00_users.ipynb",
        "exercises.json",
    }
    sheet = (top / "facilitator" / "run_sheet.html").read_text()
    assert "Exercise U5.1" in sheet
    assert "You took 8 too." in sheet
    assert f"Exercise <b>M5.1</b>: {NO_RIVALS}." in sheet
    gone = {one.exercise or one.chapter: one.reason for one in built.left_out}
    cannot = "it cannot be solved with these tables: "
    assert gone.pop("U5.4").startswith(f"{cannot}There is no table 'users' here. It would hold: ")
    assert gone == {
        "M5.1": NO_RIVALS,
        "U5.2": f"{cannot}they give no '<b>region*'",
        "U5.3": NO_RIVALS,
        "U5.5": f"{cannot}a step of its solution does not fit them",
        "01_trends": "the tables have data for none of its questions",
    }

    blank = sources(top / names[0])
    assert 'check("U5.1", promoters)' in blank
    assert "M5.1" not in blank
    assert "U5.2" not in blank
    assert "from segkit.workshop import check" in blank
    assert "mean()" not in blank
    assert "source = '../tables'" in blank
    minutes = re.search(r"\*(\d+) minutes\.\*", blank)[1]
    assert minutes == re.search(r"\*(\d+) minutes\.\*", sources(top / names[2]))[1]
    assert f'<p class="lead">{minutes} minutes,' in sheet

    known = json.loads((top / names[1]).read_text())["exercises"]
    assert list(known) == ["U5.1"]
    assert known["U5.1"]["chapter"] == "00_users"

    shown = sources(top / names[2])
    assert "**Left out:** exercise M5\\.1" in shown
    assert "<b>" not in shown
    assert "from segkit.workshop import key" in shown
    assert "raises-exception" not in (top / names[2]).read_text()
    assert '"output_type": "error"' not in (top / names[2]).read_text()
    cells = read(top / names[2])
    (key,) = [cell for cell in cells if "key" in tags(cell) and cell.outputs]
    assert "U5.1 expects 0.5" in key.outputs[0].data["text/plain"]
    assert (
        "not recognised (these tables give no value for it): None."
        in key.outputs[0].data["text/plain"]
    )


def test_a_second_build_gives_the_same_bytes_and_a_used_folder_is_refused(
    built, workshop, monkeypatch
):
    first = {path: path.read_bytes() for path in built.written}
    room = built.folder / "facilitator"
    earlier = [room / "cards.html", room / "agenda_one_week.html", room / "solutions" / "09_x.html"]
    for path in earlier:
        path.touch()
    _only(monkeypatch, workshop, "*.py")
    again = build(built.folder, workshop / "room" / "tables")
    assert {path: path.read_bytes() for path in again.written} == first
    assert not any(path.exists() for path in earlier)
    tries = built.folder / "exercises" / "progress.jsonl"
    tries.write_text("{}\n")
    with pytest.raises(SegkitError, match=r"Somebody worked in .*exercises already"):
        build(built.folder, workshop / "room" / "tables")
    tries.unlink()


def test_a_company_without_any_data_is_refused_and_nothing_is_written(
    workshop, tmp_path, monkeypatch
):
    def run(chapters, *_, **__):
        """Say what a kernel would show."""
        answer = {
            "application/vnd.segkit.answer+json": {"question": "M2", "status": "missing data"}
        }
        for chapter in chapters:
            chapter.notebook.cells[-1].outputs = [nbformat.v4.new_output("display_data", answer)]
        return chapters

    _only(monkeypatch, workshop, "01_trends.py")
    monkeypatch.setattr("segkit.workshop.building.run", run)
    with pytest.raises(DataError, match=r"no data for any of the chapters"):
        build(tmp_path / "room", workshop / "room" / "tables")
    assert not (tmp_path / "room").exists()


def test_another_language_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(ParameterError, match=r"a language with chapters: en.*'de'"):
        build(tmp_path, "larkspur", "de")


def test_tables_that_cannot_be_read_are_told_before_anything_is_written(tmp_path):
    with pytest.raises(SegkitError, match="nowhere"):
        build(tmp_path / "room", tmp_path / "nowhere")
    assert not (tmp_path / "room").exists()
