"""Tornado of any model: closed forms, and agreement with the market's own."""

import numpy as np
import pytest

from segkit.errors import ParameterError
from segkit.sizing import fixed, lognormal, market_size, pert, tornado, triangular

INPUTS = {"accounts": pert(900, 1000, 1100), "price": lognormal(2, 8), "share": triangular(0, 0, 1)}


def test_swings_of_a_product_are_products():
    table = tornado(lambda accounts, price, share: accounts * price * share, INPUTS)
    medians = {name: float(known.ppf(0.5)) for name, known in INPUTS.items()}
    base = np.prod(list(medians.values()))
    assert table["base"].tolist() == pytest.approx([base] * 3)
    for row in table.to_dict("records"):
        low, high = INPUTS[row["input"]].ppf([0.1, 0.9])
        assert (row["p10"], row["p90"]) == pytest.approx((low, high))
        assert row["at_p10"] == pytest.approx(base * low / medians[row["input"]])
        assert row["swing"] == pytest.approx(base * (high - low) / medians[row["input"]])
    assert table["swing"].is_monotonic_decreasing
    assert table["input"].tolist() == ["share", "price", "accounts"]


def test_shares_of_a_sum_are_its_shares_of_variance():
    """Spearman and Pearson agree for normals: sds of 3, 2 and 1 split as 9, 4 and 1 in 14."""
    wide = {name: triangular(-sd, 0, sd) for name, sd in (("a", 3.0), ("b", 2.0), ("c", 1.0))}
    table = tornado(lambda a, b, c: a + b + c, wide).set_index("input")
    assert table["variance_share"].to_dict() == pytest.approx(
        {"a": 9 / 14, "b": 4 / 14, "c": 1 / 14}, abs=0.02
    )


def test_a_falling_model_swings_the_other_way_and_a_known_input_not_at_all():
    table = tornado(lambda cost, rest: rest - cost, {"cost": pert(1, 2, 3), "rest": 10})
    cost, rest = table.to_dict("records")
    assert cost["at_p10"] > cost["base"] > cost["at_p90"]
    assert (rest["swing"], rest["variance_share"]) == (0, 0)
    assert cost["variance_share"] == pytest.approx(1)


def test_the_market_has_the_same_tornado():
    known = {"accounts": pert(900, 1000, 1100), "price": lognormal(2, 8), "attach rate": 0.5}
    market = market_size(known).tornado.query("level == 'TAM'").reset_index(drop=True)
    table = tornado(
        lambda **at: at["accounts"] * at["price"] * at["attach rate"],
        {"accounts": known["accounts"], "price": known["price"], "attach rate": fixed(0.5)},
    )
    assert market["input"].str.removeprefix("all: ").tolist() == table["input"].tolist()
    assert market["swing"].tolist() == pytest.approx(table["swing"].tolist())
    # One split is exact for a product, the other by ranks.
    assert market["variance_share"].tolist() == pytest.approx(
        table["variance_share"].tolist(), abs=0.02
    )


def test_models_that_give_no_number_for_each_draw_are_refused():
    for model in (lambda price: 5.0, lambda price: price[:3]):
        with pytest.raises(ParameterError, match="one number for each draw"):
            tornado(model, {"price": pert(1, 2, 3)})
    for model in (5, lambda price, rest: price * rest):
        with pytest.raises(ParameterError, match="takes arrays by name: price"):
            tornado(model, {"price": (1, 2, 3)})
    with pytest.raises(ParameterError, match="at least one input"):
        tornado(lambda: 1, {})
