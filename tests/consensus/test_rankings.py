"""Rankings counted, their agreement, and their models."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from segkit.consensus import (
    borda,
    bradley_terry,
    compare_rankings,
    kendall_w,
    pair_disagreement,
    plackett_luce,
    rank_disagreement,
)
from segkit.errors import DataError, ParameterError

ORDERS = [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"], ["c", "b", "a"]]
RANKS = np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3], [3, 2, 1]])


def long(orders):
    rows = [
        (f"P{who}", item, place)
        for who, order in enumerate(orders)
        for place, item in enumerate(order, 1)
    ]
    return pd.DataFrame(rows, columns=["panelist", "item", "rank"])


def test_every_form_of_ranking_says_the_same():
    forms = [
        ORDERS,
        tuple(map(tuple, ORDERS)),
        ["".join(order) for order in ORDERS],
        {f"P{n}": order for n, order in enumerate(ORDERS)},
        {tuple(order): 1 for order in ORDERS},
        RANKS,
        RANKS.tolist(),
        pd.DataFrame(RANKS, columns=list("abc")),
        long(ORDERS),
    ]
    for form in forms:
        assert sorted(borda(form).points) == [3, 4, 5]
        assert kendall_w(form).w == pytest.approx(kendall_w(RANKS).w)
        assert plackett_luce(form).worth.to_numpy() == pytest.approx(
            plackett_luce(ORDERS).worth.to_numpy()
        )


@given(st.lists(st.permutations("abcde"), min_size=1, max_size=6))
def test_borda_points_add_up_and_unanimity_wins(orders):
    found = borda(orders)
    assert found.points.sum() == pytest.approx(len(orders) * 10)
    assert borda([orders[0]] * 3).order == tuple(orders[0])


def test_text_of_digits_is_a_name_and_numbers_are_ranks():
    assert borda([["3", "1", "2"], ["3", "2", "1"]]).points.to_dict() == {"3": 4, "1": 1, "2": 1}
    assert borda({(3, 1, 2): 1, (3, 2, 1): 1}).points.to_dict() == {"3": 4, "1": 1, "2": 1}
    assert borda([[3, 1, 2], [3, 2, 1]]).points.to_dict() == {"2": 3, "3": 3, "1": 0}
    assert borda(np.array([["b", "a"], ["b", "a"]])).order == ("b", "a")
    assert borda([[{"a", "b"}, "c"], ["c", ("a", "b")]]).points.to_dict() == {
        "a": 2.0, "b": 2.0, "c": 2.0
    }  # fmt: skip
    with pytest.raises(DataError, match="lists of names"):
        borda([[3, 1], [1, 2, 3]])
    with pytest.raises(DataError, match="orders of items are given by names"):
        plackett_luce([[0, 1, 2], [2, 1, 0]])


def test_ties_and_gaps_in_ballots_share_points():
    found = borda([["a", ("b", "c"), "d"]])
    assert found.points.to_dict() == {"a": 3.0, "b": 1.5, "c": 1.5, "d": 0.0}
    partial = borda([["a", "b", "c", "d"], ["b"], ["b", "a"]])
    # b 3, a 2, and c and d share the 1 and 0 that are left; the lone name is no ranking.
    assert partial.points.to_dict() == {"a": 5.0, "b": 5.0, "c": 1.5, "d": 0.5}
    assert any("fewer than two items: 2" in note for note in partial.notes)
    assert any("Not all items are ranked by 3" in note for note in partial.notes)


def test_counts_are_as_many_ballots():
    counted = borda({("a", "b", "c"): 3, ("c", "b", "a"): 2})
    repeated = borda([["a", "b", "c"]] * 3 + [["c", "b", "a"]] * 2)
    assert counted.points.to_dict() == repeated.points.to_dict()
    assert borda(RANKS, counts=[2, 2, 2, 2]).ballots == 8
    one = plackett_luce({("a", "b", "c"): 3, ("c", "b", "a"): 2})
    other = plackett_luce([["a", "b", "c"]] * 3 + [["c", "b", "a"]] * 2)
    assert one.table.equals(other.table) or np.allclose(one.log_worth, other.log_worth)


def test_borda_bounds_know_how_firm_an_order_is():
    firm = borda([["a", "b", "c"]] * 9).table
    assert (firm["rank_low"] == firm["rank_high"]).all()
    loose = borda(ORDERS).table
    assert (loose["rank_high"] > loose["rank_low"]).any()
    assert borda([ORDERS[0]]).table["low"].isna().all()


def test_kendall_w_is_1_for_one_order_and_follows_the_mean_correlation():
    assert kendall_w([["a", "b", "c"]] * 3).w == pytest.approx(1)
    assert kendall_w(np.array([[1, 2, 3], [3, 2, 1]])).w == pytest.approx(0)
    rng = np.random.default_rng(1)
    ranks = np.argsort(rng.normal(size=(6, 8)), axis=1) + 1
    pairs = np.corrcoef(ranks)[np.triu_indices(6, 1)]
    found = kendall_w(ranks)
    assert found.mean_spearman == pytest.approx(pairs.mean())
    assert found.interval[0] <= found.w <= found.interval[1]


def test_kendall_w_rejects_chance_as_often_as_it_says():
    rng = np.random.default_rng(2)
    p = [kendall_w(np.argsort(rng.normal(size=(8, 10)), axis=1) + 1).p_value for _ in range(300)]
    assert 0.06 <= np.mean(np.array(p) < 0.10) <= 0.14


def test_panelists_who_left_items_out_are_set_aside_for_w():
    found = kendall_w([*ORDERS, ["a", "b"]])
    assert found.panelists == 4
    assert any("do not rank all items: 5" in note for note in found.notes)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([["a", "b"]], "at least two panelists who rank all 2 items. Found 1"),
        (np.ones((3, 4)), "ties all items"),
        ([[1.0]], "at least two items"),
        ([["a", "a"], ["a", "b"]], "ballot 1 names a twice"),
        (5, "Got an array of shape"),
        ([5, "x"], "Got list"),
        (pd.DataFrame({"x": ["a"], "y": ["b"]}), "columns of the item and its rank"),
    ],
)
def test_rankings_that_cannot_be_read_are_explained(data, words):
    with pytest.raises(DataError, match=words):
        kendall_w(data)


def test_faults_of_ranks_name_who_and_where():
    with pytest.raises(DataError, match="2 ranks 1 0; ranks begin at 1"):
        borda([[1, 2, 3], [0, 1, 2]])
    frame = pd.concat([long(ORDERS), pd.DataFrame([("P0", "a", 3)], columns=long([]).columns)])
    with pytest.raises(DataError, match="P0 ranks a more than once, in rows 0, 0"):
        borda(frame)
    with pytest.raises(DataError, match="4 ballots need as many counts"):
        borda(RANKS, counts=[1, 2])
    holes = pd.concat([long(ORDERS), long(ORDERS).head(1), long(ORDERS).head(2).assign(rank=None)])
    assert borda(holes).notes[:2] == (
        "2 rows without item, panelist or rank are set aside.",
        "Ranks given twice count once.",
    )
    gapped = borda(pd.DataFrame({"a": [1, 1], "b": [2, 2], "c": [3, 4]}))
    assert any("Ranks of 2 leave out a place" in note for note in gapped.notes)
    slip = borda([["fit", "margin"], ["margin", "fit"], ["fitt", "margin", "fit"]])
    assert any("fitt is ranked only once. Did you mean 'fit'?" in note for note in slip.notes)


def test_plackett_luce_recovers_what_was_planted():
    rng = np.random.default_rng(3)
    truth = np.log([0.4, 0.3, 0.2, 0.1])
    noise = rng.gumbel(size=(800, 4))
    orders = [["abcd"[i] for i in np.argsort(-(truth + row))] for row in noise]
    found = plackett_luce(orders)
    centred = truth - truth.mean()
    off = (found.log_worth[list("abcd")] - centred) / found.standard_error[list("abcd")]
    assert np.abs(off).max() < 3
    firsts = plackett_luce([order[:2] for order in orders])
    assert firsts.standard_error.mean() > found.standard_error.mean()


def test_a_ranking_of_two_is_a_comparison():
    duels = [("a", "b")] * 5 + [("b", "a")] * 2 + [("b", "c")] * 4 + [("c", "a")] * 3
    duels += [("c", "b")] * 2 + [("a", "c")] * 2
    one, other = bradley_terry(duels), plackett_luce([list(duel) for duel in duels])
    for column in ("worth", "standard_error", "quasi_error"):
        left, right = (f.table.set_index("item").loc[list("abc"), column] for f in (one, other))
        assert left.to_numpy() == pytest.approx(right.to_numpy(), rel=1e-6)
    gap = one.difference("a", "b")
    quasi = one.table.set_index("item")["quasi_error"]
    # Of three items quasi variances are exact (Firth & de Menezes 2004).
    assert gap["standard_error"] == pytest.approx(np.hypot(quasi["a"], quasi["b"]), rel=1e-4)
    assert gap["low"] < gap["difference"] < gap["high"]
    with pytest.raises(DataError, match="No item 'z'"):
        one.difference("a", "z")


def test_the_reference_moves_abilities_and_not_differences():
    wins = [[0, 3, 2], [1, 0, 4], [2, 1, 0]]
    free, fixed = bradley_terry(wins), bradley_terry(wins, reference="2")
    assert fixed.log_worth["2"] == 0
    assert fixed.standard_error["2"] == 0
    one, other = free.difference("1", "3"), fixed.difference("1", "3")
    assert list(one.values()) == pytest.approx(list(other.values()))
    assert fixed.log_likelihood == pytest.approx(free.log_likelihood)


def test_ties_count_the_same_in_either_half():
    wins, half = [[0, 3, 2], [1, 0, 4], [2, 1, 0]], [[0, 2, 1], [0, 0, 0], [0, 0, 0]]
    whole = (np.array(half) + np.array(half).T).tolist()
    one, other = bradley_terry(wins, ties=half), bradley_terry(wins, ties=whole)
    assert one.tie_strength == pytest.approx(other.tie_strength)
    frame = pd.DataFrame(
        [(str(i + 1), str(j + 1), wins[i][j], False) for i in range(3) for j in range(3)]
        + [("1", "2", 2, True), ("3", "1", 1, True)],
        columns=["winner", "loser", "count", "tied"],
    )
    found = bradley_terry(frame)
    assert found.tie_strength == pytest.approx(one.tie_strength)
    assert found.worth.to_dict() == pytest.approx(one.worth.to_dict())


def test_an_item_that_never_loses_is_said_and_a_ridge_bounds_it():
    duels = [("a", "b"), ("a", "c"), ("b", "c"), ("c", "b")]
    with pytest.raises(DataError, match=r"\(a\) never loses.*ridge"):
        bradley_terry(duels)
    with pytest.raises(DataError, match=r"nobody compared \(a, b\) with \(c, d\)"):
        plackett_luce([["a", "b"], ["b", "a"], ["c", "d"], ["d", "c"]])
    found = bradley_terry(duels, ridge=1.0)
    assert found.table["item"][0] == "a"
    assert np.isfinite(found.standard_error).all()
    assert any("ridge" in note for note in found.notes)
    tight = bradley_terry(duels, ridge=100.0)
    assert np.ptp(tight.log_worth) < np.ptp(found.log_worth)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([[0, -1], [2, 0]], "1 against 2 is -1; a count"),
        ([[0, 1, 2], [2, 0, 1]], "Got shape"),
        ([("a", "a")], "at least two items"),
        (pd.DataFrame({"winner": ["a"], "who": ["b"]}), "no column 'loser'"),
        (pd.DataFrame({"winner": ["a"], "loser": ["b"], "count": [-1]}), "below 0 in row 0"),
        ("ab", "Got str"),
        (None, "Got shape"),
        ([], "Got shape"),
    ],
)
def test_results_that_cannot_be_read_are_explained(data, words):
    with pytest.raises(DataError, match=words):
        bradley_terry(data)


@pytest.mark.parametrize("wrong", [{"ridge": -1}, {"confidence": 0}, {"reference": "z"}])
def test_options_of_models(wrong):
    with pytest.raises(ParameterError, match=f"'{next(iter(wrong))}' parameter"):
        plackett_luce(ORDERS, **wrong)


def test_tied_ranks_lie_between_their_orders():
    tied = plackett_luce([*ORDERS, [("b", "c"), "a"]])
    assert any("Efron" in note for note in tied.notes)
    sides = [plackett_luce([*ORDERS, last]) for last in (["b", "c", "a"], ["c", "b", "a"])]
    gaps = [f.log_worth["b"] - f.log_worth["c"] for f in sides]
    assert min(gaps) < tied.log_worth["b"] - tied.log_worth["c"] < max(gaps)


def test_items_tied_last_only_come_after_the_others():
    """Rankings of the best one are choices of one out of all: worths are the shares of firsts."""
    firsts = {"a": 6, "b": 3, "c": 1}
    rest = {name: tuple(other for other in firsts if other != name) for name in firsts}
    found = plackett_luce([[name, rest[name]] for name, n in firsts.items() for _ in range(n)])
    assert found.worth.to_dict() == pytest.approx({"a": 0.6, "b": 0.3, "c": 0.1})
    assert not found.notes


def test_who_is_only_tied_last_never_beats_anybody():
    with pytest.raises(DataError, match="never loses"):
        plackett_luce([["a", ("b", "c")], ["a", "b", "c"], ["b", ("a", "c")]])
    with pytest.raises(DataError, match="nobody ranks one item before another"):
        plackett_luce([[("a", "b", "c")]], ridge=1.0)


def test_the_same_digits_on_one_thread_and_two():
    written = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            written.append(plackett_luce(ORDERS).to_json() + borda(ORDERS).to_json())
    assert written[0] == written[1]
    assert json.loads(bradley_terry([[0, 1], [1, 0]]).to_json())["tie_strength"] is None


def test_ties_that_leave_worths_without_bound_are_said():
    """One win and one tie: a tie strength that grows with the worth explains them ever better."""
    with pytest.raises(DataError, match="all wins go one way"):
        bradley_terry([[0, 1], [0, 0]], ties=[[0, 1], [1, 0]])
    with pytest.raises(DataError, match="nobody ever wins"):
        bradley_terry([[0, 0], [0, 0]], ties=[[0, 1], [1, 0]], ridge=1.0)
    bounded = bradley_terry([[0, 1], [0, 0]], ties=[[0, 1], [1, 0]], ridge=1.0)
    assert np.isfinite(bounded.tie_strength)
    both = bradley_terry([[0, 2, 0], [1, 0, 3], [0, 0, 0]], ties=[[0, 1, 1], [1, 0, 1], [1, 1, 0]])
    assert both.log_worth.abs().max() < 10


def test_disagreement_finds_the_dissenter_and_the_disputed_item():
    orders = {f"P{n}": list("abcdef") for n in range(5)} | {"odd": list("fbcdea")}
    found = rank_disagreement(orders)
    assert found.panelists.loc[0, "panelist"] == "odd"
    assert set(found.table["item"][:2]) == {"a", "f"}
    row = found.table.set_index("item").loc["a"]
    assert (row["highest"], row["highest_by"]) == (6, "odd")
    assert found.grid.set_index("panelist").loc["odd", "f"] == -5
    with pytest.raises(DataError, match="at least two panelists"):
        rank_disagreement([["a", "b"]])
    with pytest.raises(DataError, match="two panelists judged"):
        rank_disagreement([["a", "b"], ["c", "d"]])


def test_disagreement_over_pairs_is_a_factor():
    panel = {f"P{n}": {("a", "b"): 3.0, ("b", "c"): 2.0} for n in range(4)}
    panel["odd"] = {("a", "b"): 1 / 3, ("b", "c"): 2.0}
    found = pair_disagreement(panel)
    first = found.table.iloc[0]
    assert (first["item_a"], first["item_b"], first["lowest_by"]) == ("a", "b", "odd")
    assert first["split"] == pytest.approx(0.2)
    assert found.table["spread"].iloc[1] == pytest.approx(1.0)
    assert found.panelists.loc[0, "panelist"] == "odd"
    assert found.panelists.loc[0, "distance"] == pytest.approx(3.0)  # 9 in one of two pairs


def test_comparison_with_the_data():
    panel = {"a": 9.0, "b": 7.0, "c": 5.0, "d": 3.0, "e": 1.0, "only panel": 2.0}
    data = pd.Series({"a": 80.0, "b": 90.0, "c": 50.0, "d": 30.0, "e": 10.0, "only data": 5.0})
    found = compare_rankings(panel, data)
    assert found.rho == pytest.approx(0.9)
    assert found.items == 5
    assert len(found.notes) == 2
    assert compare_rankings(data, data).interval[1] == 1.0
    four = dict(zip("abcd", (1.0, 2.0, 3.0, 4.0), strict=True))
    assert compare_rankings(four, four).p_value == pytest.approx(2 / 24)
    for poor, words in (
        ({"a": 1.0, "b": 2.0}, "at least 4 items"),
        (dict.fromkeys("abcde", 1.0), "all 5 items the same"),
        (3, "map items to numbers"),
    ):
        with pytest.raises(DataError, match=words):
            compare_rankings(poor, data)


def test_interval_of_the_comparison_covers():
    """Bonett & Wright 2000: normal data of correlation 0.6 have a rank correlation of .582."""
    rng, inside = np.random.default_rng(4), 0
    truth = 6 / np.pi * np.arcsin(0.3)
    for _ in range(400):
        one = rng.normal(size=30)
        other = 0.6 * one + 0.8 * rng.normal(size=30)
        found = compare_rankings(dict(enumerate(one)), dict(enumerate(other)))
        inside += found.interval[0] <= truth <= found.interval[1]
    assert 0.86 <= inside / 400 <= 0.94


def test_results_as_counted_tuples_or_a_mapping():
    """Wikipedia's example: strengths 0.640, 1.043, 0.660 and 2.270, their geometric mean 1."""
    counted = {
        ("A", "B"): 2, ("A", "D"): 1, ("B", "A"): 3, ("B", "C"): 5, ("C", "B"): 3,
        ("C", "D"): 1, ("D", "A"): 4, ("D", "C"): 3,
    }  # fmt: skip
    for results in (counted, [(*pair, often) for pair, often in counted.items()]):
        strengths = np.exp(bradley_terry(results).log_worth)
        printed = {"A": 0.640, "B": 1.043, "C": 0.660, "D": 2.270}
        assert strengths.to_dict() == pytest.approx(printed, abs=6e-4)
    # Numbers alone are a square table, as tuples too.
    table = ((0, 3, 2), (1, 0, 4), (2, 1, 0))
    assert bradley_terry(table).worth.to_dict() == bradley_terry(np.array(table)).worth.to_dict()


