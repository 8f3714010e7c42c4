"""Latent classes against Goodman (1974) and planted truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.segments import LatentClass, adjusted_rand

# Stouffer & Toby (1951), role conflict of 216 students; 1 universalistic, 2 particularistic.
STOUFFER_TOBY = {
    "1111": 42,
    "1112": 23,
    "1121": 6,
    "1122": 25,
    "1211": 6,
    "1212": 24,
    "1221": 7,
    "1222": 38,
    "2111": 1,
    "2112": 4,
    "2121": 1,
    "2122": 6,
    "2211": 2,
    "2212": 9,
    "2221": 2,
    "2222": 20,
}


def answers(counts):
    rows = [list(pattern) for pattern, count in counts.items() for _ in range(count)]
    return pd.DataFrame(rows, columns=list("ABCD"))


def planted(rows=2000, seed=0, items=8):
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, rows, p=[0.5, 0.3, 0.2])
    yes = np.array([[0.9] * items, [0.15] * items, [0.9, 0.15] * (items // 2)])
    said = rng.uniform(size=(rows, items)) < yes[truth]
    return pd.DataFrame(np.where(said, "yes", "no"), columns=[f"q{i}" for i in range(items)]), truth


def test_goodman_1974_two_classes():
    # Goodman (1974), Biometrika 61, as refitted by the R package poLCA.
    model = LatentClass(k=2).fit(answers(STOUFFER_TOBY))
    assert model.log_likelihood_ == pytest.approx(-504.46767, abs=1e-5)
    np.testing.assert_allclose(model.shares_["share"], [0.72075, 0.27925], atol=2e-5)
    assert model.g2_ == pytest.approx(2.719922, abs=1e-4)
    assert model.x2_ == pytest.approx(2.719762, abs=1e-4)
    assert (model.aic_, model.bic_) == pytest.approx((1026.9353, 1057.3128), abs=1e-3)
    assert (model.df_, model.parameters_) == (6, 9)
    assert model.selection_["reached"].item() == 10


def test_planted_classes_are_found_by_bic():
    table, truth = planted()
    model = LatentClass().fit(table)
    assert model.k_ == 3
    np.testing.assert_allclose(model.shares_["share"], [0.5, 0.3, 0.2], atol=0.04)
    assert adjusted_rand(truth, model.labels_) > 0.7
    assert 0 < model.entropy_ < 1
    assert model.icl_ > model.bic_
    yes = model.probabilities_.query("level == 'yes' and `class` == 0")["probability"]
    np.testing.assert_allclose(yes, 0.9, atol=0.05)


def test_independent_answers_are_one_class():
    rng = np.random.default_rng(0)
    for _ in range(5):
        table = pd.DataFrame(rng.integers(0, 3, size=(400, 5))).add_prefix("q")
        assert LatentClass(k_max=3).fit(table).k_ == 1


def test_standard_errors_are_those_of_repeated_samples():
    fits = [LatentClass(k=3, starts=3).fit(planted(1000, seed)[0]) for seed in range(40)]
    seen = np.std([fit.shares_["share"] for fit in fits], axis=0, ddof=1)
    told = np.mean([fit.shares_["error"] for fit in fits], axis=0)
    np.testing.assert_allclose(told, seen, rtol=0.35)
    seen = np.std([fit.probabilities_["probability"] for fit in fits], axis=0, ddof=1)
    told = np.mean([fit.probabilities_["error"] for fit in fits], axis=0)
    assert np.median(told / seen) == pytest.approx(1, abs=0.15)


def test_missing_answers_are_left_out():
    table, truth = planted()
    holes = table.mask(np.random.default_rng(1).uniform(size=table.shape) < 0.1)
    model = LatentClass(k=3).fit(holes)
    np.testing.assert_allclose(model.shares_["share"], [0.5, 0.3, 0.2], atol=0.05)
    assert adjusted_rand(truth, model.labels_) > 0.6
    assert np.isnan(model.g2_)


def test_probabilities_add_up_and_agree_with_labels():
    table, _ = planted(300)
    model = LatentClass(k=2).fit(table)
    chances = model.predict_proba(table)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert (chances.argmax(axis=1) == model.labels_).all()
    assert (model.predict(table[::-1]) == model.labels_[::-1]).all()
    totals = model.probabilities_.groupby(["class", "item"])["probability"].sum()
    np.testing.assert_allclose(totals, 1)


def test_an_answer_never_seen_counts_as_missing():
    table, _ = planted(300)
    model = LatentClass(k=2).fit(table)
    strange = table.iloc[:1].assign(q0="perhaps")
    missing = table.iloc[:1].assign(q0=None)
    np.testing.assert_allclose(model.predict_proba(strange), model.predict_proba(missing))


def test_faults():
    table, _ = planted(50)
    with pytest.raises(ParameterError, match="'k' parameter of LatentClass"):
        LatentClass(k=0).fit(table)
    with pytest.raises(ParameterError, match="'starts'"):
        LatentClass(starts=0).fit(table)
    with pytest.raises(DataError, match="'q' has 1 levels"):
        LatentClass().fit(table.assign(q="same"))
    with pytest.raises(DataError, match="'number' has 50 levels"):
        LatentClass().fit(table.assign(number=range(50)))
    with pytest.raises(DataError, match=r"no items 'q11'. Did you mean 'q1'"):
        LatentClass(columns=["q11"]).fit(table)
    with pytest.raises(DataError, match="more than the answers can tell apart"):
        LatentClass(k=4).fit(table[["q0", "q1", "q2"]])
    with pytest.raises(DataError, match="empty"):
        LatentClass().fit(table.iloc[:0])
