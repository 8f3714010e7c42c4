"""AHP: panels, missing pairs, inputs of every kind, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.consensus import ahp
from segkit.errors import DataError, ParameterError

WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.05}


def ratios(weights):
    worth = np.array([*weights.values()])
    return worth[:, None] / worth


def table(panel):
    rows = [(who, a, b, value) for who, pairs in panel.items() for (a, b), value in pairs.items()]
    return pd.DataFrame(rows, columns=["panelist", "item_a", "item_b", "ratio"])


PANEL = {
    "Ann": {("a", "b"): 2.0, ("a", "c"): 4.0, ("b", "c"): 2.0},
    "Bob": {("a", "b"): 8.0, ("a", "c"): 0.5, ("b", "c"): 0.5},
}


@given(st.lists(st.floats(0.05, 1.0), min_size=2, max_size=9))
def test_consistent_judgements_give_their_weights_back(worth):
    share = np.array(worth) / sum(worth)
    for method in ("eigenvector", "geometric mean"):
        found = ahp(share[:, None] / share, method=method)
        assert found.weights.to_numpy() == pytest.approx(share, rel=1e-6)
        assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


@given(st.permutations(range(4)))
def test_the_order_of_items_does_not_matter(order):
    crooked = ratios(WEIGHTS)
    crooked[0, 3], crooked[3, 0] = 2.0, 0.5
    names = np.array([*WEIGHTS])
    one = ahp(crooked, items=list(names))
    other = ahp(crooked[np.ix_(order, order)], items=list(names[list(order)]))
    assert other.weights[list(names)].to_numpy() == pytest.approx(one.weights.to_numpy())
    assert other.consistency_ratio == pytest.approx(one.consistency_ratio)


def test_every_form_of_input_says_the_same():
    square = ratios({"a": 0.6, "b": 0.3, "c": 0.1})
    upper = np.where(np.triu(np.ones((3, 3))) > 0, square, np.nan)
    pairs = {("a", "b"): 2, ("a", "c"): 6, ("c", "b"): 1 / 3}
    long = table({"x": pairs})
    forms = [
        square.tolist(),
        upper,
        [square, square],
        pairs,
        {"x": pairs},
        {"x": pd.DataFrame(square, index=list("abc"), columns=list("abc"))},
        pd.DataFrame(square, index=list("abc"), columns=list("abc")),
        pd.DataFrame(square, index=list("abc"), columns=list("abc")).loc[list("cab")],
        long,
        long.drop(columns="panelist"),
        long.rename(columns={"ratio": "times"}),
    ]
    for form in forms:
        column = "times" if isinstance(form, pd.DataFrame) and "times" in form else "ratio"
        found = ahp(form, ratio=column)
        assert sorted(found.weights) == pytest.approx([0.1, 0.3, 0.6])


def test_polars_and_arrow_frames_go_in():
    polars = pytest.importorskip("polars")
    frame = table(PANEL)
    expected = ahp(frame).weights.to_dict()
    assert ahp(polars.DataFrame(frame.to_dict("list"))).weights.to_dict() == expected


def test_printed_reciprocals_are_no_contradiction():
    found = ahp([[1, 3, 7], [0.33, 1, 2], [0.14, 0.5, 1]])
    assert found.weights.to_numpy() == pytest.approx(
        ahp([[1, 3, 7], [1 / 3, 1, 2], [1 / 7, 1 / 2, 1]]).weights.to_numpy()
    )


def test_a_panel_is_joined_by_judgements_or_by_weights():
    aij = ahp(table(PANEL), method="geometric mean")
    aip = ahp(table(PANEL), method="geometric mean", group="AIP")
    # Geometric means commute: with them both ways are one (Forman & Peniwati 1998).
    assert aij.weights.to_numpy() == pytest.approx(aip.weights.to_numpy())
    weights = aip.panelist_weights.pivot(index="panelist", columns="item", values="weight")
    joined = np.sqrt(weights.loc["Ann"] * weights.loc["Bob"])
    own = aip.panelists.set_index("panelist")
    assert aip.weights.to_numpy() == pytest.approx((joined / joined.sum()).to_numpy())
    assert own.loc["Ann", "consistency_ratio"] == pytest.approx(0, abs=1e-9)
    assert own.loc["Bob", "consistency_ratio"] > 0.10
    # The panel is consistent although one of its members is not, or the other way round.
    assert set(aij.to_discuss["judge"]) >= {"Bob"}
    assert "Ann" not in set(aij.to_discuss["judge"])


def test_the_judgement_that_was_spoilt_is_the_first_to_discuss():
    spoilt = ratios(WEIGHTS)
    spoilt[1, 3], spoilt[3, 1] = 1 / 6, 6.0
    first = ahp(spoilt, items=list("abcd")).to_discuss.iloc[0]
    assert (first["item_a"], first["item_b"]) == ("b", "d")
    assert first["off"] > 3


def test_missing_pairs_do_not_hurt_consistent_judgements():
    full = ratios(WEIGHTS)
    for i, j in ((0, 1), (0, 3), (1, 2)):
        holes = full.copy()
        holes[i, j] = holes[j, i] = np.nan
        for method in ("eigenvector", "geometric mean"):
            found = ahp(holes, method=method)
            assert found.weights.to_numpy() == pytest.approx([*WEIGHTS.values()])
            assert any("flatters" in note for note in found.notes)


def test_a_panelist_with_holes_counts_in_the_panel_or_is_set_aside():
    panel = PANEL | {"Cy": {("a", "b"): 2.0}}
    found = ahp(table(panel))
    assert any("Cy counts only within the panel" in note for note in found.notes)
    apart = ahp(table(panel), group="AIP")
    assert any("Cy is set aside" in note for note in apart.notes)
    assert apart.weights.to_numpy() == pytest.approx(
        ahp(table(PANEL), group="AIP").weights.to_numpy()
    )


def test_intervals_hold_the_truth_of_unseen_panels():
    worth, inside, draws = np.array([0.4, 0.3, 0.2, 0.1]), 0, 100
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        cube = []
        for _ in range(7):
            upper = np.triu(0.3 * rng.normal(size=(4, 4)), 1)
            cube.append(worth[:, None] / worth * np.exp(upper - upper.T))
        found = ahp(cube).table
        inside += bool(found["low"][0] <= 0.4 <= found["high"][0])
    assert 0.8 <= inside / draws <= 0.98


def test_items_may_bear_any_name():
    names = ["panelist", "judged", "the whole panel"]
    found = ahp([np.ones((3, 3)), np.ones((3, 3))], items=names)
    assert found.weights.to_dict() == pytest.approx(dict.fromkeys(names, 1 / 3))


def test_two_items_have_no_consistency_to_miss():
    found = ahp([[1, 4], [1 / 4, 1]])
    assert found.weights.to_list() == pytest.approx([0.8, 0.2])
    assert found.consistency_ratio == 0
    assert found.consistent


def test_random_index_can_be_named_or_given():
    crooked = [[1, 2, 8], [1 / 2, 1, 2], [1 / 8, 1 / 2, 1]]
    one, other = ahp(crooked), ahp(crooked, random_index=0.5245)
    assert one.random_index == "Saaty: 0.58 for 3 items"
    assert one.consistency_ratio * 0.58 == pytest.approx(other.consistency_ratio * 0.5245)
    with pytest.raises(ParameterError, match="Alonso-Lamata"):
        ahp(np.ones((16, 16)))
    assert ahp(np.ones((16, 16)), random_index="Alonso-Lamata").consistency_ratio < 1e-9


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([[1, 0], [2, 1]], "1 against 2 is 0; a ratio is above 0"),
        ([[1, -3], [2, 1]], "-3"),
        ([[1, 3], [3, 1]], "1 against 2 is 3 in row 1, and 0.333 by row 2"),
        ([[2, 3], [1 / 3, 1]], "against itself is 2"),
        ([[1, 2, 3], [1, 1, 1]], r"shape \(1, 2, 3\)"),
        ([[1, np.nan], [np.nan, 1]], r"nobody compared \(1\) with \(2\)"),
        ({("a", "b"): 2, ("c", "d"): 2}, r"\(a, b\) with \(c, d\)"),
        ({("a", "b"): "much"}, "a ratio is above 0"),
        ({"Ann": 3}, "'Ann': int"),
        ({}, "at least two items"),
        ("aha", "Got str"),
        (pd.DataFrame({"item_a": ["a"], "item_b": ["b"]}), "no column 'ratio'"),
    ],
)
def test_what_cannot_be_weighed_is_explained(data, words):
    with pytest.raises(DataError, match=words):
        ahp(data)


def test_faults_of_a_table_name_its_rows_all_at_once():
    frame = table(PANEL)
    frame.loc[1, "ratio"] = -1.0
    frame.loc[4, "ratio"] = 0.0
    with pytest.raises(DataError) as caught:
        ahp(frame)
    assert "row 1" in str(caught.value)
    assert "row 4" in str(caught.value)
    again = pd.concat([table(PANEL), table({"Ann": {("b", "a"): 3.0}})], ignore_index=True)
    with pytest.raises(DataError, match=r"panelist Ann: a against b is 2 in row 0.*row 6"):
        ahp(again)
    same = pd.concat([table(PANEL), table({"Ann": {("b", "a"): 0.5}})], ignore_index=True)
    assert "1 judgements given twice count once." in ahp(same).notes


def test_names_are_checked_against_the_items_wanted():
    with pytest.raises(DataError, match=r"'fitt' is none of the items.*Did you mean 'fit'"):
        ahp({("fitt", "margin"): 2}, items=["fit", "margin"])


def test_an_item_named_once_is_said():
    found = ahp({("margin", "fit"): 2, ("fit", "cycle"): 3, ("cycle", "margin"): 0.2,
                 ("fitt", "margin"): 1})  # fmt: skip
    assert any("fitt is compared only once" in n and "'fit'" in n for n in found.notes)


@pytest.mark.parametrize(
    "wrong",
    [{"method": "mean"}, {"group": "vote"}, {"random_index": -1}, {"confidence": 1.0}],
)
def test_parameters_out_of_bounds(wrong):
    with pytest.raises(ParameterError, match=f"'{next(iter(wrong))}' parameter"):
        ahp(np.ones((3, 3)), **wrong)


def test_results_write_themselves_as_json():
    written = json.loads(ahp(table(PANEL)).to_json())
    assert written["table"][0]["item"] == "a"
    assert written["method"] == "eigenvector"


def test_triples_and_panelists_with_matrices_go_in():
    matrix = [[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]]
    wanted = ahp(matrix, items=["a", "b", "c"]).weights
    triples = [("a", "b", 3), ["a", "c", 5], ("b", "c", 2)]
    frame = pd.DataFrame(matrix, index=list("abc"), columns=list("abc"))
    assert ahp(triples).weights.to_dict() == pytest.approx(wanted.to_dict())
    for panel in (
        {"Ann": matrix, "Bob": np.array(matrix)},
        {
            "Ann": frame,
            "Bob": dict(zip([("a", "b"), ("a", "c"), ("b", "c")], [3, 5, 2], strict=True)),
        },
        [frame, frame.loc[::-1, ::-1]],
    ):
        found = ahp(panel, items=["a", "b", "c"])
        assert found.weights.to_dict() == pytest.approx(wanted.to_dict())
        assert len(found.panelists) == 2
