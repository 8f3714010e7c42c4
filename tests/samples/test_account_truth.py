"""Independent estimates come back to the truths of the account phase."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

AS_OF = pd.Timestamp("2026-06-30")


def _closed(case):
    deals = case.tables["opportunities"]
    closed = deals[deals["outcome"] != "open"].reset_index(drop=True)
    accounts = case.tables["accounts"].drop(columns="partner_id")
    served = case.tables["accounts"].set_index("account_id")["partner_id"].notna()
    return closed.merge(accounts, on="account_id").assign(
        partner=closed["account_id"].map(served).astype(float)
    )


def test_weights_of_the_ideal_customer_come_back(case):
    """Each within .35 (2,100 closed deals); growth, planted 0, within three standard errors."""
    deals = _closed(case)
    traits = pd.DataFrame(
        {
            "central_hr": deals["central_hr"],
            "private_1000": deals["subsegment"] == "private 1,000+ staff",
            "cloud_policy": deals["cloud_policy"],
            "log_employees": np.log(deals["employees"].astype(float)),
            "partner": deals["partner"],
            "growth": deals["growth"] / deals["growth"].std(),
        }
    ).astype(float)
    won = deals["outcome"] == "won"
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(traits, won)
    found = dict(zip(traits, fit.coef_[0], strict=True))
    truth = case.truth["A1"]["parameter"]
    assert found.pop("growth") == pytest.approx(0, abs=0.17)
    assert found == pytest.approx({name: truth["weights"][name] for name in found}, abs=0.35)
    assert fit.intercept_[0] == pytest.approx(truth["intercept"], abs=0.8)


def test_planted_chances_are_calibrated_and_rank_as_said(case):
    deals = _closed(case)
    truth = case.truth["A2"]["parameter"]
    chance = deals["opp_id"].map(truth["win_probability"])
    won = deals["outcome"] == "won"
    assert chance.sum() == pytest.approx(won.sum(), abs=0.01)
    odds = np.log(chance / (1 - chance)).to_numpy()[:, None]
    assert LogisticRegression(C=np.inf, solver="newton-cholesky").fit(odds, won).coef_[
        0, 0
    ] == pytest.approx(1, abs=0.1)
    assert roc_auc_score(won, chance) == pytest.approx(truth["auc"], abs=0.03)
    assert truth["auc"] == pytest.approx(0.78, abs=0.03)


def test_chances_of_prospects_follow_the_same_logit(case):
    accounts = case.tables["accounts"].query("status == 'prospect'").set_index("account_id")
    truth, weights = case.truth["A6"]["parameter"], case.truth["A1"]["parameter"]["weights"]
    odds = (
        case.truth["A1"]["parameter"]["intercept"]
        + weights["central_hr"] * accounts["central_hr"].astype(float)
        + weights["private_1000"] * (accounts["subsegment"] == "private 1,000+ staff")
        + weights["cloud_policy"] * accounts["cloud_policy"].astype(float)
        + weights["log_employees"] * np.log(accounts["employees"].astype(float))
        + weights["partner"] * accounts["partner_id"].notna()
    )
    planted = pd.Series(truth["win_probability"])
    assert set(planted.index) == set(accounts.index)
    expected = 1 / (1 + np.exp(-odds[planted.index]))
    assert planted.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-5)
    ranked = np.sort(list(truth["expected_value"].values()))[::-1]
    top = ranked[: -(-len(ranked) // 10)].sum() / ranked.sum()
    realised = case.truth["A6"]["realised"]["top_decile_share_of_value"]
    assert top == pytest.approx(realised, abs=1e-4)


def _yearly_spend(case):
    """Amount of the last twelve months of end users who paid in each of them."""
    invoices = case.tables["invoices"]
    recent = invoices[invoices["month"] > AS_OF - pd.DateOffset(months=12)]
    spend = recent.groupby("account_id").agg(amount=("amount", "sum"), months=("month", "nunique"))
    accounts = case.tables["accounts"].set_index("account_id")
    spend = spend[spend["months"] == 12].join(accounts)
    return spend[spend["party_type"] == "end user"]


def test_wallets_rank_and_spend_is_their_beta_share(case):
    spend = _yearly_spend(case)
    wallet = pd.Series(case.truth["A3"]["parameter"]["wallet"])[spend.index]
    rate = pd.Series(case.truth["A3"]["parameter"]["rate"])
    predicted = spend["segment"].map(rate) * spend["employees"].astype(float)
    assert stats.spearmanr(predicted, wallet).statistic >= 0.97
    ratio = spend["amount"] / wallet
    assert ratio.quantile(0.9) == pytest.approx(stats.beta(2, 2).ppf(0.9), abs=0.05)
    assert ratio.mean() == pytest.approx(0.5, abs=0.05)
    assert ratio.max() <= 1.001


def _lives(case):
    contracts = case.tables["contracts"].merge(
        case.tables["accounts"][["account_id", "segment", "party_type"]], on="account_id"
    )
    own = contracts[contracts["party_type"] == "end user"]
    lives = own.groupby("account_id").agg(
        first=("start", "min"), last=("end", "max"), segment=("segment", "first")
    )
    running = own["end"].isna().groupby(own["account_id"]).agg(["any", "all"])
    assert (running["any"] == running["all"]).all(), "an account that leaves ends all its contracts"
    until = lives["last"].where(~running["all"], AS_OF)
    years = (until - lives["first"]).dt.days / 365.25
    return pd.DataFrame({"years": years, "left": ~running["all"], "segment": lives["segment"]})


def test_churn_is_constant_and_comes_back(case):
    """Events over exposure; the standard error of the log of a rate is 1 / sqrt(events)."""
    lives = _lives(case)
    truth = case.truth["A5"]["parameter"]["annual_churn"]
    for segment, part in lives.groupby("segment"):
        events = part["left"].sum()
        error = np.log(events / part["years"].sum()) - np.log(-np.log1p(-truth[segment]))
        assert abs(error) < 3 / np.sqrt(events), segment
        young = part["years"].clip(upper=1.0)
        early = (part["left"] & (part["years"] <= 1)).sum()
        late = events - early
        rates = early / young.sum(), late / (part["years"] - young).sum()
        assert abs(np.log(rates[0] / rates[1])) < 3 * np.sqrt(1 / early + 1 / late), segment


def test_lifetime_value_is_the_sum_of_its_months(case):
    truth = case.truth["A5"]["parameter"]
    stay = (1 - truth["annual_churn"]["private universities"]) ** (1 / 12)
    month = np.arange(6000)
    cash = truth["margin"] * stay**month
    growth = (1 + truth["discount_rate"]) ** (1 / 12)
    found = truth["ltv_per_mrr"]["private universities"]
    assert (cash / growth**month).sum() == pytest.approx(found["start of month"])
    assert (cash / growth ** (month + 1)).sum() == pytest.approx(found["end of month"])
    expected = (cash * stay / growth ** (month + 1)).sum()
    assert expected == pytest.approx(found["end of month if still there"])
    assert found["start of month"] > found["continuous"] > found["end of month if still there"]


def test_invoices_follow_contracts_at_the_planted_margin(case):
    invoices, contracts = case.tables["invoices"], case.tables["contracts"]
    joined = invoices.merge(contracts, on="contract_id")
    assert (joined["amount"] == joined["mrr"]).all()
    assert (joined["month"] >= joined["start"]).all()
    assert ((joined["month"] <= joined["end"]) | joined["end"].isna()).all()
    margin = 1 - invoices["cost"].sum() / invoices["amount"].sum()
    assert margin == pytest.approx(case.truth["A5"]["parameter"]["margin"], abs=0.005)


def test_won_deals_become_contracts_after_the_planted_days(case):
    won = _closed(case).query("outcome == 'won'")
    contracts = case.tables["contracts"]
    joined = won.merge(
        contracts, left_on=["account_id", "product"], right_on=["account_id", "module"]
    )
    assert len(joined) > 0.95 * len(won)
    assert joined["value"].to_numpy() == pytest.approx(12 * joined["mrr"], abs=0.01)
    days = (joined["start"] - joined["closed"]).dt.days.groupby(joined["payroll_outsourced"])
    assert days.median()[False] == 1
    assert days.median()[True] == pytest.approx(45, abs=4)


def test_statuses_follow_the_contracts(case):
    accounts, contracts = case.tables["accounts"], case.tables["contracts"]
    running = set(contracts.loc[contracts["end"].isna(), "account_id"])
    status = accounts.set_index("account_id")["status"]
    assert running <= set(status.index[status == "customer"])
    former = set(contracts["account_id"]) - running
    assert set(status.index[status == "former customer"]) == former


def test_rules_of_fast_and_stuck_deals_come_back(case):
    deals = _closed(case)
    names = ["central_hr", "employees", "board_approval", "hris_in_place", "payroll_outsourced",
             "cloud_policy", "union", "growth", "enrolment"]  # fmt: skip
    won, lost = deals[deals["outcome"] == "won"], deals[deals["outcome"] != "won"]
    fast = (won["closed"] - won["created"]).dt.days <= case.truth["rules"]["parameter"]["fast_won"][
        "fast_days"
    ]
    tree = DecisionTreeClassifier(max_leaf_nodes=5, min_samples_leaf=15, random_state=0)
    tree.fit(won[names].astype(float), fast)
    used = {names[place] for place in tree.tree_.feature if place >= 0}
    assert used == {"central_hr", "employees", "board_approval", "hris_in_place"}
    cut = tree.tree_.threshold[tree.tree_.feature == 1]
    assert cut == pytest.approx(250, abs=15)
    stuck = lost["outcome"] == "stuck"
    tree = DecisionTreeClassifier(max_leaf_nodes=3, min_samples_leaf=40, random_state=0)
    tree.fit(lost[names].astype(float), stuck)
    used = {names[place] for place in tree.tree_.feature if place >= 0}
    assert used == {"board_approval", "hris_in_place"}


def test_acquisition_costs_are_as_planted(case):
    """Own spending + shared by closed deals + partners' margin, over won deals."""
    truth = case.truth["A4"]
    spent = case.tables["gtm_costs"].groupby("channel")["amount"].sum()
    deals = _closed(case)
    closed = deals["lead_source"].value_counts()
    won = deals[deals["outcome"] == "won"]
    served = case.tables["accounts"].set_index("account_id")["partner_id"]
    margin = case.tables["partners"].set_index("partner_id")["margin"]
    kept = won["account_id"].map(served).map(margin) * won["value"]
    own = spent.drop("shared") + spent["shared"] * closed / closed.sum()
    own["partner"] += kept[won["channel"] == "partner"].sum()
    cost = own / won["lead_source"].value_counts()
    assert cost.to_dict() == pytest.approx(truth["realised"]["fully_loaded"], rel=1e-6)
    assert cost["outbound"] / cost["inbound"] == pytest.approx(4.0, rel=1e-4)
    assert cost.idxmin() == truth["parameter"]["cheapest"]
    assert spent.sum() == pytest.approx(truth["realised"]["ledger_total"])


