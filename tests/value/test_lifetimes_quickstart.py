"""The quickstart of lifetimes, on its own summaries of CDNOW, which round weeks to hundredths."""

import pandas as pd
import pytest

from segkit.value import BetaGeo, GammaGamma, lifetime_value


@pytest.fixture(scope="module")
def summary(published):
    with (published / "cdnow_customers_summary_with_transactions.csv").open() as file:
        frame = pd.read_csv(file, index_col="ID")
    return frame.rename(columns={"x": "frequency", "t_x": "recency", "zbar": "monetary_value"})


def test_weeks_rounded_to_hundredths_tell_their_unit(summary):
    models = BetaGeo().fit(summary), GammaGamma().fit(summary)
    worth = lifetime_value(*models, summary, 52, 0.15, 0.3)
    assert worth.unit == "week"
    assert worth.value.equals(lifetime_value(*models, summary, 52, 0.15, 0.3, unit="week").value)


def test_the_five_best_customers_of_next_week(summary):
    ahead = BetaGeo().fit(summary).expected_purchases(summary, 1).nlargest(5)
    assert ahead.index.tolist() == [1516, 157, 1981, 841, 509]
    published = [0.710623, 0.662396, 0.486526, 0.474738, 0.424877]
    assert ahead.tolist() == pytest.approx(published, abs=5e-6)


def test_expected_spend_of_the_base(summary):
    spend = GammaGamma().fit(summary).expected_spend(summary)
    assert spend.mean() == pytest.approx(35.2529588, rel=1e-5)


def test_value_of_twelve_months(summary):
    """It takes the weeks for days, and months of 30 days where ours have 30.4375."""
    worth = lifetime_value(
        BetaGeo().fit(summary),
        GammaGamma().fit(summary),
        summary,
        horizon=360,
        discount_rate=1.01**12 - 1,
        timing="monthly in arrears",
        unit="day",
    )
    published = {1: 140.096211, 2: 18.943467, 3: 38.180574, 6: 1003.868107}
    assert worth.value[list(published)].to_dict() == pytest.approx(published, rel=1.2e-3)
