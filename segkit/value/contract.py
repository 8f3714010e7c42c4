"""Lifetime value of customers with a contract, from a log of contracts or from survivors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd

from segkit.errors import ParameterError, check_share
from segkit.value._contracts import BASE, check_enough, read_contracts
from segkit.value._groups import (
    Group,
    churn_tests,
    curve_of,
    each_contract,
    group_of,
    notes_on,
    row_of,
    total_of,
)
from segkit.value._model import number
from segkit.value.churn import ChurnModel, ConstantChurn, ExponentialGamma
from segkit.value.cohorts import are_survivors, log_of_survivors
from segkit.value.retention import BetaDiscreteWeibull, RetentionModel, ShiftedBetaGeometric
from segkit.value.timing import Payments, Timing, check_discount, periods_per_year
from segkit.value.units import Unit, known_unit

__all__ = ["Churn", "ContractValue", "contract_value"]

Churn = Literal["constant", "exponential-gamma", "shifted beta-geometric", "beta-discrete-Weibull"]
_MODELS: dict[str, type[ChurnModel]] = {
    "constant": ConstantChurn,
    "exponential-gamma": ExponentialGamma,
    "shifted beta-geometric": ShiftedBetaGeometric,
    "beta-discrete-Weibull": BetaDiscreteWeibull,
}


@dataclass(frozen=True, eq=False)
class ContractValue:
    """What contracts are worth from now on; intervals are those of the expected value.

    Attributes
    ----------
    total : Series
        value, low, high of all who are still there.
    groups : DataFrame
        One row a group: customers, active, ended, years observed; yearly churn of a new
        customer with its interval; pooled (churn is that of the whole base, the reason stands
        in `notes`); value of the active with its interval; new_customer, the value of one who
        joins today at the group's mean margin, with its interval.
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
            "renewal_months": self.payments.renewal_months,
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
    margin: str | float = "margin",
    group: str | None = None,
    unit: Unit | None = None,
    horizon: float | None = None,
    discount_rate: float = 0.1,
    timing: Timing = "monthly in advance",
    churn: Churn = "constant",
    renewal_months: int = 12,
    min_ended: int = 5,
    level: float = 0.9,
) -> ContractValue:
    r"""Value running contracts: margin a month while the customer stays, discounted.

    With constant churn c and discount d a year, a margin m paid monthly in advance is worth

    .. math:: \frac{m}{1 - \left( \frac{1 - c}{1 + d} \right)^{1/12}}

    Source: Gupta and Lehmann (2003), Journal of Interactive Marketing 17(1), here by the month.

    Parameters
    ----------
    contracts : frame, or survivors
        One row a contract, as `contract_durations` gives them; or survivors at the start and after
        each renewal period, as `ShiftedBetaGeometric.fit` takes them, for the models of renewals.
    duration : str
        Column with the time from start to end, or to now for those who stay, in `unit`.
    ended : str
        Column of booleans: the contract has ended.
    margin : str or float
        Column with the margin a month, or one margin for all.
    group : str, optional
        Column of groups whose churn may differ; "cohort" for survivors.
    unit : {"year", "month", "week", "day"}, optional
        Unit of durations and horizon. Left out, that of `contract_durations`, else years.
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
        customers who can leave only at renewals, "shifted beta-geometric" or
        "beta-discrete-Weibull".
    renewal_months : int
        Months from renewal to renewal, for these two: 1 where customers can leave each month.
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

    Of 1000 subscribers 653 are left after three months.

    >>> worth = contract_value(
    ...     [1000, 869, 743, 653], margin=20.0, churn="shifted beta-geometric", renewal_months=1
    ... )
    >>> worth.total.round(-3).astype(int).to_dict()
    {'value': 118000, 'low': 50000, 'high': 280000}
    """
    check_share("level", "contract_value", level)
    _check_settings(churn, min_ended)
    unit = known_unit(contracts, unit, "contract_value") or "year"
    a_year = periods_per_year(unit, "contract_value")
    check_discount(horizon, discount_rate, "contract_value")
    years = None if horizon is None else horizon / a_year
    payments = Payments(timing, discount_rate, years, renewal_months)
    if are_survivors(contracts):
        contracts, a_year = _log_of_renewals(contracts, churn), 12 / renewal_months
        duration, ended = "duration", "ended"
    frame = read_contracts(contracts, duration, ended, margin, group)
    frame["years"] /= a_year
    check_enough(frame, min_ended)
    pace = 12 / renewal_months if issubclass(_MODELS[churn], RetentionModel) else 1.0
    model = _MODELS[churn]().fit(frame["years"] * pace, frame["left"])
    base = Group(BASE, frame, model, pace, pooled=True)
    found = [group_of(str(name), rows, base, min_ended) for name, rows in frame.groupby("group")]
    tests = churn_tests([one for one in found if not one.pooled] or [base])
    return ContractValue(
        total=total_of(found, payments, level),
        groups=pd.DataFrame([row_of(one, payments, level) for one in found]).set_index("group"),
        customers=pd.concat([each_contract(one, payments, level) for one in found]).loc[
            frame.index
        ],
        survival=pd.concat([curve_of(one, level) for one in found], ignore_index=True),
        tests=tests,
        churn=churn,
        payments=payments,
        level=level,
        notes=tuple(notes_on(found, tests, churn, min_ended)),
    )


def _log_of_renewals(survivors: Any, churn: Churn) -> pd.DataFrame:
    if not issubclass(_MODELS[churn], RetentionModel):
        expected = "'shifted beta-geometric' or 'beta-discrete-Weibull' for survivors by period"
        raise ParameterError("churn", "contract_value", expected, churn)
    return log_of_survivors(survivors)


def _check_settings(churn: str, min_ended: int) -> None:
    if churn not in _MODELS:
        raise ParameterError("churn", "contract_value", f"one of {get_args(Churn)}", churn)
    if not number(min_ended) >= 1:
        raise ParameterError(
            "min_ended", "contract_value", "an int in the range [1, inf)", min_ended
        )
