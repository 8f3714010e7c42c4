"""Utilities as shares of preference, and whether groups prefer the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri, softmax
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from segkit.adjustment import holm
from segkit.frames import JsonResult
from segkit.surveys.logit import Floats, LogitFit

__all__ = ["GroupTest", "group_test", "preferences"]


def preferences(items: pd.Index, fit: LogitFit, base: Floats, confidence: float) -> pd.DataFrame:
    """Give utilities that add up to 0, and shares of preference with intervals.

    The interval is taken on the scale of ``ln(share / (1 - share))`` by the delta method, so that
    it stays within 0 and 1.
    """
    utility = base @ fit.beta
    share = softmax(utility)
    covariance = base @ fit.clustered @ base.T
    slope = np.eye(len(share)) - (np.tile(share, (len(share), 1)) - np.diag(share)) / (
        1 - share[:, None]
    )
    error = np.sqrt(np.einsum("ij,jk,ik->i", slope, covariance, slope))
    reach = float(ndtri((1 + confidence) / 2)) * error
    return pd.DataFrame(
        {
            "item": items,
            "utility": utility,
            "se": np.sqrt(np.diag(base @ fit.covariance @ base.T)),
            "clustered_se": np.sqrt(np.diag(covariance)),
            "share": share,
            "low": expit(logit(share) - reach),
            "high": expit(logit(share) + reach),
        }
    )


@dataclass(frozen=True, eq=False)
class GroupTest(JsonResult):
    """Whether groups prefer the same.

    Attributes
    ----------
    statistic, p : float
        Hotelling's F for the difference of all utilities, and its p-value; NaN where a group has
        too few respondents.
    df : tuple of int
    items : DataFrame
        `item`, Wald's `statistic` over the groups, `p`, Holm's `p_adjusted`; with two groups also
        the `difference` of the utilities, second less first, with its interval `low, high`.
    """

    statistic: float
    p: float
    df: tuple[int, int]
    items: pd.DataFrame


def group_test(
    items: pd.Index,
    fits: Mapping[str, LogitFit],
    persons: Mapping[str, int],
    base: Floats,
    confidence: float,
) -> GroupTest:
    """Compare the utilities of groups, each with errors clustered by respondent."""
    first, *rest = fits.values()
    width = len(first.beta)
    gaps = np.concatenate([other.beta - first.beta for other in rest])
    spread = np.tile(first.clustered, (len(rest), len(rest)))
    for place, other in enumerate(rest):
        block = slice(place * width, (place + 1) * width)
        spread[block, block] += other.clustered
    free = sum(persons.values()) - len(fits)
    df = (len(gaps), free - width + 1)
    statistic = p = float("nan")
    if df[1] > 0:
        statistic = float(gaps @ np.linalg.solve(spread, gaps)) / df[0] * df[1] / free
        p = float(f_distribution.sf(statistic, *df))
    turn = np.kron(np.eye(len(rest)), base)
    apart, errors = turn @ gaps, turn @ spread @ turn.T
    rows = [np.arange(len(rest)) * len(items) + place for place in range(len(items))]
    wald = [apart[row] @ np.linalg.solve(errors[np.ix_(row, row)], apart[row]) for row in rows]
    table = pd.DataFrame({"item": items, "statistic": wald, "p": chi2.sf(wald, len(rest))})
    table["p_adjusted"] = holm(table["p"])
    if len(rest) == 1:
        reach = float(ndtri((1 + confidence) / 2)) * np.sqrt(np.diag(errors))
        table = table.assign(difference=apart, low=apart - reach, high=apart + reach)
    return GroupTest(statistic, p, df, table)
