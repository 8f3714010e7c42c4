"""Each finding of the data doctor: what, how many rows and customers, how much, what is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from segkit.engine import DAY_ZERO, LAST_DAY, UNREADABLE, Reduction
from segkit.value.policy import Policy

__all__ = ["Finding", "findings_of"]

Finding = tuple[str, Any, Any, Any, Any, str]
"""What was found, rows, customers, money, rows set aside because of it, decision."""

_FEWEST = 20
_SILENCE, _SILENCE_SHARE = 60, 0.1  # days, and the share of the time before
_LATE_SHARE = 0.01


def findings_of(
    found: Reduction, policy: Policy, *, thorough: bool
) -> tuple[list[Finding], pd.Index]:
    """List the findings, and name the extreme spenders."""
    limit = policy.extreme_spend or _fence(found.before["repeat_spend"])
    extreme = found.before.index[found.before["repeat_spend"] > limit]
    rows = [
        *_of_rows(found, policy),
        *_of_copies(found, policy, thorough=thorough),
        *_of_days(found),
        _of_latecomers(found),
        _of_extreme(found, policy, extreme, limit),
        *_of_buyers(found),
        *_of_silence(found),
        *_of_dates(found),
        *([_of_weeks(found)] if thorough else []),
    ]
    return rows, extreme


def _fence(spend: pd.Series) -> float:
    """Give the spend, in whole cents, beyond which a customer stands apart."""
    logs = np.log(spend[spend > 0])
    if len(logs) < _FEWEST:
        return np.inf
    low, high = np.quantile(logs, [0.25, 0.75])
    return float(np.ceil(100 * np.exp(high + 1.5 * (high - low))) / 100)


def _of_rows(found: Reduction, policy: Policy) -> Iterator[Finding]:
    last = found.queries.last_day
    ended = f"the last date, {found.as_of}, is the end" if last == LAST_DAY else f"after {last}"
    decisions = dict.fromkeys(UNREADABLE, "set aside")
    decisions["after the end"] = f"set aside: {ended}"
    for fate, decision in decisions.items():
        rows, customers, money = found.fates.loc[fate]
        yield fate, rows, customers, money, rows, decision
    rows, customers, money = found.fates.loc["refund"]
    if policy.refunds == "net":
        yield "refund", rows, customers, money, 0, "taken off the day's spend"
    else:
        yield "refund", rows, customers, money, rows, "set aside"
    rows, customers, money = found.fates.loc["zero amount"]
    buys = "a purchase" if policy.zero_amounts == "keep" else "no purchase"
    yield "zero amount", rows, customers, money, 0, f"a day of nothing else is {buys}"


def _of_copies(found: Reduction, policy: Policy, *, thorough: bool) -> Iterator[Finding]:
    decision = "kept" if policy.duplicates == "keep" else "counted once"
    if thorough:
        customers, rows, money = found.ask(found.queries.copies)
        yield "exact duplicate", rows, customers, money, found.copied, decision
    elif policy.duplicates == "set aside":
        rows = found.copied
        yield "exact duplicate", rows, pd.NA, found.copied_money, rows, decision


def _of_days(found: Reduction) -> Iterator[Finding]:
    idle = found.idle
    rows, customers, money = idle["line_count"].sum(), idle["customer"].nunique(), idle["spend"]
    yield "day without spend", rows, customers, money.sum(), rows, "set aside: no purchase"
    merged = pd.concat(
        [kind["line_count"] - kind["day_count"] for kind in (found.before, found.after)]
    )
    customers = merged.index[merged > 0].nunique()
    yield "same-day rows", merged.sum(), customers, np.nan, 0, "one purchase a customer and day"


def _of_latecomers(found: Reduction) -> Finding:
    late = found.after[~found.after.index.isin(found.before.index)]
    rows, money = late["line_count"].sum(), late["spend"].sum()
    return "first seen in the hold-out", rows, len(late), money, rows, "set aside"


def _of_extreme(found: Reduction, policy: Policy, extreme: pd.Index, limit: float) -> Finding:
    spent = pd.concat([kind[kind.index.isin(extreme)] for kind in (found.before, found.after)])
    rows, money = spent["line_count"].sum(), spent["spend"].sum()
    aside = rows if policy.extreme_spenders == "set aside" else 0
    decision = f"{policy.extreme_spenders}: repeat spend above {limit:,.2f}"
    if np.isinf(limit):
        decision = f"not looked for: fewer than {_FEWEST} customers came back"
    return "extreme spender", rows, len(extreme), money, aside, decision


def _of_buyers(found: Reduction) -> Iterator[Finding]:
    before = found.before
    new = before[before["first_day"] == (found.as_of - DAY_ZERO).days]
    rows, money = new["line_count"].sum(), new["spend"].sum()
    yield "first bought on the last day", rows, len(new), money, 0, "kept with T = 0"
    once = before[before["day_count"] == 1]
    rows, money = once["line_count"].sum(), once["spend"].sum()
    decision = f"kept: {len(once) / len(before):.1%} of customers"
    yield "one-time buyer", rows, len(once), money, 0, decision


def _of_silence(found: Reduction) -> Iterator[Finding]:
    """Look for a mistyped last date, which would age everybody by the silence before it."""
    if found.queries.last_day != LAST_DAY:
        return
    customers = money = rows = 0
    # A refund ends the observation as a purchase does.
    ends = ["first_day", "last_day"]
    seen = pd.concat([found.before[ends], found.idle.set_index("customer")[ends]])
    days = np.flatnonzero(np.bincount(seen.to_numpy().ravel()))
    gaps = np.diff(days, prepend=days[0])
    place = int(gaps.argmax())
    late = seen.index[seen["last_day"] >= days[place]].nunique()
    silence = max(_SILENCE, (days[place - 1] - days[0]) * _SILENCE_SHARE)
    decision = "the last date ends the observation"
    if gaps[place] > silence and late <= max(1, len(found.before) * _LATE_SHARE):
        quiet = DAY_ZERO + timedelta(days=int(days[place - 1]))
        customers, rows, money = found.ask(found.queries.later_than(quiet))
        decision = f"kept, though {gaps[place]} days of silence precede them: give as_of"
    yield "after a long silence", rows, customers, money, 0, decision


def _of_dates(found: Reduction) -> Iterator[Finding]:
    projection = found.queries.projection
    rows = found.fates["line_count"].sum()
    text = rows if projection.text_dates else 0
    yield "date in text", text, 0, np.nan, 0, "read as 2024-01-31 or 20240131"
    zone = projection.source.engine.time_zone or "the session's time zone"
    instants = rows if projection.zoned_dates else 0
    yield "instant", instants, 0, np.nan, 0, f"its day is taken in {zone}"


def _of_weeks(found: Reduction) -> Finding:
    customers, lost = found.ask(found.queries.weeks)
    repeats = (found.before["day_count"] - 1).sum()
    decision = f"days kept; weeks would lose {lost / max(repeats, 1):.1%} of repeat purchases"
    return "several purchases a week", lost, customers, np.nan, 0, decision
