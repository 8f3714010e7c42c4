"""The tables of the account phase and their truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.accounts import RATE, WALLET_SIGMA
from segkit.samples.customers import CHURN, MARGIN, draw_invoices, draw_usage
from segkit.samples.deals import ICP, expected_auc
from segkit.samples.ledger import (
    acquisition_truth,
    bridge_truth,
    draw_cost_to_serve,
    draw_goals,
    draw_gtm_costs,
    draw_referrals,
)
from segkit.samples.world import Tables, World
from segkit.samples.worth import (
    abc_truth,
    grover_truth,
    party_truth,
    promise_truth,
    scheme_truth,
    segment_truth,
)

__all__ = ["tables", "truths"]

DISCOUNT_RATE = 0.10
"""Discount rate a year at which the truth of A5 is stated."""


def tables(world: World) -> Tables:
    """Draw the tables of the account phase."""
    invoices = draw_invoices(world.seed, world.contracts)
    return {
        "accounts": pd.concat([world.accounts, world.partner_accounts], ignore_index=True),
        "partners": world.partners,
        "contracts": world.contracts,
        "invoices": invoices,
        "usage_monthly": draw_usage(world.seed, world.contracts, world.accounts),
        "cost_to_serve": draw_cost_to_serve(world, invoices),
        "referrals": draw_referrals(world),
        "gtm_costs": draw_gtm_costs(world),
        "goals": draw_goals(world),
    }


def truths(world: World, drawn: Tables) -> dict[str, Any]:
    """Give the truths of A1 to A6 and of what else the accounts tell."""
    return {
        "A1": _profile_truth(world),
        "A2": _score_truth(world),
        "A3": _wallet_truth(world),
        "A4": acquisition_truth(world, drawn["gtm_costs"]),
        "A5": _value_truth(),
        "A6": promise_truth(world),
        "abc": abc_truth(drawn["invoices"]),
        "party_type": party_truth(world),
        "segment_value": segment_truth(world),
        "schemes": scheme_truth(world),
        "grover": grover_truth(world, drawn["invoices"], drawn["cost_to_serve"]),
        "goals": bridge_truth(world),
    }


def _profile_truth(world: World) -> dict[str, Any]:
    return {
        "parameter": {
            "formula": "log odds of winning = intercept + sum of weight x criterion; "
            "private_1000: a private university with 1,000 and more staff; log_employees: natural "
            "logarithm of the staff; partner: the account has a partner_id",
            "intercept": world.deals["intercept"].iloc[0],
            "weights": dict(ICP),
        }
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
