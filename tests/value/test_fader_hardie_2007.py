"""sBG on the two segments of Fader & Hardie (2007), Journal of Interactive Marketing 21(1)."""

import numpy as np
import pytest

from segkit.value import ShiftedBetaGeometric

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "log_likelihood"),
    [(REGULAR, 0.704, 1.182, -1680.27), (HIGH_END, 0.668, 3.806, -1611.16)],
)
def test_fit_on_years_1_to_7(survivors, alpha, beta, log_likelihood):
    model = ShiftedBetaGeometric().fit(survivors[:8])
    assert model.params_ == pytest.approx({"alpha": alpha, "beta": beta}, abs=5e-4)
    assert model.log_likelihood_ == pytest.approx(log_likelihood, abs=0.005)


@pytest.mark.parametrize(("value", "expected"), [(1.0, -2115.5), (0.01, -2741.7)])
def test_likelihood_at_given_parameters(value, expected):
    """The appendix's check of the spreadsheet, on the High End segment."""
    model = ShiftedBetaGeometric.from_params(alpha=value, beta=value)
    lost = -np.diff(HIGH_END[:8])
    found = lost @ np.log(model.pmf(np.arange(1, 8))) + HIGH_END[7] * np.log(model.survival(7))
    assert found == pytest.approx(expected, abs=0.05)


def test_projection_to_year_12():
    """The paper's claim: fitted on seven years, within two points of year 12."""
    regular = ShiftedBetaGeometric().fit(REGULAR[:8]).survival(12)
    high_end = ShiftedBetaGeometric().fit(HIGH_END[:8]).survival(12)
    assert regular == pytest.approx(0.173, abs=0.02)
    assert high_end == pytest.approx(0.394, abs=0.02)
