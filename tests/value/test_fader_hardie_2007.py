"""sBG on the two segments of Fader & Hardie (2007), Journal of Interactive Marketing 21(1)."""

import pandas as pd
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
    assert model.log_likelihood(HIGH_END[:8]) == pytest.approx(expected, abs=0.05)


def test_projection_to_year_12():
    """The paper's claim: fitted on seven years, within two points of year 12."""
    regular = ShiftedBetaGeometric().fit(REGULAR[:8]).survival(12)
    high_end = ShiftedBetaGeometric().fit(HIGH_END[:8]).survival(12)
    assert regular == pytest.approx(0.173, abs=0.02)
    assert high_end == pytest.approx(0.394, abs=0.02)


def test_shares_of_survivors_and_what_follows():
    """The shares, projections and DERL in the description of shifted_beta_geometric_py."""
    shares = [1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491]
    model = ShiftedBetaGeometric().fit(shares)
    assert model.survival(range(8, 13)).tolist() == pytest.approx(
        [0.460, 0.436, 0.414, 0.395, 0.378], abs=5e-4
    )
    assert model.discounted_lifetime(8, 0.1) == pytest.approx(7.530, abs=5e-4)
    assert "take 1 for the number of customers" in model.notes_[-1]
    percents = ShiftedBetaGeometric().fit([100, 86.9, 74.3, 65])
    assert "take 100 for the number of customers" in percents.notes_[-1]
    assert ShiftedBetaGeometric().fit(HIGH_END[:8]).notes_ == ()


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"survivors": HIGH_END[:8]}),
        pd.DataFrame({"year": range(8), "survivors": HIGH_END[:8]}),
        pd.DataFrame({"High End": HIGH_END[:8]}),
        pd.Series(HIGH_END[:8]),
    ],
)
def test_survivors_down_a_column(table):
    assert ShiftedBetaGeometric().fit(table).log_likelihood_ == pytest.approx(-1611.16, abs=0.005)