def test_class_a_is_about_a_fifth_of_the_customers(case):
    invoices = case.tables["invoices"]
    own = invoices.merge(case.tables["accounts"], on="account_id").query("party_type == 'end user'")
    recent = own[own["month"] > AS_OF - pd.DateOffset(months=12)]
    amount = recent.groupby("account_id")["amount"].sum().sort_values(ascending=False)
    share = (amount.cumsum() <= 0.8 * amount.sum()).mean()
    assert share == pytest.approx(case.truth["abc"]["realised"]["a_share_of_customers"], abs=1e-5)
    assert share == pytest.approx(0.18, abs=0.04)


def test_partners_buy_thirty_percent_and_pooling_misleads(case):
    contracts = case.tables["contracts"].merge(case.tables["accounts"], on="account_id")
    running = contracts[contracts["end"].isna()]
    partner = running["party_type"] == "partner"
    assert running.loc[partner, "mrr"].sum() / running["mrr"].sum() == pytest.approx(0.3, abs=1e-5)
    moved = running["mrr"].mean() / running.loc[~partner, "mrr"].mean() - 1
    realised = case.truth["party_type"]["realised"]
    assert moved == pytest.approx(realised["pooling_moves_mean_acv_by"], abs=1e-5)
    assert moved > 0.40


