"""Orders of an invented shop whose customers buy without a contract."""

from __future__ import annotations

import pandas as pd

from segkit.errors import ParameterError
from segkit.samples.streams import AS_OF, stream

__all__ = ["make_orders"]

_WEEKS = (60, 104)
_MOST = 100_000
# Purchases a week, the chance to leave after each but the first, and money a purchase.
_R, _ALPHA, _A, _B = 0.7, 6.0, 0.8, 3.0
_P, _Q, _GAMMA = 6.0, 4.0, 25.0


def make_orders(customers: int = 2000, seed: int = 7) -> pd.DataFrame:
    """Draw orders of customers who come, buy at their own pace, and leave without a word.

    Purchases follow a BG/NBD model (r 0.7, alpha 6 weeks, a 0.8, b 3) and their amounts a
    Gamma-Gamma model (p 6, q 4, gamma 25), so that the truth of every forecast is known.

    Parameters
    ----------
    customers : int, default 2000
        In 1..100,000; they come between 60 and 104 weeks before the last day, 2026-06-30.
    seed : int, default 7
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row an order: `account_id, date, amount`, as the table `orders` holds them.

    Raises
    ------
    ParameterError
        If there are too few or too many customers.

    Examples
    --------
    >>> make_orders(customers=50).columns.tolist()
    ['account_id', 'date', 'amount']
    """
    if not (isinstance(customers, int) and 1 <= customers <= _MOST):
        expected = f"an int in the range [1, {_MOST:,}]"
        raise ParameterError("customers", "make_orders", expected, customers)
    draw = stream(seed, "orders")
    rows = []
    for number in range(customers):
        left = draw.uniform(*_WEEKS)
        pace, leaving = draw.gamma(_R, 1 / _ALPHA), draw.beta(_A, _B)
        scale = 1 / draw.gamma(_Q, 1 / _GAMMA)
        bought, gone = 0, False
        while left > 0 and not gone:
            day = AS_OF - round(7 * left)
            rows.append((f"C{number:05d}", day, round(draw.gamma(_P, scale), 2)))
            bought += 1
            gone = bought > 1 and draw.uniform() < leaving
            left -= draw.exponential(1 / pace)
    found = pd.DataFrame(rows, columns=["account_id", "date", "amount"])
    return found.assign(date=pd.to_datetime(found["date"], unit="D"))
