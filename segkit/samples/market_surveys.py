"""The surveys of the market phase: needs in four waves, and ratings against the best rival."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.accounts import SEGMENTS
from segkit.samples.streams import boxes, codes, deal_out, scaled, stream
from segkit.samples.world import World

__all__ = ["needs_truth", "needs_waves", "rating_truth", "ratings"]

WAVES = 4
NEEDS = {
    # need: top-two-box share of the importance in the first wave, change until the last
    "multi-campus payroll": (0.40, 0.12),
    "leave self-service": (0.45, 0.12),
    "report printing": (0.42, -0.10),
    "payroll accuracy": (0.82, 0.0),
    "audit trail": (0.66, 0.0),
    "union rules": (0.52, 0.0),
    "substitute scheduling": (0.48, 0.0),
    "onboarding": (0.44, 0.0),
    "benefits enrolment": (0.58, 0.0),
    "grant reporting": (0.36, 0.0),
}
_MET = 0.45
_RESPONDENTS = 600

ATTRIBUTES = {
    # attribute: mean importance, mean rating of us, mean rating of the best rival
    "implementation speed": (8.0, 8.0, 6.5),
    "support": (8.2, 7.9, 6.7),
    "product fit": (8.4, 7.2, 7.2),
    "price": (7.6, 5.8, 7.2),
    "union rules": (7.0, 5.6, 6.8),
    "reporting": (6.4, 6.8, 6.8),
    "security": (7.8, 7.4, 7.4),
    "integrations": (6.8, 6.9, 6.9),
}
_RATERS = 300
_RATING_SD = 1.1


def needs_waves(world: World) -> pd.DataFrame:
    """Draw the waves; each share of top-two boxes is the planted one to a whole respondent."""
    rng = stream(world.seed, "needs_waves")
    count = scaled(_RESPONDENTS, world.scale, least=40)
    parts = []
    for wave in range(1, WAVES + 1):
        first = (wave - 1) * count
        people = codes("N", first + count)[first:]
        segment = deal_out(rng, count, dict.fromkeys(SEGMENTS, 0.25))
        for need, (start, change) in NEEDS.items():
            share = start + change * (wave - 1) / (WAVES - 1)
            rated = {
                "importance": boxes(rng, count, share),
                "satisfaction": boxes(rng, count, _MET),
            }
            columns = {"wave": wave, "respondent": people, "segment": segment, "need": need}
            parts.append(pd.DataFrame(columns | rated))
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values(["wave", "respondent"], kind="stable", ignore_index=True)


def needs_truth() -> dict[str, Any]:
    """Give the planted change of each need, in points of the top-two-box share."""
    words = {1.0: "rising", -1.0: "falling", 0.0: "stable"}
    return {
        "first_wave": {need: start for need, (start, _) in NEEDS.items()},
        "change": {need: change for need, (_, change) in NEEDS.items()},
        "direction": {need: words[float(np.sign(change))] for need, (_, change) in NEEDS.items()},
    }


def ratings(world: World) -> pd.DataFrame:
    """Draw ratings from 1 to 10: normal about the planted means, rounded."""
    rng = stream(world.seed, "attribute_ratings")
    count = scaled(_RATERS, world.scale, least=20)
    means = np.repeat(np.array(list(ATTRIBUTES.values()))[None], count, axis=0)
    taste = 0.4 * rng.normal(size=(count, 1, 1))
    drawn = np.clip((means + taste + _RATING_SD * rng.normal(size=means.shape)).round(), 1, 10)
    frame = pd.DataFrame(
        {
            "respondent": np.repeat(codes("Q", count), len(ATTRIBUTES)),
            "attribute": np.tile(np.array(list(ATTRIBUTES), dtype=object), count),
        }
    )
    frame[["importance", "us", "best_rival"]] = drawn.reshape(-1, 3)
    return frame


def rating_truth() -> dict[str, Any]:
    """Give the planted means and gaps, and who leads where."""
    gaps = {name: us - rival for name, (_, us, rival) in ATTRIBUTES.items()}
    return {
        "importance": {name: importance for name, (importance, _, _) in ATTRIBUTES.items()},
        "gap": gaps,
        "strengths": [name for name, gap in gaps.items() if gap > 0],
        "weaknesses": [name for name, gap in gaps.items() if gap < 0],
    }
