"""Retention of customers who decide at each renewal: shifted beta-geometric and its kin."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import special

from segkit.errors import DataError, ParameterError
from segkit.value._beta import log_beta_ratio
from segkit.value._contracts import contract_log
from segkit.value._fit import Objective
from segkit.value._histories import Floats
from segkit.value._model import check_time, plain
from segkit.value.churn import ChurnModel, times_of
from segkit.value.cohorts import SurvivorCounts, survivors_of
from segkit.value.likelihood_ratio import LikelihoodRatio
from segkit.value.timing import Payments, check_discount, periods_per_year
from segkit.value.units import Unit

__all__ = [
    "BetaDiscreteWeibull",
    "RetentionModel",
    "ShiftedBetaGeometric",
]

_LARGEST = 600.0
_MOST = 1e6  # periods that are gone through one by one


class RetentionModel(ChurnModel):
    """Customers decide at the end of each period, with beta chances of leaving."""

    def fit(self, data: Any, ended: Any = None) -> Self:
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        data : sequence, frame of cohorts, or log of contracts
            Survivors at the start and after each period, such as ``[1000, 869, 743]``, also as
            a column `survivors`; or a list or frame with a row a cohort, where the columns of a
            frame may be periods of its own or of the calendar, empty where nothing was observed;
            or a frame with columns `duration` (in periods) and `ended` (bool).
        ended : array of bool, optional
            With it, `data` are the durations.

        Raises
        ------
        DataError
            If survivors increase, or nobody has left or renewed.
        """
        if ended is None and not _is_log(data):
            return self._fit_counts(survivors_of(data))
        return super().fit(data, ended)

    def _log_stays(self, t: Floats, survived: Floats) -> Floats:
        theta = self._theta()
        start, beyond_start = _effort(np.floor(survived + 1e-9), theta)
        end, beyond_end = _effort(np.floor(t + survived + 1e-9), theta)
        log_stay = log_beta_ratio(theta[0], theta[1] + start, end - start)
        return np.asarray(log_stay - theta[0] * (beyond_end - beyond_start))

    def expected_new_customer(self, t: Any) -> Any:
        """Return the renewals to expect of a new customer within `t` periods.

        `t` is a number or an array; the answer has its shape.
        """
        ends = np.floor(times_of(t, "t", "expected_new_customer")).astype(np.intp)
        stays = self.survival(_periods_to(ends.max(initial=0), "expected_new_customer"))
        return plain(np.append(0.0, np.cumsum(stays))[ends])

    def expected_purchases(self, contracts: Any, t: float) -> pd.Series[float]:
        """Return the renewals to expect of each contract within `t` more periods."""
        check_time("t", "expected_purchases", t)
        ahead = _periods_to(t, "expected_purchases")
        periods, left, index = contract_log(contracts)
        renewals = self.survival(ahead, periods[:, None]).sum(axis=1)
        return pd.Series(np.where(left, 0.0, renewals), index, name="expected_purchases")

    def discounted_lifetime(
        self,
        period: Any,
        discount_rate: float,
        horizon: float | None = None,
        *,
        unit: Unit = "year",
    ) -> Any:
        r"""Return the discounted expected residual lifetime (DERL) of a customer.

        Counted in payments, the first of them due now: the customer is at the end of the given
        `period` and about to decide on its renewal.

        .. math:: \sum_{k \ge 1} \frac{S(period - 1 + k)}{S(period - 1)} (1 + d)^{1 - k}

        with the discount rate d of a period, which follows from that of a year.

        Source: Fader and Hardie (2010), Marketing Science 29(1).

        Parameters
        ----------
        period : int or array
            1 for a customer who has not renewed yet, 0 for one who joins now and pays in any
            case (discounted expected lifetime, DEL); the answer has its shape.
        discount_rate : float
            A year, effective.
        horizon : float or None
            Number of payments; None for ever.
        unit : {"year", "month", "week", "day"}
            Length of a period.

        Examples
        --------
        >>> model = ShiftedBetaGeometric.from_params(alpha=3.8, beta=15.2)
        >>> model.discounted_lifetime([1, 2, 3], 0.1).round(2).tolist()
        [3.31, 3.45, 3.59]
        """
        self._theta()
        owner = "discounted_lifetime"
        check_discount(horizon, discount_rate, owner)
        a_period = float(np.expm1(np.log1p(discount_rate) / periods_per_year(unit, owner)))
        ends = times_of(period, "period", "discounted_lifetime")
        if not ((ends >= 1) | (ends == 0)).all():
            raise ParameterError("period", owner, "0, or 1 or more", period)
        # As if periods were years.
        now = Payments("yearly in advance", a_period, horizon)
        due = Payments("yearly in arrears", a_period, horizon)
        renewed = self.annuity(np.maximum(ends - 1, 0.0), due) * (1 + a_period)
        return plain(np.where(ends == 0, self.annuity(0.0, now), renewed) / 12)

    def annuity(self, survived: Any, payments: Payments) -> Floats:
        """Return the present value of 1 a month for customers who have stayed so many years.

        Months paid until the next renewal are certain, so that only they and the renewals passed
        matter.
        """
        if payments.timing == "continuous":
            raise ParameterError(
                "timing", type(self).__name__, "one of the monthly or yearly ones", payments.timing
            )
        months = np.floor(12 * np.asarray(survived, dtype=np.float64) + 1e-9)
        distinct, place = np.unique(months, return_inverse=True)
        renewals, since = np.divmod(distinct, payments.renewal_months)
        times, weights = payments.schedule()
        value = np.empty(distinct.size)
        for month in np.unique(since):
            passed = np.floor((12 * times + month) / payments.renewal_months + 1e-9).astype(np.intp)
            paid = np.bincount(passed, weights)
            rows = since == month
            value[rows] = self.survival(np.arange(paid.size), renewals[rows, None]) @ paid
        return np.asarray(value[place].reshape(months.shape))

    def log_likelihood(self, data: Any, ended: Any = None) -> float:
        """Return the log-likelihood of data, as `fit` takes them, under the parameters."""
        if ended is None and not _is_log(data):
            counts = survivors_of(data)
        else:
            counts = _counts_of(*contract_log(data, ended)[:2])
        mean, _ = self._objective(counts)(np.log(self._theta()))
        return mean * counts.customers

    def _fit_years(self, years: Floats, left: Any) -> None:
        self._fit_counts(_counts_of(years, left))
        off = np.abs(years[left] - np.round(years[left])) > 0.1
        if off.mean() > 0.2:
            note = (
                f"{off.mean():.0%} of the ended contracts did not end at a renewal: a model in "
                "continuous time may fit better."
            )
            self.notes_ += (note,)

    def _fit_counts(self, counts: SurvivorCounts) -> Self:
        periods, lost, kept = counts.periods, counts.lost, counts.kept
        if not lost.sum() or not kept[periods >= 1].sum() + lost[periods >= 2].sum():
            raise DataError(
                f"{type(self).__name__} needs customers who left and customers who renewed; "
                f"{int(lost.sum()):,} of {int(counts.customers):,} left."
            )
        self._maximise(self._objective(counts), np.ones(len(self._letters)), counts.customers)
        chances, gone = periods @ (lost + kept), lost.sum()
        constant = special.xlogy(gone, gone / chances) + special.xlog1py(
            chances - gone, -gone / chances
        )
        self.heterogeneity_ = LikelihoodRatio.of(
            richer=self.log_likelihood_, simpler=constant, extra=len(self._letters) - 1
        )
        if (np.append(lost, kept) % 1 > 0).any():
            note = (
                "The survivors are no whole numbers: standard errors, intervals and tests take "
                f"{counts.customers:,.4g} for the number of customers. Give counts if you can."
            )
            self.notes_ += (note,)
        return self

    def _objective(self, counts: SurvivorCounts) -> Objective:
        """Mean log-likelihood, looking only at periods at whose end somebody left or was seen."""
        gone, seen = counts.lost > 0, counts.kept > 0
        lost, kept = counts.lost[gone] / counts.customers, counts.kept[seen] / counts.customers
        ends = counts.periods[gone]
        wanted = np.concatenate([ends - 1, ends, counts.periods[seen]])
        periods, place = np.unique(wanted, return_inverse=True)
        before, after, still = np.split(place, [ends.size, 2 * ends.size])

        def objective(logs: Floats) -> tuple[float, Floats]:
            theta = np.exp(logs)
            with np.errstate(all="ignore"):
                stay, slopes = self._log_stay(theta, periods)
                drop = stay[after] - stay[before]
                left, passed = -np.expm1(drop), np.exp(drop)
                leave_slopes = (slopes[:, before] - passed * slopes[:, after]) / left
                value = lost @ (stay[before] + np.log(left)) + kept @ stay[still]
                gradient = leave_slopes @ lost + slopes[:, still] @ kept
            return float(value), gradient * theta

        return objective

    def _log_stay(self, theta: Floats, periods: Floats) -> tuple[Floats, Floats]:
        """Log of the survivor function and its slopes by the parameters."""
        alpha, beta = theta[:2]
        logs, effort = np.log(np.maximum(periods, 1.0)), _effort(periods, theta)[0]
        stay = log_beta_ratio(alpha, beta, effort)
        by_alpha = special.digamma(alpha + beta) - special.digamma(alpha + beta + effort)
        by_effort = special.digamma(beta + effort) - special.digamma(alpha + beta + effort)
        by_beta = by_effort - special.digamma(beta) + special.digamma(alpha + beta)
        slopes = np.array([by_alpha, by_beta, by_effort * effort * logs])
        return stay, slopes[: len(theta)]


