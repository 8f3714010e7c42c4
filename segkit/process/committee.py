"""Buying committees: who takes part in deals, and which roles go with winning."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from segkit.errors import ParameterError, check_share
from segkit.frames import JsonResult, take_columns
from segkit.intervals import wilson_interval
from segkit.process.deals import reduce_to_deals
from segkit.process.events import LOST, WON, as_states
from segkit.process.rules import ROLES
from segkit.process.win_rates import compare_win_rates
from segkit.sizing.columns import POSITIVE, number_columns

__all__ = ["BuyingCentre", "buying_centre"]

Flags = NDArray[np.bool_]

_ASSOCIATION = (
    "Association, not cause: the longer a deal lives, the more roles take part in it, and good "
    "deals live longer."
)


@dataclass(frozen=True, eq=False)
class BuyingCentre(JsonResult):
    """Who takes part in deals, and which roles go with winning.

    Attributes
    ----------
    counts : dict of str to int
        Deals by state: `deals` (with at least one person), `won`, `lost`, `undecided`, and
        `nobody` (set aside: nobody noted is not nobody there).
    size : DataFrame
        `what` (people, roles) takes part in a deal: `mean` with its interval `low, high`,
        `median, p90, most`; roles in deals where everybody's role is known, weighted.
    coverage : DataFrame
        For deals of each `outcome` ("all" for all of them) and each `role`: `deals` where
        everybody's role is known, those `with` the role, and the `share` of all deals, weighted,
        with its interval `low, high`.
    win_rate : dict of str to float
        `share` of decided deals that were won, `low`, `high`.
    effect : DataFrame
        For each role, and for roles `together`, among decided deals in which everybody's role is
        known: `deals_with` and `deals_without`, their `win_rate_with` and `win_rate_without`, the
        `ratio` of these with its interval `low, high`, Fisher's `p`, Holm's `p_adjusted` and the
        `verdict`: "wins more", "wins less", "no evidence" or "not enough deals".
    evidence : bool
        At least one comparison survives the adjustment.
    single_threaded : dict
        `share` of deals that one person carries alone, `low`, `high`; and, of decided ones, whether
        these win less: as a row of `effect`, with `ratio_low, ratio_high` for the ratio's interval.
    notes : tuple of str
        What to mind.
    deals : DataFrame
        One row a deal: `deal, outcome, state`, number of `people`, of `roles` and of people whose
        role is `unknown`, `single_threaded`, a flag for each role, and the `weight` in `coverage`.
    """

    counts: dict[str, int]
    size: pd.DataFrame
    coverage: pd.DataFrame
    win_rate: dict[str, float]
    effect: pd.DataFrame
    evidence: bool
    single_threaded: dict[str, Any]
    confidence: float
    alpha: float
    notes: tuple[str, ...]
    deals: pd.DataFrame = field(repr=False, metadata={"json": False})


def buying_centre(
    frame: Any,
    *,
    deal: str = "deal",
    person: str = "person",
    roles: str = "roles",
    outcome: str = "outcome",
    won: Collection[str] = WON,
    lost: Collection[str] = LOST,
    touches: str | None = None,
    together: Sequence[Sequence[str]] = (("decider", "user"),),
    confidence: float = 0.9,
    alpha: float = 0.05,
) -> BuyingCentre:
    """Measure who takes part in deals, and compare win rates with and without each role.

    Win rates are those of decided deals: open and stuck ones count for size and coverage alone.
    Shares have Wilson's interval, ratios of win rates Koopman's score interval; Fisher's exact
    p-values of all comparisons are adjusted together by Holm's method.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row for each person that takes part in a deal; a deal without anybody has one row
        with an empty person.
    deal, person, roles, outcome : str
        Columns: the deal, the person, the person's roles such as "influencer; decider" or a list
        of them (see `assign_roles`), and the outcome of the deal.
    won, lost : collection of str
        Outcomes that decide a deal, capitals or not; any other leaves it undecided.
    touches : str, optional
        Column with the number of contacts of the person in the deal, empty for none. A deal is
        single-threaded where one person takes part, or has 80 % of these contacts.
    together : sequence of sequences of str
        Roles compared as a group: deals in which all of them take part against all others.
    confidence : float
        Confidence of the intervals, in (0, 1).
    alpha : float
        Chance of any false alarm among the comparisons, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, roles are unknown, a deal has two outcomes, or no deal is decided
        by the words given; names all faults.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> rows = [("d1", "ann", "decider", "won"), ("d1", "bob", "user", "won")]
    >>> rows += [("d2", "cy", "user", "refused"), ("d3", "di", "buyer", "open")]
    >>> found = buying_centre(
    ...     pd.DataFrame(rows, columns=["deal", "person", "roles", "outcome"])
    ... )
    >>> found.counts
    {'deals': 3, 'won': 1, 'lost': 1, 'undecided': 1, 'nobody': 0}
    >>> found.evidence
    False
    """
    _check_parameters(confidence, alpha, together)
    columns = {"deal": deal, "person": person, "roles": roles, "outcome": outcome}
    columns |= {"touches": touches} if touches else {}
    taken = take_columns(frame, list(columns.values()), "deals and people")
    rows = pd.DataFrame({name: taken[given] for name, given in columns.items()})
    if touches:
        rows["touches"] = number_columns(rows, {"touches": POSITIVE}, "deals and people")["touches"]
    everything = reduce_to_deals(rows, as_states(won, lost, "buying_centre"))
    deals = _weigh(everything[everything["people"] > 0].reset_index(drop=True))
    decided = deals[deals["state"] != "undecided"]
    # Where somebody's role is unknown, a role not seen may be there all the same.
    effect = _effect(decided[decided["unknown"] == 0], together, confidence, alpha)
    counted = deals["state"].value_counts()
    return BuyingCentre(
        counts={"deals": len(deals)}
        | {state: int(counted.get(state, 0)) for state in ("won", "lost", "undecided")}
        | {"nobody": len(everything) - len(deals)},
        size=_size(deals, confidence),
        coverage=_coverage(deals, confidence),
        win_rate=_share(decided["state"] == "won", confidence),
        effect=effect,
        evidence=bool(effect["verdict"].isin(["wins more", "wins less"]).any()),
        single_threaded=_share(deals["single_threaded"], confidence)
        | _alone(decided, confidence, alpha),
        confidence=confidence,
        alpha=alpha,
        notes=tuple(_notes(everything, deals)),
        deals=deals,
    )


def _weigh(deals: pd.DataFrame) -> pd.DataFrame:
    """Let deals in which everybody's role is known stand for the others.

    Large committees are more often unclear. A clear one counts the inverse of its chance to be
    clear, q to the power of its people, where q is the share of people with a known role
    (Horvitz & Thompson 1952).
    """
    known = 1 - deals["unknown"].sum() / max(deals["people"].sum(), 1)
    clear = deals["unknown"] == 0
    return deals.assign(weight=np.where(clear, float(known or 1) ** -deals["people"], 0.0))


def _size(deals: pd.DataFrame, confidence: float) -> pd.DataFrame:
    rows = []
    for what, weight in (("people", np.ones(len(deals))), ("roles", deals["weight"].to_numpy())):
        number = deals[what].to_numpy(float)
        clear = deals.loc[weight > 0, what]
        mean = _divide((weight * number).sum(), weight.sum())
        square = _divide(((weight * (number - mean)) ** 2).sum(), weight.sum() ** 2)
        df = len(clear) - 1
        reach = (
            stdtrit(df, (1 + confidence) / 2) * math.sqrt(square * (df + 1) / df)
            if df > 0
            else math.nan
        )
        row = {"what": what, "mean": mean, "low": mean - reach, "high": mean + reach}
        rows.append(
            row | {"median": clear.median(), "p90": clear.quantile(0.9), "most": clear.max()}
        )
    return pd.DataFrame(rows)


def _coverage(deals: pd.DataFrame, confidence: float) -> pd.DataFrame:
    groups = {"all": deals, **dict(iter(deals.groupby("outcome")))}
    rows = []
    for outcome, group in groups.items():
        clear = group[group["weight"] > 0]
        counts = {"outcome": outcome, "deals": len(clear)}
        rows += [
            counts
            | {"role": role, "with": int(clear[role].sum())}
            | _share(clear[role], confidence, clear["weight"])
            for role in ROLES
        ]
    return pd.DataFrame(rows)[["outcome", "role", "deals", "with", "share", "low", "high"]]


def _effect(
    decided: pd.DataFrame, together: Sequence[Sequence[str]], confidence: float, alpha: float
) -> pd.DataFrame:
    won = (decided["state"] == "won").to_numpy()
    groups = [(role,) for role in ROLES] + [tuple(group) for group in together]
    present = {" + ".join(group): decided[list(group)].all(axis=1).to_numpy() for group in groups}
    return compare_win_rates(present, won, confidence, alpha).rename(columns={"what": "roles"})


def _alone(decided: pd.DataFrame, confidence: float, alpha: float) -> dict[str, Any]:
    """Compare deals that one person carries with the others."""
    flags, won = decided["single_threaded"].to_numpy(), (decided["state"] == "won").to_numpy()
    table = compare_win_rates({"single-threaded": flags}, won, confidence, alpha)
    row = table.drop(columns=["what", "p_adjusted"]).to_dict("records")[0]
    return {f"ratio_{name}" if name in {"low", "high"} else str(name): row[name] for name in row}


def _share(
    flags: pd.Series, confidence: float, weight: pd.Series | None = None
) -> dict[str, float]:
    """Estimate a share; its interval is that of the effective number of deals (Kish 1965)."""
    weights = np.ones(len(flags)) if weight is None else weight.to_numpy()
    share = _divide((weights * flags.to_numpy()).sum(), weights.sum())
    effective = _divide(weights.sum() ** 2, (weights**2).sum())
    if math.isnan(share):
        return {"share": share, "low": 0.0, "high": 1.0}
    low, high = wilson_interval(share * effective, effective, confidence)
    return {"share": share, "low": low, "high": high}


def _divide(above: float, below: float) -> float:
    return float(above / below) if below else math.nan


def _notes(everything: pd.DataFrame, deals: pd.DataFrame) -> list[str]:
    notes = [_ASSOCIATION]
    undecided = deals.loc[deals["state"] == "undecided", "outcome"].replace("", "no outcome")
    if len(undecided):
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in undecided.value_counts().items())
        notes.append(f"Win rates leave out {len(undecided):,} undecided deals ({kinds}).")
    if nobody := len(everything) - len(deals):
        notes.append(f"{nobody:,} deals without any person noted are set aside.")
    if unclear := int((deals["unknown"] > 0).sum()):
        notes.append(
            f"In {unclear:,} deals somebody's role is unknown: win rates by role leave these out; "
            "for roles and coverage the other deals stand for them, weighted by size."
        )
    return notes


def _check_parameters(confidence: float, alpha: float, together: Sequence[Sequence[str]]) -> None:
    owner = "buying_centre"
    for name, value in (("confidence", confidence), ("alpha", alpha)):
        check_share(name, owner, value)
    for group in together:
        if len(set(group)) < 2 or not set(group) <= set(ROLES):
            raise ParameterError("together", owner, f"groups of two or more of {ROLES}", group)
