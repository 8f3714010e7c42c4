"""Diffusion of a new product: the Bass model, three estimators."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, least_squares
from scipy.special import fdtri

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult

__all__ = ["Bass", "bass_adopters", "fit_bass"]

Floats = NDArray[np.float64]
_Curve = Callable[[Floats, float, float], Floats]

_LEAST_PERIODS = 5
# Starting points around the mean of published studies, p = 0.03 and q = 0.38 (Sultan, Farley &
# Lehmann 1990); the best few of them are tried.
_GRID = tuple(product((0.0005, 0.005, 0.03, 0.1), (0.05, 0.2, 0.38, 0.7, 1.2)))
_TRIED = 3
_RATES = ((1e-9, 10.0), (1e-9, 20.0))
# Steps, in logarithms, that look for the ends of the interval of m; the last is a factor of 600.
_STEPS = tuple(0.05 * 2**k for k in range(8))
_EXACT = 1e-16


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
        Standard errors of `m, p, q`; none for "ols".
    m_interval : tuple of float
        Profile-likelihood interval of `m`; the upper end is infinite where the data set no bound.
    peak : float
        Period in which sales peak, counted from the launch; 0 where they fall from the start.
    peak_sales : float
        Sales per period at the peak.
    residual_error : float
        Residual standard error, with `degrees_of_freedom`.
    estimator : str
        "nls", "density" or "ols".
    table : DataFrame
        `period, sales, fitted, adopters` (fitted, cumulative).
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
    return np.asarray(m * _share(np.asarray(periods, dtype=float), p, q))


def fit_bass(
    sales: ArrayLike, *, estimator: str = "nls", m: float | None = None, confidence: float = 0.9
) -> Bass:
    r"""Fit the Bass model to sales of first purchases since the launch.

    * "nls": sales of period t are :math:`m [F(t) - F(t-1)]`, by non-linear least squares
      (Srinivasan & Mason 1986); the one to use.
    * "density": sales of period t are :math:`m f(t)`, also by non-linear least squares: a common
      shortcut that puts each sale at the end of its period.
    * "ols": :math:`S_t = a + b N_{t-1} + c N_{t-1}^2` by least squares, with
      :math:`m = (-b - \sqrt{b^2 - 4ac}) / 2c, p = a / m, q = -mc` (Bass 1969).

    The peak is at :math:`t^* = \ln(q/p) / (p+q)` with sales :math:`m (p+q)^2 / 4q`.

    Parameters
    ----------
    sales : array-like, shape (n_periods,)
        First purchases of each period, from the first after the launch; at least 5.
    estimator : {"nls", "density", "ols"}
        How the model is fitted.
    m : float, optional
        Market potential known from elsewhere; then only p and q are fitted.
    confidence : float
        Confidence of `m_interval`, in (0, 1).

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
    >>> found = fit_bass(sales)
    >>> round(found.m), round(found.p, 4), round(found.q, 4), round(found.peak, 2)
    (9000, 0.012, 0.36, 9.14)
    """
    observed = _checked(sales, estimator, m, confidence)
    fit = _fit_ols(observed) if estimator == "ols" else _fit_curve(observed, estimator, m)
    rate = fit.p + fit.q
    peak = max(math.log(fit.q / fit.p) / rate, 0.0)
    if m is None and len(observed) < peak - 1:
        raise DataError(
            f"Sales end in period {len(observed)}, before their peak (fitted in {peak:.1f}): data "
            "without a peak fit any market potential. Give `m`, or wait for more periods."
        )
    interval = (fit.m, fit.m) if m else _m_interval(observed, estimator, fit, confidence)
    period = np.arange(1, len(observed) + 1)
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
        table=pd.DataFrame(
            {
                "period": period,
                "sales": observed,
                "fitted": fit.fitted,
                "adopters": bass_adopters(period, fit.m, fit.p, fit.q),
            }
        ),
        notes=tuple(_notes(estimator, peak, interval)),
    )


@dataclass(frozen=True)
class _Fit:
    m: float
    p: float
    q: float
    fitted: Floats
    squares: float
    degrees_of_freedom: int
    standard_errors: dict[str, float]


def _share(t: Floats, p: float, q: float) -> Floats:
    """Compute F(t), the share of the potential that has adopted."""
    decay = np.exp(-(p + q) * t)
    return np.asarray((1 - decay) / (1 + q / p * decay))


def _per_period(t: Floats, p: float, q: float) -> Floats:
    return _share(t, p, q) - _share(t - 1, p, q)


def _density(t: Floats, p: float, q: float) -> Floats:
    decay = np.exp(-(p + q) * t)
    return np.asarray((p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2)


_CURVES: Mapping[str, _Curve] = {"nls": _per_period, "density": _density}


def _fit_curve(observed: Floats, estimator: str, m: float | None) -> _Fit:
    curve = _CURVES[estimator]
    found = [_solve(observed, curve, m, start) for start in _starts(observed, curve, m)]
    best = min(found, key=lambda one: float(one.cost))
    estimates = np.exp(best.x)
    squares, df = float(2 * best.cost), len(observed) - len(estimates)
    # Gauss-Newton covariance of the logarithms; the chain rule takes it to the parameters.
    spread = np.sqrt(np.diag(np.linalg.pinv(best.jac.T @ best.jac)) * squares / df)
    names = ("m", "p", "q")[-len(estimates) :]
    *free, p, q = map(float, estimates)
    return _Fit(
        m=free[0] if m is None else m,
        p=p,
        q=q,
        fitted=observed + best.fun,
        squares=squares,
        degrees_of_freedom=df,
        standard_errors=dict(zip(names, map(float, estimates * spread), strict=True)),
    )


def _solve(observed: Floats, curve: _Curve, m: float | None, start: Floats) -> Any:
    """Fit the logarithms of m, p and q, or of p and q alone, from one starting point."""
    period = np.arange(1.0, len(observed) + 1)

    def residuals(logarithms: Floats) -> Floats:
        *free, p, q = np.exp(logarithms)
        return (free[0] if m is None else m) * curve(period, p, q) - observed

    total = float(observed.sum())
    limits = np.log([(1e-3 * total, 1e6 * total), *_RATES][-len(start) :])
    return least_squares(
        residuals, start, bounds=limits.T, x_scale="jac", ftol=1e-15, xtol=1e-15, gtol=1e-15
    )


def _starts(observed: Floats, curve: _Curve, m: float | None) -> list[Floats]:
    """Choose the starting points that fit best once the potential, which is linear, is solved."""
    period = np.arange(1.0, len(observed) + 1)
    ranked = []
    for p, q in _GRID:
        shape = curve(period, p, q)
        potential = float(shape @ observed / (shape @ shape)) if m is None else m
        squares = float(((potential * shape - observed) ** 2).sum())
        ranked.append((squares, [potential, p, q] if m is None else [p, q]))
    return [np.log(start) for _, start in sorted(ranked)[:_TRIED]]


def _fit_ols(observed: Floats) -> _Fit:
    before = np.concatenate(([0.0], np.cumsum(observed)[:-1]))
    design = np.column_stack([np.ones_like(before), before, before**2])
    (a, b, c), *_ = np.linalg.lstsq(design, observed)
    root = b * b - 4 * a * c
    if not (a > 0 and c < 0 and root > 0):
        raise DataError(
            f"The parabola of Bass (1969) through these sales (a = {a:.3g}, b = {b:.3g}, "
            f"c = {c:.3g}) has no market potential. Use the estimator 'nls'."
        )
    m = float(-b - math.sqrt(root)) / float(2 * c)
    fitted = design @ np.array([a, b, c])
    squares = float(((observed - fitted) ** 2).sum())
    return _Fit(m, float(a) / m, float(-c) * m, fitted, squares, len(observed) - 3, {})


def _m_interval(
    observed: Floats, estimator: str, fit: _Fit, confidence: float
) -> tuple[float, float]:
    """Take all potentials whose best fit is not significantly worse than the best of all."""
    if estimator == "ols":
        return math.nan, math.nan
    if fit.squares < _EXACT * float(observed @ observed):
        return fit.m, fit.m
    df = fit.degrees_of_freedom
    limit = fit.squares * (1 + float(fdtri(1, df, confidence)) / df)

    def excess(log_factor: float) -> float:
        m = fit.m * math.exp(log_factor)
        start = np.log([fit.p * fit.m / m, fit.q])
        return float(2 * _solve(observed, _CURVES[estimator], m, start).cost) - limit

    def end(direction: int) -> float:
        for step in _STEPS:
            if excess(direction * step) > 0:
                return fit.m * math.exp(brentq(excess, 0.0, direction * step, xtol=1e-6))
        return math.inf if direction > 0 else 0.0

    return end(-1), end(1)


def _checked(sales: ArrayLike, estimator: str, m: float | None, confidence: float) -> Floats:
    if estimator not in {*_CURVES, "ols"}:
        raise ParameterError("estimator", "fit_bass", "one of 'nls', 'density', 'ols'", estimator)
    if m is not None and (estimator == "ols" or not 0 < m < math.inf):
        raise ParameterError("m", "fit_bass", "a positive number, and None for 'ols'", m)
    if not 0 < confidence < 1:
        raise ParameterError("confidence", "fit_bass", "a number in (0, 1)", confidence)
    observed = np.asarray(sales, dtype=float).ravel()
    if len(observed) < _LEAST_PERIODS:
        raise DataError(f"Bass needs at least {_LEAST_PERIODS} periods. Got {len(observed)}.")
    if not np.all(np.isfinite(observed) & (observed >= 0)) or not observed.any():
        raise DataError("Sales must be finite numbers of at least 0, and not all 0.")
    return observed


def _notes(estimator: str, peak: float, interval: tuple[float, float]) -> list[str]:
    notes = []
    if peak == 0:
        notes.append("Sales fall from the launch on: imitation cannot be seen.")
    if math.isinf(interval[1]):
        notes.append("The data set no upper bound to the market potential.")
    if estimator == "density":
        notes.append("'density' puts each sale at the end of its period: p comes out too low.")
    if estimator == "ols":
        notes.append("'ols' puts each sale at the end of its period: p and q are biased.")
    return notes