class ShiftedBetaGeometric(RetentionModel):
    r"""sBG: at each renewal a customer leaves with a chance of one's own that never changes.

    .. math:: S(t) = \frac{B(\alpha, \beta + t)}{B(\alpha, \beta)}

    Source: Fader and Hardie (2007), Journal of Interactive Marketing 21(1).

    Examples
    --------
    >>> model = ShiftedBetaGeometric().fit([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> {letter: round(value, 3) for letter, value in model.params_.items()}
    {'alpha': 0.668, 'beta': 3.806}
    """

    _letters: ClassVar[tuple[str, ...]] = ("alpha", "beta")


class BetaDiscreteWeibull(RetentionModel):
    r"""BdW: as sBG, but a customer's own chance of leaving rises (c > 1) or falls with time.

    .. math:: S(t) = \frac{B(\alpha, \beta + t^c)}{B(\alpha, \beta)}

    Source: Fader, Hardie, Liu, Davin and Steenburgh (2018), Journal of Interactive Marketing 43.

    Examples
    --------
    >>> model = BetaDiscreteWeibull().fit([1000, 869, 743, 653, 593])
    >>> {letter: round(value, 2) for letter, value in model.params_.items()}
    {'alpha': 0.26, 'beta': 1.72, 'c': 1.58}
    """

    _letters: ClassVar[tuple[str, ...]] = ("alpha", "beta", "c")


