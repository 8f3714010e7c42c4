"""The answers as slides: headline, chart and reason, one page a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segkit.report.brand import Brand
from segkit.report.figures import Figure, Figures
from segkit.report.page import Page
from segkit.report.rendering import own, render
from segkit.report.told import Told

__all__ = ["slides_html"]

_TALLEST = 430
_FITS = 520


@dataclass(frozen=True, slots=True)
class Slide:
    """An answer and the chart that shows it."""

    told: Told
    figure: Figure | None


def slides_html(content: Page, brand: Brand, *, title: str, subtitle: str) -> str:
    """Write the answers of a report as the text of one HTML file of slides."""
    figures = Figures(brand.charts)
    answers = [answer for lines in content.answers.values() for answer in lines]
    slides = [
        Slide(answer, _drawn(content.drawn.get(answer.question, []), figures))
        for answer in answers
        if answer.status == "answered"
    ]
    return render(
        "slides.html.j2",
        figures,
        brand,
        extra_style=own("slides.css"),
        scripts={"turning": own("slides.js")},
        title=title,
        subtitle=subtitle,
        slides=slides,
        open=[answer.question for answer in answers if answer.status != "answered"],
    )


def _drawn(outputs: list[Mapping[str, Any]], figures: Figures) -> Figure | None:
    """Take the first chart that fits a slide as it is, or make the first one fit."""
    if not outputs:
        return None
    fitting = [one for one in outputs if (one.get("layout") or {}).get("height", 0) <= _FITS]
    chosen = dict((fitting or outputs)[0])
    layout = dict(chosen.get("layout") or {})
    layout["height"] = min(layout.get("height") or _TALLEST, _TALLEST)
    figure = figures.add(chosen | {"layout": layout})
    return figure if figure.drawn else None
