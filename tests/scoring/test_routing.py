"""Routes: sums by hand, and what goes in."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.scoring import ROUTES, route_deals

PROFILES = ["target", "undecided", "non-target", "target"]


def test_sums_by_hand():
    found = route_deals(
        PROFILES, [10, 20, 30, 40], [0.5, 0.2, 0.1, 0.25], [100, 200, 300, 400],
        low=[0.4, 0.1, 0.0, 0.2], high=[0.6, 0.3, 0.2, 0.3], standard_hours=3,
    )  # fmt: skip
    table = found.table.set_index("profile")
    assert table.index.tolist() == ["target", "undecided", "non-target", "all"]
    assert table.loc["target", ["deals", "hours", "expected"]].tolist() == [2, 50, 150]
    assert table.loc["non-target", ["hours_in_full", "hours", "expected"]].tolist() == [30, 3, 30]
    assert (found.hours, found.hours_in_full, found.at_risk) == (73, 100, 30)
    assert table.loc["all", ["low", "high"]].tolist() == [40 + 20 + 0 + 80, 60 + 60 + 60 + 120]
    numbers = ["deals", "hours_in_full", "hours", "value", "expected", "low", "high", "worked"]
    parts = table.drop(index="all")[numbers].sum()
    assert np.allclose(parts.astype(float), table.loc["all", numbers].astype(float))
    assert found.deals["hours"].sum() == found.hours
    assert table.loc["all", "worked"] == 3


def test_capacity_goes_to_targets_first_and_there_to_what_earns_most_an_hour():
    hours, chance, value = [10, 20, 30, 40], [0.5, 0.2, 0.1, 0.25], [100, 200, 300, 400]
    worked = {
        room: route_deals(PROFILES, hours, chance, value, capacity=room).deals["worked"].tolist()
        for room in (0, 11, 50, 51, 71, 1000)
    }
    # One hour goes to the standard offer; 10 hours earn 5 an hour, 40 earn 2.5.
    assert worked[0] == [False] * 4
    assert worked[11] == [True, False, False, False]
    assert worked[50] == [True, False, False, False]
    assert worked[51] == [True, False, False, True]
    assert worked[71] == worked[1000] == [True, True, False, True]


def test_routes_can_be_changed_and_numbers_stand_for_all():
    found = route_deals(pd.Series(PROFILES), 8.0, 0.5, routes={**ROUTES, "non-target": "not taken"})
    assert found.hours == 24
    assert found.table.set_index("profile").loc["all", "expected"] == 2.0
    # A standard offer takes no more than the full process does.
    assert route_deals(PROFILES, 0.5, 0.5).hours == 2.0


def test_faults_are_named():
    with pytest.raises(DataError, match=r"No route for the profiles \['prospect'\]"):
        route_deals(["prospect"], 1.0, 0.5)
    with pytest.raises(DataError, match=r"4 deals, found {'chance': 2}"):
        route_deals(PROFILES, 1.0, [0.5, 0.5])
    with pytest.raises(
        DataError, match=r"(?s)chance must be in .* 1 deals, first in rows .1.*hours"
    ):
        route_deals(PROFILES, [1, np.nan, 1, -1], [0.1, 1.2, 0.3, 0.4])
    with pytest.raises(ParameterError, match="'routes'"):
        route_deals(PROFILES, 1.0, 0.5, routes={"target": "call twice"})
    with pytest.raises(ParameterError, match="'capacity'"):
        route_deals(PROFILES, 1.0, 0.5, capacity=-1)
