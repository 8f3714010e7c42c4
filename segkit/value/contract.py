"""Lifetime value of customers with a contract, from a log of contracts."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import stats

from segkit.errors import DataError, ParameterError, nearest
from segkit.value._histories import Floats, as_pandas
from segkit.value._model import check_level
from segkit.value.churn import ChurnModel, ConstantChurn, ExponentialGamma
from segkit.value.retention import BetaDiscreteWeibull, ShiftedBetaGeometric
from segkit.value.timing import Payments, Timing, Unit, periods_per_year

__all__ = ["Churn", "ContractValue", "contract_value"]

Churn = Literal["constant", "exponential-gamma", "shifted beta-geometric", "beta-discrete-Weibull"]
_MODELS: dict[str, type[ChurnModel]] = {
    "constant": ConstantChurn,
    "exponential-gamma": ExponentialGamma,
    "shifted beta-geometric": ShiftedBetaGeometric,
    "beta-discrete-Weibull": BetaDiscreteWeibull,
}
_BASE = "whole base"


@dataclass(frozen=True)
class ContractValue:
    """What contracts are worth from now on; intervals are those of the expected value.

    Attributes
    ----------
    total : Series
        value, low, high of all who are still there.
    groups : DataFrame
        One row a group: customers, active, ended, years observed; yearly churn of a new
        customer with its interval; pooled (churn is that of the whole base); value of the
        active with its interval; new_customer, the value of one who joins today at the
        group's mean margin, with its interval.
    customers : DataFrame
        One row a contract: group, value, low, high; 0 for those who left.
    survival : DataFrame
        The judge: group, years, kaplan_meier with low and high, and the fitted curve.
    tests : DataFrame
        One row a group and one for the base: likelihood ratio of uneven against constant
        churn, its p-value, and whether constant churn fits.
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
        A group with fewer ended contracts takes the churn of the whole base.
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
    payments = Payments(timing, discount_rate, None if horizon is None else horizon / a_year)
    frame = _contracts(contracts, duration, ended, margin, group)
    frame["years"] /= a_year
    _check_enough(frame, min_ended)
    base = _Part(_BASE, frame, _MODELS[churn]().fit(frame["years"], frame["left"]), pooled=True)
    parts = [_part(str(name), rows, base, min_ended) for name, rows in frame.groupby("group")]
    tests = pd.DataFrame([_test(part) for part in parts if not part.pooled] + [_test(base)])
    tests = tests.drop_duplicates("group").set_index("group")
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

    @cached_property
    def active(self) -> pd.DataFrame:
        return self.rows[~self.rows["left"]]


def _contracts(
    given: Any, duration: str, ended: str, margin: str, group: str | None
) -> pd.DataFrame:
    source = as_pandas(given)
    wanted = {"years": duration, "left": ended, "margin": margin}
    if group is not None:
        wanted["group"] = group
    missing = [name for name in wanted.values() if name not in source]
    if missing:
        found = map(str, source.columns)
        near = "".join(nearest(name, found) for name in missing)
        raise DataError(f"The contracts lack the columns {missing}.{near}")
    frame = pd.DataFrame({new: source[old] for new, old in wanted.items()})
    faults = list(_faults(frame, wanted))
    if faults:
        raise DataError("The contracts cannot be used: " + "; ".join(faults) + ".")
    frame["group"] = frame["group"].astype(str) if group is not None else _BASE
    return frame.astype({"years": "float64", "margin": "float64", "left": "bool"})


def _faults(frame: pd.DataFrame, names: dict[str, str]) -> Iterator[str]:
    if frame.empty:
        yield "there are none"
    if not frame.index.is_unique:
        yield "their index repeats"
    for column, name in names.items():
        empty = int(frame[column].isna().sum())
        if empty:
            yield f"{name!r} is empty in {empty:,} rows"
    for column in ("years", "margin"):
        if not pd.api.types.is_numeric_dtype(frame[column]):
            yield f"{names[column]!r} must hold numbers"
        elif not np.isfinite(frame[column].dropna().astype("float64")).all():
            yield f"{names[column]!r} is not finite everywhere"
        elif column == "years" and (frame[column] < 0).any():
            yield f"{names[column]!r} is negative in {int((frame[column] < 0).sum()):,} rows"
    if not pd.api.types.is_bool_dtype(frame["left"]):
        yield f"{names['left']!r} must hold True or False"


def _check_settings(churn: str, min_ended: int) -> None:
    if churn not in _MODELS:
        raise ParameterError("churn", "contract_value", f"one of {get_args(Churn)}", churn)
    if min_ended < 1:
        raise ParameterError(
            "min_ended", "contract_value", "an int in the range [1, inf)", min_ended
        )


def _check_enough(frame: pd.DataFrame, min_ended: int) -> None:
    if frame["left"].sum() < min_ended:
        raise DataError(
            f"Not enough data: {int(frame['left'].sum())} of {len(frame):,} contracts have ended "
            f"in {frame['years'].sum():,.0f} years observed, and churn needs at least {min_ended}. "
            "Add contracts that ended earlier, or wait for more to end."
        )


def _part(name: str, rows: pd.DataFrame, base: _Part, min_ended: int) -> _Part:
    if rows["left"].sum() < min_ended:
        return _Part(name, rows, base.model, pooled=True)
    return _Part(name, rows, type(base.model)().fit(rows["years"], rows["left"]), pooled=False)


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
    churn_low, churn_high = part.model.interval_of(lambda m: np.asarray(m.churn()), level)
    value, low, high = _worth([part], payments, level)
    return {
        "group": part.name,
        "customers": len(part.rows),
        "active": len(part.active),
        "ended": int(part.rows["left"].sum()),
        "years": part.rows["years"].sum(),
        "churn": part.model.churn(),
        "churn_low": float(churn_low),
        "churn_high": float(churn_high),
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
    years, left = part.rows["years"].to_numpy(), part.rows["left"].to_numpy()
    found = stats.ecdf(stats.CensoredData(uncensored=years[left], right=years[~left])).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # scipy warns where the curve is 0 or 1
        band = found.confidence_interval(confidence_level=level, method="log-log")
    columns = {
        "group": part.name,
        "years": found.quantiles,
        "kaplan_meier": found.probabilities,
        "low": np.nan_to_num(band.low.probabilities, nan=0.0),
        "high": np.nan_to_num(band.high.probabilities, nan=1.0),
        "fitted": part.model.survival(found.quantiles),
    }
    ends = np.isin(found.quantiles, years[left])
    return pd.DataFrame(columns)[ends]


def _test(part: _Part) -> dict[str, Any]:
    found = part.model.heterogeneity_
    return {
        "group": part.name,
        "likelihood_ratio": found.statistic,
        "p_value": found.p_value,
        "fits": not found.detected,
    }


def _notes(
    parts: Sequence[_Part], tests: pd.DataFrame, churn: Churn, min_ended: int
) -> Iterator[str]:
    pooled = [part.name for part in parts if part.pooled]
    if pooled:
        yield (
            f"Fewer than {min_ended} contracts ended in {', '.join(pooled)}: the churn of the "
            "whole base stands in, and the interval does not know how far theirs may differ."
        )
    uneven = [str(name) for name, fits in tests["fits"].items() if not fits]
    if uneven and churn == "constant":
        yield (
            f"Constant churn does not fit {', '.join(uneven)}: those who stay become more loyal, "
            "so it undervalues them. See churn='exponential-gamma'."
        )
    for part in parts:
        if part.model.unidentified_ and not part.pooled:
            yield f"{part.name}: churn is as good as constant; differences cannot be estimated."
