"""Logs of the beta function, to full precision also where its numbers are large."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from segkit.value._histories import Floats

__all__ = ["log_beta", "log_beta_at_mean", "log_beta_ratio", "log_share"]

_STIRLING = 20.0
_FAR = 700.0  # an exponent before it overflows


def log_beta(a: Any, b: Any) -> Floats:
    """Return the log of the beta function to full precision also where one number is large.

    scipy's subtracts log-gammas there, and loses five digits at 1e9.
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=np.float64), b)
    small, large = np.minimum(a, b), np.maximum(a, b)
    wide = special.gammaln(small) + _remainder(large) - _remainder(small + large)
    wide += small - small * np.log(large) - (small + large - 0.5) * np.log1p(small / large)
    return np.asarray(np.where(large > _STIRLING, wide, special.betaln(a, b)))


def log_beta_at_mean(a: Any, b: Any) -> Floats:
    """Return the log of B(a, b) over its integrand at the mean, a / (a + b).

    It stays small where both numbers are large, and the log of B(a, b) loses its digits.
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=np.float64), b)
    large = 0.5 * (np.log(2 * np.pi) + np.log(1 / a + 1 / b))
    large += _remainder(a) + _remainder(b) - _remainder(a + b)
    other = log_beta(a, b) + a * np.log1p(b / a) + b * np.log1p(a / b)
    return np.asarray(np.where(np.minimum(a, b) > _STIRLING, large, other))


def log_beta_ratio(a: Any, b: Any, more: Any) -> Floats:
    """Return the log of B(a, b + more) / B(a, b), which is at most 0.

    Two logs of a beta function would lose their common digits; `a` and `more` may change places,
    so that the ratio is one of rising factorials with few factors.
    """
    few, many = np.minimum(a, more), np.maximum(a, more)
    return np.asarray(np.minimum(_log_rising(b, few) - _log_rising(b + many, few), 0.0))


def log_share(logit: Any, mean: Any, rest: Any) -> Floats:
    """Return the log of a share over its mean, by its logit less that of the mean.

    `rest` is 1 - `mean`, with all its digits where the mean is nearly 1.
    """
    far = np.maximum(-logit - _FAR, 0.0)
    change = rest * np.expm1(np.minimum(-logit, _FAR))
    total = mean + rest * np.exp(np.minimum(-logit, _FAR))
    near = np.log1p(np.maximum(change, -0.5))
    return np.asarray(-np.where(np.abs(change) < 0.5, near, np.log(total)) - far)


def _log_rising(base: Any, factors: Any) -> Floats:
    """Log of gamma(base + factors) / gamma(base)."""
    top = base + factors
    large = (top - 0.5) * np.log1p(factors / base) + factors * (np.log(base) - 1)
    large += _remainder(top) - _remainder(base)
    small = special.gammaln(top) - special.gammaln(base)
    return np.asarray(np.where(base > _STIRLING, large, small))


def _remainder(x: Any) -> Floats:
    """Return what Stirling's formula leaves of the log-gamma function, from 20 on."""
    x = np.maximum(x, _STIRLING)
    square = x**-2.0
    return np.asarray((1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x)
