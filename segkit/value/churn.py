"""Models of how long customers with a contract stay, in continuous time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import stats

from segkit.errors import DataError, ParameterError
from segkit.value._contracts import contract_log
from segkit.value._histories import Floats
from segkit.value._model import Model, check_time, log_interval, numbers, plain
from segkit.value.likelihood_ratio import LikelihoodRatio
from segkit.value.timing import Payments, Timing

__all__ = [
    "ChurnModel",
    "ConstantChurn",
    "ContinuousChurn",
    "ExponentialGamma",
    "times_of",
]


class ChurnModel(Model, ABC):
    """How long customers stay; durations are in years, or in periods from renewal to renewal.

    Attributes
    ----------
    heterogeneity_ : LikelihoodRatio
        Whether churn differs between customers or along their time, against constant churn.
    """

    _verdicts = (("heterogeneity_", LikelihoodRatio),)

    heterogeneity_: LikelihoodRatio

    def fit(self, data: Any, ended: Any = None) -> Self:
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        data : array, or frame with columns duration, ended
            Years from the start to the end, or to now for those who still stay.
        ended : array of bool, optional
            Whether the contract has ended, when `data` are only the durations.

        Raises
        ------
        DataError
            If nobody has left yet, or no time has passed.
        """
        years, left, _ = contract_log(data, ended)
        if not left.any() or not years.sum() > 0:
            raise DataError(
                f"Not enough data: {int(left.sum()):,} of {left.size:,} contracts have ended in "
                f"{years.sum():,.1f} years observed, so churn cannot be estimated."
            )
        self._fit_years(years, left)
        return self

    def churn(self, survived: Any = 0.0) -> Any:
        """Return the share that leaves within the year (or period) after `survived` of them.

        `survived` is a number or an array; the answer has its shape.
        """
        self._theta()
        stayed = times_of(survived, "survived", "churn")
        return plain(-np.expm1(self._log_stays(np.ones(stayed.shape), stayed)))

    def survival(self, t: Any, survived: Any = 0.0) -> Any:
        """Return the probability of staying `t` more years (or periods) after `survived`.

        Both are numbers or arrays; the answer has their shape.
        """
        self._theta()
        ahead, stayed = times_of(t, "t", "survival"), times_of(survived, "survived", "survival")
        return plain(np.exp(self._log_stays(ahead, stayed)))

    @abstractmethod
    def _log_stays(self, t: Floats, survived: Floats) -> Floats:
        """Log of the probability of staying, at times that are finite and not negative."""

    @abstractmethod
    def annuity(self, survived: Any, payments: Payments) -> Floats:
        """Return the present value of 1 a month for customers who have stayed so long."""

    @abstractmethod
    def log_likelihood(self, data: Any, ended: Any = None) -> float:
        """Return the log-likelihood of data, as `fit` takes them, under the parameters."""

    def probability_alive(self, contracts: Any) -> pd.Series[float]:
        """Return 1 for running contracts and 0 for ended ones: a contract tells.

        `contracts` is a frame with columns duration, ended.
        """
        _, left, index = contract_log(contracts)
        return pd.Series(np.where(left, 0.0, 1.0), index, name="probability_alive")

    def pmf(self, n: Any) -> Any:
        """Return the probability that a new customer leaves in the n-th year or period."""
        at = numbers(n, "n", "pmf")
        possible = (at >= 1) & (at == np.floor(at)) & (at < np.inf)
        before = np.where(possible, at - 1, 0.0)
        leaves = np.abs(np.expm1(self._log_stays(np.ones(before.shape), before)))
        return plain(np.where(possible, self.survival(before) * leaves, 0.0))

    def interval_of(
        self, quantity: Callable[[Self], Floats], level: float
    ) -> tuple[Floats, Floats]:
        """Return low and high of a quantity: errors of the parameters carried to its log."""
        value = quantity(self)
        slopes = self.slopes(quantity) / np.where(value == 0, 1.0, np.abs(value))
        variance = np.einsum("i...,ij,j...->...", slopes, self.covariance_of_logs(), slopes)
        ends = log_interval(value, np.sqrt(np.maximum(variance, 0.0)), level)
        return np.minimum(*ends), np.maximum(*ends)

    @abstractmethod
    def _fit_years(self, years: Floats, left: Any) -> None: ...


