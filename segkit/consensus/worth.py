"""Worth of items from choices: maximum likelihood, with errors that any two items share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import ndtr, ndtri
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.errors import DataError, ParameterError, check_share, nearest
from segkit.frames import JsonResult

__all__ = ["Choices", "Worths", "check_beaten", "check_options", "fit_worths"]

Numbers = NDArray[np.float64]

_STEPS, _HALVINGS = 200, 40
_DONE = 1e-9


@dataclass(frozen=True)
class Choices:
    """Choices, each one alternative out of several.

    The log odds of an alternative are its features times the parameters, plus its offset.

    Attributes
    ----------
    features : ndarray, shape (alternatives, parameters)
        The first parameters are the log worths of the items.
    offsets : ndarray, shape (alternatives,)
    starts : ndarray of int, shape (sets,)
        Where the alternatives of each set begin.
    times : ndarray, shape (sets,)
        How often a choice was made from the set.
    chosen : ndarray, shape (parameters,)
        Sum of the features of all that was chosen.
    """

    features: Numbers
    offsets: Numbers
    starts: NDArray[np.intp]
    times: Numbers
    chosen: Numbers


@dataclass(frozen=True, eq=False)
class Worths(JsonResult):
    """Worth of items on a scale where the odds of a over b are worth of a / worth of b.

    Attributes
    ----------
    table : DataFrame
        One row an item, the best first: `item, worth` (sums to 1: the chance to be chosen first
        among all), `log_worth` (mean 0, or 0 for the reference), `standard_error, low, high`,
        `quasi_error` (two items differ by about the root of the sum of their squares: Firth & de
        Menezes 2004) and `rank`.
    covariance : DataFrame
        Of the log worths.
    tie_strength, tie_error : float
        Davidson's nu and its standard error; NaN without ties. Two equal items tie with the
        chance nu / (2 + nu).
    log_likelihood : float
    model : str
    ridge, confidence : float
    notes : tuple of str
    """

    table: pd.DataFrame
    covariance: pd.DataFrame = field(metadata={"json": False})
    tie_strength: float
    tie_error: float
    log_likelihood: float
    model: str
    ridge: float
    confidence: float
    notes: tuple[str, ...]

    @property
    def worth(self) -> pd.Series[float]:
        """Worth of each item, by name, the best first; they sum to 1."""
        return self.table.set_index("item")["worth"]

    @property
    def log_worth(self) -> pd.Series[float]:
        """Log worth of each item, by name, the best first."""
        return self.table.set_index("item")["log_worth"]

    @property
    def standard_error(self) -> pd.Series[float]:
        """Standard error of each log worth, by name, the best first."""
        return self.table.set_index("item")["standard_error"]

    def difference(self, one: str, other: str) -> dict[str, float]:
        """Compare two items: difference of log worths, its error, interval and p-value.

        Raises
        ------
        DataError
            If an item is unknown.
        """
        names = list(self.covariance.columns)
        for name in (one, other):
            if name not in names:
                raise DataError(f"No item {name!r}.{nearest(name, names)}")
        apart = float(self.log_worth[one] - self.log_worth[other])
        sign = np.array([(name == one) - float(name == other) for name in names])
        error = float(np.sqrt(max(sign @ self.covariance.to_numpy() @ sign, 0.0)))
        half = float(ndtri((1 + self.confidence) / 2)) * error
        p = float(2 * ndtr(-abs(apart) / error)) if error else 1.0
        return {
            "difference": apart,
            "standard_error": error,
            "low": apart - half,
            "high": apart + half,
            "p_value": p,
        }


def check_options(
    owner: str, items: Sequence[str], reference: str | None, ridge: float, confidence: float
) -> None:
    """Refuse options out of bounds.

    Raises
    ------
    ParameterError
    """
    if not 0 <= ridge < np.inf:
        raise ParameterError("ridge", owner, "a number in [0, inf)", ridge)
    check_share("confidence", owner, confidence)
    if reference is not None and reference not in items:
        expected = f"one of {', '.join(items)}"
        raise ParameterError("reference", owner, expected, reference)


def check_beaten(beats: Numbers, items: Sequence[str], what: str) -> None:
    """Refuse items whose worth has no finite estimate: some group never loses to the rest.

    A finite maximum exists where in every split of the items each side beats the other at least
    once (Ford 1957).

    Raises
    ------
    DataError
    """
    graph = csr_array(beats > 0)
    parts, part = connected_components(graph, directed=False)
    if parts > 1:
        groups = [_listed(items, part == number) for number in range(parts)]
        raise DataError(
            f"{what}: nobody compared {' with '.join(groups)}. Compare at least two across these "
            "groups, or give ridge=1.0, which takes unknown items as average."
        )
    parts, part = connected_components(graph, connection="strong")
    if parts > 1:
        always = [
            _listed(items, part == number)
            for number in range(parts)
            if not (beats[np.ix_(part != number, part == number)] > 0).any()
        ]
        raise DataError(
            f"{what}: {' and '.join(always)} never loses to the rest, so that its worth has no "
            "upper bound. Collect more comparisons, or give ridge=1.0, which draws all together."
        )


def _listed(items: Sequence[str], among: NDArray[np.bool_]) -> str:
    names = [name for name, inside in zip(items, among, strict=True) if inside]
    return f"({', '.join(names[:5])}{', ...' if len(names) > 5 else ''})"


def fit_worths(
    choices: Choices,
    items: Sequence[str],
    *,
    model: str,
    reference: str | None,
    ridge: float,
    confidence: float,
    notes: Sequence[str],
) -> Worths:
    """Fit log worths by Newton's method; a ridge adds -ridge / 2 x the sum of their squares."""
    n = len(items)
    with threadpool_limits(1):
        theta, likelihood, information = _newton(choices, n, ridge)
        # Only differences are known: the generalised inverse has the log worths sum to 0.
        covariance = np.linalg.pinv(information, hermitian=True)
    base = np.full(n, 1 / n) if reference is None else np.eye(n)[list(items).index(reference)]
    to_base = np.eye(n) - base
    logs = to_base @ theta[:n]
    spread = to_base @ covariance[:n, :n] @ to_base.T
    errors = np.sqrt(np.maximum(np.diag(spread), 0.0))
    half = float(ndtri((1 + confidence) / 2)) * errors
    worth = np.exp(logs - logs.max())
    table = pd.DataFrame(
        {
            "item": list(items),
            "worth": worth / worth.sum(),
            "log_worth": logs,
            "standard_error": errors,
            "low": logs - half,
            "high": logs + half,
            "quasi_error": _quasi_errors(spread),
            "rank": pd.Series(-logs.round(9)).rank(method="min").astype(int),
        }
    )
    ties = len(theta) > n
    nu = float(np.exp(theta[n])) if ties else float("nan")
    if ridge:
        notes = (*notes, f"Log worths are drawn together (ridge {ridge:g}).")
    return Worths(
        table=table.sort_values("rank", kind="stable", ignore_index=True),
        covariance=pd.DataFrame(spread, index=list(items), columns=list(items)),
        tie_strength=nu,
        tie_error=nu * float(np.sqrt(covariance[n, n])) if ties else float("nan"),
        log_likelihood=likelihood,
        model=model,
        ridge=ridge,
        confidence=confidence,
        notes=tuple(notes),
    )


