"""Diffusion of a new product: the Bass model."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult
from segkit.sizing.adoption import (
    CURVES,
    BassFit,
    adopted_share,
    fit_curve,
    fit_ols,
    potential_interval,
)

__all__ = ["Bass", "bass", "bass_adopters"]

Floats = NDArray[np.float64]

_LEAST_PERIODS = 5
_STEP = 1e-5


@dataclass(frozen=True, eq=False)
class Bass(JsonResult):
    """A fitted Bass model.

    Attributes
    ----------
    m : float
        Market potential: all who will ever adopt.
    p, q : float
        Coefficients of innovation and of imitation, per period.
    standard_errors : dict of str to float
        Standard errors of `m, p, q`; of `p, q` alone where `m` was given.
    m_interval : tuple of float
        Interval of `m`, by profile likelihood ("ols": by its standard error); the upper end is
        infinite where the data set no bound.
    peak : float
        Period in which sales peak, counted from the launch; 0 where they fall from the start.
    peak_sales : float
        Sales per period at the peak.
    residual_error : float
        Residual standard error, with `degrees_of_freedom`.
    estimator : str
        "nls", "density" or "ols".
    table : DataFrame
        `period, sales, fitted, adopters, low, high`: sales seen and fitted, adopters in all by the
        end of the period, and the band in which that curve lies with the confidence asked for.
        Periods ahead have no `sales`.
    notes : tuple of str
        What to mind.
    """

    m: float
    p: float
    q: float
    standard_errors: dict[str, float]
    m_interval: tuple[float, float]
    peak: float
    peak_sales: float
    residual_error: float
    degrees_of_freedom: int
    estimator: str
    confidence: float
    table: pd.DataFrame
    notes: tuple[str, ...]


def bass_adopters(periods: ArrayLike, m: float, p: float, q: float) -> Floats:
    r"""Count who has adopted by the end of each period.

    :math:`m F(t)`, :math:`F(t) = (1 - e^{-(p+q)t}) / (1 + (q/p) e^{-(p+q)t})` (Bass 1969).

    Parameters
    ----------
    periods : array-like
        Times since the launch.
    m, p, q : float
        Market potential, coefficients of innovation and imitation.

    Examples
    --------
    >>> bass_adopters([0, 5, 10], m=1000, p=0.03, q=0.38).round()
    array([  0., 331., 813.])
    """
    return np.asarray(m * adopted_share(np.asarray(periods, dtype=float), p, q))


def bass(
    sales: ArrayLike,
    *,
    estimator: str = "nls",
    m: float | None = None,
    ahead: int = 0,
    confidence: float = 0.9,
) -> Bass:
    r"""Fit the Bass model to sales of first purchases since the launch.

    * "nls": sales of period t are :math:`m [F(t) - F(t-1)]`, by non-linear least squares
      (Srinivasan & Mason 1986); the one to use.
    * "density": sales of period t are :math:`m f(t)`, also by non-linear least squares: a common
      shortcut that puts each sale at the end of its period.
    * "ols": :math:`S_t = a + b N_{t-1} + c N_{t-1}^2` by least squares, with
      :math:`m = (-b - \sqrt{b^2 - 4ac}) / 2c, p = a / m, q = -mc` (Bass 1969).

    The peak is at :math:`t^* = \ln(q/p) / (p+q)` with sales :math:`m (p+q)^2 / 4q`. The band of
    the adopters is that of their logarithm by the delta method.

    Parameters
    ----------
    sales : array-like, shape (n_periods,)
        First purchases of each period, from the first after the launch; at least 5.
    estimator : {"nls", "density", "ols"}
        How the model is fitted.
    m : float, optional
        Market potential known from elsewhere; then only p and q are fitted.
    ahead : int
        Periods to look beyond the last one seen.
    confidence : float
        Confidence of `m_interval` and of the band, in (0, 1).

    Raises
    ------
    DataError
        If sales are unusable; if they give no market potential; or if they end more than a period
        before their peak while `m` is unknown: such data fit any potential.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> sales = np.diff(bass_adopters(range(14), m=9000, p=0.012, q=0.36))
    >>> found = bass(sales)
    >>> round(found.m), round(found.p, 4), round(found.q, 4), round(found.peak, 2)
    (9000, 0.012, 0.36, 9.14)
    """
    _check_parameters(estimator, m, ahead, confidence)
    observed = _checked(sales)
    fit = fit_ols(observed) if estimator == "ols" else fit_curve(observed, estimator, m)
    rate = fit.p + fit.q
    peak = max(math.log(fit.q / fit.p) / rate, 0.0)
    if m is None and len(observed) < peak - 1:
        raise DataError(
            f"Sales end in period {len(observed)}, before their peak (fitted in {peak:.1f}): data "
            "without a peak fit any market potential. Give `m`, or wait for more periods."
        )
    interval = _m_interval(observed, estimator, fit, confidence)
    return Bass(
        m=fit.m,
        p=fit.p,
        q=fit.q,
        standard_errors=fit.standard_errors,
        m_interval=interval,
        peak=peak,
        peak_sales=fit.m * (rate**2 / (4 * fit.q) if peak > 0 else fit.p),
        residual_error=math.sqrt(fit.squares / fit.degrees_of_freedom),
        degrees_of_freedom=fit.degrees_of_freedom,
        estimator=estimator,
        confidence=confidence,
        table=_table(observed, fit, estimator, ahead, confidence),
        notes=tuple(_notes(estimator, peak, interval, known=m is not None)),
    )


def _m_interval(
    observed: Floats, estimator: str, fit: BassFit, confidence: float
) -> tuple[float, float]:
    if "m" not in fit.free:
        return fit.m, fit.m
    if estimator == "ols":
        reach = _quantile(fit, confidence) * fit.standard_errors["m"]
        return fit.m - reach, fit.m + reach
    return potential_interval(observed, estimator, fit, confidence)


def _table(
    observed: Floats, fit: BassFit, estimator: str, ahead: int, confidence: float
) -> pd.DataFrame:
    period = np.arange(1, len(observed) + ahead + 1)
    later = period[len(observed) :].astype(float)
    curve = CURVES["nls" if estimator == "ols" else estimator]
    adopters = bass_adopters(period, fit.m, fit.p, fit.q)
    reach = np.exp(_quantile(fit, confidence) * _log_spread(period, fit))
    return pd.DataFrame(
        {
            "period": period,
            "sales": np.concatenate([observed, np.full(ahead, np.nan)]),
            "fitted": np.concatenate([fit.fitted, fit.m * curve(later, fit.p, fit.q)]),
            "adopters": adopters,
            "low": adopters / reach,
            "high": adopters * reach,
        }
    )


def _quantile(fit: BassFit, confidence: float) -> float:
    return float(stdtrit(fit.degrees_of_freedom, (1 + confidence) / 2))


def _log_spread(period: NDArray[np.int64], fit: BassFit) -> Floats:
    """Give the standard error of the logarithm of the adopters at each period."""
    every = {"m": fit.m, "p": fit.p, "q": fit.q}

    def moved(name: str, step: float) -> Floats:
        return np.log(bass_adopters(period, **every | {name: every[name] * math.exp(step)}))

    slopes = [(moved(name, _STEP) - moved(name, -_STEP)) / (2 * _STEP) for name in fit.free]
    gradient = np.array(slopes)
    return np.asarray(np.sqrt(np.einsum("it,ij,jt->t", gradient, fit.covariance, gradient)))


def _check_parameters(estimator: str, m: float | None, ahead: int, confidence: float) -> None:
    if estimator not in {*CURVES, "ols"}:
        raise ParameterError("estimator", "bass", "one of 'nls', 'density', 'ols'", estimator)
    if m is not None and (estimator == "ols" or not 0 < m < math.inf):
        raise ParameterError("m", "bass", "a positive number, and None for 'ols'", m)
    if not isinstance(ahead, int | np.integer) or ahead < 0:
        raise ParameterError("ahead", "bass", "an int in the range [0, inf)", ahead)
    check_share("confidence", "bass", confidence)


def _checked(sales: ArrayLike) -> Floats:
    try:
        observed = np.asarray(sales, dtype=float).ravel()
    except (TypeError, ValueError):
        raise DataError("Sales must be numbers, one for each period.") from None
    wrong = np.flatnonzero(~(np.isfinite(observed) & (observed >= 0)))
    if len(wrong):
        shown = ", ".join(f"period {at + 1}: {observed[at]:g}" for at in wrong[:5])
        raise DataError(f"Sales must be finite numbers of at least 0. Got {shown}.")
    if len(observed) < _LEAST_PERIODS:
        raise DataError(f"Bass needs at least {_LEAST_PERIODS} periods. Got {len(observed)}.")
    if not observed.any():
        raise DataError("Nothing was sold in any period: there is no adoption to fit.")
    return observed


def _notes(estimator: str, peak: float, interval: tuple[float, float], *, known: bool) -> list[str]:
    notes = []
    if peak == 0:
        notes.append("Sales fall from the launch on: imitation cannot be seen.")
    if math.isinf(interval[1]):
        notes.append("The data set no upper bound to the market potential.")
    if known:
        notes.append("The market potential is taken as given: the band does not know its error.")
    if estimator == "density":
        notes.append("'density' puts each sale at the end of its period: p comes out too low.")
    if estimator == "ols":
        notes.append("'ols' puts each sale at the end of its period: p and q are biased.")
    return notes
