"""Discounted lifetime value of customers without a contract."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, check_share
from segkit.value._histories import Floats, checked
from segkit.value._model import check_model, log_interval, number
from segkit.value._purchases import PurchaseModel
from segkit.value.gamma_gamma import GammaGamma
from segkit.value.one_price import OnePrice
from segkit.value.timing import Flow, Timing, flow, unit_of
from segkit.value.units import Unit

__all__ = ["LifetimeValue", "lifetime_value"]

SpendModel = GammaGamma | OnePrice


@dataclass(frozen=True, eq=False)
class LifetimeValue:
    """What customers are worth from now on.

    Attributes
    ----------
    customers : DataFrame
        One row a customer: value, purchases (expected and discounted), spend (a purchase),
        probability_alive.
    horizon : float or None
        Time ahead in `unit`; None for ever.
    discount_rate : float
        A year.
    margin : float
        Share of the spend that is kept.
    timing : str
        When the money comes in.
    unit : str
        Unit of the summary's times.
    """

    customers: pd.DataFrame
    horizon: float | None
    discount_rate: float
    margin: float
    timing: Timing
    unit: Unit
    _purchases: PurchaseModel = field(repr=False)
    _spend: SpendModel = field(repr=False)
    _summary: pd.DataFrame = field(repr=False)
    _money: Flow = field(repr=False)

    @property
    def value(self) -> pd.Series[float]:
        """Expected discounted value of each customer."""
        return self.customers["value"]

    def intervals(
        self, level: float = 0.9, *, refits: int = 0, random_state: int = 0
    ) -> pd.DataFrame:
        """Return value, low and high of each customer.

        The interval is that of the expected value; what one customer will really spend varies
        far more. Settings as in `by_group`; with refits it takes 8 bytes a customer and refit.
        """
        each = np.arange(len(self.customers))
        found = self._with_interval(each, self.customers.index, level, refits, random_state)
        return found[["value", "low", "high"]]

    def by_group(
        self, groups: Any, level: float = 0.9, *, refits: int = 0, random_state: int = 0
    ) -> pd.DataFrame:
        """Return customers, value, low, high and mean of each group.

        Parameters
        ----------
        groups : Series or sequence
            Group of each customer; a Series is matched by its index.
        level : float
            Confidence of the intervals.
        refits : int
            0 for intervals by the delta method on the log of the value, over the parameters of
            both models. Otherwise so many refits of both models to customers drawn from them
            (parametric bootstrap, percentiles; Efron and Tibshirani 1993): slower, and right
            also where the likelihood is far from normal. 200 do for 90 %.
        random_state : int
            Seed of the refits.

        Raises
        ------
        DataError
            If customers have no group.
        """
        label = self._labels(groups)
        names = pd.Index(label.unique(), name=label.name or "group")
        place = names.get_indexer(pd.Index(label))
        return self._with_interval(place, names, level, refits, random_state)

    def total(
        self, level: float = 0.9, *, refits: int = 0, random_state: int = 0
    ) -> pd.Series[float]:
        """Return customers, value, low, high and mean of the base; settings as in `by_group`."""
        everybody, name = np.zeros(len(self.customers), dtype=np.intp), pd.Index(["base"])
        return self._with_interval(everybody, name, level, refits, random_state).iloc[0]

    def to_json(self) -> str:
        """Write settings, models and the value of each customer."""
        fields = {
            "horizon": self.horizon,
            "unit": self.unit,
            "discount_rate": self.discount_rate,
            "margin": self.margin,
            "timing": self.timing,
            "purchases": json.loads(self._purchases.to_json()),
            "spend": json.loads(self._spend.to_json()),
            "customers": [
                {"customer": str(name), **row}
                for name, row in zip(
                    self.customers.index, self.customers.to_dict("records"), strict=True
                )
            ],
        }
        return json.dumps(fields, indent=2)

    def _with_interval(
        self, place: Any, names: pd.Index[Any], level: float, refits: int, random_state: int
    ) -> pd.DataFrame:
        check_share("level", "lifetime_value", level)
        size = np.bincount(place, minlength=len(names))
        value = np.bincount(place, self.value, len(names))
        if refits != 0:
            drawn = self._refitted(place, len(names), refits, random_state)
            low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        else:
            low, high = log_interval(value, np.sqrt(self._log_variance(place, value)), level)
        columns = {"customers": size, "value": value, "low": low, "high": high}
        return pd.DataFrame(columns | {"mean": value / np.maximum(size, 1)}, index=names)

    def _refitted(self, place: Any, groups: int, refits: int, random_state: int) -> Floats:
        """Value of each group by models refitted to customers drawn from these models."""
        bought = self._purchases.bootstrap(self._summary, refits, random_state)
        spent = self._spend.bootstrap(self._summary, refits, random_state)
        drawn = np.empty((refits, groups))
        for row in range(refits):
            purchases = type(self._purchases).from_params(**bought.loc[row])
            spend = type(self._spend).from_params(**spent.loc[row])
            ahead = purchases.purchases_along(self._summary, self._money).to_numpy()
            worth = self.margin * ahead * spend.expected_spend(self._summary).to_numpy()
            drawn[row] = np.bincount(place, worth, groups)
        return drawn

    def _log_variance(self, place: Any, value: Any) -> Floats:
        """Variance of the log of each group's value, from the slopes by logs of parameters."""
        total, unit = np.zeros(value.size), np.where(value > 0, value, 1.0)
        for model, slopes in self._slopes:
            summed = np.array([np.bincount(place, slope, value.size) / unit for slope in slopes])
            total += np.einsum("ig,ij,jg->g", summed, model.covariance_of_logs(), summed)
        return np.maximum(total, 0.0)

    @cached_property
    def _slopes(self) -> list[tuple[Any, Floats]]:
        each = self.customers
        by_purchases = self._purchases.slopes(
            lambda model: np.array(model.purchases_along(self._summary, self._money))
        )
        by_spend = self._spend.slopes(lambda model: np.array(model.expected_spend(self._summary)))
        return [
            (self._purchases, self.margin * by_purchases * each["spend"].to_numpy()),
            (self._spend, self.margin * by_spend * each["purchases"].to_numpy()),
        ]

    def _labels(self, groups: Any) -> pd.Series[Any]:
        index = self.customers.index
        if isinstance(groups, str) or not hasattr(groups, "__len__"):
            expected = "a Series or sequence that holds the group of each customer"
            raise ParameterError("groups", "by_group", expected, groups)
        given = len(groups) if np.ndim(groups) == 1 else 0
        if not isinstance(groups, pd.Series) and given != len(index):
            raise DataError(
                f"by_group needs a group for every customer: {len(index):,} of them, and "
                f"{given:,} groups were given, as a sequence or a Series."
            )
        if isinstance(groups, pd.Series) and not groups.index.is_unique:
            if not groups.index.equals(index):
                raise DataError(
                    "by_group matches a Series by its index, but that of groups repeats."
                )
            groups = groups.array
        label = groups.reindex(index) if isinstance(groups, pd.Series) else pd.Series(groups, index)
        if label.isna().any():
            first = ", ".join(map(str, index[label.isna()][:5]))
            raise DataError(
                f"by_group needs a group for every customer; {int(label.isna().sum()):,} have none "
                f"(first: {first})."
            )
        return label


