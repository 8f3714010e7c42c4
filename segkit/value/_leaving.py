"""The share of a Pareto/NBD likelihood that comes from leaving later, without cancellation."""

from __future__ import annotations

import numpy as np

from segkit.value._histories import Floats

__all__ = ["leaving_later"]

_BINS = (0.05, 0.15, 0.3, 0.5, 0.7)
_LOG_TINY = -37.0
_CELLS = 1_000_000
_NOTHING_LEFT = 40.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2


def leaving_later(shape: Floats, s: float, ratio: Floats) -> Floats:
    r"""Return an integral between 0 and 1 and its slopes by shape, s and ratio: (4, customers).

    .. math:: \int_0^\infty s e^{-s w} \left( 1 + ratio (e^w - 1) \right)^{-shape} dw

    It is :math:`\frac{s}{s + shape} {}_2F_1(1, shape; shape + s + 1; 1 - ratio)` for a ratio up
    to 1, and the like with s + 1 above; both series have positive terms only.
    """
    found = np.empty((4, ratio.size))
    place = np.digitize(1 - np.minimum(ratio, 1 / ratio), _BINS)
    for index in np.unique(place):
        rows = np.nonzero(place == index)[0]
        way = _integrated if index == len(_BINS) else _summed
        found[:, rows] = way(shape[rows], s, ratio[rows])
    return found


def _summed(shape: Floats, s: float, ratio: Floats) -> Floats:
    low = ratio <= 1
    part = s / (s + shape)
    near = np.where(low, 1.0, 1 / ratio)
    z = 1 - np.minimum(ratio, 1 / ratio)
    whole, by_b, by_c, by_z = _gauss_series(np.where(low, shape, s + 1), shape + s + 1, z)
    left = part * near * whole
    by_shape = part * near * (np.where(low, by_b, 0.0) + by_c) - left / (s + shape)
    by_s = part * near * (np.where(low, 0.0, by_b) + by_c) + left * (1 / s - 1 / (s + shape))
    by_ratio = np.where(low, -part * by_z, part * near**2 * (near * by_z - whole))
    return np.array([left, by_shape, by_s, by_ratio])


def _gauss_series(b: Floats, c: Floats, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """2F1(1, b; c; z) and its slopes, with as many terms as the largest z needs."""
    terms = np.arange(np.ceil(_LOG_TINY / np.log(max(z.max(), 1e-9))))
    parts = np.array_split(np.arange(z.size), 1 + z.size * terms.size // _CELLS)
    found = np.concatenate([_terms(b[part], c[part], z[part], terms) for part in parts], axis=1)
    return found[0], found[1], found[2], found[3]


def _terms(b: Floats, c: Floats, z: Floats, terms: Floats) -> Floats:
    upper, lower = b[:, None] + terms, c[:, None] + terms
    powers = np.cumprod(upper / lower * z[:, None], axis=1)
    by_b = (powers * np.cumsum(1 / upper, axis=1)).sum(axis=1)
    by_c = -(powers * np.cumsum(1 / lower, axis=1)).sum(axis=1)
    by_z = np.where(z > 0, (powers * (terms + 1)).sum(axis=1) / np.where(z > 0, z, 1.0), b / c)
    return np.array([1 + powers.sum(axis=1), by_b, by_c, by_z])


def _integrated(shape: Floats, s: float, ratio: Floats) -> Floats:
    """Gaussian quadrature in log time, where the series would need thousands of terms."""
    shape, ratio = shape[:, None], ratio[:, None]
    tempo = s + shape * ratio
    fall = _NOTHING_LEFT / shape
    reach = np.logaddexp(0.0, fall + np.log(-np.expm1(-fall) / ratio))
    width = np.log1p(np.minimum(_NOTHING_LEFT / s, reach) * tempo)
    w = np.expm1(width * _NODES) / tempo
    fallen = -np.expm1(-w)
    rest = np.exp(-w) + ratio * fallen
    base = w + np.log(rest)
    part = width * _WEIGHTS * (1 / tempo + w) * s * np.exp(-s * w - shape * base)
    slopes = -base, 1 / s - w, -shape * fallen / rest
    return np.array([part.sum(axis=1), *((part * slope).sum(axis=1) for slope in slopes)])
