"""Time to an event when some are still waiting: Kaplan-Meier, competing ends, log-rank test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import chi2

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult
from segkit.process.visits import Floats, Ints

__all__ = ["TimeToEvent", "time_to_event"]

_SHOWN = 5
_TIE = 1e-9
_FARTHEST = 50.0  # beyond it a bound is 0 or 1


@dataclass(frozen=True, eq=False)
class TimeToEvent(JsonResult):
    """How long it takes, by group.

    Attributes
    ----------
    table : DataFrame
        One row a group: `group, n`, `events`, `censored`, and the `median` with its interval
        `low, high` (infinite where the data do not reach it).
    curves : DataFrame
        One row a group and time with an event: `at_risk`, `waiting` (Kaplan-Meier: the share
        without an event so far) with its interval `low, high` (NaN where nothing bounds it).
    causes : DataFrame
        One row a group, cause and time with an event: `share` (Aalen-Johansen: the chance to have
        met this cause by then) with its interval `low, high`.
    ends : DataFrame
        The last row of each curve in `causes`, with the `events` of the cause and the `median`
        time of those that met it.
    log_rank : dict of str to float
        Test that all groups wait equally long: `statistic, df, p` (NaN with one group).
    """

    table: pd.DataFrame
    curves: pd.DataFrame
    causes: pd.DataFrame
    ends: pd.DataFrame
    log_rank: dict[str, float]
    confidence: float


def time_to_event(
    durations: ArrayLike,
    events: ArrayLike,
    *,
    group: ArrayLike | None = None,
    confidence: float = 0.9,
) -> TimeToEvent:
    r"""Estimate how long it takes until an event of one kind or of several.

    Waiting is Kaplan & Meier's (1958) product :math:`\prod (1 - d_i / n_i)` with Greenwood's
    variance; the chance of cause k is Aalen & Johansen's (1978)
    :math:`\sum S(t_{i-1}) d_{ki} / n_i` with the variance of the delta method (Marubini &
    Valsecchi 1995). Intervals are formed on the scale log(-log); that of the median is where they
    cross one half (Brookmeyer & Crowley 1982). Groups are compared by the log-rank test (Mantel
    1966).

    Parameters
    ----------
    durations : array-like, shape (n,)
        Time until the event, or until the end of observation.
    events : array-like, shape (n,)
        1 or True for an event, 0, False or missing for none yet; or the name or number of the
        cause, empty or 0 where none has come yet.
    group : array-like, shape (n,), optional
        What to compare.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If lengths differ, or durations are missing or negative; names the first rows.

    Examples
    --------
    Freireich et al. (1963), months in remission under placebo: nobody is censored.

    >>> months = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    >>> time_to_event(months, [1] * 21).table[["n", "events", "median", "low", "high"]]
        n  events  median  low  high
    0  21      21     8.0  4.0  11.0
    """
    if not 0 < confidence < 1:
        raise ParameterError("confidence", "time_to_event", "a number in (0, 1)", confidence)
    t, cause, causes = _read(durations, events)
    groups = ["all"] * len(t) if group is None else list(np.asarray(group, dtype=object))
    if len(groups) != len(t):
        raise DataError(f"group has {len(groups)} entries and durations {len(t)}.")
    code, names = pd.factorize(pd.Series(groups, dtype=object), use_na_sentinel=False)
    parts = [_follow(t[code == at], cause[code == at], len(causes)) for at in range(len(names))]
    z = float(ndtri((1 + confidence) / 2))
    return TimeToEvent(
        table=pd.DataFrame([_row(name, p, z) for name, p in zip(names, parts, strict=True)]),
        curves=pd.concat(
            [_curve(name, p, z) for name, p in zip(names, parts, strict=True)], ignore_index=True
        ),
        causes=pd.concat(
            [_causes(name, p, causes, z) for name, p in zip(names, parts, strict=True)],
            ignore_index=True,
        ),
        ends=pd.DataFrame(
            [
                _end(name, p, causes, at, z)
                for name, p in zip(names, parts, strict=True)
                for at in range(len(causes))
            ]
        ),
        log_rank=_log_rank(t, cause >= 0, code, len(names)),
        confidence=confidence,
    )


@dataclass(frozen=True)
class _Followed:
    """Counts of a group at each time with an event, and what follows from them."""

    n: int
    times: Floats
    at_risk: Floats
    died: Floats  # times x causes
    own: list[Floats]  # times of each cause's events

    @property
    def waiting(self) -> Floats:
        return np.cumprod(1 - self.died.sum(axis=1) / self.at_risk)

    @property
    def greenwood(self) -> Floats:
        """Sum of d / n (n - d); the last is infinite where nobody is left, and counts as 0."""
        d, n = self.died.sum(axis=1), self.at_risk
        return np.cumsum(np.divide(d, n * (n - d), out=np.zeros(len(n)), where=n > d))

    def incidence(self, cause: int) -> tuple[Floats, Floats]:
        """Give the cumulative incidence of a cause, and its variance."""
        d, n, own = self.died.sum(axis=1), self.at_risk, self.died[:, cause]
        before = np.append([1.0], self.waiting[:-1])
        share = np.cumsum(before * own / n)
        a = np.divide(d, n * (n - d), out=np.zeros(len(n)), where=n > d)
        b = before * own / n**2
        # Sums of a (F - F_i)^2 and b (F - F_i), multiplied out so that one pass is enough.
        first = share**2 * a.cumsum() - 2 * share * (a * share).cumsum() + (a * share**2).cumsum()
        second = (before**2 * own * (n - own) / n**3).cumsum()
        third = share * b.cumsum() - (b * share).cumsum()
        return share, np.maximum(first + second - 2 * third, 0.0)


def _read(durations: ArrayLike, events: ArrayLike) -> tuple[Floats, Ints, tuple[str, ...]]:
    """Read durations, the number of each cause (-1 where none has come) and the causes."""
    t = pd.to_numeric(pd.Series(np.asarray(durations)), errors="coerce").to_numpy(np.float64)
    kind = pd.Series(events if isinstance(events, pd.Series) else np.asarray(events))
    kind = kind.reset_index(drop=True)
    if len(t) != len(kind):
        raise DataError(f"events has {len(kind)} entries and durations {len(t)}.")
    wrong = np.flatnonzero(~((t >= 0) & np.isfinite(t)))
    if len(wrong) or not len(t):
        shown = ", ".join(map(str, wrong[:_SHOWN])) or "none given"
        raise DataError(
            f"Durations must be numbers of 0 or more. {len(wrong):,} are not: rows {shown}."
        )
    if pd.api.types.is_bool_dtype(kind.dtype) or pd.api.types.is_numeric_dtype(kind.dtype):
        return t, *_numbered(np.asarray(kind.fillna(0), dtype=np.float64))
    text = kind.where(kind.notna(), "").astype(str).str.strip()
    code, names = pd.factorize(text.where(text != "").astype(object))
    return t, code.astype(np.int64), tuple(map(str, names)) or ("event",)


def _numbered(number: Floats) -> tuple[Ints, tuple[str, ...]]:
    """Read 0 as none yet, 1 as the event; or 1, 2 and so on as several causes."""
    kinds = np.unique(number)
    if set(kinds) <= {0.0, 1.0}:
        return np.where(number == 1, 0, -1).astype(np.int64), ("event",)
    if kinds[0] != 0 or (kinds != kinds.round()).any():
        found = ", ".join(f"{kind:g}" for kind in kinds[:_SHOWN])
        raise DataError(
            f"events must be 0 where none has come yet, and 1 (or the number or name of the cause) "
            f"where one has. Found {found}."
        )
    causes = kinds[kinds > 0]
    place = np.where(number > 0, np.searchsorted(causes, number), -1)
    return place.astype(np.int64), tuple(f"{cause:.0f}" for cause in causes)


def _follow(t: Floats, cause: Ints, n_causes: int) -> _Followed:
    times, place = np.unique(t, return_inverse=True)
    died = np.bincount(place * (n_causes + 1) + cause + 1, minlength=len(times) * (n_causes + 1))
    table = died.reshape(len(times), n_causes + 1).astype(np.float64)
    left = table.sum(axis=1)
    at_risk = left[::-1].cumsum()[::-1]
    some = table[:, 1:].any(axis=1)
    own = [np.sort(t[cause == at]) for at in range(n_causes)]
    return _Followed(len(t), times[some], at_risk[some], table[some, 1:], own)


def _band(share: Floats, variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Bound a probability on the scale log(-log); one of 0 or 1 is bounded on one side alone."""
    inside = (share > _TIE) & (share < 1 - _TIE)
    safe = np.where(inside, share, 0.5)
    reach = np.minimum(z * np.sqrt(variance) / np.abs(safe * np.log(safe)), _FARTHEST)
    low, high = safe ** np.exp(reach), safe ** np.exp(-reach)
    return (
        np.where(inside, low, np.where(share <= _TIE, 0.0, np.nan)),
        np.where(inside, high, np.where(share >= 1 - _TIE, 1.0, np.nan)),
    )


