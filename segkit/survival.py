"""Time to an event when some still wait: the curve, its median and mean, and how groups differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import chi2

from segkit.errors import check_share

__all__ = ["LogRank", "Survival", "kaplan_meier", "log_log_band", "log_rank"]

Floats = NDArray[np.float64]

_TIE = 1e-9
_FARTHEST = 50.0  # beyond it a bound is 0 or 1


@dataclass(frozen=True, eq=False)
class Survival:
    """A Kaplan-Meier curve; arrays have one entry a time with an event.

    Attributes
    ----------
    times, at_risk, events : array
        Each time with an event, who still waited just before it, and who had it then.
    longest : float
        Last time at which anybody was seen.
    """

    times: Floats
    at_risk: Floats
    events: Floats
    longest: float

    @property
    def waiting(self) -> Floats:
        """The share without an event after each time."""
        return np.asarray(np.cumprod(1 - self.events / self.at_risk), dtype=np.float64)

    @property
    def steps(self) -> Floats:
        """Greenwood's terms d / n (n - d); where nobody is left the curve is 0, and so is this."""
        d, n = self.events, self.at_risk
        return np.divide(d, n * (n - d), out=np.zeros(len(n)), where=n > d)

    def band(self, confidence: float = 0.9) -> tuple[Floats, Floats]:
        """Bound the share waiting after each time, by Greenwood's variance on the log(-log) scale.

        Where all have had the event, the upper end stays as it was: the curve does not rise.
        """
        waiting = self.waiting
        low, high = log_log_band(waiting, waiting**2 * self.steps.cumsum(), confidence)
        if len(high) and np.isnan(high[-1]):
            high[-1] = high[-2] if len(high) > 1 else 1.0
        return low, high

    def median(self, confidence: float = 0.9) -> tuple[float, float, float]:
        """Give the median time with its interval; infinite where the data do not reach it.

        The median is where the curve falls below one half or, where it rests there, the middle of
        the rest: without censoring the ordinary median. The interval is where the band crosses one
        half (Brookmeyer & Crowley 1982).
        """
        median, low, high = (
            _crossing(self.times, curve) for curve in (self.waiting, *self.band(confidence))
        )
        return median, low, high

    def restricted_mean(self, horizon: float) -> tuple[float, float]:
        r"""Give the mean time within a horizon, and its standard error.

        :math:`\mu(\tau) = \int_0^\tau S(t) dt` with variance :math:`\sum_{t_i \le \tau}
        (\int_{t_i}^\tau S)^2 d_i / (n_i (n_i - d_i))` (Royston & Parmar 2013).
        """
        inside = self.times <= horizon
        survival = np.append(1.0, self.waiting[inside])
        pieces = survival * np.diff(np.concatenate([[0.0], self.times[inside], [horizon]]))
        ahead = pieces.sum() - np.cumsum(pieces)[:-1]
        return float(pieces.sum()), float(np.sqrt((ahead**2 * self.steps[inside]).sum()))


class LogRank(NamedTuple):
    """Test that groups wait equally long; NaN where there is nothing to compare."""

    statistic: float
    df: float
    p: float


def kaplan_meier(durations: ArrayLike, seen: ArrayLike) -> Survival:
    """Estimate the share still waiting, by the product of 1 - d / n (Kaplan & Meier 1958).

    Parameters
    ----------
    durations : array-like, shape (n,)
        Time until the event, or until the last look where it has not come; finite, 0 or more.
    seen : array-like of bool, shape (n,)
        Whether the event has come.

    Examples
    --------
    >>> curve = kaplan_meier([10, 20, 30, 40], [True, True, True, False])
    >>> curve.waiting.tolist(), curve.median()[0]
    ([0.75, 0.5, 0.25], 25.0)
    """
    t, event = np.asarray(durations, dtype=np.float64), np.asarray(seen, dtype=bool)
    times, place = np.unique(t, return_inverse=True)
    events = np.bincount(place, weights=event, minlength=len(times)).astype(np.float64)
    at_risk = np.bincount(place, minlength=len(times))[::-1].cumsum()[::-1].astype(np.float64)
    some = events > 0
    return Survival(times[some], at_risk[some], events[some], float(t.max(initial=0.0)))


def log_rank(durations: ArrayLike, seen: ArrayLike, groups: ArrayLike) -> LogRank:
    """Test whether groups wait equally long (Mantel 1966): observed against expected events.

    Parameters
    ----------
    durations, seen : array-like, shape (n,)
        As in `kaplan_meier`.
    groups : array-like, shape (n,)
        Two groups or more.

    Examples
    --------
    >>> statistic, df, p = log_rank([1, 2, 3, 4, 5, 6], [True] * 6, [0, 0, 0, 1, 1, 1])
    >>> round(statistic, 3), df, round(p, 4)
    (5.052, 1, 0.0246)
    """
    t, event = np.asarray(durations, dtype=np.float64), np.asarray(seen, dtype=bool)
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if len(names) < 2 or not event.any():
        return LogRank(float("nan"), float("nan"), float("nan"))
    times, place = np.unique(t, return_inverse=True)
    shape = (len(times), len(names))
    key, size = place * len(names) + group, len(times) * len(names)
    died = np.bincount(key, weights=event, minlength=size).reshape(shape)
    left = np.bincount(key, minlength=size).reshape(shape)
    at_risk = left[::-1].cumsum(axis=0)[::-1].astype(np.float64)
    some = died.any(axis=1)
    d, n, parts = died[some].sum(axis=1), at_risk[some].sum(axis=1), at_risk[some]
    share = parts / n[:, None]
    excess = (died[some] - d[:, None] * share).sum(axis=0)
    weight = np.divide(d * (n - d), n - 1, out=np.zeros(len(n)), where=n > 1)
    variance = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    statistic = float(excess @ np.linalg.pinv(variance, hermitian=True) @ excess)
    df = int(np.linalg.matrix_rank(variance, hermitian=True))
    return LogRank(statistic, df, float(chi2.sf(statistic, df)))


def log_log_band(share: Floats, variance: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Bound probabilities on the scale log(-log); one of 0 or 1 is bounded on one side alone.

    Examples
    --------
    >>> low, high = log_log_band(np.array([0.5, 0.0]), np.array([0.01, 0.0]), 0.9)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.328, 0.0], [0.65, nan])
    """
    check_share("confidence", "log_log_band", confidence)
    inside = (share > _TIE) & (share < 1 - _TIE)
    safe = np.where(inside, share, 0.5)
    z = float(ndtri((1 + confidence) / 2))
    reach = np.minimum(z * np.sqrt(variance) / np.abs(safe * np.log(safe)), _FARTHEST)
    low, high = safe ** np.exp(reach), safe ** np.exp(-reach)
    return (
        np.where(inside, low, np.where(share <= _TIE, 0.0, np.nan)),
        np.where(inside, high, np.where(share >= 1 - _TIE, 1.0, np.nan)),
    )


def _crossing(times: Floats, curve: Floats) -> float:
    """Find where a curve falls below one half; where it rests there, the middle of the rest."""
    below = np.flatnonzero(curve < 0.5 - _TIE)
    resting = np.flatnonzero(np.abs(curve - 0.5) <= _TIE)
    if len(resting):
        end = times[below[0]] if len(below) else times[resting[0]]
        return float((times[resting[0]] + end) / 2)
    return float(times[below[0]]) if len(below) else float("inf")
