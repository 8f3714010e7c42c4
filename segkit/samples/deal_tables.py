"""The tables of the deals and their truths."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.samples.accounts import LARGE_PRIVATE
from segkit.samples.deals import FAST_DAYS, FAST_ELSE, FAST_IF_RULE, STUCK_IF_RULE, WIN_RATE
from segkit.samples.leads import content_topics, draw_leads, lead_truth, tail_truth
from segkit.samples.qualification import draw_qualification, framework_truth
from segkit.samples.routes import BEST_ROUTE, COSTS
from segkit.samples.stages import (
    ENTRY,
    STAGES,
    TRANSITIONS,
    WIN_AT_LAST,
    draw_stages,
    win_from,
)
from segkit.samples.talks import (
    draw_activities,
    draw_interviews,
    interview_truth,
    journey_truth,
)
from segkit.samples.world import Tables, World

__all__ = ["tables", "truths"]


def tables(world: World) -> Tables:
    """Draw the tables of the deals."""
    leads = draw_leads(world)
    return {
        "leads": leads,
        "opportunities": world.deals,
        "stage_history": draw_stages(world.seed, world.deals),
        "activities": draw_activities(world),
        "qualification": draw_qualification(world),
        "interviews": draw_interviews(world),
        "content_topics": content_topics(world, leads),
    }


def truths(world: World, drawn: Tables) -> dict[str, Any]:
    """Give the truths of M4, B0, B3 and of what else the deals tell."""
    return {
        "M4": _route_truth(world),
        "B0": journey_truth(),
        "B3": {"parameter": _chain_truth()},
        "rules": {"parameter": _rule_truth(), "realised": _outcomes(world)},
        "interviews": interview_truth(),
        "frameworks": framework_truth(),
        "leads": lead_truth(world, drawn["leads"]),
        "long_tail": tail_truth(),
    }


def _outcomes(world: World) -> dict[str, Any]:
    won = world.deals[world.deals["outcome"] == "won"]
    return {
        "deals": world.deals["outcome"].value_counts().sort_index().to_dict(),
        "fast_share_of_won": won["is_fast"].mean(),
        "fast_won": won.loc[won["is_fast"], "opp_id"].tolist(),
    }


def _route_truth(world: World) -> dict[str, Any]:
    """Give the cost of each route, and the contribution a won deal left, in focus and in all."""
    won = world.deals[world.deals["outcome"] == "won"]
    in_focus = {
        "Core HR": won["stratum"] == LARGE_PRIVATE,
        "Payroll": won["segment"] == "school systems",
        "Scheduling": won["segment"] == "community colleges",
    }
    cost = {
        product: {
            route: {"fixed": fixed, "share": share} for route, (fixed, share) in routes.items()
        }
        for product, routes in COSTS.items()
    }
    return {
        "parameter": {"best_route": dict(BEST_ROUTE), "cost": cost},
        "realised": {
            "contribution_per_won_deal": {
                product: _left(won[won["product"] == product]) for product in COSTS
            },
            "in_focus_group": {
                product: _left(won[rows & (won["product"] == product)])
                for product, rows in in_focus.items()
            },
        },
    }


def _left(won: pd.DataFrame) -> dict[str, float]:
    """Average what a won deal leaves after the cost of delivery, by route."""
    left = (won["value"] - won["delivery_cost"]).groupby(won["channel"]).mean()
    return {str(route): float(amount) for route, amount in left.items()}


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
