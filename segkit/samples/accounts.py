"""The universe of 16,591 accounts, its sample of 5,000 rows, and the partners.

Only the counts and size bands are real (see the table `facts`); names and people are fictional.
Rows are drawn by stratum and carry a weight; the weights of a stratum sum to its count exactly.
An account's wallet (what it spends a year on the category) is rate x employees x lognormal(0.15);
its share with Larkspur would be Beta(2, 2), independent of everything else, and spread evenly over
accounts of like size, so that a few large ones do not decide what the whole company earns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from segkit.samples.names import institutions, partner_names
from segkit.samples.streams import (
    Floats,
    Ints,
    Texts,
    apportion,
    codes,
    deal_out,
    scaled,
    stream,
    systematic,
    where_known,
)

__all__ = [
    "LARGE_PRIVATE",
    "RATE",
    "SEGMENTS",
    "STRATA",
    "WALLET_SIGMA",
    "Stratum",
    "draw_accounts",
    "draw_partners",
    "partner_accounts",
]


@dataclass(frozen=True, slots=True)
class Stratum:
    """One size band of a segment: how many exist, and how Larkspur works it.

    `median` and `sigma` describe the lognormal staff count, cut to `low..high`; `deals` come from
    a pool of `pool` accounts; `legacy` customers were won before the history begins; `partnered`
    is the share of accounts served by a partner; `mix` is how often each product opens the door.
    """

    segment: str
    subsegment: str
    universe: int
    rows: int
    median: float
    sigma: float
    low: int
    high: int
    deals: int
    pool: int
    legacy: int
    partnered: float
    mix: tuple[float, float, float, float]


STRATA = (
    # universe, rows, median, sigma, low, high,
    #     deals, pool, legacy, partnered, mix of Core HR, Payroll, Talent, Scheduling
    Stratum("school systems", "small rural", 5600, 700, 70, 0.45, 10, 149,
            30, 20, 120, 0.40, (0.20, 0.50, 0.15, 0.15)),
    Stratum("school systems", "town", 4000, 750, 220, 0.50, 40, 1500,
            350, 233, 90, 0.40, (0.20, 0.50, 0.15, 0.15)),
    Stratum("school systems", "suburban", 2700, 750, 420, 0.60, 60, 5000,
            240, 160, 45, 0.40, (0.20, 0.50, 0.15, 0.15)),
    Stratum("school systems", "city", 1018, 400, 800, 0.80, 90, 20000,
            240, 160, 30, 0.40, (0.20, 0.50, 0.15, 0.15)),
    Stratum("community colleges", "college under 500 staff", 451, 320, 465, 0.776, 40, 499,
            140, 93, 25, 0.20, (0.20, 0.15, 0.15, 0.50)),
    Stratum("community colleges", "college 500+ staff", 390, 280, 465, 0.776, 500, 5000,
            140, 93, 25, 0.20, (0.20, 0.15, 0.15, 0.50)),
    Stratum("public universities", "public under 500 staff", 198, 150, 1079, 1.21, 80, 499,
            60, 40, 10, 0.20, (0.42, 0.08, 0.42, 0.08)),
    Stratum("public universities", "public 500+ staff", 578, 450, 1079, 1.21, 500, 12000,
            220, 147, 45, 0.20, (0.48, 0.02, 0.48, 0.02)),
    Stratum("private universities", "private 1,000+ staff", 213, 213, 282, 2.20, 1000, 30000,
            320, 160, 15, 0.20, (0.62, 0.01, 0.36, 0.01)),
    Stratum("private universities", "private 300-999 staff", 571, 500, 282, 1.12, 300, 999,
            380, 253, 100, 0.20, (0.40, 0.15, 0.30, 0.15)),
    Stratum("private universities", "private under 300 staff", 872, 462, 282, 1.12, 15, 299,
            280, 187, 55, 0.20, (0.35, 0.20, 0.25, 0.20)),
)  # fmt: skip
LARGE_PRIVATE = 8
"""Place of the private universities with 1,000 and more staff in `STRATA`."""
SEGMENTS = tuple(dict.fromkeys(stratum.segment for stratum in STRATA))

RATE = {
    "school systems": 36.0,
    "community colleges": 30.0,
    "public universities": 13.0,
    "private universities": 72.0,
}
"""Wallet: US dollars per employee and year."""
WALLET_SIGMA = 0.15
_SIZE_BLOCK = 8
TRAIT_CHANCES = {
    "central_hr": 0.5,
    "payroll_outsourced": 0.4,
    "hris_in_place": 0.5,
    "board_approval": 0.6,
    "cloud_policy": 0.6,
}
_UNION = {
    "school systems": 0.7,
    "community colleges": 0.6,
    "public universities": 0.5,
    "private universities": 0.15,
}
_STUDENTS = {
    "school systems": 7.5,
    "community colleges": 14.0,
    "public universities": 8.0,
    "private universities": 5.5,
}
_METROS = {
    "California": ("Los Angeles", "San Francisco", "San Diego"),
    "Texas": ("Houston", "Dallas", "Austin"),
    "New York": ("New York City", "Buffalo"),
    "Florida": ("Miami", "Tampa"),
    "Pennsylvania": ("Philadelphia", "Pittsburgh"),
    "Illinois": ("Chicago", "Springfield"),
    "Ohio": ("Columbus", "Cleveland"),
    "Michigan": ("Detroit", "Grand Rapids"),
    "Georgia": ("Atlanta", "Savannah"),
    "North Carolina": ("Charlotte", "Raleigh"),
    "Massachusetts": ("Boston", "Worcester"),
    "Washington": ("Seattle", "Spokane"),
    "Missouri": ("St. Louis", "Kansas City"),
    "Minnesota": ("Minneapolis", "Duluth"),
    "Colorado": ("Denver", "Pueblo"),
    "Oregon": ("Portland", "Eugene"),
}
_STATE_SHARES = (0.13, 0.11, 0.10, 0.07, 0.07, 0.07, 0.06, 0.05, 0.05, 0.05, 0.05, 0.04, 0.04, 0.04,
                 0.04, 0.03)  # fmt: skip
_URBAN = {"small rural": 0.0, "town": 0.2}
_PARTNER_TYPES = {"integrate": 0.24, "add value": 0.32, "resell": 0.28, "distribute": 0.16}
_PARTNER_MARGIN = {"integrate": 0.15, "add value": 0.20, "resell": 0.25, "distribute": 0.30}


def draw_partners(seed: int, scale: float) -> pd.DataFrame:
    """Draw the 25 partners, each with the margin of its type give or take 3 points."""
    rng = stream(seed, "partners")
    count = scaled(25, scale, least=2)
    types = deal_out(rng, count, _PARTNER_TYPES)
    margin = [_PARTNER_MARGIN[kind] for kind in types]
    return pd.DataFrame(
        {
            "partner_id": codes("PA", count),
            "name": partner_names(count),
            "type": types,
            "margin": np.round(np.array(margin) + (rng.random_sample(count) - 0.5) * 0.06, 3),
        }
    )


def draw_accounts(seed: int, scale: float, partners: pd.DataFrame) -> pd.DataFrame:
    """Draw the end users: schema columns, and the latent `stratum`, `wallet` and `wallet_share`."""
    counts = [scaled(stratum.rows, scale, least=8) for stratum in STRATA]
    index = np.repeat(np.arange(len(STRATA)), counts)
    frame = pd.DataFrame({"stratum": index})
    frame["segment"] = [STRATA[i].segment for i in index]
    frame["subsegment"] = [STRATA[i].subsegment for i in index]
    _add_names(frame, seed)
    _add_places(frame, seed)
    _add_traits(frame, seed)
    frame["weight"] = _weights(stream(seed, "accounts.weight"), counts)
    _add_wallets(frame, seed)
    frame["party_type"] = "end user"
    frame["partner_id"] = _served_by(frame, seed, partners)
    frame["account_id"] = codes("A", len(frame))
    return frame


def partner_accounts(partners: pd.DataFrame, after: int) -> pd.DataFrame:
    """List the partners as accounts, numbered after the end users.

    They have no segment and weight 0: they sell on and are no part of the market.
    """
    return pd.DataFrame(
        {
            "account_id": codes("A", after + len(partners))[after:],
            "name": partners["name"],
            "party_type": "partner",
            "partner_id": partners["partner_id"],
            "status": "customer",
            "weight": 0.0,
        }
    )


def _add_names(frame: pd.DataFrame, seed: int) -> None:
    rng = stream(seed, "accounts.name")
    for segment in SEGMENTS:
        rows = frame["segment"] == segment
        frame.loc[rows, "name"] = institutions(rng, segment, int(rows.sum()))


def _add_places(frame: pd.DataFrame, seed: int) -> None:
    rng = stream(seed, "accounts.place")
    shares = dict(zip(_METROS, _STATE_SHARES, strict=True))
    frame["state"] = deal_out(rng, len(frame), shares)
    urban = frame["subsegment"].map(lambda name: _URBAN.get(name, 0.8)).to_numpy(float)
    inside = rng.random_sample(len(frame)) < urban
    which = rng.random_sample(len(frame))
    metros = [
        _METROS[state][int(u * len(_METROS[state]))]
        for state, u in zip(frame["state"], which, strict=True)
    ]
    frame["metro"] = where_known(metros, inside)


def _add_traits(frame: pd.DataFrame, seed: int) -> None:
    rng = stream(seed, "accounts.traits")
    count = len(frame)
    frame["employees"] = _staff(frame["stratum"].to_numpy(), _even(rng, frame["stratum"]))
    students = frame["employees"] * frame["segment"].map(_STUDENTS)
    frame["enrolment"] = (students * np.exp(0.25 * rng.normal(size=count))).round().astype(int)
    budget = frame["employees"] * 45.0 * np.exp(0.5 * rng.normal(size=count))
    frame["budget"] = (budget / 100).round() * 100
    frame["growth"] = (0.02 + 0.05 * rng.normal(size=count)).round(4)
    for trait, chance in TRAIT_CHANCES.items():
        frame[trait] = rng.random_sample(count) < chance
    frame["union"] = rng.random_sample(count) < frame["segment"].map(_UNION).to_numpy()


def _even(rng: np.random.RandomState, block: pd.Series) -> Floats:
    """Draw uniform numbers that lie evenly within each block of rows: one in every n-th part."""
    counts = block.value_counts().sort_index()
    ranks = np.concatenate([rng.permutation(count) for count in counts])
    return np.asarray((ranks + rng.random_sample(len(ranks))) / block.map(counts).to_numpy())


def _staff(stratum: Ints, u: Floats) -> Ints:
    """Invert the lognormal cut to the size band of each row's stratum."""
    mu, sigma, low, high = (
        np.array([getattr(s, name) for s in STRATA], dtype=float)[stratum]
        for name in ("median", "sigma", "low", "high")
    )
    floor, ceiling = (
        ndtr((np.log(bound) - np.log(mu)) / sigma) for bound in (low - 0.4999, high + 0.4999)
    )
    staff = np.exp(np.log(mu) + sigma * ndtri(floor + u * (ceiling - floor)))
    return np.asarray(np.clip(staff.round(), low, high).astype(np.int64))


