"""Which inputs move an estimate: tornado and shares of variance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from segkit.errors import ParameterError
from segkit.sizing.distributions import Distribution, as_distribution
from segkit.sizing.draws import latin_hypercube
from segkit.sizing.funnel import Funnel

__all__ = ["market_tornado", "tornado", "variance_shares"]

Floats = NDArray[np.float64]

_EXACT = "variance of the logarithms: exact for a product of independent inputs"
_RANKED = "squared rank correlations, scaled to 1: interactions are caught only in part"

# Ranks of this many draws tell a share of variance to about one point.
_RANKED_DRAWS = 20_000


def tornado(
    model: Callable[..., ArrayLike],
    inputs: Mapping[str, Distribution | float | Sequence[float]],
    *,
    n_draws: int = _RANKED_DRAWS,
    random_state: int = 0,
) -> pd.DataFrame:
    r"""Move each input to its P10 and P90 while all others stay at their median.

    Parameters
    ----------
    model : callable
        Computes the estimate from one array for each input, handed over by name:
        `model(accounts=..., price=...)`.
    inputs : mapping of str to Distribution, float or (low, mode, high)
        What is known of each input; a number is a known value, three are a PERT.
    n_draws : int
        Draws that split the variance, at least 100.
    random_state : int
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row an input, the widest swing first: `input`, its `p10` and `p90`, the estimate
        `at_p10` and `at_p90`, their distance `swing`, `base` (all at their median), and
        `variance_share`: :math:`\rho_i^2 / \sum_j \rho_j^2` with Spearman's :math:`\rho` over the
        draws, which catches interactions only in part.

    Raises
    ------
    ParameterError
        If an input is nothing of these, or the model does not take them by name and give one
        number for each draw.

    Examples
    --------
    >>> from segkit.sizing import pert
    >>> table = tornado(
    ...     lambda accounts, price: accounts * price,
    ...     {"accounts": pert(900, 1000, 1100), "price": pert(2, 3, 8)},
    ... )
    >>> table["input"].tolist()
    ['price', 'accounts']
    """
    if not inputs:
        raise ParameterError("inputs", "tornado", "at least one input", inputs)
    known = {name: as_distribution(value) for name, value in inputs.items()}
    points, scenarios = _scenarios(known)
    values = latin_hypercube(known, n_draws, random_state=random_state)
    shares = _ranked(_input_ranks(known, values), _evaluate(model, values))
    return _swings(points, _evaluate(model, scenarios), shares)


def market_tornado(funnel: Funnel, shares: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Do what `tornado` does for the revenue of each level, with `shares` by level and input."""
    points, scenarios = _scenarios(funnel.inputs)
    tables = []
    for level, (_, revenue) in funnel(scenarios).items():
        table = _swings(points, revenue.sum(axis=0), shares[level])
        table.insert(0, "level", level)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


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
    shares, method = {}, {}
    ranks = _input_ranks(funnel.inputs, values)
    for level, outcome in revenue.items():
        factors = None if correlated or outcome.min() <= 0 else funnel.factors(level)
        if factors is None:
            shares[level] = _ranked(ranks, outcome)
        else:
            used = [name for name in ranks if name in factors]
            shares[level] = _scaled({name: float(np.log(values[name]).var()) for name in used})
        method[level] = _RANKED if factors is None else _EXACT
    return shares, method


def _scenarios(
    inputs: Mapping[str, Distribution],
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Make a scenario for each end of each input, and the base last: all in one evaluation."""
    points = {name: known.ppf([0.1, 0.5, 0.9]) for name, known in inputs.items()}
    scenarios = {name: np.full(2 * len(points) + 1, at[1]) for name, at in points.items()}
    for row, (name, at) in enumerate(points.items()):
        scenarios[name][2 * row : 2 * row + 2] = at[0], at[2]
    return points, scenarios


def _evaluate(model: Callable[..., Any], values: Mapping[str, Floats]) -> Floats:
    try:
        outcome = np.asarray(model(**values), dtype=float)
    except TypeError as fault:
        expected = f"a function that takes arrays by name: {', '.join(values)}"
        raise ParameterError("model", "tornado", expected, str(fault)) from fault
    if outcome.shape != next(iter(values.values())).shape:
        expected = "a function of arrays that gives one number for each draw"
        raise ParameterError("model", "tornado", expected, f"the shape {outcome.shape}")
    return outcome


def _swings(
    points: Mapping[str, Floats], outcome: Floats, shares: Mapping[str, float]
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "input": list(points),
            "p10": [at[0] for at in points.values()],
            "p90": [at[2] for at in points.values()],
            "at_p10": outcome[:-1:2],
            "at_p90": outcome[1::2],
            "swing": np.abs(outcome[1::2] - outcome[:-1:2]),
            "base": outcome[-1],
            "variance_share": [shares.get(name, 0.0) for name in points],
        }
    )
    return table.sort_values(["swing", "input"], ascending=[False, True], ignore_index=True)


def _input_ranks(
    inputs: Mapping[str, Distribution], values: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Rank the draws of the inputs that vary."""
    return {name: _ranks(values[name]) for name, known in inputs.items() if known.variance > 0}


def _ranked(inputs: Mapping[str, Floats], outcome: Floats) -> dict[str, float]:
    ranks = _ranks(outcome)
    return _scaled({name: float((own * ranks).mean() ** 2) for name, own in inputs.items()})


def _scaled(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items() if total > 0}


def _ranks(drawn: Floats) -> Floats:
    """Rank some of the draws and standardise the ranks; a constant gives zeros."""
    ranks = rankdata(drawn[:_RANKED_DRAWS])
    centred = ranks - ranks.mean()
    return np.asarray(centred / (centred.std() or 1.0))
