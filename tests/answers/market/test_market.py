"""M1 against the closed form of the market planted in the sample company."""

import pandas as pd
import pytest

import segkit


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("M1")


def _mean(answer, level, unit):
    rows = answer.table.query("level == @level and unit == @unit")
    return rows["mean"].item()


def test_market_equals_its_closed_form(answer, truth):
    planted = truth["M1"]["parameter"]["bottom-up"]
    for level in ("TAM", "SAM", "SOM"):
        assert _mean(answer, level, "revenue") == pytest.approx(planted[level]["mean"], rel=0.005)
    assert _mean(answer, "TAM", "accounts") == truth["M1"]["parameter"]["accounts"]["all"]
    assert answer.estimate == pytest.approx(planted["TAM"]["mean"], rel=0.005)
    low, high = answer.interval
    # The planted spread: a 90 % interval is about 3.3 standard deviations wide.
    assert high - low == pytest.approx(3.3 * planted["TAM"]["sd"], rel=0.1)


def test_headline_says_number_interval_and_growth(answer):
    assert "16,591 accounts" in answer.headline
    assert "USD 250 M a year" in answer.headline
    assert "grows by 1" in answer.headline


def test_pictures_state_their_finding(answer):
    for number in range(3):
        figure = answer.figure(number)
        assert len(figure.data) > 0
        assert figure.layout.meta["segkit"]["finding"].endswith(".")
    assert answer.figure(3) is None


def test_strongest_input_comes_first(answer):
    swings = answer.pictures[1].table["swing"]
    assert swings.is_monotonic_decreasing
    assert answer.pictures[1].table["input"].iloc[0] in answer.pictures[1].finding


def test_growth_is_said_to_be_unknown_without_history(larkspur):
    facts = larkspur.market_facts
    answer = segkit.CustomerBase.from_tables({"market_facts": facts}).ask("M1")
    assert answer.status == "answered"
    assert any("Growth is not known" in caveat for caveat in answer.caveats)
    assert len(answer.pictures) == 2


def test_facts_that_do_not_suffice_are_explained():
    rows = [("schools", "accounts", 100, 100, 100), ("schools", "prce", 1, 2, 3)]
    facts = pd.DataFrame(rows, columns=["segment", "measure", "low", "mode", "high"])
    facts["fact_id"] = ["f1", "f2"]
    answer = segkit.CustomerBase.from_tables({"market_facts": facts}).ask("M1")
    assert answer.status == "not enough data"
    assert "price" in answer.headline
