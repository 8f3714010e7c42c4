"""Budget, guard rail and capacity: sums, boundaries, arithmetic, refusals."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.sizing import accounts_coverable, budget_split, guard_rail


@pytest.mark.parametrize(
    ("planned", "verdict"),
    [
        (0, "below"),
        (99_999.99, "below"),
        (100_000, "within"),
        (200_000, "within"),
        (300_000, "within"),
        (300_000.01, "above"),
        (1_000_000, "above"),
    ],
)
def test_guard_rail_at_its_boundaries(planned, verdict):
    found = guard_rail(planned, 1_000_000)
    assert found.verdict == verdict
    assert (found.low, found.high) == (100_000, 300_000)


@given(st.floats(1, 1e12))
def test_ten_and_thirty_percent_of_any_budget_are_within(budget):
    assert guard_rail(0.1 * budget, budget).verdict == "within"
    assert guard_rail(0.3 * budget, budget).verdict == "within"


def test_impossible_plans_are_refused():
    for planned, budget, wrong in ((5, 0, "budget"), (-1, 10, "planned"), (11, 10, "planned")):
        with pytest.raises(ParameterError, match=f"'{wrong}' parameter"):
            guard_rail(planned, budget)
    with pytest.raises(ParameterError, match="'low, high' parameter"):
        guard_rail(1, 10, low=0.5, high=0.2)


@given(st.lists(st.floats(0.01, 1e9), min_size=1, max_size=20))
def test_shares_of_a_budget_sum_to_one(amounts):
    kinds = ["people", "technology", "third party", None]
    costs = pd.DataFrame(
        {"category": [kinds[i % 4] for i in range(len(amounts))], "amount": amounts}
    )
    split = budget_split(costs)
    assert split["share"].sum() == pytest.approx(1)
    assert split["amount"].sum() == pytest.approx(sum(amounts))
    assert split["share"].is_monotonic_decreasing
    assert ("unknown" in set(split["category"])) == (len(amounts) > 3)


def test_bad_budgets_are_refused_by_row():
    with pytest.raises(DataError, match="row 1: -5"):
        budget_split(pd.DataFrame({"category": ["people"] * 2, "amount": [3, -5]}))
    with pytest.raises(DataError, match="nothing was spent"):
        budget_split(pd.DataFrame({"category": ["people"], "amount": [0]}))


TIERS = pd.DataFrame({"tier": list("ABC"), "accounts": [10, 20, 500], "hours": [60, 30, 4]})


def test_capacity_is_people_times_hours_over_hours_per_account():
    found = accounts_coverable(TIERS, people=2, hours=900, hours_per_account="hours")
    assert found["coverable"].tolist() == [30, 60, 450]
    # Top tier first: 600 + 600 hours, and 600 left for a hundred and fifty of the last.
    assert found["covered"].tolist() == [10, 20, 150]
    assert found["share_covered"].tolist() == [1, 1, 0.3]


@given(st.floats(0.5, 50), st.floats(1, 2000))
def test_nobody_is_promised_more_than_there_is(people, hours):
    found = accounts_coverable(TIERS, people=people, hours=hours, hours_per_account="hours")
    assert (found["covered"] * found["hours_per_account"]).sum() <= people * hours + 1e-6
    assert (found["covered"] <= found["accounts"]).all()
    assert (found["covered"] <= found["coverable"]).all()


def test_tiers_that_take_no_time_are_refused():
    with pytest.raises(DataError, match="B: 20, 0"):
        accounts_coverable(
            TIERS.assign(hours=[1, 0, 1]), people=1, hours=1, hours_per_account="hours"
        )
    with pytest.raises(ParameterError, match="people"):
        accounts_coverable(TIERS, people=0, hours=1, hours_per_account="hours")


def test_a_sorted_frame_keeps_each_tier_with_its_own_share():
    tiers = pd.DataFrame(
        {"tier": ["B", "A"], "accounts": [400, 30], "hours_per_account": [10.0, 40.0]}
    )
    for rows in (tiers.sort_values("tier"), tiers.sort_values("tier").set_axis([7, 9])):
        found = accounts_coverable(rows, people=2, hours=1000)
        assert found["share_covered"].tolist() == [1.0, 0.2]
