"""Every colour of page and charts can be read on the light and on the dark page (WCAG 2.2)."""

import re
from itertools import product

import pytest

from segkit.charts.layout import LINE
from segkit.charts.theme import INK, PALETTE
from segkit.report.brand import page_colours
from segkit.report.contrast import MARKS, TEXT, contrast, nearest_passing

SCHEMES = ("light", "dark")


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    # The first two are the examples of WCAG's own understanding documents.
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0)],
)
def test_contrast_is_as_wcag_defines_it(first, second, ratio):
    assert contrast(first, second) == contrast(second, first)
    assert int(contrast(first, second) * 100 + 0.5) / 100 == pytest.approx(ratio, abs=0.006)


@pytest.mark.parametrize(
    ("scheme", "words", "ground"),
    [*product(SCHEMES, ("ink", "muted", "accent"), ("paper", "wash"))],
)
def test_words_of_the_page_can_be_read(scheme, words, ground):
    page = page_colours()[scheme]
    assert contrast(page[words], page[ground]) >= TEXT


@pytest.mark.parametrize(("scheme", "colour"), [*product(SCHEMES, (*PALETTE, LINE["color"]))])
def test_marks_of_charts_can_be_seen(scheme, colour):
    assert contrast(colour, page_colours()[scheme]["paper"]) >= MARKS


def test_words_of_charts_can_be_read_in_a_notebook():
    assert contrast(INK, "#ffffff") >= TEXT


def test_no_chart_draws_a_mark_in_the_ink_of_words():
    """On the dark page words are given its ink, marks are not."""
    from pathlib import Path

    import segkit.charts

    for path in Path(segkit.charts.__file__).parent.glob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            assert not re.search(r'(line|marker|connector)"?[:=].*INK', line), (
                f"{path.name}: {line}"
            )


@pytest.mark.parametrize("colour", ["#8ab6f5", "#ffff00", "#123456", "#808080", "#000000"])
def test_the_nearest_colour_passes_and_keeps_what_passes_already(colour):
    grounds = [("#ffffff", TEXT), ("#f5f6f8", TEXT)]
    found = nearest_passing(colour, grounds)
    assert found is not None
    assert all(contrast(found, ground) >= least for ground, least in grounds)


def test_there_may_be_no_such_colour():
    assert nearest_passing("#1f57a8", [("#ffffff", 7.0), ("#000000", 7.0)]) is None
