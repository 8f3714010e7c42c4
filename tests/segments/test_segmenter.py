"""The estimator: groups that were planted are found, groups that were not are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import check_estimator
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.segments import Column, Segmenter, slsw
from segkit.segments.clustering import one_thread
from segkit.segments.selection import refit

VACMOT = Path(__file__).parents[2].parent / "shared" / "data" / "vacmot.csv"


def planted(k, *, rows=500, columns=4, apart=6.0, seed=0, shares=None):
    """Normal groups about corners of a cube, `apart` standard deviations from each other."""
    rng = np.random.default_rng(seed)
    corners = rng.choice(2**columns, k, replace=False)
    centres = apart * ((corners[:, None] >> np.arange(columns)) & 1)
    truth = rng.choice(k, rows, p=shares)
    return centres[truth] + rng.normal(size=(rows, columns)), truth


def test_scikit_learn_accepts_it():
    failed = [
        result
        for result in check_estimator(Segmenter(pairs=2), on_fail=None, on_skip=None)
        if result["status"] == "failed"
    ]
    assert not failed


@pytest.mark.parametrize("k", [3, 5])
@pytest.mark.parametrize(
    ("seed", "apart", "rows", "told"), [(1, 6, 500, 0.97), (2, 5, 500, 0.94), (3, 4, 1000, 0.85)]
)
def test_planted_groups_are_natural(k, seed, apart, rows, told):
    """At four standard deviations apart one row in fifty lies nearer to another group."""
    X, truth = planted(k, seed=seed, apart=apart, rows=rows)
    model = Segmenter().fit(X)
    assert (model.k_, model.verdict_) == (k, "natural")
    assert adjusted_rand_score(truth, model.labels_) > told
    assert (model.stability_["judgement"] == "stable").all()


def test_groups_of_unequal_size_are_natural():
    X, truth = planted(3, rows=1000, columns=2, apart=10, shares=[0.75, 0.18, 0.07])
    model = Segmenter().fit(X)
    assert (model.k_, model.verdict_) == (3, "natural")
    assert adjusted_rand_score(truth, model.labels_) > 0.97


DRAWS = {
    "uniform": lambda rng, shape: rng.uniform(size=shape),
    "normal": lambda rng, shape: rng.normal(size=shape),
    "lognormal": lambda rng, shape: rng.lognormal(sigma=1.2, size=shape),
    "poisson": lambda rng, shape: rng.poisson(3, size=shape).astype(float),
    "yes or no": lambda rng, shape: (rng.uniform(size=shape) < 0.4).astype(float),
}


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("columns", [1, 2, 6])
def test_noise_has_no_structure(draw, columns):
    X = DRAWS[draw](np.random.default_rng(columns), (250, columns))
    model = Segmenter().fit(X)
    assert (model.k_, model.verdict_) == (1, "no structure")
    assert set(model.labels_) == {0}


def test_noise_in_columns_of_every_kind_has_no_structure():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "number": rng.normal(size=250),
            "skewed": rng.lognormal(size=250),
            "place": rng.choice(list("pqrs"), 250),
            "plan": rng.choice(["u", "v"], 250, p=[0.8, 0.2]),
            "seats": rng.poisson(2, 250),
        }
    )
    assert Segmenter().fit(table).verdict_ == "no structure"


def test_one_long_cloud_is_sliced_and_says_so():
    rng = np.random.default_rng(0)
    X = rng.multivariate_normal([0, 0, 0], 0.8 + 0.2 * np.eye(3), 1000)
    model = Segmenter().fit(X)
    assert model.verdict_ == "constructive"
    assert "slices of a continuum" in model.explanation_
    # Stability alone would have called it found.
    chosen = model.selection_.set_index("k").loc[model.k_]
    assert chosen["bootstrap_ari"] > 0.8
    assert chosen["weakest_slsw"] > 0.75


@pytest.mark.skipif(not VACMOT.exists(), reason="the peer data are not part of the project")
def test_vacation_motives_are_constructive():
    # Dolnicar, Gruen & Leisch (2018): no density clusters in these survey answers.
    X = pd.read_csv(VACMOT).iloc[:, :20]
    model = Segmenter().fit(X)
    assert model.verdict_ == "constructive"
    six = Segmenter(k=6).fit(X)
    assert (six.k_, six.verdict_) == (6, "constructive")


def test_two_kinds_of_category_are_found():
    rng = np.random.default_rng(0)
    kind = rng.integers(2, size=600)

    def column(letters, right=0.95):
        seen = np.where(rng.uniform(size=600) < right, kind, rng.integers(2, size=600))
        return np.array(list(letters))[seen]

    table = pd.DataFrame({name: column(name) for name in ("ab", "cd", "ef", "gh", "ij", "kl")})
    model = Segmenter().fit(table)
    assert model.k_ == 2
    assert adjusted_rand_score(kind, model.labels_) > 0.95


def test_segments_are_numbered_by_value_then_by_size():
    X, truth = planted(3, seed=5)
    table = pd.DataFrame(X, columns=list("abcd")).assign(
        revenue=np.array([5.0, 50.0, 500.0])[truth]
    )
    model = Segmenter(value="revenue").fit(table)
    means = table["revenue"].groupby(model.labels_).mean()
    assert means.is_monotonic_decreasing
    assert "revenue" not in set(model.profile()["column"])
    by_size = Segmenter().fit(X)
    assert (np.diff(by_size.stability_["size"]) <= 0).all()


def test_any_eager_frame_gives_the_same_answer():
    X, _ = planted(3)
    table = pd.DataFrame(X, columns=list("abcd"))
    table["letter"] = np.where(table["a"] > table["a"].median(), "x", "y")
    frames = (table, pl.from_pandas(table), pa.Table.from_pandas(table))
    fits = [Segmenter().fit(frame) for frame in frames]
    for model, frame in zip(fits, frames, strict=True):
        assert (model.labels_ == fits[0].labels_).all()
        assert (model.predict(frame) == fits[0].labels_).all()


def test_printed_digits_do_not_depend_on_threads():
    X, _ = planted(3)
    with threadpool_limits(2):
        two = Segmenter().fit(X)
    with threadpool_limits(1):
        one = Segmenter().fit(X)
    pd.testing.assert_frame_equal(one.selection_, two.selection_, check_exact=True)
    assert (one.labels_ == two.labels_).all()


def test_the_order_of_rows_and_units_of_columns_do_not_matter():
    X, _ = planted(3)
    order = np.random.default_rng(0).permutation(len(X))
    here, there = Segmenter().fit(X), Segmenter().fit(X[order] * [1, 1000, 0.01, 3])
    assert adjusted_rand_score(here.labels_[order], there.labels_) == 1


def test_unassignable_rows_are_minus_one():
    X, _ = planted(3)
    X[7] = np.nan
    X[9, 1] = np.nan
    model = Segmenter().fit(X)
    assert model.labels_[7] == -1
    assert model.labels_[9] >= 0
    assert any("1 rows have no segment" in note for note in model.notes_)
    strict = Segmenter({f"x{i}": Column(missing="set aside") for i in range(4)}).fit(X)
    assert strict.labels_[9] == -1


def test_few_rows_are_refused():
    model = Segmenter().fit(planted(3, rows=30)[0])
    assert (model.k_, model.verdict_) == (1, "not enough data")
    assert "too few rows" in model.explanation_


def test_a_number_of_segments_can_be_set():
    X = np.random.default_rng(0).normal(size=(300, 3))
    model = Segmenter(k=4).fit(X)
    assert (model.k_, model.verdict_) == (4, "no structure")
    assert model.selection_["k"].tolist() == [4]
    assert set(model.labels_) == {0, 1, 2, 3}


def test_more_segments_than_different_rows():
    with pytest.raises(DataError, match="at least 5 different rows; there are 2"):
        Segmenter(k=5).fit(np.repeat([[0.0, 1.0], [1.0, 0.0]], 50, axis=0))
    with pytest.raises(DataError, match="at least 9 different rows"):
        Segmenter(k=9).fit(np.arange(12.0).reshape(6, 2))


def test_one_row():
    with pytest.raises(ValueError, match="1 sample"):
        Segmenter().fit(np.ones((1, 3)))
    with pytest.raises(DataError, match="at least 2 rows"):
        Segmenter().fit(pd.DataFrame({"a": [1.0]}))


def test_copies_are_reported():
    X = np.repeat(np.random.default_rng(0).normal(size=(60, 2)), 3, axis=0)
    assert any("67% of the rows copy another" in note for note in Segmenter().fit(X).notes_)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"k": 0}, "'k' parameter of Segmenter must be 'auto' or an int"),
        ({"k": "best"}, "Got 'best' instead"),
        ({"k_max": 1}, "'k_max'"),
        ({"pairs": 0}, "'pairs'"),
    ],
)
def test_parameters_out_of_range(parameters, message):
    with pytest.raises(ParameterError, match=message):
        Segmenter(**parameters).fit(np.ones((50, 2)))


def test_faults_of_columns():
    table = pd.DataFrame({"revenue": np.arange(60.0), "size": np.arange(60.0) ** 2})
    with pytest.raises(DataError, match="Did you mean 'revenue'"):
        Segmenter(["revenu"]).fit(table)
    with pytest.raises(DataError, match=r"no value column 'sise'.*Did you mean 'size'"):
        Segmenter(["revenue"], value="sise").fit(table)
    model = Segmenter(k=2).fit(table)
    with pytest.raises(DataError, match=r"Columns \['size'\] were used to group"):
        model.predict(table[["revenue"]])


def test_profile_gives_means_in_the_units_of_the_column_and_marks_what_differs():
    X, _ = planted(3, seed=2)
    table = pd.DataFrame(X, columns=list("abcd"))
    table["kind"] = np.where(X[:, 1] > 3, "high", "low")
    model = Segmenter().fit(table)
    rows = model.profile().set_index(["segment", "column", "level"])
    one = rows.loc[(1, "b", "")]
    assert one["mean"] == pytest.approx(table["b"][model.labels_ == 1].mean())
    assert one["overall"] == pytest.approx(table["b"].mean())
    share = (table["kind"][model.labels_ == 0] == "high").mean()
    assert rows.loc[(0, "kind", "high"), "mean"] == pytest.approx(share)
    assert rows.loc[(0, "kind", "high"), "index"] == pytest.approx(
        100 * share / (table["kind"] == "high").mean()
    )
    assert rows["marker"].any()


@pytest.mark.skipif(not VACMOT.exists(), reason="the Australian vacation motives are not at hand")
def test_stability_of_the_vacation_motives_is_that_of_flexclust():
    # SLSW means over 100 pairs of bootstrap samples, R flexclust 1.5.0, on the published segments.
    motives = pd.read_csv(VACMOT)
    X, published = motives.iloc[:, :20].to_numpy(float), motives.iloc[:, 20]
    rng = np.random.default_rng(0)
    with one_thread():
        weights = [np.bincount(rng.integers(1000, size=1000), minlength=1000) for _ in range(200)]
        refits = np.array([refit(X, 6, weight, seed) for seed, weight in enumerate(weights)]).T
    ours = slsw(published, refits[:, :100], refits[:, 100:]).mean(axis=0)
    np.testing.assert_allclose(ours, [0.827, 0.654, 0.733, 0.597, 0.465, 0.715], atol=0.03)


def test_groups_in_numbers_are_natural_beside_a_category():
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=600)
    table = pd.DataFrame({"x": rng.normal(5 * truth), "y": rng.normal(-5 * truth)})
    table["plan"] = np.where(rng.uniform(size=600) < 0.85, truth, rng.integers(3, size=600))
    model = Segmenter({"x": "numeric", "y": "numeric", "plan": "categorical"}).fit(table)
    assert (model.k_, model.verdict_) == (3, "natural")


def test_partitions_are_those_of_models_with_as_many_segments():
    X, _ = planted(3)
    X[0, 0] = np.nan
    model = Segmenter(k=3, pairs=2).fit(X)
    for k, labels in zip((2, 4), model.partitions(X, (2, 4)), strict=True):
        alone = Segmenter(k=k, pairs=2).fit(X)
        assert adjusted_rand_score(labels, alone.labels_) == 1
        assert ((labels < 0) == (alone.labels_ < 0)).all()


def test_one_segment_asked_for_has_a_verdict_of_its_own():
    frame = pd.DataFrame({"spend": np.arange(100.0)})
    model = Segmenter(["spend"], k=1, pairs=2).fit(frame)
    assert (model.k_, model.verdict_) == (1, "one segment")
    assert "asked for" in model.explanation_
