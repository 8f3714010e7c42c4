"""Whether members differ from all others in an outcome, and by how much."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2_contingency, mannwhitneyu

from segkit.segments.columns import as_floats

__all__ = ["difference"]


def difference(values: pd.Series[Any], members: NDArray[np.bool_]) -> tuple[str, float, float]:
    """Give measure, effect size and p-value of members against the others."""
    known = np.asarray(values.notna())
    inside, values = members[known], values[known]
    if inside.all() or not inside.any() or values.nunique() < 2:
        return "effect", 0.0, 1.0
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = as_floats(values)
        p = float(mannwhitneyu(numbers[inside], numbers[~inside], method="asymptotic").pvalue)
        return "eta^2", float(np.corrcoef(numbers, inside)[0, 1] ** 2), p
    table = pd.crosstab(values.astype(str).to_numpy(), inside).to_numpy()
    tested = chi2_contingency(table, correction=False)
    return "Cramer's V", float(np.sqrt(tested.statistic / table.sum())), float(tested.pvalue)
