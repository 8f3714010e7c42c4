"""What each account could spend: a high conditional quantile of what its like do spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.metrics import mean_pinball_loss
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult
from segkit.intervals import wilson_interval
from segkit.scoring.intake import Numbers, as_frame, is_flag, numbers_of
from segkit.scoring.quantiles import QuantileFit, fit_quantile

__all__ = ["Wallet", "wallet"]

_LEAST = 50
_ROWS_A_FEATURE = 10
_RARE = 10
_OTHER = "other"


@dataclass(frozen=True)
class _Column:
    """How a column enters: `kind` is "log", "number", "flag" or "level"."""

    name: str
    kind: str
    levels: tuple[str, ...] = ()
    fill: float = 0.0

    def numbers(self, values: pd.Series[Any]) -> Numbers:
        if self.kind == "level":
            text = values.astype("str").where(values.notna(), _OTHER)
            text = text.where(text.isin(self.levels), _OTHER)
            # The first level is what the others are compared with.
            return np.column_stack(
                [
                    np.empty((len(text), 0)),
                    *((text == one).to_numpy(float) for one in self.levels[1:]),
                ]
            )
        found = numbers_of(values)
        if self.kind == "log":  # 0 where all are above 0 is a gap, not an account without a wallet
            found = np.log(np.where(found > 0, found, np.nan))
        return np.where(np.isnan(found), self.fill, found)[:, None]


@dataclass(frozen=True)
class Wallet(JsonResult):
    """Potential spend of each account.

    Attributes
    ----------
    table : DataFrame
        In the order given: `spend, wallet` with its 90 % interval `low, high`,
        `share_of_wallet` (spend / wallet; above 1 where an account spends more than its like),
        `headroom` (wallet - spend, at least 0), `rank` (1: largest wallet).
    quantile : float
    coefficients : dict
        Of log spend, by column.
    loss, loss_base : float
        Cross-validated pinball loss of log spend, of the model and of one quantile for all.
    skill : float
        Share of the base's loss that is saved.
    below, below_interval : float, tuple of float
        Share of held-out accounts that spend less than their wallet (should be near `quantile`),
        with its interval (Wilson).
    n : int
        Accounts fitted: those that spend something.
    bias : str
        Which way the estimate errs, and why.
    notes : tuple of str
    """

    table: pd.DataFrame
    quantile: float
    coefficients: dict[str, float]
    loss: float
    loss_base: float
    skill: float
    below: float
    below_interval: tuple[float, float]
    n: int
    bias: str
    notes: tuple[str, ...]
    _columns: tuple[_Column, ...] = field(metadata={"json": False}, repr=False)
    _fitted: QuantileFit = field(metadata={"json": False}, repr=False)

    def of(self, accounts: Any) -> pd.DataFrame:
        """Give `wallet, low, high` of other accounts, such as prospects.

        Parameters
        ----------
        accounts : frame
            With the columns that the wallet was estimated from. What is missing is taken as
            average, and so is 0 or less in a column that enters as a logarithm.
        """
        frame = as_frame(accounts, [one.name for one in self._columns], "accounts")
        found = self._fitted.estimates(_matrix(self._columns, frame))
        return found.set_index(accounts.index) if isinstance(accounts, pd.DataFrame) else found


def wallet(
    accounts: Any,
    spend: Any = "spend",
    *,
    columns: Sequence[str] | None = None,
    quantile: float = 0.9,
    folds: int = 5,
    random_state: int = 0,
) -> Wallet:
    """Estimate potential spend as a high conditional quantile of the spend of accounts alike.

    log spend is regressed on what accounts are, at a quantile of 0.8 to 0.9 rather than the mean:
    what the best of one's like spend. Positive numbers enter as logarithms, so that spend follows
    a power of them.

    Parameters
    ----------
    accounts : frame of shape (n, columns)
    spend : str or array of shape (n,)
        Column of the yearly spend with us, or the spend itself; 0 or missing: not fitted.
    columns : sequence of str, optional
        What accounts are; all other columns by default.
    quantile : float
    folds : int
        Folds of the cross-validation.
    random_state : int

    Raises
    ------
    DataError
        If fewer than 50 accounts, or ten a feature, spend anything.
    ParameterError
        If a parameter is out of bounds.

    Notes
    -----
    Rosset, Perlich, Zadrozny, Merugu, Weiss & Lawrence (2005); Perlich et al. (2007),
    doi:10.1145/1281192.1281297. Koenker & Bassett (1978) for quantile regression.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame({"staff": rng.integers(10, 900, 400)})
    >>> rows["spend"] = 50 * rows["staff"] * rng.beta(2, 2, 400)
    >>> found = wallet(rows, "spend", quantile=0.9)
    >>> bool(found.table["wallet"].corr(50 * rows["staff"]) > 0.99)
    True
    """
    check_share("quantile", "wallet", quantile)
    if not isinstance(folds, int) or folds < 2:
        raise ParameterError("folds", "wallet", "an int in the range [2, inf)", folds)
    frame, paid = _taken(accounts, spend, columns)
    buys = paid > 0
    chosen = tuple(_column(frame[name][buys]) for name in frame) if buys.any() else ()
    X = _matrix(chosen, frame)
    needed = max(_LEAST, _ROWS_A_FEATURE * (X.shape[1] + 1))
    if buys.sum() < needed:
        raise DataError(
            f"A wallet needs at least {needed} accounts that spend something; found "
            f"{int(buys.sum())} of {len(frame)}."
        )
    y = np.log(paid[buys])
    with threadpool_limits(1):
        fitted = fit_quantile(X[buys], y, quantile)
        held, base = _held_out(X[buys], y, quantile, folds, random_state)
    loss = float(mean_pinball_loss(y, held, alpha=quantile))
    loss_base = float(mean_pinball_loss(y, base, alpha=quantile))
    under = int((y <= held).sum())
    return Wallet(
        table=_table(paid, fitted.estimates(X), accounts),
        quantile=quantile,
        coefficients=dict(
            zip(["intercept", *_features(chosen)], fitted.coefficients.tolist(), strict=True)
        ),
        loss=loss,
        loss_base=loss_base,
        skill=1 - loss / loss_base,
        below=under / len(y),
        below_interval=wilson_interval(under, len(y)),
        n=len(y),
        bias=(
            f"The wallet is what {100 * (1 - quantile):.0f} % of like customers reach or exceed "
            "with us, so it is below the true wallet wherever nobody buys all from one supplier. "
            "Its order is surer than its level, which is a lower bound."
        ),
        notes=_notes(paid, buys, frame, chosen),
        _columns=chosen,
        _fitted=fitted,
    )


def _taken(
    accounts: Any, spend: Any, columns: Sequence[str] | None
) -> tuple[pd.DataFrame, Numbers]:
    everything = as_frame(accounts, None, "accounts")
    if isinstance(spend, str):
        paid = numbers_of(as_frame(accounts, [spend], "accounts")[spend])
        left = [name for name in everything.columns if name != spend]
    else:
        paid, left = np.asarray(spend, dtype=np.float64).ravel(), list(everything.columns)
    if len(paid) != len(everything):
        raise DataError(f"spend must hold {len(everything):,} amounts; found {len(paid):,}.")
    frame = as_frame(accounts, left if columns is None else columns, "accounts")
    return frame, np.where(np.isfinite(paid), paid, 0.0)


def _column(values: pd.Series[Any]) -> _Column:
    name = str(values.name)
    if is_flag(values):
        return _Column(name, "flag", fill=float(np.nanmean(numbers_of(values))))
    if is_numeric_dtype(values):
        known = numbers_of(values)
        known = known[~np.isnan(known)]
        log = bool(len(known) and known.min() > 0)
        moved = np.log(known) if log else known
        fill = float(moved.mean()) if len(moved) else 0.0
        return _Column(name, "log" if log else "number", fill=fill)
    counts = values.astype("str").where(values.notna(), _OTHER).value_counts()
    levels = tuple(counts.index[(counts >= _RARE) & (counts.index != _OTHER)])
    return _Column(name, "level", levels)


def _matrix(columns: Sequence[_Column], frame: pd.DataFrame) -> Numbers:
    parts = [one.numbers(frame[one.name]) for one in columns]
    return np.hstack([np.empty((len(frame), 0)), *parts])


def _features(columns: Sequence[_Column]) -> list[str]:
    names = []
    for one in columns:
        more = [f"{one.name}: {level}" for level in one.levels[1:]]
        names += (
            more if one.kind == "level" else [f"log {one.name}" if one.kind == "log" else one.name]
        )
    return names


def _held_out(
    X: Numbers, y: Numbers, quantile: float, folds: int, seed: int
) -> tuple[Numbers, Numbers]:
    held, base = np.empty(len(y)), np.empty(len(y))
    for train, test in KFold(folds, shuffle=True, random_state=seed).split(X):
        fit = fit_quantile(X[train], y[train], quantile)
        held[test] = fit.logs(X[test])
        base[test] = np.quantile(y[train], quantile)
    return held, base


def _table(paid: Numbers, found: pd.DataFrame, accounts: Any) -> pd.DataFrame:
    table = pd.DataFrame({"spend": paid}).join(found)
    table["share_of_wallet"] = table["spend"] / table["wallet"]
    table["headroom"] = (table["wallet"] - table["spend"]).clip(lower=0.0)
    table["rank"] = table["wallet"].rank(ascending=False, method="first").astype(int)
    return table.set_index(accounts.index) if isinstance(accounts, pd.DataFrame) else table


def _notes(
    paid: Numbers, buys: Any, frame: pd.DataFrame, chosen: Sequence[_Column]
) -> tuple[str, ...]:
    notes = []
    if not buys.all():
        notes.append(f"{int((~buys).sum()):,} of {len(paid):,} accounts spend nothing: not fitted.")
    gaps = {one.name: frame[one.name].isna() for one in chosen}
    for one in chosen:
        if one.kind == "log":
            gaps[one.name] |= numbers_of(frame[one.name]) <= 0
    lost = [f"{name} ({int(gap.sum()):,})" for name, gap in gaps.items() if gap.any()]
    if lost:
        notes.append(f"Missing or 0, taken as average: {', '.join(lost)}.")
    return tuple(notes)
