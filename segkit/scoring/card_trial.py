"""How cards do on deals that they have not seen: by folds, and on the latest ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from segkit.errors import DataError
from segkit.logistic import fit_logit
from segkit.scoring.card import Calibration, Card
from segkit.scoring.contrasts import group_codes
from segkit.scoring.intake import Numbers
from segkit.scoring.judgement import Judgement, judge_chances

__all__ = ["calibrated", "held_out_odds", "tried_later"]

Maker = Callable[[pd.DataFrame, Numbers], Card]
_LATEST = 0.3
_Z = float(ndtri(0.95))


def held_out_odds(
    make: Maker, frame: pd.DataFrame, won: Numbers, folds: Iterable[tuple[Any, Any]]
) -> Numbers:
    """Give log odds of rows by cards that have not seen them."""
    odds = np.zeros(len(won))
    for train, test in folds:
        odds[test] = _odds(make, frame.iloc[train], won[train], frame.iloc[test])
    return odds


def tried_later(
    make: Maker,
    frame: pd.DataFrame,
    won: Numbers,
    groups: Any,
    time: Any,
    *,
    confidence: float,
) -> tuple[Judgement | None, tuple[str, ...]]:
    """Try a card made of the earlier rows on the latest 30 %, or say why that cannot be done."""
    if time is None:
        return None, ("No time was given: the card is not tried on later deals.",)
    when = pd.Series(time)
    late = (when > when.quantile(1 - _LATEST, interpolation="lower")).to_numpy()
    early = ~late & when.notna().to_numpy()
    codes = group_codes(groups, len(won))
    early &= ~np.isin(codes, codes[late])
    least = min(won[part].sum() for part in (early, late))
    if least < 1 or won[early].all() or won[late].all():
        return None, ("Too few deals to try the card on later ones.",)
    odds = _odds(make, frame[early], won[early], frame[late])
    own = None if groups is None else codes[late]
    undated = int(when.isna().sum())
    notes = (f"{undated:,} deals without a time are in neither part.",) if undated else ()
    return judge_chances(won[late], expit(odds), groups=own, confidence=confidence), notes


def calibrated(odds: Numbers, won: Numbers, groups: Any) -> Calibration:
    """Fit what happened to the log odds that cards gave without having seen it (Cox 1958).

    Rows of one group, such as deals of an account, widen its covariance.

    Raises
    ------
    DataError
        If these rank rows no better than chance would.
    """
    if np.ptp(odds) < 1e-9:
        raise DataError("No card made of a part of the deals tells anything of the others.")
    codes = None if groups is None else group_codes(groups, len(won))
    fit = fit_logit(odds[:, None], won, 1e-6, codes)
    # One-sided at 5 %: of cards of noise a quarter rank the others a little better by luck.
    if fit.coefficients[1] <= _Z * np.sqrt(fit.covariance[1, 1]):
        raise DataError(
            "Cards made of a part of the deals rank the others no better than chance would: there "
            "is nothing to score by that tells who is won."
        )
    covariance = fit.covariance
    return Calibration(
        float(fit.coefficients[0]),
        float(fit.coefficients[1]),
        (float(covariance[0, 0]), float(covariance[0, 1]), float(covariance[1, 1])),
    )


def _odds(make: Maker, frame: pd.DataFrame, won: Numbers, unseen: pd.DataFrame) -> Numbers:
    try:
        return make(frame, won).log_odds(unseen)
    except DataError:  # a part of the rows may show nothing that tells who is won
        return np.full(len(unseen), np.log(won.mean() / (1 - won.mean())))
