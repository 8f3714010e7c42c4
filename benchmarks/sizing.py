"""Draws of market sizes: CPU seconds and agreement beside plain numpy and scipy.

    python benchmarks/sizing.py

CPU time is that of all threads, the least of some rounds. The peer does the same with what scipy
has: `qmc.LatinHypercube`, and `beta.ppf` of each PERT; its rank correlation is a Gaussian copula
without strata.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
from scipy.stats import beta, norm, qmc

from segkit.sizing import latin_hypercube, market_size, pert
from segkit.sizing.distributions import _beta_table

Floats = np.ndarray
DRAWS = 1_000_000
NAMES = [f"x{number}" for number in range(8)]
RANGES = [(1.0, 2.0 + number, 12.0) for number in range(8)]
TOGETHER = 0.5
ROUNDS = 3
# What, and the most CPU seconds it may take.
LIMITS = {"1,000,000 x 8": 1.0, "the same, correlated": 2.0, "market of 4 segments, 100,000": 1.0}
MARKET = {
    f"{segment}: {measure}": known
    for segment in ("north", "east", "south", "west")
    for measure, known in {
        "accounts": 5000,
        "units per account": (1, 2, 4),
        "price": (2000, 3000, 5000),
        "attach rate": (0.7, 0.8, 0.9),
        "serviceable share": (0.4, 0.5, 0.7),
        "win rate": (0.1, 0.2, 0.3),
        "reach": (0.03, 0.05, 0.08),
    }.items()
}


def ours(pairs: Mapping[tuple[str, str], float] | None = None) -> Floats:
    inputs = {name: pert(*known) for name, known in zip(NAMES, RANGES, strict=True)}
    return np.array(list(latin_hypercube(inputs, DRAWS, rank_correlation=pairs).values()))


def peer() -> Floats:
    return quantiles(qmc.LatinHypercube(len(RANGES), rng=0).random(DRAWS))


def peer_together() -> Floats:
    pearson = 2 * np.sin(np.pi * TOGETHER / 6)
    target = np.full((8, 8), pearson) + (1 - pearson) * np.eye(8)
    scores = np.random.default_rng(0).normal(size=(DRAWS, 8)) @ np.linalg.cholesky(target).T
    return quantiles(norm.cdf(scores))


def quantiles(u: Floats) -> Floats:
    drawn = []
    for column, (low, mode, high) in zip(u.T, RANGES, strict=True):
        alpha = 1 + 4 * (mode - low) / (high - low)
        drawn.append(low + (high - low) * beta.ppf(column, alpha, 6 - alpha))
    return np.array(drawn)


def cpu(work: Callable[[], object]) -> float:
    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    rounds = []
    for _ in range(ROUNDS):
        _beta_table.cache_clear()  # as the first time
        before = spent()
        work()
        rounds.append(spent() - before)
    return min(rounds)


def main() -> None:
    pairs = dict.fromkeys(combinations(NAMES, 2), TOGETHER)
    seconds = {
        "1,000,000 x 8": cpu(ours),
        "scipy, 1,000,000 x 8": cpu(peer),
        "the same, correlated": cpu(lambda: ours(pairs)),
        "scipy, the same, correlated": cpu(peer_together),
        "market of 4 segments, 100,000": cpu(lambda: market_size(MARKET)),
    }
    for what, took in seconds.items():
        print(f"{what:32} {took:6.2f} s")
    means = [(low + 4 * mode + high) / 6 for low, mode, high in RANGES]
    for what, drawn in (("segkit", ours()), ("scipy", peer())):
        print(f"{what:32} largest error of a mean {np.abs(drawn.mean(axis=1) - means).max():.1e}")
    slow = [what for what, most in LIMITS.items() if seconds[what] > most]
    if slow:
        raise SystemExit(f"Too slow: {', '.join(slow)}.")


if __name__ == "__main__":
    main()