def test_one_segment_fails_each_test(case):
    truth = case.truth["grover"]
    assert truth["realised"]["fails_profitable"] == ["community colleges"]
    assert truth["realised"]["fails_growing"] == ["small rural"]
    own = _yearly_spend(case)
    label = own.index.isin(truth["parameter"]["random_segment"])
    traits = own[["central_hr", "union", "cloud_policy"]].astype(float)
    traits["size"] = np.log(own["employees"].astype(float))
    fit = LogisticRegression(solver="newton-cholesky").fit(traits, label)
    assert roc_auc_score(label, fit.predict_proba(traits)[:, 1]) < 0.6


def test_large_private_universities_earn_most(case):
    revenue = case.truth["segment_value"]["realised"]["annual_revenue"]
    assert list(revenue)[:2] == ["private 1,000+ staff", "private 300-999 staff"]


def test_job_explains_the_share_of_wallet_best(case):
    explained = case.truth["schemes"]["realised"]["explained_share_of_wallet"]
    assert max(explained, key=explained.get) == "job of the user"
    assert explained["job of the user"] > 0.5


def test_goals_bridge_the_yearly_revenue(case):
    goals = case.tables["goals"].set_index("kind")["amount"]
    contracts = case.tables["contracts"]
    running = 12 * contracts.loc[contracts["end"].isna(), "mrr"].sum()
    assert goals.drop("target").sum() == pytest.approx(running)
    day = AS_OF - pd.DateOffset(years=1)
    before = contracts[(contracts["start"] <= day) & ~(contracts["end"] <= day)]
    assert goals["start"] == pytest.approx(12 * before["mrr"].sum())


