"""Write executed notebooks as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from segkit.errors import SegkitError
from segkit.report.figures import Figures, plotly_source
from segkit.report.page import page
from segkit.workshop import (
    Chapter,
    Progress,
    chapter_sources,
    edition,
    read_notebook,
    read_source,
    run,
)

__all__ = ["build", "html", "write"]

_TITLE = "Segmentation report"


def build(
    source: str | Path,
    path: str | Path,
    chapters: Sequence[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    *,
    title: str = _TITLE,
    subtitle: str | None = None,
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
        Names of the chapters wanted; all by default.
    progress
        Called after each cell that was run.
    title, subtitle
        What stands at the top; the subtitle is the name of the source by default.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    NotebookError
        When a cell raises. Names chapter and cell.
    ParameterError
        When a name is not that of a chapter.

    Examples
    --------
    >>> build("larkspur", "reports/larkspur.html")  # doctest: +SKIP
    PosixPath('reports/larkspur.html')
    """
    found = _own_notebooks(source, chapters) or [
        edition(read_source(one), "analyst") for one in chapter_sources(chapters)
    ]
    executed = run(found, {"source": _seen_from_anywhere(source)}, progress=progress)
    shown = _name(source) if subtitle is None else subtitle
    return write(executed, path, title=title, subtitle=shown)


def write(
    notebooks: Iterable[str | Path | Chapter],
    path: str | Path,
    *,
    title: str = _TITLE,
    subtitle: str = "",
) -> Path:
    """Write executed notebooks as one HTML file that works offline.

    The same notebooks give the same bytes.

    Parameters
    ----------
    notebooks
        Files or chapters, in the order of the report.
    path
        The HTML file to write; its folder is made where it is missing.
    title, subtitle
        What stands at the top. No date stands anywhere unless it is part of these.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    NotebookError
        When a file is no notebook, or a notebook holds an error.
    SegkitError
        When the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from segkit.workshop.chapters import cell, notebook
    >>> chapter = Chapter("notes", notebook([cell("markdown", "# Notes", "cell-001", [])]))
    >>> with TemporaryDirectory() as folder:
    ...     text = write([chapter], Path(folder, "notes.html")).read_text(encoding="utf-8")
    >>> '<h2 id="chapter-1">Notes</h2>' in text
    True
    """
    chapters = [one if isinstance(one, Chapter) else read_notebook(one) for one in notebooks]
    text = html(chapters, title=title, subtitle=subtitle)
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SegkitError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def html(chapters: Sequence[Chapter], *, title: str = _TITLE, subtitle: str = "") -> str:
    """Write executed notebooks as the text of one HTML file.

    Examples
    --------
    >>> html([], title="Nothing yet").splitlines()[0]
    '<!doctype html>'
    """
    content = page(chapters)
    style, boot = _own("report.css"), _own("boot.js")
    drawing = {
        "boot": boot,
        "figures": _packed(content.figures.to_json()),
        "plotly": _packed(plotly_source()),
    }
    return _template().render(
        page=content,
        policy=_policy(content.figures, boot),
        style=style,
        subtitle=subtitle,
        title=title,
        **drawing if content.figures else {},
    )


def _template() -> Template:
    loader = PackageLoader("segkit.report", ".")
    environment = Environment(autoescape=True, loader=loader, undefined=StrictUndefined)
    return environment.get_template("report.html.j2")


def _policy(figures: Figures, boot: str) -> str:
    """Allow this report's own two scripts and nothing from elsewhere."""
    scripts = [_hash(boot.encode()), _hash(plotly_source())] if figures else ["'none'"]
    if figures.compiled:
        scripts.append("'unsafe-eval'")
    return (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def _own(name: str) -> str:
    return files("segkit.report").joinpath(name).read_text(encoding="utf-8")


def _own_notebooks(source: str | Path, names: Sequence[str] | None) -> list[Chapter]:
    if source == "larkspur" or not Path(source).is_dir():
        return []
    paths = sorted(Path(source, "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return [read_notebook(path) for path in paths if names is None or path.stem in names]


def _seen_from_anywhere(source: str | Path) -> str:
    """Kernels run in folders of their own: a relative path must lead there from everywhere."""
    if source != "larkspur" and Path(source).exists():
        return str(Path(source).resolve())
    return str(source)


def _name(source: str | Path) -> str:
    if source == "larkspur":
        return "Larkspur HR, the sample company"
    return "" if "://" in str(source) else Path(source).resolve().name
