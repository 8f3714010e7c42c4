"""Market size with uncertainty: TAM, SAM and SOM in accounts and in revenue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import ParameterError
from segkit.frames import JsonResult
from segkit.sizing.draws import latin_hypercube
from segkit.sizing.drivers import market_tornado, variance_shares
from segkit.sizing.facts import MarketFacts, read_facts
from segkit.sizing.funnel import Funnel

__all__ = ["MarketSize", "market_size"]

Floats = NDArray[np.float64]
Levels = Mapping[str, tuple[Floats, Floats]]


@dataclass(frozen=True, eq=False)
class MarketSize(JsonResult):
    """A market estimate; intervals p5 to p95 hold 90 % of the draws.

    Attributes
    ----------
    way : str
        "bottom-up", "top-down" or "value theory".
    table : DataFrame
        `level` (TAM, SAM, SOM), `unit` (accounts, revenue), `mean, p5, p50, p95`.
    segments : DataFrame
        The same for each `segment`.
    tornado : DataFrame
        Revenue of each `level` with each `input` at its `p10` and `p90` and all others at their
        median: `at_p10`, `at_p90`, `swing`; `base` is the revenue with all at their median;
        `variance_share` is the input's share of the variance. The widest swing comes first.
    variance_method : dict
        For each level, how `variance_share` was found.
    inputs : DataFrame
        The facts used: `input, segment, measure`, the `distribution` in words, `mean, sd`.
    notes : tuple of str
        What was taken for granted, and facts that lie idle.
    draws : DataFrame
        One row a draw; columns such as "SAM accounts" and "SAM revenue".
    """

    way: str
    table: pd.DataFrame
    segments: pd.DataFrame
    tornado: pd.DataFrame
    variance_method: dict[str, str]
    inputs: pd.DataFrame
    notes: tuple[str, ...]
    shape: str
    n_draws: int
    random_state: int
    draws: pd.DataFrame = field(repr=False, metadata={"json": False})


def market_size(
    facts: Any,
    way: str = "bottom-up",
    *,
    segment: str = "segment",
    measure: str = "measure",
    low: str = "low",
    mode: str = "mode",
    high: str = "high",
    shape: str = "pert",
    rank_correlation: Mapping[tuple[str, str], float] | float | None = None,
    n_draws: int = 100_000,
    random_state: int = 0,
) -> MarketSize:
    r"""Estimate TAM, SAM and SOM from facts that are each known as a range.

    Revenue of the total addressable market, summed over segments s:

    * bottom-up: accounts x units per account x price x attach rate;
    * top-down: category spend, spread over segments by accounts where only the whole is known;
    * value theory: accounts x (benefit per account - switching cost) x value share captured.

    SAM accounts are accounts x serviceable share; SOM accounts are the smaller of SAM accounts x
    win rate x reach and sales reps x deals per rep. Accounts and revenue come from the same
    draws, so that SOM <= SAM <= TAM holds in every one. An uncertain input is drawn by Latin
    hypercube.

    Parameters
    ----------
    facts : pandas, Polars or Arrow frame, or mapping
        One row a fact: the segment it is about ("all": every segment; a total such as accounts
        or sales reps: the whole market), what is measured, and its range; a column `shape` says
        how the range is read. Or a mapping of "price", or "schools: price", to a distribution, a
        number or (low, mode, high).
    way : {"bottom-up", "top-down", "value theory"}
        Way of sizing. Needed: accounts, and price, category spend, or benefit per account with
        value share captured. Without a win rate and without sales capacity there is no SOM; any
        other missing measure is taken as neutral, and said in `notes`.
    segment, measure, low, mode, high : str
        Names of the columns.
    shape : {"pert", "triangular", "lognormal", "beta"}
        How ranges are read that name no shape: from low over mode to high; lognormal: low and
        high are P10 and P90; beta, for shares: the mode is the mean, low and high lie as far
        apart as P10 and P90.
    rank_correlation : mapping of (str, str) to float, or float, optional
        Spearman correlation of pairs of inputs, named like "schools: price"; a number in [0, 1)
        is that of each measure between any two segments, whose estimates then err together.
    n_draws : int
        Draws of each input, at least 100.
    random_state : int
        Seed.

    Raises
    ------
    DataError
        Names every fault of the facts at once.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> from segkit.sizing import lognormal, pert
    >>> known = {"accounts": 16_591, "price": lognormal(9_000, 20_000), "win rate": (0.1, 0.2, 0.3)}
    >>> market_size(known).table["level"].unique().tolist()
    ['TAM', 'SAM', 'SOM']
    >>> facts = pd.DataFrame(
    ...     [
    ...         ("schools", "accounts", 900, 1000, 1100),
    ...         ("colleges", "accounts", 200, 200, 200),
    ...         ("all", "price", 2_000, 3_000, 5_000),
    ...         ("all", "serviceable share", 0.4, 0.5, 0.6),
    ...         ("all", "win rate", 0.1, 0.2, 0.3),
    ...     ],
    ...     columns=["segment", "measure", "low", "mode", "high"],
    ... )
    >>> size = market_size(facts)
    >>> size.table.round().head(3)
      level      unit       mean         p5        p50        p95
    0   TAM  accounts     1200.0     1138.0     1200.0     1262.0
    1   TAM   revenue  3800068.0  2781047.0  3751222.0  4987883.0
    2   SAM  accounts      600.0      520.0      600.0      682.0
    """
    columns = {"segment": segment, "measure": measure, "low": low, "mode": mode, "high": high}
    known = read_facts(facts, way, columns, shape)
    funnel = Funnel(known)
    pairs = _pairs(funnel, rank_correlation)
    values = latin_hypercube(
        funnel.inputs, n_draws, random_state=random_state, rank_correlation=pairs
    )
    levels = funnel(values)
    _assert_nested(levels)
    totals = {
        (level, unit): drawn.sum(axis=0)
        for level, pair in levels.items()
        for unit, drawn in zip(("accounts", "revenue"), pair, strict=True)
    }
    revenue = {level: totals[level, "revenue"] for level in levels}
    shares, method = variance_shares(funnel, values, revenue, correlated=bool(pairs))
    return MarketSize(
        way=way,
        table=pd.DataFrame(
            [{"level": level, "unit": unit, **_spread(x)} for (level, unit), x in totals.items()]
        ),
        segments=_by_segment(known, levels),
        tornado=market_tornado(funnel, shares),
        variance_method=method,
        inputs=_inputs(funnel),
        notes=tuple(funnel.notes()),
        shape=shape,
        n_draws=n_draws,
        random_state=random_state,
        draws=pd.DataFrame({" ".join(key): drawn for key, drawn in totals.items()}),
    )


def _pairs(
    funnel: Funnel, wanted: Mapping[tuple[str, str], float] | float | None
) -> Mapping[tuple[str, str], float]:
    """Name the pairs of inputs that are correlated."""
    if wanted is None or isinstance(wanted, Mapping):
        return wanted or {}
    if not 0 <= wanted < 1:
        expected = "a number in [0, 1), or a mapping of pairs of inputs"
        raise ParameterError("rank_correlation", "market_size", expected, wanted)
    named = {name for name, known in funnel.inputs.items() if known.variance > 0}
    used = funnel.facts.table[funnel.facts.table["input"].isin(named)]
    return {
        pair: wanted
        for _, labels in used.groupby("measure")["input"]
        for pair in combinations(sorted(labels), 2)
        if wanted > 0
    }


def _assert_nested(levels: Levels) -> None:
    """Make sure of SOM <= SAM <= TAM, in accounts and in revenue, in every draw."""
    drawn = list(levels.values())
    for outer, inner in pairwise(drawn):
        for whole, part in zip(outer, inner, strict=True):
            assert np.all((part >= 0) & (part <= whole)), "a level exceeds the one above it"


def _spread(drawn: Floats) -> dict[str, float]:
    p5, p50, p95 = np.quantile(drawn, [0.05, 0.5, 0.95])
    return {"mean": float(drawn.mean()), "p5": float(p5), "p50": float(p50), "p95": float(p95)}


def _by_segment(facts: MarketFacts, levels: Levels) -> pd.DataFrame:
    rows = [
        {"segment": segment, "level": level, "unit": unit, **_spread(drawn[row])}
        for row, segment in enumerate(facts.segments)
        for level, pair in levels.items()
        for unit, drawn in zip(("accounts", "revenue"), pair, strict=True)
    ]
    return pd.DataFrame(rows)


def _inputs(funnel: Funnel) -> pd.DataFrame:
    table = funnel.facts.table
    used = table[table["input"].isin(funnel.inputs.keys())].reset_index(drop=True)
    known = [funnel.inputs[label] for label in used["input"]]
    return used.assign(
        distribution=[repr(item) for item in known],
        mean=[float(item.mean) for item in known],
        sd=[item.sd for item in known],
    )
