import base64
import gzip
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import nbformat
import pytest

from segkit.errors import SegkitError
from segkit.notebooks import NotebookError, Progress
from segkit.notebooks.chapters import cell
from segkit.report import build, html, write
from segkit.report.figures import plotly_source

PLOTLY = "application/vnd.plotly.v1+json"
SOURCE = """\
# %% [markdown]
# # The chapter

# %% tags=["parameters"]
source = "larkspur"

# %%
import os.path
import segkit
print(os.path.isabs(source), segkit.read(source)["accounts"]["account_id"].tolist()[:2])

# %% tags=["exercise"]
print("exercise")
"""


def figure(kind: str = "bar") -> dict:
    return {PLOTLY: {"data": [{"type": kind, "y": [1, 2]}], "layout": {}}}


def policy(text: str) -> str:
    return unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])


def test_the_same_notebooks_give_the_same_bytes(chapter, markdown, code, tmp_path):
    book = [chapter(markdown("# A"), code("a", figure(), {"text/html": "<b>x</b>"}))]
    first = write(book, tmp_path / "new" / "one.html", title="T", subtitle="S").read_bytes()
    assert write(book, tmp_path / "two.html", title="T", subtitle="S").read_bytes() == first


def test_files_and_chapters_give_the_same_report(chapter, code, tmp_path):
    one = chapter(code("a", figure()), name="my notes")
    nbformat.write(one.notebook, tmp_path / "my notes.ipynb")
    text = write([tmp_path / "my notes.ipynb"], tmp_path / "report.html").read_text("utf-8")
    assert text == html([one])


def test_the_policy_allows_two_scripts_and_nothing_else(chapter, code):
    text = html([chapter(code("a", figure()))])
    assert re.fullmatch(
        r"default-src 'none'; script-src 'sha256-[\w+/]{43}=' 'sha256-[\w+/]{43}='; "
        r"style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'",
        policy(text),
    )


def test_only_figures_that_compile_may_compile(chapter, code):
    assert "'unsafe-eval'" in policy(html([chapter(code("a", figure("scattergl")))]))


def test_a_report_without_figures_runs_no_script(chapter, code):
    text = html([chapter(code("a", {"text/plain": "1"}))])
    assert "script-src 'none'" in policy(text)
    assert "<script" not in text


def test_plotly_is_in_the_file_once(chapter, code):
    text = html([chapter(*[code("a", figure()) for _ in range(3)])])
    (packed,) = re.findall(r'id="plotly">([^<]*)<', text)
    assert gzip.decompress(base64.b64decode(packed)) == plotly_source()
    assert len(text) < 2.2e6


def test_a_whole_book_stays_below_three_megabytes(chapter, code):
    """60 figures of 2,000 points, more than the eight chapters draw."""
    points = [round(number * 0.37 % 1, 3) for number in range(2000)]
    one = {"type": "scatter", "mode": "markers", "x": points, "y": points[::-1]}
    cells = [code("a", {PLOTLY: {"data": [one], "layout": {}}}) for _ in range(60)]
    assert len(html([chapter(*cells)]).encode()) < 3e6


def test_nothing_in_the_file_names_another_place(chapter, markdown, code):
    text = html([chapter(markdown("# A"), code("a", figure(), {"text/html": "<b>x</b>"}))])
    outside = re.sub(r'<script type="text/plain".*?</script>', "", text, flags=re.DOTALL)
    assert not re.search(r"(src|href|url|@import)\s*[=(\s]\s*[\"']?(https?:)?//", outside)


def test_titles_are_text(chapter, code):
    text = html([chapter(code("a"), name="<img src=x>")], title="<b>T", subtitle="A & B")
    assert "<title>&lt;b&gt;T · A &amp; B</title>" in text
    assert "<img src=x>" not in text


def test_what_cannot_be_written_is_said(chapter, code, tmp_path):
    with pytest.raises(SegkitError, match="cannot be written"):
        write([chapter(code("a"))], tmp_path)


def test_what_is_no_notebook_is_said(tmp_path):
    with pytest.raises(NotebookError, match=r"my\.ipynb cannot be read"):
        write([tmp_path / "my.ipynb"], tmp_path / "report.html")


