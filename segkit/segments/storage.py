"""The model as JSON: what was learned, without the rows it was learned from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from segkit.errors import DataError
from segkit.frames import columns_of_json, json_columns, read_model_json
from segkit.segments.columns import Column, PreparedColumn
from segkit.segments.preparation import Preparation

__all__ = ["read_model", "write_model"]

MODEL, SCHEMA = "Segmenter", 1
FRAMES = ("selection_", "stability_", "profile_")


def write_model(model: Any) -> str:
    """Write a fitted Segmenter; numbers keep every digit."""
    fields = {
        "model": MODEL,
        "schema": SCHEMA,
        "parameters": _parameters(model.get_params()),
        "columns": [_column(column) for column in model.preparation_.columns],
        "set_aside": dict(model.preparation_.set_aside),
        "features": model.n_features_in_,
        "feature_names": list(getattr(model, "feature_names_in_", [])),
        "centroids": model.centroids_.tolist(),
        "names": list(model.names_),
        "verdict": model.verdict_,
        "explanation": model.explanation_,
        "notes": list(model.notes_),
        "data": model.fingerprint_,
        "frames": {name: json_columns(getattr(model, name)) for name in FRAMES},
    }
    return json.dumps(fields, indent=1, allow_nan=False)


def read_model(model_type: Any, text: str) -> Any:
    """Read what `write_model` wrote.

    Raises
    ------
    DataError
        If the text is no such JSON, of another schema, or its parts do not fit together.
    """
    fields = read_model_json(text, MODEL, SCHEMA)
    try:
        model = model_type(**_wishes(fields["parameters"]))
        columns = tuple(_prepared(column) for column in fields["columns"])
        model.preparation_ = Preparation(columns, dict(fields["set_aside"]))
        model.n_features_in_ = int(fields["features"])
        if fields["feature_names"]:
            model.feature_names_in_ = np.array(fields["feature_names"], dtype=object)
        model.centroids_ = np.array(fields["centroids"], dtype=np.float64)
        model.k_ = len(model.centroids_)
        model.names_ = [str(name) for name in fields["names"]]
        model.verdict_, model.explanation_ = str(fields["verdict"]), str(fields["explanation"])
        model.notes_, model.fingerprint_ = tuple(fields["notes"]), str(fields["data"])
        for name in FRAMES:
            setattr(model, name, columns_of_json(fields["frames"][name]))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"The JSON of the model is damaged: {error!r}.") from error
    _check(model)
    return model


def _check(model: Any) -> None:
    shape = (len(model.names_), len(model.preparation_.features))
    if model.centroids_.shape != shape or not np.isfinite(model.centroids_).all():
        raise DataError(
            f"The JSON of the model is damaged: {shape[0]} names and {shape[1]} features need "
            f"finite centroids of shape {shape}; found {model.centroids_.shape}."
        )


def _parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    columns = parameters["columns"]
    if isinstance(columns, Mapping):
        columns = {
            name: asdict(wish) if isinstance(wish, Column) else wish
            for name, wish in columns.items()
        }
    elif columns is not None:
        columns = list(columns)
    return {**parameters, "columns": columns}


def _wishes(parameters: dict[str, Any]) -> dict[str, Any]:
    columns = parameters["columns"]
    if isinstance(columns, dict):
        columns = {
            name: Column(**{**wish, "levels": tuple(wish["levels"])})
            if isinstance(wish, dict)
            else wish
            for name, wish in columns.items()
        }
    return {**parameters, "columns": columns}


def _column(column: PreparedColumn) -> dict[str, Any]:
    # JSON has no infinity: categories are not clipped and have nothing to fill with.
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(column).items()
    }


def _prepared(fields: dict[str, Any]) -> PreparedColumn:
    given = {name: value for name, value in fields.items() if value is not None}
    return PreparedColumn(**{**given, "levels": tuple(given["levels"])})
