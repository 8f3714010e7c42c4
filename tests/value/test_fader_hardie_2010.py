"""DERL: Fader & Hardie (2010), "The perils of ignoring heterogeneity", Marketing Science 29(1)."""

import pytest
from scipy import special

from segkit.value import ShiftedBetaGeometric


def test_derl_at_ten_percent():
    model = ShiftedBetaGeometric.from_params(alpha=3.80, beta=15.20)
    found = [model.discounted_lifetime(period, 0.1) for period in range(1, 6)]
    assert found == pytest.approx([3.31, 3.45, 3.59, 3.72, 3.84], abs=0.005)


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0])
@pytest.mark.parametrize(("alpha", "beta"), [(0.668, 3.806), (3.8, 15.2), (50.0, 1.0)])
def test_derl_is_the_closed_form(alpha, beta, rate):
    model = ShiftedBetaGeometric.from_params(alpha=alpha, beta=beta)
    for n in (1, 4, 30):
        closed = (beta + n - 1) / (alpha + beta + n - 1)
        closed *= special.hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + rate))
        assert model.discounted_lifetime(n, rate) == pytest.approx(closed, rel=1e-10)