def _weights(rng: np.random.RandomState, counts: list[int]) -> Floats:
    """Share out each stratum's universe in ten-thousandths, so that the sum is exact."""
    parts = [
        rng.permutation(apportion(stratum.universe * 10_000, np.ones(count)))
        for stratum, count in zip(STRATA, counts, strict=True)
    ]
    return np.asarray(np.concatenate(parts) / 10_000)


def _add_wallets(frame: pd.DataFrame, seed: int) -> None:
    rng = stream(seed, "accounts.wallet")
    noise = np.exp(WALLET_SIGMA * rng.normal(size=len(frame)))
    frame["wallet"] = (frame["segment"].map(RATE) * frame["employees"] * noise).round(2)
    by_size = np.lexsort((frame["employees"], frame["stratum"]))
    u = np.empty(len(frame))
    u[by_size] = _even(rng, pd.Series(np.arange(len(frame)) // _SIZE_BLOCK))
    # The quantile of Beta(2, 2): the root of 3 x^2 - 2 x^3 = u.
    frame["wallet_share"] = (0.5 - np.sin(np.arcsin(1 - 2 * u) / 3)).round(6)


def _served_by(frame: pd.DataFrame, seed: int, partners: pd.DataFrame) -> Texts:
    """Give each stratum its share of partnered accounts, evenly over sizes."""
    rng = stream(seed, "accounts.partner")
    chance = np.array([s.partnered for s in STRATA])[frame["stratum"]]
    served = systematic(rng, chance, (frame["employees"], frame["stratum"]))
    which = (rng.random_sample(len(frame)) * len(partners)).astype(int)
    return where_known(partners["partner_id"].to_numpy(object)[which], served)
