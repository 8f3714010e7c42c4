"""Intervals of shares, ratios of shares, means and ranks, which hold for small counts too."""

from __future__ import annotations

import math
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit
from scipy.stats import rankdata

from segkit.errors import ParameterError, check_share

__all__ = ["mean_interval", "rank_interval", "ratio_interval", "wilson_interval"]

_Counts = tuple[float, float]
_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

# Logarithm of a ratio beyond any that counts can bound.
_FARTHEST = 25.0


@overload
def wilson_interval(
    successes: float, trials: float, confidence: float = 0.9
) -> tuple[float, float]: ...


@overload
def wilson_interval(
    successes: ArrayLike, trials: ArrayLike, confidence: float = 0.9
) -> tuple[_Floats, _Floats]: ...


def wilson_interval(
    successes: ArrayLike, trials: ArrayLike, confidence: float = 0.9
) -> tuple[ArrayLike, ArrayLike]:
    r"""Bound a share, or many at once, by Wilson's score interval.

    :math:`(\hat p + z^2/2n \pm z \sqrt{\hat p \hat q / n + z^2/4n^2}) / (1 + z^2/n)` (Wilson 1927;
    method 3 of Newcombe 1998).

    Parameters
    ----------
    successes, trials : float or array-like
        Counts, or effective counts of a weighted share; without trials nothing is known, and the
        interval is (0, 1).
    confidence : float
        Confidence, in (0, 1).

    Raises
    ------
    ParameterError
        If `successes` is not within 0 and `trials`.

    Examples
    --------
    >>> tuple(round(end, 4) for end in wilson_interval(81, 263, 0.95))
    (0.2553, 0.3662)
    """
    x, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    _check("wilson_interval", ((x, n),), confidence)
    known = np.where(n > 0, n, np.nan)
    share, z2 = x / known, _squared_z(confidence) / known
    centre = share + z2 / 2
    reach = np.sqrt(z2 * (share * (1 - share) + z2 / 4))
    low = np.nan_to_num(np.maximum((centre - reach) / (1 + z2), 0.0), nan=0.0)
    high = np.nan_to_num(np.minimum((centre + reach) / (1 + z2), 1.0), nan=1.0)
    return (low, high) if x.ndim or n.ndim else (float(low), float(high))


def mean_interval(
    means: ArrayLike, deviations: ArrayLike, counts: ArrayLike, confidence: float = 0.9
) -> tuple[_Floats, _Floats]:
    """Bound means by Student's t; NaN where fewer than two values are known.

    Parameters
    ----------
    means, deviations, counts : array-like
        Mean, standard deviation and number of the values.
    confidence : float
        Confidence, in (0, 1).

    Examples
    --------
    >>> low, high = mean_interval([10.0], [2.0], [4])
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (7.647, 12.353)
    """
    check_share("confidence", "mean_interval", confidence)
    n = np.asarray(counts, dtype=np.float64)
    known = np.where(n > 1, n, np.nan)
    half = stdtrit(known - 1, (1 + confidence) / 2) * np.asarray(deviations) / np.sqrt(known)
    return np.asarray(means) - half, np.asarray(means) + half


def rank_interval(draws: ArrayLike, confidence: float = 0.9) -> tuple[_Ints, _Ints]:
    """Bound the rank of each column, the largest first, by draws of all of them.

    Ranks are whole numbers: the ends are ranks that were drawn, so that no fewer draws lie within
    than asked for. Equal values share the best of their ranks.

    Parameters
    ----------
    draws : array-like, shape (draws, columns)
        Such as estimates from bootstrap samples; equal up to rounding in the ninth decimal.
    confidence : float
        Confidence, in (0, 1).

    Examples
    --------
    >>> low, high = rank_interval([[3.0, 1.0, 2.0], [5.0, 2.0, 1.0]])
    >>> low.tolist(), high.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    check_share("confidence", "rank_interval", confidence)
    ranks = rankdata(-np.asarray(draws, dtype=np.float64).round(9), "min", axis=1)
    low = np.quantile(ranks, (1 - confidence) / 2, axis=0, method="lower")
    high = np.quantile(ranks, (1 + confidence) / 2, axis=0, method="higher")
    return low.astype(np.int64), high.astype(np.int64)


def ratio_interval(
    successes: int, trials: int, base_successes: int, base_trials: int, confidence: float = 0.9
) -> tuple[float, float]:
    r"""Bound the ratio of two shares by Koopman's score interval.

    All ratios :math:`\theta` that the test statistic
    :math:`(\hat p_1 - \theta \hat p_0)^2 / (\tilde p_1 \tilde q_1 / n_1 + \theta^2 \tilde p_0
    \tilde q_0 / n_0)` does not reject, with :math:`\tilde p` the maximum-likelihood shares whose
    ratio is :math:`\theta` (Koopman 1984; Miettinen & Nurminen 1985 without their factor
    N / (N - 1)). Unlike the logarithmic interval it holds where a count is 0.

    Parameters
    ----------
    successes, trials : int
        Counts of the share above the line.
    base_successes, base_trials : int
        Counts of the share below the line.
    confidence : float
        Confidence, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper end; 0 and infinity where the counts set no bound.

    Raises
    ------
    ParameterError
        If a count is not within 0 and its trials.

    Examples
    --------
    >>> tuple(round(end, 3) for end in ratio_interval(36, 40, 16, 80, 0.95))
    (2.94, 7.152)
    """
    pairs = ((successes, trials), (base_successes, base_trials))
    _check("ratio_interval", pairs, confidence)
    if trials == 0 or base_trials == 0 or successes == base_successes == 0:
        return 0.0, math.inf
    limit = _squared_z(confidence)

    def excess(log_ratio: float) -> float:
        return _score(math.exp(log_ratio), *pairs) - limit

    # The statistic is 0 at the estimate and grows on both sides of it.
    centre = _log(successes / trials) - _log(base_successes / base_trials)
    low = math.exp(brentq(excess, -_FARTHEST, centre)) if successes else 0.0
    high = math.exp(brentq(excess, centre, _FARTHEST)) if base_successes else math.inf
    return low, high


def _score(ratio: float, upper: _Counts, base: _Counts) -> float:
    (x1, n1), (x0, n0) = upper, base
    distance = (x1 / n1 - ratio * x0 / n0) ** 2
    if distance == 0:
        return 0.0
    # The likeliest shares of this ratio solve a quadratic equation. Its discriminant is written as
    # a sum of squares and products, and its smaller root by division: no digits cancel.
    one, other = ratio * (n1 + x0), x1 + n0
    root = math.sqrt((one - other) ** 2 + 4 * ratio * (n1 - x1) * (n0 - x0))
    p0 = min(2 * (x1 + x0) / (one + other + root), 1.0)
    p1 = min(ratio * p0, 1.0)
    variance = p1 * (1 - p1) / n1 + ratio**2 * p0 * (1 - p0) / n0
    return distance / variance if variance > 0 else math.inf


def _squared_z(confidence: float) -> float:
    return float(ndtri((1 + confidence) / 2)) ** 2


def _log(share: float) -> float:
    return math.log(share) if share > 0 else -_FARTHEST


def _check(owner: str, pairs: tuple[tuple[ArrayLike, ArrayLike], ...], confidence: float) -> None:
    for successes, trials in pairs:
        if not np.all((np.asarray(successes) >= 0) & (np.asarray(successes) <= trials)):
            expected = "counts with 0 <= successes <= trials"
            raise ParameterError("successes, trials", owner, expected, (successes, trials))
    check_share("confidence", owner, confidence)
