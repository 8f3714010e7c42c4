"""The preparation contract: what becomes of each kind of column, and of bad ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segkit.errors import DataError, ParameterError
from segkit.segments import Column
from segkit.segments.preparation import prepare

RNG = np.random.default_rng(0)
N = 400


def contract(values, wish=None):
    table = pd.DataFrame({"it": values, "other": np.arange(len(values), dtype=float)})
    return table, prepare(table, {"it": wish or Column(), "other": Column()})


def only(values, wish=None):
    table, made = contract(values, wish)
    return made.columns[0], made.transform(table)[0][:, :-1]


def test_skewed_columns_are_taken_as_logarithms_and_clipped():
    raw = RNG.lognormal(3, 1.5, N)
    column, X = only(raw)
    assert column.role == "numeric"
    assert column.log
    assert [column.lower, column.upper] == pytest.approx(np.quantile(raw, [0.01, 0.99]))
    assert np.median(X) == pytest.approx(0, abs=1e-12)
    moved = np.log1p(np.clip(raw, column.lower, column.upper))
    np.testing.assert_allclose(X[:, 0], (moved - np.median(moved)) / (np.ptp(moved) / 4.652696))


def test_symmetric_columns_keep_their_scale_and_have_about_unit_deviation():
    column, X = only(RNG.normal(50, 7, 5000))
    assert not column.log
    assert X.std() == pytest.approx(1, abs=0.05)


def test_a_zero_one_column_has_unit_deviation():
    _, X = only((RNG.uniform(size=N) < 0.1).astype(float))
    assert X.std() == pytest.approx(1)


def test_a_categorical_block_counts_as_one_numeric_column():
    column, X = only(RNG.choice(["a", "b", "c"], N, p=[0.6, 0.3, 0.1]))
    assert column.features == ("it = a", "it = b", "it = c")
    assert X.var(axis=0).sum() == pytest.approx(1)


def test_missing_categories_are_a_level_and_booleans_are_categories():
    values = pd.Series(RNG.choice([True, False], N), dtype="boolean").mask(
        RNG.uniform(size=N) < 0.2
    )
    column, X = only(values)
    assert column.levels == (False, True, "Unknown")
    assert (X[values.isna(), 2] > 0).all()
    assert column.missing_share == pytest.approx(values.isna().mean())


def test_ordered_categories_stay_in_order():
    dtype = pd.CategoricalDtype(["low", "middle", "high"], ordered=True)
    values = pd.Series(RNG.choice(["low", "middle", "high"], N)).astype(dtype)
    column, X = only(values)
    assert (column.role, column.levels) == ("ordinal", ("low", "middle", "high"))
    means = pd.Series(X[:, 0]).groupby(values, observed=True).mean()
    assert means.is_monotonic_increasing
    assert X.std() == pytest.approx(1)


def test_an_ordinal_in_words_needs_its_order():
    values = RNG.choice(["low", "high"], N)
    with pytest.raises(DataError, match="needs its levels in order"):
        contract(values, Column("ordinal"))
    column, _ = only(values, Column("ordinal", levels=("low", "high")))
    assert column.levels == ("low", "high")


def test_weight_multiplies_distances():
    raw = RNG.normal(size=N)
    np.testing.assert_allclose(only(raw, Column(weight=2))[1], 2 * only(raw)[1])


def test_missing_numbers_become_the_median():
    raw = RNG.normal(10, 1, N)
    raw[:40] = np.nan
    column, X = only(raw)
    assert column.fill == pytest.approx(np.nanmedian(raw))
    np.testing.assert_allclose(X[:40, 0], 0, atol=1e-12)
    assert column.missing_share == 0.1


def test_rare_levels_count_as_other_and_unseen_ones_join_them():
    values = np.where(RNG.uniform(size=5000) < 0.9, "a", RNG.integers(0, 300, 5000).astype(str))
    table, made = contract(values)
    assert made.columns[0].levels == ("a", "Other")
    assert "it: rare levels count as 'Other'" in made.notes
    row = table.iloc[:1].assign(it="never seen")
    assert made.transform(row)[0][0, 1] > 0


def test_useless_columns_are_set_aside_with_the_reason():
    table = pd.DataFrame(
        {
            "size": RNG.normal(size=20_000),
            "same": 1.0,
            "empty": np.nan,
            "account_id": np.arange(20_000),
            "name": [f"customer {i}" for i in range(20_000)],
            "town": RNG.integers(10_000, size=20_000).astype(str),
            "since": pd.Timestamp("2024-01-01"),
        }
    )
    made = prepare(table, {name: Column() for name in table})
    assert [column.name for column in made.columns] == ["size"]
    assert "constant (1)" in made.set_aside["same"]
    assert "missing" in made.set_aside["empty"]
    assert "names rows" in made.set_aside["account_id"]
    assert "names rows" in made.set_aside["name"]
    assert "levels, none of them held by 1 %" in made.set_aside["town"]
    assert "a date" in made.set_aside["since"]


def test_nothing_left():
    with pytest.raises(DataError, match=r"No column is left to group by.*same: constant"):
        prepare(pd.DataFrame({"same": [1.0] * 9}), {"same": Column()})


def test_all_faults_are_named_at_once():
    table = pd.DataFrame({"a": [1.0, np.inf, 3.0], "b": [-np.inf, 0.0, 1.0]})
    with pytest.raises(DataError) as caught:
        prepare(table, {"a": Column(), "b": Column(), "aa": Column()})
    for part in ("'a' holds infinite values, first in rows [1]", "'b' holds", "no column 'aa'"):
        assert part in str(caught.value)


def test_wishes_out_of_range():
    with pytest.raises(ParameterError, match="'role' parameter of column 'it'"):
        contract(np.arange(9.0), Column("metric"))
    with pytest.raises(ParameterError, match="'weight' parameter of column 'it'"):
        contract(np.arange(9.0), Column(weight=0))
    with pytest.raises(DataError, match=r"log\(1 \+ x\)"):
        contract(np.arange(-9.0, 0), Column(log=True))
    with pytest.raises(DataError, match="role numeric but holds 'a'"):
        contract(["a", "b"], Column("numeric"))


@given(some.arrays(np.float64, 30, elements=st.floats(-1e200, 1e200)))
def test_prepared_numbers_are_finite_and_keep_the_order(raw):
    table, made = contract(raw)
    if made.columns[0].name == "it":
        X = made.transform(table)[0][:, 0]
        assert np.isfinite(X).all()
        assert (np.diff(X[np.argsort(raw)]) >= 0).all()


@pytest.mark.parametrize(
    ("values", "wish"),
    [
        (["low", None] * 50, Column("ordinal", levels=("low", "high"))),
        ([True, None] * 50, Column("numeric")),
    ],
)
def test_a_column_constant_but_for_gaps_is_set_aside(values, wish):
    assert "constant" in contract(values, wish)[1].set_aside["it"]
