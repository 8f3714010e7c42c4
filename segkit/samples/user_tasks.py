"""What users did: tasks started and completed, tools in use, and switches between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.streams import (
    AS_OF,
    WINDOW_START,
    apportion,
    codes,
    dates,
    deal_out,
    scaled,
    stream,
)
from segkit.samples.world import World

__all__ = ["alternative_truth", "alternatives", "switches", "task_truth", "tasks"]

COMPLETION = {
    "define": 0.95,
    "locate": 0.93,
    "prepare": 0.91,
    "confirm": 0.61,
    "execute": 0.94,
    "monitor": 0.92,
    "modify": 0.89,
    "conclude": 0.93,
}
"""Share of the attempts at each step that are completed."""
MISSING = 0.55
"""Share of all failures for want of an approval."""
_MISSING_AT_CONFIRM = 0.88
_REASON = "missing approval"
_OTHER_REASONS = {"data not found": 0.35, "rule unclear": 0.30, "system slow": 0.20, "other": 0.15}
_ATTEMPTS = 15_000
_MINUTES = {"confirm": 24.0}
_USUAL_MINUTES = 9.0
_TASK_DAYS = 365

IN_USE = {"spreadsheet": 0.38, "Vendor A": 0.27, "do nothing": 0.15, "Larkspur HR": 0.20}
"""Share of each tool in every job."""
SATISFACTION = {"spreadsheet": 2.6, "Vendor A": 3.3, "do nothing": 1.9, "Larkspur HR": 4.1}
_JOBS = ("run the payroll", "plan leave", "report to the state")

FLOWS = {
    # from, to: share of the switches
    ("spreadsheet", "Larkspur HR"): 0.30,
    ("spreadsheet", "Vendor A"): 0.16,
    ("do nothing", "spreadsheet"): 0.12,
    ("do nothing", "Larkspur HR"): 0.06,
    ("Vendor A", "Larkspur HR"): 0.12,
    ("Vendor A", "spreadsheet"): 0.08,
    ("Larkspur HR", "Vendor A"): 0.06,
    ("Larkspur HR", "spreadsheet"): 0.05,
    ("spreadsheet", "do nothing"): 0.04,
    ("Vendor A", "do nothing"): 0.01,
}
FORCES = {"push": 0.36, "pull": 0.34, "anxiety": 0.16, "habit": 0.14}
_SWITCHES = 600


def tasks(world: World) -> pd.DataFrame:
    """Draw attempts; completions and reasons are the planted shares to a whole attempt."""
    rng = stream(world.seed, "task_log")
    total = scaled(_ATTEMPTS, world.scale, least=800)
    attempts = dict(zip(COMPLETION, apportion(total, np.ones(len(COMPLETION))), strict=True))
    failed = {step: round(count * (1 - COMPLETION[step])) for step, count in attempts.items()}
    parts = []
    for step, count in attempts.items():
        done = np.arange(count) >= failed[step]
        why = np.full(count, None, dtype=object)
        why[~done] = deal_out(rng, failed[step], _reasons(failed, step))
        minutes = _MINUTES.get(step, _USUAL_MINUTES) * np.exp(0.6 * rng.normal(size=count))
        parts.append(
            pd.DataFrame(
                {"step": step, "completed": done, "reason": why, "minutes": minutes.round(1)}
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    frame["day"] = AS_OF - (rng.random_sample(total) * _TASK_DAYS).astype(int)
    users = world.users["user_id"].to_numpy(object)
    frame["user_id"] = users[(rng.random_sample(total) * len(users)).astype(int)]
    frame = frame.iloc[np.lexsort((rng.random_sample(total), frame["day"]))].reset_index(drop=True)
    frame["started"] = dates(frame["day"])
    frame["task_id"] = codes("K", total)
    return frame


def _reasons(failed: dict[str, int], step: str) -> dict[str, float]:
    """Share the reasons of a step so that over all steps the planted part lacks an approval."""
    here, total = failed["confirm"], sum(failed.values())
    elsewhere = (MISSING * total - _MISSING_AT_CONFIRM * here) / (total - here)
    share = _MISSING_AT_CONFIRM if step == "confirm" else elsewhere
    return {_REASON: share} | {why: (1 - share) * part for why, part in _OTHER_REASONS.items()}


def task_truth(log: pd.DataFrame) -> dict[str, Any]:
    """Give the completion of each step and the share of the main reason."""
    failures = log.loc[~log["completed"].astype(bool), "reason"]
    return {
        "parameter": {
            "completion": dict(COMPLETION),
            "barrier": "confirm",
            "main_reason": {_REASON: MISSING},
        },
        "realised": {
            "completion": log.groupby("step")["completed"].mean().to_dict(),
            "main_reason": {_REASON: (failures == _REASON).mean()},
        },
    }


def alternatives(world: World) -> pd.DataFrame:
    """Draw the tool that each user uses for each job, in exact shares of every job."""
    rng = stream(world.seed, "alternatives")
    count = len(world.users)
    parts = []
    for job in _JOBS:
        tool = deal_out(rng, count, IN_USE)
        mean = np.array([SATISFACTION[name] for name in tool])
        rating = np.clip((mean + 0.7 * rng.normal(size=count)).round(), 1, 5)
        columns = {"user_id": world.users["user_id"], "job": job, "alternative": tool}
        parts.append(pd.DataFrame(columns | {"satisfaction": rating}))
    return pd.concat(parts, ignore_index=True)


def switches(world: World) -> pd.DataFrame:
    """Draw switches in exact shares of each flow."""
    rng = stream(world.seed, "switches")
    count = scaled(_SWITCHES, world.scale, least=50)
    names = {f"{old}|{new}": share for (old, new), share in FLOWS.items()}
    flow = deal_out(rng, count, names)
    day = np.sort(
        WINDOW_START + (rng.random_sample(count) * (AS_OF - WINDOW_START + 1)).astype(int)
    )
    return pd.DataFrame(
        {
            "switch_id": codes("X", count),
            "date": dates(day),
            "from": [label.split("|")[0] for label in flow],
            "to": [label.split("|")[1] for label in flow],
            "force": deal_out(rng, count, FORCES),
        }
    )


def alternative_truth() -> dict[str, Any]:
    """Give the shares of the tools, and the flows between them."""
    tools = tuple(IN_USE)
    net = {
        tool: sum(share for (_, new), share in FLOWS.items() if new == tool)
        - sum(share for (old, _), share in FLOWS.items() if old == tool)
        for tool in tools
    }
    return {
        "parameter": {
            "share": dict(IN_USE),
            "flow": {f"{old} -> {new}": share for (old, new), share in FLOWS.items()},
            "net_flow": net,
            "forces": dict(FORCES),
            "satisfaction_before_rounding": dict(SATISFACTION),
        }
    }
