"""Models of purchases without a contract: what they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.value._fit import Objective
from segkit.value._growth import integral_weights
from segkit.value._histories import Floats, Histories, checked, distinct, pairs
from segkit.value._model import Model
from segkit.value.timing import Flow, undiscounted

__all__ = ["PurchaseModel"]


class PurchaseModel(Model, ABC):
    """Purchases of customers who never say that they have left.

    A summary has one row a customer: `frequency` (x, number of repeat purchases), `recency`
    (t_x, time of the last of them since the first purchase) and `T` (time observed since the
    first purchase), all times in one unit. Forecasts come back in the same unit.
    """

    def fit(self, summary: Any) -> Self:
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        summary : frame with columns frequency, recency, T
            One row a customer; any eager frame.

        Raises
        ------
        DataError
            If columns are missing or impossible, or nobody bought a second time.
        """
        return self.fit_histories(distinct(summary))

    def probability_alive(self, summary: Any) -> pd.Series[float]:
        """Return each customer's probability of still being a customer at T."""
        frame = self._frame(summary)
        x, t_x, age = (frame[name].to_numpy() for name in ("frequency", "recency", "T"))
        return pd.Series(self._alive(x, t_x, age), frame.index, name="probability_alive")

    def expected_purchases(self, summary: Any, t: float) -> pd.Series[float]:
        """Return each customer's expected purchases in the next `t` units of time."""
        self._check_time(t, "expected_purchases")
        return self.discounted_purchases(summary, undiscounted(t)).rename("expected_purchases")

    def discounted_purchases(self, summary: Any, flow: Flow) -> pd.Series[float]:
        """Return each customer's expected purchases ahead, each times its discount factor."""
        frame = self._frame(summary)
        x, age, place = pairs(frame)
        ahead = self._ahead(x, age, flow)[place] * self.probability_alive(frame).to_numpy()
        return pd.Series(ahead, frame.index, name="discounted_purchases")

    def expected_new_customer(self, t: float) -> float:
        """Return the repeat purchases to expect of a new customer in `t` units of time."""
        self._check_time(t, "expected_new_customer")
        self._theta()
        new = np.zeros(1)
        return float((self._ahead(new, new, undiscounted(t)) * self._alive(new, new, new))[0])

    @abstractmethod
    def pmf(self, n: Any, t: float) -> Floats:
        """Return the probability that a new customer buys `n` times again within `t`."""

    @abstractmethod
    def _likelihood(self, data: Histories) -> Objective:
        """Mean log-likelihood of the data and its gradient, as a function of the parameters."""

    @abstractmethod
    def _start(self, data: Histories) -> Floats:
        """Parameters to start the search from, in the unit of the data."""

    @abstractmethod
    def _alive(self, x: Floats, t_x: Floats, age: Floats) -> Floats:
        """Probability of being alive at T."""

    @abstractmethod
    def _rate(self, x: Floats, age: Floats, times: Floats) -> Floats:
        """Purchases to expect per unit at each time ahead if alive at T: (customers, times)."""

    @abstractmethod
    def _scale(self) -> float:
        """Shortest time over which the rates bend: where quadrature needs its nodes."""

    def _ahead(self, x: Floats, age: Floats, flow: Flow) -> Floats:
        """Purchases to expect of customers alive at T, discounted as the flow says."""
        times, weights = integral_weights(flow.factor, flow.breaks, self._scale())
        return np.maximum(self._rate(x, age, times) @ weights, 0.0)

    def fit_histories(self, data: Histories) -> Self:
        """Estimate the parameters from distinct histories with counts."""
        self._check(data)
        likelihood = self._likelihood(data)

        def objective(logs: Floats) -> tuple[float, Floats]:
            theta = np.exp(logs)
            value, gradient = likelihood(theta)
            return value, gradient * theta

        self._fingerprint = data.fingerprint
        self._maximise(objective, self._start(data), data.customers)
        return self

    def _check(self, data: Histories) -> None:
        owner = type(self).__name__
        if data.customers < 2:
            raise DataError(f"{owner} needs at least 2 customers, better hundreds. Got 1.")
        if not data.T.distinct.max() > 0:
            raise DataError(
                f"{owner} needs time after the first purchase, but T is 0 for everybody: "
                "move the as-of date, or check that the dates are not all the same day."
            )
        if not data.x.distinct.max() > 0:
            raise DataError(
                f"{owner} needs repeat purchases, but none of the {int(data.customers):,} "
                "customers bought again: repeat buying cannot be forecast from these data. "
                "Observe longer, or check that the customer ids are stable."
            )

    def _frame(self, summary: Any) -> pd.DataFrame:
        self._theta()
        return checked(summary, "frequency", "recency", "T")

    def _check_time(self, t: float, method: str) -> None:
        if not 0 <= t < np.inf:
            raise ParameterError("t", method, "a number in the range [0, inf)", t)
