"""What is known of an input: the distributions that a market estimate draws from."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator
from scipy.special import betaincinv, expit, ndtri

from segkit.errors import ParameterError

__all__ = ["PERT", "BetaShare", "Distribution", "Fixed", "Lognormal", "Triangular", "from_range"]

Floats = NDArray[np.float64]

_Z90 = float(ndtri(0.9))
# Quantiles of a beta cost 1.6 microseconds each. Larger requests are read from a table whose
# nodes lie evenly in the logit of u, where the tails of every beta are smooth.
_TABLE_NODES = 4096
_TABLE_LOGIT = 24.0


class Distribution(ABC):
    """What is known of one input."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """Expected value."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """Expected squared distance from the mean."""

    @abstractmethod
    def ppf(self, u: ArrayLike) -> Floats:
        """Give the values below which the shares `u` (0..1, any shape) of the draws lie."""

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return math.sqrt(self.variance)


@dataclass(frozen=True, slots=True)
class Fixed(Distribution):
    """A value that is known.

    Examples
    --------
    >>> Fixed(16_591).mean, Fixed(16_591).variance
    (16591, 0.0)
    """

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ParameterError("value", "Fixed", "a finite number", self.value)

    @property
    def mean(self) -> float:
        """The value."""
        return self.value

    @property
    def variance(self) -> float:
        """Always 0."""
        return 0.0

    def ppf(self, u: ArrayLike) -> Floats:
        """Give the value, whatever the shares `u`."""
        return np.full(np.shape(u), float(self.value))


@dataclass(frozen=True, slots=True)
class Triangular(Distribution):
    r"""A range whose density rises in a straight line to the mode and falls again.

    Mean :math:`(a + m + b) / 3`, variance
    :math:`(a^2 + m^2 + b^2 - am - ab - mb) / 18` for low a, mode m and high b.

    Examples
    --------
    >>> guess = Triangular(1, 3, 8)
    >>> guess.mean, round(guess.sd, 5)
    (4.0, 1.47196)
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self, self.low, self.mode, self.high)

    @property
    def mean(self) -> float:
        """Expected value."""
        return (self.low + self.mode + self.high) / 3

    @property
    def variance(self) -> float:
        """Expected squared distance from the mean."""
        left, right = self.mode - self.low, self.high - self.mode
        return (left**2 + left * right + right**2) / 18

    def ppf(self, u: ArrayLike) -> Floats:
        """Give the values below which the shares `u` of the draws lie."""
        share = np.asarray(u, dtype=float)
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(share * width * left)
        falling = self.high - np.sqrt((1 - share) * width * right)
        return np.where(share * width < left, rising, falling)


