"""The deals of 36 months.

How the planted truths hold together:

* Whether a deal is won depends on the account alone, by a logit (A1, A2). The wins are drawn
  evenly along the criteria (systematic sampling): every deal keeps its exact chance, and the
  weights come back closer to the planted ones than from independent draws.
* An open deal has not moved yet: it stands in the stage it entered. (Paths cut off at the as-of
  date, beside complete ones, would show too many moves ahead.)
* A deal that is not won gets stuck, rather than refused, by a rule of its own (board approval and
  no HR system in place); a won deal is fast or slow by another. Neither rule moves the chance to
  win, so that the logit and both rules are exact at the same time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from segkit.samples.accounts import LARGE_PRIVATE, STRATA
from segkit.samples.routes import route_deals
from segkit.samples.streams import (
    AS_OF,
    WINDOW_START,
    Floats,
    Texts,
    codes,
    dates,
    expit,
    pick,
    scaled,
    stream,
    systematic,
)

__all__ = [
    "FAST_DAYS",
    "ICP",
    "PRODUCTS",
    "WIN_RATE",
    "draw_deals",
    "expected_auc",
    "log_odds",
]

PRODUCTS = ("Core HR", "Payroll", "Talent", "Scheduling")
DAYS = AS_OF - WINDOW_START + 1

ICP = {
    "central_hr": 1.2,
    "private_1000": 1.1,
    "cloud_policy": 0.7,
    "log_employees": 0.5,
    "partner": 0.3,
    "growth": 0.0,
}
"""Log odds of winning; `log_employees` is the natural logarithm of the staff count."""
_EVEN_ALONG = ("partner", "cloud_policy", "private_1000", "central_hr")
WON, CLOSED, STUCK, OPEN = 620, 2100, 500, 300
WIN_RATE = WON / CLOSED

FAST_DAYS = 70
"""A won deal is fast when it closes within so many days; no won deal lies near the border."""
FAST_SIZE = 250
FAST_IF_RULE, FAST_ELSE = 0.95, 0.04
STUCK_IF_RULE = 0.93
SLOW_COLLEGES = 1.35


def draw_deals(seed: int, scale: float, accounts: pd.DataFrame, reps: Texts) -> pd.DataFrame:
    """Draw the deals, oldest first; the latent columns are described in the module.

    `row` points into `accounts`; `p_win` is the planted chance; `will_win` tells how an open deal
    would end; `second` marks the second deal of an account; `cycle` is days from open to close.
    """
    deals = _candidates(seed, scale, accounts)
    facts = accounts.loc[deals["row"]].reset_index(drop=True)
    columns = ["account_id", "stratum", "segment", "employees", "partner_id"]
    deals[columns] = facts[columns]
    rng = stream(seed, "opportunities.open")
    deals["is_open"] = pick(rng, np.full(len(deals), 0.5), scaled(OPEN, scale))
    _decide(deals, facts, seed)
    _label(deals, facts, seed, scale)
    _time(deals, seed)
    route_deals(deals, seed)
    rng = stream(seed, "opportunities.rep")
    deals["rep_id"] = reps[(rng.random_sample(len(deals)) * len(reps)).astype(int)]
    deals = deals.sort_values(["created", "account_id", "product"], ignore_index=True)
    deals["opp_id"] = codes("D", len(deals))
    return deals


def _candidates(seed: int, scale: float, accounts: pd.DataFrame) -> pd.DataFrame:
    """Choose the accounts of each stratum's pool, and one or two products for each."""
    rng = stream(seed, "opportunities.accounts")
    parts = []
    for number, stratum in enumerate(STRATA):
        rows = np.flatnonzero(accounts["stratum"].to_numpy() == number)
        size = min(scaled(stratum.pool, scale), len(rows) - 1)
        pool = rng.permutation(rows)[:size]
        twice = min(size, max(0, scaled(stratum.deals, scale) - size))
        favour = np.log(stratum.mix) + rng.gumbel(size=(size, len(PRODUCTS)))
        order = np.argsort(-favour, axis=1, kind="stable")
        parts.append(pd.DataFrame({"row": pool, "item": order[:, 0], "second": False}))
        parts.append(pd.DataFrame({"row": pool[:twice], "item": order[:twice, 1], "second": True}))
    deals = pd.concat(parts, ignore_index=True)
    deals["product"] = np.array(PRODUCTS, dtype=object)[deals["item"]]
    return deals


def _traits(accounts: pd.DataFrame) -> pd.DataFrame:
    """Put the criteria of winning into numbers, one row an account."""
    return pd.DataFrame(
        {
            "central_hr": accounts["central_hr"],
            "private_1000": accounts["stratum"] == LARGE_PRIVATE,
            "cloud_policy": accounts["cloud_policy"],
            "log_employees": np.log(accounts["employees"].astype(float)),
            "partner": accounts["partner_id"].notna(),
            "growth": accounts["growth"],
        }
    ).astype(float)


