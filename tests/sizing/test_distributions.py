"""Distributions: closed forms, quantiles and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import betaincinv

from segkit.errors import ParameterError
from segkit.sizing import beta_share, fixed, lognormal, pert, triangular

POINTS = np.linspace(0.001, 0.999, 41)


@st.composite
def ranges(draw):
    low = draw(st.floats(-1e4, 1e4))
    width = draw(st.floats(1e-2, 1e6))
    return low, low + width * draw(st.floats(0, 1)), low + width


def test_pert_moments_are_those_of_its_beta():
    # Closed form of the beta on [1, 8] with mode 3: mean 3.5, sd 1.267731.
    known = pert(1, 3, 8)
    assert known.mean == 3.5
    assert known.sd == pytest.approx(1.267731, abs=5e-7)


def test_triangular_moments():
    # Closed form for (1, 3, 8): mean 4, sd 1.47196.
    known = triangular(1, 3, 8)
    assert known.mean == 4
    assert known.sd == pytest.approx(1.47196, abs=5e-6)


@given(ranges())
def test_range_quantiles_agree_with_scipy(limits):
    low, mode, high = limits
    width, peak = high - low, (mode - low) / (high - low)
    beta = stats.beta(1 + 4 * peak, 5 - 4 * peak, loc=low, scale=width)
    triang = stats.triang(peak, loc=low, scale=width)
    np.testing.assert_allclose(pert(*limits).ppf(POINTS), beta.ppf(POINTS), atol=1e-9 * width)
    np.testing.assert_allclose(
        triangular(*limits).ppf(POINTS), triang.ppf(POINTS), atol=1e-9 * width
    )


@given(ranges())
@settings(max_examples=20, deadline=None)
def test_moments_are_the_integrals_of_the_quantiles(limits):
    for known in (pert(*limits), triangular(*limits)):
        u = (np.arange(200_000) + 0.5) / 200_000
        values = known.ppf(u)
        assert values.mean() == pytest.approx(known.mean, abs=1e-5 * known.sd + 1e-9)
        assert values.std() == pytest.approx(known.sd, rel=1e-4)
        assert limits[0] - 1e-9 <= values.min() <= values.max() <= limits[2] + 1e-9


def test_ends_of_a_range_are_its_quantiles_of_0_and_1():
    for known in (pert(1, 3, 8), triangular(1, 3, 8), pert(1, 1, 8), triangular(1, 8, 8)):
        np.testing.assert_allclose(known.ppf([0, 1]), [1, 8])


@given(st.floats(1e-3, 1e3), st.floats(1.001, 100))
def test_lognormal_meets_its_two_points(p10, factor):
    known = lognormal(p10, p10 * factor)
    np.testing.assert_allclose(known.ppf([0.1, 0.9]), [p10, p10 * factor], rtol=1e-9)
    frozen = stats.lognorm(s=math.log(factor) / 2.5631031310892007, scale=p10 * math.sqrt(factor))
    assert known.mean == pytest.approx(frozen.mean())
    assert known.variance == pytest.approx(frozen.var(), rel=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.05, 0.95))
def test_beta_share_has_its_mean_and_sd(mean, part):
    sd = part * math.sqrt(mean * (1 - mean))
    known = beta_share(mean, sd)
    total = mean * (1 - mean) / sd**2 - 1
    frozen = stats.beta(mean * total, (1 - mean) * total)
    assert (frozen.mean(), frozen.std()) == pytest.approx((known.mean, known.sd))
    np.testing.assert_allclose(known.ppf([0.05, 0.5]), frozen.ppf([0.05, 0.5]), atol=1e-12)


@pytest.mark.parametrize(("mean", "sd"), [(0.3, 0.1), (0.5, 0.45), (0.9, 0.001), (0.02, 0.05)])
def test_tabulated_quantiles_keep_their_stated_bound(mean, sd):
    known = beta_share(mean, sd)
    total = mean * (1 - mean) / sd**2 - 1
    rng = np.random.default_rng(0)
    u = np.concatenate([rng.random(20_000), 10 ** -rng.uniform(1, 9, 500)])
    u = np.concatenate([u, 1 - u])
    exact = betaincinv(mean * total, (1 - mean) * total, u)
    assert np.abs(known.ppf(u) - exact).max() < 1e-6 * sd


def test_fixed_has_no_spread():
    assert (fixed(7).mean, fixed(7).variance) == (7, 0)
    assert fixed(7).ppf([0.1, 0.9]).tolist() == [7, 7]


def test_variance_is_that_of_numerical_integration():
    known = pert(2, 3, 11)
    mean = integrate.quad(known.ppf, 0, 1)[0]
    square = integrate.quad(lambda u: known.ppf(u) ** 2, 0, 1)[0]
    assert (mean, square - mean**2) == pytest.approx((known.mean, known.variance), rel=1e-6)


@pytest.mark.parametrize("limits", [(3, 1, 8), (1, 9, 8), (1, 2, math.inf), (math.nan, 2, 3)])
def test_ranges_out_of_order_are_refused(limits):
    for kind in (pert, triangular):
        with pytest.raises(ParameterError, match="low <= mode <= high") as fault:
            kind(*limits)
        assert kind.__name__ in str(fault.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: lognormal(0, 3),
        lambda: lognormal(5, 3),
        lambda: lognormal(1, math.inf),
        lambda: beta_share(0.5, 0.5),
        lambda: beta_share(1.2, 0.1),
        lambda: beta_share(0.5, 0),
        lambda: fixed(math.nan),
        lambda: fixed("many"),
        lambda: pert(None, 2, 3),
        lambda: lognormal("1", 2),
    ],
)
def test_impossible_parameters_are_refused(make):
    with pytest.raises(ParameterError):
        make()


def test_a_share_needs_both_mean_and_sd():
    with pytest.raises(TypeError):
        beta_share(0.3)


def test_a_range_without_width_is_a_known_value():
    for kind in (pert, triangular):
        known = kind(5, 5, 5)
        assert (known.mean, known.variance) == (5, 0)
        assert known.ppf([0, 0.3, 1]).tolist() == [5, 5, 5]


def test_distributions_print_as_they_are_made():
    made = [pert(1, 3, 8), lognormal(2, 9), beta_share(0.3, 0.1), fixed(7)]
    assert [repr(known) for known in made] == [
        "pert(low=1, mode=3, high=8)",
        "lognormal(p10=2, p90=9)",
        "beta_share(mean=0.3, sd=0.1)",
        "fixed(value=7)",
    ]
    assert pert(1, 3, 8) == pert(1.0, 3.0, 8.0) != triangular(1, 3, 8)
