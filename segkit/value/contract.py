"""Lifetime value of customers with a contract, from a log of contracts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from segkit.adjustment import holm
from segkit.errors import DataError, ParameterError
from segkit.survival import kaplan_meier
from segkit.value._contracts import BASE, check_enough, read_contracts
from segkit.value._histories import Floats
from segkit.value._model import check_level, number
from segkit.value.churn import ChurnModel, ConstantChurn, ExponentialGamma
from segkit.value.likelihood_ratio import LEVEL
from segkit.value.retention import BetaDiscreteWeibull, ShiftedBetaGeometric
from segkit.value.timing import Payments, Timing, Unit, check_discount, periods_per_year

__all__ = ["Churn", "ContractValue", "contract_value"]

Churn = Literal["constant", "exponential-gamma", "shifted beta-geometric", "beta-discrete-Weibull"]
_MODELS: dict[str, type[ChurnModel]] = {
    "constant": ConstantChurn,
    "exponential-gamma": ExponentialGamma,
    "shifted beta-geometric": ShiftedBetaGeometric,
    "beta-discrete-Weibull": BetaDiscreteWeibull,
}


@dataclass(frozen=True)
class ContractValue:
    """What contracts are worth from now on; intervals are those of the expected value.

    Attributes
    ----------
    total : Series
        value, low, high of all who are still there.
    groups : DataFrame
        One row a group: customers, active, ended, years observed; yearly churn of a new
        customer with its interval; pooled (churn is that of the whole base, the reason stands
        in `notes`); value of the
        active with its interval; new_customer, the value of one who joins today at the
        group's mean margin, with its interval.
    customers : DataFrame
        One row a contract: group, value, low, high; 0 for those who left.
    survival : DataFrame
        The judge: group, years, kaplan_meier with low and high, and the fitted curve.
    tests : DataFrame
        One row a group with a churn of its own, or one for the base if there is none:
        likelihood ratio of uneven against constant churn, its p-value (Holm's, over the
        groups), and whether constant churn fits.
    notes : tuple of str
        What the analyst must know before using the numbers.
    """

    total: pd.Series[float]
    groups: pd.DataFrame
    customers: pd.DataFrame
    survival: pd.DataFrame
    tests: pd.DataFrame
    churn: Churn
    payments: Payments
    level: float
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """Write settings, groups and tests, without the customers."""
        fields = {
            "churn": self.churn,
            "timing": self.payments.timing,
            "discount_rate": self.payments.discount_rate,
            "horizon_years": self.payments.horizon,
            "level": self.level,
            "total": self.total.to_dict(),
            "groups": json.loads(self.groups.to_json(orient="index")),
            "tests": json.loads(self.tests.to_json(orient="index")),
            "notes": list(self.notes),
        }
        return json.dumps(fields, indent=2)


def contract_value(
    contracts: Any,
    *,
    duration: str = "duration",
    ended: str = "ended",
    margin: str = "margin",
    group: str | None = None,
    unit: Unit = "year",
    horizon: float | None = None,
    discount_rate: float = 0.1,
    timing: Timing = "monthly in advance",
    churn: Churn = "constant",
    min_ended: int = 5,
    level: float = 0.9,
) -> ContractValue:
    r"""Value running contracts: margin a month while the customer stays, discounted.

    With constant churn c and discount d a year, a margin m paid monthly in advance is worth

    .. math:: \frac{m}{1 - \left( \frac{1 - c}{1 + d} \right)^{1/12}}

    Parameters
    ----------
    contracts : frame
        One row a contract.
    duration : str
        Column with the time from start to end, or to now for those who stay, in `unit`.
    ended : str
        Column of booleans: the contract has ended.
    margin : str
        Column with the margin a month.
    group : str, optional
        Column of groups whose churn may differ.
    unit : {"year", "month", "week", "day"}
        Unit of durations and horizon.
    horizon : float or None
        Time ahead in `unit`; None for ever.
    discount_rate : float
        A year, effective.
    timing : str
        "monthly in advance", "monthly in arrears" (at the end of each month, if the customer
        is still there), "yearly in advance", "yearly in arrears" or "continuous".
    churn : str
        "constant"; "exponential-gamma", whose rates differ within a group, so that those who
        have stayed long are worth more (`tests` says whether the data ask for it); or, for
        customers who can leave only at yearly renewals, "shifted beta-geometric" or
        "beta-discrete-Weibull".
    min_ended : int
        A group with fewer ended contracts takes the churn of the whole base, and so does one
        whose own contracts the model refuses.
    level : float
        Confidence of the intervals.

    Raises
    ------
    DataError
        If columns are missing or impossible, or fewer than `min_ended` contracts have ended.
    ParameterError
        If a setting is out of range.

    Examples
    --------
    >>> import pandas as pd
    >>> contracts = pd.DataFrame(
    ...     {"duration": [1.0, 2.0, 3.0, 4.0] * 5, "ended": [True, False, True, False] * 5,
    ...      "margin": 100.0}
    ... )
    >>> worth = contract_value(contracts, discount_rate=0.1)
    >>> worth.groups[["churn", "new_customer"]].round(3).loc["whole base"].tolist()
    [0.181, 4113.729]
    """
    check_level(level, "contract_value")
    _check_settings(churn, min_ended)
    a_year = periods_per_year(unit, "contract_value")
    check_discount(horizon, discount_rate, "contract_value")
    payments = Payments(timing, discount_rate, None if horizon is None else horizon / a_year)
    frame = read_contracts(contracts, duration, ended, margin, group)
    frame["years"] /= a_year
    check_enough(frame, min_ended)
    base = _Part(BASE, frame, _MODELS[churn]().fit(frame["years"], frame["left"]), pooled=True)
    parts = [_part(str(name), rows, base, min_ended) for name, rows in frame.groupby("group")]
    tests = _tests([part for part in parts if not part.pooled] or [base])
    return ContractValue(
        total=_total(parts, payments, level),
        groups=pd.DataFrame([_row(part, payments, level) for part in parts]).set_index("group"),
        customers=pd.concat([_each(part, payments, level) for part in parts]).loc[frame.index],
        survival=pd.concat([_curve(part, level) for part in parts], ignore_index=True),
        tests=tests,
        churn=churn,
        payments=payments,
        level=level,
        notes=tuple(_notes(parts, tests, churn, min_ended)),
    )


@dataclass(frozen=True)
class _Part:
    """A group, its contracts (years, left, margin), and the model that speaks for it."""

    name: str
    rows: pd.DataFrame
    model: ChurnModel
    pooled: bool
    refused: str = ""

    @cached_property
    def active(self) -> pd.DataFrame:
        return self.rows[~self.rows["left"]]


def _check_settings(churn: str, min_ended: int) -> None:
    if churn not in _MODELS:
        raise ParameterError("churn", "contract_value", f"one of {get_args(Churn)}", churn)
    if not number(min_ended) >= 1:
        raise ParameterError(
            "min_ended", "contract_value", "an int in the range [1, inf)", min_ended
        )


def _part(name: str, rows: pd.DataFrame, base: _Part, min_ended: int) -> _Part:
    if rows["left"].sum() < min_ended:
        return _Part(name, rows, base.model, pooled=True)
    try:
        model = type(base.model)().fit(rows["years"], rows["left"])
    except DataError as refusal:
        return _Part(name, rows, base.model, pooled=True, refused=str(refusal))
    return _Part(name, rows, model, pooled=False)


def _each(part: _Part, payments: Payments, level: float) -> pd.DataFrame:
    tenure, margin = part.active["years"].to_numpy(), part.active["margin"].to_numpy()
    value = margin * part.model.annuity(tenure, payments)
    low, high = part.model.interval_of(lambda m: margin * m.annuity(tenure, payments), level)
    columns = {"value": value, "low": low, "high": high}
    table = pd.DataFrame(columns, part.active.index).reindex(part.rows.index, fill_value=0.0)
    table.insert(0, "group", part.name)
    return table


def _worth(parts: Sequence[_Part], payments: Payments, level: float) -> tuple[float, float, float]:
    """Value, low and high of the active contracts of parts that share one model."""
    active = pd.concat([part.active for part in parts])
    tenure, margin = active["years"].to_numpy(), active["margin"].to_numpy()

    def worth(model: ChurnModel) -> Floats:
        return np.asarray(margin @ model.annuity(tenure, payments))

    low, high = parts[0].model.interval_of(worth, level)
    return float(worth(parts[0].model)), float(low), float(high)


def _row(part: _Part, payments: Payments, level: float) -> dict[str, Any]:
    margin = part.rows["margin"].mean()
    new_low, new_high = part.model.interval_of(lambda m: margin * m.annuity(0.0, payments), level)
    churn_low, churn_high = part.model.churn_interval(level)
    value, low, high = _worth([part], payments, level)
    return {
        "group": part.name,
        "customers": len(part.rows),
        "active": len(part.active),
        "ended": int(part.rows["left"].sum()),
        "years": part.rows["years"].sum(),
        "churn": part.model.churn(),
        "churn_low": churn_low,
        "churn_high": churn_high,
        "pooled": part.pooled,
        "value": value,
        "low": low,
        "high": high,
        "new_customer": float(margin * part.model.annuity(0.0, payments)),
        "new_low": float(new_low),
        "new_high": float(new_high),
    }


def _total(parts: Sequence[_Part], payments: Payments, level: float) -> pd.Series[float]:
    """Sum the groups; distances to the ends add in squares where churn was estimated apart."""
    blocks = [[part] for part in parts if not part.pooled]
    pooled = [part for part in parts if part.pooled]
    worth = np.array(
        [_worth(block, payments, level) for block in [*blocks, *([pooled] if pooled else [])]]
    )
    value, low, high = worth.T
    total = value.sum()
    below, above = np.hypot.reduce(value - low), np.hypot.reduce(high - value)
    return pd.Series({"value": total, "low": total - below, "high": total + above}, name="total")


def _curve(part: _Part, level: float) -> pd.DataFrame:
    found = kaplan_meier(part.rows["years"], part.rows["left"])
    low, high = found.band(level)
    columns = {
        "group": part.name,
        "years": found.times,
        "kaplan_meier": found.waiting,
        "low": low,
        "high": high,
        "fitted": part.model.survival(found.times),
    }
    return pd.DataFrame(columns)


def _tests(parts: Sequence[_Part]) -> pd.DataFrame:
    """Test each group for uneven churn; p-values are adjusted for the number of groups."""
    found = [part.model.heterogeneity_ for part in parts]
    adjusted = holm([test.p_value for test in found])
    columns = {
        "likelihood_ratio": [test.statistic for test in found],
        "p_value": adjusted,
        "fits": adjusted >= LEVEL,
    }
    return pd.DataFrame(columns, index=pd.Index([part.name for part in parts], name="group"))


def _notes(
    parts: Sequence[_Part], tests: pd.DataFrame, churn: Churn, min_ended: int
) -> Iterator[str]:
    stands_in = (
        "the churn of the whole base stands in, and the interval does not know how far theirs may "
        "differ."
    )
    few = [part.name for part in parts if part.pooled and not part.refused]
    if few:
        yield f"Fewer than {min_ended} contracts ended in {', '.join(few)}: {stands_in}"
    for part in parts:
        if part.refused:
            yield f"{part.name} has no churn of its own, so {stands_in} {part.refused}"
    uneven = [str(name) for name, fits in tests["fits"].items() if not fits]
    if uneven and churn == "constant":
        yield (
            f"Constant churn does not fit {', '.join(uneven)}: those who stay become more loyal, "
            "so it undervalues them. See churn='exponential-gamma'."
        )
    for part in parts:
        if part.model.unidentified_ and not part.pooled:
            yield f"{part.name}: churn is as good as constant; differences cannot be estimated."
