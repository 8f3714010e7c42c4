"""The form for the first call in a real browser: it tells deals as the rules do."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from segkit.scoring import Criteria
from segkit.scoring.conditions import Condition, Rule

STAFF = Condition("staff", "above", 250.0)
BOARD, SYSTEM = Condition("board", "is", True), Condition("system", "is", True)
KIND = Condition("kind", "is", "school")
CRITERIA = Criteria(
    target=(Rule(((STAFF,), (BOARD.opposite(), SYSTEM))), Rule(((KIND,), (SYSTEM,)))),
    non_target=(Rule(((BOARD,), (SYSTEM.opposite(),))), Rule(((KIND.opposite(),), (SYSTEM,)))),
)


def answer(page, name, choice):
    fields = page.locator("fieldset").filter(has=page.locator("legend", has_text=name))
    if isinstance(choice, int):
        fields.locator("input[type=number]").fill(str(choice))
    else:
        fields.get_by_label(choice, exact=True).check()


@pytest.fixture(scope="module")
def form(open_report, tmp_path_factory):
    path = tmp_path_factory.mktemp("form") / "form.html"
    path.write_text(CRITERIA.to_html("For us?", evidence="by 300 deals"), encoding="utf-8")
    return open_report(path, width=380)


def test_the_form_tells_deals_as_the_rules_do(form):
    rng = np.random.default_rng(0)
    words = {True: "yes", False: "no", None: "not known"}
    told = set()
    for _ in range(15):
        form.page.get_by_role("button", name="Start again").click()
        deal = {
            "staff": rng.choice([100, 250, 251, None]),
            "board": rng.choice([True, False, None]),
            "system": rng.choice([True, False, None]),
            "kind": rng.choice(["school", "other", None]),
        }
        for name, value in deal.items():
            answer(form.page, name, words.get(value, value))
        expected = CRITERIA.predict(pd.DataFrame([deal]))[0]
        expect(form.page.locator(f"[data-verdict='{expected}']")).to_be_visible()
        assert form.page.locator("[data-verdict]:visible").count() == 1
        told.add(expected)
    assert told == {"target", "non-target", "undecided"}
    form.assert_quiet()


def test_it_says_so_as_soon_as_the_answers_decide(form):
    form.page.get_by_role("button", name="Start again").click()
    expect(form.page.locator("#progress")).to_have_text("Questions still open: 4")
    answer(form.page, "system", "no")
    answer(form.page, "board", "yes")
    expect(form.page.locator("[data-verdict='non-target']")).to_be_visible()
    form.assert_quiet()


def test_it_fits_a_telephone_and_can_be_read_by_all(form, axe):
    form.assert_fits()
    assert form.severe_violations(axe) == []


def test_hostile_names_stay_text(hostile_names, open_report, tmp_path):
    rules = tuple(
        Rule(((Condition(f"{name} {place}", "is", name),),))
        for place, name in enumerate(hostile_names)
    )
    path = tmp_path / "form.html"
    path.write_text(Criteria(rules).to_html(hostile_names[0]), encoding="utf-8")
    opened = open_report(path)
    assert opened.page.locator("img, a, svg, iframe").count() == 0
    assert opened.page.locator("script").count() == 1
    opened.page.locator("fieldset input").first.check()
    assert opened.page.locator("[data-verdict='target']").is_visible()
    opened.assert_fits()
    opened.assert_quiet()
