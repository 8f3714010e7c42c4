"""Time to an event when some are still waiting: Kaplan-Meier, competing ends, log-rank test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError, check_share
from segkit.frames import JsonResult
from segkit.process.visits import Floats, Ints
from segkit.survival import Survival, kaplan_meier, log_log_band, log_rank

__all__ = ["TimeToEvent", "time_to_event"]

_SHOWN = 5
_NONE_YET = frozenset({"", "0", "0.0", "no", "false"})
_HAPPENED = frozenset({"1", "1.0", "yes", "true"})


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
        without an event so far) with its interval `low, high`.
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
    1966). The median is the ordinary one where nobody is censored.

    Parameters
    ----------
    durations : array-like, shape (n,)
        Time until the event, or until the end of observation.
    events : array-like, shape (n,)
        1, True or "yes" for an event, 0, False, "no" or missing for none yet; or the name or
        number of the cause, and any of these where none has come yet.
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
    check_share("confidence", "time_to_event", confidence)
    t, cause, causes = _read(durations, events)
    groups = ["all"] * len(t) if group is None else list(np.asarray(group, dtype=object))
    if len(groups) != len(t):
        raise DataError(f"group has {len(groups)} entries and durations {len(t)}.")
    code, names = pd.factorize(pd.Series(groups, dtype=object), use_na_sentinel=False)
    parts = [_follow(t[code == at], cause[code == at], len(causes)) for at in range(len(names))]
    named = list(zip(names, parts, strict=True))
    return TimeToEvent(
        table=pd.DataFrame([_row(name, part, confidence) for name, part in named]),
        curves=pd.concat([_curve(*pair, confidence) for pair in named], ignore_index=True),
        causes=pd.concat([_causes(*pair, causes, confidence) for pair in named], ignore_index=True),
        ends=pd.DataFrame(
            [_end(*pair, causes, at, confidence) for pair in named for at in range(len(causes))]
        ),
        log_rank=log_rank(t, cause >= 0, code)._asdict(),
        confidence=confidence,
    )


@dataclass(frozen=True)
class _Followed:
    """Waiting in a group, and of each cause the events at each time (times x causes)."""

    n: int
    survival: Survival
    died: Floats
    own: list[Floats]  # times of each cause's events

    def incidence(self, cause: int) -> tuple[Floats, Floats]:
        """Give the cumulative incidence of a cause, and its variance."""
        n, own, a = self.survival.at_risk, self.died[:, cause], self.survival.steps
        before = np.append([1.0], self.survival.waiting[:-1])
        share = np.cumsum(before * own / n)
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
    plain = text.str.casefold()
    code, names = pd.factorize(text.where(~plain.isin(_NONE_YET)).astype(object))
    if plain.isin(_NONE_YET | _HAPPENED).all():
        return t, np.where(code >= 0, 0, -1).astype(np.int64), ("event",)
    return t, code.astype(np.int64), tuple(map(str, names))


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
    survival = kaplan_meier(t, cause >= 0)
    place = np.searchsorted(survival.times, t[cause >= 0])
    died = np.zeros((len(survival.times), n_causes))
    np.add.at(died, (place, cause[cause >= 0]), 1.0)
    own = [np.sort(t[cause == at]) for at in range(n_causes)]
    return _Followed(len(t), survival, died, own)


def _curve(name: Any, part: _Followed, confidence: float) -> pd.DataFrame:
    own = part.survival
    low, high = own.band(confidence)
    columns = {"time": own.times, "at_risk": own.at_risk.astype(int), "waiting": own.waiting}
    return pd.DataFrame({"group": name, **columns, "low": low, "high": high})


def _causes(name: Any, part: _Followed, causes: Sequence[str], confidence: float) -> pd.DataFrame:
    parts = []
    for at, cause in enumerate(causes):
        share, variance = part.incidence(at)
        low, high = log_log_band(share, variance, confidence)
        columns = {"time": part.survival.times, "share": share, "low": low, "high": high}
        parts.append(pd.DataFrame({"group": name, "cause": cause, **columns}))
    return pd.concat(parts, ignore_index=True)


def _end(
    name: Any, part: _Followed, causes: Sequence[str], at: int, confidence: float
) -> dict[str, Any]:
    share, variance = part.incidence(at)
    low, high = log_log_band(share[-1:], variance[-1:], confidence)
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


def _row(name: Any, part: _Followed, confidence: float) -> dict[str, Any]:
    median, low, high = part.survival.median(confidence)
    events = int(part.survival.events.sum())
    counts = {"n": part.n, "events": events, "censored": part.n - events}
    return {"group": name, **counts, "median": median, "low": low, "high": high}
