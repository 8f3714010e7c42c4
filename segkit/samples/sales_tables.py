"""The tables of the sales team and their truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.names import people
from segkit.samples.streams import WINDOW_START, codes, dates, stream
from segkit.samples.world import World

__all__ = ["tables", "truths"]


def tables(world: World) -> dict[str, pd.DataFrame]:
    """Draw the tables of the sales team."""
    return {"reps": _reps(world)}


def truths(world: World) -> dict[str, Any]:
    """Give the truths of the sales team."""
    return {}


def _reps(world: World) -> pd.DataFrame:
    """Draw the salespeople, all hired before the history begins; six consultants follow them."""
    rng = stream(world.seed, "reps")
    count = len(world.reps)
    consultants = codes("K", max(2, count // 4))
    hired = WINDOW_START - 1 - np.floor(rng.random_sample(count) * 1400).astype(int)
    return pd.DataFrame(
        {
            "rep_id": world.reps,
            "name": people(rng, count),
            "consultant_id": rng.permutation(np.resize(consultants, count)),
            "hired": dates(hired),
        }
    )
