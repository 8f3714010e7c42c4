"""Whether segments see features differently: Kano's categories compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from segkit.adjustment import holm

__all__ = ["compare_segments"]

_COLUMNS = ("feature", "segments", "statistic", "df", "p", "p_adjusted", "differs")
_ALPHA = 0.05
_FEWEST = 5  # expected answers in a cell, without which chi-squared is no measure (Cochran 1954)


def compare_segments(answers: pd.DataFrame) -> pd.DataFrame:
    """Test feature by feature whether its categories spread alike over the segments.

    Pearson's chi-squared; categories too rare to expect five answers in each segment are one, and
    segments too small for the commonest category are left out. Adjusted by Holm's method.

    Parameters
    ----------
    answers : DataFrame
        `segment, feature, category`, one row an answer.

    Returns
    -------
    DataFrame
        `feature, segments` compared, `statistic, df, p, p_adjusted`, and whether it `differs`.

    Examples
    --------
    >>> frame = pd.DataFrame({"segment": ["a"] * 20 + ["b"] * 20, "feature": "leave",
    ...                       "category": ["M"] * 20 + ["A"] * 20})
    >>> compare_segments(frame)[["feature", "statistic", "df", "differs"]]
      feature  statistic  df  differs
    0   leave       40.0   1     True
    """
    rows = []
    for feature, part in answers.groupby("feature", sort=False):
        counts = _pooled(pd.crosstab(part["segment"], part["category"]))
        row = {"feature": feature, "segments": len(counts), "statistic": np.nan, "df": 0}
        row["p"] = np.nan
        if min(counts.shape) > 1:
            found = chi2_contingency(counts, correction=False)
            row |= {"statistic": float(found.statistic), "df": int(found.dof)}
            row["p"] = float(found.pvalue)
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["p_adjusted"] = holm(table["p"])
    return table.assign(differs=table["p_adjusted"] < _ALPHA)


def _pooled(counts: pd.DataFrame) -> pd.DataFrame:
    """Pool rare categories, and leave out segments that are too small to compare."""
    commonest = counts.sum().max() / counts.to_numpy().sum()
    counts = counts[counts.sum(axis=1) * commonest >= _FEWEST]
    total = counts.to_numpy().sum()
    least = counts.sum(axis=1).min() if len(counts) else 0
    rare = counts.sum() * least < _FEWEST * total
    pooled = counts.loc[:, ~rare].assign(rare=counts.loc[:, rare].sum(axis=1))
    if pooled["rare"].sum() * least < _FEWEST * total and pooled.shape[1] > 1:
        # Too few still: they join the rarest of the others.
        last = pooled.drop(columns="rare").sum().idxmin()
        pooled[last] += pooled["rare"]
        pooled = pooled.drop(columns="rare")
    return pd.DataFrame(pooled.loc[:, pooled.sum() > 0])
