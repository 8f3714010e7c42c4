"""The tables of the account phase and their truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.accounts import RATE, WALLET_SIGMA
from segkit.samples.customers import CHURN, MARGIN, draw_invoices, draw_usage
from segkit.samples.deals import ICP, expected_auc
from segkit.samples.world import World

__all__ = ["tables", "truths"]

DISCOUNT_RATE = 0.10
"""Discount rate a year at which the truth of A5 is stated."""


def tables(world: World) -> dict[str, pd.DataFrame]:
    """Draw the tables of the account phase."""
    return {
        "accounts": pd.concat([world.accounts, world.partner_accounts], ignore_index=True),
        "partners": world.partners,
        "contracts": world.contracts,
        "invoices": draw_invoices(world.seed, world.contracts),
        "usage_monthly": draw_usage(world.seed, world.contracts, world.accounts),
    }


def truths(world: World) -> dict[str, Any]:
    """Give the truths of A1 to A6."""
    return {
        "A1": {
            "parameter": {"intercept": world.deals["intercept"].iloc[0], "weights": dict(ICP)},
        },
        "A2": _score_truth(world),
        "A3": _wallet_truth(world),
        "A5": _value_truth(),
    }


def _score_truth(world: World) -> dict[str, Any]:
    chance = world.deals.set_index("opp_id")["p_win"]
    closed = (world.deals["outcome"] != "open").to_numpy()
    auc = expected_auc(chance.to_numpy()[closed])
    return {"parameter": {"auc": auc, "win_probability": chance.to_dict()}}


def _wallet_truth(world: World) -> dict[str, Any]:
    accounts = world.accounts
    rank = pd.Series(accounts["wallet"].to_numpy(), index=accounts["account_id"])
    return {
        "parameter": {
            "formula": "wallet = rate x employees x lognormal(0, sigma), USD a year; "
            "spend = wallet x Beta(2, 2) once all modules of a customer run",
            "rate": dict(RATE),
            "sigma": WALLET_SIGMA,
            "wallet": rank.to_dict(),
        }
    }


def _value_truth() -> dict[str, Any]:
    month = (1 + DISCOUNT_RATE) ** (1 / 12) - 1
    values = {}
    for segment, churn in CHURN.items():
        stay = (1 - churn) ** (1 / 12)
        end = MARGIN / (1 + month - stay)
        values[segment] = {
            "start of month": end * (1 + month),
            "end of month": end,
            "end of month if still there": end * stay,
            "continuous": 12 * MARGIN / (np.log(1 + DISCOUNT_RATE) - np.log(1 - churn)),
        }
    return {
        "parameter": {
            "annual_churn": dict(CHURN),
            "monthly_churn": {name: 1 - (1 - churn) ** (1 / 12) for name, churn in CHURN.items()},
            "mean_lifetime_years": {name: -1 / np.log1p(-churn) for name, churn in CHURN.items()},
            "margin": MARGIN,
            "discount_rate": DISCOUNT_RATE,
            "formula": "LTV per dollar of MRR of a new customer: sum over months k = 0, 1, ... of "
            "margin x stay^k / (1 + d)^k, by when the month's cash comes in",
            "ltv_per_mrr": values,
        }
    }