def _waiting_band(part: _Followed, z: float) -> tuple[Floats, Floats]:
    return _band(part.waiting, part.waiting**2 * part.greenwood, z)


def _curve(name: Any, part: _Followed, z: float) -> pd.DataFrame:
    low, high = _waiting_band(part, z)
    columns = {"time": part.times, "at_risk": part.at_risk.astype(int), "waiting": part.waiting}
    return pd.DataFrame({"group": name, **columns, "low": low, "high": high})


def _causes(name: Any, part: _Followed, causes: Sequence[str], z: float) -> pd.DataFrame:
    parts = []
    for at, cause in enumerate(causes):
        share, variance = part.incidence(at)
        low, high = _band(share, variance, z)
        columns = {"time": part.times, "share": share, "low": low, "high": high}
        parts.append(pd.DataFrame({"group": name, "cause": cause, **columns}))
    return pd.concat(parts, ignore_index=True)


def _end(name: Any, part: _Followed, causes: Sequence[str], at: int, z: float) -> dict[str, Any]:
    share, variance = part.incidence(at)
    low, high = _band(share[-1:], variance[-1:], z)
    own = part.own[at]
    return {
        "group": name,
        "cause": causes[at],
        "events": len(own),
        "share": float(share[-1]) if len(share) else 0.0,
        "low": float(low[0]) if len(low) else float("nan"),
        "high": float(high[0]) if len(high) else float("nan"),
        "median": float(np.median(own)) if len(own) else float("nan"),
    }


