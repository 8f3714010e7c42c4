"""Latent classes of choosers: expectation-maximisation over multinomial logits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import entr, logsumexp, softmax

from segkit.surveys.logit import (
    Floats,
    Tasks,
    chances,
    derivatives,
    fit_logit,
    one_thread,
    person_sums,
)

__all__ = ["Mixture", "fit_mixture"]

ROUGH_CYCLES, MOST_CYCLES = 15, 300
SETTLED = 1e-5
FARTHEST = 4.0
NEAR = 0.1  # log-likelihoods this close after the rough climb are one peak
PRIOR = 0.01
"""Precision of a normal prior, as in `fit_logit`: a small class can otherwise become certain."""
LEAST = 1e-12


@dataclass(frozen=True)
class Mixture:
    """Classes with utilities of their own.

    Attributes
    ----------
    shares : array of shape (k,)
    betas : array of shape (k, parameters)
    covariances : array of shape (k, parameters, parameters)
        Given the memberships.
    memberships : array of shape (persons, k)
    log_likelihood : float
    reached : int
        Starts that ended at about the best log-likelihood.
    """

    shares: Floats
    betas: Floats
    covariances: Floats
    memberships: Floats
    log_likelihood: float
    reached: int = 1

    @property
    def parameters(self) -> int:
        """Free parameters."""
        k, width = self.betas.shape
        return int(k * width + k - 1)

    @property
    def bic(self) -> float:
        """``-2 log L + q ln(persons)``: persons, not tasks, are independent."""
        persons = len(self.memberships)
        return -2 * self.log_likelihood + self.parameters * math.log(persons)

    @property
    def entropy(self) -> float:
        """Relative entropy: 1 where every membership is certain."""
        persons, k = self.memberships.shape
        if k == 1:
            return 1.0
        uncertain = float(entr(self.memberships).sum())
        return 1 - uncertain / (int(persons) * math.log(k))


def fit_mixture(tasks: Tasks, k: int, *, starts: int = 8, seed: int = 0) -> Mixture:
    """Climb from random memberships and finish the likeliest; the largest class comes first."""
    rng = np.random.default_rng(seed)
    pooled = fit_logit(tasks, prior=PRIOR).beta
    with one_thread():
        begun = []
        for _ in range(starts if k > 1 else 1):
            members = rng.dirichlet(np.full(k, 0.3), tasks.persons)
            begun.append(_climb(tasks, members, np.tile(pooled, (k, 1)), ROUGH_CYCLES))
        heights = np.array([height for *_, height in begun])
        members, betas, _ = begun[int(heights.argmax())]
        members, betas, height = _climb(tasks, members, betas, MOST_CYCLES)
        order = np.argsort(-members.sum(axis=0), kind="stable")
        members, betas = members[:, order], betas[order]
        fits = [
            fit_logit(tasks, weights=weight[tasks.person], start=beta, prior=PRIOR)
            for weight, beta in zip(members.T, betas, strict=True)
        ]
    return Mixture(
        shares=members.mean(axis=0),
        betas=np.array([fit.beta for fit in fits]),
        covariances=np.array([fit.clustered for fit in fits]),
        memberships=members,
        log_likelihood=height,
        reached=int((heights > heights.max() - NEAR).sum()),
    )


def _climb(
    tasks: Tasks, members: Floats, betas: Floats, cycles: int
) -> tuple[Floats, Floats, float]:
    """Repeat: a step of Newton's in each class, then memberships from what each likes."""
    before, precision = -np.inf, PRIOR * tasks.variances
    found = [chances(tasks, beta) for beta in betas]
    for _ in range(cycles):
        weights = members[tasks.person].T
        betas = np.array(
            [
                _moved(tasks, beta, chance, weight, precision)
                for beta, (chance, _), weight in zip(betas, found, weights, strict=True)
            ]
        )
        found = [chances(tasks, beta) for beta in betas]
        shares = np.maximum(members.mean(axis=0), LEAST)
        joint = np.log(shares) + np.column_stack([person_sums(tasks, logs) for _, logs in found])
        height = float(logsumexp(joint, axis=1).sum())
        members = softmax(joint, axis=1)
        if abs(height - before) < SETTLED:
            break
        before = height
    return members, betas, height


def _moved(tasks: Tasks, beta: Floats, chance: Floats, weight: Floats, precision: Floats) -> Floats:
    """Take one step, cut where it would move some utility too far for the quadratic to hold."""
    scores, information = derivatives(tasks, chance, weight)
    slope = scores.sum(axis=0) - precision * beta
    step = np.linalg.solve(information + np.diag(precision), slope)
    return np.asarray(
        beta + step * min(1.0, FARTHEST / max(np.abs(tasks.rows @ step).max(), LEAST))
    )
