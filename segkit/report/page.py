"""What a report holds: executed notebooks, taken apart into prose, code, outputs and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape
from nbformat import NotebookNode

from segkit.notebooks import Chapter, NotebookError
from segkit.notebooks.chapters import cell, tags
from segkit.notebooks.outputs import FIGURE, answer_of, answers_of, lacks_data, uncoloured
from segkit.questions import questions
from segkit.report.figures import Figure, Figures
from segkit.report.sanitise import Heading, clean_html, prose, words
from segkit.report.told import Told, told

__all__ = ["Page", "page"]

_WIDGET = "application/vnd.jupyter.widget-view+json"
_IMAGES = ("image/png", "image/jpeg")
_PHASES = {
    "market": "Market",
    "account": "Accounts",
    "segment": "Segments",
    "buyer": "Buyers",
    "user": "Users",
}
_NOT_SHOWN = {"example", "interactive", "parameters"}
_TITLE = re.compile(r"\s*# +(.+?) *#* *(?:\n|$)")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")


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
    """Everything a report shows.

    Attributes
    ----------
    answers : dict of str to list of Told
        The answers by phase.
    unasked : tuple of str
        Those of the 24 questions that no chapter asks.
    sections, figures
        The chapters, and what they draw.
    drawn : dict of str to list of mapping
        What plotly draws of each answer, by question.
    """

    answers: dict[str, list[Told]]
    unasked: tuple[str, ...]
    sections: tuple[Section, ...]
    figures: Figures
    drawn: dict[str, list[Mapping[str, Any]]]


def page(chapters: Sequence[Chapter], colours: Mapping[str, str] | None = None) -> Page:
    """Take executed notebooks apart.

    A chapter that has data for none of its questions and draws nothing is left out: what is
    missing stands on the first page.

    Raises
    ------
    NotebookError
        When a cell holds an error instead of a result.
    """
    numbered = {f"chapter-{number}": chapter for number, chapter in enumerate(chapters, start=1)}
    shown = {name: chapter for name, chapter in numbered.items() if not lacks_data(chapter)}
    links = {chapter.name: f"#{name}" for name, chapter in shown.items()}
    reader = _Reader(links, Figures(colours))
    sections = []
    for name, chapter in numbered.items():
        if name in shown:
            sections.append(reader.section(name, chapter))
        else:
            reader.note_answers(chapter)
    answers = reader.by_phase()
    return Page(answers, reader.unasked(), tuple(sections), reader.figures, reader.drawn)


class _Reader:
    """Reads chapter after chapter, and gathers figures and answers on the way."""

    def __init__(self, links: Mapping[str, str], figures: Figures) -> None:
        self.links = links
        self.figures = figures
        self.drawn: dict[str, list[Mapping[str, Any]]] = {}
        self._answers: dict[str, Told] = {}
        self._answers_shown = 0
        self._spoken = ""

    def unasked(self) -> tuple[str, ...]:
        """Name those of the 24 questions that were not asked, if any was."""
        return tuple(name for name in questions() if self._answers and name not in self._answers)

    def by_phase(self) -> dict[str, list[Told]]:
        """Group the answers; where a question was asked twice, the later answer counts."""
        phases: dict[str, list[Told]] = {name: [] for name in _PHASES.values()}
        for line in sorted(self._answers.values(), key=lambda line: _place(line.question)):
            phases.setdefault(_PHASES.get(line.phase, "Other questions"), []).append(line)
        return {name: lines for name, lines in phases.items() if lines}

    def note_answers(self, chapter: Chapter) -> None:
        """Take over the answers of a chapter that is not shown; their lines lead nowhere."""
        for answer in answers_of(chapter).values():
            self._note(answer, "")

    def section(self, name: str, chapter: Chapter) -> Section:
        """Read a chapter; its title is the heading that its first cell begins with."""
        title, cells = _titled(chapter)
        self._spoken = ""
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
                outputs.append(Output("text", text=uncoloured(output.text)))
            else:
                warnings += uncoloured(output.text)
        return Cell(code=of.source, warnings=warnings, outputs=tuple(outputs))

    def _shown(self, data: Mapping[str, Any]) -> Iterator[Output]:
        if answer := answer_of(data):
            yield self._answer(answer, data.get("text/html"))
        elif FIGURE not in data:
            yield from self._plain(data)
        if FIGURE in data:
            if self._spoken:
                self.drawn.setdefault(self._spoken, []).append(data[FIGURE])
            yield Output("figure", figure=self.figures.add(data[FIGURE]))

    def _answer(self, answer: Mapping[str, Any], shown: str | None) -> Output:
        self._answers_shown += 1
        line = self._note(answer, f"answer-{self._answers_shown}")
        html = clean_html(escape(line.headline) if shown is None else shown, self.links)
        return Output("answer", html=html, id=line.id)

    def _note(self, summary: Mapping[str, Any], name: str) -> Told:
        line = told(summary, name)
        self._answers[line.question] = line
        self._spoken = line.question
        self.drawn.pop(line.question, None)
        return line

    def _plain(self, data: Mapping[str, Any]) -> Iterator[Output]:
        """Show the richest of the safe forms; scripts, LaTeX and unknown forms have none."""
        image = next((kind for kind in _IMAGES if kind in data), None)
        plain = uncoloured(data.get("text/plain", ""))
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


def _place(question: str) -> tuple[str, int, str]:
    """Sort S10 after S9."""
    letters = question.rstrip("0123456789")
    return letters, int(question[len(letters) :] or 0) if question.isascii() else 0, question


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
