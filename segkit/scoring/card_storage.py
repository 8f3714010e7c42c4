"""The card as JSON: what was learned, without the rows it was learned from."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.frames import JsonResult, columns_of_json, json_columns, read_model_json
from segkit.scoring.binning import BinnedColumn
from segkit.scoring.card import Calibration, Card
from segkit.scoring.criteria import CriterionWeights
from segkit.scoring.judgement import Judgement

__all__ = ["read_card", "write_card"]

MODEL, SCHEMA = "Scorecard", 1
_FRAMES = ("points_", "bands_")


def write_card(model: Any) -> str:
    """Write a fitted Scorecard; numbers keep every digit."""
    card = model.card_
    content = {
        "model": MODEL,
        "schema": SCHEMA,
        "parameters": {
            **model.get_params(),
            "columns": None if model.columns is None else list(model.columns),
        },
        "columns": [asdict(column) for column in card.columns],
        "effects": [part.tolist() for part in card.effects],
        "points": [part.tolist() for part in card.points],
        "intercept": card.intercept,
        "average": list(model.average_),
        "calibration": asdict(model.calibration_),
        "n": model.n_,
        "events": model.events_,
        "notes": list(model.notes_),
        "frames": {name: json_columns(getattr(model, name)) for name in _FRAMES},
        "weights": _plain(model.weights_),
        "judgement": _plain(model.judgement_),
        "holdout": None if model.holdout_ is None else _plain(model.holdout_),
    }
    return json.dumps(content, indent=1, allow_nan=False)


def read_card(model_type: Any, text: str) -> Any:
    """Read what `write_card` wrote.

    Raises
    ------
    DataError
        If the text is no such JSON, of another schema, or its parts do not fit together.
    """
    content = read_model_json(text, MODEL, SCHEMA)
    try:
        model = model_type(**content["parameters"])
        columns = tuple(
            BinnedColumn(**{**one, "cuts": tuple(one["cuts"]), "levels": tuple(one["levels"])})
            for one in content["columns"]
        )
        effects = tuple(np.array(part, dtype=np.float64) for part in content["effects"])
        points = tuple(np.array(part, dtype=np.int64) for part in content["points"])
        model.card_ = Card(columns, effects, points, float(content["intercept"]))
        found = content["calibration"]
        model.calibration_ = Calibration(
            float(found["intercept"]), float(found["slope"]), tuple(found["covariance"])
        )
        model.average_ = tuple(map(float, content["average"]))
        model.n_, model.events_ = int(content["n"]), int(content["events"])
        model.notes_ = tuple(content["notes"])
        for name in _FRAMES:
            setattr(model, name, columns_of_json(content["frames"][name]))
        model.weights_ = _result(CriterionWeights, content["weights"])
        model.judgement_ = _result(Judgement, content["judgement"])
        late = content["holdout"]
        model.holdout_ = None if late is None else _result(Judgement, late)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"The JSON of the card is damaged: {error!r}.") from error
    sizes = [(len(column.labels), len(part)) for column, part in zip(columns, points, strict=False)]
    if len(columns) != len(points) or any(wanted != got for wanted, got in sizes):
        raise DataError("The JSON of the card is damaged: bins and points do not fit together.")
    model.base_rate_ = model.events_ / model.n_
    model.points_to_double_ = model._to_double()  # noqa: SLF001 - the model's own arithmetic
    return model


def _plain(result: JsonResult) -> Any:
    return json.loads(result.to_json())


def _result(kind: Any, content: dict[str, Any]) -> Any:
    """Make a frozen result of its JSON: lists of rows become frames, lists become tuples."""
    frames = {"table", "deciles"}
    return kind(
        **{
            field.name: pd.DataFrame(content[field.name])
            if field.name in frames
            else tuple(content[field.name])
            if isinstance(content[field.name], list)
            else content[field.name]
            for field in fields(kind)
        }
    )
