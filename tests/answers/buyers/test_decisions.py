"""B3 against the chain planted in the sample company."""

import pandas as pd
import pytest

import segkit
from segkit.answers.buyers.decision_pictures import waiting
from segkit.process import absorbing_chain, time_in_stage, transition_matrix
from segkit.samples import make_case


def base_of(seed):
    case = make_case(seed)
    return segkit.CustomerBase.from_tables(case.tables, {"as_of": case.truth["as_of"]}), case.truth


@pytest.fixture(scope="module", params=[7, 101])
def drawn(request):
    base, truth = base_of(request.param)
    return base, truth["B3"]["parameter"], base.ask("B3")


def moves(base):
    deals = base["opportunities"][["opp_id", "outcome"]]
    return transition_matrix(
        base["stage_history"].merge(deals, on="opp_id"),
        case="opp_id",
        outcome="outcome",
        lost=("refused", "stuck"),
    )


def test_planted_matrix_and_chances_come_back(drawn):
    base, planted, answer = drawn
    found = moves(base)
    for stage, row in planted["transitions"].items():
        for target, chance in row.items():
            assert found.probabilities.loc[stage, target] == pytest.approx(chance, abs=0.05)
    table = answer.table.set_index("stage")
    assert list(table.index) == planted["stages"]
    for stage, chance in planted["win_probability"].items():
        assert table.loc[stage, "win_chance"] == pytest.approx(chance, abs=0.035)
    assert answer.interval[0] < answer.estimate < answer.interval[1]
    mixed = absorbing_chain(found).win
    assert mixed["probability"] == pytest.approx(planted["win_probability_over_entries"], abs=0.02)


def test_two_planted_loops_come_back(drawn):
    table = drawn[2].table.set_index("stage")
    assert table.loc["proposal", ["back", "back_to"]].tolist() == [
        pytest.approx(0.08, abs=0.02),
        "demo",
    ]
    assert table.loc["negotiation", "back"] == pytest.approx(0.05, abs=0.02)
    assert table.loc[["discovery", "demo"], "back"].eq(0).all()


def test_the_last_step_is_the_bottleneck(drawn):
    """Planted: .55, the lowest of the four, and passed by all who win."""
    assert "from negotiation to won would bring most" in drawn[2].headline
    wins = next(picture for picture in drawn[2].pictures if picture.about == "bottleneck").table
    assert wins["step"][0] == "negotiation to won"
    assert wins["first"][0] > 0.9


def test_the_picture_shows_the_whole_process(drawn):
    _, _, answer = drawn
    table = answer.pictures[0].table
    assert table["stage"].tolist() == ["discovery", "demo", "proposal", "negotiation", "won"]
    assert table["entered"].iloc[-1] == 620
    assert len(answer.figure().data) == 4


def test_buyers_go_further_alone_each_year(larkspur, truth):
    planted = truth["B0"]["parameter"]["self_serve_share"]
    picture = next(p for p in larkspur.ask("B3").pictures if p.about == "journey")
    assert "before they met a rep in 2023, 60 % (59 % to 60 %) in 2026 (" in picture.finding
    for row in picture.table.to_dict("records"):
        assert row["share"] == pytest.approx(planted[str(row["year"])], abs=0.04)


def test_without_activities_the_journey_is_left_out(larkspur):
    tables = {name: larkspur[name] for name in ("stage_history", "opportunities")}
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "B3"
    )
    assert answer.status == "answered"
    assert "journey" not in {picture.about for picture in answer.pictures}


def test_no_closed_deal_is_not_enough(larkspur):
    deals = larkspur["opportunities"].assign(outcome="open")
    history = larkspur["stage_history"]
    history = history[~history["stage"].isin(["won", "refused"])]
    tables = {"stage_history": history, "opportunities": deals}
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "B3"
    )
    assert answer.status == "not enough data"
    assert "0 are won and 0 lost" in answer.headline


def test_hostile_stages_are_escaped(larkspur):
    name = '<img src=x onerror="alert(1)">'
    history = larkspur["stage_history"].replace({"stage": {"demo": name}})
    tables = {"stage_history": history, "opportunities": larkspur["opportunities"]}
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "B3"
    )
    drawn = [picture.figure() for picture in answer.pictures]
    assert all("<img" not in figure.layout.title.text for figure in drawn)
    assert "<img" not in str(answer.figure().layout.xaxis.ticktext)
    assert "<img" not in answer._html()


