"""Committees: hand values, planted truths, permuted outcomes, refusals."""

import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.process import ROLES, buying_centre, committee

NAMES = {"deal": "deal", "person": "person", "roles": "roles", "outcome": "outcome"}


def study(rows, **options):
    frame = rows if hasattr(rows, "columns") else pd.DataFrame(rows, columns=list(NAMES))
    return buying_centre(frame, **NAMES, **options)


def by_hand():
    """Eight decided deals, one open, one stuck, one without anybody."""
    rows = []
    for number in range(4):
        deal, outcome = f"both{number}", "won" if number < 3 else "refused"
        rows += [(deal, f"d{number}", "decider", outcome), (deal, f"u{number}", "user", outcome)]
    for number in range(4):
        rows.append((f"one{number}", f"u{number}", "user", "won" if number < 1 else "refused"))
    rows += [("open", "x", "decider; approver", "open"), ("open", "y", "buyer", "open")]
    return [*rows, ("stuck", "z", "gatekeeper", "stuck"), ("empty", None, None, "refused")]


def test_counts_by_hand():
    found = study(by_hand())
    assert found.counts == {"deals": 10, "won": 4, "lost": 4, "undecided": 2, "nobody": 1}
    assert found.win_rate["share"] == 0.5
    size = found.size.set_index("what")
    assert size.loc["people", "mean"] == pytest.approx((5 * 2 + 5) / 10)
    assert size.loc["roles", "mean"] == pytest.approx((4 * 2 + 4 + 3 + 1) / 10)
    assert size.loc["roles", "most"] == 3
    assert found.single_threaded["share"] == pytest.approx(5 / 10)
    assert any("2 undecided deals (1 open, 1 stuck)" in note for note in found.notes)
    assert any("1 deals without any person" in note for note in found.notes)
    assert found.notes[0].startswith("Association, not cause")


def test_coverage_by_hand():
    coverage = study(by_hand(), confidence=0.95).coverage.set_index(["outcome", "role"])
    row = coverage.loc["all", "decider"]
    assert (row["deals"], row["with"], row["share"]) == (10, 5, 0.5)
    # Wilson's interval for 5 of 10 in closed form.
    z2 = 1.959963984540054**2
    half = math.sqrt(z2 * (10 * 0.25 + z2 / 4)) / (10 + z2)
    assert (row["low"], row["high"]) == pytest.approx((0.5 - half, 0.5 + half))
    assert coverage.loc["won", "decider"]["share"] == 3 / 4
    assert coverage.loc["open", "approver"]["share"] == 1
    assert set(coverage.index.get_level_values(0)) == {"all", "won", "refused", "open", "stuck"}


def test_effect_by_hand():
    effect = study(by_hand()).effect.set_index("roles")
    pair = effect.loc["decider + user"]
    assert (pair["deals_with"], pair["deals_without"]) == (4, 4)
    assert (pair["win_rate_with"], pair["win_rate_without"], pair["ratio"]) == (0.75, 0.25, 3)
    # Fisher's exact test of [[3, 1], [1, 3]]: 34/70, as in the lady tasting tea.
    assert pair["p"] == pytest.approx(34 / 70)
    # Decider and pair are tested; every decided deal has a user, none another role.
    assert pair["p_adjusted"] == pytest.approx(2 * 34 / 70)
    assert pair["verdict"] == "no evidence"
    assert effect.loc["user", "verdict"] == "not enough deals"
    assert math.isnan(effect.loc["buyer", "p_adjusted"])


def test_stuck_deals_count_as_lost_where_the_caller_says_so():
    found = study(by_hand(), lost=("refused", "stuck"))
    assert found.counts["lost"] == 5
    assert found.counts["undecided"] == 1


def test_deals_with_an_unknown_role_are_left_out_of_comparisons():
    rows = [*by_hand(), ("both0", "nobody knows", "", "won")]
    found = study(rows)
    pair = found.effect.set_index("roles").loc["decider + user"]
    assert (pair["deals_with"], pair["deals_without"]) == (3, 4)
    assert found.deals.set_index("deal").loc["both0", "unknown"] == 1
    assert any("In 1 deals somebody's role is unknown" in note for note in found.notes)


def test_touches_show_who_carries_a_deal_alone():
    rows = pd.DataFrame(
        [("a", "x", 8), ("a", "y", 2), ("b", "x", 7), ("b", "y", 3), ("c", "x", 0), ("c", "y", 0)],
        columns=["deal", "person", "touches"],
    ).assign(roles="user", outcome="won")
    found = study(rows, touches="touches")
    assert found.deals["single_threaded"].tolist() == [True, False, False]
    assert study(rows).single_threaded["share"] == 0


