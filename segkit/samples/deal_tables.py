"""The tables of the deals and their truths."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.samples.deals import FAST_DAYS, FAST_ELSE, FAST_IF_RULE, STUCK_IF_RULE, WIN_RATE
from segkit.samples.stages import (
    ENTRY,
    STAGES,
    TRANSITIONS,
    WIN_AT_LAST,
    draw_stages,
    win_from,
)
from segkit.samples.world import World

__all__ = ["tables", "truths"]


def tables(world: World) -> dict[str, pd.DataFrame]:
    """Draw the tables of the deals."""
    deals = world.deals.copy()
    return {"opportunities": deals, "stage_history": draw_stages(world.seed, deals)}


def truths(world: World) -> dict[str, Any]:
    """Give the truths of B3 and of the rules."""
    return {"B3": {"parameter": _chain_truth()}, "rules": {"parameter": _rule_truth()}}


def _chain_truth() -> dict[str, Any]:
    matrix = {
        stage: {to: chance for to, chance in zip(STAGES, row, strict=True) if chance}
        for stage, row in zip(STAGES, TRANSITIONS.tolist(), strict=True)
    }
    matrix[STAGES[-1]]["won"] = WIN_AT_LAST
    return {
        "stages": list(STAGES),
        "transitions": matrix,
        "entry": dict(zip(STAGES, ENTRY, strict=True)),
        "win_probability": dict(zip(STAGES, win_from(), strict=True)),
        "win_probability_over_entries": WIN_RATE,
        "note": "what a row leaves ends the deal, refused or stuck",
    }


def _rule_truth() -> dict[str, Any]:
    return {
        "fast_won": {
            "rule": "central_hr and employees > 250 and not (board_approval and not hris_in_place)",
            "of_won_deals": {"rule holds": FAST_IF_RULE, "otherwise": FAST_ELSE},
            "fast_days": FAST_DAYS,
        },
        "stuck": {
            "rule": "board_approval and not hris_in_place",
            "of_lost_deals": {"rule holds": STUCK_IF_RULE},
        },
        "days_to_start": {"own payroll": 1, "payroll outsourced": 45},
    }
