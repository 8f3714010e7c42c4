"""What-if controls without a browser: move a control, and see sentence and figure follow."""

import time

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import MissingPackageError
from segkit.widgets import what_if


def _shop():
    """Draw 300 customers who buy at rates of their own, some of whom leave."""
    rng = np.random.default_rng(2)
    rows = []
    for number in range(300):
        days = np.cumsum(rng.exponential(60 / rng.gamma(2.0), 40)) + rng.integers(300)
        stays = rng.geometric(rng.beta(1.0, 4.0))
        rows += [(f"C{number}", day, rng.gamma(6.0, 4.0)) for day in days[:stays] if day < 700]
    orders = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    days = pd.to_timedelta(orders["date"].astype(int), unit="D")
    return orders.assign(date=pd.Timestamp("2023-01-02") + days)


def _parts(box):
    names = ("margin", "rate", "horizon", "reset", "words", "figure")
    return dict(zip(names, box.children, strict=True))


@pytest.fixture(scope="module")
def shop():
    return segkit.CustomerBase.from_tables({"orders": _shop()}, {"gross_margin": 0.4})


@pytest.fixture(params=["larkspur", "shop"])
def controls(request):
    base = request.getfixturevalue(request.param)
    return _parts(what_if(base)), base.ask("A5")


def test_controls_begin_with_the_answer(controls):
    parts, answer = controls
    now, before = parts["figure"].data
    assert list(now.x) == list(before.x)
    assert (
        str(answer.headline.split("worth ")[1].split(" in")[0].split(" from")[0])
        in parts["words"].value
    )


def test_half_the_margin_is_half_the_value(controls):
    parts, _ = controls
    now, before = parts["figure"].data
    parts["margin"].value = parts["margin"].value / 2
    assert list(now.x) == pytest.approx([value / 2 for value in before.x], rel=1e-3, abs=0.011)
    assert "With a margin of" in parts["words"].value


def test_each_step_takes_less_than_a_second(controls):
    parts, _ = controls
    start = time.process_time()
    parts["rate"].value = 0.2
    assert time.process_time() - start < 1


def test_discount_and_horizon_lower_the_value_and_the_button_restores_it(controls):
    parts, _ = controls
    now, before = parts["figure"].data
    sentence = parts["words"].value
    parts["rate"].value = 0.25
    assert all(low < high for low, high in zip(now.x, before.x, strict=True))
    dear = list(now.x)
    parts["horizon"].value = parts["horizon"].options[0]
    assert all(low <= high for low, high in zip(now.x, dear, strict=True))
    assert all(reach >= 0 for reach in now.error_x.array)
    parts["reset"].click()
    assert list(now.x) == list(before.x)
    assert parts["words"].value == sentence


def test_controls_are_named_and_can_be_reached_by_keyboard(controls):
    parts, _ = controls
    assert [parts[name].description for name in ("margin", "rate", "horizon", "reset")] == [
        "Margin",
        "Discount a year",
        "Horizon",
        "As in the answer",
    ]
    assert all(parts[name].tabbable is not False for name in ("margin", "rate", "horizon"))
    assert 'role="status"' in parts["words"].value


def test_a_base_without_contracts_and_orders_is_told_what_is_missing():
    base = segkit.CustomerBase.from_tables({"accounts": pd.DataFrame({"account_id": ["<b>"]})})
    (words,) = what_if(base).children
    assert "orders" in words.value
    assert "<b>" not in words.value


def test_a_missing_package_is_named(monkeypatch, larkspur):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    with pytest.raises(MissingPackageError, match=r"segkit\[lab\]"):
        what_if(larkspur)
