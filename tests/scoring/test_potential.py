"""Wallets: planted ones come back in order, lower than they are, with the right share below."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import beta, spearmanr

from segkit.errors import DataError, ParameterError
from segkit.scoring import wallet, white_space

RATE = {"school": 36.0, "college": 30.0, "private": 72.0}


def simulated(seed, n=700):
    """Spend = rate x staff x lognormal(.15) x Beta(2, 2), as planted in the sample company."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {"kind": rng.choice(list(RATE), n), "staff": np.exp(rng.normal(6, 1.2, n)).round() + 1}
    )
    true = rows["kind"].map(RATE) * rows["staff"] * np.exp(0.15 * rng.normal(size=n))
    return rows.assign(spend=true * rng.beta(2, 2, n)), true


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_wallets_are_recovered(seed):
    rows, true = simulated(seed)
    found = wallet(rows, quantile=0.9)
    assert spearmanr(found.table["wallet"], true).statistic >= 0.97
    # Nobody gives us all: the wallet is low by about the 90 % point of the share, .80.
    assert (found.table["wallet"] / true).median() == pytest.approx(beta(2, 2).ppf(0.9), abs=0.08)
    assert found.below_interval[0] <= 0.9 <= found.below_interval[1] + 0.02
    assert found.loss < 0.5 * found.loss_base
    assert "lower bound" in found.bias


def test_coefficients_are_those_of_the_growth_law():
    rows, _ = simulated(4, n=2000)
    found = wallet(rows).coefficients
    assert found["log staff"] == pytest.approx(1.0, abs=0.05)
    steps = {name: value for name, value in found.items() if name.startswith("kind")}
    base = (set(RATE) - {name.split(": ")[1] for name in steps}).pop()
    for name, value in steps.items():
        assert value == pytest.approx(np.log(RATE[name.split(": ")[1]] / RATE[base]), abs=0.1)


def test_noise_foretells_nothing_of_accounts_held_out():
    """Four columns of noise save no loss, unless accounts foretell themselves."""
    rng = np.random.default_rng(0)
    rows = [
        pd.DataFrame(rng.normal(size=(60, 4))).assign(spend=rng.lognormal(size=60))
        for _ in range(4)
    ]
    assert np.mean([wallet(frame.rename(columns=str)).skill for frame in rows]) < 0


def test_a_higher_quantile_is_a_larger_wallet():
    rows, _ = simulated(5)
    low, high = (wallet(rows, quantile=q).table["wallet"] for q in (0.8, 0.9))
    assert (high > low).mean() > 0.99


def test_intervals_hold_the_quantile_of_the_law():
    """The conditional 90 % point is rate x staff x the 90 % point of lognormal x Beta."""
    rng = np.random.default_rng(0)
    factor = np.quantile(np.exp(0.15 * rng.normal(size=10**6)) * rng.beta(2, 2, 10**6), 0.9)
    held = []
    for seed in range(10, 14):
        rows, _ = simulated(seed)
        law = rows["kind"].map(RATE) * rows["staff"] * factor
        found = wallet(rows).table
        held.append(((found["low"] <= law) & (law <= found["high"])).mean())
    assert np.mean(held) > 0.75


def test_prospects_have_wallets_too():
    rows, _ = simulated(6)
    found = wallet(rows, columns=["kind", "staff"])
    new, worth = simulated(7, n=200)
    guess = found.of(pl.from_pandas(new))
    assert spearmanr(guess["wallet"], worth).statistic > 0.97
    unknown = found.of(pd.DataFrame({"kind": ["school", None], "staff": [np.nan, 100.0]}))
    assert unknown["wallet"].notna().all()


def test_headroom_and_rank_add_up():
    rows, _ = simulated(8)
    rows.loc[:9, "spend"] = [0.0, np.nan] * 5
    found = wallet(rows)
    table = found.table
    assert found.n == len(rows) - 10
    assert table["headroom"].to_numpy() == pytest.approx(
        np.maximum(table["wallet"] - table["spend"], 0)
    )
    assert sorted(table["rank"]) == list(range(1, len(rows) + 1))
    assert "10 of 700 accounts spend nothing" in found.notes[0]


def test_spend_may_come_as_an_array():
    rows, _ = simulated(9)
    one = wallet(rows).table["wallet"]
    other = wallet(rows[["kind", "staff"]], rows["spend"].to_numpy()).table["wallet"]
    assert one.to_numpy() == pytest.approx(other.to_numpy())


def test_too_few_are_refused():
    rows, _ = simulated(1, n=45)
    with pytest.raises(DataError, match="at least 50 accounts"):
        wallet(rows)
    with pytest.raises(DataError, match="0 of 45"):
        wallet(rows.assign(spend=0.0))
    with pytest.raises(ParameterError, match="quantile"):
        wallet(rows, quantile=1.0)
    with pytest.raises(DataError, match="Did you mean 'spend'"):
        wallet(rows, "spent")


def test_white_space_sums_and_stays_above_zero():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {"a": rng.integers(0, 40, 300), "p": rng.choice(list("xyz"), 300), "m": rng.random(300)}
    )
    found = white_space(rows, account="a", product="p", amount="m")
    assert len(found) == rows["a"].nunique() * 3
    assert found["amount"].sum() == pytest.approx(rows["m"].sum())
    assert (found["gap"] >= 0).all()
    assert (found.loc[found["amount"] == 0, "gap"] > 0).all()
    with pytest.raises(DataError, match="no row has"):
        white_space(rows.assign(m=np.nan), account="a", product="p", amount="m")


def test_none_where_all_have_some_is_a_gap():
    """The logarithm of 0 staff has no bound; what is not known is taken as average."""
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"staff": rng.integers(10, 900, 200)})
    rows["spend"] = 50 * rows["staff"] * rng.beta(2, 2, 200)
    found = wallet(rows, "spend")
    told = found.of(pd.DataFrame({"staff": [np.nan, 0.0, -3.0]}))["wallet"]
    assert told.tolist() == [told[0]] * 3
    assert told[0] > 1000
    more = pd.concat([rows, pd.DataFrame({"staff": [0], "spend": [0.0]})], ignore_index=True)
    assert wallet(more, "spend").notes[-1] == "Missing or 0, taken as average: staff (1)."


def test_an_account_without_a_wallet_has_no_potential_of_0():
    rows = pd.DataFrame({"a": ["x", "x", "y", "z"], "p": ["m", "n", "m", "n"], "m": [5.0, 5, 5, 5]})
    found = white_space(rows, account="a", product="p", amount="m", wallets={"x": 20, "y": 20})
    assert found.loc[found["account"] == "z", ["potential", "gap"]].isna().all(axis=None)
    assert found["gap"].iloc[0] == 5
