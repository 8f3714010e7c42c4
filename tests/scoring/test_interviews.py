"""What interviews show: exact tests by hand, a planted cut-off, and nothing where nothing is."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import binomtest, fisher_exact

from segkit.errors import DataError, ParameterError
from segkit.scoring import interview_evidence


def _talks(seed, n=60):
    """Offices above 100 square metres pay (95 against 5 %); nothing else matters."""
    rng = np.random.default_rng(seed)
    talks = pd.DataFrame(
        {
            "client": [f"C{place}" for place in range(n)],
            "office": (100 * np.exp(0.5 * rng.normal(size=n) + 0.25)).round(1),
            "union": rng.random(n) < 0.5,
            "region": rng.choice(["north", "south", "west"], n),
        }
    )
    return talks.assign(paid=rng.random(n) < np.where(talks["office"] > 100, 0.95, 0.05))


def test_exact_tests_are_those_of_the_counts():
    """15 of 20 against 5 of 20, and 15 of 20 heads (p = 0.0414)."""
    talks = pd.DataFrame(
        {"first": [1, 1, 1, 1, 0, 0, 0, 0] * 5, "said": [1, 1, 1, 0, 0, 0, 0, 1] * 5}
    )
    row = interview_evidence(talks, "said").criteria.iloc[0]
    assert row["p_value"] == pytest.approx(fisher_exact([[15, 5], [5, 15]]).pvalue, rel=1e-12)
    assert (row["interviews"], row["hits"], row["others"], row["other_hits"]) == (20, 15, 20, 5)
    heads = pd.DataFrame({"tested": "coin", "heads": [True] * 15 + [False] * 5})
    found = interview_evidence(heads, "heads", hypothesis="tested", confirmed="heads").hypotheses
    assert found.loc[0, "p_value"] == pytest.approx(binomtest(15, 20).pvalue, rel=1e-12)
    assert found.loc[0, "p_value"] == pytest.approx(0.0414, abs=5e-5)
    assert found.loc[0, "verdict"] == "confirmed"


def test_planted_cut_off_is_found_and_nothing_else():
    wrong = 0
    inside = 0
    for seed in range(20):
        found = interview_evidence(_talks(seed), "paid", permutations=199)
        first = found.criteria.iloc[0]
        assert first["column"] == "office"
        assert first["verdict"] == "tells"
        low, high = map(float, first["cut_off"].split("95 % ")[1].strip(")").split(" to "))
        inside += low <= 100 <= high
        wrong += (found.criteria["verdict"] == "tells").sum() - 1
        assert found.left_out["client"].startswith("60 values in 60 interviews")
    assert inside >= 17
    assert wrong <= 3


def test_shuffled_outcomes_tell_nothing():
    """The whole family is wrong in no more than one of twenty; 95 of 100 stay silent."""
    rng = np.random.default_rng(0)
    silent = 0
    for seed in range(40):
        talks = _talks(seed)
        talks["paid"] = rng.permutation(talks["paid"])
        found = interview_evidence(talks, "paid", permutations=99)
        silent += not (found.criteria["verdict"] == "tells").any()
    assert silent >= 35


def test_below_the_minimum_it_is_not_enough():
    few = interview_evidence(_talks(1).head(20), "paid", permutations=9)
    assert not few.enough
    assert few.lacking == ("4 interviews",)
    assert few.statement.startswith("Not enough evidence yet: 20 interviews")
    unpaid = interview_evidence(_talks(1).assign(money=False), "paid", paid="money", permutations=9)
    assert unpaid.lacking == ("3 payments",)
    assert interview_evidence(_talks(1), "paid", permutations=9).enough


def test_direction_and_missing_values():
    talks = _talks(2)
    talks["office"] = -talks["office"]
    talks["paid"] = talks["paid"].astype("boolean")
    talks.loc[:2, "paid"] = pd.NA
    talks.loc[5:8, "office"] = np.nan
    found = interview_evidence(talks, "paid", permutations=199)
    assert found.set_aside == 3
    assert found.criteria.loc[0, "criterion"].startswith("office <= -")
    assert found.criteria.loc[0, ["interviews", "others"]].sum() == 53


def test_columns_in_any_order_and_polars_say_the_same():
    talks = _talks(3)
    one = interview_evidence(talks, "paid", permutations=99)
    other = interview_evidence(pl.from_pandas(talks[talks.columns[::-1]]), "paid", permutations=99)
    both = [found.criteria.sort_values("criterion", ignore_index=True) for found in (one, other)]
    pd.testing.assert_frame_equal(*both, check_dtype=False)


def test_faults_are_named():
    with pytest.raises(DataError, match=r"no column 'payed'. Did you mean 'paid'"):
        interview_evidence(_talks(1), "payed")
    with pytest.raises(DataError, match="must hold 1"):
        interview_evidence(_talks(1), "region")
    with pytest.raises(DataError, match="No interview has an outcome"):
        interview_evidence(_talks(1).assign(paid=None), "paid")
    with pytest.raises(ParameterError, match="'least'"):
        interview_evidence(_talks(1), "paid", least=-1)


def test_answers_to_a_hypothesis_without_a_name_are_counted():
    talks = pd.DataFrame({"paid": [1, 0] * 10, "asked": ["fast", None] * 10, "yes": [1, 1] * 10})
    found = interview_evidence(talks, "paid", hypothesis="asked", confirmed="yes").hypotheses
    assert found.set_index("hypothesis")["interviews"].to_dict() == {"fast": 10, "not named": 10}
