"""Workbook, CSV, SQL and slides: what the notebooks hold, and nothing that runs."""

import json
import re
import zipfile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from segkit.answers import Answer
from segkit.answers.export import write_workbook
from segkit.errors import ParameterError, SegkitError
from segkit.report import beside, build, write
from segkit.report.exports import tables_of

FORMULA = '=HYPERLINK("http://x.example","y")'
TABLE = pd.DataFrame(
    {
        "account_id": ["0017", FORMULA],
        "name": ["Zoë", "<img src=x onerror=alert(1)>"],
        "revenue": [1234567.5, None],
        "win_rate": [0.25, 0.5],
        "low": [0.2, 0.4],
        "since": pd.to_datetime(["2026-01-31", None]),
        "seats": pd.array([12000, None], "Int64"),
        "year": [2024, 2025],
    }
)


def test_a_workbook_that_cannot_be_written_is_explained(tmp_path):
    with pytest.raises(SegkitError, match="may be open in Excel, or its folder missing"):
        write_workbook({"one": TABLE}, tmp_path / "missing" / "x.xlsx")


def test_a_report_without_answers_still_has_its_sheets():
    sheets = tables_of([])
    assert list(sheets) == ["Questions", "Reasons", "Ledger"]
    assert list(sheets["Questions"])[:2] == ["question", "asked"]


@pytest.fixture
def book(chapter, code, monkeypatch):
    """A chapter that tells two answers, one of a question that segkit does not know."""

    def make(**changes):
        fields = {
            "question": "A2",
            "status": "answered",
            "headline": "341 prospects fit.\n; DROP TABLE accounts",
            "estimate": 0.5,
            "interval": (0.4, 0.6),
            "unit": "share of deals",
            "table": TABLE,
            "lists": {"a/b [c]:*?\\'" * 5: TABLE.head(1)},
            "sql": {"../score card": "SELECT 1"},
            "method": "Counted.",
            "caveats": (FORMULA,),
            "ledger": pd.DataFrame({"table": ["accounts"], "read": [3], "used": [2]}),
        }
        answer = Answer(**(fields | changes))
        money = Answer("answered", "x", 1e6, unit="EUR a year", question="M1")
        bundles = [one._repr_mimebundle_() for one in (answer, money)]
        return [chapter(*[code("a", bundle) for bundle in bundles])]

    return make


def test_a_workbook_shows_numbers_as_what_they_are(book, tmp_path):
    write(book(), tmp_path / "r.html", excel=True)
    read = CalamineWorkbook.from_path(tmp_path / "r.xlsx")
    names = read.sheet_names
    assert names[:3] == ["Questions", "Reasons", "A2 fit score"]
    assert names[-1] == "Ledger"
    assert len(names) == 5
    head, first, second = read.get_sheet_by_name("A2 fit score").to_python()
    assert head == TABLE.columns.tolist()
    assert first[:5] == ["0017", "Zoë", 1234567.5, 0.25, 0.2]
    assert str(first[5])[:10] == "2026-01-31"
    assert second[0] == f"'{FORMULA}"
    assert second[2] == ""
    with zipfile.ZipFile(tmp_path / "r.xlsx") as parts:
        sheets = {name: parts.read(name).decode() for name in parts.namelist() if "sheet" in name}
        styles = parts.read("xl/styles.xml").decode()
    formats = set(re.findall(r'formatCode="([^"]*)"', styles))
    assert {"[$EUR] #,##0", "0.0%", "yyyy-mm-dd", "#,##0", "0"} <= formats | {"0"}
    table = sheets["xl/worksheets/sheet3.xml"]
    for part in ('state="frozen"', "<autoFilter", 'customWidth="1"'):
        assert part in table
    assert not any("<f>" in text or "<hyperlink" in text for text in sheets.values())


def test_the_overview_of_a_workbook_says_what_the_report_says(book, tmp_path):
    write(book(), tmp_path / "r.html", excel=True, csv=True)
    rows = pd.read_excel(tmp_path / "r.xlsx", "Questions", engine="calamine")
    assert rows["question"].tolist() == ["M1", "A2"]
    row = rows.iloc[1]
    assert (row["number"], row["low"], row["high"]) == (0.5, 0.4, 0.6)
    assert row["in words"] == "50 % (40 % to 60 %): share of deals"
    assert row["in words"] in (tmp_path / "r.html").read_text("utf-8").replace("\xa0", " ")
    reasons = pd.read_excel(tmp_path / "r.xlsx", "Reasons", engine="calamine")
    assert f"'{FORMULA}" in reasons["words"].tolist()
    told = pd.read_csv(tmp_path / "r-csv" / "questions.csv")
    assert told["headline"].tolist() == rows["headline"].tolist()


