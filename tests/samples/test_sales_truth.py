"""Independent estimates come back to the truths of the sales team and the conference table."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

STEPS = ["leads", "worked", "connects", "demos", "opps", "wins"]
RANDOM_INDEX = {5: 1.12, 7: 1.32}  # Saaty


def _rates(case):
    sums = case.tables["rep_month"].groupby("rep_id")[STEPS].sum().astype(float)
    return pd.DataFrame({step: sums[step] / sums[before] for before, step in pairwise(STEPS)})


def test_weak_skills_of_two_reps_stand_out(case):
    rates = _rates(case)
    z = (rates - rates.mean()) / rates.std()
    truth = case.truth["reps"]["parameter"]
    for rep, weak in truth["weak"].items():
        assert z.loc[rep].idxmin() == weak["step"]
        assert z[weak["step"]].idxmin() == rep
        assert rates.loc[rep, weak["step"]] == pytest.approx(weak["chance"], abs=0.06)
    assert set(truth["weak"]) == {"R00007", "R00012"}


def test_funnel_narrows_from_step_to_step(case):
    months = case.tables["rep_month"][STEPS]
    assert (months.diff(axis=1).iloc[:, 1:].astype(float) <= 0).all(axis=None)
    assert (case.tables["rep_month"]["churned"] <= case.tables["rep_month"]["customers"]).all()


def test_churn_differs_between_reps_more_than_between_consultants(case):
    truth = case.truth["churn"]["parameter"]
    rate = pd.Series(truth["monthly_churn"])
    assert rate.max() / rate.min() == pytest.approx(10, rel=0.001)
    consultant = case.tables["reps"].set_index("rep_id")["consultant_id"]
    level = np.log(rate)
    between = level.groupby(consultant).transform("mean")
    share = ((level - between) ** 2).sum() / ((level - level.mean()) ** 2).sum()
    assert share == pytest.approx(truth["share_between_reps"], abs=0.001)
    sums = case.tables["rep_month"].groupby("rep_id")[["churned", "customers"]].sum().astype(float)
    error = (sums["churned"] - sums["customers"] * rate) / np.sqrt(sums["customers"] * rate)
    assert error.abs().max() < 4


def test_hiring_weights_come_back(case):
    truth = case.truth["hiring"]["parameter"]
    people = case.tables["candidates"]
    scores = (people[list(truth["weights"])].to_numpy(float) - 6) / 1.6
    x = np.column_stack([np.ones(len(people)), scores])
    y = people["attainment"].to_numpy() / truth["unit"]
    found, rest, *_ = np.linalg.lstsq(x, y, rcond=None)
    error = np.sqrt(rest[0] / (len(x) - x.shape[1]) * np.diag(np.linalg.inv(x.T @ x)))
    planted = np.array(list(truth["weights"].values()))
    assert (np.abs(found[1:] - planted) / error[1:]).max() < 3.3
    assert (found / error)[1:3].min() > 2


def test_certification_tells_more_of_the_skill_than_the_exam(case):
    rates = _rates(case).drop(index=["R00007", "R00012"])
    skill = ((rates - rates.mean()) / rates.std()).mean(axis=1)
    results = case.tables["training"].groupby("rep_id")[["exam", "certification"]].mean()
    found = results.loc[skill.index].corrwith(skill)
    assert found["certification"] > 0.5
    assert found["certification"] > found["exam"]


def test_commission_is_twice_the_monthly_revenue(case):
    total = 2 * case.tables["rep_month"]["revenue"].sum()
    assert case.truth["commission"]["realised"]["total"] == pytest.approx(total)


def _matrix(pairs, names):
    table = pd.DataFrame(1.0, index=names, columns=names)
    for row in pairs.itertuples():
        table.loc[row.item_a, row.item_b] = row.ratio
        table.loc[row.item_b, row.item_a] = 1 / row.ratio
    return table.to_numpy()


def _ahp(matrix):
    values, vectors = np.linalg.eig(matrix)
    top = values.real.argmax()
    weights = np.abs(vectors[:, top].real)
    n = len(matrix)
    return weights / weights.sum(), (values[top].real - n) / (n - 1) / RANDOM_INDEX[n]


def test_group_weights_of_the_criteria_come_back(case):
    truth = case.truth["conference"]["parameter"]
    judged = case.tables["conference_table"].query("kind == 'criteria'")
    names = list(truth["weights"])
    matrices = {panelist: _matrix(part, names) for panelist, part in judged.groupby("panelist")}
    group = np.exp(np.mean([np.log(matrix) for matrix in matrices.values()], axis=0))
    weights, _ = _ahp(group)
    assert weights == pytest.approx(list(truth["weights"].values()), abs=0.0005)
    ratios = {panelist: _ahp(matrix)[1] for panelist, matrix in matrices.items()}
    wrong = [panelist for panelist, ratio in ratios.items() if ratio > 0.10]
    assert wrong == [truth["inconsistent_panelist"]]
    assert ratios[wrong[0]] == pytest.approx(0.24, abs=0.002)


def test_rankings_agree_as_planted(case):
    truth = case.truth["conference"]
    ranks = (
        case.tables["conference_table"]
        .query("kind == 'ranking'")
        .pivot(index="panelist", columns="item_a", values="rank")
        .astype(float)
    )
    m, n = ranks.shape
    assert (m, n) == (9, 12)
    sums = ranks.sum()
    w = 12 * ((sums - sums.mean()) ** 2).sum() / (m**2 * (n**3 - n))
    assert w == pytest.approx(0.72, abs=0.015)
    assert w == pytest.approx(truth["realised"]["kendall_w"], abs=1e-5)
    borda = (n - ranks).sum().sort_values(ascending=False)
    assert borda.index[:3].tolist() == truth["realised"]["true_order"][:3]
    contracts = case.tables["contracts"]
    running = contracts[contracts["end"].isna()].groupby("account_id")["mrr"].sum()
    order = truth["realised"]["true_order"]
    assert running[order].is_monotonic_decreasing


def test_ranges_of_the_panel_cancel_and_one_panelist_sees_a_price_far_higher(case):
    truth = case.truth["conference"]["parameter"]["optimist"]
    rows = case.tables["conference_table"].query("kind == 'market'")
    wide = rows.pivot_table(index=["item_a", "item_b"], columns="panelist", values="value")
    facts = case.tables["market_facts"]
    stated = facts.set_index(facts["segment"] + ": " + facts["measure"])
    for (name, end), said in wide.iterrows():
        assert np.exp(np.log(said).mean()) == pytest.approx(stated.loc[name, end], rel=0.001)
    price = wide.loc[truth["input"], "mode"]
    assert price.idxmax() == truth["panelist"]
    others = np.log(price.drop(truth["panelist"])).mean()
    # The optimist's own error is small beside what was planted.
    assert np.exp(np.log(price.max()) - others) == pytest.approx(truth["times"], rel=0.3)


def test_needs_of_the_panel_have_the_planted_shares(case):
    rows = case.tables["conference_table"].query("kind == 'needs'")
    met = (rows["value"] >= 4).groupby([rows["item_a"], rows["item_b"]]).mean()
    for outcome, shares in case.truth["conference"]["parameter"]["needs"].items():
        assert met[outcome, "importance"] == pytest.approx(shares["important"], abs=1e-6)
        assert met[outcome, "satisfaction"] == pytest.approx(shares["met"], abs=1e-6)
