"""The eight tests of a segment: each passes and fails where it was planted to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.segments import Thresholds, segment_tests

N = 1200


@pytest.fixture(scope="module")
def base():
    """Three segments by size of firm; each fails tests that it was made to fail."""
    rng = np.random.default_rng(0)
    segment = np.repeat(["large", "middle", "tiny"], [500, 640, 60])
    large, tiny = segment == "large", segment == "tiny"
    growth = np.select([large, tiny], [1.2, 1.0], 0.8)
    paid = rng.lognormal(3, 0.5, N)
    table = pd.DataFrame(
        {
            "segment": segment,
            "staff": np.select([large, tiny], [500, 5], 80) * rng.lognormal(0, 0.2, N),
            "state": rng.choice(["NY", "MA", "CA"], N),
            "mail": np.where(rng.uniform(size=N) < np.where(large, 0.9, 0.3), "a@b.c", None),
            "churned": rng.uniform(size=N) < np.where(large, 0.05, 0.3),
            "weather": rng.normal(size=N),
            "margin": rng.normal(np.where(tiny, 0.0, 5.0), 4, N),
        }
    )
    for year in range(6):
        table[f"y{year}"] = paid * growth**year * rng.lognormal(0, 0.05, N)
    return table


@pytest.fixture(scope="module")
def results(base):
    found = segment_tests(
        base,
        "segment",
        descriptors=["staff", "state"],
        value="y5",
        contact=["mail"],
        outcomes=["churned", "weather"],
        contribution="margin",
        revenue=[f"y{year}" for year in range(6)],
        stability={"large": 0.9, "middle": 0.7, "tiny": 0.4},
        plays={"large": "key account team, Ann, 50 accounts"},
    )
    return found.table.set_index(["segment", "test"])["result"]


def test_each_test_gives_the_planted_result(results):
    expected = {
        "identifiable": ("pass", "pass", "pass"),
        "substantial": ("pass", "pass", "fail"),
        "accessible": ("pass", "fail", "fail"),
        "actionable": ("pass", "unknown", "unknown"),
        "stable": ("pass", "fail", "fail"),
        "profitable": ("pass", "pass", "fail"),
        "growing": ("pass", "fail", "fail"),
    }
    for test, planted in expected.items():
        assert tuple(results[:, test][name] for name in ("large", "middle", "tiny")) == planted
    assert results["large", "differentiable"] == "pass"


def test_a_random_segment_is_not_identifiable_nor_differentiable(base):
    for seed in range(3):
        labels = np.random.default_rng(seed).integers(4, size=N)
        found = segment_tests(
            base, labels, descriptors=["staff", "state"], outcomes=["churned", "weather"]
        )
        results = found.table.set_index("test")["result"]
        assert set(results["identifiable"]) == {"fail"}
        assert set(results["differentiable"]) == {"fail"}
        assert found.table.query("test == 'identifiable'")["value"].between(0.4, 0.6).all()


def test_what_was_not_given_is_unknown_and_says_what_is_needed(base):
    table = segment_tests(base, "segment").table
    unknown = table[table["result"] == "unknown"]
    assert set(unknown["test"]) == set(table["test"]) - {"substantial"}
    assert unknown["evidence"].str.startswith("needs ").all()
    assert len(table) == 24


def test_missing_descriptors_fail_identifiable(base):
    holes = base.assign(staff=base["staff"].where(np.arange(N) % 2 == 0), state=None)
    table = segment_tests(holes, "segment", descriptors=["staff", "state"]).table
    rows = table[table["test"] == "identifiable"]
    assert (rows["result"] == "fail").all()
    assert rows["evidence"].str.contains("75% missing").any()


def test_constant_descriptors_tell_nothing(base):
    table = segment_tests(base.assign(same=1.0), "segment", descriptors=["same"]).table
    assert (table.loc[table["test"] == "identifiable", "value"] == 0.5).all()


def test_thresholds_can_be_changed(base):
    table = segment_tests(base, "segment", thresholds=Thresholds(members=50, share=0.01)).table
    assert (table.loc[table["test"] == "substantial", "result"] == "pass").all()
    assert table.loc[table["test"] == "substantial", "threshold"].str.contains("50").all()


def test_rows_without_a_segment_take_no_part(base):
    labels = np.where(base["segment"] == "tiny", -1, base["segment"] == "large")
    found = segment_tests(base, labels, contact=["mail"])
    assert set(found.table["segment"]) == {0, 1}
    assert found.passed.loc[1, "pass"] == 2


def test_faults(base):
    with pytest.raises(DataError, match=r"no columns 'staf'. Did you mean 'staff'"):
        segment_tests(base, "segment", descriptors=["staf"])
    with pytest.raises(DataError, match="3 segments were given for 1200"):
        segment_tests(base, [0, 1, 1])
    with pytest.raises(DataError, match="from two on"):
        segment_tests(base, np.zeros(N))
