"""Pareto/NBD: customers who may leave at any moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from segkit.value._fit import Objective
from segkit.value._growth import integral_weights
from segkit.value._histories import Floats, Histories, dot
from segkit.value._leaving import leaving_later
from segkit.value._purchases import draw_poisson
from segkit.value.attrition import AttritionModel

__all__ = ["ParetoNBD"]

_LARGE = 700.0
_TINY = 1e-250


class ParetoNBD(AttritionModel):
    r"""Gamma purchase rates, and gamma rates of leaving that have nothing to do with purchases.

    .. math::
        L = \frac{\Gamma(r+x) \alpha^r \beta^s}{\Gamma(r)} \left[
        \frac{1}{(\alpha+T)^{r+x} (\beta+T)^s} + \int_{t_x}^T
        \frac{s}{(\alpha+\tau)^{r+x} (\beta+\tau)^{s+1}} d\tau \right]

    Source: Schmittlein, Morrison and Colombo (1987), Management Science 33(1); Fader and
    Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions".

    Examples
    --------
    >>> import pandas as pd
    >>> model = ParetoNBD.from_params(r=0.553, alpha=10.578, s=0.606, beta=11.669)
    >>> summary = pd.DataFrame({"frequency": [26], "recency": [30.85714], "T": [31.0]})
    >>> model.expected_purchases(summary, 52).round(2).tolist()
    [25.46]
    >>> model.pmf([0, 1, 2], 39.0).round(3)
    array([0.594, 0.166, 0.082])
    """

    _letters = ("r", "alpha", "s", "beta")

    def _pmf(self, x: Floats, t: float) -> Floats:
        r, alpha, s, beta = self._theta()
        times, weights = integral_weights(np.ones_like, np.array([0.0, t]), self._scale())
        leaves = weights * s / beta * np.exp(-(s + 1) * np.log1p(times / beta))
        ends, chances = np.append(times, t), np.append(leaves, (1 + t / beta) ** -s)
        return np.asarray(stats.nbinom.pmf(x[..., None], r, alpha / (alpha + ends)) @ chances)

    def _likelihood(self, data: Histories) -> Objective:
        x, at_x, share = data.x.distinct, data.share_by(data.x), data.share
        x_last, recency, last_place = data.by_recency
        x_now, age, now_place = data.by_age

        def likelihood(theta: Floats) -> tuple[float, Floats]:
            r = theta[0]
            last, now = _moment(x_last, recency, theta), _moment(x_now, age, theta)
            with np.errstate(divide="ignore"):
                stays = now.log_size + np.log(np.maximum(1 - now.left, 0.0))
            leaves = last.log_size + np.log(last.left)
            mixed = np.logaddexp(stays[now_place], leaves[last_place])
            value = at_x @ (special.gammaln(r + x) - special.gammaln(r)) + dot(share, mixed)
            by_r = at_x @ (special.digamma(r + x) - special.digamma(r))
            slopes = np.array([by_r, 0.0, 0.0, 0.0])
            at_now = np.bincount(now_place, share * np.exp(now.log_size[now_place] - mixed))
            at_last = np.bincount(last_place, share * np.exp(last.log_size[last_place] - mixed))
            slopes += dot((1 - now.left) * now.log_slopes - now.left_slopes, at_now)
            slopes += dot(last.left * last.log_slopes + last.left_slopes, at_last)
            return float(value), slopes

        return likelihood

    def _start(self, data: Histories) -> Floats:
        age = data.share_by(data.T) @ data.T.distinct
        return np.array([1.0, age / 8, 1.0, age / 8])

    def _alive(self, x: Floats, t_x: Floats, age: Floats) -> Floats:
        theta = self._theta()
        last, now = _moment(x, t_x, theta), _moment(x, age, theta)
        gone = np.exp(np.minimum(last.log_size - now.log_size, _LARGE)) * last.left - now.left
        return np.asarray(1 / (1 + np.maximum(gone, 0.0)))

    def _rate(self, x: Floats, age: Floats, times: Floats) -> Floats:
        r, alpha, s, beta = self._theta()
        rate = ((r + x) / (alpha + age))[:, None]
        return np.asarray(rate * np.exp(-s * np.log1p(times / (beta + age)[:, None])))

    def _draw(
        self, age: Floats, holdout: float, rng: np.random.Generator
    ) -> tuple[Floats, Floats, Floats]:
        r, alpha, s, beta = self._theta()
        rate = rng.gamma(r, 1 / alpha, age.size)
        leaving = np.maximum(rng.gamma(s, 1 / beta, age.size), 1e-300)
        return draw_poisson(rate, rng.exponential(size=age.size) / leaving, age, holdout, rng)

    def _scale(self) -> float:
        _, alpha, s, beta = self._theta()
        return float(min(alpha, beta) / (1 + s))


@dataclass(frozen=True, slots=True)
class _Moment:
    r"""A moment y in the life of customers with x purchases.

    With :math:`e(y) = \alpha^r \beta^s (\alpha+y)^{-(r+x)} (\beta+y)^{-s}`, leaving later than y
    adds e(y) `left` to the likelihood, where `left` is between 0 and 1; `log_size` is ln e(y), by
    ratios to y: differences of large logs would be lost where nearly nobody leaves. Slopes are
    by (r, alpha, s, beta).
    """

    log_size: Floats
    log_slopes: Floats
    left: Floats
    left_slopes: Floats


def _moment(x: Floats, y: Floats, theta: Floats) -> _Moment:
    r, alpha, s, beta = theta
    shape, bought, lived = r + x, alpha + y, beta + y
    ratio = lived / bought
    left, by_shape, by_s, by_ratio = leaving_later(shape, s, ratio)
    by_r, by_lived = -_log_growth(y, alpha), -_log_growth(y, beta)
    by_alpha = r * (y / bought) / alpha - x / bought
    log_slopes = [by_r, by_alpha, by_lived, s * (y / lived) / beta]
    left_slopes = [by_shape, -by_ratio * ratio / bought, by_s, by_ratio / bought]
    log_size = r * by_r - x * np.log(bought) + s * by_lived
    return _Moment(log_size, np.array(log_slopes), left, np.array(left_slopes))


def _log_growth(y: Floats, scale: float) -> Floats:
    """Return ln(1 + y / scale), also where the ratio would overflow."""
    if scale > _TINY:
        return np.asarray(np.log1p(y / scale))
    return np.asarray(np.log(scale + y) - np.log(scale))
