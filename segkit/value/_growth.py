"""Purchase rates ahead of a customer who may drop out, and integrals over them.

A forecast is an integral of the expected purchase rate, which is positive and smooth where the
papers' closed forms are singular (a = 1, a + b + x = 1), cancel (b large) or overflow. So every
forecast here is a weighted sum of rates at a few times, with weights made once a call.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import special

from segkit.value._beta import log_beta_at_mean, log_share
from segkit.value._histories import Floats

__all__ = ["integral_weights", "interpolated", "projected", "rate_with_dropout"]

_AT_ONCE = 2000
_TRUSTED_SOON, _TRUSTED, _TRUSTED_LATE = 1e4, 100.0, 30.0  # up to this a + b scipy's 2F1 is right
_LATE, _WHOLE = 9.0, 1e-3  # late, where shape - a is nearly whole, scipy's is wrong or infinite
_OVERFLOWS = 300.0
_LOST = 1e-10  # below this the terms of 2F1 cancel
_GAP = 0.068
_FAR = 700.0  # logits where nothing is left
_NARROW = 0.05  # log times of a piece on which four nodes give full precision
_BETWEEN = 6  # nodes that give full precision between two of the nodes to interpolate from
_TINY = 1e-300
_FULL, _DIGITS = 17.0, 27.0  # logs of the digits of an integral, and of an interpolation


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
    whole = np.abs(shapes - a - np.round(shapes - a)) < _WHOLE
    hard |= (ahead > _LATE) & (whole | (a + b > _TRUSTED_LATE))
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

    Double-exponential quadrature around the peak of the integrand, over the logit of p less
    that of its mean: large a and b multiply logs of ratios to the mean, which are small.
    """
    mean, rest = a / (a + b), b / (a + b)
    low, high = np.full_like(ahead, -_FAR), np.full_like(ahead, _FAR)
    for _ in range(50):
        middle = (low + high) / 2
        p, left = _shares(middle, mean, rest)
        rises = a * left - b * p - power * p * left * ahead / (1 + p * ahead) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    p, left = _shares(low, mean, rest)
    pull = ahead * left / (1 + p * ahead)
    width = 1 / np.sqrt(p * left * (a + b) + power * p * pull * np.abs(1 - p * (1 + pull)) + 1e-300)
    width = np.minimum(width, 1.5)
    ends = (np.arcsinh(40 / min((tail * width).min(), 1)) for tail in (a, b))
    steps = np.arange(-next(ends), next(ends), _GAP)
    logit = low[:, None] + width[:, None] * np.sinh(steps)
    both = mean[:, None], rest[:, None]
    log_p, log_left = log_share(logit, *both), log_share(-logit, *reversed(both))
    size = a * log_p + b[:, None] * log_left
    size -= power[:, None] * np.log1p((mean * ahead)[:, None] * np.exp(log_p))
    peak = size.max(axis=1)
    area = (np.exp(size - peak[:, None]) * np.cosh(steps)).sum(axis=1) * width * _GAP
    return np.asarray(np.exp(np.minimum(peak + np.log(area) - log_beta_at_mean(a, b), 0.0)))


def _shares(logit: Floats, mean: Floats, rest: Floats) -> tuple[Floats, Floats]:
    """Return p and 1 - p."""
    return mean * np.exp(log_share(logit, mean, rest)), rest * np.exp(log_share(-logit, rest, mean))


def integral_weights(
    discount: Callable[[Floats], Floats], breaks: Floats, scale: float
) -> tuple[Floats, Floats]:
    """Return times and weights such that the weighted rates sum to their discounted integral.

    `breaks` are the times from 0 to the horizon between which the discount is smooth. The
    rates bend on the time `scale`, so that the nodes are Gaussian in log(1 + t / scale), on
    which the pieces soon become narrow. Many pieces are projected on few nodes, with the rates
    taken per log time: they may fall by any power between the first piece and the last.
    """
    logs = np.log1p(breaks / scale)
    wide = 1 + int((np.diff(logs[1:]) > _NARROW).sum())
    pieces = [_log_gauss(low, high, scale) for low, high in pairwise(logs[: wide + 1])]
    pieces.append(_gauss(breaks[wide:], 4))
    times, weights = (np.concatenate(part) for part in zip(*pieces, strict=True))
    times, weights = projected(times, weights * discount(times) / (scale + times), scale)
    return times, weights * (scale + times)


def projected(times: Floats, weights: Floats, scale: float) -> tuple[Floats, Floats]:
    """Replace a weighted sum over many times by one over few, for functions as smooth as rates.

    The few lie between the first and the last of the many: before, a rate may be beyond bounds.
    """
    if not len(times):
        return times, weights
    first = float(times[0])
    at = _log_nodes(float(np.log1p((times[-1] - first) / scale)))
    if len(times) <= len(at):
        return times, weights
    parts = (
        part_weights @ _lagrange(at, np.log1p((part - first) / scale))
        for part, part_weights in zip(_parts(times), _parts(weights), strict=True)
    )
    return first + scale * np.expm1(at), np.asarray(sum(parts))


def interpolated(rate: Callable[[Floats], Floats], times: Floats, scale: float) -> Floats:
    """Return expected counts at many times from the integrals of a rate up to few times.

    Counts divided by time bend as little as rates do, and their logs stay precise where they
    have fallen by many powers.
    """
    at = _log_nodes(float(np.log1p(times.max() / scale)))
    between, weights = _gauss(np.append(0.0, at), _BETWEEN)
    ahead = scale * np.expm1(between)
    gained = (rate(ahead) * weights * (scale + ahead)).reshape(-1, _BETWEEN).sum(axis=1)
    logs = np.log(np.maximum(np.cumsum(gained) / (scale * np.expm1(at)), _TINY))
    found = [part * np.exp(_lagrange(at, np.log1p(part / scale)) @ logs) for part in _parts(times)]
    return np.concatenate(found)


def _log_nodes(width: float) -> Floats:
    """Nodes to interpolate from: each gains half the digits that it gains an integral."""
    return _gauss(np.array([0.0, width]), _nodes_for(width, _DIGITS))[0]


def _parts(column: Floats) -> list[Floats]:
    return np.array_split(column, 1 + column.size // _AT_ONCE)


def _log_gauss(low: float, high: float, scale: float) -> tuple[Floats, Floats]:
    """Nodes and weights in time of an integral over log(1 + t / scale)."""
    at, weights = _gauss(np.array([low, high]), _nodes_for(high - low))
    times = scale * np.expm1(at)
    return times, weights * (scale + times)


def _nodes_for(width: float, logs: float = _FULL) -> int:
    """Nodes for an error of e^-logs, or the square of it for an integral.

    Within pi / 2 of the real line the rates are analytic and bounded, exponential ones too.
    """
    ellipse = np.pi / max(width, 1e-3)
    return int(np.clip(np.ceil(4 + logs / np.log(ellipse + np.hypot(1, ellipse))), 12, 512))


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
