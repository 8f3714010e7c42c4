"""Criteria one by one: which of them differ between two kinds of deals at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from segkit.adjustment import holm
from segkit.errors import ParameterError
from segkit.scoring.conditions import as_numbers

__all__ = ["FAMILIES", "family_of", "screening"]

FAMILIES = (
    "decision structure",
    "business process",
    "revenue",
    "staff",
    "geography",
    "licences and outsourcing",
    "business-specific",
)
"""The seven families of criteria by which companies are told apart in a first talk."""


def family_of(column: str, families: Mapping[str, str] | None) -> str:
    """Give the family of a column; what has none of its own is business-specific."""
    return (families or {}).get(column, FAMILIES[-1])


def check_families(families: Mapping[str, str] | None, owner: str) -> None:
    """Refuse a family that is none of the seven."""
    wrong = {name: family for name, family in (families or {}).items() if family not in FAMILIES}
    if wrong:
        raise ParameterError("families", owner, f"columns -> one of {', '.join(FAMILIES)}", wrong)


def screening(
    frame: pd.DataFrame, labels: NDArray[np.float64], families: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Test each criterion alone.

    Yes or no: Fisher's exact test and the odds ratio; levels: chi-square and Cramer's V; numbers:
    Mann-Whitney and the AUC (0.5: no difference). p-values are adjusted by Holm. Deals count one by
    one, whether they belong together or not: a first look, and no proof.

    Parameters
    ----------
    frame : DataFrame
        One row a deal, one column a criterion.
    labels : array of shape (n,)
        1 for the outcome, else 0.
    families : mapping of str to str, optional
        Column -> family.

    Returns
    -------
    DataFrame
        `family, criterion, known, test, effect, measure, p_value, p_adjusted`, in the order of the
        families, the clearest difference first.

    Examples
    --------
    >>> table = screening(pd.DataFrame({"office": [1, 1, 1, 0, 1, 0, 0, 0]}),
    ...                   np.array([1.0, 1, 1, 1, 0, 0, 0, 0]))
    >>> table[["criterion", "test", "effect", "p_value"]].round(4)
      criterion    test  effect  p_value
    0    office  Fisher     9.0   0.4857
    """
    rows = [
        {"family": family_of(name, families), "criterion": name, **_tested(frame[name], labels)}
        for name in frame.columns
    ]
    names = ["family", "criterion", "known", "test", "effect", "measure", "p_value", "p_adjusted"]
    table = pd.DataFrame(rows, columns=names[:-1])
    table["p_adjusted"] = holm(table["p_value"])
    order = table["family"].map({family: place for place, family in enumerate(FAMILIES)})
    table = table.assign(order=order).sort_values(["order", "p_value"], kind="stable")
    return table.reindex(columns=names).reset_index(drop=True)


def _tested(values: pd.Series[Any], labels: NDArray[np.float64]) -> dict[str, Any]:
    known = values.notna().to_numpy(bool)
    own, hit = values[known], labels[known] == 1
    result: dict[str, Any] = {"known": int(known.sum())}
    if own.nunique() < 2 or hit.all() or not hit.any():
        return {**result, "test": "none", "effect": np.nan, "measure": "", "p_value": np.nan}
    if not pd.api.types.is_numeric_dtype(own.dtype):
        table = pd.crosstab(own.astype("str"), hit).to_numpy()
        found = stats.chi2_contingency(table, correction=False)
        effect = float(np.sqrt(found.statistic / table.sum()))
        return {
            **result,
            "test": "chi-square",
            "effect": effect,
            "measure": "Cramer's V",
            "p_value": float(found.pvalue),
        }
    numbers = as_numbers(own)
    if set(np.unique(numbers)) <= {0.0, 1.0}:
        table = pd.crosstab(numbers == 1, hit).to_numpy()
        (a, b), (c, d) = table
        effect = float(a * d / (b * c)) if b * c else np.inf
        p_value = float(stats.fisher_exact(table).pvalue)
        words = ("Fisher", "odds ratio")
    else:
        test = stats.mannwhitneyu(numbers[hit], numbers[~hit], method="asymptotic")
        effect = float(test.statistic) / (hit.sum() * (~hit).sum())
        p_value, words = float(test.pvalue), ("Mann-Whitney", "AUC")
    return {
        **result,
        "test": words[0],
        "effect": effect,
        "measure": words[1],
        "p_value": p_value,
    }
