"""BdW: Fader, Hardie, Liu, Davin & Steenburgh (2018), Journal of Interactive Marketing 43."""

import pytest

from segkit.value import BetaDiscreteWeibull, ShiftedBetaGeometric

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]


def test_high_end_segment_on_the_first_four_years():
    model = BetaDiscreteWeibull().fit(HIGH_END[:5])
    assert model.params_ == pytest.approx({"alpha": 0.259, "beta": 1.722, "c": 1.584}, abs=1e-3)


def test_with_c_of_one_it_is_the_sbg():
    bdw = BetaDiscreteWeibull.from_params(alpha=0.7, beta=1.2, c=1.0)
    sbg = ShiftedBetaGeometric.from_params(alpha=0.7, beta=1.2)
    assert bdw.survival([0, 1, 5, 40]).tolist() == sbg.survival([0, 1, 5, 40]).tolist()


def test_it_fits_at_least_as_well_as_the_sbg():
    bdw, sbg = BetaDiscreteWeibull().fit(HIGH_END[:8]), ShiftedBetaGeometric().fit(HIGH_END[:8])
    assert bdw.log_likelihood_ > sbg.log_likelihood_ + 5
    assert bdw.survival(12) == pytest.approx(0.394, abs=0.015)
