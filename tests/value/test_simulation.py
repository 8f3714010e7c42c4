"""Closed forms against customers drawn from the story that each model tells."""

import numpy as np
import pytest

from segkit.errors import ParameterError
from segkit.value import NBD, BetaGeo, BetaGeoBetaBinomial, GammaGamma, ModifiedBetaGeo, ParetoNBD

MODELS = {
    "NBD": NBD.from_params(r=0.6, alpha=8.0),
    "BetaGeo": BetaGeo.from_params(r=0.6, alpha=6.0, a=0.8, b=2.5),
    "BetaGeo with a + b < 1": BetaGeo.from_params(r=1.2, alpha=9.0, a=0.3, b=0.5),
    "ModifiedBetaGeo": ModifiedBetaGeo.from_params(r=0.9, alpha=6.0, a=0.9, b=1.6),
    "ParetoNBD": ParetoNBD.from_params(r=0.8, alpha=7.0, s=0.7, beta=12.0),
    "ParetoNBD with alpha > beta": ParetoNBD.from_params(r=0.8, alpha=12.0, s=0.7, beta=5.0),
    "BetaGeoBetaBinomial": BetaGeoBetaBinomial.from_params(
        alpha=1.2, beta=0.75, gamma=0.66, delta=2.8
    ),
}
SIZE = 60_000


@pytest.fixture(scope="module", params=MODELS)
def drawn(request):
    model = MODELS[request.param]
    return model, model.simulate(np.repeat([6.0, 20.0], SIZE // 2), holdout=30.0, random_state=1)


def close(sample, expected):
    error = sample.std() / np.sqrt(len(sample))
    return abs(sample.mean() - np.mean(expected)) < 4.5 * error + 1e-12


def test_new_customers(drawn):
    model, frame = drawn
    for age, part in frame.groupby("T"):
        assert close(part["frequency"], model.expected_new_customer(age))


def test_share_of_each_count(drawn):
    model, frame = drawn
    counts = frame.loc[frame["T"] == 20, "frequency"]
    chances = model.pmf(np.arange(8), 20)
    for count, chance in enumerate(chances):
        assert close((counts == count).astype(float), chance)


def test_conditional_expectation_by_frequency_and_recency(drawn):
    model, frame = drawn
    expected = model.expected_purchases(frame, 30.0)
    actual = frame["frequency_holdout"]
    assert close(actual - expected, 0.0)
    late = frame["recency"] > 0.6 * frame["T"]
    for part in (frame["frequency"] == 0, late, (frame["frequency"] > 0) & ~late):
        assert close((actual - expected)[part], 0.0)


def test_fit_recovers_the_parameters(drawn):
    model, frame = drawn
    found = type(model)().fit(frame)
    assert found.gradient_ < 1e-8
    assert found.unidentified_ == ()
    for letter, truth in model.params_.items():
        error = found.standard_errors_[letter]
        assert abs(found.params_[letter] - truth) < 4.5 * error


def test_standard_errors_are_the_spread_of_refits():
    model = MODELS["BetaGeo"]
    frame = model.simulate(np.full(1500, 30.0), random_state=2)
    fitted = BetaGeo().fit(frame)
    spread = np.log(fitted.bootstrap(frame, refits=60)).std()
    for letter in ("r", "alpha"):
        stated = fitted.standard_errors_[letter] / fitted.params_[letter]
        assert spread[letter] == pytest.approx(stated, rel=0.4)


def test_spend():
    model = GammaGamma.from_params(p=6.0, q=3.7, gamma=15.0)
    frame = MODELS["NBD"].simulate(np.full(SIZE, 20.0), random_state=3)
    frame["monetary_value"] = model.simulate(frame["frequency"], random_state=4)
    buyers = frame[frame["frequency"] > 0]
    assert close(buyers["monetary_value"], model.expected_spend(frame[frame["frequency"] == 0]))
    assert close(buyers["monetary_value"] - model.expected_spend(buyers), 0.0)
    found = GammaGamma().fit(frame)
    assert found.independence_.holds
    for letter, truth in model.params_.items():
        assert abs(found.params_[letter] - truth) < 4.5 * found.standard_errors_[letter]


@pytest.mark.parametrize("T", [[-1.0], [np.nan], [np.inf], 5.0, "long"])
def test_impossible_times_are_not_simulated(T):
    with pytest.raises(ParameterError, match="'T' parameter of simulate"):
        MODELS["NBD"].simulate(T)
