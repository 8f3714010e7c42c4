"""BG/NBD on CDNOW: Fader, Hardie & Lee (2005), Marketing Science 24(2), Table 2, and the tests
of CLVTools and the vignette of BTYD, which print more digits of the same model."""

import numpy as np
import pandas as pd
import pytest

from segkit.value import BetaGeo, ModifiedBetaGeo, ParetoNBD


@pytest.fixture(scope="module")
def model(cdnow):
    return BetaGeo().fit(cdnow)


def test_the_sample_is_the_papers(cdnow):
    assert len(cdnow) == 2357
    assert (cdnow["frequency"] == 0).sum() == 1411
    assert cdnow["frequency"].sum() == 2457


def test_table_2(model):
    assert model.params_["r"] == pytest.approx(0.243, abs=5e-4)
    assert model.params_["alpha"] == pytest.approx(4.414, abs=5e-4)
    assert model.params_["a"] == pytest.approx(0.793, abs=5e-4)
    assert model.params_["b"] == pytest.approx(2.426, abs=5e-4)
    assert model.log_likelihood_ == pytest.approx(-9582.4, abs=0.05)


def test_clvtools_digits(model):
    published = {"r": 0.2425945, "alpha": 4.4136019, "a": 0.7929199, "b": 2.4258881}
    assert model.params_ == pytest.approx(published, rel=1e-5)
    assert model.log_likelihood_ == pytest.approx(-9582.429, abs=5e-4)


def test_it_has_converged(model):
    assert model.gradient_ < 1e-9


def test_customer_1516_of_the_vignette(model, customer_1516):
    assert model.expected_purchases(customer_1516, 52)[1516] == pytest.approx(25.75659, rel=1e-4)
    assert model.probability_alive(customer_1516)[1516] == pytest.approx(0.9688523, rel=1e-5)


def test_new_customer_in_a_year(model):
    assert model.expected_new_customer(52) == pytest.approx(1.444004, rel=2e-5)


def test_conditional_expectation_of_the_papers_note():
    model = BetaGeo.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    one = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    assert model.expected_purchases(one, 39)[0] == pytest.approx(1.226, abs=5e-4)


def test_expected_repeat_purchases_of_a_new_customer(model):
    """Hardie's spreadsheet for the BG/NBD, by week; its series stops early at 78."""
    times = [0.1429, 1, 3, 31.8571, 32, 78]
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    found = [model.expected_new_customer(t) for t in times]
    assert found[:5] == pytest.approx(published[:5], abs=5.1e-5)
    assert found[5] == pytest.approx(published[5], abs=5e-4)


def test_attrition_is_detected(model):
    assert model.attrition_.detected
    assert model.notes_ == ()


@pytest.mark.parametrize(("kind", "printed"), [(BetaGeo, 4.82), (ParetoNBD, 11.99)])
def test_chi_squared_of_the_histogram(cdnow, kind, printed):
    """Figure 1: customers by repeat purchases, seven and more together."""
    expected = kind().fit(cdnow).pmf(np.arange(7)[:, None], cdnow["T"]).sum(axis=1)
    expected = np.append(expected, len(cdnow) - expected.sum())
    actual = np.bincount(cdnow["frequency"].clip(upper=7))
    found = (np.square(actual - expected) / expected).sum()
    assert found == pytest.approx(printed, abs=0.005)


@pytest.mark.parametrize(
    ("kind", "printed"),
    [(BetaGeo, [-0.599474, 100.79569]), (ModifiedBetaGeo, [-0.417928, 100.78691])],
)
def test_log_likelihood_that_overflows_a_spreadsheet(kind, printed):
    """Hardie's note 027, "Overcoming the #NUM! error problem"; figures of pymc-marketing."""
    known = kind.from_params(r=0.25, alpha=4.0, a=0.8, b=2.5)
    frame = pd.DataFrame({"frequency": [0, 200], "recency": [0.0, 38.0], "T": 40.0})
    found = [known.log_likelihood(frame[:1]), known.log_likelihood(frame[1:])]
    assert found == pytest.approx(printed, abs=1e-5)
