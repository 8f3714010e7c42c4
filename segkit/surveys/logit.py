"""The multinomial logit: one row chosen from each task, by Newton's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
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
    "one_thread",
    "person_sums",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

MOST_STEPS = 100
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
        return np.asarray(self.rows.var(axis=0))

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


def person_sums(tasks: Tasks, values: Floats) -> Floats:
    """Add up what belongs to the tasks of each person."""
    first = np.flatnonzero(np.diff(tasks.person, prepend=-1))
    return np.asarray(np.add.reduceat(values, first, axis=0))


def derivatives(tasks: Tasks, chance: Floats, weights: Floats | None) -> tuple[Floats, Floats]:
    """Give the score of each task, and the information of all."""
    weighted = tasks.rows * chance[:, None]
    expected = np.add.reduceat(weighted, tasks.starts, axis=0)
    scores = tasks.rows[tasks.chosen] - expected
    if weights is None:
        return scores, tasks.rows.T @ weighted - expected.T @ expected
    weighted *= np.repeat(weights, tasks.sizes)[:, None]
    information = tasks.rows.T @ weighted - expected.T @ (expected * weights[:, None])
    return scores * weights[:, None], information


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
        beta = _climb(tasks, beta, weights, precision, steps)
        chance, logs = chances(tasks, beta)
        scores, information = derivatives(tasks, chance, weights)
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
) -> Floats:
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
    return beta


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
