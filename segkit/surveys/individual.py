"""Utilities of each person, shrunk towards the others': empirical Bayes."""

from __future__ import annotations

import numpy as np

from segkit.surveys.logit import Floats, Tasks, fit_logit, group_sums, one_thread, person_sums

__all__ = ["shrunken_utilities"]

CYCLES = 60
SETTLED = 1e-3
FARTHEST, LEAST = 2.0, 1e-12
PRIOR_VARIANCE = 1.0  # of a column scaled to deviation 1
PRIOR_PERSONS = 1.0  # the prior variance counts as much as one person


def shrunken_utilities(tasks: Tasks) -> tuple[Floats, Floats, Floats]:
    """Estimate each person's coefficients, normal around those of all.

    The mean and covariance of the normal distribution are estimated from the same choices, each
    person's posterior taken as normal at its mode (expectation-maximisation with Laplace's
    approximation). Whoever answered little is moved most.

    Returns
    -------
    tuple of arrays
        Coefficients of each person, shape (persons, parameters); the log-likelihood of their
        choices at these; and that of somebody of this population, whose coefficients are not
        known (Laplace's approximation), which no fit to chance can raise.
    """
    with one_thread():
        offers = _Offers(tasks)
        mean = fit_logit(tasks).beta
        prior = np.diag(PRIOR_VARIANCE / tasks.variances)
        covariance: Floats = prior
        betas = np.tile(mean, (tasks.persons, 1))
        for _ in range(CYCLES):
            precision = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
            betas, spread = offers.step(betas, mean, precision)
            mean = betas.mean(axis=0)
            apart = betas - mean
            total = apart.T @ apart + spread.sum(axis=0) + PRIOR_PERSONS * prior
            before, covariance = covariance, total / (tasks.persons + PRIOR_PERSONS)
            spread_of = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
            if (np.abs(covariance - before) / spread_of).max() < SETTLED:
                break
        logs = person_sums(tasks, np.log(offers.chance(betas).ravel()[offers.chosen]))
        apart = betas - mean
        distance = np.einsum("pi,ij,pj->p", apart, np.linalg.inv(covariance), apart)
        volume = np.linalg.slogdet(spread)[1] - np.linalg.slogdet(covariance)[1]
    return betas, logs, logs + (volume - distance) / 2


class _Offers:
    """What each person was offered, padded to the longest: shape (persons, rows, parameters)."""

    def __init__(self, tasks: Tasks) -> None:
        sizes = tasks.sizes
        owner = np.repeat(tasks.person, sizes)
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        counts = np.diff(np.append(first, len(owner)))
        place = np.arange(len(owner)) - np.repeat(first, counts)
        longest = int(counts.max())
        self.rows = np.zeros((tasks.persons, longest, tasks.rows.shape[1]))
        self.rows[owner, place] = tasks.rows
        self.flat = owner * longest + place
        self.chosen = self.flat[tasks.chosen]
        self.starts, self.sizes, self.task_person = tasks.starts, sizes, tasks.person
        self.tasks = tasks
        self.taken = person_sums(tasks, tasks.rows[tasks.chosen])

    def chance(self, betas: Floats) -> Floats:
        """Give the chance of each row; 0 where there is none."""
        all_utility = np.matmul(self.rows, betas[:, :, None])[:, :, 0]
        utility = all_utility.ravel()[self.flat]
        utility = utility - np.repeat(np.maximum.reduceat(utility, self.starts), self.sizes)
        power = np.exp(utility)
        power /= np.repeat(np.add.reduceat(power, self.starts), self.sizes)
        full = np.zeros(all_utility.shape)
        full.ravel()[self.flat] = power
        return full

    def step(self, betas: Floats, mean: Floats, precision: Floats) -> tuple[Floats, Floats]:
        """Take a step of Newton's towards each posterior mode; give the posterior covariances."""
        chance = self.chance(betas)
        weighted = self.rows * chance[:, :, None]
        flat = weighted.reshape(-1, weighted.shape[2])[self.flat]
        expected = group_sums(self.starts, flat)
        gone = self.taken - person_sums(self.tasks, expected)
        information = np.matmul(self.rows.transpose(0, 2, 1), weighted)
        information -= self._squares(expected)
        inverse = np.linalg.inv(information + precision)
        slope = gone - (betas - mean) @ precision
        move = np.matmul(inverse, slope[:, :, None])
        # Cut where it would move some utility too far for the quadratic to hold.
        reach = np.abs(np.matmul(self.rows, move)).max(axis=1)
        return betas + (move * np.minimum(1, FARTHEST / np.maximum(reach, LEAST))[:, None])[
            :, :, 0
        ], inverse

    def _squares(self, expected: Floats) -> Floats:
        """Add up the outer products of each person's tasks."""
        first = np.flatnonzero(np.diff(self.task_person, prepend=-1))
        counts = np.diff(np.append(first, len(expected)))
        place = np.arange(len(expected)) - np.repeat(first, counts)
        padded = np.zeros((len(counts), int(counts.max()), expected.shape[1]))
        padded[self.task_person, place] = expected
        return np.asarray(np.matmul(padded.transpose(0, 2, 1), padded))