def test_csv_and_sql_have_harmless_names_and_heads(book, tmp_path):
    write(book(), tmp_path / "r.html", csv=tmp_path / "tables", sql=tmp_path / "queries")
    assert {path.suffix for path in (tmp_path / "tables").iterdir()} == {".csv"}
    assert len(list((tmp_path / "tables").iterdir())) == 5
    found = pd.read_csv(tmp_path / "tables" / "a2-fit-score.csv", dtype="str")
    assert found["account_id"].tolist() == ["0017", f"'{FORMULA}"]
    (query,) = (tmp_path / "queries").iterdir()
    assert query.name == "a2-score-card.sql"
    lines = query.read_text("utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("--")] == ["SELECT 1"]
    assert "-- 341 prospects fit. ; DROP TABLE accounts" in lines


def test_files_of_others_are_not_taken_for_parts_of_a_report(book, tmp_path):
    (tmp_path / "r-csv").mkdir()
    (tmp_path / "r-csv" / "names.csv").write_text("Acme")
    with pytest.raises(SegkitError, match=r"not of this report, such as names\.csv"):
        write(book(), tmp_path / "r.html", csv=True)
    assert (tmp_path / "r-csv" / "names.csv").read_text() == "Acme"


def test_a_report_with_fewer_tables_takes_the_place_of_the_one_before(book, tmp_path):
    write(book(), tmp_path / "r.html", csv=True, sql=True)
    before = {path.name for path in (tmp_path / "r-csv").iterdir()}
    write(book(lists={}, sql={}), tmp_path / "r.html", csv=True, sql=True)
    after = {path.name for path in (tmp_path / "r-csv").iterdir()}
    assert after < before
    assert list((tmp_path / "r-sql").iterdir()) == []


def test_files_of_others_are_met_before_anything_is_run(tmp_path):
    (tmp_path / "r-sql").mkdir()
    (tmp_path / "r-sql" / "a2-notes.sql").write_text("SELECT 1")
    asked = []
    with pytest.raises(SegkitError, match=r"not of this report, such as a2-notes\.sql"):
        build("larkspur", tmp_path / "r.html", ["00"], asked.append, sql=True)
    assert (asked, list(tmp_path.glob("*.html"))) == ([], [])


def test_a_thinned_table_says_so(book, tmp_path, monkeypatch):
    many = pd.DataFrame({"n": range(250)})
    write(book(table=many), tmp_path / "r.html", excel=True)
    rows = pd.read_excel(tmp_path / "r.xlsx", "Questions", engine="calamine")
    assert "first 100 of 250 rows" in rows["sheets"].iloc[1]
    monkeypatch.setenv("SEGKIT_WHOLE_ANSWERS", "1")
    write(book(table=many), tmp_path / "r.html", excel=True)
    whole = pd.read_excel(tmp_path / "r.xlsx", sheet_name=None, engine="calamine")
    assert len(whole["A2 fit score"]) == 250
    assert "rows" not in whole["Questions"]["sheets"].iloc[1]


def test_everything_has_the_same_bytes_each_time(book, tmp_path):
    for name in ("one", "two"):
        write(book(), tmp_path / name / "r.html", excel=True, csv=True, sql=True, slides=True)
    first, second = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in sorted((tmp_path / name).rglob("*"))
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert len(first) == 3 + 5 + 1
    assert first == second


def test_chapters_are_chosen_by_name_or_number(chapter, code, tmp_path):
    book = [chapter(code("1"), name=name) for name in ("00_start", "01_market", "04_segments")]

    def titles(*names):
        text = write(book, tmp_path / "r.html", chapters=names).read_text("utf-8")
        return re.findall(r'<h2 id="chapter-\d">(.*?)</h2>', text)

    assert titles("4", "market") == ["01_market", "04_segments"]
    assert titles("00_start", "0") == ["00_start"]
    with pytest.raises(ParameterError, match=r"Did you mean 'segments'\?.*'segmets, 9'"):
        titles("segmets", "9", "1")


def test_things_lie_beside_the_report_or_where_they_are_wanted(tmp_path):
    page = tmp_path / "larkspur.html"
    assert beside(page, "slides", True) == tmp_path / "larkspur-slides.html"
    assert beside(page, "csv", tmp_path / "x") == tmp_path / "x"
    assert beside(page, "pdf", False) is None


def test_a_figure_of_fifty_thousand_rows_does_not_bloat_the_report(chapter, code, tmp_path):
    import plotly.graph_objects as go

    from segkit.charts import Picture

    table = pd.DataFrame({"x": range(50_000)})
    picture = Picture("Many", "Many.", table, lambda _: go.Figure(go.Bar(x=[1], y=[1])))
    drawn = {"application/vnd.plotly.v1+json": json.loads(picture.figure().to_json())}
    text = write([chapter(code("a", drawn))], tmp_path / "r.html").read_text("utf-8")
    assert "One row in 250 of 50,000." in text
    assert len(text) < 2.2e6
