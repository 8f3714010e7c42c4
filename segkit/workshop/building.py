"""Build a workshop for a facilitator's own company: every edition, answers recomputed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from segkit.base import LARKSPUR, read
from segkit.errors import DataError, SegkitError
from segkit.notebooks.chapters import Chapter, chapter_sources, read_source, text_of
from segkit.notebooks.editions import draft
from segkit.notebooks.exercises import exercises_file
from segkit.notebooks.lessons import with_minutes
from segkit.notebooks.names import EXERCISES
from segkit.notebooks.outputs import lacks_data
from segkit.notebooks.runner import Progress, run, with_parameters
from segkit.workshop.agenda import Length, plan
from segkit.workshop.checking import PROGRESS
from segkit.workshop.facilitator import facilitator_pages
from segkit.workshop.sifting import LeftOut, forgiving, sift, without

__all__ = ["Built", "build"]


@dataclass(frozen=True, slots=True)
class Built:
    """A workshop as it was built: the files written, and what the tables do not answer."""

    folder: Path
    written: tuple[Path, ...]
    left_out: tuple[LeftOut, ...]


def build(
    folder: str | Path,
    company: str | Path = LARKSPUR,
    language: str = "en",
    *,
    chapters: Sequence[str] | None = None,
    lengths: Sequence[Length] = get_args(Length),
    start: str = "09:00",
    progress: Callable[[Progress], None] | None = None,
) -> Built:
    """Build the editions of a workshop on a company's own tables.

    The folder `exercises` is for participants: give each a copy. The folder `facilitator` holds
    the same chapters with solutions, answers and hints, run on the company's tables, and pages
    beside them: run sheet, agendas, handouts, solutions, see `facilitator_pages`. An exercise
    whose question the tables do not answer is left out of both, and so is a chapter without data
    for any of its questions.

    Where the tables lie within `folder`, the notebooks name them by the way from there, so that
    the whole folder can be handed on; else by their full path.

    Parameters
    ----------
    folder
        Receives the workshop; made where it is missing. Files of an earlier workshop are replaced.
    company
        What `segkit.read` takes: a folder, a DuckDB file or a database URL; "larkspur" is the
        sample company.
    language
        Code of the language of the chapters.
    chapters
        Names of the chapters wanted; all by default.
    lengths, start
        For which lengths there is an agenda ("half day", "one day", "two days"), and when a day
        begins.
    progress
        Called after each cell that was run.

    Returns
    -------
    Built
        `folder, written, left_out`; each left out names `chapter, exercise` (empty for a whole
        chapter) and `reason`.

    Raises
    ------
    DataError
        When the tables cannot be read, or have data for none of the chapters.
    ParameterError
        When there is no such chapter or language.
    NotebookError
        When a cell that is no exercise does not run.
    SegkitError
        When somebody worked in the folder already, or it cannot be written.

    Examples
    --------
    >>> build("my-workshop", "my-data").left_out  # doctest: +SKIP
    (LeftOut(chapter='01_market', exercise='', reason='the tables have data for none of its ...'),)
    """
    top = Path(folder)
    sources = [read_source(path) for path in chapter_sources(chapters, language=language)]
    _refuse_used(top)
    for length in lengths:
        plan([], length, start)  # a fault is told before minutes of work
    # So are faults of the tables, before a notebook meets them.
    name = read(company).settings.company
    drafts = [forgiving(draft(one, "facilitator")) for one in sources]
    done = run(drafts, {"source": _seen(company)}, progress=progress)
    left_out = [one for chapter in done for one in sift(chapter)]
    taught = [(source, chapter) for source, chapter in zip(sources, done, strict=True)]
    taught = [(source, chapter) for source, chapter in taught if not lacks_data(chapter)]
    if not taught:
        raise DataError(f"The tables of {company} have no data for any of the chapters.")
    shown, files = _editions(taught, left_out, {"source": _seen(company, top)})
    pages = facilitator_pages(shown, name, lengths=lengths, start=start, left_out=left_out)
    files |= {f"facilitator/{page}": text for page, text in pages.items()}
    written = _write(top, files, [one.name for one in sources])
    return Built(top, written, tuple(left_out))


def _editions(
    taught: Sequence[tuple[Chapter, Chapter]],
    left_out: Sequence[LeftOut],
    parameters: Mapping[str, object],
) -> tuple[list[Chapter], dict[str, str]]:
    """Derive the editions of chapters, given as pairs of a source and what was run.

    Returns the facilitator's chapters, and all editions as text by name of file.
    """
    shown, files = [], {}
    for source, done in taught:
        gone = [one for one in left_out if one.chapter == source.name]
        whole = without(done, gone, told=True)
        blank = without(draft(source, "exercises"), gone, told=False)
        blank = with_parameters(with_minutes(blank, whole), parameters)
        files[f"exercises/{source.name}.ipynb"] = text_of(blank.notebook)
        shown.append(with_parameters(with_minutes(whole, whole), parameters))
    files[f"exercises/{EXERCISES}"] = exercises_file(shown)
    files |= {f"facilitator/{one.name}.ipynb": text_of(one.notebook) for one in shown}
    return shown, files


def _seen(company: str | Path, top: Path | None = None) -> str:
    """Name a company so that a notebook finds it: by the way from its folder, or by full path."""
    if company == LARKSPUR or not Path(company).exists():
        return str(company)
    path = Path(company).resolve()
    if top is not None and path.is_relative_to(top.resolve()):
        return Path(os.path.relpath(path, top.resolve() / "exercises")).as_posix()
    return str(path)


def _refuse_used(top: Path) -> None:
    used = top / "exercises" / PROGRESS
    if used.exists():
        raise SegkitError(
            f"Somebody worked in {used.parent} already, for there is a {PROGRESS}. Build into "
            "another folder, or move that one away."
        )


def _write(top: Path, files: Mapping[str, str], names: Sequence[str]) -> tuple[Path, ...]:
    try:
        for path in _earlier(top, names):
            if path.relative_to(top).as_posix() not in files:
                path.unlink(missing_ok=True)
        for name, text in files.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise SegkitError(f"{error.filename or top} cannot be written: {error.strerror}.") from None
    return tuple(top / name for name in files)


def _earlier(top: Path, names: Sequence[str]) -> Iterator[Path]:
    """List what an earlier workshop with more data or other agendas may have left."""
    for name in names:
        yield top / "exercises" / f"{name}.ipynb"
        yield top / "facilitator" / f"{name}.ipynb"
    room = top / "facilitator"
    for pages in ("agenda_*.html", "cards.html", "handouts/*.html", "solutions/*.html"):
        yield from room.glob(pages)
