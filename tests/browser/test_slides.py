"""Slides in a browser: complete and quiet, turned by keys, read aloud, printed one to a page."""

import re

import nbformat
import pandas as pd
import plotly.graph_objects as go
import pytest

from segkit.answers import Answer
from segkit.charts import Picture, intervals
from segkit.notebooks import Chapter
from segkit.notebooks.chapters import cell, notebook
from segkit.report import write
from segkit.report.pdf import print_pdf

LEVELS = pd.DataFrame({"level": ["TAM", "SAM"], "mean": [310.2, 102.5], "low": [221, 70]})


def draw(table: pd.DataFrame) -> go.Figure:
    shown = table.assign(high=table["mean"] * 2)
    return intervals(shown, name="level", estimate="mean", low="low", high="high", axis="USD M")


@pytest.fixture(scope="module")
def slides(tmp_path_factory, hostile_names):
    picture = Picture(" ".join(hostile_names[:2]), "SAM is a third.", LEVELS, draw)
    answers = [
        Answer("answered", headline, 3.1e8, (2e8, 4e8), "USD a year", LEVELS, (picture,), method)
        for headline, method in (("Big.", "Counted. " * 60), (hostile_names[0] * 6, "x"))
    ]
    cells = []
    for number, answer in enumerate(answers):
        told = Answer(**{**vars(answer), "question": ("M1", "A5")[number]})
        import json

        drawn = {"application/vnd.plotly.v1+json": json.loads(told.figure().to_json())}
        one = cell("code", "1", f"cell-{number}", [])
        one.outputs = [
            nbformat.v4.new_output("display_data", data=nbformat.from_dict(data))
            for data in (told._repr_mimebundle_(), drawn)
        ]
        cells.append(one)
    folder = tmp_path_factory.mktemp("slides")
    write([Chapter("01_market", notebook(cells))], folder / "a.html", title="T", slides=True)
    return folder / "a-slides.html"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 380)])
def test_slides_are_quiet_complete_and_accessible(open_report, axe, slides, scheme, width):
    opened = open_report(slides, scheme=scheme, width=width)
    opened.assert_charts_drawn()
    opened.assert_fits()
    opened.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert opened.severe_violations(axe) == []
    opened.assert_quiet()
    assert opened.page.locator(".slide").count() == 3


def test_keys_turn_the_slides(open_report, slides):
    page = open_report(slides).page

    def shown() -> int:
        return page.evaluate(
            "[...document.querySelectorAll('.slide')].indexOf(document.activeElement)"
        )

    for key, place in (("ArrowRight", 1), ("PageDown", 2), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
        assert shown() == place, key
        top = page.locator(".slide").nth(place).bounding_box()
        assert top is not None
        assert abs(top["y"]) < 60
    page.keyboard.press("Home")
    assert shown() == 0


def test_each_slide_is_printed_on_a_page_of_its_own(slides, tmp_path):
    content = print_pdf(slides, tmp_path / "slides.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) == 3
    assert b"/StructTreeRoot" in content
    assert b"/Outlines" in content