def test_how_many_voted_so_is_no_item():
    with pytest.raises(DataError, match="ballot 1 mixes names with the number 42"):
        borda([(42, "MNCK"), (26, "NCKM")])


def test_kendall_w_of_the_anxiety_ratings():
    """R irr, kendall(anxiety, correct=TRUE): Wt .54, chi-square(19) 30.8, p .0429."""
    ratings = [
        [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
        [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
        [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
    ]
    found = kendall_w(ratings)
    assert found.w == pytest.approx(0.54, abs=5e-3)
    assert found.chi2 == pytest.approx(30.8, abs=0.05)
    assert found.p_value == pytest.approx(0.0429, abs=5e-5)


def test_agreement_counts_everyone_who_handed_in_a_ballot():
    ballots = {("a", "b", "c"): 3, ("b", "c", "a"): 2}
    people = [list("abc")] * 3 + [list("bca")] * 2
    assert kendall_w(ballots).panelists == 5
    assert kendall_w(ballots).w == pytest.approx(kendall_w(people).w) == pytest.approx(0.28)
    spread = rank_disagreement(ballots).table["spread"]
    assert spread.tolist() == pytest.approx(rank_disagreement(people).table["spread"].tolist())


def test_ties_in_words_are_refused():
    duels = pd.DataFrame({"winner": ["a", "b"], "loser": ["b", "a"], "tied": ["no", "no"]})
    with pytest.raises(DataError, match="tied is neither true nor false, 1 nor 0 in row 0, 1"):
        bradley_terry(duels)
