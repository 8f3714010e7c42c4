"""What is known of an input: the distributions that a market estimate draws from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator
from scipy.special import betaincinv, expit, ndtri

from segkit.errors import ParameterError

__all__ = [
    "Distribution",
    "as_distribution",
    "beta_share",
    "fixed",
    "lognormal",
    "pert",
    "triangular",
]

Floats = NDArray[np.float64]

_Z90 = float(ndtri(0.9))
# Quantiles of a beta cost 1.6 microseconds each. Larger requests are read from a table whose
# nodes lie evenly in the logit of u, where the tails of every beta are smooth.
_TABLE_NODES = 4096
_TABLE_LOGIT = 24.0


@dataclass(frozen=True, repr=False)
class Distribution:
    """What is known of one input; made by `fixed`, `triangular`, `pert`, `lognormal`, `beta_share`.

    Attributes
    ----------
    kind : str
        Name of the function that made it.
    parameters : mapping of str to float
        What it was made from.
    mean, variance : float
        Expected value, and expected squared distance from it.
    quantile : callable
        What `ppf` calls, for an array of shares.
    """

    kind: str
    parameters: Mapping[str, float]
    mean: float
    variance: float
    quantile: Callable[[Floats], Floats] = field(compare=False)

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return math.sqrt(self.variance)

    def ppf(self, u: ArrayLike) -> Floats:
        """Give the values below which the shares `u` (0..1, any shape) of the draws lie.

        Quantiles of a beta are exact for up to 4,096 shares; more are read from a table of exact
        ones, within 1e-6 standard deviations.
        """
        return np.asarray(self.quantile(np.asarray(u, dtype=float)))

    def __repr__(self) -> str:
        words = ", ".join(f"{name}={value:.10g}" for name, value in self.parameters.items())
        return f"{self.kind}({words})"


def fixed(value: float) -> Distribution:
    """Take a value as known.

    Examples
    --------
    >>> fixed(776).mean, fixed(776).sd
    (776.0, 0.0)
    """
    if not _are_finite(value):
        raise ParameterError("value", "fixed", "a finite number", value)
    known = float(value)
    return Distribution(
        "fixed", {"value": known}, known, 0.0, lambda u: np.full(np.shape(u), known)
    )


def triangular(low: float, mode: float, high: float) -> Distribution:
    r"""Make a range whose density rises in a straight line to the mode and falls again.

    Mean :math:`(a + m + b) / 3`, variance
    :math:`(a^2 + m^2 + b^2 - am - ab - mb) / 18` for low a, mode m and high b. A range without
    width is a known value.

    Parameters
    ----------
    low, mode, high : float
        Lowest, most likely and highest value thought possible.

    Raises
    ------
    ParameterError
        If they are out of order or not finite.

    Examples
    --------
    >>> guess = triangular(1, 3, 8)
    >>> guess.mean, round(guess.sd, 5)
    (4.0, 1.47196)
    """
    _check_range("triangular", low, mode, high)
    width, left, right = high - low, mode - low, high - mode

    def quantile(u: Floats) -> Floats:
        rising = low + np.sqrt(u * width * left)
        falling = high - np.sqrt((1 - u) * width * right)
        return np.where(u * width < left, rising, falling)

    return Distribution(
        "triangular",
        {"low": low, "mode": mode, "high": high},
        mean=(low + mode + high) / 3,
        variance=(left**2 + left * right + right**2) / 18,
        quantile=quantile,
    )


def pert(low: float, mode: float, high: float) -> Distribution:
    r"""Make a range whose mode weighs four times as much as its ends.

    A beta on [low a, high b] with :math:`\alpha = 1 + 4(m-a)/(b-a)`,
    :math:`\beta = 1 + 4(b-m)/(b-a)`; mean :math:`\mu = (a + 4m + b) / 6`, variance
    :math:`(\mu - a)(b - \mu) / 7`. Mean of Malcolm, Roseboom, Clark & Fazar (1959); the variance
    is that of the beta itself, of which their :math:`((b-a)/6)^2` is an approximation. A range
    without width is a known value.

    Parameters
    ----------
    low, mode, high : float
        Lowest, most likely and highest value thought possible.

    Raises
    ------
    ParameterError
        If they are out of order or not finite.

    Examples
    --------
    >>> guess = pert(1, 3, 8)
    >>> guess.mean, round(guess.sd, 6)
    (3.5, 1.267731)
    >>> pert(776, 776, 776).ppf([0.1, 0.9])
    array([776., 776.])
    """
    _check_range("pert", low, mode, high)
    width, mean = high - low, (low + 4 * mode + high) / 6
    alpha = 1 + 4 * (mode - low) / width if width else 1.0
    return Distribution(
        "pert",
        {"low": low, "mode": mode, "high": high},
        mean=mean,
        variance=max((mean - low) * (high - mean), 0.0) / 7,
        quantile=lambda u: low + width * _beta_ppf(alpha, 6 - alpha, u),
    )


def lognormal(p10: float, p90: float) -> Distribution:
    r"""Make a positive value known by the points that 10 % and 90 % of the draws stay below.

    :math:`\mu = (\ln p_{10} + \ln p_{90}) / 2`,
    :math:`\sigma = (\ln p_{90} - \ln p_{10}) / 2.5631`.

    Parameters
    ----------
    p10, p90 : float
        Points with 0 < p10 < p90.

    Raises
    ------
    ParameterError
        If they are out of order, not positive or not finite.

    Examples
    --------
    >>> lognormal(50, 200).ppf([0.1, 0.5, 0.9]).round(6)
    array([ 50., 100., 200.])
    """
    if not (_are_finite(p10, p90) and 0 < p10 < p90):
        raise ParameterError(
            "p10, p90", "lognormal", "finite numbers with 0 < p10 < p90", (p10, p90)
        )
    mu = (math.log(p10) + math.log(p90)) / 2
    sigma = math.log(p90 / p10) / (2 * _Z90)
    mean = math.exp(mu + sigma**2 / 2)
    return Distribution(
        "lognormal",
        {"p10": p10, "p90": p90},
        mean=mean,
        variance=math.expm1(sigma**2) * mean**2,
        quantile=lambda u: np.exp(mu + sigma * ndtri(u)),
    )


def beta_share(mean: float, sd: float) -> Distribution:
    r"""Make a share between 0 and 1 known by its mean and standard deviation.

    The beta of these moments: :math:`\alpha + \beta = \mu(1-\mu)/\sigma^2 - 1`,
    :math:`\alpha = \mu(\alpha + \beta)`.

    Parameters
    ----------
    mean : float
        In (0, 1).
    sd : float
        In (0, sqrt(mean (1 - mean))).

    Raises
    ------
    ParameterError
        If no beta has these moments.

    Examples
    --------
    >>> share = beta_share(0.3, 0.1)
    >>> share.mean, round(share.sd, 6)
    (0.3, 0.1)
    >>> share.ppf([0.05, 0.95]).round(3)
    array([0.147, 0.476])
    """
    if not (_are_finite(mean, sd) and 0 < mean < 1 and 0 < sd < math.sqrt(mean * (1 - mean))):
        raise ParameterError(
            "mean, sd",
            "beta_share",
            "a mean in (0, 1) and an sd in (0, sqrt(mean (1 - mean)))",
            (mean, sd),
        )
    total = mean * (1 - mean) / sd**2 - 1
    return Distribution(
        "beta_share",
        {"mean": mean, "sd": sd},
        mean=mean,
        variance=sd**2,
        quantile=lambda u: _beta_ppf(mean * total, (1 - mean) * total, u),
    )


def as_distribution(known: Any) -> Distribution:
    """Take a distribution as it is, a number as known, and (low, mode, high) as a PERT.

    Raises
    ------
    ParameterError
        If it is none of these.

    Examples
    --------
    >>> as_distribution((1, 3, 8)), as_distribution(5)
    (pert(low=1, mode=3, high=8), fixed(value=5))
    """
    if isinstance(known, Distribution):
        return known
    if not isinstance(known, tuple | list):
        return fixed(known)
    if len(known) != 3:
        raise ParameterError("low, mode, high", "pert", "three numbers", known)
    return pert(*known)


def _are_finite(*values: object) -> bool:
    return all(isinstance(value, Real) and math.isfinite(value) for value in values)


def _check_range(owner: str, low: float, mode: float, high: float) -> None:
    if not (_are_finite(low, mode, high) and low <= mode <= high):
        expected = "finite numbers with low <= mode <= high"
        raise ParameterError("low, mode, high", owner, expected, (low, mode, high))


def _beta_ppf(alpha: float, beta: float, share: Floats) -> Floats:
    if share.size <= _TABLE_NODES:
        return np.asarray(betaincinv(alpha, beta, share))
    return np.asarray(_beta_table(alpha, beta)(share))


@lru_cache(maxsize=64)  # an estimate is drawn again and again: another way, another slider
def _beta_table(alpha: float, beta: float) -> PchipInterpolator:
    inner = expit(np.linspace(-_TABLE_LOGIT, _TABLE_LOGIT, _TABLE_NODES))
    nodes = np.concatenate(([0.0], inner, [1.0]))
    return PchipInterpolator(nodes, betaincinv(alpha, beta, nodes))
