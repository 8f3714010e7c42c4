"""Latent class model: expectation-maximisation on the distinct patterns of answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

__all__ = ["Mixture", "Patterns", "best_fit", "errors"]

Numbers = NDArray[np.float64]

LEAST = 1e-12  # a probability of 0 must not become the logarithm of 0
LARGEST = 300.0
FARTHEST = 1e3
MOST_CYCLES = 2_000
ROUGH, FINE = 1e-4, 1e-9
NEAR = 0.1  # log-likelihoods this close after the rough climb are one peak


@dataclass(frozen=True)
class Patterns:
    """Distinct answers to all items and how many gave them.

    Attributes
    ----------
    answers : array of 0 and 1, shape (patterns, levels of all items)
        An item without an answer is 0 at all its levels.
    counts : array of shape (patterns,)
    starts : array of int, shape (items,)
        Where the levels of each item begin.
    """

    answers: Numbers
    counts: Numbers
    starts: NDArray[np.intp]

    def per_item(self, values: Numbers) -> Numbers:
        """Sum over the levels of each item and spread the sums over them again."""
        sums = np.add.reduceat(values, self.starts, axis=-1)
        lengths = np.diff([*self.starts, self.answers.shape[1]])
        return np.repeat(sums, lengths, axis=-1)


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture of independent answers.

    Attributes
    ----------
    shares : array of shape (k,)
    probabilities : array of shape (k, levels of all items)
        Of each answer in each class; they add up to 1 over an item.
    log_likelihood : float
    reached : int
        Starts that ended at about the best log-likelihood.
    """

    shares: Numbers
    probabilities: Numbers
    log_likelihood: float
    reached: int = 1

    def joint(self, answers: Numbers) -> Numbers:
        """Give log(share x probability of the answers), shape (rows, k)."""
        logs = np.log(np.maximum(self.probabilities, LEAST))
        return np.asarray(answers @ logs.T + np.log(np.maximum(self.shares, LEAST)))


def best_fit(data: Patterns, k: int, *, starts: int, seed: int) -> Mixture:
    """Climb from random memberships, from all starts at once, and finish the likeliest."""
    rng = np.random.default_rng(seed)
    members = rng.dirichlet(np.ones(k), (len(data.counts), starts if k > 1 else 1))
    ends, heights = _climb(data, _maximise(data, members), ROUGH)
    best = int(heights.argmax())
    top, height = _climb(data, ends[[best]], FINE)
    shares, probabilities = np.exp(top[0, :, 0]), np.exp(top[0, :, 1:])
    reached = int((heights > heights[best] - NEAR).sum())
    order = np.argsort(-shares, kind="stable")
    return Mixture(shares[order], probabilities[order], float(height[0]), reached)


def _climb(data: Patterns, now: Numbers, tolerance: float) -> tuple[Numbers, Numbers]:
    """Climb until no start gains more than `tolerance` of log-likelihood in a cycle."""
    for _ in range(MOST_CYCLES):
        now, before, likelihood = _leap(data, now)
        if (likelihood - before).max() < tolerance:
            break
    return now, likelihood


def _leap(data: Patterns, start: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Take two steps of EM and a leap along them, back to the steps where it leads down.

    SQUAREM (Varadhan & Roland 2008, Scandinavian Journal of Statistics 35), in logarithms.
    """
    one, before = _step(data, start)
    two, after_one = _step(data, one)
    first, bend = one - start, two - 2 * one + start
    lengths = [np.sqrt((move * move).sum(axis=(1, 2), keepdims=True)) for move in (first, bend)]
    reach = np.clip(lengths[0] / np.maximum(lengths[1], LEAST), 1, FARTHEST)
    leapt, likelihood = _step(data, _normal(data, start + 2 * reach * first + reach**2 * bend))
    worse = ~(likelihood >= after_one)
    leapt[worse] = two[worse]
    return leapt, before, np.where(worse, after_one, likelihood)


def _step(data: Patterns, logs: Numbers) -> tuple[Numbers, Numbers]:
    """Take a step of EM from (starts, k, 1 + levels) logarithms; give the likelihood before."""
    starts, k, width = logs.shape
    joint = data.answers @ logs[:, :, 1:].reshape(starts * k, width - 1).T
    joint = joint.reshape(-1, starts, k) + logs[:, :, 0]
    top = joint.max(axis=2, keepdims=True)
    members = np.exp(joint - top)
    total = members.sum(axis=2, keepdims=True)
    likelihood = data.counts @ (np.log(total) + top)[:, :, 0]
    return _maximise(data, members / total), likelihood


def _maximise(data: Patterns, members: Numbers) -> Numbers:
    patterns, starts, k = members.shape
    weighted = members * data.counts[:, None, None]
    answered = weighted.reshape(patterns, starts * k).T @ data.answers
    probabilities = answered / np.maximum(data.per_item(answered), LEAST)
    shares = weighted.sum(axis=0)[:, :, None] / data.counts.sum()
    both = np.concatenate([shares, probabilities.reshape(starts, k, -1)], axis=2)
    return np.asarray(np.log(np.maximum(both, LEAST)))


def _normal(data: Patterns, logs: Numbers) -> Numbers:
    """Make shares, and the answers to each item, add up to 1 again."""
    raised = np.exp(np.clip(logs, -LARGEST, LARGEST))
    shares = raised[:, :, :1] / raised[:, :, :1].sum(axis=1, keepdims=True)
    probabilities = raised[:, :, 1:] / data.per_item(raised[:, :, 1:])
    both = np.concatenate([shares, probabilities], axis=2)
    return np.asarray(np.log(np.maximum(both, LEAST)))


def errors(data: Patterns, fit: Mixture) -> tuple[Numbers, Numbers]:
    """Give standard errors of shares and probabilities, from the empirical information.

    The information is the sum of outer products of the patterns' scores in the logits of all
    parameters (McLachlan & Krishnan 2008, ch. 4). It is singular, since logits have no origin;
    its pseudo-inverse is exact for what does not depend on that.
    """
    k, levels = fit.probabilities.shape
    members = softmax(fit.joint(data.answers), axis=1)
    answered = data.per_item(data.answers)
    by_class = [
        members[:, [c]] * (data.answers - answered * fit.probabilities[c]) for c in range(k)
    ]
    scores = np.hstack([members - fit.shares, *by_class])
    inverse = np.linalg.pinv(scores.T @ (scores * data.counts[:, None]), hermitian=True)
    of_shares = np.diag(fit.shares) - np.outer(fit.shares, fit.shares)
    shares = of_shares @ inverse[:k, :k] @ of_shares
    item = np.repeat(np.arange(len(data.starts)), np.diff([*data.starts, levels]))
    same = item[:, None] == item[None, :]
    probabilities = np.empty((k, levels))
    for c in range(k):
        p = fit.probabilities[c]
        of_answers = np.where(same, np.diag(p) - np.outer(p, p), 0.0)
        block = slice(k + c * levels, k + (c + 1) * levels)
        probabilities[c] = np.diag(of_answers @ inverse[block, block] @ of_answers)
    return np.sqrt(np.maximum(np.diag(shares), 0)), np.sqrt(np.maximum(probabilities, 0))