def log_odds(accounts: pd.DataFrame) -> Floats:
    """Sum the weighted criteria of each account; the intercept is left out."""
    traits = _traits(accounts)
    return np.asarray(sum(weight * traits[name].to_numpy() for name, weight in ICP.items()))


def _decide(deals: pd.DataFrame, facts: pd.DataFrame, seed: int) -> None:
    """Win as many deals as planned, each with its chance."""
    rng = stream(seed, "opportunities.outcome")
    closed = ~deals["is_open"].to_numpy()
    odds = log_odds(facts)
    goal = round(WIN_RATE * int(closed.sum()))
    base = brentq(lambda b: expit(b + odds[closed]).sum() - goal, -30.0, 30.0)
    deals["intercept"], deals["p_win"] = base, expit(base + odds)
    chance = deals["p_win"].to_numpy()
    wins = rng.random_sample(len(deals)) < chance
    # Sizes are blurred, so that the two deals of one account do not stand side by side.
    traits = _traits(facts)
    size = traits["log_employees"] + 0.25 * rng.normal(size=len(deals))
    order = [size[closed], *(traits.loc[closed, name] for name in _EVEN_ALONG)]
    wins[closed] = systematic(rng, chance[closed], order)
    deals["will_win"] = wins


def _label(deals: pd.DataFrame, facts: pd.DataFrame, seed: int, scale: float) -> None:
    """Let deals get stuck or be won fast, mostly by rule."""
    rng = stream(seed, "opportunities.label")
    wins = deals["will_win"].to_numpy(bool)
    blocked = (facts["board_approval"] & ~facts["hris_in_place"]).to_numpy(bool)
    lost = ~deals["is_open"].to_numpy() & ~wins
    stuck = scaled(STUCK, scale)
    elsewhere = (stuck - STUCK_IF_RULE * blocked[lost].sum()) / max(1, (~blocked[lost]).sum())
    chance = np.where(blocked, STUCK_IF_RULE, np.clip(elsewhere, 0.01, 0.5))
    deals["is_stuck"] = False
    deals.loc[lost, "is_stuck"] = pick(rng, chance[lost], stuck)
    rule = (facts["central_hr"] & (facts["employees"] > FAST_SIZE)).to_numpy() & ~blocked
    fast = rng.random_sample(len(deals)) < np.where(rule, FAST_IF_RULE, FAST_ELSE)
    deals["is_fast"] = wins & fast
    deals["outcome"] = np.select(
        [deals["is_open"], wins, deals["is_stuck"]], ["open", "won", "stuck"], "refused"
    )


def _time(deals: pd.DataFrame, seed: int) -> None:
    """Date the deals: closed evenly over the window, stuck and open ones by their age."""
    rng = stream(seed, "opportunities.time")
    z, u = rng.normal(size=len(deals)), rng.random_sample(len(deals))
    slow = np.where(deals["segment"] == "community colleges", SLOW_COLLEGES, 1.0)
    fast = np.clip(32 * np.exp(0.25 * z), 10, FAST_DAYS - 8)
    won = np.clip(125 * slow * np.exp(0.28 * z), FAST_DAYS + 10, 420)
    lost = np.clip(85 * slow * np.exp(0.45 * z), 12, 420)
    cycle = np.select([deals["is_fast"], deals["will_win"]], [fast, won], lost).round().astype(int)
    day = np.floor(u * DAYS).astype(int)
    closed_at = WINDOW_START + day
    opened = np.select(
        [deals["is_open"], deals["is_stuck"]],
        [AS_OF - np.ceil(u * cycle).astype(int), WINDOW_START + (day * 0.68).astype(int)],
        closed_at - cycle,
    )
    deals["cycle"], deals["opened"], deals["ended"] = cycle, opened, closed_at
    deals["has_ended"] = deals["outcome"].isin(["won", "refused"])
    deals["created"] = dates(opened)
    deals["closed"] = dates(closed_at, deals["has_ended"])


def expected_auc(p: Floats) -> float:
    """Compute the AUC that planted chances have, over all pairs of a win and a loss.

    Examples
    --------
    >>> expected_auc(np.array([0.2, 0.2]))
    0.5
    """
    _, group = np.unique(p, return_inverse=True)
    wins, losses = np.bincount(group, p), np.bincount(group, 1 - p)
    itself = (p * (1 - p)).sum()
    ahead = (wins * (np.cumsum(losses) - losses / 2)).sum() - itself / 2
    return float(ahead / (p.sum() * (1 - p).sum() - itself))
