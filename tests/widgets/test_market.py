"""Market controls without a browser: move an input, and see sentence and figure follow."""

import time

import pandas as pd
import pytest

import segkit
from segkit.errors import MissingPackageError
from segkit.sizing import pert
from segkit.widgets import explore_market


def _parts(box):
    names = ("way", "input", "times", "width", "together", "reset", "words", "figure")
    parts = dict(zip(names, box.children, strict=True))
    parts["chosen"], parts["named"] = parts.pop("input").children
    return parts


@pytest.fixture(scope="module")
def built(larkspur):
    return _parts(explore_market(larkspur))


@pytest.fixture
def parts(built):
    built["way"].value = "bottom-up"
    built["chosen"].value = built["chosen"].options[0]
    built["reset"].click()
    return built


def _facts(rows):
    frame = pd.DataFrame(rows, columns=["segment", "measure", "low", "mode", "high"])
    return frame.assign(fact_id=[f"f{number}" for number in range(len(frame))])


def _only(rows):
    return segkit.CustomerBase.from_tables({"market_facts": _facts(rows)}, {"currency": "EUR"})


def test_controls_begin_with_the_answer(parts, larkspur):
    answer = larkspur.ask("M1").table.query("unit == 'revenue'")["mean"]
    now, before = parts["figure"].data
    assert list(now.y) == ["TAM", "SAM", "SOM"]
    assert list(now.x) == list(before.x)
    assert list(now.x) == pytest.approx(answer.tolist(), rel=1e-5)
    assert "TAM USD 250 M (USD 207 M to USD 299 M), 16,591 accounts" in parts["words"].value


def test_the_strongest_input_is_offered_first_and_moves_the_market(parts):
    assert parts["chosen"].value == "school systems: price"
    assert parts["named"].value == "school systems: price"
    now, before = parts["figure"].data
    parts["times"].value = 2.0
    # School systems are 135 of 250 M.
    assert now.x[0] / before.x[0] == pytest.approx((250 + 135) / 250, rel=0.01)
    assert "in the answer USD 250 M" in parts["words"].value
    assert "TAM USD 38" in parts["words"].value


def test_a_wider_range_widens_the_interval(parts):
    now, _ = parts["figure"].data
    width = now.error_x.array[0] + now.error_x.arrayminus[0]
    parts["width"].value = 2.0
    assert now.error_x.array[0] + now.error_x.arrayminus[0] > 1.2 * width
    parts["width"].value = 0.0
    assert now.error_x.array[0] + now.error_x.arrayminus[0] < 0.9 * width


def test_segments_that_err_alike_widen_the_interval_alone(parts):
    now, before = parts["figure"].data
    width = now.error_x.array[0] + now.error_x.arrayminus[0]
    parts["together"].value = 0.8
    assert now.error_x.array[0] + now.error_x.arrayminus[0] > 1.2 * width
    assert now.x[0] == pytest.approx(before.x[0], rel=0.005)


def test_inputs_keep_their_changes_and_the_button_restores_them(parts):
    now, before = parts["figure"].data
    first, second = parts["chosen"].options[:2]
    sentence = parts["words"].value
    parts["times"].value = 1.5
    moved = now.x[0]
    parts["chosen"].value = second
    assert parts["times"].value == 1.0
    assert now.x[0] == moved
    parts["chosen"].value = first
    assert parts["times"].value == 1.5
    parts["reset"].click()
    assert parts["times"].value == 1.0
    assert list(now.x) == list(before.x)
    assert parts["words"].value == sentence


def test_another_way_has_inputs_of_its_own(parts):
    now, before = parts["figure"].data
    parts["way"].value = "value theory"
    assert "school systems: benefit per account" in parts["chosen"].options
    assert "school systems: price" not in parts["chosen"].options
    assert list(now.x) == list(before.x)
    assert "TAM USD 217 M" in parts["words"].value


def test_a_share_stays_a_share():
    rows = [
        ("all", "accounts", 100, 100, 100),
        ("all", "price", 10, 10, 10),
        ("all", "serviceable share", 0.5, 0.8, 0.9),
    ]
    box = explore_market(_only(rows))
    chosen, times, figure = box.children[0].children[0], box.children[1], box.children[-1]
    chosen.value = "all: serviceable share"
    times.value = 3.0
    tam, sam = figure.data[0].x
    assert (tam, sam) == (1000, 1000)
    times.value = 0.5
    assert figure.data[0].x[1] == pytest.approx(500 * pert(0.5, 0.8, 0.9).mean, rel=1e-3)


def test_each_step_takes_less_than_a_second(parts):
    start = time.process_time()
    parts["times"].value = 1.2
    assert time.process_time() - start < 1


def test_controls_are_named_and_can_be_reached_by_keyboard(parts):
    names = ("way", "chosen", "times", "width", "together", "reset")
    assert [parts[name].description for name in names] == [
        "Way",
        "Input",
        "its values times",
        "its range times",
        "common error",
        "As in the answer",
    ]
    assert all(parts[name].tabbable is not False for name in names)
    assert 'role="status"' in parts["words"].value


def test_facts_that_do_not_suffice_are_explained_and_escaped():
    (words,) = explore_market(_only([("<b>", "accounts", 9, 9, 9)])).children
    assert "no &#x27;price&#x27; for &lt;b&gt;" in words.value
    assert "<b>" not in words.value


def test_a_missing_package_is_named(monkeypatch, larkspur):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    with pytest.raises(MissingPackageError, match=r"segkit\[lab\]"):
        explore_market(larkspur)
