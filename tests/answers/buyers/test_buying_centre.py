"""B1 against the roles and win rates planted in the sample company."""

import numpy as np
import pandas as pd
import pytest

import segkit


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("B1")


def test_decider_and_user_together_win_as_planted(answer, truth):
    planted = truth["B1"]["realised"]["win_rate_ratio"]
    row = answer.table.set_index("role").loc["decider + user"]
    assert row["verdict"] == "wins more"
    assert row["ratio_low"] < planted < row["ratio_high"]


def test_committee_is_as_large_as_planted(answer, truth):
    planted = truth["B1"]["realised"]["mean_roles_engaged"]
    assert answer.estimate == pytest.approx(planted, abs=0.15)
    assert answer.interval[0] < answer.estimate < answer.interval[1]


def test_shuffled_outcomes_show_no_evidence(larkspur):
    rng = np.random.default_rng(1)
    deals = larkspur.opportunities.assign(
        outcome=rng.permutation(larkspur.opportunities["outcome"])
    )
    tables = {
        "opportunities": deals,
        "contacts": larkspur.contacts,
        "opp_contacts": larkspur.opp_contacts,
    }
    answer = segkit.CustomerBase.from_tables(tables).ask("B1")
    assert "no role goes with winning" in answer.headline
    assert set(answer.table["verdict"]) == {"no evidence"}


def test_every_role_is_drawn(answer):
    assert len(answer.figure(0).data[0].y) == 7
    assert sum(len(trace.y) for trace in answer.figure(1).data) == 8


def test_titles_that_tell_nothing_are_not_enough(larkspur):
    tables = {
        "opportunities": larkspur["opportunities"],
        "opp_contacts": larkspur["opp_contacts"].assign(role=None),
        "contacts": larkspur["contacts"][["contact_id", "account_id"]].assign(title="Wizard"),
    }
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "B1"
    )
    assert answer.status == "not enough data"
    assert "nan" not in answer.headline


def test_stuck_deals_count_as_not_won():
    """By hand: with the decider 10 of 20 decided deals are won, 5 are stuck; without, 5 of 20."""
    outcomes = ["won"] * 10 + ["refused"] * 5 + ["stuck"] * 5
    outcomes += ["won"] * 5 + ["refused"] * 5 + ["stuck"] * 10 + ["open"] * 7
    deals = [f"D{number}" for number in range(47)]
    tables = {
        "opportunities": pd.DataFrame({"opp_id": deals, "outcome": outcomes}),
        "contacts": pd.DataFrame({"contact_id": deals, "account_id": "A", "title": "Wizard"}),
        "opp_contacts": pd.DataFrame(
            {"opp_id": deals, "contact_id": deals, "role": ["decider"] * 20 + ["user"] * 27}
        ),
    }
    row = segkit.CustomerBase.from_tables(tables).ask("B1").table.set_index("role").loc["decider"]
    assert row[["win_rate_with", "win_rate_without", "ratio"]].tolist() == [0.5, 0.25, 2]
