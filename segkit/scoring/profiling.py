"""What it saves, and costs, not to work the deals that the criteria advise against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from segkit.errors import DataError, check_share
from segkit.frames import JsonResult
from segkit.intervals import wilson_interval
from segkit.scoring.intake import as_outcome

__all__ = ["ProfilingPolicy", "profiling_policy"]

Floats = NDArray[np.float64]
_MOST_POINTS = 100


@dataclass(frozen=True)
class ProfilingPolicy(JsonResult):
    """Policies that leave more and more deals aside, the least promising first.

    Attributes
    ----------
    curve : DataFrame
        One row a policy, from "work all" on: `below` (deals with a score at most this are not
        worked), `deals` left aside, `hours` saved with its share `saved` (`saved_low`,
        `saved_high`: bootstrap), `wins` lost with their share `lost` (`lost_low`, `lost_high`:
        Wilson), `precision` (share of wins among the deals worked).
    recommended : int
        Row of the policy that saves most hours while the upper end of the wins lost stays within
        `most_lost`, or that leaves most money where value and cost are known; 0: work all.
    most_lost : float
    """

    curve: pd.DataFrame
    recommended: int
    most_lost: float

    @property
    def point(self) -> pd.Series[Any]:
        """The recommended policy."""
        return self.curve.iloc[self.recommended]


def profiling_policy(
    score: ArrayLike,
    won: ArrayLike,
    hours: ArrayLike | None = None,
    *,
    most_lost: float = 0.05,
    win_value: float | None = None,
    hour_cost: float | None = None,
    draws: int = 500,
    confidence: float = 0.9,
    random_state: int = 0,
) -> ProfilingPolicy:
    """Weigh hours saved against wins lost if deals of a low score are not worked.

    Judge it by deals on which the score was not learned: on its own deals it flatters itself.

    Parameters
    ----------
    score : array of shape (n,)
        Higher is more promising; equal scores are worked or left aside together. Flags will do.
    won : array of bool, shape (n,)
        Whether the deal was won.
    hours : array of shape (n,), optional
        Hours that it took; one a deal without them.
    most_lost : float
        Largest share of wins that may be lost, by the upper end of its interval.
    win_value, hour_cost : float, optional
        What a win leaves and an hour costs. With both, the policy that leaves most money is
        recommended instead.
    draws : int
        Bootstrap samples for the share of hours saved.
    confidence : float
    random_state : int

    Raises
    ------
    DataError
        If lengths differ, values are missing, no deal was won, or hours are negative.
    ParameterError
        If `most_lost` or `confidence` is not in (0, 1).

    Examples
    --------
    >>> found = profiling_policy([0] * 40 + [1] * 60, [False] * 40 + [True] * 60)
    >>> found.curve[["below", "deals", "saved", "lost"]]
       below  deals  saved  lost
    0    NaN      0    0.0   0.0
    1    0.0     40    0.4   0.0
    >>> found.recommended
    1
    """
    for name, value in (("most_lost", most_lost), ("confidence", confidence)):
        check_share(name, "profiling_policy", value)
    scores, wins, spent = _checked(score, won, hours)
    levels = np.unique(scores)[:-1]
    if len(levels) > _MOST_POINTS:
        shares = np.arange(1, _MOST_POINTS) / _MOST_POINTS
        levels = np.unique(np.quantile(scores, shares, method="inverted_cdf"))
        levels = levels[levels < scores.max()]
    aside = scores[:, None] <= np.concatenate([[-np.inf], levels])
    lost, saved = aside.T @ wins.astype(np.float64), aside.T @ spent
    rng = np.random.default_rng(random_state)
    times = rng.multinomial(len(scores), np.full(len(scores), 1 / len(scores)), draws)
    shares = (times * spent) @ aside / np.maximum((times @ spent)[:, None], 1e-300)
    tail = (1 - confidence) / 2
    bounds = np.quantile(shares, [tail, 1 - tail], axis=0)
    wilson = np.array([wilson_interval(int(one), int(wins.sum()), confidence) for one in lost])
    wilson[0] = 0.0  # who works all loses nothing
    worked = (~aside).sum(axis=0)
    curve = pd.DataFrame(
        {
            "below": np.concatenate([[np.nan], levels]),
            "deals": aside.sum(axis=0),
            "hours": saved,
            "saved": saved / spent.sum(),
            "saved_low": bounds[0],
            "saved_high": bounds[1],
            "wins": lost.astype(np.int64),
            "lost": lost / wins.sum(),
            "lost_low": wilson[:, 0],
            "lost_high": wilson[:, 1],
            "precision": (wins.sum() - lost) / np.maximum(worked, 1),
        }
    )
    if win_value is not None and hour_cost is not None:
        net = hour_cost * curve["hours"] - win_value * curve["wins"]
        return ProfilingPolicy(curve, int(net.to_numpy().argmax()), most_lost)
    allowed = np.flatnonzero(curve["lost_high"] <= most_lost)
    return ProfilingPolicy(curve, int(allowed[-1]), most_lost)


def _checked(
    score: ArrayLike, won: ArrayLike, hours: ArrayLike | None
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    table = pd.DataFrame(
        {
            "score": pd.Series(np.asarray(score, dtype=object).ravel()),
            "won": pd.Series(np.asarray(won, dtype=object).ravel()),
        }
    )
    lengths = {"score": np.size(score), "won": np.size(won)}
    if hours is not None:
        table["hours"] = pd.Series(np.asarray(hours, dtype=object).ravel())
        lengths["hours"] = np.size(hours)
    if len(set(lengths.values())) > 1:
        raise DataError(f"Scores, wins and hours must be as many. Found {lengths}.")
    missing = table.isna().sum()
    if missing.any():
        raise DataError(
            f"Values are missing: {missing[missing > 0].to_dict()}. Leave those deals out, "
            "and say so."
        )
    spent = np.asarray(table["hours"] if hours is not None else np.ones(len(table)), dtype=float)
    wins = as_outcome(table["won"], len(table), "won") == 1
    if not wins.any():
        raise DataError("No deal was won: there is nothing to lose.")
    if (spent < 0).any() or not spent.sum() > 0:
        raise DataError("Hours must be 0 or more, and some above 0.")
    return table["score"].to_numpy(dtype=np.float64), wins, spent
