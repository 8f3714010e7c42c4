"""What the market estimate rests on: published counts, and ranges with their sources.

The counts are real (NCES, IPEDS, SUSB); every other range is Larkspur's own and fictional. The
truth of M1 is the closed form for independent PERT inputs: means of products multiply, and
var(XY...) = prod(var + mean^2) - prod(mean^2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.accounts import SEGMENTS, STRATA
from segkit.samples.streams import codes

__all__ = ["market_facts", "published_facts", "size_truth"]

_Range = tuple[float, float, float]

UNIVERSE = {
    segment: sum(s.universe for s in STRATA if s.segment == segment) for segment in SEGMENTS
}
"""Accounts of each segment: 13,318 + 841 + 776 + 1,656 = 16,591."""

_NCES = "NCES Digest of Education Statistics, table 214.20"
_IPEDS = "IPEDS, degree-granting institutions"
_COUNTED = {
    "school systems": "school year 2021-22; other kinds of agencies are left out",
    "community colleges": "public two-year institutions only",
    "public universities": "four-year institutions only",
    "private universities": "nonprofit four-year institutions only",
}
"""What the published counts of accounts leave out."""
_OWN = "Larkspur HR, estimate of the sales team"
_INTERVIEWS = "Larkspur HR, 60 interviews"
_UNITS = {
    "accounts": "accounts",
    "units per account": "modules",
    "price": "USD per module and year",
    "attach rate": "share of accounts",
    "serviceable share": "share of spend",
    "win rate": "share of deals",
    "reach": "share of spend in a year",
    "benefit per account": "USD per year",
    "switching cost": "USD per year",
    "value share captured": "share of net benefit",
    "category spend": "USD per year",
    "sales reps": "people",
    "deals per rep": "deals per year",
}
_RANGES: dict[str, dict[str, _Range]] = {
    "school systems": {
        "units per account": (1.6, 2.2, 3.0),
        "price": (3500, 5000, 7500),
        "attach rate": (0.80, 0.88, 0.95),
        "serviceable share": (0.45, 0.55, 0.65),
        "win rate": (0.14, 0.20, 0.28),
        "reach": (0.03, 0.05, 0.08),
        "benefit per account": (35000, 50000, 75000),
        "switching cost": (6000, 9000, 14000),
        "value share captured": (0.10, 0.20, 0.30),
    },
    "community colleges": {
        "units per account": (1.8, 2.5, 3.2),
        "price": (6000, 8000, 11000),
        "attach rate": (0.85, 0.92, 0.97),
        "serviceable share": (0.50, 0.60, 0.70),
        "win rate": (0.16, 0.22, 0.30),
        "reach": (0.03, 0.05, 0.07),
        "benefit per account": (70000, 100000, 140000),
        "switching cost": (10000, 15000, 24000),
        "value share captured": (0.10, 0.20, 0.28),
    },
    "public universities": {
        "units per account": (2.4, 3.0, 3.6),
        "price": (8000, 10500, 13500),
        "attach rate": (0.90, 0.95, 0.99),
        "serviceable share": (0.50, 0.60, 0.70),
        "win rate": (0.20, 0.27, 0.36),
        "reach": (0.04, 0.06, 0.09),
        "benefit per account": (110000, 160000, 220000),
        "switching cost": (18000, 25000, 40000),
        "value share captured": (0.12, 0.20, 0.30),
    },
    "private universities": {
        "units per account": (2.2, 2.8, 3.4),
        "price": (13000, 17500, 22500),
        "attach rate": (0.86, 0.93, 0.98),
        "serviceable share": (0.60, 0.70, 0.80),
        "win rate": (0.28, 0.35, 0.44),
        "reach": (0.08, 0.12, 0.16),
        "benefit per account": (170000, 240000, 320000),
        "switching cost": (25000, 35000, 55000),
        "value share captured": (0.12, 0.20, 0.30),
    },
    "all": {
        "category spend": (180e6, 240e6, 340e6),
        "sales reps": (24, 24, 24),
        "deals per rep": (26, 30, 36),
    },
}


def market_facts() -> pd.DataFrame:
    """List the facts of the market estimate; nothing is drawn."""
    rows: list[tuple[Any, ...]] = []
    for segment, ranges in _RANGES.items():
        if segment in UNIVERSE:
            count, schools = UNIVERSE[segment], segment == "school systems"
            source, year = (_NCES, 2021) if schools else (_IPEDS, 2020)
            rows.append((segment, "accounts", count, count, count, year, source, "published"))
        for measure, (low, mode, high) in ranges.items():
            measured = measure in {"sales reps", "win rate"}
            source = _INTERVIEWS if measure.startswith(("benefit", "switching")) else _OWN
            status = "measured" if measured else "estimate"
            rows.append((segment, measure, low, mode, high, 2026, source, status))
    columns = ["segment", "measure", "low", "mode", "high", "year", "source", "status"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["unit"] = frame["measure"].map(_UNITS)
    frame["caveat"] = frame["segment"].map(_COUNTED).where(frame["measure"] == "accounts")
    frame["shape"] = "pert"
    frame["fact_id"] = codes("F", len(frame))
    return frame


def _mean(bounds: _Range) -> float:
    low, mode, high = bounds
    return (low + 4 * mode + high) / 6


def _square(bounds: _Range) -> float:
    """Second moment of a PERT: its variance is (mean - low)(high - mean) / 7."""
    mean = _mean(bounds)
    return mean**2 + (mean - bounds[0]) * (bounds[2] - mean) / 7


def _product(segment: str, measures: tuple[str, ...]) -> tuple[float, float]:
    """Mean and variance of accounts times independent measures of a segment."""
    ranges = [_RANGES[segment][measure] for measure in measures]
    mean = UNIVERSE[segment] * float(np.prod([_mean(r) for r in ranges]))
    square = UNIVERSE[segment] ** 2 * float(np.prod([_square(r) for r in ranges]))
    return mean, square - mean**2


def _total(measures: tuple[str, ...]) -> dict[str, Any]:
    parts = {segment: _product(segment, measures) for segment in SEGMENTS}
    return {
        "formula": "sum over segments of accounts x " + " x ".join(measures),
        "mean": sum(mean for mean, _ in parts.values()),
        "sd": sum(variance for _, variance in parts.values()) ** 0.5,
        "by_segment": {segment: mean for segment, (mean, _) in parts.items()},
    }


def size_truth() -> dict[str, Any]:
    """Give TAM, SAM and SOM in closed form, in US dollars a year."""
    tam = ("units per account", "price", "attach rate")
    sam = (*tam, "serviceable share")
    value = {
        segment: UNIVERSE[segment]
        * (_mean(r["benefit per account"]) - _mean(r["switching cost"]))
        * _mean(r["value share captured"])
        for segment, r in _RANGES.items()
        if segment in UNIVERSE
    }
    return {
        "accounts": {**UNIVERSE, "all": sum(UNIVERSE.values())},
        "bottom-up": {
            "TAM": _total(tam),
            "SAM": _total(sam),
            "SOM": _total((*sam, "win rate", "reach"))
            | {"note": "the market limit; sales capacity lies above it in every draw"},
            "sales capacity": {
                "formula": "sales reps x deals per rep, in deals a year",
                "mean": 24 * _mean(_RANGES["all"]["deals per rep"]),
            },
        },
        "top-down": {"TAM": {"mean": _mean(_RANGES["all"]["category spend"])}},
        "value theory": {
            "TAM": {
                "formula": "sum over segments of accounts x (benefit per account - switching "
                "cost) x value share captured",
                "mean": sum(value.values()),
                "by_segment": value,
            }
        },
    }


_INSTITUTIONS = (
    # kind, institutions, median staff, staff in all, institutions with 500 and more staff
    ("public 4-year", 776, 1079, 1748495, 578),
    ("private nonprofit 4-year", 1656, 282, 1154604, 514),
    ("public 2-year (community colleges)", 841, 465, 528440, 390),
    ("for-profit 4-year", 361, 87, 91230, 33),
    ("for-profit 2-year", 389, 48, 22661, 1),
    ("nonprofit 2-year", 94, 38, 7169, 1),
)
_FIRMS = (
    ("all industries", "all sizes", 6294604),
    ("all industries", "fewer than 5 staff", 4009508),
    ("all industries", "5-9 staff", 1021829),
    ("all industries", "10-19 staff", 636541),
    ("all industries", "20 and more staff", 626726),
    ("education services (NAICS 61)", "fewer than 5 staff", 52194),
    ("education services (NAICS 61)", "5-9 staff", 16176),
    ("education services (NAICS 61)", "10-19 staff", 12540),
    ("education services (NAICS 61)", "20-99 staff", 14424),
    ("education services (NAICS 61)", "100-499 staff", 3649),
    ("education services (NAICS 61)", "500 and more staff", 1224),
    ("education services (NAICS 61)", "all sizes", 100207),
    ("health care (NAICS 62)", "500 and more staff", 4245),
)
_BEDS = {"6-24": 567, "25-49": 1217, "50-99": 1091, "100-199": 1157, "200-299": 627,
         "300-399": 360, "400-499": 196, "500 and more": 319}  # fmt: skip
_BANDS = (
    ("below which a market is unconcentrated", 1000, 1992, "also in the guidelines of 2023"),
    ("above which a market is highly concentrated", 1800, 1992, "also in the guidelines of 2023"),
    ("below which a market is unconcentrated", 1500, 2010, "replaced in 2023"),
    ("above which a market is highly concentrated", 2500, 2010, "replaced in 2023"),
)
_SUSB = "US Census Bureau, Statistics of US Businesses (SUSB)"
_QUOTED = "Article on target accounts, quoting SUSB as published in 2020"
_PRIVATE_ONLY = "private employers only: public schools and colleges are not counted"


def _fact_rows() -> list[tuple[str, float, str, int, str, str]]:
    rows: list[tuple[str, float, str, int, str, str]] = [
        ("US public school systems (regular districts)", 13318, "school systems", 2021, _NCES,
         "school year 2021-22; other kinds of agencies are left out")
    ]  # fmt: skip
    for kind, count, median, staff, large in _INSTITUTIONS:
        rows += [
            (f"{kind}: institutions", count, "institutions", 2020, _IPEDS, ""),
            (f"{kind}: median staff", median, "people", 2020, _IPEDS, ""),
            (f"{kind}: staff in all", staff, "people", 2020, _IPEDS, ""),
            (f"{kind}: 500 and more staff", large, "institutions", 2020, _IPEDS, ""),
        ]
    for band, count in (("1,000 and more", 213), ("300-999", 571)):
        what = f"private nonprofit 4-year: {band} staff"
        rows.append((what, count, "institutions", 2020, _IPEDS, ""))
    for industry, size, count in _FIRMS:
        caveat = _PRIVATE_ONLY if "61" in industry else "government employers are not counted"
        rows.append((f"US firms, {industry}: {size}", count, "firms", 2021, _SUSB, caveat))
    rows += [
        ("US firms with fewer than 500 staff, as quoted", 6140000, "firms", 2020, _QUOTED,
         ("most likely the total of firms of all sizes in 2020; SUSB has 5,976,761 firms with "
         "fewer than 500 staff in 2017")),
        ("US firms with more than 500 staff, as quoted", 21000, "firms", 2020, _QUOTED,
         "SUSB leaves out government employers, so it cannot size public schools"),
        ("Large US hospitals, as quoted", 4500, "hospitals", 2020, _QUOTED,
         "matches no cut by beds: 5,534 registered hospitals in 2016, 2,659 with 100 and more"),
    ]  # fmt: skip
    hospitals = "American Hospital Association, registered hospitals"
    rows += [
        (f"US registered hospitals with {beds} beds", count, "hospitals", 2016, hospitals, "")
        for beds, count in _BEDS.items()
    ]
    guide = "US Horizontal Merger Guidelines"
    rows += [
        (f"HHI {what}", value, "HHI points", year, guide, caveat)
        for what, value, year, caveat in _BANDS
    ]
    return rows


def published_facts() -> pd.DataFrame:
    """List the published facts that the universe rests on."""
    columns = ["what", "value", "unit", "year", "source", "caveat"]
    frame = pd.DataFrame(_fact_rows(), columns=columns)
    frame["caveat"] = frame["caveat"].replace("", None)
    frame["fact_id"] = codes("P", len(frame))
    return frame
