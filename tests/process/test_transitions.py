"""Transitions: hand values, intervals, the test of the chain's memory."""

import numpy as np
import pytest
from scipy import stats

from segkit.errors import DataError
from segkit.intervals import wilson_interval
from segkit.process import absorbing_chain, transition_matrix

PATHS = [
    *[["demo", "offer", "won"]] * 6,
    *[["demo", "offer", "lost"]] * 2,
    *[["demo", "lost"]] * 4,
    *[["offer", "demo", "lost"]] * 1,
    *[["demo"]] * 3,
]


def test_counts_and_probabilities_by_hand():
    found = transition_matrix(PATHS)
    assert found.counts.loc["demo", "offer"] == 8
    assert found.probabilities.loc["demo", "offer"] == pytest.approx(8 / 13)
    assert found.probabilities.loc["offer", "demo"] == pytest.approx(1 / 9)
    assert found.probabilities.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert found.censored == {"demo": 3, "offer": 0}
    assert found.entries["offer"] == pytest.approx(1 / 16)
    row = found.table.query("source == 'demo' and target == 'offer'").iloc[0]
    assert (row["low"], row["high"]) == pytest.approx(wilson_interval(8, 13, 0.9))
    assert found.won == ("won",)


def markov(rng, matrix, n, length):
    """Draw sequences of a chain of any order from a matrix by the last two states."""
    k = matrix.shape[-1]
    paths = []
    for _ in range(n):
        path = list(rng.integers(k, size=2))
        for _ in range(length):
            path.append(rng.choice(k, p=matrix[path[-2], path[-1]]))
        paths.append([f"s{state}" for state in path])
    return paths


def test_memory_is_the_likelihood_ratio_of_each_stages_table():
    """Anderson & Goodman (1957): G2 against independence, given the present state."""
    rng = np.random.default_rng(3)
    paths = markov(rng, rng.dirichlet(np.ones(3), size=(3, 3)), 30, 10)
    found = transition_matrix(paths).order
    total, df = 0.0, 0
    for now in ("s0", "s1", "s2"):
        triples = [
            (path[at - 1], path[at + 1])
            for path in paths
            for at in range(1, len(path) - 1)
            if path[at] == now
        ]
        table = np.array([[triples.count((f"s{i}", f"s{j}")) for j in range(3)] for i in range(3)])
        test = stats.chi2_contingency(table, lambda_="log-likelihood", correction=False)
        total, df = total + test.statistic, df + test.dof
    assert found.statistic == pytest.approx(total)
    assert found.df == df
    assert found.p == pytest.approx(stats.chi2.sf(total, df))
    assert found.verdict == "memory"


def test_memory_has_a_false_alarm_in_twenty():
    rng = np.random.default_rng(4)
    one = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.4, 0.4, 0.2]])
    matrix = np.broadcast_to(one, (3, 3, 3))
    p = [transition_matrix(markov(rng, matrix, 20, 12)).order.p for _ in range(60)]
    assert np.mean(np.array(p) < 0.05) < 0.15
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_few_steps_tell_nothing_of_memory():
    assert transition_matrix(PATHS[:3]).order.verdict == "not enough data"


def test_a_chain_needs_ends():
    with pytest.raises(DataError, match="16 cases are open"):
        absorbing_chain(transition_matrix([["demo", "offer"]] * 16))
