"""The stages of a deal: the planted chain, and the path each deal took.

Paths are drawn given the outcome (Doob's transform of the chain), and so is the stage of entry:
over all deals the transitions follow the planted matrix exactly. A deal that enters at the first
stage wins with chance .177; deals of buyers who have done their homework enter later, and over
all entries as many closed deals are won as the logit of A1 says (620 of 2,100).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.samples.deals import WIN_RATE
from segkit.samples.streams import AS_OF, Flags, Floats, Ints, dates, stream

__all__ = ["ENTRY", "STAGES", "TRANSITIONS", "WIN_AT_LAST", "draw_stages", "win_from"]

STAGES = ("discovery", "demo", "proposal", "negotiation")
TRANSITIONS = np.array(
    [
        [0.00, 0.72, 0.00, 0.00],
        [0.00, 0.00, 0.66, 0.00],
        [0.00, 0.08, 0.00, 0.62],
        [0.00, 0.00, 0.05, 0.00],
    ]
)
"""Chance to move from stage (row) to stage (column); the rest of a row ends the deal."""
WIN_AT_LAST = 0.55
_LATE_ENTRY = (0.25, 0.18)
_WEIGHT_OF_STAGE = np.array([1.0, 0.9, 1.3, 1.6])
_MOST_VISITS = 40


def win_from() -> Floats:
    """Solve the chance to win from each stage: h = Q h + r."""
    ends = np.array([0.0, 0.0, 0.0, WIN_AT_LAST])
    return np.asarray(np.linalg.solve(np.eye(4) - TRANSITIONS, ends))


def _entry() -> Floats:
    """Choose the shares of entry so that the chain wins as often as the deals do."""
    h = win_from()
    middle = np.array([0.0, *_LATE_ENTRY, 0.0])
    rest = 1 - middle.sum()
    last = (WIN_RATE - middle @ h - rest * h[0]) / (h[3] - h[0])
    return np.asarray(middle + np.array([rest - last, 0.0, 0.0, last]))


ENTRY = _entry()
"""Share of deals that enter at each stage."""


def draw_stages(seed: int, deals: pd.DataFrame) -> pd.DataFrame:
    """Draw the stage history; a won or refused deal ends with a row that says so."""
    rng = stream(seed, "stage_history")
    visits = _paths(rng, deals["will_win"].to_numpy(bool))
    entered = deals["opened"].to_numpy()[:, None] + _offsets(rng, visits, deals["cycle"].to_numpy())
    first = np.arange(visits.shape[1]) == 0
    shown = (visits >= 0) & (first | ~deals["is_open"].to_numpy(bool)[:, None])
    row, step = np.nonzero(shown & (entered <= AS_OF))
    stage = np.array(STAGES, dtype=object)[visits[row, step]]
    moves = pd.DataFrame({"row": row, "stage": stage, "entered_at": dates(entered[row, step])})
    ended = deals[deals["has_ended"]]
    ends = pd.DataFrame(
        {
            "row": ended.index,
            "stage": ended["outcome"].astype(object),
            "entered_at": ended["closed"],
        }
    )
    history = pd.concat([moves, ends], ignore_index=True)
    history = history.sort_values(["row", "entered_at"], kind="stable", ignore_index=True)
    history["opp_id"] = deals["opp_id"].to_numpy()[history["row"]]
    return history


def _offsets(rng: np.random.RandomState, visits: Ints, cycle: Ints) -> Ints:
    """Spread the days of each deal's cycle over its visits, at least one day each."""
    share = np.where(visits >= 0, _WEIGHT_OF_STAGE[visits], 0.0)
    weight = rng.gamma(4.0, size=visits.shape) * share
    spare = np.maximum(cycle - (visits >= 0).sum(axis=1), 0)
    before = (weight.cumsum(axis=1) - weight) / weight.sum(axis=1, keepdims=True)
    days = np.floor(before * spare[:, None]).astype(np.int64)
    return np.asarray(days + np.arange(visits.shape[1]))


def _paths(rng: np.random.RandomState, wins: Flags) -> Ints:
    """Draw each deal's visits given its outcome; -1 after the last."""
    h = win_from()
    kind = np.where(wins, 0, 1)
    given = [(TRANSITIONS * good / good[:, None], ENTRY * good) for good in (h, 1 - h)]
    edges = np.array([table.cumsum(axis=1) for table, _ in given]).round(12)
    starts = np.array([(entry / entry.sum()).cumsum() for _, entry in given]).round(12)
    state = (rng.random_sample(len(wins))[:, None] >= starts[kind][:, :-1]).sum(axis=1)
    visits = [state]
    for _ in range(_MOST_VISITS - 1):
        u = rng.random_sample(len(wins))
        following = (u[:, None] >= edges[kind, state]).sum(axis=1)
        following = np.where((visits[-1] < 0) | (following == len(STAGES)), -1, following)
        visits.append(following)
        state = np.maximum(following, 0)
    table = np.column_stack(visits)
    return np.asarray(table[:, : int((table >= 0).sum(axis=1).max())])
