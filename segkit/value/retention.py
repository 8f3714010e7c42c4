"""Retention of customers who decide at each renewal: shifted beta-geometric and its kin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import special

from segkit.errors import DataError, ParameterError
from segkit.frames import as_pandas
from segkit.value._beta import log_beta_ratio
from segkit.value._histories import Floats
from segkit.value.churn import ChurnModel, check_horizon, contract_log, times_of
from segkit.value.likelihood_ratio import LikelihoodRatio
from segkit.value.timing import Payments

__all__ = ["BetaDiscreteWeibull", "RetentionModel", "ShiftedBetaGeometric", "survivors_of"]

_LARGEST = 600.0
_MOST = 1e6  # periods that are gone through one by one


@dataclass(frozen=True, slots=True)
class _Counts:
    """Customers by whole periods: those lost at that renewal and those kept beyond it."""

    lost: Floats
    kept: Floats

    @property
    def customers(self) -> float:
        return float(self.lost.sum() + self.kept.sum())


class RetentionModel(ChurnModel):
    """Customers decide at the end of each period, with beta chances of leaving."""

    def fit(self, data: Any, ended: Any = None) -> Self:
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        data : sequence, frame of cohorts, or log of contracts
            Survivors at the start and after each period, such as ``[1000, 869, 743]``; or a
            frame with a row a cohort and a column a period, empty where not yet observed; or
            a frame with columns `duration` (in periods) and `ended` (bool).
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

    def expected_new_customer(self, t: float) -> float:
        """Return the renewals to expect of a new customer within `t` periods."""
        return float(self.survival(_periods_to(t, "expected_new_customer")).sum())

    def expected_purchases(self, contracts: Any, t: float) -> pd.Series[float]:
        """Return the renewals to expect of each contract within `t` more periods."""
        ahead = _periods_to(t, "expected_purchases")
        periods, left, index = contract_log(contracts)
        renewals = self.survival(ahead, periods[:, None]).sum(axis=1)
        return pd.Series(np.where(left, 0.0, renewals), index, name="expected_purchases")

    def discounted_lifetime(
        self, period: Any, discount_rate: float, horizon: float | None = None
    ) -> Any:
        r"""Return the discounted expected residual lifetime (DERL) of a customer.

        Counted in payments, the first of them due now: the customer is at the end of the given
        `period` and about to decide on its renewal.

        .. math:: \sum_{k \ge 1} \frac{S(period - 1 + k)}{S(period - 1)} (1 + d)^{1 - k}

        Source: Fader and Hardie (2010), Marketing Science 29(1).

        Parameters
        ----------
        period : int or array
            1 for a customer who has not renewed yet; the answer has its shape.
        discount_rate : float
            A period.
        horizon : float or None
            Number of payments; None for ever.
        """
        self._theta()
        ends = times_of(period, "period", "discounted_lifetime")
        if not (ends >= 1).all():
            raise ParameterError("period", "discounted_lifetime", "1 or more", period)
        payments = Payments("yearly in arrears", discount_rate, horizon)
        found = self.annuity(ends - 1, payments) * (1 + discount_rate) / 12
        return found if np.ndim(period) else float(found)

    def annuity(self, survived: Any, payments: Payments) -> Floats:
        """Return the present value of 1 a month for customers who have stayed so long.

        A period is a year. Months paid until the next renewal are certain, so that only they
        and the renewals passed matter.
        """
        if payments.timing == "continuous":
            raise ParameterError(
                "timing", type(self).__name__, "one of the monthly or yearly ones", payments.timing
            )
        months = np.floor(12 * np.asarray(survived, dtype=np.float64) + 1e-9)
        distinct, place = np.unique(months, return_inverse=True)
        renewals, since = np.divmod(distinct, 12)
        times, weights = payments.schedule()
        value = np.empty(distinct.size)
        for month in np.unique(since):
            passed = np.floor((12 * times + month) / 12 + 1e-9).astype(np.intp)
            paid = np.bincount(passed, weights)
            rows = since == month
            value[rows] = self.survival(np.arange(paid.size), renewals[rows, None]) @ paid
        return np.asarray(value[place].reshape(months.shape))

    def _fit_years(self, years: Floats, left: Any) -> None:
        if years.max() > _MOST:
            raise DataError(
                f"{type(self).__name__} counts durations in periods, up to {_MOST:,.0f}; the "
                f"longest is {years.max():,.0f}: check their unit."
            )
        lost = np.maximum(np.round(years[left]), 1).astype(np.intp)
        kept = np.floor(years[~left] + 1e-9).astype(np.intp)
        size = 1 + max(lost.max(initial=1), kept.max(initial=1))
        counts = (np.bincount(of, minlength=size).astype(np.float64) for of in (lost, kept))
        self._fit_counts(_Counts(*counts))
        off = np.abs(years[left] - np.round(years[left])) > 0.1
        if off.mean() > 0.2:
            note = (
                f"{off.mean():.0%} of the ended contracts did not end at a renewal: a model in "
                "continuous time may fit better."
            )
            self.notes_ += (note,)

    def _fit_counts(self, counts: _Counts) -> Self:
        lost, kept = counts.lost, counts.kept
        if not lost.sum() or not kept[1:].sum() + lost[2:].sum():
            raise DataError(
                f"{type(self).__name__} needs customers who left and customers who renewed; "
                f"{int(lost.sum()):,} of {int(counts.customers):,} left."
            )
        periods = np.arange(lost.size, dtype=np.float64)
        shares = lost[1:] / counts.customers, kept / counts.customers

        def objective(logs: Floats) -> tuple[float, Floats]:
            theta = np.exp(logs)
            with np.errstate(all="ignore"):
                stay, stay_slopes = self._log_stay(theta, periods)
                drop = np.diff(stay)
                leave = stay[:-1] + np.log(-np.expm1(drop))
                passed = np.exp(drop)
                slopes = (stay_slopes[:, :-1] - passed * stay_slopes[:, 1:]) / -np.expm1(drop)
                slopes = np.where(shares[0] > 0, slopes, 0.0)
                value = shares[0] @ np.where(shares[0] > 0, leave, 0.0) + shares[1] @ stay
                gradient = slopes @ shares[0] + stay_slopes @ shares[1]
            return float(value), gradient * theta

        self._maximise(objective, np.ones(len(self._letters)), counts.customers)
        chances, gone = periods @ (lost + kept), lost.sum()
        constant = special.xlogy(gone, gone / chances) + special.xlog1py(
            chances - gone, -gone / chances
        )
        self.heterogeneity_ = LikelihoodRatio.of(
            richer=self.log_likelihood_, simpler=constant, extra=len(self._letters) - 1
        )
        return self

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
    check_horizon(t, method)
    if t > _MOST:
        raise ParameterError("t", method, f"up to {_MOST:,.0f} periods", t)
    return np.arange(1, np.floor(t) + 1)


def _is_log(data: Any) -> bool:
    columns = getattr(data, "columns", ())
    return "duration" in columns and "ended" in columns


def survivors_of(data: Any) -> _Counts:
    """Count customers lost and kept by period, or name all that is wrong with the cohorts."""
    try:
        table = as_pandas(data).to_numpy() if hasattr(data, "columns") else data
        cohorts = np.atleast_2d(np.asarray(table, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise DataError(
            "The survivors must be numbers, as many in each cohort; leave periods not yet "
            f"observed empty (nan): {error}"
        ) from error
    faults = list(_cohort_faults(cohorts))
    if faults:
        raise DataError("The survivors cannot be used: " + "; ".join(faults) + ".")
    lost, kept = np.zeros(cohorts.shape[1]), np.zeros(cohorts.shape[1])
    for cohort in cohorts:
        seen = cohort[~np.isnan(cohort)]
        lost[1 : seen.size] -= np.diff(seen)
        kept[seen.size - 1] += seen[-1]
    return _Counts(lost, kept)


def _cohort_faults(cohorts: Floats) -> Iterator[str]:
    if cohorts.ndim != 2 or cohorts.shape[1] < 2:
        yield "each cohort needs its size and the survivors of at least one period"
        return
    for number, cohort in enumerate(cohorts, start=1):
        seen = ~np.isnan(cohort)
        if not seen[0] or (np.diff(seen.astype(int)) > 0).any():
            yield f"cohort {number} has gaps"
        elif np.isinf(cohort).any():
            yield f"cohort {number} has infinitely many survivors"
        elif (np.diff(cohort[seen]) > 0).any() or (cohort[seen] < 0).any():
            yield f"cohort {number} has survivors that increase or are negative"
