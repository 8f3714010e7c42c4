"""The tables of the market phase and their truths."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.samples.sizing_facts import market_facts, published_facts, size_truth
from segkit.samples.world import World

__all__ = ["tables", "truths"]


def tables(world: World) -> dict[str, pd.DataFrame]:
    """Draw the tables of the market phase."""
    return {"market_facts": market_facts(), "facts": published_facts()}


def truths(world: World) -> dict[str, Any]:
    """Give the truths of M1 to M7."""
    return {"M1": {"parameter": size_truth()}}
