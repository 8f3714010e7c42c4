"""M1 against the closed form of the market planted in the sample company."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.answers.market.market_growth import adoption_fit
from segkit.samples import make_case

COLUMNS = ["segment", "measure", "low", "mode", "high"]


@pytest.fixture(scope="module", params=[7, 101, 202, 303])
def drawn(request):
    base = segkit.sample(request.param)
    return base, base.ask("M1"), make_case(request.param).truth["M1"]


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("M1")


def _mean(answer, level, unit):
    rows = answer.table.query("level == @level and unit == @unit")
    return rows["mean"].item()


def _about(answer, part):
    return [picture for picture in answer.pictures if picture.about == part]


def _only(**tables):
    return segkit.CustomerBase.from_tables(tables, {"currency": "EUR"})


def _facts(rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(fact_id=[f"f{number}" for number in range(len(frame))])


def _history(customers, first=2010):
    years = range(first, first + len(customers))
    frame = pd.DataFrame({"year": years, "customers": customers, "revenue": 1e6})
    frame["revenue"] *= 1.1 ** np.arange(len(frame))
    return frame.assign(segment="all", vendor="all")


def test_market_equals_its_closed_form(drawn):
    _, answer, truth = drawn
    planted = truth["parameter"]["bottom-up"]
    for level in ("TAM", "SAM", "SOM"):
        assert _mean(answer, level, "revenue") == pytest.approx(planted[level]["mean"], rel=0.005)
    assert _mean(answer, "TAM", "accounts") == truth["parameter"]["accounts"]["all"]
    assert answer.estimate == pytest.approx(planted["TAM"]["mean"], rel=0.005)
    low, high = answer.interval
    # The planted spread: a 90 % interval is about 3.3 standard deviations wide.
    assert high - low == pytest.approx(3.3 * planted["TAM"]["sd"], rel=0.1)


def test_every_way_equals_its_closed_form(drawn):
    _, answer, truth = drawn
    (picture,) = _about(answer, "ways")
    means = picture.table.set_index("way")["mean"]
    for way in ("bottom-up", "top-down", "value theory"):
        planted = truth["parameter"][way]["TAM"]["mean"]
        assert means[way] == pytest.approx(planted, rel=0.005)
    assert means.min() <= means["pooled"] <= means.max()
    assert "they agree" in picture.finding


def test_growth_and_adoption_are_those_planted(drawn):
    base, answer, truth = drawn
    planted = truth["parameter"]["bass"]
    found, _ = adoption_fit(base)
    assert found.m == pytest.approx(planted["m"], rel=0.05)
    assert found.q == pytest.approx(planted["q"], abs=0.03)
    assert found.p == pytest.approx(planted["p"], abs=0.003)
    assert found.m_interval[0] < found.m < found.m_interval[1]
    (growth,) = _about(answer, "growth")
    trend = np.polyfit(growth.table["year"], np.log(growth.table["revenue"]), 1)[0]
    assert np.expm1(trend) == pytest.approx(truth["parameter"]["market_cagr"], abs=0.01)
    (curve,) = _about(answer, "adoption")
    assert (curve.table["low"] < curve.table["high"]).all()
    assert curve.table["customers"].isna().sum() == 5
    assert "2022" in curve.finding  # the planted peak, 9.14 years after the start of 2013


def test_headline_says_number_interval_ways_and_growth(answer):
    assert "16,591 accounts" in answer.headline
    assert "USD 250 M a year" in answer.headline
    assert "Three ways of sizing agree within a factor of 1.1" in answer.headline
    assert "grows by 11.0 % a year" in answer.headline


def test_every_picture_states_its_finding_and_draws(answer):
    assert [picture.about for picture in answer.pictures] == [
        "", "", "growth", "ways", "adoption", "universe", "facts",
    ]  # fmt: skip
    for picture in answer.pictures:
        figure = picture.figure()
        assert len(figure.data) > 0
        assert figure.layout.meta["segkit"]["finding"].endswith(".")
    assert answer.figure(len(answer.pictures)) is None


def test_strongest_input_comes_first(answer):
    swings = answer.pictures[1].table["swing"]
    assert swings.is_monotonic_decreasing
    assert answer.pictures[1].table["input"].iloc[0] in answer.pictures[1].finding


def test_segments_that_err_together_are_told(answer):
    (note,) = [text for text in answer.caveats if "err together" in text]
    low, high = answer.interval
    words = note.partition("interval is ")[2].split()
    assert float(words[1]) * 1e6 < low
    assert float(words[5]) * 1e6 > high


def test_every_fact_has_source_vintage_and_caveat(answer, larkspur):
    (picture,) = _about(answer, "facts")
    table = picture.table
    assert len(table) == len(larkspur["market_facts"]) + len(larkspur["facts"])
    assert (table[["source", "caveat"]] != "").all(axis=None)
    assert table["year"].notna().all()
    known = table.set_index("fact")
    large = known.loc["US firms with more than 500 staff, as quoted"]
    assert large["value"] == "21,000"
    assert "leaves out government employers" in large["caveat"]
    hospitals = known.loc["Large US hospitals, as quoted"]
    assert "matches no cut by beds" in hospitals["caveat"]
    assert hospitals["caveat"].endswith("6 years old")
    assert known.loc["school systems: price", "caveat"] == "an estimate, not measured"
    assert table["share of variance"].sum() == pytest.approx(1, abs=0.001)


def test_accounts_by_sector_and_size_are_exact(answer):
    """NCES and IPEDS: 578 public four-year institutions have 500 and more staff, 390 colleges."""
    (picture,) = _about(answer, "universe")
    counted = picture.table.set_index("sector")
    assert counted["accounts"].to_dict() == {
        "all": 16_591,
        "school systems": 13_318,
        "community colleges": 841,
        "public universities": 776,
        "private universities": 1_656,
    }
    large = counted["500 and more staff"]
    assert (large["public universities"], large["community colleges"]) == (578, 390)
    assert large["all"] == large.drop("all").sum()


def test_accounts_that_do_not_add_up_to_the_facts_are_told(larkspur):
    few = larkspur["accounts"].head(500)
    answer = _only(market_facts=larkspur["market_facts"], accounts=few).ask("M1")
    assert any("leaves something out" in caveat for caveat in answer.caveats)


def test_growth_is_said_to_be_unknown_without_history(larkspur):
    answer = _only(market_facts=larkspur["market_facts"]).ask("M1")
    assert answer.status == "answered"
    assert any("Growth is not known" in caveat for caveat in answer.caveats)
    assert not _about(answer, "growth")
    assert not _about(answer, "adoption")


def test_gaps_in_the_history_are_named(larkspur):
    history = larkspur["market_history"]
    gappy = history[history["year"] != 2017]
    answer = _only(market_facts=larkspur["market_facts"], market_history=gappy).ask("M1")
    assert any("Found 2016 and then 2018" in caveat for caveat in answer.caveats)
    assert "grows" not in answer.headline
    assert not _about(answer, "adoption")


def test_two_years_tell_no_growth(larkspur):
    history = larkspur["market_history"]
    thin = history[history["year"] >= 2024]
    answer = _only(market_facts=larkspur["market_facts"], market_history=thin).ask("M1")
    assert any("at least 3 years. Got 2" in caveat for caveat in answer.caveats)


def test_before_the_peak_the_curve_is_banded_between_potentials(larkspur):
    history = larkspur["market_history"]
    early = history[history["year"] <= 2019]
    answer = _only(market_facts=larkspur["market_facts"], market_history=early).ask("M1")
    (picture,) = _about(answer, "adoption")
    assert "have not peaked" in picture.finding
    assert "at least twice as many as have, 5,178, and at most all accounts, 16,591" in (
        picture.finding
    )
    assert any("any market potential" in caveat for caveat in answer.caveats)
    last = picture.table.iloc[-1]
    # Nobody knows the potential, and the band says so: the truth for 2024 is 6,700.
    assert last["high"] > 1.3 * last["low"]
    assert last["low"] < 6_700 < last["high"]


@pytest.mark.parametrize(
    ("customers", "words"),
    [
        ([0, 5, 20, 60, 100, 120, 130], "positive numbers. Got 2010: 0"),
        ([5, 20, 60, 50, 100, 120, 130], "fall in 2013"),
        ([900, 1000, 1100, 1180, 1240, 1290, 1300], "begins after the launch"),
        ([5, 20, 60, 100], "at least 5 periods. Got 4"),
    ],
)
def test_histories_without_an_adoption_are_told_why(customers, words):
    facts = _facts([("all", "accounts", 200, 200, 200), ("all", "price", 1, 2, 3)])
    answer = _only(market_facts=facts, market_history=_history(customers)).ask("M1")
    assert any("not fitted" in caveat and words in caveat for caveat in answer.caveats)
    assert not _about(answer, "adoption")


def test_one_way_only_asks_for_another():
    facts = _facts([("all", "accounts", 100, 120, 150), ("all", "price", 1, 2, 3)])
    answer = _only(market_facts=facts).ask("M1")
    assert any(caveat.startswith("One way only") for caveat in answer.caveats)
    assert not _about(answer, "ways")


def test_without_prices_another_way_speaks():
    facts = _facts([("all", "accounts", 100, 120, 150), ("all", "category spend", 1e6, 2e6, 3e6)])
    answer = _only(market_facts=facts).ask("M1")
    assert answer.estimate == pytest.approx(2e6, rel=1e-3)
    assert answer.method.startswith("Top-down")
    assert any("no 'price'" in caveat for caveat in answer.caveats)


def test_ways_that_contradict_each_other_are_flagged(larkspur):
    facts = larkspur["market_facts"].copy()
    facts.loc[facts["measure"] == "category spend", ["low", "mode", "high"]] = 2e9, 3e9, 4e9
    answer = _only(market_facts=facts).ask("M1")
    assert "contradict each other" in answer.headline
    assert any("find the input that is wrong" in caveat for caveat in answer.caveats)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("schools", "prce", 1, 2, 3), "price"),
        (("schools", "price", 3, 2, 1), "low <= mode <= high must hold: row 1"),
        (("schools", "price", -3, 2, 5), "must not be negative: row 1"),
        (("schools", "win rate", 0.1, 0.2, 1.3), "must lie in 0..1: row 1"),
        (("colleges", "accounts", 0, 0, 0), "counts no account; leave the segment out: row 1"),
    ],
)
def test_facts_that_do_not_suffice_are_explained(row, words):
    answer = _only(market_facts=_facts([("schools", "accounts", 100, 100, 100), row])).ask("M1")
    assert answer.status in {"not enough data", "missing data"}
    assert words in answer.headline
