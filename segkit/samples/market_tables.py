"""The tables of the market phase and their truths.

`market_history` is an outside analyst's count of the whole market: its vendors' customers follow
a Bass curve and its revenue grows by 11 % a year; Larkspur's line in it is not the sum of the
invoices. Vendors' shares of a segment fall off geometrically, so steeply that the concentration
(HHI) is the planted one. Nine vendors are needed: five cannot have an HHI below 2,000.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from segkit.samples.accounts import SEGMENTS
from segkit.samples.market_surveys import needs_truth, needs_waves, rating_truth, ratings
from segkit.samples.sizing_facts import UNIVERSE, market_facts, published_facts, size_truth
from segkit.samples.streams import (
    AS_OF,
    Floats,
    apportion,
    dates,
    first_days,
    month_of,
    stream,
)
from segkit.samples.world import Tables, World

__all__ = ["tables", "truths"]

BASS = {"m": 9000.0, "p": 0.012, "q": 0.36}
"""Adopters of cloud HR software in the whole market, years 1 to 13 (2013 to 2025)."""
CAGR = 0.11
YEARS = tuple(range(2013, 2026))
_REVENUE_2025 = 150e6
_ADOPTION_NOISE = 0.02
_REVENUE_NOISE = 0.015

US = "Larkspur HR"
VENDORS = tuple(f"Vendor {letter}" for letter in "ABCDEFGH")
HHI = {
    "school systems": 1750.0,
    "community colleges": 1600.0,
    "public universities": 2150.0,
    "private universities": 1240.0,
}
_ORDER = {
    "school systems": ("Vendor B", "Vendor A", US, *VENDORS[2:]),
    "community colleges": ("Vendor C", "Vendor B", "Vendor A", "Vendor D", US, *VENDORS[4:]),
    "public universities": ("Vendor D", "Vendor A", "Vendor B", US, "Vendor C", *VENDORS[4:]),
    "private universities": (US, *VENDORS),
}
_WORTH = {
    "school systems": 0.42,
    "community colleges": 0.06,
    "public universities": 0.10,
    "private universities": 0.42,
}
_PRICE = {
    "school systems": 9000.0,
    "community colleges": 17000.0,
    "public universities": 29000.0,
    "private universities": 44000.0,
}
_PRICE_CUT = 0.88
"""Factor a year on the price of vendor B in 2023, 2024 and 2025."""
_CUTTER = "Vendor B"

MIX = {
    US: (0.55, 0.25, 0.20, 0.00),
    "Vendor A": (0.70, 0.20, 0.10, 0.00),
    "Vendor B": (0.10, 0.80, 0.10, 0.00),
    "Vendor C": (0.15, 0.00, 0.85, 0.00),
    "Vendor D": (0.00, 0.00, 0.00, 1.00),
    "Vendor E": (0.40, 0.40, 0.10, 0.10),
    "Vendor F": (0.30, 0.50, 0.20, 0.00),
    "Vendor G": (0.60, 0.10, 0.10, 0.20),
    "Vendor H": (0.25, 0.25, 0.50, 0.00),
}
"""Share of sales made direct, through partners, online and in tenders."""

TRENDS = {
    "cloud mandate": 4.0,
    "self-service": 3.0,
    "AI screening": 2.5,
    "on-premise": -3.0,
    "paper files": -2.5,
    "four-day week": 0.0,
    "shared services": 0.0,
    "benefits marketplace": 0.0,
}
"""Slope of each topic, index points a year."""
_TREND_MONTHS, _SEASON, _NOISE = 72, 4.0, 4.0

FACTORS = (
    ("cloud mandate", "opportunity", 0.20, 4, "trend_signals: cloud mandate"),
    ("multi-campus payroll", "opportunity", 0.15, 3, "needs_waves: multi-campus payroll"),
    ("leave self-service", "opportunity", 0.15, 3, "needs_waves: leave self-service"),
    ("AI screening", "opportunity", 0.10, 2, "trend_signals: AI screening"),
    ("price cut of vendor B", "threat", 0.25, 2, "market_history: Vendor B, revenue per customer"),
    ("tenders of public universities", "threat", 0.10, 2, "competitors: Vendor D"),
    ("fewer students", "threat", 0.05, 2, "accounts: growth"),
)
"""Factor, kind, weight, rating and evidence; the weighted rating (EFE) is 2.7."""


def tables(world: World) -> Tables:
    """Draw the tables of the market phase."""
    return {
        "market_facts": market_facts(),
        "market_history": _history(world.seed),
        "trend_signals": _trends(world.seed),
        "competitors": _competitors(world.seed),
        "attribute_ratings": ratings(world),
        "needs_waves": needs_waves(world),
        "external_factors": pd.DataFrame(
            FACTORS, columns=["factor", "kind", "weight", "rating", "evidence"]
        ),
        "facts": published_facts(),
    }


def truths(_: World, drawn: Tables) -> dict[str, Any]:
    """Give the truths of M1, M2, M3, M5, M6 and M7."""
    history = drawn["market_history"]
    revenue = history.groupby("year")["revenue"].sum()
    growth = (revenue.iloc[-1] / revenue.iloc[0]) ** (1 / (len(YEARS) - 1)) - 1
    kinds = {True: "up", False: "down"}
    return {
        "M1": {
            "parameter": size_truth() | {"bass": dict(BASS), "market_cagr": CAGR},
            "realised": {"market_cagr": growth},
        },
        "M2": {
            "parameter": {
                "slope_per_year": dict(TRENDS),
                "direction": {
                    topic: kinds[slope > 0] if slope else "none" for topic, slope in TRENDS.items()
                },
            }
        },
        "M3": {"parameter": needs_truth()},
        "M5": _rival_truth(),
        "M6": {"parameter": rating_truth()},
        "M7": _outlook_truth(history),
    }


def _shares(segment: str) -> dict[str, float]:
    """Give each vendor its share of 2025: geometric, as steep as the HHI asks."""

    def shares(steepness: float) -> Floats:
        weight = np.exp(-steepness * np.arange(len(MIX)))
        return np.asarray(weight / weight.sum())

    target = HHI[segment] / 1e4
    steepness = brentq(lambda value: (shares(value) ** 2).sum() - target, 0.0, 3.0)
    parts = apportion(10_000, shares(steepness)) / 10_000
    return dict(zip(_ORDER[segment], parts.tolist(), strict=True))


def _bass(year: Floats) -> Floats:
    """Share of the final adopters reached after so many years (Bass 1969)."""
    p, q = BASS["p"], BASS["q"]
    gone = np.exp(-(p + q) * year)
    return np.asarray((1 - gone) / (1 + q / p * gone))


def _history(seed: int) -> pd.DataFrame:
    rng = stream(seed, "market_history")
    years = np.arange(len(YEARS) + 1, dtype=float)
    adopted = BASS["m"] * np.diff(_bass(years)) * np.exp(_ADOPTION_NOISE * rng.normal(size=13))
    customers = np.cumsum(adopted).round().astype(int)
    bumps = np.exp(_REVENUE_NOISE * rng.normal(size=13))
    bumps[[0, -1]] = 1.0
    revenue = _REVENUE_2025 * (1 + CAGR) ** (np.arange(13.0) - 12) * bumps
    shares = {segment: _shares(segment) for segment in SEGMENTS}
    pairs = [(segment, vendor) for segment in SEGMENTS for vendor in MIX]
    late = np.array([shares[segment][vendor] for segment, vendor in pairs])
    early = np.array([0.02 if vendor == US else 0.1225 for _, vendor in pairs])
    worth = np.array([_WORTH[segment] for segment, _ in pairs])
    accounts = np.array([float(UNIVERSE[segment]) for segment, _ in pairs])
    cut = np.array([vendor == _CUTTER for _, vendor in pairs])
    rows = []
    for place, year in enumerate(YEARS):
        share = late * place / 12 + early * (1 - place / 12)
        dear = np.where(cut, _PRICE_CUT ** (max(year, 2022) - 2025), 1.0)
        people = apportion(int(customers[place]), share * accounts)
        cents = apportion(round(revenue[place] * 100), share * worth * dear)
        rows += [
            (year, segment, vendor, count, amount / 100)
            for (segment, vendor), count, amount in zip(pairs, people, cents, strict=True)
        ]
    return pd.DataFrame(rows, columns=["year", "segment", "vendor", "customers", "revenue"])


def _trends(seed: int) -> pd.DataFrame:
    """Draw level + slope + season + noise for each topic."""
    rng = stream(seed, "trend_signals")
    last = int(month_of(AS_OF))
    month = np.arange(_TREND_MONTHS)
    season = _SEASON * np.sin(2 * np.pi * month / 12)
    parts = []
    for topic, slope in TRENDS.items():
        index = 60 + slope * month / 12 + season + _NOISE * rng.normal(size=_TREND_MONTHS)
        when = dates(first_days(last - _TREND_MONTHS + 1 + month))
        parts.append(pd.DataFrame({"month": when, "topic": topic, "index": index.round(2)}))
    return pd.concat(parts, ignore_index=True)


def _competitors(seed: int) -> pd.DataFrame:
    rng = stream(seed, "competitors")
    rows = []
    for segment in SEGMENTS:
        for vendor, share in sorted(_shares(segment).items()):
            price = _PRICE[segment] * (0.85 + 0.3 * rng.random_sample())
            rows.append((vendor, segment, *MIX[vendor], round(price, -2), share))
    columns = ["vendor", "segment", "direct", "partner", "online", "tender", "price", "share"]
    return pd.DataFrame(rows, columns=columns)


def _rival_truth() -> dict[str, Any]:
    shares = {segment: _shares(segment) for segment in SEGMENTS}
    concentration = {
        segment: sum((100 * share) ** 2 for share in parts.values())
        for segment, parts in shares.items()
    }
    routes = ("direct", "partner", "online", "tender")
    mix = {vendor: dict(zip(routes, parts, strict=True)) for vendor, parts in MIX.items()}
    return {
        "parameter": {"channel_mix": mix, "hhi": dict(HHI)},
        "realised": {"share": shares, "hhi": concentration},
    }


def _outlook_truth(history: pd.DataFrame) -> dict[str, Any]:
    sums = history.groupby([history["vendor"] == _CUTTER, "year"])[["revenue", "customers"]].sum()
    price = sums["revenue"] / sums["customers"]
    relative = price[True] / price[False]
    score = sum(weight * rating for _, _, weight, rating, _ in FACTORS)
    return {
        "parameter": {
            "opportunity": "cloud mandate",
            "threat": "price cut of vendor B",
            "efe": score,
        },
        "realised": {"price_of_vendor_b_to_the_others": relative.to_dict()},
    }
