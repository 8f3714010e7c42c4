"""What the management of Larkspur decided in the year before: written, not drawn."""

from __future__ import annotations

import pandas as pd

__all__ = ["decisions"]

_COLUMNS = ("decided", "segment", "action", "owner", "metric", "value", "goal", "review")
_WORDS = ("evidence", "reason", "rejected", "dissent")
_ROWS = (
    (
        ("2026-02-10", "all", "Keep the price of Core HR", "Head of sales")
        + ("points of net promoter score, -100 to 100", 20, 30, "2026-06-15")
        + ("U5", "Support drives loyalty more than price does", "A discount of 10 %", "")
    ),
    (
        ("2026-03-03", "community colleges", "Sell through partners only", "Head of channel")
        + ("USD a new customer, fully loaded", 16_000, 12_000, "2026-09-30")
        + (
            "A4, S7",
            "They cost more to serve than they bring, and partners cost half",
            "Leave the segment; sell to them by telephone",
            "Customer success: half of our referrals come from colleges",
        )
    ),
    (
        ("2025-11-18", "private universities", "Assign two account managers", "Head of sales")
        + ("USD a year of headroom with customers", 17_000_000, 12_000_000, "2026-05-29")
        + (
            "A3",
            "The wallet is open where we are known",
            "Hire for school systems",
            "Finance: the headroom is a lower bound, not a plan",
        )
    ),
    (
        ("2026-05-20", "private universities", "Assign two account managers", "Head of accounts")
        + ("USD a year of headroom with customers", 17_000_000, 14_000_000, "2026-11-30")
        + ("A3", "One is hired; the goal was too near", "Stop after the first", "")
    ),
)


def decisions() -> pd.DataFrame:
    """Write down the decisions; the fourth takes the third up again."""
    table = pd.DataFrame(list(_ROWS), columns=[*_COLUMNS, *_WORDS])
    return table.assign(**{day: pd.to_datetime(table[day]) for day in ("decided", "review")})
