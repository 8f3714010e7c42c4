"""The Gauss series 2F1(1, b; c; z) with its slopes, where every term is positive."""

from __future__ import annotations

import numpy as np

from segkit.value._histories import Floats

__all__ = ["gauss_series"]

_BINS = (0.1, 0.3, 0.6, 0.85, 0.95, 0.99)
_NOTHING_LEFT = 40.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2


def gauss_series(b: Floats, c: Floats, z: Floats) -> Floats:
    r"""Return :math:`{}_2F_1(1, b; c; z)` and its slopes by b, c, z, for 0 < b < c, 0 <= z < 1.

    .. math:: G = \sum_n \prod_{k<n} \frac{b + k}{c + k} z^n

    Rows of like z are summed together with as many terms as they need; close to 1, where the
    series is slow, the integral behind it takes over.
    """
    found = np.empty((4, z.size))
    place = np.digitize(z, _BINS)
    for index, top in enumerate(_BINS):
        rows = place == index
        if rows.any():
            found[:, rows] = _summed(b[rows], c[rows], z[rows], int(np.ceil(-38 / np.log(top))))
    rows = place == len(_BINS)
    if rows.any():
        found[:, rows] = _near_one(b[rows], c[rows], z[rows])
    return found


def _summed(b: Floats, c: Floats, z: Floats, terms: int) -> Floats:
    term = np.ones_like(z)
    by_b, by_c = np.zeros_like(z), np.zeros_like(z)
    sums = np.zeros((4, z.size))
    sums[0] = 1.0
    for k in range(terms):
        upper, lower = b + k, c + k
        term = term * (upper / lower * z)
        by_b += 1 / upper
        by_c -= 1 / lower
        sums[0] += term
        sums[1] += term * by_b
        sums[2] += term * by_c
        sums[3] += (k + 1) * term
    sums[3] /= np.where(z > 0, z, 1.0)
    sums[3] = np.where(z > 0, sums[3], b / c)
    return sums


def _near_one(b: Floats, c: Floats, z: Floats) -> Floats:
    r"""Integrate :math:`(c-1) e^{-(c-1) v} (1 - z + z e^{-v})^{-b}` over v, in log time."""
    b, z, power = b[:, None], z[:, None], c[:, None] - 1
    tempo = power - b + b * (1 - z)
    end = np.minimum(_NOTHING_LEFT / (power - b), _NOTHING_LEFT / power - np.log1p(-z))
    width = np.log1p(end * tempo)
    v = np.expm1(width * _NODES) / tempo
    fallen = -np.expm1(-v)
    base = np.log1p(-z * fallen)
    weight = width * _WEIGHTS * (1 / tempo + v) * power * np.exp(-power * v - b * base)
    slopes = -base, 1 / power - v, b * fallen * np.exp(-base)
    return np.array([weight.sum(axis=1), *((weight * slope).sum(axis=1) for slope in slopes)])
