"""Gamma-Gamma on CDNOW: Hardie's note 025 and the tests of CLVTools."""

import pytest

from segkit.value import GammaGamma


@pytest.fixture(scope="module")
def model(cdnow):
    return GammaGamma().fit(cdnow)


def test_parameters(model):
    assert model.params_ == pytest.approx({"p": 6.25, "q": 3.74, "gamma": 15.44}, abs=6e-3)


def test_log_likelihood(model):
    assert model.log_likelihood_ == pytest.approx(-4055.9177, abs=5e-5)


def test_expected_spend_of_the_first_ten_customers(model, cdnow):
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert model.expected_spend(cdnow.head(10)).tolist() == pytest.approx(published, abs=0.005)
