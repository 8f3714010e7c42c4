"""BG/NBD and MBG/NBD: customers who may leave after any purchase."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special, stats

from segkit.value._beta import log_beta_ratio
from segkit.value._fit import Objective
from segkit.value._growth import rate_with_dropout
from segkit.value._histories import Floats, Histories, dot
from segkit.value._purchases import countable
from segkit.value.attrition import AttritionModel

__all__ = ["BetaGeo", "ModifiedBetaGeo"]


class _DropoutAfterPurchase(AttritionModel):
    """What both models share; `_first` is 1 if a customer may leave at the first purchase."""

    _letters = ("r", "alpha", "a", "b")
    _first: ClassVar[int]

    def _pmf(self, x: Floats, t: float) -> Floats:
        r, alpha, a, b = self._theta()
        chances = x + self._first
        idle = alpha / (alpha + t)
        kept = np.exp(log_beta_ratio(a, b, chances))
        left = kept * np.exp(self._log_odds(x, a, b)) * stats.nbinom.sf(x - 1, r, idle)
        return np.asarray(kept * stats.nbinom.pmf(x, r, idle) + left)

    def _likelihood(self, data: Histories) -> Objective:
        x, place, share, at_x = data.x.distinct, data.x.place, data.share, data.share_by(data.x)
        age, recency = data.T.distinct, data.t_x.distinct
        stays = x + self._first

        def likelihood(theta: Floats) -> tuple[float, Floats]:
            r, alpha, a, b = theta
            shape = (r + x)[place]
            log_age = np.log(alpha + age)[data.T.place]
            log_recency = np.log(alpha + recency)[data.t_x.place]
            gap = self._log_odds(x, a, b)[place] + shape * (log_age - log_recency)
            smaller = np.exp(-np.abs(gap))
            left = share * np.where(gap > 0, 1.0, smaller) / (1 + smaller)
            kept = share - left
            value = (
                at_x @ (special.gammaln(r + x) - special.gammaln(r))
                + r * np.log(alpha)
                + at_x @ log_beta_ratio(a, b, stays)
                + dot(share, np.maximum(gap, 0) + np.log1p(smaller) - shape * log_age)
            )
            rate = kept * (1 / (alpha + age))[data.T.place]
            rate += left * (1 / (alpha + recency))[data.t_x.place]
            both = special.digamma(a + b) - at_x @ special.digamma(a + b + stays)
            at_last = np.bincount(place, left, x.size) / np.where(stays > 0, b + (stays - 1), 1.0)
            by_r = at_x @ (special.digamma(r + x) - special.digamma(r)) + np.log(alpha)
            slopes = [
                by_r - dot(kept, log_age) - dot(left, log_recency),
                r / alpha - dot(shape, rate),
                both + left.sum() / a,
                both + at_x @ special.digamma(b + stays) - special.digamma(b) - at_last.sum(),
            ]
            return float(value), np.array(slopes)

        return likelihood

    def _log_odds(self, x: Floats, a: float, b: float) -> Floats:
        """Log odds of having left at the last purchase, before the silence since is counted."""
        stays = x + self._first
        return np.where(stays > 0, np.log(a / np.where(stays > 0, b + (stays - 1), 1.0)), -np.inf)

    def _start(self, data: Histories) -> Floats:
        return np.array([1.0, data.share_by(data.T) @ data.T.distinct / 8, 1.0, 1.0])

    def _alive(self, x: Floats, t_x: Floats, age: Floats) -> Floats:
        r, alpha, a, b = self._theta()
        silence = (r + x) * np.log1p((age - t_x) / (alpha + t_x))
        return np.asarray(special.expit(-self._log_odds(x, a, b) - silence))

    def _rate(self, x: Floats, age: Floats, times: Floats) -> Floats:
        r, alpha, a, b = self._theta()
        return rate_with_dropout(r + x, alpha + age, a, b + x + self._first, times)

    def _draw(
        self, age: Floats, holdout: float, rng: np.random.Generator
    ) -> tuple[Floats, Floats, Floats]:
        r, alpha, a, b = self._theta()
        rate = rng.gamma(r, 1 / alpha, age.size)
        chance = np.clip(rng.beta(a, b, age.size), 1e-15, 1 - 1e-15)
        last = rng.geometric(chance).astype(np.float64) - self._first
        wanted = rng.poisson(countable(rate * age)).astype(np.float64)
        x = np.minimum(wanted, last)
        order = rng.beta(np.maximum(x, 1), wanted - x + 1)
        later = np.minimum(rng.poisson(countable(rate * holdout)), np.maximum(last - wanted, 0))
        return x, np.where(x > 0, age * order, 0.0), later

    def _scale(self) -> float:
        return self.params_["alpha"] / (1 + self.params_["r"] + self.params_["a"])


class BetaGeo(_DropoutAfterPurchase):
    r"""BG/NBD: gamma purchase rates, beta chances of leaving after each repeat purchase.

    .. math::
        L = \frac{\Gamma(r+x)\alpha^r}{\Gamma(r)} \frac{B(a, b+x)}{B(a, b)} \left[
        \frac{1}{(\alpha+T)^{r+x}} + \delta_{x>0} \frac{a}{b+x-1} \frac{1}{(\alpha+t_x)^{r+x}}
        \right]

    A customer without a repeat purchase has had no occasion to leave: P(alive) is 1 for them.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2).

    Examples
    --------
    >>> import pandas as pd
    >>> model = BetaGeo.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> summary = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    >>> model.expected_purchases(summary, 39).round(3).tolist()
    [1.226]
    """

    _first = 0


class ModifiedBetaGeo(_DropoutAfterPurchase):
    r"""MBG/NBD: as BG/NBD, but a customer may leave right after the first purchase too.

    .. math::
        L = \frac{\Gamma(r+x)\alpha^r}{\Gamma(r)} \frac{B(a, b+x+1)}{B(a, b)} \left[
        \frac{1}{(\alpha+T)^{r+x}} + \frac{a}{b+x} \frac{1}{(\alpha+t_x)^{r+x}} \right]

    Source: Batislam, Denizel and Filiztekin (2007), International Journal of Research in
    Marketing 24(3).

    Examples
    --------
    >>> model = ModifiedBetaGeo.from_params(r=0.525, alpha=6.183, a=0.891, b=1.614)
    >>> round(model.expected_new_customer(39.0), 2)
    1.18
    """

    _first = 1
