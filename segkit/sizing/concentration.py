"""How few vendors hold a market: Herfindahl-Hirschman index and effective number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import JsonResult

__all__ = ["GUIDELINES", "Concentration", "market_concentration"]

# Where a market is called moderately and highly concentrated, by year of the US guidelines.
GUIDELINES: Mapping[int, tuple[float, float]] = {
    1992: (1000.0, 1800.0),
    2010: (1500.0, 2500.0),
    2023: (1000.0, 1800.0),
}


@dataclass(frozen=True, eq=False)
class Concentration(JsonResult):
    """Concentration of a market.

    Attributes
    ----------
    hhi : float
        Herfindahl-Hirschman index, 0 to 10,000.
    effective_number : float
        Number of equal vendors that would give the same index.
    band : str
        "not", "moderately" or "highly" concentrated.
    guidelines : int
        Year of the guidelines that `band` follows.
    table : DataFrame
        `vendor, share`, the largest first.
    """

    hhi: float
    effective_number: float
    band: str
    guidelines: int
    table: pd.DataFrame

    def merger_delta(self, first: str, second: str) -> float:
        r"""Say by how much the index rises if two vendors merge: :math:`2 s_i s_j`.

        Raises
        ------
        ParameterError
            If a vendor is unknown, or both are one.
        """
        shares = dict(zip(self.table["vendor"], self.table["share"], strict=True))
        for name in (first, second):
            if name not in shares or first == second:
                expected = f"two vendors of {list(shares)}{nearest(name, shares)}"
                raise ParameterError("first, second", "merger_delta", expected, (first, second))
        return float(2 * 100 * shares[first] * 100 * shares[second])


def market_concentration(sales: Mapping[str, float], guidelines: int = 2023) -> Concentration:
    r"""Measure how few vendors hold a market.

    :math:`HHI = \sum_i (100 s_i)^2`, effective number :math:`1 / \sum_i s_i^2`, with shares
    :math:`s_i` of the sum of `sales` (Herfindahl 1950; US Department of Justice and Federal Trade
    Commission, merger guidelines).

    Parameters
    ----------
    sales : mapping of str to float
        Revenue, customers or share of every vendor in the market; only proportions count. A
        vendor left out makes the market look more concentrated than it is.
    guidelines : {2023, 2010, 1992}
        Year of the guidelines that name the bands.

    Raises
    ------
    DataError
        If there are no sales, or some are negative or no number; names all of them.
    ParameterError
        If no such guidelines are known.

    Examples
    --------
    >>> found = market_concentration({"ours": 30, "A": 30, "B": 20, "C": 20})
    >>> round(found.hhi), round(found.effective_number, 2), found.band
    (2600, 3.85, 'highly')
    """
    if guidelines not in GUIDELINES:
        raise ParameterError(
            "guidelines", "market_concentration", f"one of {[*GUIDELINES]}", guidelines
        )
    wrong = [f"{name!r}: {value}" for name, value in sales.items() if not 0 <= value < np.inf]
    if wrong:
        raise DataError(f"Sales must be finite numbers of at least 0. Got {', '.join(wrong)}.")
    total = sum(sales.values())
    if not total > 0:
        raise DataError("There are no sales: give the revenue or customers of every vendor.")
    table = pd.DataFrame(
        {"vendor": [*sales], "share": [value / total for value in sales.values()]}
    ).sort_values(["share", "vendor"], ascending=[False, True], ignore_index=True)
    hhi = float(((100 * table["share"]) ** 2).sum())
    moderate, high = GUIDELINES[guidelines]
    band = "not" if hhi < moderate else "highly" if hhi > high else "moderately"
    return Concentration(hhi, 1e4 / hhi, band, guidelines, table)
