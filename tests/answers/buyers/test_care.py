"""B2 against the utilities planted in the sample company."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

import segkit
from segkit.answers.buyers.offers import offer_pictures


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("B2")


def without_offers(choices):
    return segkit.CustomerBase.from_tables({"maxdiff_buyers": choices})


def test_each_role_cares_about_what_was_planted(answer, truth):
    planted = truth["B2"]["parameter"]["utility"]
    table = answer.table.set_index("item")
    for role, utility in planted.items():
        shares = pd.Series(softmax(list(utility.values())), index=list(utility))[table.index]
        found = table[f"{role} share"]
        assert found.idxmax() == shares.idxmax()
        assert np.abs(found - shares).max() < 0.03
        # Tastes that differ within a role pull shares a little together.
        inside = (table[f"{role} low"] < shares) & (shares < table[f"{role} high"])
        assert inside.mean() > 0.6
    assert answer.table["share"].sum() == pytest.approx(1, abs=1e-3)
    assert "ease of use" in answer.headline
    assert "total cost" in answer.headline


def test_the_two_planted_segments_are_found_without_roles(answer, truth):
    assert "ask for 2 segments (60 % and 40 %" in answer.method
    assert "which are the roles" in answer.method
    assert truth["B2"]["parameter"]["role_shares"] == {"HR": 0.6, "Finance": 0.4}


def test_offers_show_what_was_planted(answer, truth):
    planted = truth["conjoint"]["parameter"]
    tables = {
        picture.title: picture.table for picture in answer.pictures if picture.about == "offers"
    }
    minds = tables["Who minds the price"].set_index("segment")
    for segment, slope in planted["price_slope"].items():
        assert minds.loc[segment, "lost"] == pytest.approx(-slope, abs=0.1)
    assert ((minds["low"] < minds["lost"]) & (minds["lost"] < minds["high"])).all()
    assert minds.index[0] == planted["most_price_sensitive"]
    importance = tables["What decides between offers"]
    assert importance["attribute"].tolist() == ["price", "support", "start", "hosting"]
    worth = tables["What buyers would pay more for"]
    assert worth["what"].iloc[0] == "support: dedicated instead of e-mail"
    assert worth["low"].min() > 0


def test_offers_are_compared_role_by_role(larkspur, answer):
    """Market segments differ in how they mind the price: as roles they are told apart."""
    assert "No evidence that roles choose differently among offers." in answer.caveats
    choices = larkspur.conjoint_buyers
    tables = {"conjoint_buyers": choices.assign(role=choices["segment"]).drop(columns="segment")}
    company = segkit.CustomerBase.from_tables(tables, {"as_of": "2026-06-30"})
    pictures, notes = offer_pictures(company)
    found = next(one for one in pictures if one.title.endswith("role by role"))
    assert found.finding.startswith("Roles choose differently; most is decided by price")
    price = found.table[found.table["attribute"] == "price"].set_index("role")["importance"]
    assert price.idxmax() == "community colleges"
    assert price.idxmin() == "private universities"
    assert found.figure().data
    assert not any("No evidence that roles" in note for note in notes)


def test_every_picture_draws(answer):
    for number in range(len(answer.pictures)):
        figure = answer.figure(number)
        assert figure.data
        assert figure.layout.meta["segkit"]["finding"]


def test_mixed_roles_show_no_evidence(larkspur):
    choices = larkspur.maxdiff_buyers
    people = choices["respondent"].unique()
    mixed = np.random.default_rng(2).permutation(np.where(np.arange(len(people)) % 2, "a", "b"))
    roles = choices["respondent"].map(dict(zip(people, mixed, strict=True)))
    answer = without_offers(choices.assign(role=roles)).ask("B2")
    assert "no evidence that roles differ" in answer.headline
    assert "which are not the roles" in answer.method
    assert [picture.about for picture in answer.pictures] == ["care", "segments"]


def test_it_needs_neither_roles_nor_offers(larkspur):
    answer = without_offers(larkspur.maxdiff_buyers.drop(columns="role")).ask("B2")
    assert answer.status == "answered"
    assert "roles" not in answer.headline
    assert (
        "2 segments differ: segment 1 (60 % of buyers) cares most about ease of use"
        in answer.headline
    )
    assert list(answer.table) == ["item", "share", "low", "high"]


def test_choices_that_are_none_are_refused_in_words(larkspur):
    answer = without_offers(larkspur.maxdiff_buyers.assign(choice=0)).ask("B2")
    assert answer.status == "not enough data"
    assert "no best item" in answer.headline


def test_five_buyers_are_no_segments(larkspur):
    choices = larkspur["maxdiff_buyers"]
    few = choices[choices["respondent"].isin(choices["respondent"].unique()[:5])]
    answer = segkit.CustomerBase.from_tables({"maxdiff_buyers": few}).ask("B2")
    assert "segments" not in answer.headline
    assert any("only 5" in caveat for caveat in answer.caveats)
