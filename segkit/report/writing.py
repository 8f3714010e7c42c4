"""Write executed notebooks as one HTML file that needs nothing else, and its answers beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from segkit.answers.content import WHOLE
from segkit.base import LARKSPUR, CustomerBase, read
from segkit.errors import ParameterError, SegkitError, nearest
from segkit.notebooks import (
    Chapter,
    Progress,
    chapter_sources,
    edition,
    read_notebook,
    read_source,
    run,
)
from segkit.report.brand import Brand, read_brand
from segkit.report.exports import refuse_others, write_csv, write_excel, write_sql
from segkit.report.masking import MaskKey, masked, refuse_names
from segkit.report.page import Page, page
from segkit.report.pdf import print_pdf
from segkit.report.rendering import render
from segkit.report.slides import slides_html

__all__ = ["Beside", "beside", "build", "html", "write"]

_TITLE = "Segmentation report"
Beside = bool | str | Path
"""Whether a report has something beside it: True for the usual place, or the place."""
_ENDINGS = {"pdf": ".pdf", "excel": ".xlsx", "csv": "-csv", "sql": "-sql", "slides": "-slides.html"}


def build(
    source: str | Path,
    path: str | Path,
    chapters: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    title: str = _TITLE,
    subtitle: str | None = None,
    brand: str | Path | None = None,
    mask: bool = False,
    mask_key: str | Path | None = None,
    pdf: Beside = False,
    excel: Beside = False,
    csv: Beside = False,
    sql: Beside = False,
    slides: Beside = False,
    base: CustomerBase | None = None,
) -> Path:
    """Run the chapters on a company's tables and write the report.

    Where the source is a folder with notebooks of its own (`notebooks/NN_name.ipynb`), as
    `segkit new` lays them out, those are run; else segkit's chapters.

    Parameters
    ----------
    source
        What `segkit.read` takes: a folder, a DuckDB file or a database URL; "larkspur" is the
        sample company.
    path
        The HTML file to write; its folder is made where it is missing.
    chapters
        Names or numbers of the chapters wanted; all by default.
    progress
        Called after each cell that was run.
    title, subtitle
        What stands at the top; the subtitle is the name of the company by default.
    mask
        Pseudonymise ids and names of accounts, partners, people and deals in the tables, before
        anything is asked of them.
    mask_key
        A key file: read where it exists, so that pseudonyms stay the same, else written. It
        leads back to the names; without it nothing does. Implies `mask`.
    brand, pdf, excel, csv, sql, slides
        As in `write`.
    base
        The tables, where they have been read already.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    NotebookError
        When a cell raises. Names chapter and cell. Under `mask` also when a notebook of the
        workspace tells a name.
    ParameterError
        When a name is not that of a chapter.

    Examples
    --------
    >>> build("larkspur", "reports/larkspur.html")  # doctest: +SKIP
    PosixPath('reports/larkspur.html')
    """
    look = _brand(brand)
    own = _own_notebooks(source)
    found = _chosen(
        own or [edition(read_source(one), "analyst") for one in chapter_sources()], chapters
    )
    wanted = {"pdf": pdf, "excel": excel, "csv": csv, "sql": sql, "slides": slides}
    _check_folders(Path(path), wanted)  # before minutes of work
    company = base or read(source)
    names: tuple[str, ...] = ()
    hidden = mask or mask_key is not None
    if hidden:
        key = MaskKey.at(mask_key)
        company, names = masked(company, key)
    with TemporaryDirectory(prefix="segkit-") as folder:
        # Notebooks of one's own may read further files from the folder; not where names are masked.
        seen = _seen_from_anywhere(source) if own and not hidden else str(company.save(folder))
        executed = run(found, {"source": seen}, progress=progress, environment={WHOLE: "1"})
    refuse_names(executed if own else (), names)
    shown = company.settings.company or _name(source) if subtitle is None else subtitle
    return _write(
        executed,
        Path(path),
        look,
        title=title,
        subtitle=shown,
        wanted=wanted,
    )


def write(
    notebooks: Iterable[str | Path | Chapter],
    path: str | Path,
    *,
    chapters: Sequence[str] | None = None,
    title: str = _TITLE,
    subtitle: str = "",
    brand: str | Path | None = None,
    pdf: Beside = False,
    excel: Beside = False,
    csv: Beside = False,
    sql: Beside = False,
    slides: Beside = False,
) -> Path:
    """Write executed notebooks as one HTML file that works offline.

    The same notebooks give the same bytes.

    Parameters
    ----------
    notebooks
        Files or chapters, in the order of the report.
    path
        The HTML file to write; its folder is made where it is missing.
    chapters
        Names or numbers of those wanted; all by default.
    title, subtitle
        What stands at the top. No date stands anywhere unless it is part of these.
    brand
        A TOML or JSON file with `logo`, `name`, `accent`, `accent_dark` and `charts`; colours
        that cannot be read are refused.
    pdf
        Print the report through chromium, as `NAME.pdf` beside it; or where the PDF is to lie.
    excel
        Write the answers as one workbook, `NAME.xlsx`. A notebook that was run outside a report
        holds the first 100 rows of a table, and the workbook says so.
    csv, sql
        Write a folder with a CSV file a table, `NAME-csv`, or with an SQL file a query, `NAME-sql`.
    slides
        Write headline, chart and reason of each answer as slides, `NAME-slides.html`.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    NotebookError
        When a file is no notebook, or a notebook holds an error.
    ParameterError
        When a name is not that of a chapter.
    SegkitError
        When a file cannot be written, or there is no chromium to print with.
    SettingsError
        When the brand file says what cannot be followed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from segkit.notebooks.chapters import cell, notebook
    >>> chapter = Chapter("notes", notebook([cell("markdown", "# Notes", "cell-001", [])]))
    >>> with TemporaryDirectory() as folder:
    ...     text = write([chapter], Path(folder, "notes.html")).read_text(encoding="utf-8")
    >>> '<h2 id="chapter-1">Notes</h2>' in text
    True
    """
    look = _brand(brand)
    found = [one if isinstance(one, Chapter) else read_notebook(one) for one in notebooks]
    return _write(
        _chosen(found, chapters),
        Path(path),
        look,
        title=title,
        subtitle=subtitle,
        wanted={"pdf": pdf, "excel": excel, "csv": csv, "sql": sql, "slides": slides},
    )


def html(chapters: Sequence[Chapter], *, title: str = _TITLE, subtitle: str = "") -> str:
    """Write executed notebooks as the text of one HTML file.

    Examples
    --------
    >>> html([], title="Nothing yet").splitlines()[0]
    '<!doctype html>'
    """
    return _html(page(chapters), Brand(), title, subtitle)


def beside(path: str | Path, what: str, wanted: Beside) -> Path | None:
    """Say where something lies that belongs to a report; None where it is not wanted.

    Examples
    --------
    >>> beside("reports/larkspur.html", "excel", True).as_posix()
    'reports/larkspur.xlsx'
    """
    if wanted is True:
        return Path(path).with_name(Path(path).stem + _ENDINGS[what])
    return Path(wanted) if wanted else None


def _check_folders(path: Path, wanted: dict[str, Beside]) -> None:
    for what in ("csv", "sql"):
        if place := beside(path, what, wanted[what]):
            refuse_others(place, f".{what}")


def _write(
    chapters: Sequence[Chapter],
    path: Path,
    brand: Brand,
    *,
    title: str,
    subtitle: str,
    wanted: dict[str, Beside],
) -> Path:
    _check_folders(path, wanted)
    content = page(chapters, brand.charts)
    answers = [answer for lines in content.answers.values() for answer in lines]
    places = {what: beside(path, what, place) for what, place in wanted.items()}
    _save(path, _html(content, brand, title, subtitle))
    if place := places["excel"]:
        write_excel(answers, place)
    if place := places["csv"]:
        write_csv(answers, place)
    if place := places["sql"]:
        write_sql(answers, place)
    if place := places["slides"]:
        _save(place, slides_html(content, brand, title=title, subtitle=subtitle))
    if place := places["pdf"]:
        print_pdf(path, place)
    return path


def _html(content: Page, brand: Brand, title: str, subtitle: str) -> str:
    figures = content.figures
    return render("report.html.j2", figures, brand, page=content, title=title, subtitle=subtitle)


def _save(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SegkitError(f"{path} cannot be written: {error.strerror}.") from None


def _brand(path: str | Path | None) -> Brand:
    return Brand() if path is None else read_brand(path)


def _chosen(chapters: list[Chapter], names: Sequence[str] | None) -> list[Chapter]:
    """Choose chapters by name, "01_market" or "market", or by number, in the order of the book."""
    if names is None:
        return chapters
    keys = {
        key: chapter.name
        for chapter in chapters
        for number, _, word in [chapter.name.partition("_")]
        for key in (word, number, number.lstrip("0") or "0", chapter.name)
        if key
    }
    unknown = [str(name) for name in names if str(name).strip() not in keys]
    if unknown:
        there = ", ".join(chapter.name for chapter in chapters)
        near = "".join(nearest(name, keys) for name in unknown[:1])
        raise ParameterError("chapters", "report", f"of {there}{near}", ", ".join(unknown))
    wanted = {keys[str(name).strip()] for name in names}
    return [chapter for chapter in chapters if chapter.name in wanted]


def _own_notebooks(source: str | Path) -> list[Chapter]:
    if source == LARKSPUR or not Path(source).is_dir():
        return []
    paths = sorted(Path(source, "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return [read_notebook(path) for path in paths]


def _seen_from_anywhere(source: str | Path) -> str:
    """Kernels run in folders of their own: a relative path must lead there from everywhere."""
    if source != LARKSPUR and Path(source).exists():
        return str(Path(source).resolve())
    return str(source)


def _name(source: str | Path) -> str:
    return "" if "://" in str(source) else Path(source).resolve().name
