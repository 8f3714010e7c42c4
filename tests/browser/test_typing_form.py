"""The form of the typing tool in a real browser: it places people as the tool does."""

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from segkit.segments import typing_tool
from segkit.segments.questionnaire import UNCLASSIFIED

SEGMENTS = np.array(["clerk", "generalist", "manager"])


def people(rows=400, seed=0):
    """Ratings of four kinds: a category, a number, bands of a number, steps in their order."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, rows, p=[0.45, 0.33, 0.22])
    told = np.where(rng.uniform(size=rows) < 0.7, kind, rng.integers(3, size=rows))
    table = pd.DataFrame(
        {
            "plan": np.array(["a", "b", "c"])[told],
            "payroll": np.clip(np.round(rng.normal(4 - kind, 1)), 1, 5).astype(int),
            "staff": rng.lognormal(3 + kind, 0.8),
            "grade": pd.Categorical(
                np.array(["low", "mid", "top"])[np.clip(kind + rng.integers(-1, 2, rows), 0, 2)],
                ["low", "mid", "top"],
                ordered=True,
            ),
        }
    )
    return table, SEGMENTS[kind]


def fill(page, tool, person):
    """Answer as one person; a band is the one that holds the number."""
    for question in tool.asked:
        fields = page.locator("fieldset").filter(
            has=page.locator("legend", has_text=re.compile(f"^{re.escape(question.name)}$"))
        )
        number = fields.locator("input[type=number]")
        if number.count():
            number.fill(str(person[question.name]))
        else:
            text = str(person[question.name])
            if question.cuts:
                text = question.answers[int(np.searchsorted(question.cuts, person[question.name]))]
            fields.get_by_label(text, exact=True).check()


def shown(page):
    return page.locator(".segment:visible").all_inner_texts()


@pytest.fixture(scope="module")
def tool():
    return typing_tool(*people())


@pytest.fixture(scope="module")
def form(tool, open_report, tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "form.html"
    path.write_text(tool.to_html("Who is asked?"), encoding="utf-8")
    return open_report(path, width=380)


def test_the_form_places_people_as_the_tool_does(tool, form):
    table, _ = people(60, seed=5)
    placed = tool.classify(table)
    assert {len(question.cuts) > 0 for question in tool.asked} == {True, False}
    kinds = set()
    for i in range(25):
        fill(form.page, tool, table.iloc[i])
        words = shown(form.page)
        assert len(words) == 1
        expected = placed["segment"][i]
        assert words[0].split(":")[0] == expected
        cells = form.page.locator("tbody td:nth-child(3)").all_inner_texts()
        chances = [int(text.removesuffix(" %")) for text in cells]
        assert max(chances) == pytest.approx(100 * placed["probability"][i], abs=0.51)
        kinds.add(expected)
    assert UNCLASSIFIED in kinds
    assert len(kinds) == 4
    form.assert_quiet()


def test_open_questions_are_counted_and_nobody_is_placed(tool, form):
    form.page.get_by_role("button", name="Start again").click()
    open_ones = form.page.locator("#progress")
    expect(open_ones).to_have_text(f"Questions still open: {len(tool.questions)}")
    assert shown(form.page) == []
    form.page.locator("input[type=radio]").first.check()
    expect(open_ones).to_have_text(f"Questions still open: {len(tool.questions) - 1}")
    form.page.locator("input[type=radio]").first.press("Enter")
    form.assert_quiet()


def test_it_fits_a_telephone_and_can_be_read_by_all(form, axe):
    form.assert_fits()
    assert form.severe_violations(axe) == []


def test_hostile_names_stay_text(hostile_names, open_report, tmp_path):
    rng = np.random.default_rng(0)
    names = np.array(hostile_names)
    kind = rng.integers(len(names), size=400)
    questions = {
        f"{name} {i}": names[np.where(rng.uniform(size=400) < 0.8, (kind + i) % len(names), 0)]
        for i, name in enumerate(hostile_names[:3])
    }
    tool = typing_tool(pd.DataFrame(questions), names[kind])
    path = tmp_path / "form.html"
    path.write_text(tool.to_html(hostile_names[0]), encoding="utf-8")
    opened = open_report(path)
    assert opened.page.locator("h1").inner_text() == hostile_names[0]
    assert opened.page.locator("img, a, svg, iframe").count() == 0
    assert opened.page.locator("script").count() == 1
    for fields in opened.page.locator("fieldset").all():
        fields.locator("input").first.check()
    assert len(shown(opened.page)) == 1
    opened.assert_fits()
    opened.assert_quiet()


def test_nothing_else_may_run_or_be_sent(tool, open_report, tmp_path):
    """A script or style that somebody adds to the file is not run: the policy names one of each."""
    page = tool.to_html().replace("</main>", "<script>window.pwned=1</script></main>")
    page = page.replace("<main>", '<main onclick="window.pwned=1" style="color:red">')
    path = tmp_path / "form.html"
    path.write_text(page, encoding="utf-8")
    opened = open_report(path)
    opened.page.locator("h1").click()
    assert opened.page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in fault for fault in opened.faults)
    assert "form-action 'none'" in page
