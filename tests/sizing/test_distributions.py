"""Distributions: closed forms, quantiles and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import betaincinv

from segkit.errors import ParameterError
from segkit.sizing import PERT, BetaShare, Fixed, Lognormal, Triangular, from_range

POINTS = np.linspace(0.001, 0.999, 41)


@st.composite
def ranges(draw):
    low = draw(st.floats(-1e4, 1e4))
    width = draw(st.floats(1e-2, 1e6))
    return low, low + width * draw(st.floats(0, 1)), low + width


def test_pert_moments_are_those_of_its_beta():
    # Closed form of the beta on [1, 8] with mode 3: mean 3.5, sd 1.267731.
    known = PERT(1, 3, 8)
    assert known.mean == 3.5
    assert known.sd == pytest.approx(1.267731, abs=5e-7)


def test_triangular_moments():
    # Closed form for (1, 3, 8): mean 4, sd 1.47196.
    known = Triangular(1, 3, 8)
    assert known.mean == 4
    assert known.sd == pytest.approx(1.47196, abs=5e-6)


@given(ranges())
def test_range_quantiles_agree_with_scipy(limits):
    low, mode, high = limits
    width, peak = high - low, (mode - low) / (high - low)
    pert = stats.beta(1 + 4 * peak, 5 - 4 * peak, loc=low, scale=width)
    triangular = stats.triang(peak, loc=low, scale=width)
    np.testing.assert_allclose(PERT(*limits).ppf(POINTS), pert.ppf(POINTS), atol=1e-9 * width)
    np.testing.assert_allclose(
        Triangular(*limits).ppf(POINTS), triangular.ppf(POINTS), atol=1e-9 * width
    )


@given(ranges())
@settings(max_examples=20, deadline=None)
def test_moments_are_the_integrals_of_the_quantiles(limits):
    for known in (PERT(*limits), Triangular(*limits)):
        u = (np.arange(200_000) + 0.5) / 200_000
        values = known.ppf(u)
        assert values.mean() == pytest.approx(known.mean, abs=1e-5 * known.sd + 1e-9)
        assert values.std() == pytest.approx(known.sd, rel=1e-4)
        assert limits[0] - 1e-9 <= values.min() <= values.max() <= limits[2] + 1e-9


def test_ends_of_a_range_are_its_quantiles_of_0_and_1():
    for known in (PERT(1, 3, 8), Triangular(1, 3, 8), PERT(1, 1, 8), Triangular(1, 8, 8)):
        np.testing.assert_allclose(known.ppf([0, 1]), [1, 8])


@given(st.floats(1e-3, 1e3), st.floats(1.001, 100))
def test_lognormal_meets_its_two_points(p10, factor):
    known = Lognormal(p10, p10 * factor)
    np.testing.assert_allclose(known.ppf([0.1, 0.9]), [p10, p10 * factor], rtol=1e-9)
    frozen = stats.lognorm(s=math.log(factor) / 2.5631031310892007, scale=p10 * math.sqrt(factor))
    assert known.mean == pytest.approx(frozen.mean())
    assert known.variance == pytest.approx(frozen.var(), rel=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.05, 0.95))
def test_beta_share_has_its_mean_and_sd(mean, part):
    sd = part * math.sqrt(mean * (1 - mean))
    known = BetaShare(mean, sd)
    total = mean * (1 - mean) / sd**2 - 1
    frozen = stats.beta(mean * total, (1 - mean) * total)
    assert (frozen.mean(), frozen.std()) == pytest.approx((known.mean, known.sd))
    np.testing.assert_allclose(known.ppf([0.05, 0.5]), frozen.ppf([0.05, 0.5]), atol=1e-12)


@pytest.mark.parametrize(("mean", "sd"), [(0.3, 0.1), (0.5, 0.45), (0.9, 0.001), (0.02, 0.05)])
def test_tabulated_quantiles_keep_their_stated_bound(mean, sd):
    known = BetaShare(mean, sd)
    total = mean * (1 - mean) / sd**2 - 1
    rng = np.random.default_rng(0)
    u = np.concatenate([rng.random(20_000), 10 ** -rng.uniform(1, 9, 500)])
    u = np.concatenate([u, 1 - u])
    exact = betaincinv(mean * total, (1 - mean) * total, u)
    assert np.abs(known.ppf(u) - exact).max() < 1e-6 * sd


def test_fixed_has_no_spread():
    assert (Fixed(7).mean, Fixed(7).variance) == (7, 0)
    assert Fixed(7).ppf([0.1, 0.9]).tolist() == [7, 7]


def test_variance_is_that_of_numerical_integration():
    known = PERT(2, 3, 11)
    mean = integrate.quad(known.ppf, 0, 1)[0]
    square = integrate.quad(lambda u: known.ppf(u) ** 2, 0, 1)[0]
    assert (mean, square - mean**2) == pytest.approx((known.mean, known.variance), rel=1e-6)


@pytest.mark.parametrize(
    "limits", [(3, 1, 8), (1, 9, 8), (5, 5, 5), (1, 2, math.inf), (math.nan, 2, 3)]
)
def test_ranges_out_of_order_are_refused(limits):
    for kind in (PERT, Triangular):
        with pytest.raises(ParameterError, match="low <= mode <= high and low < high") as fault:
            kind(*limits)
        assert kind.__name__ in str(fault.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Lognormal(0, 3),
        lambda: Lognormal(5, 3),
        lambda: Lognormal(1, math.inf),
        lambda: BetaShare(0.5, 0.5),
        lambda: BetaShare(1.2, 0.1),
        lambda: BetaShare(0.5, 0),
        lambda: Fixed(math.nan),
    ],
)
def test_impossible_parameters_are_refused(make):
    with pytest.raises(ParameterError):
        make()


def test_a_share_needs_both_mean_and_sd():
    with pytest.raises(TypeError):
        BetaShare(0.3)


def test_from_range_chooses_the_kind():
    assert from_range(1, 2, 3, "triangular") == Triangular(1, 2, 3)
    assert from_range(2, 2, 2, "triangular") == Fixed(2)
    with pytest.raises(ParameterError, match="pert"):
        from_range(1, 2, 3, "normal")
