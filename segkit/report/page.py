"""What a report holds: executed notebooks, taken apart into prose, code, outputs and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape
from nbformat import NotebookNode

from segkit.report.figures import Figure, Figures
from segkit.report.sanitise import Heading, clean_html, prose, words
from segkit.workshop import Chapter, NotebookError
from segkit.workshop.chapters import cell, tags

__all__ = ["ANSWER", "Page", "page"]

ANSWER = "application/vnd.segkit.answer+json"
_PLOTLY = "application/vnd.plotly.v1+json"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_IMAGES = ("image/png", "image/jpeg")
_PHASES = {
    "market": "Market",
    "account": "Accounts",
    "segment": "Segments",
    "buyer": "Buyers",
    "user": "Users",
}
_NOT_SHOWN = {"interactive", "parameters"}
_WITHOUT_DATA = {"missing data"}
_TITLE = re.compile(r"\s*# +(.+?) *#* *(?:\n|$)")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer as the first page shows it; `id` is where it stands, empty if nowhere."""

    id: str
    question: str
    text: str
    status: str
    headline: str


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a cell, in the one form that is shown."""

    kind: str
    html: str = ""
    text: str = ""
    source: str = ""
    figure: Figure | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: prose, or code with its warnings and outputs."""

    prose: str = ""
    code: str = ""
    warnings: str = ""
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the report."""

    id: str
    title: str
    headings: tuple[Heading, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a report shows: answers by phase, chapters, figures."""

    answers: dict[str, list[AnswerLine]]
    sections: tuple[Section, ...]
    figures: Figures


def page(chapters: Sequence[Chapter]) -> Page:
    """Take executed notebooks apart.

    A chapter that has data for none of its questions and draws nothing is left out: what is
    missing stands on the first page.

    Raises
    ------
    NotebookError
        When a cell holds an error instead of a result.
    """
    numbered = {f"chapter-{number}": chapter for number, chapter in enumerate(chapters, start=1)}
    shown = {name: chapter for name, chapter in numbered.items() if not _lacks_data(chapter)}
    reader = _Reader({chapter.name: f"#{name}" for name, chapter in shown.items()})
    sections = []
    for name, chapter in numbered.items():
        if name in shown:
            sections.append(reader.section(name, chapter))
        else:
            reader.note_answers(chapter)
    return Page(reader.by_phase(), tuple(sections), reader.figures)


class _Reader:
    """Reads chapter after chapter, and gathers figures and answers on the way."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self.links = links
        self.figures = Figures()
        self._answers: dict[str, tuple[str, AnswerLine]] = {}
        self._answers_shown = 0

    def by_phase(self) -> dict[str, list[AnswerLine]]:
        """Group the answers; where a question was asked twice, the later answer counts."""
        phases: dict[str, list[AnswerLine]] = {name: [] for name in _PHASES.values()}
        for _, (phase, line) in sorted(self._answers.items()):
            phases.setdefault(_PHASES.get(phase, "Other questions"), []).append(line)
        return {name: lines for name, lines in phases.items() if lines}

    def note_answers(self, chapter: Chapter) -> None:
        """Take over the answers of a chapter that is not shown; their lines lead nowhere."""
        for data in _bundles(chapter):
            if _is_answer(data):
                self._note(data[ANSWER], "")

    def section(self, name: str, chapter: Chapter) -> Section:
        """Read a chapter; its title is the heading that its first cell begins with."""
        title, cells = _titled(chapter)
        headings: list[Heading] = []
        read = []
        for number, one in enumerate(cells, start=1):
            if _NOT_SHOWN & set(tags(one)):
                continue
            if one.cell_type == "markdown":
                text = prose(one.source, self.links, f"{name}-{number}")
                headings += text.headings
                read.append(Cell(prose=text.html))
            elif one.cell_type == "code":
                read.append(self._code(chapter, one))
        return Section(name, title, tuple(headings), tuple(read))

    def _code(self, chapter: Chapter, of: NotebookNode) -> Cell:
        outputs: list[Output] = []
        warnings = ""
        for output in of.outputs:
            if output.output_type == "error":
                raise NotebookError(
                    f"{chapter.name} holds an error ({output.ename}: {output.evalue}). Mend and "
                    "run the notebook before it goes into a report."
                )
            if output.output_type != "stream":
                outputs += self._shown(output.data)
            elif output.name == "stdout":
                outputs.append(Output("text", text=_ANSI.sub("", output.text)))
            else:
                warnings += _ANSI.sub("", output.text)
        return Cell(code=of.source, warnings=warnings, outputs=tuple(outputs))

    def _shown(self, data: Mapping[str, Any]) -> Iterator[Output]:
        if _is_answer(data):
            yield self._answer(data)
        elif _PLOTLY not in data:
            yield from self._plain(data)
        if _PLOTLY in data:
            yield Output("figure", figure=self.figures.add(data[_PLOTLY]))

    def _answer(self, data: Mapping[str, Any]) -> Output:
        self._answers_shown += 1
        line = self._note(data[ANSWER], f"answer-{self._answers_shown}")
        html = clean_html(data.get("text/html", escape(line.headline)), self.links)
        return Output("answer", html=html, id=line.id)

    def _note(self, summary: Mapping[str, Any], name: str) -> AnswerLine:
        found = {key: str(summary.get(key) or "") for key in ("question", "text", "headline")}
        line = AnswerLine(id=name, status=str(summary.get("status") or "answered"), **found)
        self._answers[line.question] = (str(summary.get("phase")), line)
        return line

    def _plain(self, data: Mapping[str, Any]) -> Iterator[Output]:
        """Show the richest of the safe forms; scripts, LaTeX and unknown forms have none."""
        image = next((kind for kind in _IMAGES if kind in data), None)
        plain = _ANSI.sub("", data.get("text/plain", ""))
        if _WIDGET in data:
            yield Output("note", text="An interactive control stands here in the notebook.")
        elif "text/html" in data:
            yield Output("html", html=clean_html(data["text/html"], self.links))
        elif "text/markdown" in data:
            yield Output("html", html=prose(data["text/markdown"], self.links).html)
        elif image:
            yield Output("image", text=plain, source=_inline(image, data[image]))
        elif plain and "application/javascript" not in data:
            yield Output("text", text=plain)


def _lacks_data(chapter: Chapter) -> bool:
    """Say whether a chapter asks questions, has data for none and draws nothing."""
    bundles = list(_bundles(chapter))
    told = {data[ANSWER].get("status") for data in bundles if _is_answer(data)}
    return bool(told) and told <= _WITHOUT_DATA and not any(_PLOTLY in data for data in bundles)


def _bundles(chapter: Chapter) -> Iterator[Mapping[str, Any]]:
    """List what the cells of a chapter show, each by MIME type."""
    for one in chapter.notebook.cells:
        yield from (output.data for output in one.get("outputs", ()) if "data" in output)


def _is_answer(data: Mapping[str, Any]) -> bool:
    return isinstance(data.get(ANSWER), dict)


def _titled(chapter: Chapter) -> tuple[str, list[NotebookNode]]:
    cells = list(chapter.notebook.cells)
    first = cells[0] if cells and cells[0].cell_type == "markdown" else None
    found = _TITLE.match(first.source) if first else None
    if not first or not found:
        return chapter.name, cells
    rest = cell("markdown", first.source[found.end() :], "after-the-title", [])
    return words(found[1]), [rest, *cells[1:]]


def _inline(kind: str, content: str) -> str:
    return f"data:{kind};base64,{_NOT_BASE64.sub('', content)}"
