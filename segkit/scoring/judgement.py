"""How good chances are: order, size and use, on rows that the model has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import logit, ndtri

from segkit.clusters import clustered_share
from segkit.discrimination import auc_interval
from segkit.errors import DataError, check_share
from segkit.frames import JsonResult
from segkit.logistic import fit_logit
from segkit.scoring.contrasts import group_codes
from segkit.scoring.intake import Numbers, as_array, as_outcome

__all__ = ["Judgement", "judge_chances"]

_EDGE = 1e-6
_TENTHS = 10


@dataclass(frozen=True)
class Judgement(JsonResult):
    """Chances against what happened.

    Attributes
    ----------
    n, events : int
    base_rate : float
    auc, auc_interval : float, tuple of float
        Chance that one that happened is ranked before one that did not (DeLong's interval).
    brier, brier_base, skill : float
        Mean squared error of the chances, of giving everybody the base rate, and the share of the
        latter that is saved.
    slope, slope_interval, intercept : float, tuple of float, float
        Calibration (Cox 1958): log odds of what happened = intercept + slope x log odds given; 1
        and 0 are right, a slope below 1 says that the chances are too extreme.
    deciles : DataFrame
        Tenths by falling chance: `decile, n, events, expected` (mean chance), `observed` with
        `low, high` (Wilson), `lift`, and cumulative `share_of_rows, gain` (share of all events).
    confidence : float
    """

    n: int
    events: int
    base_rate: float
    auc: float
    auc_interval: tuple[float, float]
    brier: float
    brier_base: float
    skill: float
    slope: float
    slope_interval: tuple[float, float]
    intercept: float
    deciles: pd.DataFrame
    confidence: float


def judge_chances(
    y: Any, chances: ArrayLike, *, groups: Any = None, confidence: float = 0.9
) -> Judgement:
    """Judge chances against what happened: AUC, Brier, calibration, gain and lift.

    Parameters
    ----------
    y : array of shape (n,)
        1 or True where it happened.
    chances : array of shape (n,)
        Given without knowing y; in [0, 1].
    groups : array of shape (n,), optional
        What belongs together, such as the account of each deal: widens the intervals.
    confidence : float

    Raises
    ------
    DataError
        If a chance is none, or all of y are alike.

    Notes
    -----
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, with groups Obuchowski (1997), Biometrics
    53; Brier (1950); Cox (1958), Biometrika 45.

    Examples
    --------
    >>> found = judge_chances([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> found.auc, round(found.brier, 5), found.brier_base
    (0.75, 0.15813, 0.25)
    """
    check_share("confidence", "judge_chances", confidence)
    p = as_array(chances)
    happened = as_outcome(y, len(p))
    wrong = np.flatnonzero(~((p >= 0) & (p <= 1)))
    if wrong.size:
        raise DataError(f"Chances must lie in [0, 1]; not so in rows {wrong[:5].tolist()}.")
    if not 0 < happened.sum() < len(happened):
        raise DataError(f"All {len(p):,} rows of y are alike, so that nothing can be judged.")
    codes = None if groups is None else group_codes(groups, len(p))
    base = float(happened.mean())
    auc, low, high = auc_interval(p, happened, confidence, codes)
    brier, brier_base = float(np.mean((p - happened) ** 2)), base * (1 - base)
    slope, slope_interval, intercept = _calibration(happened, p, codes, confidence)
    return Judgement(
        n=len(p),
        events=int(happened.sum()),
        base_rate=base,
        auc=auc,
        auc_interval=(low, high),
        brier=brier,
        brier_base=brier_base,
        skill=1 - brier / brier_base,
        slope=slope,
        slope_interval=slope_interval,
        intercept=intercept,
        deciles=_deciles(happened, p, codes, confidence),
        confidence=confidence,
    )


def _calibration(
    y: Numbers, p: Numbers, codes: Any, confidence: float
) -> tuple[float, tuple[float, float], float]:
    odds = logit(np.clip(p, _EDGE, 1 - _EDGE))
    if np.ptp(odds) < _EDGE:
        return float("nan"), (float("nan"), float("nan")), float("nan")
    fit = fit_logit(odds[:, None], y, 1e-6, codes)
    slope = float(fit.coefficients[1])
    half = float(ndtri((1 + confidence) / 2) * np.sqrt(fit.covariance[1, 1]))
    return slope, (slope - half, slope + half), float(fit.coefficients[0])


def _deciles(y: Numbers, p: Numbers, codes: Any, confidence: float) -> pd.DataFrame:
    order = np.argsort(-p, kind="stable")
    rows = []
    for number, part in enumerate(np.array_split(order, min(_TENTHS, len(order))), start=1):
        own = None if codes is None else codes[part]
        low, high = clustered_share(y[part], own, confidence)
        events = int(y[part].sum())
        rows.append((number, len(part), events, p[part].mean(), events / len(part), low, high))
    names = ["decile", "n", "events", "expected", "observed", "low", "high"]
    table = pd.DataFrame(rows, columns=names)
    table["lift"] = table["observed"] / y.mean()
    table["share_of_rows"] = table["n"].cumsum() / len(y)
    table["gain"] = table["events"].cumsum() / y.sum()
    return table
