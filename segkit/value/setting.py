"""Which kind of customer relationship the data show, and so which models apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.frames import as_pandas
from segkit.value._contracts import contract_log
from segkit.value._histories import checked
from segkit.value.cohorts import are_survivors, survivors_of

__all__ = ["Setting", "choose_setting"]

_ON_GRID = 0.8
_USED = 0.1
_LEAVING = 0.005  # of those who could, at a step; 6 % a year where the steps are months


@dataclass(frozen=True, slots=True)
class Setting:
    """One of the four settings of a customer relationship.

    Attributes
    ----------
    contractual : bool
        Customers tell when they leave.
    discrete : bool
        Purchases or renewals happen only at fixed occasions.
    models : tuple of str
        Models that apply, the usual first choice first.
    reason : str
        What in the data says so.
    """

    contractual: bool
    discrete: bool
    models: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return (
            f"{'contractual' if self.contractual else 'non-contractual'}, "
            f"{'discrete' if self.discrete else 'continuous'}: {self.reason}"
        )


def choose_setting(data: Any) -> Setting:
    """Tell the setting from the data, and say why.

    Source: Fader and Hardie (2009), Journal of Interactive Marketing 23(1).

    Parameters
    ----------
    data : frame or sequence
        A log of contracts (duration, ended), a summary of purchases (frequency, recency, T), or
        survivors by period of one cohort or more, as `ShiftedBetaGeometric.fit` takes them.

    Raises
    ------
    DataError
        If the data are none of these, or cannot be used.

    Examples
    --------
    >>> print(choose_setting([1000, 869, 743]))
    contractual, discrete: survivors are counted once a period.
    """
    survivors = "survivors are counted once a period."
    if not hasattr(data, "columns"):
        survivors_of(data)
        return _retention(survivors)
    frame = as_pandas(data)
    if {"duration", "ended"} <= set(frame):
        return _of_contracts(frame)
    if {"frequency", "recency", "T"} <= set(frame):
        return _of_purchases(checked(frame, "frequency", "recency", "T"))
    if are_survivors(frame):
        survivors_of(frame)
        return _retention(survivors)
    raise DataError(
        "choose_setting reads contracts (columns duration, ended, as contract_durations makes them "
        "of dates), purchases (frequency, recency, T, as customer_summary makes them of events) or "
        "survivors by period; the frame has "
        f"{list(map(str, frame))}."
    )


def _of_contracts(frame: pd.DataFrame) -> Setting:
    years, left, _ = contract_log(frame)
    over = years[left]
    if not over.size:
        raise DataError("No contract has ended, so the data do not show when customers leave.")
    at_renewal = float((np.abs(over - np.round(over)) < 0.02).mean())
    share = f"{at_renewal:.0%} of the ended contracts ended after whole periods."
    leaving = over.size / years.sum() if years.sum() else 1.0
    if at_renewal >= _ON_GRID and leaving < _LEAVING:
        return _any_day(
            f"whole numbers look like days, for only {leaving:.2%} left at a step; where customers "
            "can leave only at renewals, count in renewal periods."
        )
    if at_renewal >= _ON_GRID:
        return _retention(f"customers tell when they leave, and {share}")
    return _any_day(f"only {share}")


def _any_day(reason: str) -> Setting:
    models = ("ConstantChurn", "ExponentialGamma")
    return Setting(True, False, models, f"customers tell when they leave, and {reason}")


def _retention(reason: str) -> Setting:
    return Setting(True, True, ("ShiftedBetaGeometric", "BetaDiscreteWeibull"), reason)


def _of_purchases(frame: pd.DataFrame) -> Setting:
    times = frame[["recency", "T"]].to_numpy()
    occasions, x = frame["T"].sum(), frame["frequency"]
    whole = bool((times == np.floor(times)).all() and (x <= frame["recency"]).all())
    used = x.sum() / occasions if occasions else 0.0
    if whole and used >= _USED:
        return Setting(
            contractual=False,
            discrete=True,
            models=("BetaGeoBetaBinomial",),
            reason=f"times are whole numbers and {used:.0%} of these occasions were used.",
        )
    grain = f"only {used:.1%} of the time steps were used" if whole else "purchases fall anywhere"
    return Setting(
        contractual=False,
        discrete=False,
        models=("BetaGeo", "ParetoNBD", "ModifiedBetaGeo", "NBD"),
        reason=f"nobody tells that they leave, and {grain}.",
    )
