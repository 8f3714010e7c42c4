"""The model as JSON: what was learned, without the rows it was learned from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
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
        "frames": {name: _records(getattr(model, name)) for name in FRAMES},
    }
    return json.dumps(fields, indent=1, allow_nan=False)


def read_model(model_type: Any, text: str) -> Any:
    """Read what `write_model` wrote.

    Raises
    ------
    DataError
        If the text is no such JSON, of another schema, or its parts do not fit together.
    """
    fields = _fields(text)
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
            setattr(model, name, _frame(fields["frames"][name]))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"The JSON of the model is damaged: {error!r}.") from error
    _check(model)
    return model


def _fields(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise DataError(f"The text is not JSON: {error}.") from error
    found = fields if isinstance(fields, dict) else {}
    if (found.get("model"), found.get("schema")) != (MODEL, SCHEMA):
        raise DataError(
            f"The JSON must hold a {MODEL} of schema {SCHEMA}; it holds {found.get('model')!r} of "
            f"schema {found.get('schema')!r}."
        )
    return found


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


def _records(frame: pd.DataFrame) -> dict[str, list[Any]]:
    return {
        str(name): [None if _is_nan(value) else value for value in frame[name].tolist()]
        for name in frame
    }


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=np.float64 if _is_float(values) else None)
            for name, values in columns.items()
        }
    )


def _is_float(values: list[Any]) -> bool:
    """Tell a column of numbers with holes from one of text with holes."""
    return any(isinstance(value, float) for value in values) or (
        bool(values) and all(value is None for value in values)
    )
