"""What customers and campaigns cost, who recommended whom, and the goals of the year."""

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
    first_days,
    month_of,
    stream,
)
from segkit.samples.world import World

__all__ = [
    "acquisition_truth",
    "bridge_truth",
    "draw_cost_to_serve",
    "draw_goals",
    "draw_gtm_costs",
    "draw_referrals",
]

SERVICE_SHARE = {
    "school systems": 0.32,
    "community colleges": 1.10,
    "public universities": 0.24,
    "private universities": 0.15,
}
"""Cost to serve as a share of the amount invoiced; above the margin of 78 % a segment loses."""
_HOUR = 85.0
_SERVICE_NOISE = 0.35
_SERVED_MONTHS = 12

OUTBOUND_TO_INBOUND = 4.0
"""Fully loaded cost of an outbound customer, in inbound customers."""
_INBOUND_TO_PARTNER = 1.25
_SHARED_PER_DEAL = 400.0
_PARTNER_PROGRAM = 1800.0
_CATEGORIES = {"people": 0.55, "technology": 0.15, "third party": 0.30}
_REFERRALS = 0.10


def draw_cost_to_serve(world: World, invoices: pd.DataFrame) -> pd.DataFrame:
    """Draw the cost to serve of end users over twelve months, as a share of what they paid."""
    rng = stream(world.seed, "cost_to_serve")
    since = dates(first_days(month_of(AS_OF) - _SERVED_MONTHS + 1))
    recent = invoices[(invoices["month"] >= since) & invoices["segment"].notna()]
    frame = recent.groupby(["account_id", "month"], as_index=False).agg(
        amount=("amount", "sum"), segment=("segment", "first")
    )
    sigma = _SERVICE_NOISE
    noise = np.exp(sigma * rng.normal(size=len(frame)) - sigma**2 / 2)
    cost = frame["amount"] * frame["segment"].map(SERVICE_SHARE) * noise
    frame["cost"] = cost.round(2)
    frame["hours"] = (frame["cost"] / _HOUR).round(1)
    return frame


def draw_referrals(world: World) -> pd.DataFrame:
    """Let a tenth of the won deals come on the word of an older customer."""
    rng = stream(world.seed, "referrals")
    won = world.deals[(world.deals["outcome"] == "won") & ~world.deals["second"]]
    came = won[rng.random_sample(len(won)) < _REFERRALS].reset_index(drop=True)
    old = world.end_user_contracts.drop_duplicates("account_id")
    old = old[(old["begin"] < WINDOW_START) & (old["leaves"] > WINDOW_START)]
    names = old["account_id"].to_numpy(object)
    which = (rng.random_sample(len(came)) * len(names)).astype(int)
    day = came["opened"] - np.floor(5 + 25 * rng.random_sample(len(came))).astype(int)
    return pd.DataFrame(
        {
            "referral_id": codes("W", len(came)),
            "account_id": names[which],
            "referred_account_id": came["account_id"],
            "date": dates(day),
            "revenue": came["value"],
        }
    )


def _planned_costs(world: World) -> dict[str, float]:
    """Work the spending of each channel backwards from the planted costs of a customer."""
    counts = _counts(world)
    margin = _partner_margin(world)
    partner = margin / counts["won"]["partner"] + _PARTNER_PROGRAM
    target = {
        "partner": _PARTNER_PROGRAM,
        "inbound": _INBOUND_TO_PARTNER * partner,
        "outbound": OUTBOUND_TO_INBOUND * _INBOUND_TO_PARTNER * partner,
    }
    own = {
        channel: cost * counts["won"][channel] - _SHARED_PER_DEAL * counts["closed"][channel]
        for channel, cost in target.items()
    }
    return own | {"shared": _SHARED_PER_DEAL * sum(counts["closed"].values())}


def _counts(world: World) -> dict[str, dict[str, int]]:
    closed = world.deals[world.deals["outcome"] != "open"]
    won = closed[closed["outcome"] == "won"]
    return {
        "closed": _tally(closed["lead_source"]),
        "won": _tally(won["lead_source"]),
    }


def _tally(labels: pd.Series) -> dict[str, int]:
    return {str(label): int(count) for label, count in labels.value_counts().items()}


