"""Purchase rates ahead of a customer who may drop out, and integrals over them.

A forecast is an integral of the expected purchase rate, which is positive and smooth where the
papers' closed forms are singular (a = 1, a + b + x = 1), cancel (b large) or overflow. So every
forecast here is a weighted sum of rates at a few times, with weights made once a call.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from segkit.value._histories import Floats

__all__ = ["integral_weights", "projected", "rate_with_dropout"]

_TRIES = np.linspace(-9.0, 6.0, 226)


def rate_with_dropout(shape: Floats, rate: Floats, a: float, b: Floats, times: Floats) -> Floats:
    r"""Return the purchase rate at each time ahead: (customers, times).

    A living customer's purchase rate is gamma (`shape`, `rate`) and the chance of leaving after
    a purchase is beta (a, b), so that with :math:`u = \ln(1 + t / rate)`

    .. math::
        \mathrm{E} \left[ \lambda e^{-\lambda p t} \right] = \frac{shape}{rate} e^{-a u}
        {}_2F_1(a, a + b - 1 - shape; a + b; 1 - e^{-u})
    """
    shape, rate, b = shape[:, None], rate[:, None], b[:, None]
    ahead = times / rate
    growth = np.log1p(ahead)
    stays = np.exp(-a * growth) * special.hyp2f1(a, a + b - 1 - shape, a + b, -np.expm1(-growth))
    lost = ~np.isfinite(stays)
    if lost.any():
        row = np.nonzero(lost)[0]
        stays[lost] = _staying(shape[row, 0] + 1, ahead[lost], a, b[row, 0])
    return np.asarray(shape / rate * stays)


def _staying(power: Floats, ahead: Floats, a: float, b: Floats) -> Floats:
    """E[(1 + p ahead)^-power], p ~ beta(a, b), where b is so large that 2F1 gives up.

    Double-exponential quadrature over the logit of p, normalised by the weights' own sum.
    """
    logit = np.log(a / b)[:, None] + np.sinh(_TRIES) / np.sqrt(1 + a)
    log_p = -np.logaddexp(0.0, -logit)
    weight = a * log_p - b[:, None] * np.logaddexp(0.0, logit)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True)) * np.cosh(_TRIES)
    kept = np.exp(-power[:, None] * np.log1p(np.exp(log_p) * ahead[:, None]))
    return np.asarray((weight * kept).sum(axis=1) / weight.sum(axis=1))


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
    """Replace a weighted sum over many times by one over few, for functions as smooth as rates."""
    at, _ = _log_gauss(float(times[-1]), scale)
    if len(times) <= len(at):
        return times, weights
    return scale * np.expm1(at), weights @ _lagrange(at, np.log1p(times / scale))


def _log_gauss(horizon: float, scale: float) -> tuple[Floats, Floats]:
    width = float(np.log1p(horizon / scale))
    return _gauss(np.array([0.0, width]), _nodes_for(width))


def _nodes_for(width: float) -> int:
    """Nodes for full precision: the rates are analytic within pi of the real line."""
    ellipse = 2 * np.pi / width
    return int(np.clip(np.ceil(9 + 20 / np.log(ellipse + np.hypot(1, ellipse))), 12, 96))


def _gauss(breaks: Floats, count: int) -> tuple[Floats, Floats]:
    node, weight = np.polynomial.legendre.leggauss(count)
    half = np.diff(breaks)[:, None] / 2
    return (breaks[:-1, None] + half * (node + 1)).ravel(), (half * weight).ravel()


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
