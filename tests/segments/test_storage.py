"""A model read back from JSON is the same model; damaged or foreign JSON is refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.segments import Column, Segmenter


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    kind = rng.integers(3, size=400)
    return pd.DataFrame(
        {
            "spend": rng.lognormal(2 + 2 * kind, 0.4),
            'pl"an': np.where(kind == 0, "frée", "it's pro"),
            "seats": pd.array(np.where(rng.uniform(size=400) < 0.1, None, 5 * kind), dtype="Int64"),
            "grade": pd.Categorical.from_codes(kind, ["low", "mid", "top"], ordered=True),
            "active": kind > 0,
            "id": range(400),
        }
    )


@pytest.fixture(scope="module")
def model(table):
    columns = {name: Column() for name in table} | {"spend": Column(weight=2), "id": "id"}
    return Segmenter(columns, pairs=3).fit(table)


def test_a_model_read_back_is_the_same(model, table):
    model.names_[0] = "Großkunden"
    again = Segmenter.from_json(model.to_json())
    assert (again.predict(table) == model.labels_).all()
    assert (again.centroids_ == model.centroids_).all()
    assert (again.k_, again.verdict_, again.notes_) == (model.k_, model.verdict_, model.notes_)
    assert again.names_[0] == "Großkunden"
    pd.testing.assert_frame_equal(again.selection_, model.selection_, check_exact=True)
    pd.testing.assert_frame_equal(again.stability_, model.stability_, check_exact=True)
    pd.testing.assert_frame_equal(again.profile(), model.profile(), check_exact=True)
    assert again.to_json() == model.to_json()


def test_it_holds_no_row_of_the_data(model, table):
    fields = json.loads(model.to_json())
    assert "labels" not in fields
    assert len(model.to_json()) < 40_000
    assert fields["data"] == Segmenter(model.columns, pairs=3).fit(table).fingerprint_


def test_a_model_fitted_on_numbers_alone_can_be_stored():
    X = np.random.default_rng(0).normal(size=(100, 2)) + np.repeat([[0, 0], [9, 9]], 50, axis=0)
    model = Segmenter(k=2, pairs=2).fit(X)
    assert (Segmenter.from_json(model.to_json()).predict(X) == model.labels_).all()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda fields: fields.update(schema=99), "of schema 99"),
        (lambda fields: fields.update(model="Other"), "holds 'Other'"),
        (lambda fields: fields.pop("centroids"), "damaged: KeyError"),
        (lambda fields: fields["centroids"].pop(), "finite centroids of shape"),
        (lambda fields: fields["parameters"].update(other=1), "damaged: TypeError"),
        (lambda fields: fields["columns"][0].update(run="code"), "damaged: TypeError"),
    ],
)
def test_damaged_models_are_refused(model, damage, message):
    fields = json.loads(model.to_json())
    damage(fields)
    with pytest.raises(DataError, match=message):
        Segmenter.from_json(json.dumps(fields))


@pytest.mark.parametrize("text", ["", "[]", "null", "not json"])
def test_other_text_is_refused(text):
    with pytest.raises(DataError):
        Segmenter.from_json(text)
