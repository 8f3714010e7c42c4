"""Agreement of partitions against R flexclust 1.5.0, and what must hold of any partition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from segkit.errors import DataError
from segkit.segments import adjusted_rand, slsa, slsw

PEER = Path(__file__).parents[2].parent / "shared" / "data"
needs_peer = pytest.mark.skipif(
    not (PEER / "fx_ari.csv").exists(), reason="the peer data are not part of the project"
)
labels = st.lists(st.integers(0, 4), min_size=2, max_size=40)


def peer(name):
    return pd.read_csv(PEER / name)


@needs_peer
def test_adjusted_rand_equals_flexclust():
    table = peer("fx_slsw_labels.csv")
    ours = [adjusted_rand(table[f"a{i}"], table[f"b{i}"]) for i in range(1, 21)]
    np.testing.assert_allclose(ours, peer("fx_ari.csv")["ari"], rtol=0, atol=1e-12)


@needs_peer
def test_slsw_equals_flexclust():
    table = peer("fx_slsw_labels.csv")
    sides = (table[[f"{side}{i}" for i in range(1, 21)]] for side in "ab")
    ours = slsw(table["ref"], *sides)
    np.testing.assert_allclose(ours, peer("fx_slsw_values.csv"), rtol=0, atol=1e-12)


@needs_peer
def test_slsa_equals_flexclust():
    table = peer("fx_slsa_labels.csv")
    ours, theirs = slsa([table[f"k{k}"] for k in range(3, 9)]), peer("fx_slsa_values.csv")
    assert ours["k"].tolist() == theirs["k"].tolist()
    for measure in ("entropy_scaled", "slsa"):
        np.testing.assert_allclose(
            ours.sort_values(["k", measure])[measure],
            theirs.sort_values(["k", measure])[measure],
            rtol=0,
            atol=1e-12,
        )


@given(labels, st.randoms())
def test_adjusted_rand_is_that_of_scikit_learn_and_ignores_names(first, random):
    second = [random.randint(0, 3) for _ in first]
    ours = adjusted_rand(first, second)
    assert ours == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)
    assert ours == pytest.approx(adjusted_rand(second, [f"s{9 - one}" for one in first]))


@given(labels)
def test_a_partition_is_stable_against_itself(one):
    assert adjusted_rand(one, one) == 1
    assert (slsw(one, one, one) == 1).all()


@given(labels, st.randoms())
def test_slsw_lies_between_0_and_1(reference, random):
    refit = [random.randint(0, 3) for _ in reference]
    values = slsw(reference, refit, reference)
    assert ((values > 0) & (values <= 1)).all()


def test_slsa_is_1_where_segments_only_split():
    table = slsa([[0, 0, 0, 0, 1, 1], [2, 2, 0, 0, 1, 1], [0, 0, 1, 1, 2, 3]])
    assert table["slsa"].tolist() == [1.0] * 7


def test_slsa_of_a_segment_gathered_from_everywhere_is_0():
    table = slsa([[0, 0, 1, 1], [0, 2, 1, 2]])
    assert table["slsa"].min() == pytest.approx(0)


def test_faults_say_what_was_found():
    with pytest.raises(DataError, match="not empty"):
        adjusted_rand([], [])
    with pytest.raises(DataError, match="same 3 rows"):
        slsw([0, 1, 1], [0, 1], [0, 1])
    with pytest.raises(DataError, match="as many partitions"):
        slsw([0, 1], [[0, 1], [1, 0]], [0, 1])


def test_rows_that_no_segment_holds_do_not_make_one_in_slsa():
    two, three = [0, 0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 2]
    assert slsa([[*two, -1, 0], [*three, 1, -1]]).equals(slsa([two, three]))