def lifetime_value(
    purchases: PurchaseModel,
    spend: GammaGamma | float,
    summary: Any,
    horizon: float | None = None,
    discount_rate: float = 0.1,
    margin: float = 1.0,
    *,
    timing: Timing = "continuous",
    unit: Unit | None = None,
) -> LifetimeValue:
    r"""Value each customer: margin x expected spend x discounted expected purchases.

    .. math::
        CLV = margin \cdot \mathrm{E}[M] \int_0^{horizon} \frac{d \mathrm{E}[Y(t)]}{dt} D(t) dt

    with the discount factor D at the time of payment. The past is not counted.

    Parameters
    ----------
    purchases : NBD, BetaGeo, ModifiedBetaGeo, ParetoNBD or BetaGeoBetaBinomial
        A fitted model.
    spend : GammaGamma or float
        A fitted model, or the price of every purchase where all pay the same (`one_price`).
    summary : frame with columns frequency, recency, T; for GammaGamma also monetary_value
        One row a customer, times in `unit`.
    horizon : float or None
        Time ahead in `unit`; None for ever.
    discount_rate : float
        A year, effective: 0.1 makes 1 a year from now worth 1 / 1.1.
    margin : float
        Share of the spend that is kept, in (0, 1].
    timing : str
        When the money comes in: "continuous" (with each purchase), "monthly in arrears" (a
        month's purchases at its end), "monthly in advance", "yearly in arrears" or "yearly in
        advance". A month is 30.4375 days.
    unit : {"day", "week", "month", "year"}, optional
        Unit of the times in the summary. Left out, it is that of `customer_summary` or of the
        fitted model, or is read off T where T leaves no doubt: days divided by 7, 30.4375 or
        365.25 (also many rounded to hundredths), or whole days up to more than 520.

    Raises
    ------
    ParameterError
        If a setting is out of range, or the unit is not that of the summary.
    DataError
        If the summary cannot be used, or counts another unit than the models were fitted to.

    Examples
    --------
    >>> import pandas as pd
    >>> summary = pd.DataFrame(
    ...     {"frequency": [2, 0], "recency": [30.43, 0.0], "T": [38.86, 38.86],
    ...      "monetary_value": [22.35, 0.0]}
    ... )
    >>> from segkit.value import BetaGeo, GammaGamma
    >>> purchases = BetaGeo.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> spend = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
    >>> worth = lifetime_value(
    ...     purchases, spend, summary, 52, discount_rate=0.15, margin=0.3, unit="week"
    ... )
    >>> worth.value.round(2).tolist()
    [10.82, 2.49]
    """
    if not 0 < number(margin) <= 1:
        raise ParameterError("margin", "lifetime_value", "a share in the range (0, 1]", margin)
    check_model("purchases", "lifetime_value", purchases, PurchaseModel)
    paid = _spend_model(spend)
    spent = ["monetary_value"] if isinstance(paid, GammaGamma) else []
    frame = checked(summary, "frequency", "recency", "T", *spent)
    unit = unit_of(frame, unit, purchases.unit_)
    money = flow(horizon, discount_rate, timing, unit)
    alive = purchases.probability_alive(frame)
    discounted = purchases.purchases_along(frame, money, alive).to_numpy()
    each = paid.expected_spend(frame).to_numpy()
    customers = pd.DataFrame(
        {
            "value": margin * discounted * each,
            "purchases": discounted,
            "spend": each,
            "probability_alive": alive.to_numpy(),
        },
        index=frame.index,
    )
    return LifetimeValue(
        customers, horizon, discount_rate, margin, timing, unit, purchases, paid, frame, money
    )


def _spend_model(spend: Any) -> SpendModel:
    if isinstance(spend, GammaGamma):
        return spend
    if not 0 < number(spend) < np.inf:
        expected = "a fitted GammaGamma, or a price above 0"
        raise ParameterError("spend", "lifetime_value", expected, spend)
    return OnePrice(float(spend))
