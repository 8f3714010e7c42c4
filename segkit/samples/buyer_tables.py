"""The tables of the buyer phase and their truths."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.samples.buyer_surveys import (
    choice_truth,
    conjoint,
    conjoint_truth,
    engagement,
    engagement_truth,
    maxdiff,
)
from segkit.samples.committees import ENGAGED, ROLES, WIN_RATES, expected_roles, roles_of
from segkit.samples.world import Tables, World

__all__ = ["tables", "truths"]


def tables(world: World) -> Tables:
    """Draw the tables of the buyer phase."""
    return {
        "contacts": world.contacts,
        "opp_contacts": world.opp_contacts,
        "maxdiff_buyers": maxdiff(world),
        "conjoint_buyers": conjoint(world),
        "engagement_survey": engagement(world),
    }


def truths(world: World, _: Tables) -> dict[str, Any]:
    """Give the truths of B1, B2, B4 and B5, and of the conjoint."""
    return {
        "B1": _committee_truth(world),
        "B2": choice_truth(),
        "conjoint": conjoint_truth(),
    } | engagement_truth()


def _committee_truth(world: World) -> dict[str, Any]:
    contacts, deals = world.contacts, world.deals
    held = contacts[list(ROLES)].to_numpy(bool)[world.opp_contacts["contact"]]
    engaged = pd.DataFrame(held, columns=list(ROLES)).groupby(world.opp_contacts["opp"]).any()
    engaged = engaged.reindex(range(len(deals)), fill_value=False)
    both = (engaged["decider"] & engaged["user"]).to_numpy()
    closed, won = (deals["outcome"] != "open").to_numpy(), (deals["outcome"] == "won").to_numpy()
    rates = {"decider and user": won[closed & both].mean(), "not both": won[closed & ~both].mean()}
    return {
        "parameter": {
            "win_rate": dict(WIN_RATES),
            "win_rate_ratio": WIN_RATES["decider and user"] / WIN_RATES["not both"],
            "engaged": dict(ENGAGED),
            "mean_roles_engaged": expected_roles(),
            "roles": dict(zip(contacts["contact_id"], roles_of(contacts), strict=True)),
        },
        "realised": {
            "win_rate": rates,
            "win_rate_ratio": rates["decider and user"] / rates["not both"],
            "mean_roles_engaged": engaged.sum(axis=1).mean(),
            "mean_people_engaged": len(world.opp_contacts) / len(deals),
        },
    }
