"""Models of purchases compared on the same customers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import ParameterError
from segkit.frames import json_columns
from segkit.value._histories import distinct
from segkit.value._purchases import PurchaseModel
from segkit.value.attrition import AttritionModel
from segkit.value.beta_geo import BetaGeo, ModifiedBetaGeo
from segkit.value.bgbb import BetaGeoBetaBinomial
from segkit.value.nbd import NBD
from segkit.value.pareto_nbd import ParetoNBD

__all__ = ["ModelComparison", "compare_models"]

_CANDIDATES: tuple[type[PurchaseModel], ...] = (NBD, BetaGeo, ModifiedBetaGeo, ParetoNBD)


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """Models fitted to the same customers, the best first.

    Attributes
    ----------
    table : DataFrame
        One row a model: parameters, log_likelihood, aic, bic, behind (BIC above the best).
    models : dict
        The fitted models by name.
    best : str
        The model with the lowest BIC.
    note : str
        The verdict in plain words.
    """

    table: pd.DataFrame
    models: dict[str, PurchaseModel]
    best: str
    note: str

    def to_json(self) -> str:
        """Write the table, the fitted models and the verdict."""
        fields = {
            "table": json_columns(self.table.reset_index()),
            "models": {name: json.loads(model.to_json()) for name, model in self.models.items()},
            "best": self.best,
            "note": self.note,
        }
        return json.dumps(fields, indent=2, allow_nan=False)


def compare_models(
    summary: Any, models: Sequence[type[PurchaseModel]] = _CANDIDATES
) -> ModelComparison:
    """Fit several models to the same customers and compare them by BIC.

    Source: Schwarz (1978), The Annals of Statistics 6(2).

    Parameters
    ----------
    summary : frame with columns frequency, recency, T
        One row a customer.
    models : sequence of classes
        Models whose likelihoods count the same thing: those in continuous time by default.

    Raises
    ------
    DataError
        If a model refuses the customers.
    ParameterError
        If `models` are no such classes, or mix continuous time with occasions.

    Examples
    --------
    >>> drawn = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5).simulate([30.0] * 2000)
    >>> compare_models(drawn, [NBD, BetaGeo]).best
    'BetaGeo'
    """
    kinds = list(models) if isinstance(models, Iterable) else []
    if not kinds or not all(isinstance(k, type) and issubclass(k, PurchaseModel) for k in kinds):
        expected = "classes of purchase models such as [NBD, BetaGeo]"
        raise ParameterError("models", "compare_models", expected, models)
    if BetaGeoBetaBinomial in kinds and len(kinds) > 1:
        expected = "without BetaGeoBetaBinomial, whose likelihood counts occasions, not moments"
        raise ParameterError("models", "compare_models", expected, models)
    data = distinct(summary)
    fitted = {kind.__name__: kind().fit_histories(data) for kind in kinds}
    table = pd.DataFrame(
        {
            "parameters": {name: len(model.params_) for name, model in fitted.items()},
            "log_likelihood": {name: model.log_likelihood_ for name, model in fitted.items()},
        }
    )
    table["aic"] = 2 * table["parameters"] - 2 * table["log_likelihood"]
    table["bic"] = np.log(data.customers) * table["parameters"] - 2 * table["log_likelihood"]
    table["behind"] = table["bic"] - table["bic"].min()
    table = table.sort_values("bic").rename_axis("model")
    return ModelComparison(table, fitted, str(table.index[0]), _verdict(table, fitted))


def _verdict(table: pd.DataFrame, fitted: dict[str, PurchaseModel]) -> str:
    best = str(table.index[0])
    leaving = [model for model in fitted.values() if isinstance(model, AttritionModel)]
    words = [f"{best} fits best"]
    if len(table) > 1:
        words.append(f", {table['behind'].iloc[1]:.1f} points of BIC ahead of {table.index[1]}")
        words.append(" (below 2 it hardly matters)" if table["behind"].iloc[1] < 2 else "")
    words.append(".")
    if leaving and not any(model.attrition_.detected for model in leaving):
        words.append(" No model detects that customers leave: P(alive) is not identified.")
    return "".join(words)
