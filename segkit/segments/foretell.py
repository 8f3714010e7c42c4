"""How well a segment can be told from descriptors, by trees that have not seen the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier

from segkit.errors import DataError
from segkit.segments.clustering import Numbers
from segkit.segments.columns import Column
from segkit.segments.preparation import prepare

__all__ = ["balanced_accuracies"]

FOLDS = 5
DEPTH = 3
LEAST_LEAF = 10


def balanced_accuracies(
    descriptors: pd.DataFrame, segments: pd.Series[Any], *, seed: int
) -> Iterator[tuple[Any, float, float, float]]:
    """Give (segment, balanced accuracy, low, high) of telling members from all others.

    Balanced accuracy is the mean of the share of members told as such and the share of others
    told as such: 0.5 for guesses, whatever the sizes. Its 90 % interval takes both shares as
    independent binomials.
    """
    X = _prepared(descriptors)
    z = float(ndtri(0.95))
    for segment in sorted(pd.unique(segments), key=str):
        inside = np.asarray(segments == segment)
        told = _told(X, inside, seed)
        right, spared = float(told[inside].mean()), float((~told[~inside]).mean())
        variance = right * (1 - right) / inside.sum() + spared * (1 - spared) / (~inside).sum()
        value, half = (right + spared) / 2, z * float(np.sqrt(variance)) / 2
        yield segment, value, max(value - half, 0.0), min(value + half, 1.0)


def _prepared(descriptors: pd.DataFrame) -> Numbers | None:
    wishes = {str(name): Column() for name in descriptors}
    try:
        return prepare(descriptors, wishes).transform(descriptors)[0]
    except DataError:
        return None  # constant or empty columns tell nothing


def _told(X: Numbers | None, inside: NDArray[np.bool_], seed: int) -> NDArray[np.bool_]:
    if X is None or len(X) < FOLDS:
        return np.zeros(len(inside), dtype=bool)
    tree = DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=LEAST_LEAF, class_weight="balanced", random_state=seed
    )
    splits = KFold(FOLDS, shuffle=True, random_state=seed)
    return np.asarray(cross_val_predict(tree, X, inside, cv=splits), dtype=bool)