def small(rows, outcomes, **columns):
    """Ask B3 of a few deals."""
    history = pd.DataFrame(rows, columns=["opp_id", "stage", "entered_at"])
    deals = pd.DataFrame({"opp_id": list(outcomes), "outcome": list(outcomes.values()), **columns})
    tables = {"stage_history": history, "opportunities": deals}
    return segkit.CustomerBase.from_tables(tables, {"as_of": "2026-06-30"}).ask("B3")


STAGES = [(f"D{n}", "demo", "2026-01-01") for n in range(12)]
STAGES += [(f"D{n}", "offer", "2026-01-11") for n in range(8)]
OUTCOMES = {f"D{n}": "won" if n < 4 else "refused" for n in range(12)}


def test_a_history_without_ends_takes_the_day_a_deal_was_closed():
    with_day = small(STAGES, OUTCOMES, closed="2026-01-31")
    table = with_day.table.set_index("stage")
    assert table.loc["offer", "median_days"] == 20
    assert not any("without a day" in caveat for caveat in with_day.caveats)
    without = small(STAGES, OUTCOMES)
    assert without.estimate == with_day.estimate == pytest.approx(1 / 3, abs=1e-4)
    assert any("12 cases have an outcome without a day" in caveat for caveat in without.caveats)
    for answer in (with_day, without):
        for picture in answer.pictures:
            assert picture.figure().data
            assert " nan" not in picture.finding
            assert " inf" not in picture.finding


def test_ends_by_the_names_of_a_crm_are_ends():
    ends = {"won": "Closed Won", "refused": "Closed Lost"}
    rows = STAGES + [(deal, ends[how], "2026-01-31") for deal, how in OUTCOMES.items()]
    answer = small(rows, OUTCOMES, closed="2026-02-01")
    assert answer.table["stage"].tolist() == ["demo", "offer"]
    assert not answer.caveats[0].startswith("12 ends that other events follow")


def test_a_stage_that_only_open_deals_have_reached_spoils_nothing():
    """One open deal stands in a stage whose name was typed wrongly, and began there."""
    rows = [*STAGES, ("D98", "demo", "2026-01-01"), ("D98", "ofer", "2026-01-05")]
    rows += [("D99", "ofer", "2026-01-01")]
    answer = small(rows, {**OUTCOMES, "D98": "open", "D99": "open"}, closed="2026-01-31")
    assert answer.status == "answered"
    assert answer.estimate == pytest.approx(1 / 3, abs=1e-4)
    assert any("No case has come from 'ofer' to an end yet" in caveat for caveat in answer.caveats)
    assert not any(" inf" in picture.finding for picture in answer.pictures)


def test_two_steps_alike_are_not_told_apart():
    """Half go on from each of two stages: one point more of either brings as much."""
    rows, outcomes = [], {}
    for number in range(40):
        deal = f"D{number}"
        rows.append((deal, "demo", "2026-01-01"))
        rows += [(deal, "offer", "2026-01-11")] if number < 20 else []
        outcomes[deal] = "won" if number < 10 else "refused"
    history = pd.DataFrame(rows, columns=["opp_id", "stage", "entered_at"])
    deals = pd.DataFrame({"opp_id": list(outcomes), "outcome": list(outcomes.values())})
    tables = {"stage_history": history, "opportunities": deals}
    answer = segkit.CustomerBase.from_tables(tables).ask("B3")
    assert answer.estimate == pytest.approx(0.25)
    assert "may bring most wins" in answer.headline
    assert "40 cases have an outcome without a day" in " ".join(answer.caveats)


def test_a_process_of_one_stage_is_told(larkspur):
    tables = {
        "opportunities": larkspur["opportunities"],
        "stage_history": larkspur["stage_history"].assign(stage="demo"),
    }
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "B3"
    )
    assert answer.status == "answered"
    assert answer.table["stage"].tolist() == ["demo"]
    assert all(picture.figure().data for picture in answer.pictures)


def test_a_stage_that_most_have_not_left_has_no_number_of_days():
    visits = pd.DataFrame(
        {
            "stage": ["demo"] * 10 + ["offer"] * 10,
            "days": range(1, 21),
            "left": [1] * 10 + [1, 1] + [0] * 8,
        }
    )
    times = time_in_stage(visits, duration="days", event="left")
    (picture,) = waiting(times, ("demo", "offer"))
    assert picture.finding == "Deals stay longest in offer: fewer than half have left it so far."
    (picture,) = waiting(time_in_stage(visits[:10], duration="days", event="left"), ("demo",))
    words = picture.finding
    assert words.startswith("Deals stay longest in demo: half of them 6 days or more (")
    assert "inf" not in words