def test_deals_of_one_person_are_compared_with_the_others():
    rows = [(f"a{i}", "p", "user", "won" if i < 4 else "lost") for i in range(40)]
    rows += [(f"b{i}", who, "user", "won" if i < 20 else "lost") for i in range(40) for who in "pq"]
    found = study(rows).single_threaded
    assert (found["share"], found["deals_with"], found["win_rate_with"]) == (0.5, 40, 0.1)
    assert (found["win_rate_without"], found["verdict"]) == (0.5, "wins less")
    assert found["ratio_low"] < found["ratio"] == 0.2 < found["ratio_high"]


def test_touches_of_a_person_with_two_rows_count_once():
    rows = [("a", "x", "user", 6), ("a", "x", "buyer", 6), ("a", "y", "user", 4)]
    frame = pd.DataFrame(rows, columns=["deal", "person", "roles", "touches"]).assign(outcome="won")
    assert not study(frame, touches="touches").deals["single_threaded"][0]


def test_records_are_read_as_people_keep_them():
    """Blank people are none, 7 and "7" one deal, "Won " and "won" one outcome."""
    rows = [(7, "ann", ["decider", None], "Won "), ("7", "bob", ["user"], "won")]
    rows += [("d2", " ", None, "refused"), ("d2", "cy", "user", None), ("", "di", "user", "won")]
    found = study(rows)
    assert found.deals[["deal", "people", "roles"]].to_numpy().tolist() == [
        ["7", 2, 2],
        ["d2", 1, 1],
    ]
    assert (found.counts["won"], found.counts["lost"]) == (1, 1)
    with pytest.raises(ParameterError, match="both hold"):
        study(by_hand(), lost=["refused", "WON"])


def test_one_deal_bounds_no_mean():
    size = study([("d1", "ann", "decider", "won")]).size
    assert size["mean"].tolist() == [1, 1]
    assert size["low"].isna().all()


def simulate(seed, n=2400, ratio=2.1, base=0.2, chance=0.6):
    """Draw deals whose roles take part at random, won `ratio` times as often with the pair."""
    rng = np.random.default_rng(seed)
    held = rng.random((n, len(ROLES))) < chance
    both = held[:, ROLES.index("decider")] & held[:, ROLES.index("user")]
    won = rng.random(n) < np.where(both, base * ratio, base)
    deal, role = np.nonzero(held)
    return pd.DataFrame(
        {
            "deal": deal,
            "person": [f"{d}-{r}" for d, r in zip(deal, role, strict=True)],
            "roles": np.array(ROLES)[role],
            "outcome": np.where(won, "won", "refused")[deal],
        }
    )


@pytest.mark.parametrize("hidden", [0.06, 0.25])
def test_roles_and_coverage_do_not_suffer_from_unknown_people(hidden):
    """Large committees are more often unclear: leaving them out would understate coverage."""
    frame = simulate(3, chance=0.5)
    truth = study(frame)
    lost = np.random.default_rng(4).random(len(frame)) < hidden
    found = study(frame.assign(roles=frame["roles"].where(~lost, "")))
    roles = found.size.set_index("what").loc["roles"]
    wanted = truth.size.set_index("what").loc["roles", "mean"]
    assert roles["low"] <= wanted <= roles["high"]
    assert abs(roles["mean"] - wanted) < 0.3 * abs(found.deals["roles"].mean() - wanted)
    np.testing.assert_allclose(found.coverage["share"], truth.coverage["share"], atol=0.09)
    ratio = found.effect.set_index("roles").loc["decider + user"]
    assert ratio["low"] <= 2.1 <= ratio["high"]


def test_no_deal_with_all_roles_known_is_said():
    rows = [("a", "x", "", "won"), ("b", "y", "", "refused")]
    found = study(rows)
    assert (found.effect["verdict"] == "not enough deals").all()
    assert math.isnan(found.size.set_index("what").loc["roles", "mean"])
    assert "null" in found.to_json()


def test_planted_ratio_comes_back():
    hits = 0
    for seed in range(20):
        found = study(simulate(seed))
        pair = found.effect.set_index("roles").loc["decider + user"]
        assert pair["verdict"] == "wins more"
        assert pair["ratio"] == pytest.approx(2.1, rel=0.25)
        hits += pair["low"] <= 2.1 <= pair["high"]
    # 90 % of 20; 14 or fewer happen once in a hundred.
    assert hits >= 15


def test_roles_without_effect_are_not_claimed():
    """Five roles do nothing: a claim may be made in one draw of twenty (P(5 of 30) = 0.02)."""
    claims = 0
    for seed in range(30):
        effect = study(simulate(seed, n=800)).effect.set_index("roles")
        idle = [role for role in ROLES if role not in {"decider", "user"}]
        claims += (effect.loc[idle, "verdict"] != "no evidence").any()
    assert claims <= 4