def _partner_margin(world: World) -> float:
    """Sum what partners keep of the first year of the deals they won."""
    won = world.deals[(world.deals["outcome"] == "won") & (world.deals["channel"] == "partner")]
    rate = won["partner_id"].map(world.partners.set_index("partner_id")["margin"])
    return float((rate * won["value"]).sum())


def draw_gtm_costs(world: World) -> pd.DataFrame:
    """Spread each channel's spending over months and categories, to the cent."""
    rng = stream(world.seed, "gtm_costs")
    months = np.arange(int(month_of(WINDOW_START)), int(month_of(AS_OF)) + 1)
    parts = []
    for channel, total in _planned_costs(world).items():
        noise = 0.8 + 0.4 * rng.random_sample((len(months), len(_CATEGORIES)))
        weight = noise * np.array(list(_CATEGORIES.values()))
        cents = apportion(round(total * 100), weight.ravel())
        parts.append(
            pd.DataFrame(
                {
                    "month": dates(first_days(np.repeat(months, len(_CATEGORIES)))),
                    "channel": channel,
                    "category": np.tile(np.array(list(_CATEGORIES), dtype=object), len(months)),
                    "amount": cents / 100,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values(["month", "channel"], kind="stable", ignore_index=True)


def acquisition_truth(world: World, costs: pd.DataFrame) -> dict[str, Any]:
    """Give the cost of a customer by source: paid only, and fully loaded."""
    counts, spent = _counts(world), costs.groupby("channel")["amount"].sum()
    margin = {"partner": _partner_margin(world)}
    sources = ("inbound", "outbound", "partner")
    share = spent["shared"] / sum(counts["closed"].values())
    loaded = {
        source: (spent[source] + share * counts["closed"][source] + margin.get(source, 0.0))
        / counts["won"][source]
        for source in sources
    }
    return {
        "parameter": {"outbound_to_inbound": OUTBOUND_TO_INBOUND, "cheapest": "partner"},
        "realised": {
            "rule": "own spending + shared spending by number of closed deals (won, refused and "
            "stuck) + for partners their margin on the first year of the won deals, a customer "
            "being a won deal",
            "paid": {source: spent[source] / counts["won"][source] for source in sources},
            "fully_loaded": loaded,
            "outbound_to_inbound": loaded["outbound"] / loaded["inbound"],
            "ledger_total": costs["amount"].sum(),
            "partner_margin": margin["partner"],
            "won": counts["won"],
            "closed": counts["closed"],
        },
    }


def bridge(world: World) -> dict[str, float]:
    """Bridge the yearly revenue of end users and partners over the last twelve months."""
    year = int(first_days(month_of(AS_OF) - 11))
    c = world.contracts
    arr = 12 * c["mrr"]
    before, left = c["begin"] < year, c["leaves"] <= AS_OF
    first = c.groupby("account_id")["begin"].transform("min")
    old = first < year
    gone = before & left & (c["leaves"] >= year)
    return {
        "start": float(arr[before & (c["leaves"] >= year)].sum()),
        "new": float(arr[~before & ~old & ~left].sum()),
        "expansion": float(arr[~before & old & ~left].sum()),
        "contraction": 0.0,
        "churn": -float(arr[gone].sum()),
    }


def draw_goals(world: World) -> pd.DataFrame:
    """State the bridge of the year that ends, and the target of the next: a fifth more."""
    lines = {kind: round(amount, 2) for kind, amount in bridge(world).items()}
    end = sum(lines.values())
    amounts = [*lines.values(), round(end * 1.2, -3)]
    due = [AS_OF] * len(lines) + [int(np.datetime64("2027-06-30", "D").astype(int))]
    return pd.DataFrame(
        {
            "goal_id": codes("G", len(amounts)),
            "kind": [*lines, "target"],
            "amount": amounts,
            "due": dates(due),
        }
    )


def bridge_truth(world: World) -> dict[str, Any]:
    """Give the revenue bridge and the retention that follow from it."""
    lines = bridge(world)
    kept = lines["start"] + lines["churn"] + lines["contraction"]
    return {
        "realised": lines
        | {
            "end": sum(lines.values()),
            "gross_revenue_retention": kept / lines["start"],
            "net_revenue_retention": (kept + lines["expansion"]) / lines["start"],
        }
    }
