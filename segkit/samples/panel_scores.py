"""What the panel thinks of the market's inputs and of the users' needs.

The errors of the panelists cancel, so that the geometric mean of their ranges is the stated one;
one of them, an optimist, sees a price far above the others. Of the needs the panel overlooks one
that users miss: the shares of important and of met are planted as counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.frames import joined
from segkit.samples.sizing_facts import market_facts
from segkit.samples.streams import boxes, codes, stream
from segkit.samples.world import World

__all__ = ["market_ranges", "need_scores", "scores_truth"]

INPUTS = {
    "school systems: price": 0.12,
    "school systems: units per account": 0.05,
    "school systems: serviceable share": 0.05,
    "private universities: price": 0.10,
}
"""Spread of the panelists' log errors about each input they judge."""
OPTIMIST, OVERRATED, TIMES = 4, "school systems: price", 1.8
"""Number of the panelist who sees an input far higher than the others, which, and how often."""
NEEDS = {
    "O01": (3, 6),
    "O10": (2, 7),
    "O14": (8, 3),
    "O16": (6, 4),
    "O21": (5, 5),
    "O22": (7, 6),
}
"""Of nine panelists, how many call an outcome important (4 or 5 of 5), and how many call it met."""
OVERLOOKED = "O10"
"""An outcome that users miss and the panel does not see."""


def need_scores(world: World, panelists: int) -> pd.DataFrame:
    """Draw what each panelist gives each outcome for importance and for satisfaction."""
    rng = stream(world.seed, "conference_table.needs")
    parts = [
        pd.DataFrame(
            {
                "panelist": codes("Z", panelists),
                "kind": "needs",
                "item_a": outcome,
                "item_b": side,
                "value": boxes(rng, panelists, count / panelists).astype(float),
            }
        )
        for outcome, counts in NEEDS.items()
        for side, count in zip(("importance", "satisfaction"), counts, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def market_ranges(world: World, panelists: int) -> pd.DataFrame:
    """Draw the range that each panelist states for each input."""
    rng = stream(world.seed, "conference_table.market")
    facts = market_facts()
    stated = facts.set_index(joined(facts, "segment", "measure"))
    rows = []
    for name, spread in INPUTS.items():
        errors = spread * rng.normal(size=panelists)
        errors[OPTIMIST - 1] += np.log(TIMES) if name == OVERRATED else 0.0
        for who, error in zip(codes("Z", panelists), errors - errors.mean(), strict=True):
            rows += [
                (who, "market", name, end, float(f"{stated.loc[name, end] * np.exp(error):.4g}"))
                for end in ("low", "mode", "high")
            ]
    return pd.DataFrame(rows, columns=["panelist", "kind", "item_a", "item_b", "value"])


def scores_truth(panelists: int) -> dict[str, Any]:
    """Give what was planted in the panel's ranges and scores."""
    return {
        "optimist": {
            "panelist": codes("Z", panelists)[OPTIMIST - 1],
            "input": OVERRATED,
            "times": TIMES,
        },
        "needs": {
            outcome: {"important": counts[0] / panelists, "met": counts[1] / panelists}
            for outcome, counts in NEEDS.items()
        },
        "overlooked": OVERLOOKED,
    }