def _row(name: Any, part: _Followed, z: float) -> dict[str, Any]:
    low, high = _waiting_band(part, z)
    events = int(part.died.sum())
    return {
        "group": name,
        "n": part.n,
        "events": events,
        "censored": part.n - events,
        "median": _crossing(part.times, part.waiting),
        "low": _crossing(part.times, low),
        "high": _crossing(part.times, high),
    }


def _crossing(times: Floats, curve: Floats) -> float:
    """Find where a curve falls below one half; where it rests there, the middle of the rest."""
    below = np.flatnonzero(curve < 0.5 - _TIE)
    resting = np.flatnonzero(np.abs(curve - 0.5) <= _TIE)
    if len(resting):
        end = times[below[0]] if len(below) else times[resting[0]]
        return float((times[resting[0]] + end) / 2)
    return float(times[below[0]]) if len(below) else float("inf")


def _log_rank(t: Floats, event: NDArray[np.bool_], group: Ints, n_groups: int) -> dict[str, float]:
    """Compare observed with expected events, given who is at risk at each time."""
    if n_groups < 2 or not event.any():
        return {"statistic": float("nan"), "df": float("nan"), "p": float("nan")}
    times, place = np.unique(t, return_inverse=True)
    key = place * n_groups + group
    shape = (len(times), n_groups)
    died = np.bincount(key, weights=event, minlength=len(times) * n_groups).reshape(shape)
    left = np.bincount(key, minlength=len(times) * n_groups).reshape(shape)
    at_risk = left[::-1].cumsum(axis=0)[::-1].astype(np.float64)
    some = died.any(axis=1)
    d, n, parts = died[some].sum(axis=1), at_risk[some].sum(axis=1), at_risk[some]
    share = parts / n[:, None]
    excess = (died[some] - d[:, None] * share).sum(axis=0)
    weight = np.divide(d * (n - d), n - 1, out=np.zeros(len(n)), where=n > 1)
    variance = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    statistic = float(excess @ np.linalg.pinv(variance, hermitian=True) @ excess)
    df = int(np.linalg.matrix_rank(variance, hermitian=True))
    return {"statistic": statistic, "df": df, "p": float(chi2.sf(statistic, df))}
