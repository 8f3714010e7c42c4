"""A hostile company, from its files to every file that segkit writes of it."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import duckdb
import pytest
import sqlglot
from python_calamine import CalamineWorkbook

import segkit.workshop
from segkit.frames import restored
from segkit.report import build
from segkit.samples import make_case
from segkit.tables.schema import schema

TAG = '<img src=x onerror="window.pwned=1">'
FORMULAS = ("+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1,1)")
OTHERS = ("x'); DROP TABLE accounts; --", '*/ "quoted" \\', "\x1b[2Jclear\x07")
FOLDER = 'it\'s "{source}"\n\\n %s <img src=x onerror=window.pwned=1> #?&'
PAGES = ("run_sheet", "agenda_half_day", "handout", "emergency", "handouts/07_decisions")
RISKY = ("=", "+", "-", "@", "\t", "\r")


TEXTS = "all => all.map(one => one.textContent).join(' ')"


def with_hostile_names(tables, names):
    """Rename every fourth free word of all tables, each in the same way wherever it stands."""
    free = {
        table: [
            name
            for name, column in schema()[table].columns.items()
            if name in frame and column.type in {"id", "text", "category"} and not column.values
        ]
        for table, frame in tables.items()
    }
    words = {
        word for table in free for name in free[table] for word in tables[table][name].dropna()
    }
    # Words by which market facts find each other keep their meaning.
    words -= {*tables["market_facts"]["measure"], *tables["market_facts"]["fact_id"], "all"}
    new = {
        word: names[place] if place < len(names) else f"{names[place % len(names)]} {place}"
        for place, word in enumerate(sorted(words)[::4])
    }
    return {
        table: frame.assign(
            **{name: frame[name].map(lambda word: new.get(word, word)) for name in free[table]},
            **{names[0]: names[1]},
        )
        for table, frame in tables.items()
    }


@pytest.fixture(scope="module")
def names(hostile_names):
    return (*hostile_names, *FORMULAS, *OTHERS)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, names):
    """All that can be made of a company whose every file is hostile."""
    top = tmp_path_factory.mktemp("hostile")
    folder = top / FOLDER
    folder.mkdir()
    for name, table in with_hostile_names(make_case(7, 0.2).tables, names).items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\r\n")
    company = json.dumps(" ".join(names))
    said = f'company = {company}\ncurrency = "USD"\nas_of = 2026-06-30\n[portfolio]\ncore = 0.7\n'
    (folder / "segkit.toml").write_text(said, encoding="utf-8")
    kinds = dict.fromkeys(("excel", "csv", "sql", "slides", "pdf"), True)
    book = build(folder, top / "report" / "book.html", **kinds)
    built = segkit.workshop.build(top / "room", folder, chapters=["07_decisions"])
    slides = top / "report" / "book-slides.html"
    room = [path for path in built.written if path.suffix == ".html"]
    return SimpleNamespace(top=top, book=book, slides=slides, room=room, built=built)


def assert_nothing_foreign(opened):
    """Quiet, and no element that could load, run or send anything."""
    opened.assert_quiet()
    page = opened.page
    assert page.locator("img, iframe, object, embed, form, base, link, main svg a").count() == 0
    attributes = "all => all.flatMap(one => [...one.attributes].map(each => each.name))"
    found = page.locator("body *").evaluate_all(attributes)
    assert not [name for name in set(found) if name.startswith("on")]
    links = page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    local = re.compile(r"#[\w-]+|solutions/\w+\.html")
    assert not [link for link in links if link is not None and not local.fullmatch(link)]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 380)])
def test_the_book_is_quiet_complete_and_accessible(open_report, axe, hostile, names, scheme, width):
    opened = open_report(hostile.book, scheme=scheme, width=width)
    opened.assert_charts_drawn()
    opened.assert_fits()
    assert_nothing_foreign(opened)
    # Start shows tables only; every other chapter that has an answer shows a figure.
    assert opened.page.locator("section:has(figure[role=group])").count() >= 5
    text = opened.page.locator("main").evaluate("one => one.textContent")
    assert [name for name in names if name not in text] == []
    # Charts break their labels into lines.
    drawn = re.sub(r"\s", "", opened.page.locator(".plot").evaluate_all(TEXTS))
    assert sum(re.sub(r"\s", "", name) in drawn for name in names) >= 5
    if width > 600:
        opened.assert_contents_work()
    assert opened.severe_violations(axe) == []
    opened.page.close()


def test_the_book_is_small(hostile):
    assert hostile.book.stat().st_size <= 3_000_000


def test_slides_and_facilitators_pages_are_quiet_and_tell_names(open_report, hostile):
    for path in (hostile.slides, *hostile.room):
        opened = open_report(path)
        assert_nothing_foreign(opened)
        # The name of the company stands on each, and is cut where it is too long.
        assert TAG in opened.page.locator("body").inner_text(), path.name
        opened.page.close()


def test_the_policy_of_each_page_stops_what_got_in(break_into, hostile):
    by_name = {
        path.relative_to(hostile.top / "room" / "facilitator").as_posix(): path
        for path in hostile.room
    }
    pages = [hostile.book, hostile.slides, *(by_name[f"{name}.html"] for name in PAGES)]
    pages.append(by_name["solutions/07_decisions.html"])
    for path in pages:
        break_into(path.read_text("utf-8"), path.name)


def test_no_page_may_make_code_of_words(hostile):
    for path in (hostile.book, hostile.slides, *hostile.room):
        (policy,) = re.findall(
            r'http-equiv="Content-Security-Policy" content="([^"]*)"', path.read_text("utf-8")
        )
        assert "unsafe-eval" not in policy
        assert "script-src 'unsafe-inline'" not in policy


def runs(cell):
    """Say whether a spreadsheet takes a cell of a CSV file for a formula."""
    return cell.startswith(RISKY) and not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)


def test_the_workbook_holds_text_and_no_formula_or_link(hostile, names):
    path = hostile.top / "report" / "book.xlsx"
    with zipfile.ZipFile(path) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    for name, content in contents.items():
        assert name.endswith((".xml", ".rels")), name
        assert not re.search("external|hyperlink|vba|activex|embed", name, re.IGNORECASE)
        tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(content).iter()}
        assert not tags & {"f", "hyperlink", "externalReference", "oleObject", "definedFormula"}
        assert b'TargetMode="External"' not in content
    book = CalamineWorkbook.from_path(path)
    cells = [
        cell
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
        if isinstance(cell, str)
    ]
    assert [cell for cell in cells if cell.startswith(RISKY)] == []
    assert [name for name in names if not any(name in cell for cell in cells)] == []
    assert not [name for name in book.sheet_names if re.search(r"[\[\]:*?/\\]", name)]
    assert max(map(len, book.sheet_names)) <= 31


def test_csv_runs_nowhere_and_comes_back_as_it_was(hostile, names):
    cells = []
    for path in (hostile.top / "report" / "book-csv").iterdir():
        text = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}, path.name
        cells += [cell for row in rows for cell in row]
    assert [cell for cell in cells if runs(cell)] == []
    assert any(cell != restored(cell) for cell in cells)
    plain = [restored(cell) for cell in cells]
    for name in names:
        assert any(cell.startswith(name) for cell in plain), name


def test_each_query_only_reads(hostile):
    paths = list((hostile.top / "report" / "book-sql").iterdir())
    assert paths
    for path in paths:
        (query,) = sqlglot.parse(path.read_text("utf-8"), read="duckdb")
        assert isinstance(query, sqlglot.exp.Query), path.name


def test_hostile_words_stay_words_in_a_query(names):
    from segkit.scoring import Criteria
    from segkit.scoring.conditions import Condition, Rule

    for name in names:
        criteria = Criteria((Rule(((Condition(name, "is", name),),)),), ())
        rows = duckdb.connect()
        quoted = '"' + name.replace('"', '""') + '"'
        rows.execute(f"CREATE TABLE accounts (id INTEGER, {quoted} VARCHAR)")
        rows.execute("INSERT INTO accounts VALUES (1, ?), (2, 'other')", [name])
        text = criteria.to_sql(key="id")
        (query,) = sqlglot.parse(text, read="duckdb")
        assert name in {one.this for one in query.find_all(sqlglot.exp.Literal)}
        found = dict(rows.execute(text).fetchall())
        assert found[1] == "target" != found[2]


def test_the_pdf_does_nothing_and_leads_nowhere(hostile):
    content = (hostile.top / "report" / "book.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    for name in (b"JavaScript", b"JS", b"Launch", b"URI", b"EmbeddedFile", b"SubmitForm"):
        assert not re.search(rb"/" + name + rb"\b\s*[(<\[/]", content), name


def test_files_lie_where_they_belong_under_names_that_all_systems_take(hostile):
    assert {path.name for path in hostile.top.iterdir()} == {FOLDER, "report", "room"}
    written = [path for name in ("report", "room") for path in (hostile.top / name).rglob("*")]
    assert len(written) > 50
    for path in written:
        assert re.fullmatch(r"\w[\w .()-]*", path.name), path
        assert not path.name.endswith((".", " "))
        assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\.", path.name)
        assert not path.is_symlink()
    assert Path.cwd() not in {path.parent for path in written}


@pytest.mark.parametrize("edition", ["exercises", "facilitator"])
def test_notebooks_take_the_hostile_folder_as_a_text(hostile, edition):
    import nbformat

    path = hostile.top / "room" / edition / "07_decisions.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (first,) = [one for one in cells if "parameters" in one.metadata.get("tags", ())]
    told = {}
    exec(first.source, told)
    assert told.keys() - {"__builtins__"} == {"source"}
    assert told["source"] == str((hostile.top / FOLDER).resolve())
    # Nothing else foreign stands in what a notebook runs, or renders as Markdown.
    others = "\n".join(one.source for one in cells if one is not first)
    assert "pwned" not in others
    assert "javascript:" not in others
