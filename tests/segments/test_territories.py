"""Geography: counts, density, location quotients and balance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError
from segkit.segments import geography
from segkit.segments.territories import _evenness
from segkit.sizing import market_concentration

loads = st.lists(st.integers(1, 10_000), min_size=1, max_size=40)


def base(rows=1000, seed=0):
    rng = np.random.default_rng(seed)
    state = rng.choice(["NY", "MA", "VT"], rows, p=[0.5, 0.3, 0.2])
    job = np.where(state == "VT", rng.choice(["ski", "pay"], rows, p=[0.6, 0.4]), "pay")
    return pd.DataFrame({"state": state, "job": job, "revenue": rng.lognormal(3, 1, rows)})


def test_a_quotient_against_the_universe():
    here = int(base()["state"].eq("NY").sum())
    universe = {"NY": 10 * here, "MA": 9000 - 10 * here, "VT": 900, "NH": 100}
    found = geography(base(), region="state", universe=universe)
    rows = found.regions.set_index("region")
    assert rows["customers"].sum() == 1000
    assert (rows["share"] / (rows["universe"] / 10_000)).to_numpy() == pytest.approx(
        rows["quotient"].to_numpy()
    )
    assert (rows["universe"] / 10_000 * rows["quotient"]).sum() == pytest.approx(1)
    assert rows["density"].to_numpy() == pytest.approx(0.1 * rows["quotient"].to_numpy())
    judged = {"NY": "as expected", "MA": "below", "VT": "above", "NH": "below"}
    assert rows["judgement"].to_dict() == judged
    assert rows.loc["NH", ["customers", "density"]].tolist() == [0, 0]


def test_a_group_that_gathers_in_one_region():
    found = geography(base(), region="state", group="job", value="revenue")
    rows = found.groups.set_index(["region", "group"])
    ski = base()["job"].eq("ski").mean()
    assert rows.loc[("VT", "ski"), "quotient"] == pytest.approx(0.6 / ski, rel=0.15)
    assert rows.loc[("VT", "ski"), "judgement"] == "above"
    assert rows.loc[("NY", "ski"), ["quotient", "judgement"]].tolist() == [0, "below"]
    assert found.regions["value"].sum() == pytest.approx(base()["revenue"].sum())


def test_chance_alone_is_seldom_judged_and_bounds_hold():
    """Customers drawn evenly from 20 regions of known size, 200 draws."""
    rng = np.random.default_rng(1)
    sizes = rng.integers(500, 3000, 20)
    universe = {f"R{i:02d}": int(n) for i, n in enumerate(sizes)}
    alarms, inside = 0, []
    for _ in range(200):
        drawn = rng.choice(20, 600, p=sizes / sizes.sum())
        table = pd.DataFrame({"r": [f"R{i:02d}" for i in drawn]})
        rows = geography(table, region="r", universe=universe).regions
        alarms += (rows["judgement"] != "as expected").any()
        inside.append(((rows["quotient_low"] <= 1) & (rows["quotient_high"] >= 1)).mean())
    assert alarms <= 0.12 * 200
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_the_chance_of_a_region_is_that_of_a_coin():
    """Five of five from one of two equal regions: 2 / 2**5 on either side, twice for two tests."""
    five = pd.DataFrame({"state": ["NY"] * 5})
    rows = geography(five, region="state", universe={"NY": 50, "MA": 50}).regions
    assert rows["p_adjusted"].tolist() == pytest.approx([2 * 2 / 2**5] * 2)


def test_known_measures_of_evenness():
    assert _evenness(np.array([1.0, 2, 3, 4])) == pytest.approx(
        {"territories": 4, "gini": 0.25, "max_min": 4, "effective": 100 / 30}
    )
    assert _evenness(np.array([0.0, 0, 0, 1])) == {
        "territories": 4,
        "gini": 0.75,
        "max_min": np.inf,
        "effective": 1,
    }


@given(loads)
def test_gini_is_the_mean_difference_and_the_effective_number_that_of_vendors(values):
    load = np.array(values, dtype=float)
    found = _evenness(load)
    spread = np.abs(load[:, None] - load).mean() / (2 * load.mean())
    assert found["gini"] == pytest.approx(spread, abs=1e-12)
    vendors = market_concentration({str(i): value for i, value in enumerate(values)})
    assert found["effective"] == pytest.approx(vendors.effective_number)


def test_territories_balance_by_themselves():
    table = base().assign(rep=np.arange(1000) % 4)
    found = geography(table, region="state", value="revenue", territory="rep").balance
    assert found["measure"].tolist() == ["customers", "value"]
    assert found.loc[0, ["territories", "gini", "max_min", "effective"]].tolist() == [4, 0, 1, 4]
    owed = geography(table.assign(revenue=-1.0), region="state", value="revenue").balance
    assert np.isnan(owed.loc[1, "gini"])


def test_customers_without_a_region_are_told():
    table = base()
    table.loc[:9, "state"] = None
    found = geography(table, region="state")
    assert found.notes == ("10 customers have no state",)
    assert found.regions["customers"].sum() == 990


def test_faults():
    with pytest.raises(DataError, match="Did you mean 'state'"):
        geography(base(), region="stat")
    with pytest.raises(DataError) as caught:
        geography(base().assign(state=None, revenue="x"), region="state", value="revenue")
    for part in ("No customer has a 'state'", "'revenue' holds"):
        assert part in str(caught.value)
    with pytest.raises(DataError, match="infinite"):
        geography(base().assign(revenue=np.inf), region="state", value="revenue")
    with pytest.raises(DataError, match=r"every region.*'VT': .* nan accounts"):
        geography(base(), region="state", universe={"NY": 5000, "MA": 400})
