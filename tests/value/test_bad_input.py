"""Bad input from events to values: a clear error or a verdict, never a wrong number."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.value import (
    BetaGeo,
    ConstantChurn,
    GammaGamma,
    ParetoNBD,
    ShiftedBetaGeometric,
    contract_value,
    customer_summary,
    diagnose,
    lifetime_value,
)


def events(size=300):
    rng = np.random.default_rng(0)
    customers = rng.integers(0, size // 3, size)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, size), "D")
    return pd.DataFrame({"customer": customers, "date": days, "amount": rng.uniform(5, 50, size)})


def test_a_missing_column_is_named_with_its_nearest():
    with pytest.raises(DataError, match=r"no column 'amount'. Did you mean 'amuont'\?"):
        customer_summary(events().rename(columns={"amount": "amuont"}))


def test_text_amounts_are_refused():
    with pytest.raises(DataError, match="Turn it into numbers without currency signs"):
        customer_summary(events().assign(amount="5 €"))


def test_future_dates_are_set_aside_and_counted():
    late = events()
    late.loc[:4, "date"] = pd.Timestamp("2060-01-01")
    summary = customer_summary(late, as_of="2024-12-31")
    finding = {row["finding"]: row for row in summary.attrs["findings"]}["after the end"]
    assert finding["set_aside"] == 5
    table = diagnose(late).table.set_index("finding")
    assert table.loc["after a long silence", "rows"] == 0  # five of a hundred are not one typo
    one = events()
    one.loc[0, "date"] = pd.Timestamp("2060-01-01")
    assert (
        "give as_of"
        in diagnose(one).table.set_index("finding").loc["after a long silence", "decision"]
    )


def test_nothing_until_the_end():
    with pytest.raises(DataError, match="No customer has a purchase until 2020-01-01"):
        customer_summary(events(), as_of="2020-01-01")


@pytest.mark.parametrize("kind", [BetaGeo, ParetoNBD])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"customer": 1}, "at least 2 customers"),
        ({"customer": range(300)}, "needs repeat purchases, but none of the 300"),
        ({"date": pd.Timestamp("2024-05-05")}, "T is 0 for everybody"),
    ],
)
def test_one_customer_all_one_timers_all_the_same_day(kind, change, message):
    summary = customer_summary(events().assign(**change))
    with pytest.raises(DataError, match=message):
        kind().fit(summary)


def test_spend_of_one_timers_has_no_model():
    summary = customer_summary(events().assign(customer=range(300)))
    with pytest.raises(DataError, match="at least 2 customers with repeat purchases"):
        GammaGamma().fit(summary)


@pytest.fixture(scope="module")
def summaries():
    return {unit: customer_summary(events(3000), unit=unit) for unit in ("day", "week")}


def test_a_model_in_weeks_does_not_read_days(summaries):
    model = BetaGeo().fit(summaries["week"])
    assert model.unit_ == "week"
    assert BetaGeo.from_json(model.to_json()).unit_ == "week"
    for call in (
        model.probability_alive,
        lambda summary: model.expected_purchases(summary, 4),
        lambda summary: model.bootstrap(summary, 2),
        lambda summary: lifetime_value(
            model, GammaGamma().fit(summaries["week"]), summary, 52, 0.1, 0.3
        ),
    ):
        with pytest.raises(DataError, match="The summary counts days, but BetaGeo was fitted to"):
            call(summaries["day"])


def test_the_unit_said_must_be_that_of_the_summary(summaries):
    models = BetaGeo().fit(summaries["week"]), GammaGamma().fit(summaries["week"])
    with pytest.raises(ParameterError, match=r"'week', as attrs.* of the data says. Got 'day'"):
        lifetime_value(*models, summaries["week"], 52, 0.1, 0.3, unit="day")
    assert lifetime_value(*models, summaries["week"], 52, 0.1, 0.3).unit == "week"


def test_units_mixed_within_a_summary_are_impossible_histories(summaries):
    mixed = summaries["day"].assign(T=summaries["week"]["T"])
    with pytest.raises(DataError, match="recency is later than T for"):
        BetaGeo().fit(mixed)


@pytest.mark.parametrize("wrong", [None, [1, 2, 3], "orders.csv", np.ones((3, 3))])
def test_what_is_no_frame_is_refused(wrong):
    with pytest.raises(DataError, match="must be a pandas, Polars or Arrow frame"):
        BetaGeo().fit(wrong)


@pytest.mark.parametrize(
    ("duration", "ended"),
    [
        (["1 y", "2 y"], [True, False]),
        ([1.0, 2.0], ["yes", "no"]),
        ([1.0, 2.0], [1, 2]),
        ([1.0, np.nan], [True, False]),
        ([1.0, 2.0], [True, None]),
        ([1.0, -2.0], [True, False]),
        ([1.0, np.inf], [True, False]),
        ([1.0, 2.0, 3.0], [True, False]),
    ],
)
@pytest.mark.parametrize("kind", [ConstantChurn, ShiftedBetaGeometric])
def test_impossible_contracts(kind, duration, ended):
    with pytest.raises(DataError, match="Durations must be"):
        kind().fit(duration, ended)


def test_contracts_of_one_customer_or_one_day():
    one = pd.DataFrame({"duration": [1.0], "ended": [False], "margin": [5.0]})
    with pytest.raises(DataError, match="Not enough data: 0 of 1 contracts have ended"):
        contract_value(one)
    same = pd.DataFrame({"duration": [0.0] * 9, "ended": [True] * 9, "margin": [5.0] * 9})
    with pytest.raises(DataError, match=r"9 of 9 contracts have ended in 0.0 years"):
        contract_value(same)


def test_nullable_columns_are_read():
    log = pd.DataFrame({"duration": [1, 2, 3, 4], "ended": [True, False, True, False]})
    typed = log.astype({"duration": "Float64", "ended": "boolean"})
    assert ConstantChurn().fit(typed).params_ == ConstantChurn().fit(log).params_
