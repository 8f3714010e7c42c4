"""The multinomial logit: one row chosen from each task, by Newton's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.errors import DataError

__all__ = [
    "Floats",
    "Ints",
    "LogitFit",
    "Tasks",
    "chances",
    "check_rank",
    "derivatives",
    "fit_logit",
    "group_sums",
    "one_thread",
    "person_sums",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

MOST_STEPS = 100
PIECE = 8192  # rows that the processor's cache holds: no second copy of all rows is made
SETTLED = 1e-10  # what another step could still add to the log-likelihood
ALIKE = 1e-9  # least eigenvalue, as a share of one, below which columns repeat each other
BOUNDLESS = 100.0  # standard error of a column scaled to deviation 1 that no honest data leave
WEAK_PRIOR = 1 / 9
"""Precision of a normal prior for what the choices do not bound: a standard deviation of 3 where
a column is scaled to deviation 1."""
ENOUGH_PERSONS = 30  # fewer clusters give standard errors that are too small


@dataclass(frozen=True)
class Tasks:
    """Choices of one row from each task.

    Attributes
    ----------
    rows : array of shape (rows, parameters)
        What was on offer, task after task.
    starts : array of int, shape (tasks,)
        First row of each task.
    chosen : array of int, shape (tasks,)
        The row that was chosen.
    person : array of int, shape (tasks,)
        Who chose, from 0; tasks of one person stand together.
    """

    rows: Floats
    starts: Ints
    chosen: Ints
    person: Ints

    @property
    def persons(self) -> int:
        """How many chose."""
        return int(self.person.max()) + 1

    @property
    def sizes(self) -> Ints:
        """Rows of each task."""
        return np.diff(np.append(self.starts, len(self.rows)))

    @property
    def variances(self) -> Floats:
        """Of the columns."""
        mean, pieces = self.rows.mean(axis=0), _pieces(len(self.rows))
        squares = np.sum([((self.rows[at] - mean) ** 2).sum(axis=0) for at in pieces], axis=0)
        return np.asarray(squares / len(self.rows))

    def of_persons(self, keep: NDArray[np.bool_]) -> Tasks:
        """Keep the tasks of the persons flagged, who are numbered anew."""
        tasks, sizes = keep[self.person], self.sizes
        starts = np.cumsum(sizes[tasks]) - sizes[tasks]
        number = np.cumsum(keep) - 1
        return Tasks(
            self.rows[np.repeat(tasks, sizes)],
            starts.astype(np.intp),
            (starts + (self.chosen - self.starts)[tasks]).astype(np.intp),
            number[self.person[tasks]],
        )

    @property
    def null_log_likelihood(self) -> float:
        """What blind choices would reach."""
        return -float(np.log(self.sizes).sum())


@dataclass(frozen=True)
class LogitFit:
    """A fitted multinomial logit.

    Attributes
    ----------
    beta : array of shape (parameters,)
    covariance : array of shape (parameters, parameters)
        Inverse of the information.
    clustered : array of shape (parameters, parameters)
        Sandwich over persons, whose choices are not independent; the inverse information where
        fewer than 30 chose.
    log_likelihood : float
    bounded : bool
        False where the choices alone set no bound, so that a weak prior did.
    """

    beta: Floats
    covariance: Floats
    clustered: Floats
    log_likelihood: float
    bounded: bool = True


def one_thread() -> Any:
    """Compute on one thread: sums then have the same digits on every machine."""
    return threadpool_limits(1)


def chances(tasks: Tasks, beta: Floats) -> tuple[Floats, Floats]:
    """Give the chance of each row, and the log-likelihood of each task."""
    sizes = tasks.sizes
    utility = tasks.rows @ beta
    utility -= np.repeat(np.maximum.reduceat(utility, tasks.starts), sizes)
    power = np.exp(utility)
    total = np.add.reduceat(power, tasks.starts)
    power /= np.repeat(total, sizes)
    return power, utility[tasks.chosen] - np.log(total)


def group_sums(starts: Ints, values: Floats, weights: Floats | None = None) -> Floats:
    """Add up rows, perhaps weighted, of groups that stand together.

    A sparse product: `np.add.reduceat` over rows of a few columns takes ten times as long.

    Examples
    --------
    >>> group_sums(np.array([0, 2]), np.array([[1.0], [2.0], [3.0]])).tolist()
    [[3.0], [3.0]]
    """
    weights = np.ones(len(values)) if weights is None else weights
    ends = np.append(starts, len(values))
    sums = csr_array((weights, np.arange(len(values)), ends), shape=(len(starts), len(values)))
    return np.asarray(sums @ values)


def person_sums(tasks: Tasks, values: Floats) -> Floats:
    """Add up what belongs to the tasks of each person."""
    return group_sums(np.flatnonzero(np.diff(tasks.person, prepend=-1)), values)


def derivatives(tasks: Tasks, chance: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
    """Give the score of each task, and the information of all."""
    expected = group_sums(tasks.starts, tasks.rows, chance)
    scores, weighted = tasks.rows[tasks.chosen] - expected, expected
    if weights is not None:
        chance = chance * np.repeat(weights, tasks.sizes)
        scores, weighted = scores * weights[:, None], expected * weights[:, None]
    return scores, _products(tasks.rows, chance) - expected.T @ weighted


def _products(rows: Floats, weights: Floats) -> Floats:
    """Add up the weighted outer products of rows."""
    products = [rows[at].T @ (rows[at] * weights[at, None]) for at in _pieces(len(rows))]
    return np.asarray(np.sum(products, axis=0))


def _pieces(rows: int) -> list[slice]:
    return [slice(at, at + PIECE) for at in range(0, rows, PIECE)]


def fit_logit(
    tasks: Tasks,
    *,
    weights: Floats | None = None,
    start: Floats | None = None,
    prior: float = 0.0,
    steps: int = MOST_STEPS,
) -> LogitFit:
    """Maximise the likelihood, which is concave.

    Parameters
    ----------
    tasks : Tasks
    weights : array of shape (tasks,), optional
    start : array of shape (parameters,), optional
    prior : float
        Precision of a normal prior around 0 for columns scaled to deviation 1, whatever their
        unit; where 0 sets no bound, a weak one takes its place.
    steps : int
        Most steps.
    """
    with one_thread():
        beta = np.zeros(tasks.rows.shape[1]) if start is None else start
        precision = prior * tasks.variances if prior else np.zeros(len(beta))
        beta, logs, scores, information = _climb(tasks, beta, weights, precision, steps)
        if prior == 0.0 and not _is_bounded(tasks, information):
            bound = fit_logit(tasks, weights=weights, prior=WEAK_PRIOR, steps=steps)
            return LogitFit(
                bound.beta, bound.covariance, bound.clustered, bound.log_likelihood, bounded=False
            )
        covariance = _inverse(information + np.diag(precision))
        clustered = _clustered(tasks, scores, covariance)
    likelihood = float(logs.sum() if weights is None else logs @ weights)
    return LogitFit(beta, covariance, clustered, likelihood)


def _climb(
    tasks: Tasks, beta: Floats, weights: Floats | None, precision: Floats, steps: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give the top, and there the log-likelihoods and scores of tasks and the information."""

    def height(at: Floats, logs: Floats) -> float:
        whole = logs.sum() if weights is None else logs @ weights
        return float(whole - precision @ (at * at) / 2)

    chance, logs = chances(tasks, beta)
    now = height(beta, logs)
    for _ in range(steps):
        scores, information = derivatives(tasks, chance, weights)
        slope = scores.sum(axis=0) - precision * beta
        step = _inverse(information + np.diag(precision)) @ slope
        if slope @ step < SETTLED:
            break
        for _ in range(30):
            chance, logs = chances(tasks, beta + step)
            if height(beta + step, logs) >= now:
                break
            step = step / 2
        beta = beta + step
        now = height(beta, logs)
    else:
        scores, information = derivatives(tasks, chance, weights)
    return beta, logs, scores, information


