"""Expected value and days: a published survival curve, and sums that hold."""

import numpy as np
import pytest

from segkit.errors import DataError
from segkit.scoring import cycle_days, expected_value

# R's survival::aml (Miller 1981): weeks to relapse, with and without maintenance.
KEPT = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
NOT = [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]


def test_medians_of_aml():
    """Kaplan-Meier medians 31 and 23 weeks (survival 3, `survfit(Surv(time, status) ~ x, aml)`)."""
    assert cycle_days(*KEPT)["median"].item() == 31
    assert cycle_days(*NOT)["median"].item() == 23


def test_groups_with_few_decisions_take_the_whole():
    days, decided = KEPT[0] + NOT[0], KEPT[1] + NOT[1]
    groups = ["kept"] * 11 + ["not"] * 12
    found = cycle_days(days, decided, groups).set_index("group")
    assert found.loc["kept", "median"] == found.loc["all", "median"]
    many = cycle_days(days * 5, decided * 5, groups * 5).set_index("group")["median"]
    assert many["kept"] == 31
    assert many["not"] == 23


def test_a_median_that_is_not_reached_is_not_made_up():
    """Of 100 deals 30 are decided: nobody knows when half will be."""
    days, decided = np.r_[np.arange(1.0, 31), np.full(70, 90.0)], np.r_[np.ones(30), np.zeros(70)]
    groups = np.repeat(["slow", "quick"], [100, 100])
    found = cycle_days(
        np.r_[days, days[:30], np.full(70, 5.0)], np.r_[decided, np.ones(100)], groups
    ).set_index("group")
    assert cycle_days(days, decided)["basis"].tolist() == ["not reached"]
    assert found["median"].loc["slow"] == np.inf
    assert found["basis"].to_dict() == {"all": "own", "quick": "own", "slow": "not reached"}


def test_deals_whose_days_are_not_known_come_last_by_what_they_bring():
    found = expected_value([0.5, 0.5, 0.5], [10, 30, 20], days=[5, np.inf, np.inf]).table
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["per_day"].isna().tolist() == [False, True, True]


def test_totals_and_shares_hold():
    rng = np.random.default_rng(0)
    chance, value = rng.random(300), rng.lognormal(9, 1.5, 300)
    found = expected_value(chance, value, days=np.full(300, 50.0))
    assert found.total == pytest.approx(chance @ value)
    assert found.table["per_day"].sum() == pytest.approx(found.total / 50)
    ranked = np.sort(chance * value)[::-1]
    assert found.top_decile_share == pytest.approx(ranked[:30].sum() / found.total)
    assert found.table.loc[(chance * value).argmax(), "rank"] == 1


def test_interval_is_that_of_the_luck():
    """2,000 equal deals at one half: 1,000 +- 1.645 sqrt(500)."""
    found = expected_value(np.full(2000, 0.5), np.ones(2000))
    assert found.interval == pytest.approx((1000 - 36.8, 1000 + 36.8), abs=3)
    unsure = expected_value(np.full(2000, 0.5), np.ones(2000), low=[0.4] * 2000, high=[0.6] * 2000)
    assert unsure.interval == pytest.approx((800, 1200), abs=20)


@pytest.mark.parametrize(
    ("chance", "value", "days", "words"),
    [
        ([0.5, 1.5], [1, 1], None, r"\[0, 1\]"),
        ([0.5], [1, 1], None, "as long"),
        ([0.5], [np.nan], None, "finite"),
        ([0.5], [1], [0], "above 0"),
        ([], [], None, "as long"),
    ],
)
def test_bad_input_is_explained(chance, value, days, words):
    with pytest.raises(DataError, match=words):
        expected_value(chance, value, days=days)


def test_nothing_decided_has_no_days():
    with pytest.raises(DataError, match="at least one decided"):
        cycle_days([1, 2], [0, 0])


def test_one_end_of_an_interval_is_refused():
    with pytest.raises(DataError, match="give both, or neither"):
        expected_value([0.5, 0.1], [1000, 20000], low=[0.4, 0.05])
