"""What choices are worth: willingness to pay, and shares of offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri, softmax

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import take_columns
from segkit.surveys.coding import NONE, Coding
from segkit.surveys.logit import Floats

__all__ = ["draw_normal", "offer_rows", "offer_shares", "willingness"]


def willingness(
    coding: Coding,
    beta: Floats,
    covariance: Floats,
    *,
    price: str,
    reference: dict[str, Any],
    method: str,
    draws: int,
    seed: int,
    confidence: float,
) -> pd.DataFrame:
    """Divide the utility of each level by that of money."""
    place = _price_place(coding, price)
    names, turn = coding.names(), coding.turn()
    contrast, versus = _contrasts(coding, reference)
    kept = [i for i, (name, _) in enumerate(names) if name not in {price, NONE}]
    turn = (contrast @ turn)[kept]
    money = np.zeros(len(beta))
    money[place] = 1.0
    slope, worth = float(beta[place]), turn @ beta
    if slope >= 0:
        raise DataError(
            f"The coefficient of {price!r} is {slope:.4g}: dearer offers are not chosen less, and "
            "willingness to pay is not defined."
        )
    value = -worth / slope
    change = -(turn + value[:, None] * money) / slope
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", change, covariance, change), 0))
    reach = float(ndtri((1 + confidence) / 2))
    low, high = value - reach * error, value + reach * error
    if method == "krinsky-robb":
        rng = np.random.default_rng(seed)
        drawn = draw_normal(rng, beta, covariance, draws)
        ratios = -(drawn @ turn.T) / drawn[:, [place]]
        low, high = np.quantile(ratios, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    if -slope < reach * np.sqrt(covariance[place, place]):
        # Where a price without effect cannot be ruled out, no worth can.
        low, high = np.full(len(value), -np.inf), np.full(len(value), np.inf)
    return pd.DataFrame(
        {
            "attribute": [names[i][0] for i in kept],
            "level": [names[i][1] for i in kept],
            "versus": [versus[i] for i in kept],
            "wtp": value,
            "se": error,
            "low": low,
            "high": high,
        }
    )


def draw_normal(rng: np.random.Generator, mean: Floats, covariance: Floats, draws: int) -> Floats:
    """Draw coefficients, also where fewer people than coefficients leave the covariance flat."""
    try:
        return rng.multivariate_normal(mean, covariance, draws, method="cholesky")
    except np.linalg.LinAlgError:
        return rng.multivariate_normal(mean, covariance, draws, method="eigh", check_valid="ignore")


def _price_place(coding: Coding, price: str) -> int:
    known = {each.name: each for each in coding.attributes}
    if price not in known:
        raise DataError(
            f"There is no attribute {price!r}.{nearest(price, known)} Name the price with "
            f"price=...; attributes: {', '.join(known)}."
        )
    if not known[price].linear:
        raise DataError(
            f"Willingness to pay needs a linear price; {price!r} has part-worths. Fit with "
            f"attributes={{..., {price!r}: 'linear'}}."
        )
    return int(coding.places()[list(known).index(price)].start)


def _contrasts(coding: Coding, reference: dict[str, Any]) -> tuple[Floats, list[str]]:
    """Compare levels with a named one; else with the average (effects) or the first (dummy)."""
    names = coding.names()
    contrast, versus = np.eye(len(names)), []
    levels = {each.name: each.levels for each in coding.attributes}
    for name, level in reference.items():
        if level not in levels.get(name, ()):
            told = {key: value for key, value in levels.items() if value}
            raise ParameterError("reference", "willingness_to_pay", f"levels of {told}", reference)
    for row, (name, _) in enumerate(names):
        if name in reference:
            contrast[row, names.index((name, reference[name]))] -= 1
            versus.append(str(reference[name]))
        elif not levels.get(name):
            versus.append("one less")
        else:
            versus.append("average" if coding.coding == "effects" else str(levels[name][0]))
    return contrast, versus


def offer_rows(coding: Coding, offers: Any, *, none: bool | None) -> tuple[list[Any], Floats]:
    """Code offers to simulate; "none of these" stands last.

    Raises
    ------
    DataError
        If an attribute is missing, a level is unknown, or a number lies outside what respondents
        saw.
    """
    what = "The offers"
    if isinstance(offers, Mapping) and all(isinstance(each, Mapping) for each in offers.values()):
        offers = pd.DataFrame.from_dict(dict(offers), orient="index")
    elif isinstance(offers, Mapping) and all(np.ndim(each) == 0 for each in offers.values()):
        offers = pd.DataFrame([offers])  # one offer
    elif isinstance(offers, Mapping | list):
        offers = pd.DataFrame(offers)
    given = take_columns(offers, [each.name for each in coding.attributes], what)
    if given.empty:
        raise DataError("There are no offers to simulate.")
    if given.isna().any(axis=None):
        raise DataError("Each offer needs a value for every attribute.")
    for each in coding.attributes:
        numbers = pd.to_numeric(given[each.name], errors="coerce") if each.linear else None
        if numbers is not None and not numbers.between(each.least, each.most).all():
            odd = given.loc[~numbers.between(each.least, each.most), each.name].iloc[0]
            raise DataError(
                f"{each.name} {odd} lies outside {each.least:g} to {each.most:g}, which is what "
                "respondents saw; choices there are not known."
            )
    with_none = coding.none if none is None else none
    if with_none and not coding.none:
        raise ParameterError("none", "shares", "False, for respondents could not decline", none)
    rows = coding.rows(given, np.zeros(len(given)), what)
    names = list(given.index)
    if with_none:
        rows = np.vstack([rows, np.eye(rows.shape[1])[-1]])
        names.append(NONE)
    return names, rows


def offer_shares(
    names: list[Any],
    rows: Floats,
    beta: Floats,
    covariance: Floats,
    *,
    scale: float,
    confidence: float,
) -> pd.DataFrame:
    """Simulate shares by the logit; intervals by the delta method on ``ln(s / (1 - s))``."""
    share = softmax(scale * (rows @ beta))
    slope = scale * (rows - share @ rows) / np.maximum(1 - share, np.finfo(float).tiny)[:, None]
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slope, covariance, slope), 0))
    reach = float(ndtri((1 + confidence) / 2)) * error
    low, high = expit(logit(share) - reach), expit(logit(share) + reach)
    return pd.DataFrame({"offer": names, "share": share, "low": low, "high": high})
