"""Which inputs move a market estimate: tornado and shares of variance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from segkit.sizing.funnel import Funnel

__all__ = ["tornado", "variance_shares"]

Floats = NDArray[np.float64]

_EXACT = "variance of the logarithms: exact for a product of independent inputs"
_RANKED = "squared rank correlations, scaled to 1: interactions are caught only in part"

# Ranks of this many draws tell a share of variance to about one point.
_RANKED_DRAWS = 20_000


def tornado(funnel: Funnel, shares: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Move each input to its P10 and P90 while all others stay at their median.

    Parameters
    ----------
    funnel : Funnel
        Arithmetic of the market.
    shares : mapping
        Share of the variance by level and input, put beside the swings.

    Returns
    -------
    DataFrame
        One row for each level and input, the widest swing of each level first.
    """
    points = {name: known.ppf([0.1, 0.5, 0.9]) for name, known in funnel.inputs.items()}
    # A scenario for each end of each input, and the base last: all in one evaluation.
    scenarios = {name: np.full(2 * len(points) + 1, at[1]) for name, at in points.items()}
    for row, (name, at) in enumerate(points.items()):
        scenarios[name][2 * row : 2 * row + 2] = at[0], at[2]
    tables = [
        _level_tornado(level, points, revenue.sum(axis=0), shares[level])
        for level, (_, revenue) in funnel(scenarios).items()
    ]
    return pd.concat(tables, ignore_index=True)


def _level_tornado(
    level: str, points: Mapping[str, Floats], revenue: Floats, shares: Mapping[str, float]
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "level": level,
            "input": list(points),
            "p10": [at[0] for at in points.values()],
            "p90": [at[2] for at in points.values()],
            "at_p10": revenue[:-1:2],
            "at_p90": revenue[1::2],
            "swing": np.abs(revenue[1::2] - revenue[:-1:2]),
            "base": revenue[-1],
            "variance_share": [shares.get(name, 0.0) for name in points],
        }
    )
    return table.sort_values(["swing", "input"], ascending=[False, True])


def variance_shares(
    funnel: Funnel,
    values: Mapping[str, Floats],
    revenue: Mapping[str, Floats],
    *,
    correlated: bool = False,
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    r"""Split the variance of each level's revenue among the inputs that vary.

    For a product of independent inputs :math:`Var(\ln x_i) / \sum_j Var(\ln x_j)`, which is
    exact; otherwise :math:`\rho_i^2 / \sum_j \rho_j^2` with Spearman's :math:`\rho`.

    Parameters
    ----------
    funnel : Funnel
        Arithmetic of the market.
    values : mapping of str to ndarray, shape (n_draws,)
        Draws of the inputs.
    revenue : mapping of str to ndarray, shape (n_draws,)
        Revenue of each level in the same draws.
    correlated : bool
        Inputs were drawn with correlation: no split is exact.

    Returns
    -------
    tuple of dict
        For each level the shares by input, and the way they were found.
    """
    varying = [name for name, known in funnel.inputs.items() if known.variance > 0]
    ranks = {name: _ranks(values[name]) for name in varying}
    shares, method = {}, {}
    for level, outcome in revenue.items():
        factors = None if correlated or outcome.min() <= 0 else funnel.factors(level)
        if factors is None:
            output = _ranks(outcome)
            weights = {name: float((ranks[name] * output).mean() ** 2) for name in varying}
        else:
            logs = {name: np.log(values[name]) for name in varying if name in factors}
            weights = {name: float(drawn.var()) for name, drawn in logs.items()}
        total = sum(weights.values())
        shares[level] = {name: weight / total for name, weight in weights.items() if total > 0}
        method[level] = _RANKED if factors is None else _EXACT
    return shares, method


def _ranks(drawn: Floats) -> Floats:
    """Rank some of the draws and standardise the ranks; a constant gives zeros."""
    ranks = rankdata(drawn[:_RANKED_DRAWS])
    centred = ranks - ranks.mean()
    return np.asarray(centred / (centred.std() or 1.0))
