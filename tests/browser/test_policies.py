"""Pages beside the report, for a hostile company: nothing runs, and nothing that got in can."""

import numpy as np
import pandas as pd
import pytest

from segkit.scoring import Criteria
from segkit.scoring.conditions import Condition, Rule
from segkit.segments import typing_tool
from segkit.surveys import survey_form
from segkit.workshop.handout import Cards, cards_page

SURVEYS = ("maxdiff", "conjoint", "kano", "importance-satisfaction", "nps")
PAGES = ("cards", "first call", "typing", *SURVEYS)


def written(kind, names):
    """Write a page of a kind, every word of it hostile."""
    whole = " ".join(names)
    if kind == "cards":
        rows = tuple((name, whole) for name in names)
        return cards_page(Cards(whole, whole, ("card", whole), rows, names, names), whole)
    if kind == "first call":
        rules = tuple(Rule(((Condition(name, "is", name),),)) for name in names)
        return Criteria(rules, ()).to_html(whole, evidence=whole)
    if kind == "typing":
        rng = np.random.default_rng(0)
        place = rng.integers(len(names), size=400)
        told = np.where(rng.uniform(size=400) < 0.8, place, 0)
        asked = {name: np.array(names)[(told + shift) % 10] for shift, name in enumerate(names[:3])}
        return typing_tool(pd.DataFrame(asked), np.array(names)[place]).to_html(whole)
    items = {name: list(names[:2]) for name in names[:3]} if kind == "conjoint" else names
    return survey_form(kind, items, title=whole, intro=whole, roles=names)


@pytest.mark.parametrize("kind", PAGES)
def test_a_hostile_company_is_told_and_nothing_runs(
    kind, open_report, break_into, hostile_names, tmp_path
):
    text = written(kind, hostile_names)
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    opened = open_report(path)
    opened.assert_quiet()
    assert opened.page.locator("img, a, svg, iframe").count() == 0
    told = opened.page.locator("main").evaluate("one => one.textContent")
    assert all(name in told for name in hostile_names[:7])
    attributes = "all => all.flatMap(one => [...one.attributes].map(each => each.name))"
    found = opened.page.locator("body *").evaluate_all(attributes)
    assert not [name for name in found if name.startswith("on")]
    opened.page.close()
    break_into(text, kind)