def _inverse(information: Floats) -> Floats:
    """Invert, scaled: columns may be counted in cents or in millions."""
    scale = np.sqrt(np.maximum(np.diag(information), np.finfo(float).tiny))
    return np.asarray(
        np.linalg.pinv(information / np.outer(scale, scale), hermitian=True)
        / np.outer(scale, scale)
    )


def _is_bounded(tasks: Tasks, information: Floats) -> bool:
    deviation = np.sqrt(tasks.variances)
    scaled = information / np.outer(deviation, deviation)
    return float(np.linalg.eigvalsh(scaled).min()) > BOUNDLESS**-2


def _clustered(tasks: Tasks, scores: Floats, covariance: Floats) -> Floats:
    persons = tasks.persons
    if persons < ENOUGH_PERSONS:
        return covariance
    total = person_sums(tasks, scores)
    return np.asarray(covariance @ (total.T @ total) @ covariance * persons / (persons - 1))


def check_rank(tasks: Tasks, names: Sequence[Any]) -> None:
    """Refuse columns that the tasks cannot tell apart.

    Raises
    ------
    DataError
        Naming them.
    """
    sizes = tasks.sizes
    _, information = derivatives(tasks, 1 / np.repeat(sizes, sizes).astype(float), None)
    scale = np.sqrt(np.diag(information))
    still = [str(name) for name, spread in zip(names, scale, strict=True) if not spread > 0]
    if still:
        raise DataError(
            f"{', '.join(still)} never differ within a task, so that choices say nothing of them. "
            "Leave them out."
        )
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    if values[0] < ALIKE:
        far = np.abs(vectors[:, 0]) > 0.1
        bound = [str(name) for name, doubled in zip(names, far, strict=True) if doubled]
        raise DataError(
            f"{', '.join(bound)} repeat each other in every task; the choices cannot tell them "
            "apart. Leave one out, or vary them independently in the design."
        )
