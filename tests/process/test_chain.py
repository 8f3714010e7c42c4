"""Absorbing chains against published figures and closed forms."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.process import absorbing_chain, transition_matrix

WALK = np.array(
    [
        [1, 0, 0, 0, 0],
        [0.5, 0, 0.5, 0, 0],
        [0, 0.5, 0, 0.5, 0],
        [0, 0, 0.5, 0, 0.5],
        [0, 0, 0, 0, 1],
    ]
)


def test_grinstead_and_snell_drunkards_walk():
    """Introduction to Probability, chapter 11: N, t and B of the walk between four corners."""
    chain = absorbing_chain(WALK)
    assert chain.N.to_numpy() == pytest.approx(np.array([[1.5, 1, 0.5], [1, 2, 1], [0.5, 1, 1.5]]))
    assert chain.t.tolist() == pytest.approx([3, 4, 3])
    assert chain.B.to_numpy() == pytest.approx(np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]))
    assert chain.B.columns.tolist() == [0, 4]
    # Neither corner is called a win until the caller says which.
    assert np.isnan(chain.win["probability"])
    assert chain.bottleneck is None
    assert absorbing_chain(WALK, won=4).win["probability"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    "transitions",
    [
        WALK[1:4][:, [1, 2, 3, 0, 4]],
        WALK[1:4][:, [1, 2, 3, 0, 4]].tolist(),
        pd.DataFrame(WALK, index=list("hxyzb"), columns=list("hxyzb")),
        pd.DataFrame(WALK, columns=list("hxyzb")),
        pl.DataFrame(WALK, schema=list("hxyzb")),
        pd.DataFrame(WALK, index=list("hxyzb"), columns=list("hxyzb")).loc[list("xyz")],
    ],
    ids=["[Q R]", "lists", "named", "columns named", "polars", "rows of transient states"],
)
def test_a_chain_may_be_written_in_many_ways(transitions):
    chain = absorbing_chain(transitions)
    assert chain.t.tolist() == pytest.approx([3, 4, 3])
    assert chain.B.iloc[0].tolist() == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize("p", [0.3, 0.5, 0.6])
def test_tennis_at_deuce(p):
    """Kemeny & Snell: from deuce the server wins with p2 / (p2 + q2), in 2 / (p2 + q2) points."""
    q = 1 - p
    game = pd.DataFrame(
        [[0, p, q, 0, 0], [q, 0, 0, p, 0], [p, 0, 0, 0, q]],
        index=["deuce", "ahead", "behind"],
        columns=["deuce", "ahead", "behind", "won", "lost"],
    )
    chain = absorbing_chain(game)
    assert chain.B.loc["deuce", "won"] == pytest.approx(p**2 / (p**2 + q**2))
    assert chain.t["deuce"] == pytest.approx(2 / (p**2 + q**2))
    assert chain.win["probability"] == pytest.approx(p**2 / (p**2 + q**2))


def test_gamblers_ruin():
    """Feller: starting with i of n the chance to reach n is (1 - (q/p)^i) / (1 - (q/p)^n)."""
    n, p = 7, 0.45
    P = np.diag(np.full(n, p), 1) + np.diag(np.full(n, 1 - p), -1)
    P[[0, n]] = np.eye(n + 1)[[0, n]]
    chain = absorbing_chain(P)
    ratio = (1 - p) / p
    expected = [(1 - ratio**i) / (1 - ratio**n) for i in range(1, n)]
    assert chain.B[n].tolist() == pytest.approx(expected)


def test_brothers_and_sisters():
    """Kemeny & Snell 1960; Grinstead & Snell, section 11.2: breeding until a line is pure."""
    P = pd.DataFrame(
        [
            [0.5, 0, 0.25, 0, 0.25, 0],
            [0, 0, 1, 0, 0, 0],
            [0.25, 0.125, 0.25, 0.25, 0.0625, 0.0625],
            [0, 0, 0.25, 0.5, 0, 0.25],
        ],
        index=["GG,Gg", "GG,gg", "Gg,Gg", "Gg,gg"],
        columns=["GG,Gg", "GG,gg", "Gg,Gg", "Gg,gg", "GG,GG", "gg,gg"],
    )
    chain = absorbing_chain(P)
    assert chain.t.tolist() == pytest.approx([29 / 6, 20 / 3, 17 / 3, 29 / 6])
    assert chain.B["GG,GG"].tolist() == pytest.approx([3 / 4, 1 / 2, 1 / 2, 1 / 4])


def test_craps():
    """The shooter wins 244 of 495 games (Pascal's heirs; Packel 1981), in 557/165 rolls."""
    ways = {4: 3, 5: 4, 6: 5, 8: 5, 9: 4, 10: 3}
    P = pd.DataFrame(0.0, index=["come out", *ways], columns=["come out", *ways, "won", "lost"])
    P.loc["come out", ["won", "lost"]] = [8 / 36, 4 / 36]
    for point, n in ways.items():
        P.loc["come out", point] = n / 36
        P.loc[point, ["won", "lost", point]] = [n / 36, 6 / 36, (30 - n) / 36]
    chain = absorbing_chain(P)
    assert chain.win["probability"] == pytest.approx(244 / 495)
    assert chain.t["come out"] == pytest.approx(557 / 165)


def test_smith_in_jail():
    """Grinstead & Snell, section 12.2: with 3 dollars of 8, p = .4, timid .096, bold .256."""
    timid = np.diag(np.full(8, 0.4), 1) + np.diag(np.full(8, 0.6), -1)
    timid[[0, 8]] = np.eye(9)[[0, 8]]
    assert absorbing_chain(timid).B.loc[3, 8] == pytest.approx(0.096, abs=5e-4)
    bold = pd.DataFrame(
        [[0, 0.4, 0, 0, 0.6], [0, 0, 0.4, 0.4, 0], [0, 0, 0, 0.4, 0.6]],
        index=[3, 6, 4],
        columns=[3, 6, 4, 8, 0],
    )
    bold.loc[6] = [0, 0, 0.6, 0.4, 0]
    assert absorbing_chain(bold).B.loc[3, 8] == pytest.approx(0.256)


def planted():
    stages = ["discovery", "demo", "proposal", "negotiation"]
    Q = np.array([[0, 0.72, 0, 0], [0, 0, 0.66, 0], [0, 0.08, 0, 0.62], [0, 0, 0.05, 0]])
    return pd.DataFrame(Q, index=stages, columns=stages).assign(won=[0, 0, 0, 0.55])


def test_what_rows_leave_may_be_an_end_of_its_own():
    chain = absorbing_chain(planted(), rest="lost")
    assert chain.win["probability"] == pytest.approx(0.176864, abs=1e-6)
    assert chain.B.sum(axis=1).tolist() == pytest.approx([1, 1, 1, 1])


def test_sensitivity_is_the_slope_of_the_chance_to_win():
    chain = absorbing_chain(planted(), rest="lost")
    step = 1e-6
    for row in chain.sensitivity.to_dict("records"):
        more = planted()
        more.loc[row["source"], row["target"]] += step
        slope = absorbing_chain(more, rest="lost").win["probability"] - chain.win["probability"]
        assert row["marginal_wins"] == pytest.approx(slope / step, rel=1e-4)
    assert chain.bottleneck == ("negotiation", "won")
    assert set(chain.sensitivity["target"]) == {"demo", "proposal", "negotiation", "won"}


def test_entries_mix_the_starts():
    found = absorbing_chain(planted(), rest="lost", entries={"demo": 1, "proposal": 3})
    chances = absorbing_chain(planted(), rest="lost").B["won"]
    mixed = 0.25 * chances["demo"] + 0.75 * chances["proposal"]
    assert found.win["probability"] == pytest.approx(mixed)


def test_intervals_cover_the_planted_chance():
    """90 % intervals of 60 samples of 200 deals hold the planted .1769 about nine times in ten."""
    matrix = planted().assign(lost=lambda t: 1 - t.sum(axis=1))
    chances = dict(zip(matrix.index, matrix.to_numpy(), strict=True))
    names, inside = list(matrix.columns), 0
    rng = np.random.default_rng(11)
    for _ in range(60):
        paths = []
        for _ in range(200):
            path = ["discovery"]
            while path[-1] in chances:
                path.append(names[rng.choice(len(names), p=chances[path[-1]])])
            paths.append(path)
        win = absorbing_chain(transition_matrix(paths)).win
        inside += win["low"] < 0.176864 < win["high"]
    assert 47 <= inside <= 60


def test_intervals_do_not_depend_on_chance():
    counted = transition_matrix([["a", "won"]] * 5 + [["a", "b", "lost"]] * 4)
    first, again = absorbing_chain(counted), absorbing_chain(counted)
    assert first.intervals.equals(again.intervals)
    assert first.win["low"] < 5 / 9 < first.win["high"]


PATHS = [
    *[["demo", "offer", "won"]] * 6,
    *[["demo", "offer", "lost"]] * 3,
    *[["offer", "won"]] * 3,
    ["demo", "lost"],
]


def test_cases_that_begin_at_an_end_have_ended_there():
    """Of 13 cases 3 begin at the offer, and of the 10 others 9 come there."""
    reached = absorbing_chain(transition_matrix(PATHS), ["offer"], won="offer")
    assert reached.states["entries"].tolist() == pytest.approx([10 / 13])
    assert reached.win["probability"] == pytest.approx(12 / 13)
    assert reached.win["low"] < 12 / 13 < reached.win["high"]
    everything = reached.intervals[reached.intervals["start"] == "all entries"]
    assert everything["probability"].sum() == pytest.approx(1)
    mixed = absorbing_chain(planted(), rest="lost", entries={"won": 1, "discovery": 1}).win
    assert mixed["probability"] == pytest.approx(0.5 + 0.5 * 0.176864, abs=1e-6)


def test_an_end_for_the_rest_takes_nothing_from_counts():
    found = absorbing_chain(transition_matrix(PATHS), rest="gone")
    assert found.B["gone"].eq(0).all()
    assert found.B[["won", "lost"]].equals(absorbing_chain(transition_matrix(PATHS)).B)


def test_stages_that_lead_nowhere_yet_are_left_out_and_said():
    """A new stage with open deals alone, and one that only repeats itself."""
    more = [["demo", "legal"], ["demo", "wait", "wait"], ["wait"]]
    found = absorbing_chain(transition_matrix([*PATHS, *more]))
    plain = absorbing_chain(transition_matrix(PATHS))
    assert found.B.loc[plain.B.index, plain.B.columns].equals(plain.B)
    said = found.notes[1]
    assert "No case has come from 'legal', 'wait' to an end yet: 2 steps there" in said
    assert "the 6.25 % of cases that begin there stay out" in said
    with pytest.raises(DataError, match="No case has come from 'demo' to an end yet"):
        absorbing_chain(transition_matrix([["demo"], ["offer", "demo"]]), ["offer"])


def test_where_all_went_one_way_the_next_need_not():
    """Three of three: with 95 %, more than .05 ** (1 / 3) go this way."""
    few = absorbing_chain(transition_matrix([["demo", "won"]] * 3 + [["offer", "lost"]]))
    sure = few.intervals.query("start == 'demo' and end == 'won'").iloc[0]
    assert sure["probability"] == sure["high"] == 1
    assert 0.3 < sure["low"] < 0.6


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
            st.sampled_from(["won", "lost", ""]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from([{}, {"rest": "gone"}, {"absorbing": "a"}, {"absorbing": ["b"], "rest": "x"}]),
)
def test_any_log_gives_a_chain_or_words(cases, options):
    """Few cases, loops, stages that are only ever last, all open, all lost."""
    paths = [[*path, *([end] if end else [])] for path, end in cases]
    counted = transition_matrix(paths)
    try:
        chain = absorbing_chain(counted, **options)
    except (DataError, ParameterError):
        return
    assert chain.B.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (chain.N >= 0).all(axis=None)
    assert (chain.t >= 1).all()
    bounds = chain.intervals
    assert (bounds["low"] <= bounds["probability"]).all()
    assert (bounds["probability"] <= bounds["high"]).all()
    assert '"N"' in chain.to_json()


def test_refusals_name_what_is_wrong():
    with pytest.raises(DataError, match=r"row 0: .*they are 4, 5, and sum to 9\.\n.*Divide counts"):
        absorbing_chain([[4, 5], [0, 1]])
    with pytest.raises(DataError, match="The chain has no end"):
        absorbing_chain([[0, 1], [1, 0]])
    with pytest.raises(DataError, match="No end can be reached from 0, 1"):
        absorbing_chain([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    with pytest.raises(DataError, match="Every state is absorbing"):
        absorbing_chain(np.eye(3))
    with pytest.raises(DataError, match="numbers"):
        absorbing_chain([["a", "b"], ["c", "d"]])
    with pytest.raises(ParameterError, match="absorbing"):
        absorbing_chain(WALK, absorbing=[9])
    with pytest.raises(ParameterError, match="won"):
        absorbing_chain(WALK, won="home")
    with pytest.raises(ParameterError, match="entries"):
        absorbing_chain(WALK, entries={9: 1})
    for wrong in ("all", [1, 2], {1: "x"}, {1: np.nan}, {1: -1, 2: 2}, [0, 0, 0]):
        with pytest.raises(ParameterError, match="entries"):
            absorbing_chain(WALK, entries=wrong)
    with pytest.raises(ParameterError, match=r"'rest' parameter .* no state that cases leave"):
        absorbing_chain(planted(), rest="demo")
    with pytest.raises(DataError, match="set_index"):
        absorbing_chain(planted().reset_index())