class ContinuousChurn(ChurnModel):
    """Customers may leave on any day: what is counted is time, in years."""

    def discounted_lifetime(
        self,
        survived: Any = 0.0,
        discount_rate: float = 0.1,
        horizon: float | None = None,
        *,
        timing: Timing = "continuous",
    ) -> Any:
        """Return the discounted expected residual lifetime (DERL) in years.

        The years still to come of a customer who has stayed `survived` years, each counted by
        its discount factor at the time of payment.

        Parameters
        ----------
        survived : number or array
            Years stayed; the answer has its shape.
        discount_rate : float
            A year, effective.
        horizon : float or None
            Years ahead; None for ever.
        timing : str
            As in `contract_value`.

        Examples
        --------
        >>> round(ConstantChurn.from_params(rate=0.2).discounted_lifetime(discount_rate=0.1), 3)
        3.386
        """
        self._theta()
        stayed = times_of(survived, "survived", "discounted_lifetime")
        return plain(
            np.asarray(self.annuity(stayed, Payments(timing, discount_rate, horizon)) / 12)
        )

    def log_likelihood(self, data: Any, ended: Any = None) -> float:
        """Return the log-likelihood of contracts under the parameters as they are."""
        years, left, _ = contract_log(data, ended)
        return float(self._log_hazard(years[left]).sum() + self._log_stays(years, 0 * years).sum())

    @abstractmethod
    def _log_hazard(self, years: Floats) -> Floats:
        """Log rate of leaving of those who have stayed so long."""

    def expected_new_customer(self, t: Any) -> Any:
        """Return the years to expect of a new customer within the first `t` years.

        `t` is a number or an array; the answer has its shape.
        """
        ends = times_of(t, "t", "expected_new_customer")
        found = [self._years_of(0.0, float(end)) for end in ends.ravel()]
        return plain(np.reshape(found, ends.shape))

    def expected_purchases(self, contracts: Any, t: float) -> pd.Series[float]:
        """Return the years to expect of each contract within the next `t` years."""
        years, left, index = contract_log(contracts)
        ahead = np.where(left, 0.0, self._years_of(years, t))
        return pd.Series(ahead, index, name="expected_purchases")

    def _years_of(self, survived: Any, t: float) -> Any:
        check_time("t", "expected_purchases", t)
        if t == 0:
            return np.zeros(np.shape(survived))
        return self.discounted_lifetime(survived, 0.0, t)


