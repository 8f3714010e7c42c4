"""S12 against the cut-off and the days to start planted in the sample company."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.answers.accounts.start_times import start_picture
from segkit.samples import make_case


@pytest.fixture(scope="module", params=[7, 41])
def drawn(request, larkspur, truth):
    if request.param == truth["seed"]:
        return larkspur.ask("S12"), truth["interviews"]["parameter"]
    case = make_case(request.param)
    base = segkit.CustomerBase.from_tables({"interviews": case.tables["interviews"]})
    return base.ask("S12"), case.truth["interviews"]["parameter"]


def test_planted_cut_off_tells_and_nothing_else(drawn):
    answer, truth = drawn
    assert answer.status == "answered"
    first = answer.table.iloc[0]
    assert first["column"] == truth["cut"]["column"]
    low, high = map(float, first["cut_off"].split("95 % ")[1].strip(")").split(" to "))
    assert low <= truth["cut"]["value"] <= high
    assert first["low"] <= truth["cut"]["paid"]["above"] <= first["high"]
    assert first["other_low"] <= truth["cut"]["paid"]["below"] <= first["other_high"]
    assert (answer.table["verdict"].iloc[1:] == "no evidence").all()
    assert "office area > " in answer.headline.lower()


def test_days_to_start_are_those_planted(drawn):
    answer, truth = drawn
    (words,) = [one.finding for one in answer.pictures if one.about == "start"]
    assert "after 1 day with own payroll" in words
    late = float(words.split(", after ")[1].split(" ")[0])
    planted = truth["median_days_to_start"]["payroll outsourced"]
    assert late == pytest.approx(planted, rel=0.25)


def test_every_figure_has_its_part(drawn):
    answer, _ = drawn
    assert [one.about for one in answer.pictures] == ["criteria", "hypotheses", "start"]
    for number, picture in enumerate(answer.pictures):
        assert picture.finding.endswith(".")
        assert answer.figure(number).data


def _talks(n, **columns):
    rng = np.random.default_rng(0)
    given = {
        "interview_id": [f"V{place}" for place in range(n)],
        "account_id": [f"A{place}" for place in range(n)],
        "paid": rng.random(n) < 0.5,
        "own_call_centre": rng.random(n) < 0.5,
    }
    table = pd.DataFrame(given | columns)
    return segkit.CustomerBase.from_tables({"interviews": table}).ask("S12")


def test_few_interviews_are_not_enough():
    answer = _talks(15)
    assert answer.status == "not enough data"
    assert "9 interviews to go" in answer.headline
    answer = _talks(40, paid=False)
    assert "3 payments to go" in answer.headline


def test_criteria_of_ones_own_are_tested_and_chance_is_no_evidence():
    answer = _talks(60)
    assert answer.status == "no evidence"
    assert answer.table["column"].tolist() == ["own_call_centre"]
    talks = np.arange(60) % 2 == 0
    answer = _talks(60, own_call_centre=talks, paid=talks)
    assert answer.status == "answered"
    assert answer.headline.startswith("Own call centre: 100 % paid")


def test_hostile_words_stay_text():
    hostile = "<img src=x onerror=alert(1)>"
    answer = _talks(60, branch=[hostile, "other"] * 30, paid=[True, False] * 30)
    assert hostile not in answer._repr_mimebundle_()["text/html"]
    assert "<img" not in str(answer.figure().to_dict()["data"])


def test_means_that_hardly_differ_lie_within_their_interval():
    """By hand: 40 days, against 5 for seven in ten and 135 for the others, 44 on average. Ranks
    tell the groups apart, means do not: 4 days +- 1.645 x sqrt(.21 x 130²) / 10."""
    days = pd.Series([40.0] * 100 + [5.0] * 70 + [135.0] * 30)
    facts = pd.DataFrame({"own_payroll": [False] * 100 + [True] * 100})
    (picture,) = start_picture(days, facts)
    assert "the means differ by 4 days (-6 to 14)" in picture.finding
    (turned,) = start_picture(days, ~facts)
    assert "the means differ by 4 days (-6 to 14)" in turned.finding
