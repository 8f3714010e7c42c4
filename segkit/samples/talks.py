"""What was said and done in the deals: activities, and interviews with clients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.streams import (
    AS_OF,
    Ints,
    Texts,
    codes,
    dates,
    scaled,
    stream,
)
from segkit.samples.world import World

__all__ = ["draw_activities", "draw_interviews", "interview_truth", "journey_truth"]

SELF_SERVE = {2022: 0.30, 2023: 0.36, 2024: 0.44, 2025: 0.52, 2026: 0.60}
"""Share of a deal's activities before the first contact with a rep, by year of opening."""
_FEWEST, _MORE = 2, 6.3
_ALONE = ("web visit", "download", "webinar")
_TOGETHER = ("e-mail", "call", "meeting", "demo")
_BY_REP = 0.6

AREA_CUT = 100.0
"""Square metres of office above which an interviewed client pays."""
_PAID = {"above": 0.95, "below": 0.05}
_CONFIRMED = {"paid": 0.90, "not paid": 0.25}
_NARROW = 9
"""Place of the private universities with 300 to 999 staff in `STRATA`."""
_HYPOTHESES = ("one payroll for all campuses", "leave without paper", "audit trail on demand")


def draw_activities(world: World) -> pd.DataFrame:
    """Draw the activities: the buyer alone at first, then rep and buyer."""
    rng, deals = stream(world.seed, "activities"), world.deals
    count = _FEWEST + rng.poisson(_MORE, size=len(deals))
    alone = deals["created"].dt.year.map(SELF_SERVE).to_numpy(float) * count
    alone = np.minimum(np.floor(alone + rng.random_sample(len(deals))), count - 1)
    row = np.repeat(np.arange(len(deals)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    when = rng.random_sample(len(row))
    when = when[np.lexsort((when, row))]
    opened = deals["opened"].to_numpy()
    length = np.minimum(deals["cycle"].to_numpy(), AS_OF - opened) + 1
    day = opened[row] + np.floor(when * length[row])
    by_rep = (place == alone[row]) | (
        (place > alone[row]) & (rng.random_sample(len(row)) < _BY_REP)
    )
    frame = pd.DataFrame(
        {
            "opp_id": deals["opp_id"].to_numpy()[row],
            "contact_id": _touched(rng, world, row),
            "day": day.astype(int),
            "type": np.where(
                place < alone[row],
                _one_of(rng, _ALONE, len(row)),
                _one_of(rng, _TOGETHER, len(row)),
            ),
            "by_whom": np.where(by_rep, "rep", "buyer"),
        }
    )
    frame = frame.sort_values("day", kind="stable", ignore_index=True)
    frame["date"] = dates(frame["day"])
    frame["activity_id"] = codes("T", len(frame))
    return frame


def _one_of(rng: np.random.RandomState, labels: tuple[str, ...], count: int) -> Texts:
    which = (rng.random_sample(count) * len(labels)).astype(int)
    return np.asarray(np.array(labels, dtype=object)[which])


def _touched(rng: np.random.RandomState, world: World, row: Ints) -> Texts:
    """Choose one of the people who take part in the deal of each row."""
    pairs = world.opp_contacts
    count = np.bincount(pairs["opp"], minlength=len(world.deals))
    first = np.cumsum(count) - count
    which = first[row] + np.floor(rng.random_sample(len(row)) * count[row]).astype(int)
    return np.asarray(pairs["contact_id"].to_numpy(object)[which])


def journey_truth() -> dict[str, Any]:
    """Give the share of the journey that buyers go alone."""
    return {"parameter": {"self_serve_share": dict(SELF_SERVE)}}


def draw_interviews(world: World) -> pd.DataFrame:
    """Draw interviews with accounts of the deals, in a narrow segment."""
    rng = stream(world.seed, "interviews")
    pool = world.deals[world.deals["stratum"] == _NARROW]
    rows = pool["row"].drop_duplicates().to_numpy()
    count = min(scaled(60, world.scale, least=12), len(rows))
    clients = world.accounts.loc[rng.permutation(rows)[:count]].reset_index(drop=True)
    area = (AREA_CUT * np.exp(0.5 * rng.normal(size=count) + 0.25)).round(1)
    u, v = rng.random_sample(count), rng.random_sample(count)
    paid = u < np.where(area > AREA_CUT, _PAID["above"], _PAID["below"])
    own = ~clients["payroll_outsourced"].to_numpy(bool)
    wait = np.clip(45 * np.exp(0.3 * rng.normal(size=count)), 12, 150).round()
    days = np.where(own, 1, wait)
    return pd.DataFrame(
        {
            "interview_id": codes("V", count),
            "account_id": clients["account_id"],
            "segment": clients["segment"],
            "hypothesis": np.resize(np.array(_HYPOTHESES, dtype=object), count),
            "confirmed": v < np.where(paid, _CONFIRMED["paid"], _CONFIRMED["not paid"]),
            "paid": paid,
            "central_hr": clients["central_hr"],
            "office_area": area,
            "own_payroll": own,
            "days_to_start": np.where(paid, days, np.nan),
        }
    )


def interview_truth() -> dict[str, Any]:
    """Give the rules behind the interviews."""
    return {
        "parameter": {
            "cut": {"column": "office_area", "value": AREA_CUT, "paid": dict(_PAID)},
            "confirmed": dict(_CONFIRMED),
            "median_days_to_start": {"own payroll": 1, "payroll outsourced": 45},
        }
    }
