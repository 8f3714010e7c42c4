"""When money comes in, and what it is worth today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from segkit.errors import ParameterError
from segkit.value._growth import integral_weights, projected
from segkit.value._histories import Floats
from segkit.value._model import number
from segkit.value.units import UNITS, Unit, days_in, known_unit

__all__ = [
    "Flow",
    "Payments",
    "Timing",
    "check_count",
    "check_discount",
    "flow",
    "periods_per_year",
    "told_by",
    "undiscounted",
    "unit_of",
]

Timing = Literal[
    "continuous",
    "monthly in advance",
    "monthly in arrears",
    "yearly in advance",
    "yearly in arrears",
]

_LONG = 520.0  # whole numbers beyond it are days: ten years of weeks are seldom known
_CHANCE = 1e-6  # that times of another unit pass for rounded days of this one
_MOST_PAYMENTS = 5e6  # more of them fill the memory: 40,000 years of months at 0.1 % a year
_NOTHING_LEFT = 40.0  # e^-40: payments discounted by more are nothing


@dataclass(frozen=True, slots=True)
class Flow:
    """Discount factors of money that comes in along time.

    Attributes
    ----------
    factor : callable
        Present value of 1 of business done at each time.
    breaks : array
        Times from 0 to the horizon between which the factor is smooth.
    bend : float
        Time over which it bends there.
    """

    factor: Callable[[Floats], Floats]
    breaks: Floats
    bend: float = np.inf


def undiscounted(horizon: float) -> Flow:
    """Count everything up to the horizon as it is."""
    return Flow(np.ones_like, np.array([0.0, horizon]))


def flow(
    horizon: float | None,
    discount_rate: float,
    timing: Timing,
    unit: Unit,
    owner: str = "lifetime_value",
) -> Flow:
    """Discount business done in continuous time and paid as `timing` says.

    Parameters
    ----------
    horizon : float or None
        Time ahead in `unit`; None for ever.
    discount_rate : float
        A year, such as 0.1.
    timing : str
        "monthly in arrears" pays for a month's business at its end, "in advance" at its start.
    unit : str
        Unit of the times.
    owner : str
        Whose parameters these are, for the errors.
    """
    per_year = periods_per_year(unit, owner)
    check_discount(horizon, discount_rate, owner)
    force = np.log1p(discount_rate) / per_year
    end = _end(horizon, force)
    step, at_start = _payments(timing, per_year, owner)
    if step is None:
        bend = 1 / force if force else np.inf
        return Flow(lambda t: np.exp(-force * t), np.array([0.0, end]), bend)
    check_count(end / step, owner)
    whole = np.arange(max(np.ceil(end / step - 1e-9), 1.0)) * step
    return Flow(lambda t: np.exp(-force * _paid(t, step, at_start, end)), np.append(whole, end))


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments of 1 a month while a contract runs, and what they are worth today.

    Attributes
    ----------
    timing : str
        "monthly in advance" pays at the start of each month, as long as the customer is there.
    discount_rate : float
        A year.
    horizon : float or None
        Years ahead; None for ever.
    renewal_months : int
        Months from renewal to renewal, where customers can leave only then.
    """

    timing: Timing
    discount_rate: float
    horizon: float | None
    renewal_months: int = 12

    def __post_init__(self) -> None:
        check_discount(self.horizon, self.discount_rate, "contract_value")
        _payments(self.timing, 1.0)
        if self.renewal_months not in range(1, 1201):
            expected = "a whole number of months, from 1 to 1200"
            raise ParameterError("renewal_months", "contract_value", expected, self.renewal_months)

    def under_constant_churn(self, rate: float) -> float:
        """Sum the geometric series of payments when customers leave at a constant rate."""
        force = rate + np.log1p(self.discount_rate)
        step, at_start = _payments(self.timing, 1.0)
        if step is None:
            span = 1.0 if self.horizon is None else -np.expm1(-force * self.horizon)
            return float(12 * span / force)
        count = np.inf if self.horizon is None else self._count(step, at_start)
        series = np.expm1(-force * step * count) / np.expm1(-force * step)
        return float(12 * step * series * (1.0 if at_start else np.exp(-force * step)))

    def schedule(self) -> tuple[Floats, Floats]:
        """Return the times of payments and their discounted amounts."""
        force, end = self._span()
        step, at_start = _payments(self.timing, 1.0)
        assert step is not None, "continuous payments have no schedule"
        check_count(end / step, "contract_value")
        endless = self.horizon is None or end < self.horizon
        count = np.ceil(end / step) if endless else self._count(step, at_start)
        times = step * (np.arange(count) + (0 if at_start else 1))
        return times, 12 * step * np.exp(-force * times)

    def nodes(self, scale: float) -> tuple[Floats, Floats]:
        """Return few times and weights: the value is the weighted sum of survival at the times."""
        force, end = self._span()
        if self.timing != "continuous":
            return projected(*self.schedule(), scale)
        ends = np.array([0.0, end])
        bend = min(scale, 1 / force) if force else scale
        times, weights = integral_weights(lambda t: np.exp(-force * t), ends, bend)
        return times, 12 * weights

    def _span(self) -> tuple[float, float]:
        force = float(np.log1p(self.discount_rate))
        return force, _end(self.horizon, force)

    def _count(self, step: float, at_start: bool) -> float:
        periods = float(self.horizon or 0) / step
        return float(np.ceil(periods - 1e-9) if at_start else np.floor(periods + 1e-9))


