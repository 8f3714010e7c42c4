"""Models of purchases without a contract: what they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.value._fit import Objective
from segkit.value._growth import integral_weights, interpolated
from segkit.value._histories import Floats, Histories, checked, distinct, pairs
from segkit.value._model import Model, check_time, numbers, plain, seeds_of
from segkit.value.timing import Flow, Timing, flow, undiscounted, unit_of
from segkit.value.units import Unit

__all__ = ["PurchaseModel", "countable", "draw_poisson"]

_MANY = 200
_COUNTABLE = 1e18


class PurchaseModel(Model, ABC):
    """Purchases of customers who never say that they have left.

    A summary has one row a customer: `frequency` (x, number of repeat purchases), `recency`
    (t_x, time of the last of them since the first purchase) and `T` (time observed since the
    first purchase), all times in one unit. Forecasts come back in the same unit.
    """

    _smooth: ClassVar[bool] = True  # expected purchases are, as a function of time

    def fit(self, summary: Any) -> Self:
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        summary : frame with columns frequency, recency, T
            One row a customer: any eager frame, or a dict of columns.

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

    def expected_purchases(self, summary: Any, t: Any) -> pd.Series[float]:
        """Return each customer's expected purchases in the next `t` units of time.

        `t` is a number, or an array with a time of each customer's own.
        """
        frame, owner = self._frame(summary), "expected_purchases"
        times = numbers(t, "t", owner)
        if times.ndim and times.shape != (len(frame),):
            raise ParameterError("t", owner, f"one number, or one of each of {len(frame):,}", t)
        found = np.empty(len(frame))
        for time in np.unique(times):
            self._check_time(float(time), owner)
            rows = np.broadcast_to(times == time, found.shape)
            part = frame if rows.all() else frame[rows]  # a whole frame is not checked again
            found[rows] = self.purchases_along(part, undiscounted(float(time)))
        return pd.Series(found, frame.index, name=owner)

    def discounted_purchases(
        self,
        summary: Any,
        horizon: float | None = None,
        discount_rate: float = 0.1,
        *,
        timing: Timing = "continuous",
        unit: Unit | None = None,
    ) -> pd.Series[float]:
        """Return each customer's discounted expected residual purchases (DERT).

        Each purchase ahead times its discount factor; the parameters are those of
        `lifetime_value`.

        Source: Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4).

        Examples
        --------
        >>> from segkit.value import ParetoNBD
        >>> model = ParetoNBD.from_params(r=0.553, alpha=10.578, s=0.606, beta=11.669)
        >>> one = pd.DataFrame({"frequency": [26], "recency": [30.85714], "T": [31.0]})
        >>> model.discounted_purchases(one, discount_rate=0.15, unit="week").round(1).tolist()
        [86.5]
        """
        frame, owner = self._frame(summary), "discounted_purchases"
        unit = unit_of(frame, unit, self.unit_, owner)
        return self.purchases_along(frame, flow(horizon, discount_rate, timing, unit, owner))

    def purchases_along(
        self, summary: Any, money: Flow, alive: pd.Series[float] | None = None
    ) -> pd.Series[float]:
        """Return each customer's expected purchases ahead, each times its discount factor.

        `alive` are the probabilities of being alive, where they are known already.
        """
        frame = self._frame(summary)
        x, age, place = pairs(frame)
        alive = self.probability_alive(frame) if alive is None else alive
        ahead = self._ahead(x, age, money)[place] * alive.to_numpy()
        return pd.Series(ahead, frame.index, name="discounted_purchases")

    def expected_new_customer(self, t: Any) -> Any:
        """Return the repeat purchases to expect of a new customer in `t` units of time.

        `t` is a number or an array; the answer has its shape.
        """
        times = numbers(t, "t", "expected_new_customer")
        times, place = np.unique(times, return_inverse=True)
        for time in times:
            self._check_time(float(time), "expected_new_customer")
        self._theta()
        if self._smooth and times.size > _MANY:
            new = np.zeros(1)
            ahead = interpolated(lambda t: self._rate(new, new, t)[0], times, self._scale())
            ahead *= self._alive(new, new, new)
        else:
            ahead = np.array([self._of_new(float(time)) for time in times])
        return plain(ahead[place].reshape(np.shape(t)))

    def _of_new(self, t: float) -> float:
        new = np.zeros(1)
        return float(self._ahead(new, new, undiscounted(t))[0] * self._alive(new, new, new)[0])

    def simulate(self, T: Any, holdout: float = 0.0, random_state: int = 0) -> pd.DataFrame:
        """Draw customers from the model.

        Parameters
        ----------
        T : array
            Time observed of each customer, one row each.
        holdout : float
            Time after T in which purchases are counted as well, as `frequency_holdout`.
        random_state : int
            Seed of the draws.

        Returns
        -------
        DataFrame
            frequency, recency, T; with a hold-out also frequency_holdout and duration_holdout.
        """
        self._theta()
        age = numbers(T, "T", "simulate")
        if age.ndim != 1 or not ((age >= 0) & (age < np.inf)).all():
            raise ParameterError("T", "simulate", "one time in [0, inf) a customer", T)
        check_time("holdout", "simulate", holdout)
        x, t_x, later = self._draw(age, holdout, np.random.default_rng(random_state))
        frame = pd.DataFrame({"frequency": x.astype(np.int64), "recency": t_x, "T": age})
        if holdout > 0:
            frame["frequency_holdout"] = later.astype(np.int64)
            frame["duration_holdout"] = holdout
        return frame

    def bootstrap(self, summary: Any, refits: int = 200, random_state: int = 0) -> pd.DataFrame:
        """Refit to customers drawn from the fitted model: the spread of the parameters.

        Parameters
        ----------
        summary : frame with columns frequency, recency, T
            Only T is used: as many customers observed as long are drawn.
        refits : int
            Number of samples, each drawn and fitted anew.
        random_state : int
            Seed of the draws.

        Returns
        -------
        DataFrame
            One row a refit, one column a parameter.

        Raises
        ------
        DataError
            If the model was not fitted to data.
        """
        age = self._frame(summary)["T"].to_numpy()
        seeds = seeds_of(refits, random_state)
        drawn = (distinct(self.simulate(age, random_state=seed)) for seed in seeds)
        fits = [self._refit(self._on_logs(data)) for data in drawn]
        return pd.DataFrame(fits, columns=list(self._letters))

    def pmf(self, n: Any, t: Any) -> Any:
        """Return the probability that a new customer buys `n` times again within `t`.

        Both are numbers or arrays, of shapes that go together; the answer has their shape.
        """
        given, times = numbers(n, "n", "pmf"), numbers(t, "t", "pmf")
        try:
            count, _ = np.broadcast_arrays(given, times)
        except ValueError:
            expected = f"a number, or of a shape that goes with n's {given.shape}"
            raise ParameterError("t", "pmf", expected, f"shape {times.shape}") from None
        whole = (count >= 0) & (count == np.floor(count)) & (count < np.inf)
        found = np.zeros(count.shape)
        for time in np.unique(times):
            self._check_time(float(time), "pmf")
            rows = whole & (times == time)
            found[rows] = self._pmf(count[rows], float(time))
        return plain(found)

    def log_likelihood(self, summary: Any) -> float:
        """Return the log-likelihood of a summary under the parameters as they are."""
        data = distinct(self._frame(summary))
        return float(self._likelihood(data)(self._theta())[0] * data.customers)

    @abstractmethod
    def _pmf(self, x: Floats, t: float) -> Floats:
        """Probability of counts, all of them possible."""

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
    def _draw(
        self, age: Floats, holdout: float, rng: np.random.Generator
    ) -> tuple[Floats, Floats, Floats]:
        """Draw frequency, recency and purchases in the hold-out."""

    @abstractmethod
    def _scale(self) -> float:
        """Shortest time over which the rates bend: where quadrature needs its nodes."""

    def _ahead(self, x: Floats, age: Floats, flow: Flow) -> Floats:
        """Purchases to expect of customers alive at T, discounted as the flow says."""
        times, weights = integral_weights(flow.factor, flow.breaks, min(flow.bend, self._scale()))
        return np.maximum(self._rate(x, age, times) @ weights, 0.0)

    def fit_histories(self, data: Histories) -> Self:
        """Estimate the parameters from distinct histories with counts."""
        self._check(data)
        self._fingerprint, self.unit_ = data.fingerprint, data.unit
        self._maximise(self._on_logs(data), self._start(data), data.customers)
        return self

    def _on_logs(self, data: Histories) -> Objective:
        likelihood = self._likelihood(data)

        def objective(logs: Floats) -> tuple[float, Floats]:
            theta = np.exp(logs)
            value, gradient = likelihood(theta)
            return value, gradient * theta

        return objective

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
        frame = checked(summary, "frequency", "recency", "T")
        counted = frame.attrs.get("unit")
        if self.unit_ and counted and self.unit_ != counted:
            raise DataError(
                f"The summary counts {counted}s, but {type(self).__name__} was fitted to "
                f"{self.unit_}s: make both with the same unit."
            )
        return frame

    def _check_time(self, t: float, method: str) -> None:
        check_time("t", method, t)


def draw_poisson(
    rate: Floats, life: Floats, age: Floats, holdout: float, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Draw purchases at a steady rate as long as the customer lives."""
    seen = np.minimum(age, life)
    x = rng.poisson(countable(rate * seen)).astype(np.float64)
    t_x = np.where(x > 0, seen * rng.random(age.size) ** (1 / np.maximum(x, 1)), 0.0)
    later = rng.poisson(countable(rate * np.clip(life - age, 0.0, holdout))).astype(np.float64)
    return x, t_x, later


def countable(purchases: Floats) -> Floats:
    """Return means of purchases to draw, or refuse more than whole numbers can count."""
    if purchases.max(initial=0.0) > _COUNTABLE:
        most = purchases.max()
        raise ParameterError("T", "simulate", "shorter", f"{most:.2g} purchases to expect")
    return purchases