@dataclass(frozen=True, slots=True)
class PERT(Distribution):
    r"""A range whose mode weighs four times as much as its ends.

    A beta on [low a, high b] with :math:`\alpha = 1 + 4(m-a)/(b-a)`,
    :math:`\beta = 1 + 4(b-m)/(b-a)`; mean :math:`\mu = (a + 4m + b) / 6`, variance
    :math:`(\mu - a)(b - \mu) / 7`. Mean of Malcolm, Roseboom, Clark & Fazar (1959); the variance
    is that of the beta itself, of which their :math:`((b-a)/6)^2` is an approximation.

    Examples
    --------
    >>> guess = PERT(1, 3, 8)
    >>> guess.mean, round(guess.sd, 6)
    (3.5, 1.267731)
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self, self.low, self.mode, self.high)

    @property
    def mean(self) -> float:
        """Expected value."""
        return (self.low + 4 * self.mode + self.high) / 6

    @property
    def variance(self) -> float:
        """Expected squared distance from the mean."""
        return (self.mean - self.low) * (self.high - self.mean) / 7

    def ppf(self, u: ArrayLike) -> Floats:
        """Give the values below which the shares `u` of the draws lie; see `BetaShare.ppf`."""
        width = self.high - self.low
        alpha = 1 + 4 * (self.mode - self.low) / width
        return self.low + width * _beta_ppf(alpha, 6 - alpha, u)


@dataclass(frozen=True, slots=True)
class Lognormal(Distribution):
    r"""A positive value known by the points that 10 % and 90 % of the draws stay below.

    :math:`\mu = (\ln p_{10} + \ln p_{90}) / 2`,
    :math:`\sigma = (\ln p_{90} - \ln p_{10}) / 2.5631`.

    Examples
    --------
    >>> Lognormal(50, 200).ppf([0.1, 0.5, 0.9]).round(6)
    array([ 50., 100., 200.])
    """

    p10: float
    p90: float

    def __post_init__(self) -> None:
        if not 0 < self.p10 < self.p90 < math.inf:
            raise ParameterError(
                "p10, p90", "Lognormal", "finite numbers with 0 < p10 < p90", (self.p10, self.p90)
            )

    @property
    def _mu(self) -> float:
        return (math.log(self.p10) + math.log(self.p90)) / 2

    @property
    def _sigma(self) -> float:
        return math.log(self.p90 / self.p10) / (2 * _Z90)

    @property
    def mean(self) -> float:
        """Expected value."""
        return math.exp(self._mu + self._sigma**2 / 2)

    @property
    def variance(self) -> float:
        """Expected squared distance from the mean."""
        return math.expm1(self._sigma**2) * self.mean**2

    def ppf(self, u: ArrayLike) -> Floats:
        """Give the values below which the shares `u` of the draws lie."""
        return np.asarray(np.exp(self._mu + self._sigma * ndtri(np.asarray(u, dtype=float))))


@dataclass(frozen=True, slots=True)
class BetaShare(Distribution):
    r"""A share between 0 and 1 known by its mean and standard deviation.

    The beta of these moments: :math:`\alpha + \beta = \mu(1-\mu)/\sigma^2 - 1`,
    :math:`\alpha = \mu(\alpha + \beta)`.

    Examples
    --------
    >>> share = BetaShare(0.3, 0.1)
    >>> share.mean, round(share.sd, 6)
    (0.3, 0.1)
    >>> share.ppf([0.05, 0.95]).round(3)
    array([0.147, 0.476])
    """

    # field() keeps dataclass from taking the properties of the base for defaults.
    mean: float = field()
    sd: float = field()

    def __post_init__(self) -> None:
        if not (0 < self.mean < 1 and 0 < self.sd**2 < self.mean * (1 - self.mean)):
            raise ParameterError(
                "mean, sd",
                "BetaShare",
                "a mean in (0, 1) and an sd in (0, sqrt(mean (1 - mean)))",
                (self.mean, self.sd),
            )

    @property
    def variance(self) -> float:
        """Expected squared distance from the mean."""
        return self.sd**2

    def ppf(self, u: ArrayLike) -> Floats:
        """Give the values below which the shares `u` of the draws lie.

        Exact for up to 4,096 shares; more are read from a table of exact quantiles, within
        1e-6 standard deviations.
        """
        total = self.mean * (1 - self.mean) / self.variance - 1
        return _beta_ppf(self.mean * total, (1 - self.mean) * total, u)


def from_range(low: float, mode: float, high: float, shape: str = "pert") -> Distribution:
    """Make a distribution of a range; one without width is a `Fixed` value.

    Parameters
    ----------
    low, mode, high : float
        Lowest, most likely and highest value thought possible.
    shape : {"pert", "triangular"}
        How the values between them are weighed.

    Raises
    ------
    ParameterError
        If the range is out of order or `shape` is unknown.

    Examples
    --------
    >>> from_range(1, 3, 8)
    PERT(low=1, mode=3, high=8)
    >>> from_range(776, 776, 776)
    Fixed(value=776)
    """
    shapes = {"pert": PERT, "triangular": Triangular}
    if shape not in shapes:
        raise ParameterError("shape", "from_range", f"one of {sorted(shapes)}", shape)
    return Fixed(low) if low == mode == high else shapes[shape](low, mode, high)


def _check_range(owner: object, low: float, mode: float, high: float) -> None:
    finite = all(math.isfinite(value) for value in (low, mode, high))
    if not (finite and low <= mode <= high and low < high):
        expected = "finite numbers with low <= mode <= high and low < high"
        raise ParameterError("low, mode, high", type(owner).__name__, expected, (low, mode, high))


def _beta_ppf(alpha: float, beta: float, u: ArrayLike) -> Floats:
    share = np.asarray(u, dtype=float)
    if share.size <= _TABLE_NODES:
        return np.asarray(betaincinv(alpha, beta, share))
    inner = expit(np.linspace(-_TABLE_LOGIT, _TABLE_LOGIT, _TABLE_NODES))
    nodes = np.concatenate(([0.0], inner, [1.0]))
    return np.asarray(PchipInterpolator(nodes, betaincinv(alpha, beta, nodes))(share))
