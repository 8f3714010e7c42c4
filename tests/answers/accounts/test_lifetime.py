"""The parts of A5: who is worth what, who is slipping away, and whether the model is right."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.answers.accounts.lifetime.contract_pictures import foretold, leaving_value
from segkit.answers.accounts.lifetime.customers import Assumptions, value_tiers
from segkit.answers.accounts.lifetime.value import lifetime_basis
from segkit.answers.formats import undeclared
from segkit.value import BetaGeo, contract_value

HOSTILE = '<img src=x onerror="window.pwned=1">'
TODAY = pd.Timestamp("2024-12-31")


def _orders(model, customers=900, seed=5):
    """Draw purchase days of a BG/NBD base whose customers arrive over a year."""
    rng = np.random.default_rng(seed)
    weeks = rng.integers(52, 104, customers).astype(float)
    rate = rng.gamma(model["r"], 1 / model["alpha"], customers)
    quits = rng.beta(model["a"], model["b"], customers)
    rows = []
    for number in range(customers):
        week = 0.0
        while week < weeks[number]:
            day = TODAY - pd.Timedelta(days=round(7 * (weeks[number] - week)))
            rows.append((f"C{number:04d}", day, round(float(rng.gamma(6.0, 8.0)), 2)))
            if week > 0 and rng.random() < quits[number]:
                break
            week += rng.exponential(1 / rate[number])
    return pd.DataFrame(rows, columns=["account_id", "date", "amount"])


@pytest.fixture(scope="module")
def shop():
    orders = _orders({"r": 0.7, "alpha": 6.0, "a": 0.8, "b": 3.0})
    names = [HOSTILE, *(f"Shop {number}" for number in range(1, 900))]
    accounts = pd.DataFrame(
        {
            "account_id": [f"C{number:04d}" for number in range(900)],
            "name": names,
            "segment": ["small", "large"] * 450,
        }
    )
    return segkit.CustomerBase.from_tables(
        {"orders": orders, "accounts": accounts}, {"currency": "EUR", "as_of": TODAY.date()}
    )


@pytest.fixture(scope="module")
def bought(shop):
    return shop.ask("A5")


@pytest.fixture(scope="module")
def sold(larkspur):
    return larkspur.ask("A5")


def _picture(answer, title):
    return next(picture for picture in answer.pictures if title in picture.title)


def _parts(answer):
    return {picture.about for picture in answer.pictures}


def test_both_kinds_of_data_have_all_four_parts(bought, sold):
    assert _parts(bought) == _parts(sold) == {"base", "worth", "leaving", "trust"}
    for answer in (bought, sold):
        for part in _parts(answer):
            figures = answer.figures(part)
            assert figures
            assert all(figure.layout.meta["segkit"]["finding"] for figure in figures)
    assert bought.figures("weather") == []


def test_list_is_joined_with_the_accounts(bought, shop, sold, larkspur):
    for answer, base in ((bought, shop), (sold, larkspur)):
        table = answer.table
        assert list(table)[:4] == ["account_id", "name", "segment", "tier"]
        names = base.accounts.set_index("account_id")["name"]
        assert table["name"].tolist() == names.reindex(table["account_id"]).tolist()
        assert table["value"].is_monotonic_decreasing
        assert (table["low"] <= table["value"]).all()
        assert (table["value"] <= table["high"]).all()


def test_foreign_names_are_shown_not_run(bought):
    for picture in bought.pictures:
        assert "<img" not in picture.figure().update_layout(meta=None).to_json()


def test_tiers_hold_80_and_95_percent(bought, sold):
    for answer in (bought, sold):
        held = answer.table.groupby("tier")["value"].sum() / answer.table["value"].sum()
        largest = answer.table["value"].max() / answer.table["value"].sum()
        assert 0.8 <= held["A"] <= 0.8 + largest
        assert 0.95 <= held["A"] + held["B"] <= 0.95 + largest


def test_tiers_of_ties_and_of_nothing():
    assert value_tiers(pd.Series([1.0, 1.0, 1.0, 1.0, 1.0])).tolist() == ["A", "A", "A", "A", "B"]
    assert value_tiers(pd.Series([0.0, 0.0])).tolist() == ["C", "C"]
    assert value_tiers(pd.Series([], dtype=float)).tolist() == []


def test_silence_costs_the_fall_of_p_alive_times_value_if_there(bought, shop):
    basis = lifetime_basis(shop)
    row = bought.table.loc[bought.table["lost_to_silence"].idxmax()]
    one = basis.summary.loc[[row["account_id"]]]
    now = basis.purchases.probability_alive(one).iloc[0]
    earlier = one.assign(T=max(one["T"].iloc[0] - 13, one["recency"].iloc[0]))
    before = basis.purchases.probability_alive(earlier).iloc[0]
    worth = basis.worth(basis.assumptions, summary=one.assign(recency=one["T"])).customers
    if_there = (worth["value"] / worth["probability_alive"]).iloc[0]
    assert row["lost_to_silence"] == pytest.approx((before - now) * if_there, abs=0.01)


def test_every_column_is_of_a_known_kind(bought):
    assert undeclared(bought.table) == []


def test_nobody_who_bought_today_is_slipping_away(bought):
    table = bought.table
    assert (table.loc[table["weeks_silent"] == 0, "lost_to_silence"] == 0).all()
    assert table["lost_to_silence"].min() >= 0


def test_history_ends_where_the_list_stands_and_jumps_with_each_purchase(bought):
    table = _picture(bought, "still a customer?").table
    row = bought.table.loc[bought.table["lost_to_silence"].idxmax()]
    assert table["probability_alive"].iloc[-1] == pytest.approx(row["probability_alive"], abs=1e-3)
    assert table["bought"].sum() == row["purchases"]
    again = table.index[table["bought"]][2:]
    alive = table["probability_alive"]
    assert (alive[again].to_numpy() >= alive[again - 1].to_numpy()).all()


def test_frequent_buyers_are_given_up_sooner(bought):
    table = _picture(bought, "frequency and silence").table.set_index("purchases")
    assert (table.diff(axis=1).iloc[:, 1:] <= 1e-4).all(axis=None)
    grid = next(p for p in bought.pictures if p.title.startswith("Who is still there"))
    late = grid.table.iloc[:, -2]
    assert late.iloc[0] > late.iloc[-1]


def test_rfm_segments_hold_everybody_and_all_value(bought):
    table = _picture(bought, "RFM").table
    assert table["customers"].sum() == len(bought.table)
    assert table["share of value"].sum() == pytest.approx(1.0, abs=1e-3)
    total = (table["mean"] * table["customers"]).sum()
    assert total == pytest.approx(bought.estimate, rel=1e-3)


def test_tracking_counts_every_repeat_purchase(bought, shop):
    table = _picture(bought, "Purchases through time").table
    days = shop.orders.drop_duplicates(["account_id", "date"])
    first = days["date"].min()
    held_out = first + (2 / 3) * (shop.as_of - first)
    known = days.groupby("account_id")["date"].transform("min") <= held_out.normalize()
    assert table["weeks"].iloc[-1] > (shop.as_of - first).days / 7 - 1
    until = first + pd.Timedelta(days=round(7 * table["weeks"].iloc[-1]))
    counted = days[known & (days["date"] <= until)]
    repeats = len(counted) - counted["account_id"].nunique()
    assert table["cumulated_actual"].iloc[-1] == repeats
    assert table["cumulated_expected"].iloc[-1] == pytest.approx(repeats, rel=0.1)


def test_orders_too_few_to_hold_out_are_valued_and_say_so():
    orders = pd.DataFrame(
        {
            "customer": ["A", "B", "C"] * 2,
            "date": ["2024-01-01"] * 3 + ["2024-12-01", "2024-12-20", "2024-12-24"],
            "amount": [5.0, 9.0, 7.0, 6.0, 7.0, 7.5],
        }
    )
    answer = segkit.CustomerBase.from_tables({"orders": orders}).ask("A5")
    assert answer.status == "answered"
    assert any("not checked on time held out" in caveat for caveat in answer.caveats)
    assert not [picture for picture in answer.pictures if "Forecast" in picture.title]


def test_customers_who_all_pay_the_same_are_valued_at_that_price():
    orders = _orders({"r": 0.7, "alpha": 6.0, "a": 0.8, "b": 3.0}, customers=300)
    company = segkit.CustomerBase.from_tables(
        {"orders": orders.assign(amount=49.99)}, {"currency": "EUR"}
    )
    answer = company.ask("A5")
    low, high = answer.interval
    assert low < answer.estimate < high
    assert any("paid EUR 49.99 a purchase" in caveat for caveat in answer.caveats)
    assert "their one price how much they spend" in answer.method
    assert not any("Gamma-Gamma" in source for source in answer.sources)


def test_orders_without_departures_leave_silence_out():
    rng = np.random.default_rng(5)
    rows = [
        (f"C{number}", pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(day)), 10 + rng.random())
        for number in range(100)
        for day in np.cumsum(rng.exponential(20 + number % 17, 60))
        if day < 500
    ]
    orders = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    answer = segkit.CustomerBase.from_tables({"orders": orders}).ask("A5")
    assert answer.figures("leaving") == []
    assert "who bought 10 times or more" in answer.pictures[0].finding
    assert "lost_to_silence" not in answer.table


def test_expected_loss_is_value_times_yearly_churn(sold):
    table = sold.table
    assert (table["expected_loss"] - table["value"] * table["yearly_churn"]).abs().max() <= 0.5
    drawn = _picture(sold, "most value is expected to leave").table
    assert drawn["expected_loss"].tolist() == table["expected_loss"].nlargest(12).tolist()


def test_leavers_forecast_covers_nine_years_of_ten():
    """Simulated bases with constant churn of 15 % a year; a 90 % interval of the count."""
    inside = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        life, age = rng.exponential(1 / 0.1625, 300), rng.uniform(0.2, 5.0, 300)
        spells = pd.DataFrame(
            {"duration": np.minimum(life, age), "ended": life < age, "margin": 100.0}
        )
        left = ((life >= age) & (life < age + 1)).sum()
        picture = foretold(contract_value(spells), pd.Series({"whole base": left}), TODAY)
        row = picture.table.iloc[0]
        inside += row["low"] <= row["left"] <= row["high"]
    assert 51 <= inside <= 60  # 54 expected


def test_leavers_seen_are_those_who_were_there_a_year_ago(sold, larkspur):
    ends = larkspur.contracts.assign(end=larkspur.contracts["end"].fillna(pd.Timestamp("2100")))
    ends = ends.groupby("account_id").agg(start=("start", "min"), end=("end", "max"))
    day = larkspur.as_of - pd.DateOffset(years=1)
    left = (ends["start"] <= day) & (ends["end"] > day) & (ends["end"] <= larkspur.as_of)
    table = _picture(sold, "Leavers forecast").table
    assert table["left"].sum() == left.sum()


def test_repeat_customers_hold_what_the_headline_says(bought):
    again = bought.table.loc[bought.table["purchases"] >= 2, "value"].sum() / bought.estimate
    words = bought.headline.split("more than once hold ")[1]
    assert float(words.split(" %")[0]) == pytest.approx(100 * again, abs=0.5)


def test_ltv_to_cac_is_all_spending_over_new_customers_where_deals_are_not_known(sold, larkspur):
    base = segkit.CustomerBase.from_tables(
        {name: larkspur[name] for name in ("accounts", "contracts", "gtm_costs")},
        {"as_of": larkspur.as_of.date(), "currency": "USD"},
    )
    note = next(caveat for caveat in base.ask("A5").caveats if caveat.startswith("LTV:CAC"))
    starts = larkspur.contracts.groupby("account_id")["start"].min()
    months = larkspur.gtm_costs["month"]
    new = starts.between(months.min(), months.max() + pd.offsets.MonthEnd(1)).sum()
    cost = larkspur.gtm_costs["amount"].sum() / new
    assert f"cost USD {cost / 1000:.1f} k" in note
    assert f"over {new} new customers" in note
    assert not [caveat for caveat in sold.caveats if "LTV:CAC" in caveat]  # there A4 says it


def test_contracts_that_have_all_ended_are_refused_in_words():
    contracts = pd.DataFrame(
        {
            "contract_id": range(8),
            "account_id": [f"A{number}" for number in range(8)],
            "start": "2020-01-01",
            "end": [f"202{year}-06-30" for year in (1, 2, 3, 4) * 2],
            "mrr": 100.0,
        }
    )
    base = segkit.CustomerBase.from_tables({"contracts": contracts}, {"as_of": TODAY.date()})
    answer = base.ask("A5")
    assert answer.status == "not enough data"
    assert "None of 8 accounts has a running contract" in answer.headline


def test_contracts_without_discounting_are_refused_in_words(larkspur):
    tables = {"contracts": larkspur.contracts}
    answer = segkit.CustomerBase.from_tables(tables, {"discount_rate": 0.0}).ask("A5")
    assert answer.status == "not enough data"
    assert "discount_rate above 0" in answer.headline


@pytest.mark.parametrize("kind", ["shop", "larkspur"])
def test_valuation_follows_its_assumptions(kind, request):
    base = request.getfixturevalue(kind)
    basis, answer = lifetime_basis(base), base.ask("A5")
    own = basis.assumptions
    found = basis.valuation(own)
    assert found.total["value"] == pytest.approx(answer.estimate, rel=1e-9)
    spread = (found.groups["value"] * found.groups["customers"]).sum()
    assert spread == pytest.approx(answer.estimate, rel=1e-3)
    half = basis.valuation(Assumptions(own.margin / 2, own.discount_rate, own.horizon))
    assert half.total["value"] == pytest.approx(answer.estimate / 2)
    values = [
        basis.valuation(Assumptions(own.margin, own.discount_rate, years)).total["value"]
        for years in basis.horizons
    ]
    assert values == sorted(values)
    dear = basis.valuation(Assumptions(own.margin, own.discount_rate + 0.1, own.horizon))
    assert dear.total["value"] < answer.estimate


def test_model_that_fits_best_speaks(bought):
    table = _picture(bought, "Which model").table
    assert f"{table['model'].iloc[0]} tells" in bought.method
    assert table["behind"].iloc[0] == 0
    assert table["value"].iloc[0] == pytest.approx(bought.estimate, rel=1e-3)


def test_planted_model_is_found_in_the_orders(shop):
    found = lifetime_basis(shop).compared.models["BetaGeo"]
    planted = BetaGeo.from_params(r=0.7, alpha=6.0, a=0.8, b=3.0)
    assert found.expected_new_customer(52.0) == pytest.approx(
        planted.expected_new_customer(52.0), rel=0.1
    )


def _contracts(groups=("all",), customers=40, left=10):
    """Draw customers of each group from 2020 on, of whom some leave after one to four years."""
    rows = [
        (f"{group}{number}", group, "2020-01-01", ended, 10.0 * (number + 1))
        for group in groups
        for number in range(customers)
        for ended in [f"202{1 + number % 4}-06-30" if number < left else None]
    ]
    return pd.DataFrame(rows, columns=["account_id", "segment", "start", "end", "mrr"])


def _sold(contracts):
    tables = {"contracts": contracts.drop(columns="segment").reset_index(names="contract_id")}
    if len(set(contracts["segment"])) > 1:
        tables["accounts"] = contracts[["account_id", "segment"]]
    return segkit.CustomerBase.from_tables(tables, {"currency": "EUR", "as_of": TODAY.date()})


def _words(answer):
    return " ".join([answer.headline, *(picture.finding for picture in answer.pictures)])


def test_without_segments_no_word_is_of_segments():
    answer = _sold(_contracts()).ask("A5")
    assert "by segment" not in " ".join(picture.title for picture in answer.pictures)
    assert "segment" not in _words(answer)
    assert "group" not in _words(answer)
    assert list(answer.table)[:4] == ["account_id", "segment", "tier", "value"]
    assert "12 of 30 accounts" in _picture(answer, "most value").finding


def test_churn_of_the_whole_base_is_told_of_no_segment():
    answer = _sold(_contracts(("north", "south"), customers=6, left=3)).ask("A5")
    assert answer.headline.endswith("% leave a year.")
    assert answer.headline.count("leave a year") == 1
    assert "segment" not in _picture(answer, "most value").finding
    assert "all accounts" not in _words(answer)
    assert "of 6 accounts" not in _words(answer)


def test_without_a_margin_the_headline_says_revenue(bought, sold):
    assert "of revenue in the next" in bought.headline
    assert "revenue" not in sold.headline
    assert "of revenue from 2024-12-31 on" in _sold(_contracts()).ask("A5").headline


def test_one_customer_is_not_many():
    answer = _sold(_contracts(left=39)).ask("A5")
    assert answer.headline.startswith("The 1 customer is worth EUR ")
    assert "1 customers" not in _words(answer)


def test_value_leaves_with_churn_at_each_end_of_its_interval(larkspur):
    basis = lifetime_basis(larkspur)
    worth = basis.worth(basis.assumptions)
    low, high = (
        sum(worth.groups[value] * worth.groups[churn])
        for value, churn in (("high", "churn_low"), ("low", "churn_high"))
    )
    loss, below, above = leaving_value(worth)
    assert loss == pytest.approx((worth.groups["value"] * worth.groups["churn"]).sum())
    assert low < below < loss < above < high  # apart, the groups do not all err to one side


def test_contracts_that_never_ran_are_left_out_and_told():
    contracts = _contracts()
    wrong = contracts.head(2).assign(account_id=["X", "Y"], start="2024-06-01", end="2024-05-01")
    answer = _sold(pd.concat([contracts, wrong], ignore_index=True)).ask("A5")
    assert answer.estimate == _sold(contracts).ask("A5").estimate
    assert any("2 contracts left out" in note and "X, Y" in note for note in answer.caveats)


def test_no_customer_a_year_ago_is_told_as_such():
    contracts = _contracts().assign(start="2024-02-01")
    contracts["end"] = contracts["end"].where(contracts["end"].isna(), "2024-09-30")
    caveats = " ".join(_sold(contracts).ask("A5").caveats)
    assert "not checked: nobody was a customer on 2023-12-31" in caveats


def test_small_amounts_keep_their_cents_and_large_ones_do_not(sold):
    assert sold.table["value"].dtype == "int64"
    small = _contracts().assign(mrr=0.05)
    table = _sold(small).ask("A5").table
    assert table["value"].gt(0).all()
    assert table["expected_loss"].gt(0).all()


def test_both_checks_of_the_hold_out_count_the_same_purchases(bought):
    through_time = _picture(bought, "Purchases through time").finding
    by_customer = _picture(bought, "Forecast against").finding
    again = through_time.split("customers bought again ")[1].split(" times, against")[0]
    assert f"{again} happened" in by_customer


def test_customers_worth_the_same_are_not_ranked():
    rng = np.random.default_rng(1)
    rows = [
        (f"C{number}", TODAY - pd.Timedelta(days=int(day)), 20 + 10 * rng.random())
        for number in range(200)
        for day in rng.integers(0, 700, rng.poisson(10) + 1)
    ]
    orders = pd.DataFrame(rows, columns=["account_id", "date", "amount"])
    answer = segkit.CustomerBase.from_tables({"orders": orders}, {"currency": "CHF"}).ask("A5")
    for title in ("how often they have bought", "RFM"):
        assert "worth about the same" in _picture(answer, title).finding


def test_concentration_is_of_the_whole_value_not_of_rounded_cents():
    orders = _orders({"r": 0.7, "alpha": 6.0, "a": 0.8, "b": 3.0}, customers=300)
    orders["amount"] /= 200
    settings = {"currency": "EUR", "gross_margin": 0.9}
    answer = segkit.CustomerBase.from_tables({"orders": orders}, settings).ask("A5")
    assert answer.headline.split("worth ")[1].split(" in")[0] in _picture(answer, "how few").finding
