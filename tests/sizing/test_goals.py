"""Revenue bridge: its identity, published arithmetic of retention, intervals, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.sizing import revenue_bridge

money = st.floats(0, 1e6).map(lambda value: round(value, 2))
books = st.dictionaries(st.sampled_from("abcdefghij"), money, min_size=1)


@given(books, books)
@example({"b": 0.0, "f": 1.0, "g": 491520.88, "d": 32767.06}, {"a": 0.0, "e": 0.0, "c": 1.0})
def test_the_lines_always_add_up(before, after):
    before = before | {"held": 10.0}
    found = revenue_bridge(before, after)
    lines = found.table.set_index("line")["amount"]
    named = lines[["start", "new", "expansion", "contraction", "churn"]]
    assert lines["start"] == pytest.approx(sum(before.values()))
    assert lines["end"] == pytest.approx(sum(after.values()), abs=0.01)
    assert named.sum() == pytest.approx(lines["end"], abs=0.01)
    assert (lines[["contraction", "churn"]] <= 0).all()
    assert found.grr <= found.nrr
    assert 0 <= found.grr <= 1
    assert found.nrr == pytest.approx((lines["end"] - lines["new"]) / lines["start"], abs=1e-6)


def test_each_customer_falls_into_one_line():
    before = {"grows": 10, "shrinks": 20, "leaves": 30, "stays": 40}
    after = {"grows": 15, "shrinks": 12, "stays": 40, "comes": 7}
    found = revenue_bridge(before, after, target=200)
    assert [found.line(name) for name in ("new", "expansion", "contraction", "churn")] == [
        7, 5, -8, -30,
    ]  # fmt: skip
    assert (found.nrr, found.grr) == (0.67, 0.62)
    assert (found.line("end"), found.gap, found.line("target")) == (74, 126, 200)
    assert found.new_needed == pytest.approx(200 - 74 * 0.67)


def test_totals_give_the_same_as_their_customers():
    stated = {"start": 100, "new": 7, "expansion": 5, "contraction": 8, "churn": -30}
    found = revenue_bridge(stated, target=200)
    assert (found.nrr, found.grr, found.gap) == (0.67, 0.62, 126)
    assert found.nrr_interval is None
    assert found.new_needed_interval is None


def test_order_and_repeated_customers_change_nothing():
    before = pd.Series([5.0, 5.0, 20.0], index=["a", "a", "b"])
    one = revenue_bridge(before, pd.Series({"b": 20.0, "a": 12.0}))
    other = revenue_bridge({"b": 20, "a": 10}, {"a": 12, "b": 20})
    assert one.table.equals(other.table)
    assert revenue_bridge([10, 20], np.array([12, 20])).line("expansion") == 2


def test_interval_of_the_ratio_of_two_customers_by_hand():
    """Cochran 1977, ch. 6: sqrt(n / (n - 1) x (20² + 20²)) / 200 x Student's t of one degree."""
    found = revenue_bridge([100, 100], [80, 120])
    assert found.nrr_interval == pytest.approx((0.0, 1 + 6.313752 * 40 / 200))


def test_intervals_cover_the_planted_retention():
    """Customers of equal size who leave with 10 % chance: GRR 0.9, covered nine times in ten."""
    hits = 0
    for seed in range(400):
        stays = np.random.default_rng(seed).random(400) < 0.9
        found = revenue_bridge(np.full(400, 100.0), 100.0 * stays)
        low, high = found.grr_interval
        hits += low <= 0.9 <= high
    # 90 % of 400 with four standard errors of 6 each.
    assert 336 <= hits <= 384


def test_what_cannot_be_bridged_is_refused():
    with pytest.raises(DataError, match="Got b: -1, 3"):
        revenue_bridge({"a": 1, "b": -1}, {"b": 3})
    with pytest.raises(DataError, match="Nothing is stated for b"):
        revenue_bridge({"a": 1, "b": None}, {"b": 3})
    with pytest.raises(DataError, match="nothing to retain"):
        revenue_bridge({"a": 0}, {"a": 5})
    with pytest.raises(DataError, match="Got 2 before, 1 after"):
        revenue_bridge([1, 2], [1])
    with pytest.raises(DataError, match="Missing: start"):
        revenue_bridge({"new": 5})
    with pytest.raises(DataError, match="new: -5"):
        revenue_bridge({"start": 10, "new": -5, "churn": 2})
    with pytest.raises(ParameterError, match="target"):
        revenue_bridge({"a": 1}, {"a": 1}, target=0)


def test_json_is_whole():
    assert '"new_needed"' in revenue_bridge({"a": 1}, {"a": 2}, target=3).to_json()


def test_names_on_one_side_alone_are_refused():
    named, plain = pd.Series({"a": 10.0, "b": 20.0}), [12.0, 20.0]
    with pytest.raises(DataError, match="revenue after names no customers"):
        revenue_bridge(named, plain)
    with pytest.raises(DataError, match="revenue before names no customers"):
        revenue_bridge(plain, named.to_dict())
