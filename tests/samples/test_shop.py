"""Orders drawn from known models give these models back."""

import pandas as pd
import pytest

from segkit.errors import ParameterError
from segkit.samples import make_orders
from segkit.value import BetaGeo, GammaGamma, customer_summary

PLANTED = {"r": 0.7, "alpha": 6.0, "a": 0.8, "b": 3.0}
SPENT = {"p": 6.0, "q": 4.0, "gamma": 25.0}


@pytest.mark.parametrize("seed", [7, 11, 20260])
def test_the_planted_models_are_recovered(seed):
    summary = customer_summary(
        make_orders(3000, seed), "account_id", as_of="2026-06-30", unit="week"
    )
    for model, planted in ((BetaGeo(), PLANTED), (GammaGamma(), SPENT)):
        model.fit(summary)
        for letter, value in planted.items():
            error = model.standard_errors_[letter]
            assert abs(model.params_[letter] - value) < 3.5 * error, (letter, model.params_)


def test_the_same_seed_gives_the_same_orders():
    pd.testing.assert_frame_equal(make_orders(30), make_orders(30))
    assert not make_orders(30).equals(make_orders(30, seed=8))


def test_no_order_is_later_than_the_last_day():
    orders = make_orders(200)
    assert orders["date"].max() <= pd.Timestamp("2026-06-30")
    assert orders["account_id"].nunique() == 200


@pytest.mark.parametrize("customers", [0, -1, 1.5, 200_000])
def test_other_numbers_of_customers_are_refused(customers):
    with pytest.raises(ParameterError, match="customers"):
        make_orders(customers)