@pytest.fixture
def own_chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "00_start.py"
    path.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr("segkit.report.writing.chapter_sources", lambda: [path])
    return tmp_path


def test_a_report_is_built_from_a_folder_of_tables(own_chapter, monkeypatch):
    (own_chapter / "my company").mkdir()
    accounts = "account_id,name\n1,Acme\n2,Beta\n"
    (own_chapter / "my company" / "accounts.csv").write_text(accounts)
    monkeypatch.chdir(own_chapter)
    steps: list[Progress] = []
    path = build("my company", "out/report.html", progress=steps.append)
    text = path.read_text("utf-8")
    assert "True [&#39;1&#39;, &#39;2&#39;]" in text
    assert "exercise" not in text
    assert "<title>Segmentation report · my company</title>" in text
    assert str(own_chapter) not in text
    assert [(step.chapter, step.done) for step in steps] == [("00_start", 1), ("00_start", 2)]


def test_the_sample_company_is_passed_by_its_name(own_chapter):
    text = build("larkspur", own_chapter / "report.html", title="T").read_text("utf-8")
    assert "True [&#39;A00001&#39;, &#39;A00002&#39;]" in text
    assert "T · Larkspur HR</title>" in text


def test_names_are_masked_before_anything_is_asked(own_chapter):
    tables = own_chapter / "company"
    tables.mkdir()
    (tables / "accounts.csv").write_text("account_id,name\nA00001,Acme\nA00002,Beta\n")
    key = own_chapter / "key.json"
    paths = [own_chapter / f"{name}.html" for name in ("one", "two")]
    texts = [build(tables, path, mask_key=key).read_text("utf-8") for path in paths]
    assert texts[0] == texts[1]
    assert "A00001" not in texts[0]
    assert "True [&#39;id-" in texts[0]
    assert "A00001" in key.read_text("utf-8")


def test_notebooks_of_the_workspace_see_its_folder_and_may_tell_no_name(tmp_path, chapter, code):
    folder = tmp_path / "company"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "accounts.csv").write_text("account_id,name\n1,Acme Works\n2,Beta Mills\n")
    (folder / "extra.txt").write_text("Beta Mills")
    book = chapter(
        cell("code", "source = '..'", "cell-001", ["parameters"]),
        code("print(open(source + '/extra.txt').read())"),
    )
    book.notebook.cells[1].id = "cell-002"
    nbformat.write(book.notebook, folder / "notebooks" / "01_own.ipynb")
    assert "Beta Mills" in build(folder, tmp_path / "r.html").read_text("utf-8")
    with pytest.raises(NotebookError, match="01_own stopped"):
        build(folder, tmp_path / "m.html", mask=True)
    book.notebook.cells[1].source = "print('As Beta Mills says')"
    nbformat.write(book.notebook, folder / "notebooks" / "01_own.ipynb")
    with pytest.raises(NotebookError, match="01_own, cell 2: 'Beta Mills'"):
        build(folder, tmp_path / "m.html", mask=True)
    assert not (tmp_path / "m.html").exists()


def test_notebooks_of_the_workspace_are_masked_where_tables_have_no_names(tmp_path, chapter, code):
    folder = tmp_path / "company"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "accounts.csv").write_text("account_id,segment\nA00001,schools\n")
    book = chapter(
        cell("code", "source = '..'", "cell-001", ["parameters"]),
        code("import segkit; print(segkit.read(source).accounts.account_id.tolist())"),
    )
    book.notebook.cells[1].id = "cell-002"
    nbformat.write(book.notebook, folder / "notebooks" / "01_own.ipynb")
    assert "A00001" not in build(folder, tmp_path / "m.html", mask=True).read_text("utf-8")


@pytest.mark.parametrize(
    ("package", "purpose"), [("nbclient", "Running notebooks"), ("nh3", "A report")]
)
def test_a_missing_package_is_named_with_its_extra(package, purpose):
    script = f"""
import sys
sys.modules[{package!r}] = None
try:
    import segkit.report
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == (
        f"{purpose} needs the package {package!r}, which is not installed. "
        'Install it with: pip install "segkit[report]"'
    )
