"""NBD on CDNOW: Hardie's note 005, "Illustrating the performance of the NBD", in both forms; and
the exposures to a billboard of Fader & Hardie's tutorial "Applied probability models"."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from segkit.value import NBD, compare_models


@pytest.fixture(scope="module")
def model(cdnow):
    return NBD().fit(cdnow[["frequency", "T"]])


def test_parameters(model):
    assert model.params_ == pytest.approx({"r": 0.3848, "alpha": 12.0719}, abs=2e-4)


def test_likelihood_of_when_and_of_how_often(model, cdnow):
    assert model.log_likelihood_ == pytest.approx(-9763.6576, abs=5e-5)
    x, age = cdnow["frequency"], cdnow["T"]
    counts = model.log_likelihood_ + (x * np.log(age) - special.gammaln(x + 1)).sum()
    assert counts == pytest.approx(-3193.0587, abs=5e-5)


def test_bic_beside_models_of_attrition(cdnow):
    bic = compare_models(cdnow).table["bic"]
    published = {"NBD": 19542.8, "BetaGeo": 19195.9, "ParetoNBD": 19221.0}
    assert bic[list(published)].to_dict() == pytest.approx(published, abs=0.06)


def test_counts_and_times_are_enough():
    """The conditional expectation of the NBD: (r + x) / (alpha + T) a unit of time."""
    model = NBD.from_params(r=0.3848, alpha=12.0719)
    frame = pd.DataFrame({"frequency": [0, 5], "T": [39.0, 20.0]})
    expected = [39 * 0.3848 / 51.0719, 39 * 5.3848 / 32.0719]
    assert model.expected_purchases(frame, 39).tolist() == pytest.approx(expected)
    assert model.probability_alive(frame).tolist() == [1.0, 1.0]
    chance = stats.nbinom.pmf(3, 0.3848, 12.0719 / (12.0719 + 39))
    assert model.pmf(3, 39) == pytest.approx(chance)


def test_billboard_exposures():
    """250 people in one week; the tutorial prints r 0.969, alpha 0.218 and -649.7 for counts."""
    people = [48, 37, 30, 24, 20, 16, 13, 11, 9, 7, 6, 5, 5, 3, 3, 2, 2, 2, 1, 1, 2, 1, 1, 1]
    x = np.repeat(np.arange(24), people)
    model = NBD().fit(pd.DataFrame({"frequency": x, "T": 1.0}))
    assert model.params_ == pytest.approx({"r": 0.969, "alpha": 0.218}, abs=5e-4)
    assert model.log_likelihood_ - special.gammaln(x + 1).sum() == pytest.approx(-649.7, abs=0.05)
    assert model.heterogeneity_.detected