class ConstantChurn(ContinuousChurn):
    r"""Exponential durations: everybody leaves at the same constant rate.

    The rate is the number that left by the years observed, its interval the exact one of a
    Poisson count (Garwood 1936). Yearly churn is :math:`1 - e^{-rate}`.

    Examples
    --------
    >>> model = ConstantChurn().fit([1.0, 2.0, 3.0, 4.0], [True, False, True, False])
    >>> model.params_
    {'rate': 0.2}
    >>> round(model.churn(), 3)
    0.181
    """

    _letters = ("rate",)

    def _log_stays(self, t: Floats, survived: Floats) -> Floats:
        return np.asarray(-self._theta()[0] * (t + 0 * survived))

    def _log_hazard(self, years: Floats) -> Floats:
        return np.full(years.shape, np.log(self._theta()[0]))

    def annuity(self, survived: Any, payments: Payments) -> Floats:
        """Return the present value of 1 a month: a geometric series."""
        value = payments.under_constant_churn(float(self._theta()[0]))
        return np.full(np.shape(survived), value)

    def intervals(self, level: float = 0.9) -> pd.DataFrame:
        """Return estimate, standard error and exact interval of the rate."""
        table = super().intervals(level)
        ends = self.interval_of(lambda model: np.asarray(model.params_["rate"]), level)
        return table.assign(low=ends[0], high=ends[1])

    def interval_of(
        self, quantity: Callable[[Self], Floats], level: float
    ) -> tuple[Floats, Floats]:
        """Evaluate a monotone quantity at both ends of the exact interval of the rate."""
        left, rate = 1 / self.covariance_of_logs()[0, 0], float(self._theta()[0])
        low = stats.chi2.ppf((1 - level) / 2, 2 * left) / (2 * left)
        high = stats.chi2.ppf((1 + level) / 2, 2 * left + 2) / (2 * left)
        ends = [quantity(self.from_params(rate=rate * factor)) for factor in (low, high)]
        return np.minimum(*ends), np.maximum(*ends)

    def _fit_years(self, years: Floats, left: Any) -> None:
        rate = float(left.sum() / years.sum())
        self.params_ = {"rate": rate}
        self.log_likelihood_ = float(left.sum() * (np.log(rate) - 1))
        self.customers_, self.gradient_ = left.size, 0.0
        self._covariance = np.array([[1.0 / left.sum()]])
        self._set_errors()
        self.heterogeneity_ = ExponentialGamma().fit(years, left).heterogeneity_


class ExponentialGamma(ContinuousChurn):
    r"""Exponential durations whose rates differ between customers by a gamma distribution.

    The impatient leave first, so that those who stay are ever more loyal: constant churn
    undervalues them. Also called the Pareto of the second kind, or Lomax.

    .. math::
        S(t) = \left( \frac{\alpha}{\alpha + t} \right)^r \qquad
        S(t \mid s) = \left( \frac{\alpha + s}{\alpha + s + t} \right)^r

    Source: Fader and Hardie (2010), Marketing Science 29(1), in continuous time.

    Examples
    --------
    >>> model = ExponentialGamma.from_params(r=1.0, alpha=4.0)
    >>> round(model.churn(), 2), round(model.churn(survived=5.0), 2)
    (0.2, 0.1)
    """

    _letters = ("r", "alpha")

    def _log_stays(self, t: Floats, survived: Floats) -> Floats:
        r, alpha = self._theta()
        return np.asarray(-r * np.log1p(t / (alpha + survived)))

    def _log_hazard(self, years: Floats) -> Floats:
        r, alpha = self._theta()
        return np.asarray(np.log(r / (alpha + years)))

    def annuity(self, survived: Any, payments: Payments) -> Floats:
        """Return the present value of 1 a month for customers who have stayed so long."""
        times, weights = payments.nodes(self.params_["alpha"] / (1 + self.params_["r"]))
        stayed = np.asarray(survived, dtype=np.float64)[..., None]
        return np.asarray(self.survival(times, stayed) @ weights)

    def _fit_years(self, years: Floats, left: Any) -> None:
        share, power = left.mean(), left / left.size

        def objective(logs: Floats) -> tuple[float, Floats]:
            r, alpha = np.exp(logs)
            gone = np.log1p(years / alpha)
            value = share * (logs[0] - logs[1]) - r * gone.mean() - power @ gone
            pull = years / (alpha + years)
            return float(value), np.array(
                [share - r * gone.mean(), -share + r * pull.mean() + power @ pull]
            )

        self._maximise(objective, np.array([1.0, years.sum() / left.sum()]), left.size)
        self.heterogeneity_ = LikelihoodRatio.of(
            richer=self.log_likelihood_,
            simpler=left.sum() * (np.log(left.sum() / years.sum()) - 1),
            extra=1,
        )


def times_of(values: Any, name: str, method: str) -> Floats:
    """Return times as an array, or refuse those that are negative or have no end."""
    found = numbers(values, name, method)
    if not ((found >= 0) & (found < np.inf)).all():
        raise ParameterError(name, method, "in the range [0, inf)", values)
    return found
