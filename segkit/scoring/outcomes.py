"""How deals ended, by a rule that is said: fast or slow, stuck or refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, take_columns

__all__ = ["OUTCOMES", "DealOutcomes", "deal_outcomes"]

OUTCOMES = ("fast_won", "slow_won", "stuck", "refused")
_WON = ("won", "closed won")
_REFUSED = ("refused", "lost", "closed lost")
_STUCK = ("stuck", "stalled", "no decision")
_SHARE = 0.95
_LEAST = 10
_SHOWN = 5


@dataclass(frozen=True)
class DealOutcomes(JsonResult):
    """The outcome of each deal and the rule behind it.

    Attributes
    ----------
    deals : DataFrame
        One row a deal, in the order given: `deal, outcome` ("fast_won", "slow_won", "stuck",
        "refused"; empty where set aside), `days` from opening to decision, `still` (days without
        movement, of deals that are not decided), `stage` last entered, `set_aside` (the reason).
    rule : str
        The rule in words, with its limits.
    fast_days, stuck_days : float
        Won within so many days is fast; open without movement for longer than so many is stuck.
    """

    deals: pd.DataFrame
    rule: str
    fast_days: float
    stuck_days: float

    @property
    def outcome(self) -> pd.Series[Any]:
        """Outcome by deal; missing where it is set aside."""
        return self.deals.set_index("deal")["outcome"]

    @property
    def counts(self) -> pd.DataFrame:
        """Deals by outcome and by reason for setting aside: rows read = used + set aside."""
        named = self.deals["outcome"].fillna("set aside: " + self.deals["set_aside"])
        order = {outcome: place for place, outcome in enumerate(OUTCOMES)}
        sizes = named.value_counts().rename_axis("outcome").rename("deals").reset_index()
        places = sizes["outcome"].map(order).fillna(len(order))
        return (
            sizes.assign(place=places)
            .sort_values(["place", "outcome"])[["outcome", "deals"]]
            .reset_index(drop=True)
        )


def deal_outcomes(
    deals: Any,
    stages: Any = None,
    *,
    as_of: Any,
    deal: str = "opp_id",
    outcome: str = "outcome",
    created: str = "created",
    closed: str = "closed",
    stage: str = "stage",
    entered: str = "entered_at",
    won: Sequence[str] = _WON,
    refused: Sequence[str] = _REFUSED,
    stuck: Sequence[str] = _STUCK,
    fast_days: float | None = None,
    stuck_days: float | None = None,
) -> DealOutcomes:
    """Tell how each deal ended: fast_won, slow_won, stuck or refused.

    * Won: fast if decided within `fast_days` of its opening, else slow. Without `fast_days` the
      days part where two groups of their logarithms differ most (Jenks' natural break).
    * Refused: recorded so.
    * Stuck: recorded so, or undecided and without movement for more than `stuck_days`. Without
      `stuck_days`: within that time of its opening 95 of 100 decided deals were decided.
    * All others are set aside with the reason: open deals that still move, missing dates.

    Parameters
    ----------
    deals : frame
        One row a deal, with the columns `deal, outcome, created, closed` under the names given.
    stages : frame, optional
        When each deal entered each stage: columns `deal, stage, entered`.
    as_of : date
        The day up to which the data speak.
    won, refused, stuck : sequence of str
        Words of these outcomes; case does not matter. Any other is an open deal.

    Raises
    ------
    DataError
        If columns are missing, a deal stands twice, or a deal with another word has been closed.
    ParameterError
        If a limit is not above 0.

    Notes
    -----
    Jenks (1967), "The data model concept in statistical mapping".

    Examples
    --------
    >>> deals = pd.DataFrame({
    ...     "opp_id": ["a", "b", "c", "d", "e"], "outcome": ["won", "won", "lost", "open", "open"],
    ...     "created": ["2026-01-01"] * 4 + ["2026-05-01"],
    ...     "closed": ["2026-01-11", "2026-03-30", "2026-03-01", None, None]})
    >>> found = deal_outcomes(deals, as_of="2026-05-31", fast_days=30)
    >>> found.deals[["deal", "outcome", "days", "still", "set_aside"]]
      deal   outcome  days  still                    set_aside
    0    a  fast_won  10.0    NaN
    1    b  slow_won  88.0    NaN
    2    c   refused  59.0    NaN
    3    d     stuck   NaN  150.0
    4    e       NaN   NaN   30.0  open, moved within 88 days
    """
    for name, limit in (("fast_days", fast_days), ("stuck_days", stuck_days)):
        if limit is not None and not limit > 0:
            raise ParameterError(name, "deal_outcomes", "a number of days above 0", limit)
    today = pd.Timestamp(as_of)
    table = take_columns(deals, [deal, outcome, created, closed], "the deals")
    table = table.set_axis(["deal", "word", "created", "closed"], axis=1)
    for name in ("created", "closed"):
        table[name] = _dates(table[name], name)
    kinds = {"won": won, "refused": refused, "stuck": stuck}
    known = {str(one).lower(): kind for kind, words in kinds.items() for one in words}
    table["kind"] = table["word"].astype("str").str.strip().str.lower().map(known).fillna("open")
    faults = list(_faults(table))
    if faults:
        raise DataError("\n".join(faults))
    moved, last = _moves(table, stages, (deal, stage, entered), today)
    days = (table["closed"] - table["created"]).dt.days.astype("float64")
    decided = table["kind"].isin(["won", "refused"])
    sound = decided & (days >= 0) & (table["closed"] <= today)
    own = days[sound & (table["kind"] == "won")]
    fast_limit = _natural_break(own) if fast_days is None else float(fast_days)
    stuck_limit = (
        float(np.quantile(days[sound], _SHARE, method="inverted_cdf"))
        if stuck_days is None and sound.any()
        else float(stuck_days or np.nan)
    )
    still = (today - moved).dt.days.astype("float64").where(~decided)
    result = np.select(
        [
            sound & (table["kind"] == "won") & (days <= fast_limit),
            sound & (table["kind"] == "won"),
            (table["kind"] == "stuck") | ((table["kind"] == "open") & (still > stuck_limit)),
            (table["kind"] == "refused") & ~(table["closed"] > today),
        ],
        OUTCOMES,
        "",
    )
    reason = _reasons(table, days, still, today, stuck_limit)
    told = pd.DataFrame(
        {
            "deal": table["deal"],
            "outcome": pd.Series(result, index=table.index).replace("", None).astype("str"),
            "days": days.where(sound),
            "still": still,
            "stage": last,
            "set_aside": np.where(result == "", reason, ""),
        }
    )
    rule = _rule(fast_limit, stuck_limit, fast_days is None, stuck_days is None)
    return DealOutcomes(told, rule, fast_limit, stuck_limit)


def _dates(values: pd.Series[Any], name: str) -> pd.Series[Any]:
    try:
        found = pd.to_datetime(values)
    except (ValueError, TypeError) as error:
        raise DataError(f"{name}: dates cannot be read: {str(error).splitlines()[0]}") from None
    return found.dt.tz_localize(None) if getattr(found.dt, "tz", None) else found


def _faults(table: pd.DataFrame) -> Iterator[str]:
    double = table.loc[table["deal"].duplicated(), "deal"].unique()
    if len(double):
        shown = ", ".join(map(repr, double[:_SHOWN]))
        yield f"deal: {len(double):,} stand more than once, such as {shown}."
    odd = table.loc[(table["kind"] == "open") & table["closed"].notna(), "word"]
    if len(odd):
        words = ", ".join(map(repr, odd.astype("str").unique()[:_SHOWN]))
        yield (
            f"outcome: {len(odd):,} deals are closed, but {words} is none of won, refused or "
            "stuck. Name it with one of these arguments."
        )


def _moves(
    table: pd.DataFrame, stages: Any, names: tuple[str, str, str], today: pd.Timestamp
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Give the day of the last movement up to today, and the stage entered on it."""
    if stages is None:
        return table["created"], pd.Series(pd.NA, index=table.index, dtype="str")
    history = take_columns(stages, names, "the stages")
    history = history.set_axis(["deal", "stage", "entered"], axis=1)
    history["entered"] = _dates(history["entered"], names[2])
    history = history[history["entered"] <= today].sort_values("entered", kind="stable")
    last = history.groupby("deal").last()
    moved = table["deal"].map(last["entered"])
    return moved.fillna(table["created"]), table["deal"].map(last["stage"]).astype("str")


def _natural_break(days: pd.Series[Any]) -> float:
    """Part days where two groups of their logarithms differ most; the largest day of the first."""
    logs = np.sort(np.log1p(days.to_numpy(dtype=np.float64)))
    n = len(logs)
    if n < _LEAST or logs[0] == logs[-1]:
        return float(np.median(days)) if n else np.nan
    first = np.arange(1, n)
    sums = np.cumsum(logs)
    between = first * (n - first) * (sums[:-1] / first - (sums[-1] - sums[:-1]) / (n - first)) ** 2
    between = np.where(np.diff(logs) > 0, between, -1.0)
    return float(np.round(np.expm1(logs[int(between.argmax())])))


def _reasons(
    table: pd.DataFrame,
    days: pd.Series[Any],
    still: pd.Series[Any],
    today: pd.Timestamp,
    limit: float,
) -> Any:
    decided = table["kind"] != "open"
    return np.select(
        [
            decided & (table["closed"] > today),
            decided & (days < 0),
            decided,
            table["created"] > today,
            still.isna(),
        ],
        [
            "decided after the day of reference",
            "closed before it was opened",
            "won, but the days are not known",
            "opened after the day of reference",
            "open, day of opening not known",
        ],
        f"open, moved within {limit:.0f} days",
    )


def _rule(fast: float, stuck: float, natural: bool, usual: bool) -> str:
    how = " (the natural break between quick and slow ones)" if natural else ""
    why = f" (in that time {100 * _SHARE:.0f} of 100 decided deals were decided)" if usual else ""
    return (
        f"Fast: won within {fast:.0f} days of its opening{how}; slow: won later. Refused: recorded "
        f"so. Stuck: recorded so, or open without movement for more than {stuck:.0f} days{why}."
    )
