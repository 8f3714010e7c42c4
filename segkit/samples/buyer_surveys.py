"""The surveys of the buyers: best-worst choices, conjoint tasks and work with the team."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.accounts import SEGMENTS
from segkit.samples.streams import Floats, Ints, codes, deal_out, expit, scaled, stream, systematic
from segkit.samples.world import World

__all__ = [
    "choice_truth",
    "conjoint",
    "conjoint_truth",
    "engagement",
    "engagement_truth",
    "maxdiff",
]

ROLES = {"HR": 0.60, "Finance": 0.40}
UTILITY = {
    # item: utility for HR, utility for finance
    "ease of use": (1.50, -0.41),
    "support quality": (1.23, -0.68),
    "implementation speed": (0.95, 0.14),
    "mobile access": (0.68, -1.50),
    "union rules": (0.41, -0.95),
    "data security": (0.14, 0.41),
    "reporting": (-0.14, 0.68),
    "integration": (-0.41, -0.14),
    "audit trail": (-0.68, 0.95),
    "references": (-0.95, -1.23),
    "total cost": (-1.23, 1.50),
    "price certainty": (-1.50, 1.23),
}
"""Logit utilities; each column sums to 0 and runs from 1.5 to -1.5."""
_BUYERS, _SETS, _SHOWN = 300, 9, 4
_TASTE = 0.25

PRICES = (4.0, 6.0, 8.0, 10.0)
PRICE_SLOPE = {
    "school systems": -0.40,
    "community colleges": -0.60,
    "public universities": -0.35,
    "private universities": -0.20,
}
"""Utility of a dollar per employee and month."""
PARTWORTH = {
    "support": {"e-mail": -0.6, "phone": 0.1, "dedicated": 0.5},
    "start": {"1 month": 0.4, "3 months": -0.4},
    "hosting": {"cloud": 0.3, "own servers": -0.3},
}
NONE = -2.6
"""Utility of buying none of the offers, price included."""
_PANEL, _TASKS, _OFFERS = 220, 10, 3

ITEMS = {
    # item: mean importance, mean performance, mean performance of the best rival
    "response time": (8.8, 5.4, 6.6),
    "reference visits": (8.4, 5.6, 6.3),
    "demo quality": (8.5, 7.0, 7.7),
    "security answers": (8.2, 7.1, 7.6),
    "product knowledge": (8.0, 7.9, 7.2),
    "honesty about limits": (7.8, 7.7, 7.1),
    "clear proposals": (6.6, 7.4, 7.3),
    "flexible contracts": (6.3, 6.0, 6.4),
    "onboarding plan": (6.8, 7.6, 7.0),
    "access to executives": (5.6, 6.2, 6.2),
}
ODDS_RATIO = {"demo quality": 1.8, "security answers": 1.6}
"""Odds of winning for a point of performance; 1.0 for all other items."""
CONCENTRATE = ("response time", "reference visits")
_RATING_SD = 1.2
_ENGAGED = 320
_BASE_ODDS = -0.1


def maxdiff(world: World) -> pd.DataFrame:
    """Draw best and worst choices: nine sets of four, every item three times a respondent.

    A pair (best, worst) is chosen by the paired maxdiff logit exp(u_best - u_worst).
    """
    rng = stream(world.seed, "maxdiff_buyers")
    count = scaled(_BUYERS, world.scale, least=40)
    role = deal_out(rng, count, ROLES)
    column = (role == "Finance").astype(int)
    utility = np.array(list(UTILITY.values())).T[column]
    utility = utility + _TASTE * rng.normal(size=utility.shape)
    shown = _designs(rng, count)
    seen = utility[np.arange(count)[:, None, None], shown]
    best, worst = _best_worst(rng, seen)
    choice = np.zeros(shown.shape, dtype=np.int64)
    np.put_along_axis(choice, best[..., None], 1, axis=2)
    np.put_along_axis(choice, worst[..., None], -1, axis=2)
    size = _SETS * _SHOWN
    return pd.DataFrame(
        {
            "respondent": np.repeat(codes("B", count), size),
            "role": np.repeat(role, size),
            "set": np.tile(np.repeat(np.arange(1, _SETS + 1), _SHOWN), count),
            "item": np.array(list(UTILITY), dtype=object)[shown.ravel()],
            "choice": choice.ravel(),
        }
    )


def _designs(rng: np.random.RandomState, count: int) -> Ints:
    """Cut three shuffles of the items into sets, for each respondent."""
    order = np.argsort(rng.random_sample((count, 3, len(UTILITY))), axis=2, kind="stable")
    return np.asarray(order.reshape(count, _SETS, _SHOWN))


def _best_worst(rng: np.random.RandomState, utility: Floats) -> tuple[Ints, Ints]:
    """Draw a (best, worst) pair of each set from the paired maxdiff logit."""
    gap = utility[..., :, None] - utility[..., None, :]
    value = gap + rng.gumbel(size=gap.shape)
    value[..., range(_SHOWN), range(_SHOWN)] = -np.inf
    pair = value.reshape(*utility.shape[:-1], -1).argmax(axis=-1)
    return pair // _SHOWN, pair % _SHOWN


def choice_truth() -> dict[str, Any]:
    """Give the utilities by role."""
    return {
        "parameter": {
            "model": "paired maxdiff logit: P(best, worst) ~ exp(u_best - u_worst)",
            "role_shares": dict(ROLES),
            "taste_sd": _TASTE,
            "utility": {
                role: {item: pair[place] for item, pair in UTILITY.items()}
                for place, role in enumerate(ROLES)
            },
        }
    }


def conjoint(world: World) -> pd.DataFrame:
    """Draw conjoint choices: three offers or none, by a multinomial logit."""
    rng = stream(world.seed, "conjoint_buyers")
    count = scaled(_PANEL, world.scale, least=40)
    segment = deal_out(rng, count, dict.fromkeys(SEGMENTS, 0.25))
    role = deal_out(rng, count, ROLES)
    shape = (count, _TASKS, _OFFERS)
    price = np.array(PRICES)[(rng.random_sample(shape) * len(PRICES)).astype(int)]
    utility = np.array([PRICE_SLOPE[name] for name in segment])[:, None, None] * price
    offers: dict[str, Any] = {"price": price}
    for attribute, worth in PARTWORTH.items():
        level = (rng.random_sample(shape) * len(worth)).astype(int)
        offers[attribute] = np.array(list(worth), dtype=object)[level]
        utility = utility + np.array(list(worth.values()))[level]
    utility = np.concatenate([np.full((count, _TASKS, 1), NONE), utility], axis=2)
    best = (utility + rng.gumbel(size=utility.shape)).argmax(axis=2)
    size = _TASKS * (_OFFERS + 1)
    frame = pd.DataFrame(
        {
            "respondent": np.repeat(codes("J", count), size),
            "role": np.repeat(role, size),
            "segment": np.repeat(segment, size),
            "task": np.tile(np.repeat(np.arange(1, _TASKS + 1), _OFFERS + 1), count),
            "alternative": np.tile(np.arange(_OFFERS + 1), count * _TASKS),
            "chosen": (best[..., None] == np.arange(_OFFERS + 1)).ravel(),
        }
    )
    offered = frame["alternative"] > 0
    for name, values in offers.items():
        frame[name] = np.nan if name == "price" else None
        frame.loc[offered, name] = values.ravel()
    return frame


def conjoint_truth() -> dict[str, Any]:
    """Give the part-worths, and the price slope of each segment."""
    return {
        "parameter": {
            "model": "multinomial logit; effects of an attribute sum to 0",
            "price_slope": dict(PRICE_SLOPE),
            "partworth": {name: dict(worth) for name, worth in PARTWORTH.items()},
            "none": NONE,
            "most_price_sensitive": min(PRICE_SLOPE, key=PRICE_SLOPE.__getitem__),
        }
    }


def engagement(world: World) -> pd.DataFrame:
    """Draw the ratings of the team, and whether the respondent's deal was won."""
    rng = stream(world.seed, "engagement_survey")
    count = scaled(_ENGAGED, world.scale, least=40)
    means = np.array(list(ITEMS.values()))
    drawn = means + _RATING_SD * rng.normal(size=(count, *means.shape))
    rated = np.clip(drawn.round(), 1, 10)
    performance = rated[:, :, 1]
    overall = performance.mean(axis=1) + 0.6 * rng.normal(size=count)
    slope = np.log([ODDS_RATIO.get(item, 1.0) for item in ITEMS])
    log_odds = _BASE_ODDS + ((performance - means[:, 1]) * slope).sum(axis=1)
    won = systematic(rng, expit(log_odds), [performance[:, slope > 0] @ [1.0, 10.0]])
    frame = pd.DataFrame(
        {
            "respondent": np.repeat(codes("E", count), len(ITEMS)),
            "role": np.repeat(deal_out(rng, count, ROLES), len(ITEMS)),
            "item": np.tile(np.array(list(ITEMS), dtype=object), count),
            "overall": np.repeat(np.clip(overall.round(), 1, 10), len(ITEMS)),
            "won": np.repeat(won, len(ITEMS)),
        }
    )
    frame[["importance", "performance", "best_rival"]] = rated.reshape(-1, 3)
    return frame


def engagement_truth() -> dict[str, Any]:
    """Give the planted means and what moves the outcome."""
    names = ("importance", "performance", "best_rival")
    means = {item: dict(zip(names, parts, strict=True)) for item, parts in ITEMS.items()}
    return {
        "B4": {"parameter": {"concentrate_here": list(CONCENTRATE), "means": means}},
        "B5": {
            "parameter": {
                "odds_ratio": {item: ODDS_RATIO.get(item, 1.0) for item in ITEMS},
                "best_in": list(ODDS_RATIO),
                "gap": {item: us - rival for item, (_, us, rival) in ITEMS.items()},
            }
        },
    }
