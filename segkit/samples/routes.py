"""How each deal came in and went out: channel, source, reason, rival and cost of selling.

None of them moves the outcome, but that deals through a partner are won more often (A1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.streams import Texts, money, stream, systematic

__all__ = ["BEST_ROUTE", "COSTS", "add_delivery_costs", "route_deals"]

COSTS: dict[str, dict[str, tuple[float, float]]] = {
    "Core HR": {"direct": (3000, 0.25), "partner": (800, 0.75), "online": (1500, 0.80)},
    "Payroll": {"direct": (9000, 0.50), "partner": (300, 0.30), "online": (6000, 0.55)},
    "Talent": {"direct": (2500, 0.30), "partner": (800, 0.55), "online": (1500, 0.65)},
    "Scheduling": {"direct": (6000, 0.50), "partner": (3500, 0.70), "online": (100, 0.15)},
}
"""Cost of selling and starting a customer: dollars a deal, and share of the first year."""
BEST_ROUTE = {"Core HR": "direct", "Payroll": "partner", "Scheduling": "online"}
"""Route that leaves most a won deal: Core HR to private universities with 1,000 and more staff,
Payroll to school systems, Scheduling to community colleges."""
_ONLINE = {"Core HR": 0.15, "Payroll": 0.20, "Talent": 0.25, "Scheduling": 0.45}
_INBOUND = 0.62
_RIVALS = ("Vendor A", "Vendor B", "Vendor C", "Vendor D")
_REASONS = {
    "won": {"implementation speed": 0.34, "support": 0.28, "product fit": 0.22, "price": 0.06,
            "union rules": 0.02, "reporting": 0.08},
    "refused": {"price": 0.36, "union rules": 0.22, "product fit": 0.16, "reporting": 0.12,
                "support": 0.06, "implementation speed": 0.04, "no budget": 0.04},
    "stuck": {"board approval pending": 0.70, "no decision": 0.30},
}  # fmt: skip


def route_deals(deals: pd.DataFrame, seed: int) -> None:
    """Give each deal its channel, source, reason and rival; none of them moves the outcome."""
    rng = stream(seed, "opportunities.route")
    chance = deals["product"].map(_ONLINE).to_numpy(float)
    order = (deals["employees"], deals["stratum"], deals["outcome"], deals["item"])
    online = systematic(rng, chance, order)
    partner = deals["partner_id"].notna()
    inbound = rng.random_sample(len(deals)) < _INBOUND
    deals["channel"] = np.select([partner, online], ["partner", "online"], "direct")
    deals["lead_source"] = np.select([partner, inbound], ["partner", "inbound"], "outbound")
    deals["reason"] = _labels(rng, deals["outcome"], _REASONS)
    rival = dict.fromkeys(_RIVALS, 0.18)
    named = _labels(
        rng, deals["outcome"], dict.fromkeys(("won", "refused", "stuck", "open"), rival)
    )
    deals["competitor"] = named


def _labels(rng: np.random.RandomState, kinds: Any, shares: Any) -> Texts:
    """Draw a label for each row from the shares of its kind; what the shares leave is empty."""
    u = rng.random_sample(len(kinds))
    labels = np.full(len(kinds), None, dtype=object)
    for kind, table in shares.items():
        edges = np.cumsum(list(table.values())).round(9)
        names = np.array([*table, None], dtype=object)
        rows = np.asarray(kinds) == kind
        labels[rows] = names[np.searchsorted(edges, u[rows], side="right")]
    return labels


def add_delivery_costs(deals: pd.DataFrame, seed: int) -> None:
    """Cost the won deals by product and channel, give or take a tenth; others have no customer."""
    rng = stream(seed, "opportunities.cost")
    pairs = zip(deals["product"], deals["channel"], strict=True)
    fixed, share = np.array([COSTS[product][channel] for product, channel in pairs]).T
    cost = (fixed + share * deals["value"].to_numpy()) * (0.9 + 0.2 * rng.random_sample(len(deals)))
    deals["delivery_cost"] = money(np.where(deals["outcome"] == "won", cost, np.nan))