def _end(horizon: float | None, force: float) -> float:
    """Time after which nothing is worth counting."""
    ends = np.inf if horizon is None else float(horizon)
    return min(ends, _NOTHING_LEFT / force) if force else ends


def check_discount(horizon: float | None, discount_rate: float, owner: str) -> None:
    """Refuse a horizon or a rate that gives no finite value."""
    if horizon is not None and not 0 < number(horizon) < np.inf:
        raise ParameterError("horizon", owner, "a number in the range (0, inf), or None", horizon)
    if not 0 <= number(discount_rate) < np.inf:
        raise ParameterError(
            "discount_rate",
            owner,
            "a yearly rate in the range [0, inf), such as 0.1",
            discount_rate,
        )
    if horizon is None and discount_rate == 0:
        raise ParameterError(
            "discount_rate", owner, "above 0 when the horizon is infinite", discount_rate
        )


def check_count(payments: float, owner: str) -> None:
    """Refuse more payments ahead than can be summed."""
    if payments > _MOST_PAYMENTS:
        expected = f"shorter, or the discount rate higher: up to {_MOST_PAYMENTS:,.0f} payments"
        raise ParameterError("horizon", owner, expected, f"{payments:,.0f} payments")


def _payments(
    timing: Timing, per_year: float, owner: str = "contract_value"
) -> tuple[float | None, bool]:
    if timing not in get_args(Timing):
        raise ParameterError("timing", owner, f"one of {get_args(Timing)}", timing)
    if timing == "continuous":
        return None, False
    often, _, end = timing.partition(" in ")
    return per_year / (12 if often == "monthly" else 1), end == "advance"


def _paid(t: Floats, step: float, at_start: bool, end: float) -> Floats:
    period = np.maximum(np.ceil(t / step - 1e-9), 1.0)
    return (period - 1) * step if at_start else np.minimum(period * step, end)


def periods_per_year(unit: Unit, owner: str) -> float:
    """Return how many units make a year, or refuse an unknown unit."""
    return days_in("year", owner) / days_in(unit, owner)


def unit_of(
    summary: pd.DataFrame, said: Unit | None, fitted: Any = None, owner: str = "lifetime_value"
) -> Unit:
    """Return the unit of a summary: as said, as it was made, as its model's, or as its times tell.

    Raises
    ------
    ParameterError
        If what is said is not how it was made, or nothing tells.
    """
    return known_unit(summary, said, owner) or fitted or told_by(summary["T"].to_numpy(), owner)


def told_by(age: Floats, owner: str = "lifetime_value") -> Unit:
    """Tell the unit of times that were whole days, or refuse to guess.

    Whole numbers may be days, or weeks of weekly data: only their length tells which. Many times
    rounded to hundredths tell as well, where hardly all would be so near whole days by chance.

    Examples
    --------
    >>> told_by(np.array([272.0, 200.0]) / 7)
    'week'
    """
    whole = {unit for unit in UNITS if _are_days(age, days_in(unit, owner))}
    if "day" not in whole or age.max() > _LONG:
        for unit in UNITS:
            if unit in whole:
                return unit
    raise ParameterError(
        "unit",
        owner,
        f"given, one of {UNITS}: T up to {age.max():g} does not tell its unit (whole "
        "numbers may be days or weeks)",
        None,
    )


def _are_days(age: Floats, days: float) -> bool:
    off = np.abs(age * days - np.round(age * days)).max()
    rounding = 0.005 * days
    rounded = np.abs(100 * age - np.round(100 * age)).max() < 1e-6 and off <= rounding + 1e-6
    by_chance = min(2 * rounding, 1.0) ** np.unique(age[age % 1 > 0]).size
    return bool(off < 1e-6 or (rounded and by_chance < _CHANCE))
