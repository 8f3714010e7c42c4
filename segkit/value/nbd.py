"""The NBD model: purchases at a steady rate of one's own, and nobody ever leaves."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import special, stats

from segkit.value._fit import Objective
from segkit.value._histories import Floats, Histories, as_summary, dot
from segkit.value._purchases import PurchaseModel, draw_poisson
from segkit.value.likelihood_ratio import LikelihoodRatio

__all__ = ["NBD"]


class NBD(PurchaseModel):
    r"""Negative binomial purchases without attrition.

    A customer buys as a Poisson process with a rate of one's own, and rates are gamma
    distributed with shape `r` and rate `alpha`. Nobody leaves, so P(alive) is 1: the model that
    attrition has to beat. `heterogeneity_` tests whether rates differ, against one Poisson rate.

    .. math::
        L = \frac{\Gamma(r+x)}{\Gamma(r)} \frac{\alpha^r}{(\alpha+T)^{r+x}}

    This is the likelihood of when they bought, so that it compares with those of attrition; that
    of the counts alone has :math:`T^x / x!` besides. A summary needs no `recency`.

    Source: Ehrenberg (1959), Applied Statistics 8(1); Morrison and Schmittlein (1988), Journal of
    Business & Economic Statistics 6(2).

    Examples
    --------
    >>> model = NBD.from_params(r=0.5, alpha=10.0)
    >>> round(model.expected_new_customer(20.0), 2)
    1.0
    >>> NBD.from_params(r=1.0, alpha=1.0).pmf([0, 1, 2], 1.0)
    array([0.5  , 0.25 , 0.125])
    """

    _letters = ("r", "alpha")

    _verdicts = (("heterogeneity_", LikelihoodRatio),)

    heterogeneity_: LikelihoodRatio

    def fit(self, summary: Any) -> Self:
        """Estimate the parameters by maximum likelihood from columns frequency and T."""
        return super().fit(_with_recency(summary))

    def _frame(self, summary: Any) -> pd.DataFrame:
        return super()._frame(_with_recency(summary))

    def fit_histories(self, data: Histories) -> Self:
        """Estimate the parameters, and test whether purchase rates differ at all."""
        super().fit_histories(data)
        bought, time = dot(data.x.rows, data.count), dot(data.T.rows, data.count)
        self.heterogeneity_ = LikelihoodRatio.of(
            richer=self.log_likelihood_, simpler=bought * (np.log(bought / time) - 1), extra=1
        )
        return self

    def _pmf(self, x: Floats, t: float) -> Floats:
        r, alpha = self._theta()
        return np.asarray(stats.nbinom.pmf(x, r, alpha / (alpha + t)))

    def _likelihood(self, data: Histories) -> Objective:
        bought, age = data.x.rows, data.T.distinct
        x, at_x, at_age = data.x.distinct, data.share_by(data.x), data.share_by(data.T)
        share, place = data.share, data.T.place

        def likelihood(theta: Floats) -> tuple[float, Floats]:
            r, alpha = theta
            log_age, shape = np.log(alpha + age), share * (r + bought)
            at_shape = np.bincount(place, shape, age.size)
            value = (
                at_x @ (special.gammaln(r + x) - special.gammaln(r))
                + r * np.log(alpha)
                - at_shape @ log_age
            )
            by_r = at_x @ (special.digamma(r + x) - special.digamma(r))
            slopes = (
                by_r + np.log(alpha) - at_age @ log_age,
                r / alpha - at_shape @ (1 / (alpha + age)),
            )
            return float(value), np.array(slopes)

        return likelihood

    def _start(self, data: Histories) -> Floats:
        return np.array([1.0, data.share_by(data.T) @ data.T.distinct / 8])

    def _alive(self, x: Floats, t_x: Floats, age: Floats) -> Floats:  # noqa: ARG002, all models'
        return np.ones_like(x)

    def _rate(self, x: Floats, age: Floats, times: Floats) -> Floats:
        r, alpha = self._theta()
        return np.outer((r + x) / (alpha + age), np.ones_like(times))

    def _draw(
        self, age: Floats, holdout: float, rng: np.random.Generator
    ) -> tuple[Floats, Floats, Floats]:
        r, alpha = self._theta()
        rate = rng.gamma(r, 1 / alpha, age.size)
        return draw_poisson(rate, np.full(age.size, np.inf), age, holdout, rng)

    def _scale(self) -> float:
        return self.params_["alpha"]


def _with_recency(summary: Any) -> pd.DataFrame:
    """Fill in the time of the last purchase, which tells nothing where nobody leaves."""
    frame = as_summary(summary)
    return frame if "recency" in frame else frame.assign(recency=0.0)
