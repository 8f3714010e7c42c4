"""Latin hypercube: every slice once, deterministic, correlated on demand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from segkit.errors import ParameterError
from segkit.sizing import fixed, latin_hypercube, lognormal, pert, triangular

INPUTS = {"a": pert(1, 3, 8), "b": triangular(0, 1, 5), "c": lognormal(2, 9)}


@given(st.integers(100, 3000), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_every_slice_is_hit_once(n_draws, seed):
    drawn = latin_hypercube({"u": triangular(0, 0, 1)}, n_draws, random_state=seed)["u"]
    u = 1 - (1 - drawn) ** 2
    assert sorted(np.floor(u * n_draws + 1e-9).astype(int)) == list(range(n_draws))


def test_an_input_keeps_its_draws_whatever_else_is_drawn():
    all_three = latin_hypercube(INPUTS, 1000)
    alone = latin_hypercube({"b": INPUTS["b"]}, 1000)
    turned = latin_hypercube(dict(reversed(INPUTS.items())), 1000)
    assert np.array_equal(all_three["b"], alone["b"])
    assert np.array_equal(all_three["a"], turned["a"])


def test_seeds_differ_and_repeat():
    first, second = (latin_hypercube(INPUTS, 500, random_state=seed)["a"] for seed in (0, 1))
    assert np.array_equal(first, latin_hypercube(INPUTS, 500)["a"])
    assert not np.array_equal(first, second)


def test_inputs_are_independent_unless_asked():
    drawn = latin_hypercube({**INPUTS, "d": pert(1, 3, 8)}, 40_000)
    for one, other in itertools.combinations(drawn.values(), 2):
        assert abs(spearmanr(one, other).statistic) < 4 / 200


@pytest.mark.parametrize("wanted", [-0.9, -0.3, 0.5, 0.95])
def test_rank_correlation_is_reached_and_marginals_stay(wanted):
    drawn = latin_hypercube(INPUTS, 20_000, rank_correlation={("a", "c"): wanted})
    assert spearmanr(drawn["a"], drawn["c"]).statistic == pytest.approx(wanted, abs=0.01)
    assert abs(spearmanr(drawn["a"], drawn["b"]).statistic) < 0.03
    for name, known in INPUTS.items():
        assert drawn[name].mean() == pytest.approx(known.mean, rel=1e-3)
        assert drawn[name].std() == pytest.approx(known.sd, rel=1e-2)


def test_several_correlations_hold_together():
    wanted = {("a", "b"): 0.6, ("b", "c"): 0.5, ("a", "c"): 0.2}
    drawn = latin_hypercube(INPUTS, 20_000, rank_correlation=wanted)
    for (one, other), value in wanted.items():
        assert spearmanr(drawn[one], drawn[other]).statistic == pytest.approx(value, abs=0.01)


def test_correlated_draws_are_the_same_on_any_number_of_threads():
    drawn = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            drawn.append(latin_hypercube(INPUTS, 50_000, rank_correlation={("a", "b"): 0.4}))
    assert all(np.array_equal(drawn[0][name], drawn[1][name]) for name in INPUTS)


def test_a_fixed_input_stays_fixed():
    assert set(latin_hypercube({"n": fixed(5)}, 100)["n"]) == {5.0}


def test_all_faults_of_the_correlations_are_named():
    wanted = {("a", "bb"): 0.5, ("a", "a"): 0.3, ("b", "c"): 1.5}
    with pytest.raises(ParameterError) as fault:
        latin_hypercube({**INPUTS, "bbb": fixed(1)}, 100, rank_correlation=wanted)
    text = str(fault.value)
    assert "Did you mean 'bbb'?" in text
    assert "('a', 'a')" in text
    assert "1.5" in text


def test_contradicting_correlations_are_refused():
    wanted = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    with pytest.raises(ParameterError, match="hold together"):
        latin_hypercube(INPUTS, 100, rank_correlation=wanted)


@pytest.mark.parametrize("parameters", [{"n_draws": 99}, {"n_draws": 1e3}, {"random_state": -1}])
def test_bad_parameters_are_refused(parameters):
    with pytest.raises(ParameterError, match=f"'{next(iter(parameters))}' parameter"):
        latin_hypercube(INPUTS, **parameters)
