"""Purchase rates ahead of a customer who may drop out, and integrals over them.

A forecast is an integral of the expected purchase rate, which is positive and smooth where the
papers' closed forms are singular (a = 1, a + b + x = 1), cancel (b large) or overflow. So every
forecast here is a weighted sum of rates at a few times, with weights made once a call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import special

from segkit.value._histories import Floats

__all__ = ["integral_weights", "interpolated", "log_beta", "projected", "rate_with_dropout"]

_AT_ONCE = 2000
_TRUSTED, _TRUSTED_SOON = 100.0, 1e4  # beyond this a + b, scipy's 2F1 may return garbage
_OVERFLOWS = 300.0
_LOST = 1e-10  # below this the terms of 2F1 cancel
_GAP = 0.068
_STIRLING = 20.0


def log_beta(a: Any, b: Any) -> Floats:
    """Return the log of the beta function to full precision also where one number is large.

    scipy's subtracts log-gammas there, and loses five digits at 1e9.
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=np.float64), b)
    small, large = np.minimum(a, b), np.maximum(a, b)
    wide = special.gammaln(small) + _remainder(large) - _remainder(small + large)
    wide += small - small * np.log(large) - (small + large - 0.5) * np.log1p(small / large)
    return np.asarray(np.where(large > _STIRLING, wide, special.betaln(a, b)))


