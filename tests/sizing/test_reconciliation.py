"""Estimates held against each other and pooled."""

import math

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.sizing import market_size, reconcile

WAYS = ("bottom-up", "top-down", "value theory")


def facts(spend=(4e6, 6e6, 8e6), benefit=(1e4, 3e4, 6e4)):
    rows = [
        ("all", "accounts", 1000, 1000, 1000),
        ("all", "price", 2000, 5000, 9000),
        ("all", "category spend", *spend),
        ("all", "benefit per account", *benefit),
        ("all", "value share captured", 0.1, 0.2, 0.3),
    ]
    return pd.DataFrame(rows, columns=["segment", "measure", "low", "mode", "high"])


def sizes(table, ways=WAYS):
    return [market_size(table, way, n_draws=5000) for way in ways]


def test_pool_is_the_precision_weighted_mean_of_logarithms():
    found = reconcile(sizes(facts()))
    logs = [np.log(size.draws["TAM revenue"]) for size in sizes(facts())]
    weight = np.array([1 / x.var(ddof=0) for x in logs])
    expected = (weight * [x.mean() for x in logs]).sum() / weight.sum()
    assert math.log(found.pooled) == pytest.approx(expected)
    assert found.interval[0] < found.pooled < found.interval[1]
    assert found.table["weight"].sum() == pytest.approx(1)
    assert found.agree
    assert found.ratio == pytest.approx(found.table["mean"].max() / found.table["mean"].min())
    half = math.log(found.interval[1] / found.pooled)
    assert half == pytest.approx(1.6448536 * max(found.birge_ratio, 1) / math.sqrt(weight.sum()))


def test_equal_estimates_pool_to_themselves():
    table = facts(spend=(2e6, 5e6, 9e6))
    found = reconcile(sizes(table, WAYS[:2]))
    assert found.ratio == pytest.approx(1, rel=1e-3)
    assert found.table["weight"].tolist() == pytest.approx([0.5, 0.5], abs=0.01)
    assert found.birge_ratio < 0.05


def test_estimates_far_apart_are_flagged_and_widen_the_interval():
    found = reconcile(sizes(facts(spend=(4e7, 5e7, 6e7))))
    assert not found.agree
    assert found.birge_ratio > 1
    assert any("find the input that is wrong" in note for note in found.notes)
    naive = 2 * 1.6448536 / math.sqrt((1 / found.table["log_sd"] ** 2).sum())
    assert math.log(found.interval[1] / found.interval[0]) > 1.5 * naive


def test_ratio_of_exactly_three_agrees():
    table = facts(spend=(15.5e6, 15.5e6, 15.5e6))
    table.loc[table["measure"] == "price", ["low", "mode", "high"]] = [
        5166,
        5166.666666666667,
        5167,
    ]
    table.loc[table["measure"] == "category spend", ["low", "mode", "high"]] = [
        15.49e6,
        15.5e6,
        15.51e6,
    ]
    assert reconcile(sizes(table, WAYS[:2])).ratio == pytest.approx(3, rel=1e-4)


def test_levels_can_be_chosen_and_missing_ones_are_named():
    pair = sizes(facts(), WAYS[:2])
    assert reconcile(pair, "SAM").level == "SAM"
    with pytest.raises(DataError) as fault:
        reconcile(pair, "SOM")
    assert str(fault.value).count("no level 'SOM'") == 2


def test_estimates_without_spread_or_with_zeros_are_refused():
    fixed = facts(spend=(5e6, 5e6, 5e6))
    with pytest.raises(DataError, match="no uncertainty"):
        reconcile(sizes(fixed))
    worthless = pd.concat(
        [
            facts(),
            pd.DataFrame(
                [
                    {
                        "segment": "all",
                        "measure": "switching cost",
                        "low": 2e4,
                        "mode": 3e4,
                        "high": 9e4,
                    }
                ]
            ),
        ]
    )
    with pytest.raises(DataError, match="value theory: some draws are 0"):
        reconcile(sizes(worthless))


def test_one_estimate_or_one_way_twice_is_refused():
    one = sizes(facts(), ["bottom-up"])
    for chosen in (one, one * 2):
        with pytest.raises(ParameterError, match="two or more"):
            reconcile(chosen)


def test_json_is_whole():
    assert '"ratio"' in reconcile(sizes(facts())).to_json()
