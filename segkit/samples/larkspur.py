"""Larkspur HR, the sample company: all tables and planted truths from one seed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.errors import ParameterError
from segkit.questions import questions
from segkit.samples import (
    account_tables,
    buyer_tables,
    deal_tables,
    market_tables,
    sales_tables,
    user_tables,
)
from segkit.samples.case import Case, rounded, typed
from segkit.samples.world import draw_world
from segkit.tables.schema import schema

__all__ = ["make_case"]

_PHASES = (market_tables, account_tables, deal_tables, buyer_tables, user_tables, sales_tables)
_LARGEST_SEED = 2**64
_SCALES = (0.1, 10.0)


def make_case(seed: int = 7, scale: float = 1.0) -> Case:
    """Draw Larkspur HR with every table of the schema but `orders`, and the planted truths.

    Larkspur sells HR and payroll software to the US education sector by contract. Everything is
    fictional but the published counts of the table `facts`. The same seed and scale give the
    same tables on any machine.

    Parameters
    ----------
    seed : int, default 7
        Seed of every random stream, in 0..2**64 - 1.
    scale : float, default 1.0
        Factor on the number of accounts, deals, people and answers, in 0.1..10.

    Returns
    -------
    Case
        `tables` by name, and `truth`: per question what was planted, as "parameter" (exact value
        of the process that drew the data) or "realised" (exact value in the drawn tables).

    Raises
    ------
    ParameterError
        If seed or scale lie outside their range.

    Examples
    --------
    >>> case = make_case(seed=7, scale=0.1)
    >>> case.truth["A5"]["parameter"]["annual_churn"]["private universities"]
    0.08
    >>> case.tables["contracts"].columns.tolist()
    ['contract_id', 'account_id', 'module', 'start', 'end', 'mrr']
    """
    _check(seed, scale)
    world = draw_world(seed, scale)
    drawn: dict[str, pd.DataFrame] = {}
    truth: dict[str, Any] = {
        "company": "Larkspur HR sells HR and payroll software to US education; it is fictional.",
        "seed": seed,
        "scale": scale,
        "as_of": "2026-06-30",
        "currency": "USD",
    }
    planted: dict[str, Any] = {}
    for phase in _PHASES:
        latent = phase.tables(world)
        planted |= phase.truths(world, latent)
        drawn |= latent
    truth |= {question: planted[question] for question in questions()} | planted
    return Case(
        {name: typed(name, drawn[name]) for name in schema() if name in drawn}, rounded(truth)
    )


def _check(seed: int, scale: float) -> None:
    if not (isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < _LARGEST_SEED):
        raise ParameterError("seed", "make_case", "an int in the range [0, 2**64)", seed)
    if not (isinstance(scale, int | float) and _SCALES[0] <= scale <= _SCALES[1]):
        raise ParameterError("scale", "make_case", "a number in the range [0.1, 10]", scale)
