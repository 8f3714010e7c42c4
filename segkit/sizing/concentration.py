"""How few vendors hold a market: Herfindahl-Hirschman index and effective number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import JsonResult

__all__ = ["GUIDELINES", "Concentration", "hhi", "market_concentration"]

# Where a market is called moderately and highly concentrated, by year of the US guidelines.
GUIDELINES: Mapping[int, tuple[float, float]] = {
    1992: (1000.0, 1800.0),
    2010: (1500.0, 2500.0),
    2023: (1000.0, 1800.0),
}
# Shares are rounded where they are published: their sum may miss the whole by so much of it.
_ROUNDED = 0.01


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


def hhi(shares: ArrayLike | Mapping[str, float], *, total: float | None = None) -> float:
    r"""Compute the Herfindahl-Hirschman index: :math:`\sum_i (100 s_i)^2`, 0 to 10,000.

    Parameters
    ----------
    shares : array-like, shape (n_vendors,), or mapping of str to float
        Share of each vendor: fractions that sum to 1 or percentages that sum to 100. With `total`
        also a part of the vendors, or revenues or customers.
    total : float, optional
        What the whole market sums to, in the unit of `shares`. What `shares` leave of it counts as
        many small vendors, which add nothing.

    Raises
    ------
    DataError
        If a share is negative or no finite number, or the shares sum neither to 1 nor to 100, or to
        more than `total`; names all faults.
    ParameterError
        If `total` is no number above 0.

    References
    ----------
    Herfindahl 1950; Hirschman 1964; US Department of Justice.

    Examples
    --------
    >>> hhi([30, 30, 20, 20])
    2600.0
    >>> hhi([900, 600], total=3000)
    1300.0
    """
    if total is not None and not 0 < total < np.inf:
        raise ParameterError("total", "hhi", "a number above 0", total)
    named = _labelled(shares)
    values = pd.to_numeric(named, errors="coerce").astype(float)
    wrong = named[~((values >= 0) & np.isfinite(values))]
    if len(wrong):
        shown = ", ".join(f"{value!r} of {vendor}" for vendor, value in wrong.items())
        raise DataError(f"Shares must be finite numbers of at least 0. Got {shown}.")
    whole = _whole(float(values.sum())) if total is None else float(total)
    if values.sum() > whole * (1 + _ROUNDED):
        raise DataError(f"Shares sum to {values.sum():,.6g}, more than the market of {whole:,.6g}.")
    return float(((100 * values / whole) ** 2).sum())


def _labelled(shares: ArrayLike | Mapping[str, float]) -> pd.Series:
    if isinstance(shares, Mapping):
        return pd.Series(dict(shares), dtype=object)
    return shares if isinstance(shares, pd.Series) else pd.Series(np.ravel(shares), dtype=object)


def _whole(summed: float) -> float:
    for whole in (1.0, 100.0):
        if abs(summed - whole) <= whole * _ROUNDED:
            return whole
    raise DataError(
        f"Shares sum to {summed:,.6g}, neither to 1 nor to 100. Say what the whole market sums to: "
        f"total={summed:.6g} if these are the revenues or customers of all vendors, total=1 or "
        "total=100 if they are shares and many small vendors hold the rest."
    )


def market_concentration(sales: Mapping[str, float], guidelines: int = 2023) -> Concentration:
    r"""Measure how few named vendors hold a market, and what mergers would change.

    The index is `hhi` of the shares :math:`s_i` of the sum of `sales`; the effective number is
    :math:`1 / \sum_i s_i^2`; the bands are those of the merger guidelines of the US Department of
    Justice and the Federal Trade Commission.

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
    index = hhi(table["share"])
    moderate, high = GUIDELINES[guidelines]
    band = "not" if index < moderate else "highly" if index > high else "moderately"
    return Concentration(index, 1e4 / index, band, guidelines, table)
