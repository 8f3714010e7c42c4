"""Draws of several inputs at once: Latin hypercube, with rank correlation on demand."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from segkit.errors import ParameterError, nearest
from segkit.sizing.distributions import Distribution

__all__ = ["drawn_weights", "latin_hypercube"]

Floats = NDArray[np.float64]


def latin_hypercube(
    inputs: Mapping[str, Distribution],
    n_draws: int = 100_000,
    *,
    random_state: int = 0,
    rank_correlation: Mapping[tuple[str, str], float] | None = None,
) -> dict[str, Floats]:
    r"""Draw every input so that each of `n_draws` equal slices of its range is hit once.

    Latin hypercube sampling (McKay, Beckman & Conover 1979). Each input has a stream of its own
    that depends on its name alone: another input more or less, or another order, leaves its
    draws as they are.

    Parameters
    ----------
    inputs : mapping of str to Distribution
        What is drawn, by name.
    n_draws : int
        Draws of each input; at least 100, or the ends of a 90 % interval would be guesses.
    random_state : int
        Seed.
    rank_correlation : mapping of (str, str) to float, optional
        Spearman correlation of pairs of inputs, each in (-1, 1); pairs not named get 0. Induced
        by reordering the draws (Iman & Conover 1982) on normal scores, whose correlation is
        :math:`2 \sin(\pi \rho_S / 6)`; the distributions stay as they are.

    Returns
    -------
    dict of str to ndarray, shape (n_draws,)

    Raises
    ------
    ParameterError
        If a parameter is out of bounds, a pair names an unknown input, or the correlations
        contradict each other.

    Examples
    --------
    >>> from segkit.sizing import pert, triangular
    >>> draws = latin_hypercube({"accounts": pert(1, 3, 8), "price": triangular(1, 3, 8)}, 10_000)
    >>> {name: round(float(values.mean()), 3) for name, values in draws.items()}
    {'accounts': 3.5, 'price': 4.0}
    """
    _check_seed(n_draws, random_state)
    orders = _correlated_orders(inputs, n_draws, random_state, rank_correlation or {})
    return {
        name: _draw(distribution, n_draws, _stream(random_state, name), orders.get(name))
        for name, distribution in inputs.items()
    }


def drawn_weights(
    weights: ArrayLike, error: float, n_draws: int, rng: np.random.Generator
) -> Floats:
    """Draw weights around those given, which are judgements: Dirichlet, so that they sum to 1.

    Parameters
    ----------
    weights : array of shape (n,)
        Weights that sum to 1; one of 0 stays 0.
    error : float
        Relative standard deviation of a weight of average size.
    n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_draws, n)

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> drawn_weights([0.5, 0.3, 0.2], 0.25, 4000, rng).mean(axis=0).round(2).tolist()
    [0.5, 0.3, 0.2]
    """
    given = np.asarray(weights, dtype=float)
    positive = given > 0
    # The relative variance of a Dirichlet share of mean 1/n is (n - 1) / (concentration + 1).
    concentration = max((positive.sum() - 1) / error**2 - 1, 1.0)
    draws = np.zeros((n_draws, len(given)))
    draws[:, positive] = rng.dirichlet(given[positive] * concentration, n_draws)
    return draws


def _draw(
    distribution: Distribution, n_draws: int, rng: np.random.Generator, order: Floats | None
) -> Floats:
    values = distribution.ppf((np.arange(n_draws) + rng.random(n_draws)) / n_draws)
    if order is None:
        rng.shuffle(values)
        return values
    placed = np.empty(n_draws)
    placed[np.argsort(order)] = values
    return placed


def _correlated_orders(
    inputs: Mapping[str, Distribution],
    n_draws: int,
    random_state: int,
    wanted: Mapping[tuple[str, str], float],
) -> dict[str, Floats]:
    """Make scores whose ranks have the wanted correlation, one column an input it names."""
    if not wanted:
        return {}
    _check_pairs(inputs, wanted)
    names = sorted({name for pair in wanted for name in pair})
    target = np.eye(len(names))
    for pair, value in wanted.items():
        row, column = (names.index(name) for name in pair)
        target[row, column] = target[column, row] = 2 * math.sin(math.pi * value / 6)
    if np.linalg.eigvalsh(target).min() < 1e-9:
        raise ParameterError(
            "rank_correlation",
            "latin_hypercube",
            "correlations that can hold together (a positive definite matrix)",
            dict(wanted),
        )
    scores = ndtri(np.arange(1, n_draws + 1) / (n_draws + 1))
    table = np.column_stack(
        [_stream(random_state, f"order of {name}").permutation(scores) for name in names]
    )
    # einsum, not @: the sum is then taken in the same order on any number of threads.
    present = np.linalg.cholesky(np.einsum("ij,ik->jk", table, table) / (scores**2).sum())
    turn = np.linalg.solve(present.T, np.linalg.cholesky(target).T)
    table = np.einsum("ij,jk->ik", table, turn)
    return dict(zip(names, table.T, strict=True))


def _stream(random_state: int, name: str) -> np.random.Generator:
    return np.random.default_rng([random_state, *name.encode()])


def _check_seed(n_draws: int, random_state: int) -> None:
    for name, value, least in (("n_draws", n_draws, 100), ("random_state", random_state, 0)):
        if not isinstance(value, int | np.integer) or value < least:
            raise ParameterError(
                name, "latin_hypercube", f"an int in the range [{least}, inf)", value
            )


def _check_pairs(
    inputs: Mapping[str, Distribution], wanted: Mapping[tuple[str, str], float]
) -> None:
    faults = []
    for pair, value in wanted.items():
        unknown = [name for name in pair if name not in inputs]
        faults += [f"{name!r} is no input.{nearest(name, inputs)}" for name in unknown]
        if len(set(pair)) != 2 or not -1 < value < 1:
            faults.append(f"{pair!r}: {value!r} is no correlation in (-1, 1) of two inputs.")
    if faults:
        expected = "pairs of inputs with a number in (-1, 1)"
        raise ParameterError("rank_correlation", "latin_hypercube", expected, "; ".join(faults))
