"""TAM, SAM and SOM of one set of inputs, in accounts and in revenue from the same accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from segkit.sizing.distributions import Distribution
from segkit.sizing.fact_checks import ALL
from segkit.sizing.facts import NEUTRAL, WAYS, MarketFacts

__all__ = ["LEVELS", "Funnel"]

Floats = NDArray[np.float64]

LEVELS = ("TAM", "SAM", "SOM")

_REVENUE_FACTORS: Mapping[str, tuple[str, ...]] = {
    "bottom-up": ("accounts", "units per account", "price", "attach rate"),
    "top-down": ("category spend",),
    "value theory": ("accounts", "benefit per account", "value share captured"),
}
_LEVEL_FACTORS: Mapping[str, tuple[str, ...]] = {
    "TAM": (),
    "SAM": ("serviceable share",),
    "SOM": ("serviceable share", "win rate", "reach"),
}


class Funnel:
    r"""The arithmetic of a market, for one value of each input or for many draws at once.

    For segment s: TAM accounts :math:`N_s`; SAM accounts :math:`N_s \cdot` serviceable share;
    SOM accounts the smaller of what can be won (SAM accounts x win rate x reach) and what the
    team can close (sales reps x deals per rep). A capacity of the whole company is shared out in
    proportion to what can be won. Revenue at each level is its accounts times the revenue per
    account, so that accounts and revenue cannot part.

    Parameters
    ----------
    facts : MarketFacts
        Checked facts.

    Attributes
    ----------
    inputs : dict of str to Distribution
        The inputs that the way uses.
    levels : tuple of str
        TAM and SAM, and SOM where the facts tell what can be obtained.
    """

    def __init__(self, facts: MarketFacts) -> None:
        self.facts = facts
        stated = dict.fromkeys([*WAYS[facts.way], *NEUTRAL[facts.way], "win rate"])
        self._labels = {
            measure: [facts.find(segment, measure) for segment in facts.segments]
            for measure in stated
        }
        self._spread = facts.way == "top-down" and None in self._labels["category spend"]
        self._teams = [_team(facts, segment) for segment in facts.segments]
        self._company = None if facts.segments == (ALL,) else _team(facts, ALL)
        self._has_win_rate = None not in self._labels["win rate"]
        self._has_limit = self._company is not None or any(self._teams)
        self.inputs = self._used()
        obtainable = self._has_win_rate or self._company is not None or all(self._teams)
        self.levels = LEVELS if obtainable else LEVELS[:2]

    def __call__(self, values: Mapping[str, Floats]) -> dict[str, tuple[Floats, Floats]]:
        """Compute accounts and revenue of each level, both of shape (n_segments, n_draws)."""
        way = {"bottom-up": self._priced, "top-down": self._spent, "value theory": self._valued}
        revenue_per_account = way[self.facts.way](values)
        accounts = zip(self.levels, self._accounts(values), strict=False)
        return {level: (n, n * revenue_per_account) for level, n in accounts}

    def notes(self) -> list[str]:
        """Say what was taken for granted because no fact tells it, and which facts lie idle."""
        notes = [
            f"{measure}: not stated{self._where(lacking)}; taken as {value:g}."
            for measure, value in NEUTRAL[self.facts.way].items()
            if (lacking := self.facts.lacking(measure))
        ]
        if self._spread:
            notes.append("category spend is spread over the segments by their accounts.")
        if len(self.levels) < len(LEVELS):
            notes.append("SOM is not given: state 'win rate', or 'sales reps' and 'deals per rep'.")
        elif not self._has_win_rate:
            notes.append("SOM is bounded by sales capacity alone: state 'win rate'.")
        elif not self._has_limit:
            notes.append("SOM knows no sales capacity: state 'sales reps' and 'deals per rep'.")
        idle = self._idle()
        return [*notes, f"not used: {_listed(idle)}."] if idle else notes

    def factors(self, level: str) -> list[str] | None:
        """Name the inputs whose product the revenue of a level is; None if it is no product."""
        limited = level == "SOM" and (self._has_limit or not self._has_win_rate)
        reduced = any(self._labels.get("switching cost", ()))
        if len(self.facts.segments) > 1 or limited or reduced:
            return None
        measures = (*_REVENUE_FACTORS[self.facts.way], *_LEVEL_FACTORS[level])
        return [label for measure in measures for label in self._labels[measure] if label]

    def _accounts(self, values: Mapping[str, Floats]) -> tuple[Floats, Floats, Floats]:
        tam = self._get(values, "accounts")
        sam = tam * self._get(values, "serviceable share")
        won = sam * self._get(values, "reach")
        if self._has_win_rate:
            won *= self._get(values, "win rate")
        for row, team in enumerate(self._teams):
            if team:
                won[row] = np.minimum(won[row], values[team[0]] * values[team[1]])
        if self._company:
            total = won.sum(axis=0)
            closed = np.minimum(total, values[self._company[0]] * values[self._company[1]])
            won *= np.divide(closed, total, out=np.ones_like(total), where=total > 0)
        return tam, sam, won

    def _priced(self, values: Mapping[str, Floats]) -> Floats:
        units, price = self._get(values, "units per account"), self._get(values, "price")
        return units * price * self._get(values, "attach rate")

    def _spent(self, values: Mapping[str, Floats]) -> Floats:
        accounts = self._get(values, "accounts")
        if self._spread:
            accounts = np.broadcast_to(accounts.sum(axis=0), accounts.shape)
            spend = np.broadcast_to(values[f"{ALL}: category spend"], accounts.shape)
        else:
            spend = self._get(values, "category spend")
        return np.divide(spend, accounts, out=np.zeros(accounts.shape), where=accounts > 0)

    def _valued(self, values: Mapping[str, Floats]) -> Floats:
        benefit, cost = (self._get(values, m) for m in ("benefit per account", "switching cost"))
        # Who would lose by switching does not buy: a negative price is no market.
        return np.maximum(benefit - cost, 0.0) * self._get(values, "value share captured")

    def _get(self, values: Mapping[str, Floats], measure: str) -> Floats:
        """Stack a measure over the segments; what is not stated is neutral."""
        shape = np.shape(next(iter(values.values())))
        rows = [
            values[label] if label else np.full(shape, NEUTRAL[self.facts.way][measure])
            for label in self._labels[measure]
        ]
        return np.stack(rows)

    def _where(self, segments: Sequence[str]) -> str:
        everywhere = len(segments) == len(self.facts.segments)
        return "" if everywhere else f" for {_listed(segments)}"

    def _used(self) -> dict[str, Distribution]:
        used = {label for labels in self._labels.values() for label in labels if label}
        used |= {label for team in (*self._teams, self._company) if team for label in team}
        if self._spread:
            used.add(f"{ALL}: category spend")
        return {label: self.facts.inputs[label] for label in sorted(used)}

    def _idle(self) -> list[str]:
        """Name facts that this way could use, and does not."""
        known = {*self._labels, "sales reps", "deals per rep"}
        return [
            label
            for label in self.facts.inputs
            if label not in self.inputs and label.rpartition(": ")[2] in known
        ]


def _team(facts: MarketFacts, segment: str) -> tuple[str, str] | None:
    reps, deals = (facts.find(segment, measure) for measure in ("sales reps", "deals per rep"))
    return (reps, deals) if reps and deals else None


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
