"""How much history growth takes."""

import pytest

from segkit import CustomerBase


@pytest.mark.parametrize(("years", "told"), [(3, False), (4, True)])
def test_three_years_are_not_enough_data_for_growth(larkspur, years, told):
    history = larkspur.market_history
    late = history[history["year"] > history["year"].max() - years]
    tables = {"market_facts": larkspur.market_facts, "market_history": late}
    answer = CustomerBase.from_tables(tables, {"currency": "USD", "as_of": "2026-06-30"}).ask("M1")
    assert ("It grows by" in answer.headline) is told
    assert any("not enough data" in caveat for caveat in answer.caveats) is not told
