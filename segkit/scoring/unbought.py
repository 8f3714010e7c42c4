"""White space: what each account does not buy yet, and what it could bring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.frames import take_columns

__all__ = ["white_space"]


def white_space(
    purchases: Any,
    *,
    account: str,
    product: str,
    amount: str,
    wallets: Any = None,
) -> pd.DataFrame:
    """List what accounts do not buy yet, product by product, and what it could bring.

    What a product could bring is the account's wallet x the median share of wallet that the
    product has among those who buy it; without wallets, the median amount among those.

    Parameters
    ----------
    purchases : frame
        One row a purchase, or an account and product.
    account, product, amount : str
        Columns.
    wallets : Series or mapping, optional
        Account -> potential spend, such as `Wallet.table["wallet"]`.

    Returns
    -------
    DataFrame
        One row an account and product, the largest gap first: `account, product, amount,
        potential, gap`, gap being potential - amount, at least 0; missing where no wallet is known.

    Examples
    --------
    >>> rows = pd.DataFrame({"id": ["a", "a", "b"], "item": ["x", "y", "x"], "paid": [10, 40, 20]})
    >>> white_space(rows, account="id", product="item", amount="paid", wallets={"a": 100, "b": 50})
      account product  amount  potential   gap
    0       b       y     0.0       20.0  20.0
    1       a       x    10.0       25.0  15.0
    2       a       y    40.0       40.0   0.0
    3       b       x    20.0       12.5   0.0
    """
    rows = take_columns(purchases, [account, product, amount], "purchases").dropna()
    if rows.empty:
        raise DataError("purchases: no row has an account, a product and an amount.")
    rows[amount] = rows[amount].astype(float)
    paid = rows.groupby([account, product])[amount].sum().unstack().fillna(0.0)
    size = pd.Series(1.0, paid.index) if wallets is None else pd.Series(wallets, dtype=float)
    size = size.reindex(paid.index)
    known = paid[size > 0]
    held = known.div(size[size > 0], axis=0).where(known > 0)
    potential = pd.DataFrame(np.outer(size, held.median()), index=paid.index, columns=paid.columns)
    found = pd.DataFrame({"amount": paid.stack(), "potential": potential.stack()})
    found["gap"] = (found["potential"] - found["amount"]).clip(lower=0.0)
    found = found.rename_axis(["account", "product"]).reset_index()
    return found.sort_values(
        ["gap", "account", "product"], ascending=[False, True, True], ignore_index=True
    )
