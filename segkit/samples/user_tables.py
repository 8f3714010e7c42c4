"""The tables of the user phase and their truths."""

from __future__ import annotations

from typing import Any

from segkit.samples.user_surveys import job_list, kano, nps, nps_truth, odi, odi_truth
from segkit.samples.user_tasks import (
    alternative_truth,
    alternatives,
    switches,
    task_truth,
    tasks,
)
from segkit.samples.users import TYPES
from segkit.samples.world import Tables, World

__all__ = ["tables", "truths"]


def tables(world: World) -> Tables:
    """Draw the tables of the user phase."""
    return {
        "users": world.users,
        "jobs": job_list(),
        "odi_survey": odi(world),
        "kano_survey": kano(world),
        "nps_survey": nps(world),
        "task_log": tasks(world),
        "alternatives": alternatives(world),
        "switches": switches(world),
    }


def truths(world: World, drawn: Tables) -> dict[str, Any]:
    """Give the truths of U1 to U6."""
    kinds = dict(zip(world.users["user_id"], world.users["type"], strict=True))
    return {
        "U1": {"parameter": {"shares": dict(TYPES), "type": kinds}},
        "U3": task_truth(drawn["task_log"]),
        "U4": alternative_truth(),
        "U5": nps_truth(),
    } | odi_truth(world)
