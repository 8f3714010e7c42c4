"""Who is worth what: ABC classes, partners, tests of a segment, and the promise of prospects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.accounts import STRATA
from segkit.samples.customers import MARGIN, PARTNER_SHARE
from segkit.samples.deals import log_odds
from segkit.samples.streams import AS_OF, dates, expit, first_days, month_of, stream
from segkit.samples.user_surveys import need_segments
from segkit.samples.world import World

__all__ = [
    "abc_truth",
    "grover_truth",
    "party_truth",
    "promise_truth",
    "scheme_truth",
    "segment_truth",
]


def abc_truth(invoices: pd.DataFrame) -> dict[str, Any]:
    """Give the share of end users that hold 80 % of the last twelve months' amount."""
    since = dates(first_days(month_of(AS_OF) - 11))
    recent = invoices[(invoices["month"] >= since) & invoices["segment"].notna()]
    amount = (
        recent.groupby("account_id")["amount"].sum().sort_values(ascending=False, kind="stable")
    )
    in_a = amount.cumsum() <= 0.8 * amount.sum()
    return {
        "realised": {
            "rule": "end users by amount invoiced in the last twelve months; class A while the "
            "cumulative share is at most 80 %",
            "customers": len(amount),
            "a_customers": int(in_a.sum()),
            "a_share_of_customers": in_a.mean(),
            "a_share_of_value": amount[in_a].sum() / amount.sum(),
        }
    }


def party_truth(world: World) -> dict[str, Any]:
    """Give the partners' share of the running licences, and what pooling does to the mean."""
    running = world.contracts[world.contracts["running"]]
    own = running["segment"].notna()
    annual = 12 * running["mrr"]
    per_account = annual.groupby([~own, running["account_id"]]).sum()
    means = {
        "pooled": annual.mean(),
        "end users": annual[own].mean(),
        "partners": annual[~own].mean(),
    }
    by_account = {"pooled": per_account.mean(), "end users": per_account[False].mean()}
    return {
        "parameter": {"partner_share": PARTNER_SHARE},
        "realised": {
            "partners": len(world.partners),
            "partner_share": annual[~own].sum() / annual.sum(),
            "mean_acv": means,
            "pooling_moves_mean_acv_by": means["pooled"] / means["end users"] - 1,
            "pooling_moves_mean_per_account_by": by_account["pooled"] / by_account["end users"] - 1,
            "note": "ACV is the yearly value of a contract",
        },
    }


def segment_truth(world: World) -> dict[str, Any]:
    """Give the yearly revenue of each part of a segment, largest first."""
    own = world.end_user_contracts
    running = own[own["running"]]
    stratum = world.accounts["stratum"].to_numpy()[running["row"].to_numpy(int)]
    revenue = (
        (12 * running["mrr"]).groupby(stratum).sum().sort_values(ascending=False, kind="stable")
    )
    names = [STRATA[place].subsegment for place in revenue.index]
    return {"realised": {"annual_revenue": dict(zip(names, revenue, strict=True))}}


def grover_truth(world: World, invoices: pd.DataFrame, service: pd.DataFrame) -> dict[str, Any]:
    """Give the three tests of a segment (Grover) and who fails which."""
    since = dates(first_days(month_of(AS_OF) - 11))
    own = invoices[invoices["segment"].notna()]
    recent = own[own["month"] >= since]
    paid = recent.groupby("segment")[["amount", "cost"]].sum()
    served = service.groupby("segment")["cost"].sum()
    left = paid["amount"] - paid["cost"] - served
    members = recent.groupby("segment")["account_id"].nunique()
    part = world.accounts.set_index("account_id")["subsegment"]
    by_part = _growth(own, own["account_id"].map(part))
    by_segment = _growth(own, own["segment"])
    rng = stream(world.seed, "grover")
    customers = recent["account_id"].drop_duplicates().sort_values().to_numpy(object)
    chosen = np.sort(rng.permutation(customers)[: len(customers) // 4])
    return {
        "realised": {
            "contribution_per_member": (left / members).to_dict(),
            "fails_profitable": [name for name, value in left.items() if value <= 0],
            "yearly_growth_of_revenue": by_segment | by_part,
            "fails_growing": [name for name, rise in (by_segment | by_part).items() if rise <= 0],
        },
        "parameter": {
            "random_segment": chosen.tolist(),
            "note": "the random segment is drawn without regard to anything: it cannot be told "
            "from descriptor fields",
        },
    }


def scheme_truth(world: World) -> dict[str, Any]:
    """Give how much of the share of wallet each way of grouping the users' accounts explains."""
    accounts = world.accounts.set_index("account_id").reindex(world.users["account_id"])
    share = accounts["wallet_share"].reset_index(drop=True)
    schemes = {"job of the user": need_segments(world)} | {
        name: accounts[name].to_numpy(object) for name in ("segment", "subsegment", "state")
    }
    spread = ((share - share.mean()) ** 2).sum()
    explained = {
        name: 1 - ((share - share.groupby(group).transform("mean")) ** 2).sum() / spread
        for name, group in schemes.items()
    }
    return {"realised": {"explained_share_of_wallet": explained}}


def _growth(invoices: pd.DataFrame, group: pd.Series) -> dict[str, float]:
    """Compute the yearly growth of the amount from the first to the last of three years."""
    yearly = invoices.groupby([group, _year(invoices["month"])])["amount"].sum().unstack()
    growth = (yearly[2] / yearly[0]) ** 0.5 - 1
    return {str(name): float(rise) for name, rise in growth.items()}


def _year(month: pd.Series) -> Any:
    """Count the years of the history, July to June, from 0."""
    return (month.dt.year * 12 + month.dt.month - 7) // 12 - 2023


def promise_truth(world: World) -> dict[str, Any]:
    """Give the chance to win and the expected yearly margin of every prospect."""
    accounts = world.accounts
    prospect = (accounts["status"] == "prospect").to_numpy()
    names = accounts["account_id"].to_numpy(object)[prospect]
    base = world.deals["intercept"].iloc[0]
    chance = expit(base + log_odds(accounts))[prospect]
    worth = chance * accounts["wallet"].to_numpy()[prospect] * 0.5 * MARGIN
    ranked = np.sort(worth)[::-1]
    top = ranked[: -(-len(ranked) // 10)].sum() / ranked.sum()
    return {
        "parameter": {
            "formula": "expected value = P(win) x wallet x mean share of wallet (0.5) x margin",
            "win_probability": dict(zip(names, chance, strict=True)),
            "expected_value": dict(zip(names, worth.round(2), strict=True)),
        },
        "realised": {"top_decile_share_of_value": top},
    }