def test_best_routes_leave_most(case):
    truth = case.truth["M4"]
    for product, route in truth["parameter"]["best_route"].items():
        left = pd.Series(truth["realised"]["in_focus_group"][product]).sort_values()
        assert left.index[-1] == route
        assert left.iloc[-1] > 1.2 * left.iloc[-2]


def test_costs_of_delivery_follow_the_planted_lines(case):
    won = case.tables["opportunities"].query("outcome == 'won'")
    for (product, route), part in won.groupby(["product", "channel"]):
        cost = case.truth["M4"]["parameter"]["cost"][product][route]
        planted = cost["fixed"] + cost["share"] * part["value"]
        assert (part["delivery_cost"] / planted).between(0.899, 1.101).all()


def test_leads_are_worth_what_was_planted(case):
    leads = case.tables["leads"].merge(case.tables["opportunities"], on="opp_id", how="left")
    inbound = leads[leads["source"] == "inbound"]
    rate = (inbound["outcome"] == "won").groupby(inbound["type"]).mean()
    assert rate["demo request"] / rate["e-book"] == pytest.approx(10, rel=0.02)
    assert (leads["created_x"] <= leads["created_y"])[leads["opp_id"].notna()].all()


def test_long_tail_falls_off_as_planted(case):
    topics = case.tables["content_topics"]
    visits = np.sort(topics["visits"].to_numpy(float))[::-1]
    rank = np.log(np.arange(1, len(visits) + 1))[:, None]
    slope = LinearRegression().fit(rank, np.log(visits)).coef_[0]
    assert slope == pytest.approx(case.truth["long_tail"]["parameter"]["slope"], abs=0.02)
    leads = case.tables["leads"]
    assert topics["leads"].sum() == leads["topic"].notna().sum()
