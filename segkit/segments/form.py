"""The typing tool as a page: one HTML file that needs no network and asks for none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from segkit.offline import offline_page, shown_text
from segkit.segments.clustering import Numbers
from segkit.segments.questions import Question

__all__ = ["form_page"]

FOLDER = Path(__file__).parent

BODY = """\
<p>{advice}</p>
<form id="questions" data-sure="{sure:g}" autocomplete="off">
{questions}
<button type="reset">Start again</button>
</form>
<div class="result" role="status">
<p id="progress"></p>
{segments}
</div>
<table>
<thead><tr><th scope="col">segment</th><th scope="col">points</th>\
<th scope="col">probability</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
<p class="note">{evidence}</p>"""


def form_page(
    asked: Sequence[Question],
    points: Numbers,
    names: Sequence[str],
    *,
    title: str,
    sure: float,
    evidence: str,
) -> str:
    """Write the page.

    Parameters
    ----------
    asked : sequence of Question
    points : array of shape (1 + answers, segments)
        The first row is given to all; then one row an answer, in the order of the questions.
    names : sequence of str
        Of the segments.
    title, evidence : str
    sure : float
        Probability below which a person is not placed.
    """
    script, style = ((FOLDER / f"form.{kind}").read_text("utf-8") for kind in ("js", "css"))
    body = BODY.format(
        advice=f"Answer all {len(asked)} questions; the page adds up the points by itself.",
        sure=sure,
        questions="\n".join(_questions(asked, points)),
        segments="\n".join(_segments(names)),
        rows="\n".join(_rows(names, points[0])),
        evidence=shown_text(evidence),
    )
    return offline_page(title, body, script=script, style=style)


def _questions(asked: Sequence[Question], points: Numbers) -> Iterator[str]:
    row = 1
    for place, question in enumerate(asked):
        own = points[row : row + len(question.answers)]
        row += len(own)
        inner = "\n".join(_answers(question, own, f"q{place}"))
        legend = f"<legend><bdi>{shown_text(question.name)}</bdi></legend>"
        yield f"<fieldset>\n{legend}\n{inner}\n</fieldset>"


def _answers(question: Question, points: Numbers, name: str) -> Iterator[str]:
    column = question.column
    if column.role == "numeric" and not question.cuts:
        yield (
            f'<label>number <input type="number" step="any" name="{name}" '
            f'data-points="{_points(points[0])}"></label>'
        )
        return
    if column.role == "ordinal":
        choices = [(times, str(level), points[0]) for times, level in enumerate(column.levels)]
    else:
        choices = [(1, text, own) for text, own in zip(question.answers, points, strict=True)]
    for times, text, own in choices:
        yield (
            f'<label><input type="radio" name="{name}" value="{times}" '
            f'data-points="{_points(own)}"> <bdi>{shown_text(text)}</bdi></label>'
        )


def _points(row: Numbers) -> str:
    return " ".join(repr(float(point)) for point in row)


def _segments(names: Sequence[str]) -> Iterator[str]:
    for place, name in enumerate(names):
        yield f'<p class="segment" data-place="{place}" hidden><bdi>{shown_text(name)}</bdi></p>'
    yield (
        '<p class="segment" data-place="unclassified" hidden>unclassified: the answers fit no '
        "segment well enough</p>"
    )


def _rows(names: Sequence[str], start: Numbers) -> Iterator[str]:
    for name, first in zip(names, start, strict=True):
        yield (
            f'<tr data-start="{float(first)!r}"><th scope="row"><bdi>{shown_text(name)}</bdi></th>'
            "<td></td><td></td></tr>"
        )
