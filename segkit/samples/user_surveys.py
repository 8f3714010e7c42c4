"""The surveys of the users: outcomes of the job, features, and the promise to recommend.

Shares of answers are planted as counts: in each need segment the top-two boxes of every outcome
are the planted ones to a whole respondent. The need segment of a user follows the share of wallet
of the account: those who hire the product for more spend more of what they could.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.streams import (
    Floats,
    Texts,
    apportion,
    boxes,
    codes,
    deal_out,
    scaled,
    stream,
)
from segkit.samples.world import World

__all__ = [
    "job_list",
    "kano",
    "kano_truth",
    "need_segments",
    "nps",
    "nps_truth",
    "odi",
    "odi_truth",
]

STATEMENTS = {
    "define": (
        "Minimize the time it takes to decide which staff a pay run covers",
        "Minimize the likelihood of using an outdated pay scale",
        "Minimize the effort to plan the leave of a term",
    ),
    "locate": (
        "Minimize the time it takes to find a staff record",
        "Minimize the likelihood of missing a contract change",
        "Minimize the time it takes to collect time sheets from all campuses",
    ),
    "prepare": (
        "Minimize the time it takes to set up a pay run",
        "Minimize the likelihood of double entries between campuses",
        "Minimize the effort to train a substitute clerk",
    ),
    "confirm": (
        "Minimize the time it takes to obtain an approval",
        "Minimize the likelihood of paying before approval",
        "Minimize the effort to show an auditor who approved what",
    ),
    "execute": (
        "Minimize the time it takes to run the payroll",
        "Minimize the likelihood of a wrong payment",
        "Minimize the effort to pay staff of two campuses",
    ),
    "monitor": (
        "Minimize the time it takes to see where overtime is rising",
        "Minimize the likelihood of missing an expiring permit",
        "Minimize the effort to answer a question about leave",
    ),
    "modify": (
        "Minimize the time it takes to correct a payment",
        "Minimize the likelihood of breaking a union rule by a change",
        "Minimize the effort to change a shift at short notice",
    ),
    "conclude": (
        "Minimize the time it takes to close the pay month",
        "Minimize the likelihood of a late report to the state",
        "Minimize the effort to archive what the law asks for",
    ),
}
NEED_SHARES = {"pay right": 0.40, "see and show": 0.35, "stay nimble": 0.25}
"""Need segments, from the lowest to the highest share of wallet, and their shares of users."""
TOP_SIX = {
    "pay right": (14, 8, 11, 19, 2, 15),
    "see and show": (12, 17, 23, 16, 5, 24),
    "stay nimble": (10, 21, 3, 9, 18, 7),
}
"""The planted six outcomes of each segment, by number, the best first."""
_PLANTED = ((0.96, 0.22), (0.94, 0.24), (0.92, 0.26), (0.91, 0.29), (0.90, 0.32), (0.88, 0.34))
_LOYALTY = 0.12

FEATURES = {
    "payroll accuracy": "M",
    "audit trail": "M",
    "approval chain": "M",
    "multi-campus pay run": "O",
    "self-service leave": "O",
    "response of the system": "O",
    "report builder": "O",
    "mobile leave": "A",
    "overtime forecast": "A",
    "dark mode": "I",
    "birthday list": "I",
    "fax cover sheets": "I",
}
"""Kano category that most users give each feature."""
_MAIN = 0.64
_ANSWERS: dict[str, tuple[tuple[str, str], ...]] = {
    "A": (("like", "neutral"), ("like", "live with"), ("like", "must")),
    "O": (("like", "dislike"),),
    "M": (("must", "dislike"), ("neutral", "dislike"), ("live with", "dislike")),
    "I": (("neutral", "neutral"), ("live with", "neutral"), ("neutral", "live with")),
    "R": (("dislike", "neutral"),),
    "Q": (("like", "like"),),
}
_OTHERS = {"A": 0.22, "O": 0.24, "M": 0.22, "I": 0.26, "R": 0.04, "Q": 0.02}

DRIVERS = {
    "first_contact_resolution": 0.46,
    "response_time": 0.20,
    "onboarding": 0.14,
    "documentation": 0.12,
    "account_manager": 0.08,
}
"""Relative weight of each driver in the explained variance; the drivers are independent."""
_EXPLAINED = 0.65
_ANSWERING = 600
SCORES = {0: 0.01, 1: 0.01, 2: 0.02, 3: 0.03, 4: 0.04, 5: 0.05, 6: 0.06, 7: 0.14, 8: 0.18,
          9: 0.24, 10: 0.22}  # fmt: skip
"""Share of each score: 46 % promoters less 22 % detractors is an NPS of 24."""


def job_list() -> pd.DataFrame:
    """List the 24 outcomes by step of the job."""
    rows = [(step, text) for step, statements in STATEMENTS.items() for text in statements]
    frame = pd.DataFrame(rows, columns=["step", "statement"])
    frame["outcome"] = _outcomes(range(1, len(rows) + 1))
    return frame


def _outcomes(numbers: Any) -> list[str]:
    return [f"O{number:02d}" for number in numbers]


def need_segments(world: World) -> Texts:
    """Give each user a need segment, by the share of wallet of the account and some noise."""
    rng = stream(world.seed, "odi_survey.segment")
    share = world.accounts.set_index("account_id")["wallet_share"].reindex(
        world.users["account_id"]
    )
    rank = np.argsort(share.to_numpy() + _LOYALTY * rng.normal(size=len(share)), kind="stable")
    counts = apportion(len(share), list(NEED_SHARES.values()))
    segment = np.empty(len(share), dtype=object)
    segment[rank] = np.repeat(np.array(list(NEED_SHARES), dtype=object), counts)
    return segment


def _planted(segment: str) -> Floats:
    """Top-two-box shares of importance and satisfaction, one row an outcome."""
    number = np.arange(24)
    place = list(NEED_SHARES).index(segment)
    shares = np.column_stack(
        [0.24 + 0.03 * ((number * 5 + place) % 7), 0.66 + 0.03 * ((number * 3 + place) % 6)]
    )
    for outcome, pair in zip(TOP_SIX[segment], _PLANTED, strict=True):
        shares[outcome - 1] = pair
    return shares


def odi(world: World) -> pd.DataFrame:
    """Draw importance and satisfaction of each outcome, in exact shares of each segment."""
    rng = stream(world.seed, "odi_survey")
    segment = need_segments(world)
    answers = np.zeros((len(segment), 24, 2), dtype=np.int64)
    for name in NEED_SHARES:
        rows = np.flatnonzero(segment == name)
        for outcome, pair in enumerate(_planted(name)):
            for side, top in enumerate(pair):
                answers[rows, outcome, side] = boxes(rng, len(rows), top)
    frame = pd.DataFrame(
        {
            "user_id": np.repeat(world.users["user_id"].to_numpy(object), 24),
            "outcome": _outcomes(range(1, 25)) * len(segment),
        }
    )
    frame[["importance", "satisfaction"]] = answers.reshape(-1, 2)
    return frame


def odi_truth(world: World) -> dict[str, Any]:
    """Give the planted shares, the opportunities that follow, and each user's segment."""
    names = _outcomes(range(1, 25))
    segment = need_segments(world)
    steps = dict(zip(names, job_list()["step"], strict=True))
    planted = {name: _planted(name) for name in NEED_SHARES}
    mean = sum(share * planted[name][:, 0] for name, share in NEED_SHARES.items())
    opportunity = {
        name: 10 * (table[:, 0] + np.maximum(table[:, 0] - table[:, 1], 0))
        for name, table in planted.items()
    }
    return {
        "U2": {
            "parameter": {
                "importance": dict(zip(names, np.asarray(mean), strict=True)),
                "step": steps,
                "importance_by_segment": {
                    name: dict(zip(names, table[:, 0], strict=True))
                    for name, table in planted.items()
                },
            }
        },
        "U6": {
            "parameter": {
                "segment_shares": dict(NEED_SHARES),
                "top_six": {name: _outcomes(six) for name, six in TOP_SIX.items()},
                "opportunity": {
                    name: dict(zip(names, scores, strict=True))
                    for name, scores in opportunity.items()
                },
                "segment": dict(zip(world.users["user_id"], segment, strict=True)),
            }
            | kano_truth()
        },
    }