def _effort(periods: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Periods to the power of c, and the log of what lies beyond the largest that fits."""
    logs = np.log(np.maximum(periods, 1.0)) * (theta[2] if len(theta) > 2 else 1.0)
    effort = np.where(periods > 0, np.exp(np.minimum(logs, _LARGEST)), 0.0)
    return effort, np.maximum(logs - _LARGEST, 0.0)


def _periods_to(t: float, method: str) -> Floats:
    """Periods up to a time ahead, or refuse more than can be gone through."""
    if t > _MOST:
        raise ParameterError("t", method, f"up to {_MOST:,.0f} periods", t)
    return np.arange(1, np.floor(t) + 1)


def _is_log(data: Any) -> bool:
    columns = getattr(data, "columns", ())
    return "duration" in columns and "ended" in columns


def _counts_of(years: Floats, left: Any) -> SurvivorCounts:
    """Count the contracts of a log by the periods they lasted."""
    lost, kept = np.maximum(np.round(years[left]), 1), np.floor(years[~left] + 1e-9)
    periods, place = np.unique(np.concatenate([lost, kept]), return_inverse=True)
    parts = np.split(place, [lost.size])
    counts = (np.bincount(of, minlength=periods.size).astype(np.float64) for of in parts)
    return SurvivorCounts(periods, *counts)