def _newton(choices: Choices, n: int, ridge: float) -> tuple[Numbers, float, Numbers]:
    penalty = np.zeros(len(choices.chosen))
    penalty[:n] = ridge
    theta = np.zeros(len(choices.chosen))
    value, likelihood, slope, information = _derivatives(choices, theta, penalty)
    for _ in range(_STEPS):
        step = np.linalg.pinv(information, hermitian=True) @ slope
        if float(slope @ step) < _DONE**2 * max(1.0, abs(value)):
            break
        # The likelihood is concave: a step too long is halved until it climbs.
        for _ in range(_HALVINGS):
            tried = _derivatives(choices, theta + step, penalty)
            if tried[0] >= value:
                break
            step = step / 2
        if tried[0] < value:  # no digit is left to climb by
            break
        theta = theta + step
        value, likelihood, slope, information = tried
    return theta, likelihood, information


def _derivatives(
    choices: Choices, theta: Numbers, penalty: Numbers
) -> tuple[float, float, Numbers, Numbers]:
    """Give the penalised and the plain log likelihood, its slope and its curvature."""
    sets = np.repeat(
        np.arange(len(choices.starts)),
        np.diff(np.append(choices.starts, len(choices.features))),
    )
    logits = choices.features @ theta + choices.offsets
    top = np.maximum.reduceat(logits, choices.starts)
    odds = np.exp(logits - top[sets])
    sums = np.add.reduceat(odds, choices.starts)
    chances = odds / sums[sets]
    weighted = choices.features * chances[:, None]
    means = np.add.reduceat(weighted, choices.starts, axis=0)
    likelihood = float(choices.chosen @ theta - choices.times @ (np.log(sums) + top))
    slope = choices.chosen - choices.times @ means - penalty * theta
    second = (weighted * choices.times[sets][:, None]).T @ choices.features
    information = second - (means * choices.times[:, None]).T @ means + np.diag(penalty)
    return likelihood - float(penalty @ theta**2) / 2, likelihood, slope, information


def _quasi_errors(covariance: Numbers) -> Numbers:
    """Find variances whose sums are nearest, in ratio, to those of all differences."""
    n = len(covariance)
    if n < 3:
        return np.full(n, np.nan)
    i, j = np.triu_indices(n, 1)
    variances = np.diag(covariance)
    apart = variances[i] + variances[j] - 2 * covariance[i, j]
    if not (apart > 0).all():
        return np.full(n, np.nan)

    def misses(logs: Numbers) -> Numbers:
        quasi = np.exp(logs)
        return np.asarray(np.log((quasi[i] + quasi[j]) / apart))

    start = np.full(n, np.log(apart.mean() / 2))
    return np.asarray(np.exp(least_squares(misses, start, xtol=1e-12, ftol=1e-12).x / 2))