def _remainder(x: Floats) -> Floats:
    """Return what Stirling's formula leaves of the log-gamma function."""
    square = x**-2.0
    return np.asarray((1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x)


def rate_with_dropout(shape: Floats, rate: Floats, a: float, b: Floats, times: Floats) -> Floats:
    r"""Return the purchase rate at each time ahead: (customers, times).

    A living customer's purchase rate is gamma (`shape`, `rate`) and the chance of leaving after
    a purchase is beta (a, b), so that with :math:`u = \ln(1 + t / rate)`

    .. math::
        \mathrm{E} \left[ \lambda e^{-\lambda p t} \right] = \frac{shape}{rate} e^{-a u}
        {}_2F_1(a, a + b - 1 - shape; a + b; 1 - e^{-u})
    """
    ahead = times / rate[:, None]
    shapes, b = (
        np.broadcast_to(shape[:, None], ahead.shape),
        np.broadcast_to(b[:, None], ahead.shape),
    )
    stays = np.ones_like(ahead)
    hard = (a + b > np.where(ahead <= 1, _TRUSTED_SOON, _TRUSTED)) | (a > _TRUSTED)
    hard |= a * np.log1p(ahead) > _OVERFLOWS
    stays[~hard] = _by_series(shapes[~hard], ahead[~hard], a, b[~hard])
    hard |= ~(stays > _LOST)  # and where whole numbers make it NaN
    if hard.any():
        cells = shapes[hard] + 1, ahead[hard], b[hard]
        parts = (np.array_split(column, 1 + cells[0].size // _AT_ONCE) for column in cells)
        found = [_staying(power, time, a, left) for power, time, left in zip(*parts, strict=True)]
        stays[hard] = np.concatenate(found)
    return np.asarray((shape / rate)[:, None] * stays)


def _by_series(shape: Floats, ahead: Floats, a: float, b: Floats) -> Floats:
    growth = np.log1p(ahead)
    whole = special.hyp2f1(a, a + b - 1 - shape, a + b, -np.expm1(-growth))
    return np.asarray(np.exp(-a * growth) * whole)


def _staying(power: Floats, ahead: Floats, a: float, b: Floats) -> Floats:
    """E[(1 + p ahead)^-power], p ~ beta(a, b), where scipy's 2F1 is lost or wrong.

    Double-exponential quadrature over the logit of p around the peak of the integrand.
    """
    low, high = np.full_like(ahead, -700.0), np.full_like(ahead, 700.0)
    for _ in range(50):
        middle = (low + high) / 2
        p, left = special.expit(middle), special.expit(-middle)
        rises = a * left - b * p - power * p * left * ahead / (1 + p * ahead) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    p, left = special.expit(low), special.expit(-low)
    pull = ahead * left / (1 + p * ahead)
    width = 1 / np.sqrt(p * left * (a + b) + power * p * pull * np.abs(1 - p * (1 + pull)) + 1e-300)
    width = np.minimum(width, 1.5)
    steps = np.arange(-np.arcsinh(40 / min(a, 1)), np.arcsinh(40 / min(b.min(), 1)), _GAP)
    logit = low[:, None] + width[:, None] * np.sinh(steps)
    log_left = -np.maximum(logit, 0.0) - np.log1p(np.exp(-np.abs(logit)))
    log_p = log_left + logit
    size = a * log_p + b[:, None] * log_left
    size -= power[:, None] * np.log1p(special.expit(logit) * ahead[:, None])
    peak = size.max(axis=1)
    area = (np.exp(size - peak[:, None]) * np.cosh(steps)).sum(axis=1) * width * _GAP
    return np.asarray(np.exp(np.minimum(peak + np.log(area) - log_beta(a, b), 0.0)))


def integral_weights(
    discount: Callable[[Floats], Floats], breaks: Floats, scale: float
) -> tuple[Floats, Floats]:
    """Return times and weights such that the weighted rates sum to their discounted integral.

    `breaks` are the times from 0 to the horizon between which the discount is smooth. The
    rates bend on the time `scale`, so that the nodes are Gaussian in log(1 + t / scale); when
    the discount jumps often, its many pieces are projected on the few nodes.
    """
    if len(breaks) == 2:
        at, weights = _log_gauss(float(breaks[-1]), scale)
        times = scale * np.expm1(at)
        return times, weights * (scale + times) * discount(times)
    fine, fine_weights = _gauss(breaks, 4)
    return projected(fine, fine_weights * discount(fine), scale)


def projected(times: Floats, weights: Floats, scale: float) -> tuple[Floats, Floats]:
    """Replace a weighted sum over many times by one over few, for functions as smooth as rates.

    The few lie between the first and the last of the many: before, a rate may be beyond bounds.
    """
    first = float(times[0])
    at, _ = _log_gauss(float(times[-1]) - first, scale)
    if len(times) <= len(at):
        return times, weights
    return first + scale * np.expm1(at), weights @ _lagrange(at, np.log1p((times - first) / scale))


def interpolated(count: Callable[[float], float], times: Floats, scale: float) -> Floats:
    """Return expected counts at many times from those at few, as precise as the counts are.

    Counts divided by time bend as little as rates do; interpolation needs twice the nodes of
    an integral.
    """
    width = float(np.log1p(times.max() / scale))
    at, _ = _gauss(np.array([0.0, width]), 2 * _nodes_for(width))
    nodes = scale * np.expm1(at)
    rates = np.array([count(float(node)) for node in nodes]) / nodes
    parts = np.array_split(times, 1 + times.size // _AT_ONCE)
    found = [part * (_lagrange(at, np.log1p(part / scale)) @ rates) for part in parts]
    return np.concatenate(found)


def _log_gauss(horizon: float, scale: float) -> tuple[Floats, Floats]:
    width = float(np.log1p(horizon / scale))
    return _gauss(np.array([0.0, width]), _nodes_for(width))


def _nodes_for(width: float) -> int:
    """Nodes for full precision: the rates are analytic within pi of the real line."""
    ellipse = 2 * np.pi / max(width, 1e-3)
    return int(np.clip(np.ceil(9 + 20 / np.log(ellipse + np.hypot(1, ellipse))), 12, 96))


def _gauss(breaks: Floats, count: int) -> tuple[Floats, Floats]:
    node, weight = _legendre(count)
    half = np.diff(breaks)[:, None] / 2
    return (breaks[:-1, None] + half * (node + 1)).ravel(), (half * weight).ravel()


@lru_cache
def _legendre(count: int) -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(count)


def _lagrange(nodes: Floats, at: Floats) -> Floats:
    """Values at `at` of the polynomials that are 1 at one node and 0 at the others."""
    gaps = nodes[:, None] - nodes
    np.fill_diagonal(gaps, 1.0)
    signs = np.prod(np.sign(gaps), axis=1)
    logs = np.log(np.abs(gaps)).sum(axis=1)
    terms = signs * np.exp(logs.min() - logs) / _apart(at[:, None] - nodes)
    return np.asarray(terms / terms.sum(axis=1, keepdims=True))


def _apart(gaps: Floats) -> Floats:
    return np.where(gaps == 0, 1e-300, gaps)