def test_permuted_outcomes_give_no_evidence_in_19_of_20():
    """Two hundred permutations take two seconds: fewer would not tell 95 % from 90 %.

    The true rate of alarms here is 3.5 % (6,000 permutations).
    """
    deals = study(simulate(0, n=600)).deals
    alarms = 0
    for seed in range(200):
        mixed = np.random.default_rng(seed).permutation(deals["state"])
        effect = committee._effect(deals.assign(state=mixed), [("decider", "user")], 0.9, 0.05)
        alarms += effect["verdict"].isin(["wins more", "wins less"]).any()
    assert alarms <= 10


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_changes_no_comparison(random):
    frame = simulate(1, n=60)
    order = list(range(len(frame)))
    random.shuffle(order)
    one, other = study(frame), study(frame.iloc[order])
    pd.testing.assert_frame_equal(one.effect, other.effect)
    pd.testing.assert_frame_equal(one.size, other.size)


def test_a_role_that_loses_is_said_to():
    rows = [(f"a{i}", f"a{i}", "buyer", "refused") for i in range(40)]
    rows += [(f"b{i}", f"b{i}", "user", "won") for i in range(40)]
    effect = study(rows).effect.set_index("roles")
    assert effect.loc["buyer", "verdict"] == "wins less"
    assert effect.loc["user", "verdict"] == "wins more"
    assert effect.loc["user", "ratio"] == math.inf
    assert study(rows).evidence


def test_json_and_kinds_of_frame():
    frame = pd.DataFrame(by_hand(), columns=list(NAMES))
    content = study(frame).to_json()
    assert study(pl.from_pandas(frame)).to_json() == content
    assert "deals" not in json.loads(content).keys() - {"counts"}
    assert json.loads(content)["counts"]["deals"] == 10


def test_nothing_decided_is_refused_with_the_words_found():
    with pytest.raises(DataError) as fault:
        study([("d", "p", "user", "Signed"), ("e", "p", "user", "Gone")])
    assert "found Signed, Gone" in str(fault.value)
    assert "Name yours with `won` and `lost`" in str(fault.value)


def test_roles_and_outcomes_are_read_as_people_write_them():
    rows = [("d", "p", "Decider, USER", "Closed Won"), ("e", "q", "user", "closed lost")]
    frame = pd.DataFrame(rows, columns=["deal", "person", "roles", "outcome"])
    lists = frame.assign(roles=[["decider", "user"], ["user"]])
    for form in (
        frame,
        lists,
        pl.from_pandas(lists),
        frame[["outcome", "roles", "person", "deal"]],
    ):
        found = buying_centre(form)
        assert found.counts | {"nobody": 0} == found.counts
        assert (found.counts["won"], found.counts["lost"]) == (1, 1)
        assert found.deals["roles"].tolist() == [2, 1]
    signed = frame.assign(outcome=["Signed", "Gone"])
    assert buying_centre(signed, won="Signed", lost="Gone").counts["won"] == 1
    with pytest.raises(DataError, match="touches must be a number of at least 0"):
        buying_centre(frame.assign(calls=["many", 1]), touches="calls")


def test_all_faults_are_named_at_once():
    rows = [("d", "p", "boss", "won"), ("d", "q", "decidr", "refused")]
    with pytest.raises(DataError) as fault:
        study(rows)
    words = str(fault.value)
    assert "'boss' is none of" in words
    assert "Did you mean 'decider'?" in words
    assert "1 deals have more than one, such as 'd'" in words


@pytest.mark.parametrize(
    "options",
    [{"confidence": 90}, {"alpha": 0}, {"together": [["decider"]]}, {"together": [["user", "x"]]}],
)
def test_bad_parameters_are_refused(options):
    with pytest.raises(ParameterError, match=f"'{next(iter(options))}' parameter"):
        study(by_hand(), **options)


def test_missing_columns_are_named():
    with pytest.raises(DataError, match="no column 'roles'"):
        study(pd.DataFrame({"deal": [1], "person": [1], "outcome": ["won"]}))


def test_a_role_no_one_has_is_not_judged():
    found = study([("d1", "ann", "decider", "won"), ("d2", "bob", "decider", "lost")])
    row = found.effect.set_index("roles").loc["gatekeeper"]
    assert (row["deals_with"], row["verdict"]) == (0, "not enough deals")
    assert found.coverage.query("role == 'gatekeeper'")["share"].eq(0).all()


def test_one_deal_is_measured():
    found = study([("d1", "ann", "decider", "won")])
    assert found.counts["deals"] == 1
    assert found.win_rate["low"] < 1 == found.win_rate["share"]
    assert not found.evidence
