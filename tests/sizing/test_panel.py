"""A panel's market: pooled as Stone's (1961) linear opinion pool, faults named by panelist."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError
from segkit.sizing import market_size, panel_market_size

FACTS = pd.DataFrame(
    [
        ("schools", "accounts", 900, 1000, 1100),
        ("colleges", "accounts", 200, 200, 200),
        ("all", "price", 2_000, 3_000, 5_000),
        ("all", "serviceable share", 0.4, 0.5, 0.6),
    ],
    columns=["segment", "measure", "low", "mode", "high"],
)
COLUMNS = ["panelist", "input", "low", "mode", "high"]


def _said(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def _tam(table):
    return table.query("level == 'TAM' and unit == 'revenue'").iloc[0]


def test_who_repeats_the_facts_changes_nothing():
    said = _said(("Ann", "all: price", 2000, 3000, 5000), ("Bob", "all: price", 2000, 3000, 5000))
    found = panel_market_size(FACTS, said)
    stated = market_size(FACTS, n_draws=20_000).table
    pd.testing.assert_frame_equal(found.pooled[list(stated)], stated)
    assert (found.pooled["disagreement"] == 0).all()
    for _, own in found.table.groupby("panelist"):
        np.testing.assert_allclose(own["mean"], stated["mean"])


def test_the_pool_is_the_mixture_of_the_panelists():
    """Of exact numbers: mean and variance of the mixture, all of it disagreement."""
    facts = FACTS.assign(low=FACTS["mode"], high=FACTS["mode"])
    said = _said(("Ann", "all: price", 1000, 1000, 1000), ("Bob", "all: price", 4000, 4000, 4000))
    pool = _tam(panel_market_size(facts, said, n_draws=100).pooled)
    assert pool["mean"] == 1200 * 2500
    assert (pool["p5"], pool["p95"]) == (1200 * 1000, 1200 * 4000)
    assert pool["disagreement"] == pytest.approx(1)


def test_variance_splits_into_doubt_and_disagreement():
    """Law of total variance, from the moments of two PERT distributions."""
    facts = FACTS.assign(low=FACTS["mode"], high=FACTS["mode"])
    said = _said(("Ann", "all: price", 800, 1000, 1200), ("Bob", "all: price", 1600, 2000, 2400))
    pool = _tam(panel_market_size(facts, said, n_draws=50_000).pooled)
    # A symmetric PERT of range r has the variance r^2 / 28.
    within = np.mean([400**2 / 28, 800**2 / 28])
    assert pool["disagreement"] == pytest.approx(500**2 / (500**2 + within), abs=0.002)


def test_what_was_not_judged_stays_as_stated_and_order_does_not_matter():
    said = _said(
        ("Ann", "all: price", 2000, 3000, 5000),
        ("Bob", "all: price", 4000, 6000, 10_000),
        ("Bob", "schools: accounts", 900, 1000, 1100),
    )
    found = panel_market_size(FACTS, said)
    again = panel_market_size(pl.from_pandas(FACTS), pl.from_pandas(said.iloc[::-1]))
    assert _tam(found.pooled)["mean"] == pytest.approx(_tam(again.pooled)["mean"])
    people = found.table.query("level == 'TAM' and unit == 'revenue'").set_index("panelist")["mean"]
    assert people["Bob"] / people["Ann"] == pytest.approx(2, rel=0.001)
    assert found.to_json()


def test_all_faults_are_named_at_once():
    said = _said(("Ann", "all: prise", 1, 2, 3), ("Bob", "all: price", 1, 2, 3)).loc[[0, 1, 1]]
    with pytest.raises(DataError) as refusal:
        panel_market_size(FACTS, said)
    assert "'all: prise' is no input of the facts. Did you mean 'all: price'?" in str(refusal.value)
    assert "Bob judges all: price more than once" in str(refusal.value)
    said = _said(
        ("Ann", "all: price", 5, 2, 3),
        ("Bob", "all: serviceable share", 0.5, 0.7, 1.2),
        ("Cy", "all: price", np.nan, 2, 3),
    )
    with pytest.raises(DataError) as refusal:
        panel_market_size(FACTS, said)
    for words in ("judgements of Ann", "low <= mode <= high", "of Bob", "0..1", "judgements of Cy"):
        assert words in str(refusal.value)


def test_inputs_of_another_way_are_said_or_refused():
    facts = pd.concat(
        [FACTS, pd.DataFrame([("all", "category spend", 1e6, 2e6, 3e6)], columns=FACTS.columns)]
    )
    spend = ("Ann", "all: category spend", 1e6, 2e6, 3e6)
    with pytest.raises(DataError, match="nobody judged an input of the bottom-up way"):
        panel_market_size(facts, _said(spend))
    found = panel_market_size(facts, _said(spend, ("Ann", "all: price", 1, 2, 3)))
    assert found.notes == ("Judged, but no input of the bottom-up way: all: category spend.",)


def test_facts_without_their_columns_are_refused_as_market_size_does():
    with pytest.raises(DataError, match="segment"):
        panel_market_size(FACTS.drop(columns="segment"), _said(("Ann", "all: price", 1, 2, 3)))