def kano(world: World) -> pd.DataFrame:
    """Draw the two answers of every user to every feature, by the user's category for it."""
    rng = stream(world.seed, "kano_survey")
    count = len(world.users)
    parts = []
    for feature, main in FEATURES.items():
        shares = {kind: (1 - _MAIN) * other for kind, other in _OTHERS.items()}
        shares[main] += _MAIN
        kinds = deal_out(rng, count, shares)
        u = rng.random_sample(count)
        pairs = [
            _ANSWERS[kind][int(x * len(_ANSWERS[kind]))] for kind, x in zip(kinds, u, strict=True)
        ]
        part = pd.DataFrame(pairs, columns=["functional", "dysfunctional"])
        parts.append(part.assign(user_id=world.users["user_id"], feature=feature))
    return pd.concat(parts, ignore_index=True)


def kano_truth() -> dict[str, Any]:
    """Give the category of each feature."""
    return {"kano": dict(FEATURES)}


def nps(world: World) -> pd.DataFrame:
    """Draw scores and driver ratings of users of running customers."""
    rng = stream(world.seed, "nps_survey")
    count = scaled(_ANSWERING, world.scale, least=50)
    z = rng.normal(size=(count, len(DRIVERS)))
    slope = np.sqrt(np.array(list(DRIVERS.values())) * _EXPLAINED)
    latent = (z * slope).sum(axis=1) + np.sqrt(1 - _EXPLAINED) * rng.normal(size=count)
    score = np.empty(count, dtype=np.int64)
    score[np.argsort(latent, kind="stable")] = np.repeat(
        np.array(list(SCORES)), apportion(count, list(SCORES.values()))
    )
    running = world.end_user_contracts
    names = np.unique(running.loc[running["running"], "account_id"].to_numpy(object).astype(str))
    frame = pd.DataFrame({"respondent": codes("S", count), "score": score})
    frame["account_id"] = names[(rng.random_sample(count) * len(names)).astype(int)]
    frame[list(DRIVERS)] = np.clip(6.8 + 1.2 * z, 1, 10).round(1)
    return frame


def nps_truth() -> dict[str, Any]:
    """Give the net promoter score and the relative weight of each driver."""
    promoters = SCORES[9] + SCORES[10]
    detractors = sum(share for score, share in SCORES.items() if score <= 6)
    return {
        "parameter": {
            "nps": 100 * (promoters - detractors),
            "promoters": promoters,
            "detractors": detractors,
            "relative_weight": dict(DRIVERS),
            "explained_before_rounding": _EXPLAINED,
        }
    }
