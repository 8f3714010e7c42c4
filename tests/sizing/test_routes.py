"""Routes to market against planted contributions."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.sizing import route_economics

PLANTED = {"direct": 10.0, "partner": 30.0, "online": 12.0}


def deals(each=60, seed=1, planted=PLANTED, spread=15.0):
    rng = np.random.default_rng(seed)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "product": "Payroll",
                    "route": route,
                    "value": 100.0,
                    "cost": 100 - mean - rng.normal(0, spread, each),
                    "paid": 6.0,
                }
            )
            for route, mean in planted.items()
        ],
        ignore_index=True,
    )


def economics(frame, **more):
    return route_economics(
        frame, product="product", route="route", value="value", cost="cost", **more
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_planted_route_is_recommended(seed):
    found = economics(deals(seed=seed))
    best = found.best.iloc[0]
    assert (best["route"], best["verdict"]) == ("partner", "recommended")


def test_intervals_hold_the_planted_contribution():
    held = 0
    for seed in range(60):
        table = economics(deals(20, seed)).table.set_index("route").loc[[*PLANTED]]
        held += ((table["low"] < pd.Series(PLANTED)) & (pd.Series(PLANTED) < table["high"])).sum()
    assert 0.83 * 180 <= held <= 0.96 * 180


def test_equal_routes_are_too_close_to_call():
    equal = dict.fromkeys(PLANTED, 20.0)
    verdicts = [economics(deals(seed=seed, planted=equal)).best["verdict"][0] for seed in range(20)]
    assert verdicts.count("too close to call") >= 15


def test_payback_by_hand():
    found = economics(deals(planted={"direct": 24.0}, spread=0.0), cost_to_win="paid")
    assert found.table["payback_months"].tolist() == pytest.approx([3.0])
    assert found.best["verdict"].tolist() == ["not enough data"]


def test_losses_are_called_losses():
    found = economics(deals(planted={"direct": -5.0, "online": -20.0}, spread=1.0))
    assert found.best["verdict"].tolist() == ["loses money"]
    assert found.table["payback_months"].isna().all()


def test_few_deals_are_not_compared():
    frame = pd.concat([deals(), deals(3, planted={"tender": 95.0}, spread=0.0)])
    found = economics(frame)
    assert found.best["route"].tolist() == ["partner"]
    assert "Payroll tender (3)" in found.notes[0]


def test_contribution_is_value_less_cost():
    table = economics(deals()).table
    assert (table["value"] - table["cost"]).tolist() == pytest.approx(table["contribution"])


def test_five_deals_settle_nothing():
    found = economics(deals(5))
    assert found.best["verdict"].tolist() == ["not enough data"]
    assert found.table["low"].isna().all()


def test_bad_input_is_told():
    with pytest.raises(DataError, match="no deal"):
        economics(deals().assign(cost=None))
    with pytest.raises(DataError, match=r"deals: cost .* at least 0. Got -5.0 in row 3"):
        economics(deals().assign(cost=lambda table: table["cost"].where(table.index != 3, -5)))
    with pytest.raises(ParameterError, match="fewest"):
        economics(deals(), fewest=1)
