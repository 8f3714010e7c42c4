"""Leads and the content topics that drew them.

Every deal came from one lead. Among the inbound leads the kinds are shared out so that a demo
request becomes a customer ten times as often as the download of an e-book. Inbound leads are drawn
by topics whose visits fall off with rank to the power of -0.87.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.streams import (
    AS_OF,
    WINDOW_START,
    Floats,
    Texts,
    codes,
    dates,
    deal_out,
    money,
    scaled,
    stream,
    where_known,
)
from segkit.samples.world import World

__all__ = ["content_topics", "draw_leads", "lead_truth", "tail_truth"]

CUSTOMER_RATE = {"demo request": 0.15, "webinar": 0.05, "e-book": 0.015}
"""Share of the inbound leads of each kind that became customers."""
_WON_BY_KIND = {"demo request": 0.50, "webinar": 0.33, "e-book": 0.17}
_LOST_BY_KIND = {"demo request": 0.40, "webinar": 0.35, "e-book": 0.25}
_OTHER_LEADS = {"outbound": 4400, "partner": 1200}
_KIND = {"outbound": "list", "partner": "referral"}
_QUALIFIED_UNSOLD = 0.04
_WORKED = {"inbound": 0.80, "outbound": 0.95, "partner": 0.90}

TOPICS = 800
SLOPE = -0.87
"""Slope of log visits on log rank."""
_TOP_VISITS = 60_000
_TOPIC_NOISE = 0.04


def draw_leads(world: World) -> pd.DataFrame:
    """Draw the leads by day; the latent column `won` tells which became customers."""
    rng = stream(world.seed, "leads")
    linked = _linked(rng, world.deals)
    leads = pd.concat([linked, _unlinked(rng, world.scale, linked)], ignore_index=True)
    sources = leads["source"].to_numpy(object)
    worked = rng.random_sample(len(leads)) < np.array([_WORKED[source] for source in sources])
    wait = np.floor(rng.exponential(1.6, size=len(leads))).astype(int)
    touched = leads["day"].to_numpy() + wait
    known = (leads["opp_id"].notna() | worked) & (touched <= AS_OF)
    leads["first_touch"] = dates(touched, known)
    inbound = sources == "inbound"
    weight = np.cumsum(_rank_weights()) / _rank_weights().sum()
    rank = np.searchsorted(weight, rng.random_sample(len(leads)), side="right")
    leads["topic"] = where_known(_topic_names()[np.minimum(rank, TOPICS - 1)], inbound)
    leads = leads.sort_values(["day", "source", "type"], kind="stable", ignore_index=True)
    leads["created"] = dates(leads["day"])
    leads["lead_id"] = codes("L", len(leads))
    return leads


def _linked(rng: np.random.RandomState, deals: pd.DataFrame) -> pd.DataFrame:
    """Give every deal its lead, a few days before the deal was opened."""
    before = np.floor(rng.exponential(6.0, size=len(deals))).astype(int)
    frame = pd.DataFrame(
        {
            "day": deals["opened"] - before,
            "source": deals["lead_source"],
            "opp_id": deals["opp_id"],
            "won": deals["outcome"] == "won",
            "qualified": True,
        }
    )
    frame["type"] = frame["source"].map(_KIND)
    for won, shares in ((True, _WON_BY_KIND), (False, _LOST_BY_KIND)):
        rows = (frame["source"] == "inbound") & (frame["won"] == won)
        frame.loc[rows, "type"] = deal_out(rng, int(rows.sum()), shares)
    return frame


def _unlinked(rng: np.random.RandomState, scale: float, linked: pd.DataFrame) -> pd.DataFrame:
    """Add the leads that became no deal, as many of each kind as the rates ask for."""
    inbound = linked[linked["source"] == "inbound"]
    counts = {
        ("inbound", kind): round(int((inbound["type"] == kind)[inbound["won"]].sum()) / rate)
        - int((inbound["type"] == kind).sum())
        for kind, rate in CUSTOMER_RATE.items()
    }
    for source, count in _OTHER_LEADS.items():
        rest = scaled(count, scale) - int((linked["source"] == source).sum())
        counts[source, _KIND[source]] = max(0, rest)
    labels = [pair for pair, count in counts.items() for _ in range(count)]
    total = len(labels)
    return pd.DataFrame(
        {
            "day": WINDOW_START
            + (rng.random_sample(total) * (AS_OF - WINDOW_START + 1)).astype(int),
            "source": [source for source, _ in labels],
            "type": [kind for _, kind in labels],
            "opp_id": None,
            "won": False,
            "qualified": rng.random_sample(total) < _QUALIFIED_UNSOLD,
        }
    )


def lead_truth(world: World, leads: pd.DataFrame) -> dict[str, Any]:
    """Give what a lead of each kind is worth: chance of a customer times mean first-year value."""
    inbound = leads[leads["source"] == "inbound"]
    rate = inbound.groupby("type")["won"].mean()
    won = world.deals[world.deals["outcome"] == "won"]
    worth = won.loc[won["lead_source"] == "inbound", "value"].mean()
    return {
        "parameter": {"customer_rate": dict(CUSTOMER_RATE), "demo_to_e_book": 10.0},
        "realised": {
            "customer_rate": rate.to_dict(),
            "demo_to_e_book": rate["demo request"] / rate["e-book"],
            "mean_value_of_inbound_customer": worth,
            "lead_value": (rate * worth).to_dict(),
        },
    }


def _rank_weights() -> Floats:
    return np.arange(1.0, TOPICS + 1) ** SLOPE


def _topic_names() -> Texts:
    """Name the topics by rank: a theme and whom it is for."""
    themes = ("payroll calendar", "leave policy", "onboarding list", "pay scales", "audit trail",
              "time sheets", "substitute pool", "grant payroll", "benefits choice", "exit talk",
              "job posting", "reference check", "shift swap", "overtime rules", "tax forms",
              "pension report", "adjunct contracts", "union agreement", "staff survey",
              "training record")  # fmt: skip
    groups = ("schools", "colleges", "universities", "districts", "deans", "principals", "clerks",
              "coaches", "adjuncts", "librarians", "nurses", "drivers", "researchers", "boards",
              "auditors", "treasurers", "registrars", "campuses", "unions", "teachers", "labs",
              "dining", "athletics", "facilities", "IT teams", "interns", "retirees", "parents",
              "counsel", "payroll offices", "HR offices", "nurseries", "arts", "sciences",
              "law schools", "clinics", "presses", "museums", "farms", "libraries")  # fmt: skip
    return np.array([f"{theme} for {group}" for group in groups for theme in themes], dtype=object)


def content_topics(world: World, leads: pd.DataFrame) -> pd.DataFrame:
    """Count the leads and the won revenue of each topic; visits follow the rank."""
    rng = stream(world.seed, "content_topics")
    names = _topic_names()
    noise = np.exp(_TOPIC_NOISE * rng.normal(size=TOPICS))
    value = leads["opp_id"].map(world.deals.set_index("opp_id")["value"])
    revenue = value.where(leads["won"]).groupby(leads["topic"]).sum()
    return pd.DataFrame(
        {
            "topic": names,
            "visits": (_TOP_VISITS * _rank_weights() * noise).round().astype(int),
            "leads": leads["topic"].value_counts().reindex(names).fillna(0).astype(int).to_numpy(),
            "revenue": money(revenue.reindex(names).fillna(0.0)),
        }
    )


def tail_truth() -> dict[str, Any]:
    """Give the slope of the long tail, and its share beyond some ranks."""
    power = 1 + SLOPE
    beyond = {
        rank: (TOPICS**power - rank**power) / (TOPICS**power - 1) for rank in (10, 50, 100, 400)
    }
    return {
        "parameter": {
            "slope": SLOPE,
            "topics": TOPICS,
            "formula": "tail share beyond rank r = (N^(1+b) - r^(1+b)) / (N^(1+b) - 1)",
            "tail_share_beyond": beyond,
        }
    }
