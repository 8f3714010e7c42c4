"""Spend where every purchase brings the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from segkit.value._histories import Floats, checked, repeat_buyers

__all__ = ["OnePrice", "one_price"]

_SAME = 1e-9


def one_price(summary: Any) -> float | None:
    """Return what all repeat buyers paid a purchase; None if that differs or nobody came back.

    Parameters
    ----------
    summary : frame with columns frequency, monetary_value
        One row a customer, as of `customer_summary`.

    Raises
    ------
    DataError
        If the summary cannot be used.

    Examples
    --------
    >>> import pandas as pd
    >>> one_price(pd.DataFrame({"frequency": [2, 0, 1], "monetary_value": [49.0, 0.0, 49.0]}))
    49.0
    """
    spend = repeat_buyers(summary)["monetary_value"].to_numpy()
    # A mean of equal amounts can miss them by the last digit.
    same = spend.size > 0 and spend.max() - spend.min() <= _SAME * spend.max()
    return float(np.median(spend)) if same else None


@dataclass(frozen=True)
class OnePrice:
    """A price in the place of a model of spend: known, so that it adds nothing to an interval."""

    price: float

    @classmethod
    def from_params(cls, price: float) -> Self:
        """Build it from a row of its `bootstrap`."""
        return cls(price)

    def expected_spend(self, summary: Any) -> pd.Series[float]:
        """Return the price, for each customer."""
        return pd.Series(self.price, checked(summary, "frequency").index, name="expected_spend")

    def bootstrap(self, _: Any, refits: int, __: int) -> pd.DataFrame:
        """Return the price as often as asked."""
        return pd.DataFrame({"price": np.full(refits, self.price)})

    def slopes(self, quantity: Callable[[Self], Floats]) -> Floats:
        """Return a slope of zero: the price is not estimated."""
        return np.zeros((1, len(quantity(self))))

    def covariance_of_logs(self) -> Floats:
        """Return zero: the price is known."""
        return np.zeros((1, 1))

    def to_json(self) -> str:
        """Write the price."""
        return json.dumps({"model": "OnePrice", "params": {"price": self.price}})
