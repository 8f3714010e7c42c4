"""Spend: refusals, infinite means, dependence on frequency."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.value import NBD, GammaGamma


def customers(spend, seed=0, size=3000):
    frame = NBD.from_params(r=1.0, alpha=4.0).simulate(np.full(size, 20.0), random_state=seed)
    return frame.assign(monetary_value=spend.simulate(frame["frequency"], random_state=seed))


def test_infinite_means_become_medians():
    frame = customers(GammaGamma.from_params(p=3.0, q=0.7, gamma=10.0))
    model = GammaGamma().fit(frame)
    assert model.params_["q"] < 1
    assert "its mean over customers is infinite" in model.notes_[0]
    spend = model.expected_spend(frame)
    assert np.isfinite(spend).all()
    assert (spend > 0).all()
    buyers = frame["frequency"] > 0
    assert (spend[buyers] > frame["monetary_value"][buyers]).mean() == pytest.approx(0.5, abs=0.2)


def test_hopeless_spread_is_refused():
    model = GammaGamma.from_params(p=1.0, q=0.01, gamma=1.0)
    with pytest.raises(DataError, match="too unequal to forecast"):
        model.expected_spend(pd.DataFrame({"frequency": [1], "monetary_value": [1.0]}))


def test_spend_that_grows_with_frequency_is_said():
    frame = customers(GammaGamma.from_params(p=6.0, q=8.0, gamma=15.0))
    frame["monetary_value"] *= 1 + 0.3 * frame["frequency"]
    model = GammaGamma().fit(frame)
    assert not model.independence_.holds
    assert "frequent buyers are understated" in model.notes_[-1]


@pytest.mark.parametrize(
    ("spend", "message"),
    [(0.0, "needs spend above 0"), (np.nan, "empty or not finite"), (-5.0, "is negative")],
)
def test_impossible_spend(spend, message):
    frame = customers(GammaGamma.from_params(p=6.0, q=4.0, gamma=15.0), size=50)
    frame.loc[frame["frequency"].idxmax(), "monetary_value"] = spend
    with pytest.raises(DataError, match=message):
        GammaGamma().fit(frame)


def test_nobody_came_back():
    frame = pd.DataFrame({"frequency": [0, 1], "monetary_value": [0.0, 5.0]})
    with pytest.raises(DataError, match="at least 2 customers with repeat"):
        GammaGamma().fit(frame)


def test_equal_spend_needs_no_model():
    frame = pd.DataFrame({"frequency": [1, 2, 3], "monetary_value": 9.5})
    with pytest.raises(DataError, match=r"all spent 9.5 a purchase. Give lifetime_value that"):
        GammaGamma().fit(frame)


def test_three_price_lists_are_not_the_shape_of_the_model():
    rng = np.random.default_rng(0)
    spend = rng.choice([19.0, 49.0, 199.0], 1000)
    frame = pd.DataFrame({"frequency": rng.poisson(4, 1000) + 1, "monetary_value": spend})
    model = GammaGamma().fit(frame)
    assert model.expected_new_customer() > 1.3 * spend.mean()
    assert any("Do not rely on the values of one-time buyers" in note for note in model.notes_)


@pytest.mark.parametrize("seed", range(10))
def test_spend_of_the_model_itself_has_its_shape(seed):
    frame = customers(GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44), size=300, seed=seed)
    assert not any("shape of the model" in note for note in GammaGamma().fit(frame).notes_)


def test_currency_only_scales_gamma():
    frame = customers(GammaGamma.from_params(p=6.0, q=4.0, gamma=15.0))
    euros = GammaGamma().fit(frame)
    cents = GammaGamma().fit(frame.assign(monetary_value=100 * frame["monetary_value"]))
    assert cents.params_["p"] == pytest.approx(euros.params_["p"], rel=1e-6)
    assert cents.params_["gamma"] == pytest.approx(100 * euros.params_["gamma"], rel=1e-6)


def test_json_round_trip():
    model = GammaGamma().fit(customers(GammaGamma.from_params(p=6.0, q=4.0, gamma=15.0)))
    assert GammaGamma.from_json(model.to_json()).to_json() == model.to_json()


def test_spend_is_refitted_to_random_numbers_of_its_own():
    model = GammaGamma().fit(customers(GammaGamma.from_params(p=6.0, q=3.7, gamma=15.0), size=400))
    frame = pd.DataFrame({"frequency": np.full(400, 3.0), "monetary_value": 1.0})
    shared = frame.assign(monetary_value=model.simulate(frame["frequency"], random_state=0))
    refit = model.bootstrap(frame, refits=1).loc[0]
    assert refit["q"] != pytest.approx(GammaGamma().fit(shared).params_["q"], rel=1e-3)


def test_spend_is_above_nothing_and_after_a_purchase():
    model = GammaGamma.from_params(p=6.0, q=4.0, gamma=15.0)
    assert model.pdf([-1.0, 0.0], 2).tolist() == [0.0, 0.0]
    for x in (0, [2, 0], np.nan, "two"):
        with pytest.raises(ParameterError, match="'frequency' parameter of pdf"):
            model.pdf(10.0, x)
