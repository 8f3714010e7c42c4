"""The Bass curve and its three estimators, each with the covariance of what it estimates."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, least_squares
from scipy.special import fdtri

from segkit.errors import DataError

__all__ = ["CURVES", "BassFit", "adopted_share", "fit_curve", "fit_ols", "potential_interval"]

Floats = NDArray[np.float64]
_Curve = Callable[[Floats, float, float], Floats]

# Starting points around the mean of published studies, p = 0.03 and q = 0.38 (Sultan, Farley &
# Lehmann 1990); the best few of them are tried.
_GRID = tuple(product((0.0005, 0.005, 0.03, 0.1), (0.05, 0.2, 0.38, 0.7, 1.2)))
_TRIED = 3
_RATES = ((1e-9, 10.0), (1e-9, 20.0))
# Steps, in logarithms, that look for the ends of the interval of m; the last is a factor of 600.
_STEPS = tuple(0.05 * 2**k for k in range(8))
_EXACT = 1e-16


@dataclass(frozen=True)
class BassFit:
    """Estimates, and the covariance of the logarithms of those that were free."""

    m: float
    p: float
    q: float
    fitted: Floats
    squares: float
    degrees_of_freedom: int
    covariance: Floats

    @property
    def free(self) -> dict[str, float]:
        """The parameters that were estimated: p and q, and m unless it was known."""
        every = {"m": self.m, "p": self.p, "q": self.q}
        return dict(list(every.items())[-len(self.covariance) :])

    @property
    def standard_errors(self) -> dict[str, float]:
        """Standard errors of the parameters; the chain rule takes them from their logarithms."""
        spread = np.sqrt(np.diag(self.covariance))
        free = self.free.items()
        return {name: value * float(s) for (name, value), s in zip(free, spread, strict=True)}


def adopted_share(t: Floats, p: float, q: float) -> Floats:
    """Compute F(t), the share of the potential that has adopted."""
    decay = np.exp(-(p + q) * t)
    return np.asarray((1 - decay) / (1 + q / p * decay))


def _per_period(t: Floats, p: float, q: float) -> Floats:
    return adopted_share(t, p, q) - adopted_share(t - 1, p, q)


def _density(t: Floats, p: float, q: float) -> Floats:
    decay = np.exp(-(p + q) * t)
    return np.asarray((p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2)


CURVES: Mapping[str, _Curve] = {"nls": _per_period, "density": _density}


def fit_curve(observed: Floats, estimator: str, m: float | None) -> BassFit:
    """Fit sales per period, or the density, by non-linear least squares."""
    curve = CURVES[estimator]
    found = [_solve(observed, curve, m, start) for start in _starts(observed, curve, m)]
    best = min(found, key=lambda one: float(one.cost))
    *free, p, q = map(float, np.exp(best.x))
    squares, df = float(2 * best.cost), len(observed) - len(best.x)
    return BassFit(
        m=free[0] if m is None else m,
        p=p,
        q=q,
        fitted=observed + best.fun,
        squares=squares,
        degrees_of_freedom=df,
        # Gauss-Newton.
        covariance=np.linalg.pinv(best.jac.T @ best.jac) * squares / df,
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


def fit_ols(observed: Floats) -> BassFit:
    """Fit the parabola of Bass (1969).

    Raises
    ------
    DataError
        If the parabola has no market potential.
    """
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
    p, q = float(a) / m, float(-c) * m
    fitted = design @ np.array([a, b, c])
    squares, df = float(((observed - fitted) ** 2).sum()), len(observed) - 3
    inverse = np.linalg.pinv(design)
    # m solves a + b m + c m^2 = 0: its gradient, and with it those of the three logarithms.
    turn = np.array([1, m, m * m]) / (m * math.sqrt(root))
    logs = np.array([turn, np.array([1 / a, 0, 0]) - turn, np.array([0, 0, 1 / c]) + turn])
    spread = logs @ inverse
    return BassFit(m, p, q, fitted, squares, df, spread @ spread.T * squares / df)


def potential_interval(
    observed: Floats, estimator: str, fit: BassFit, confidence: float
) -> tuple[float, float]:
    """Take all potentials whose best fit is not significantly worse than the best of all."""
    if fit.squares < _EXACT * float(observed @ observed):
        return fit.m, fit.m
    df = fit.degrees_of_freedom
    limit = fit.squares * (1 + float(fdtri(1, df, confidence)) / df)

    def excess(log_factor: float) -> float:
        m = fit.m * math.exp(log_factor)
        start = np.log([fit.p * fit.m / m, fit.q])
        return float(2 * _solve(observed, CURVES[estimator], m, start).cost) - limit

    def end(direction: int) -> float:
        for step in _STEPS:
            if excess(direction * step) > 0:
                return fit.m * math.exp(brentq(excess, 0.0, direction * step, xtol=1e-6))
        return math.inf if direction > 0 else 0.0

    return end(-1), end(1)
