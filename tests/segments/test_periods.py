"""Movement between two periods."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError
from segkit.segments import Segmenter, migration, psi

counts = st.lists(st.integers(0, 10_000), min_size=3, max_size=3)


def test_customers_are_joined_by_their_id():
    before = pd.Series([0, 1, 1, -1], index=["a", "b", "c", "d"])
    after = pd.Series([0, 0, 1, 1], index=["e", "c", "b", "a"])
    moved = migration(before, after)
    counts = moved.counts.set_index("before")
    assert counts.to_numpy().sum() == 5
    assert counts.loc[0, 1] == 1
    assert counts.loc["none", 0] == 1
    assert json.loads(moved.to_json())["psi"] == moved.psi
    assert moved.stayed.set_index("segment").loc[1, ["before", "stayed"]].tolist() == [2, 1]


def test_names_of_segments_may_be_words():
    moved = migration(["gold", "gold", "tin"], ["gold", "tin", None])
    assert moved.counts.set_index("before").loc["tin", "none"] == 1
    assert moved.stayed["share"].tolist() == [0.5]


def test_psi_by_hand():
    # (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5), large counts
    assert psi([5e9, 5e9], [6e9, 4e9]) == pytest.approx(
        0.1 * np.log(1.2) - 0.1 * np.log(0.8), abs=1e-8
    )
    judged = migration([0] * 50 + [1] * 50, [0] * 95 + [1] * 5)
    assert judged.psi > 0.25
    assert "another base" in judged.judgement
    assert "the same" in migration([0, 1] * 50, [0, 1] * 50).judgement


@given(counts, counts)
def test_psi_is_symmetric_and_never_negative(one, other):
    assert psi(one, other) == pytest.approx(psi(other, one))
    assert psi(one, other) >= 0
    assert psi(one, one) == 0


def test_faults():
    with pytest.raises(DataError, match="Found 2 and 3"):
        migration([0, 1], [0, 1, 1])
    with pytest.raises(DataError, match="No customer has a segment in both"):
        migration([0, -1], [-1, 1])
    twice = pd.Series([0, 1], index=["a", "a"])
    with pytest.raises(DataError, match="Twice"):
        migration(twice, twice)


def test_labels_do_not_move_on_refit():
    rng = np.random.default_rng(0)
    centres = np.array([[0, 0], [8, 0], [0, 8]])
    truth = np.repeat([0, 1, 2], [60, 100, 140])
    first = Segmenter(k=3, pairs=2).fit(centres[truth] + rng.normal(size=(300, 2)))
    # The sizes turn round: by size alone the labels would turn round as well.
    later = np.repeat([0, 1, 2], [140, 100, 60])
    X = centres[later] + rng.normal(size=(300, 2))
    alone, kept = Segmenter(k=3, pairs=2).fit(X), first.refit(X)
    assert (kept.labels_ == first.predict(X)).mean() > 0.99
    assert (alone.labels_ == first.predict(X)).mean() < 0.5
    assert (kept.predict(X) == kept.labels_).all()
    assert kept.stability_["size"].tolist() == np.bincount(kept.labels_).tolist()


def test_a_segment_of_new_customers_alone_counts_in_the_index():
    before = pd.Series([0, 0, 1, 1], index=list("abcd"))
    after = pd.Series([0, 0, 1, 1, 2, 2, 2, 2], index=list("abcdefgh"))
    assert migration(before, after).psi == psi([2, 2, 0], [2, 2, 4]) > 0.25
    assert migration(after, before).psi == psi([2, 2, 4], [2, 2, 0])
