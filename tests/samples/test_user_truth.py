"""Independent estimates come back to the truths of the user phase."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

USE = ["active_days", "modules_used", "days_since_last", "session_minutes", "payroll_actions",
       "record_actions", "approval_actions", "report_actions", "mobile_share"]  # fmt: skip


def _prepared(users):
    """Log, robust scaling, winsorised: the default preparation for skewed use."""
    x = np.log1p(users[USE].astype(float))
    x = (x - x.median()) / (x.quantile(0.75) - x.quantile(0.25)) * 1.349
    return x.clip(x.quantile(0.01), x.quantile(0.99), axis=1).to_numpy()


def _strength(x, k):
    """Prediction strength (Tibshirani & Walther 2005), mean over five splits."""
    rng, found = np.random.default_rng(0), []
    for _ in range(5):
        rows = rng.permutation(len(x))
        one, two = x[rows[: len(x) // 2]], x[rows[len(x) // 2 :]]
        mine = KMeans(k, n_init=5, random_state=0).fit_predict(two)
        theirs = KMeans(k, n_init=5, random_state=0).fit(one).predict(two)
        shares = []
        for label in range(k):
            part = theirs[mine == label]
            counts = np.bincount(part)
            shares.append((counts * (counts - 1)).sum() / max(1, len(part) * (len(part) - 1)))
        found.append(min(shares))
    return np.mean(found)


def test_three_usage_types_are_found(case):
    users = case.tables["users"]
    kind = users["user_id"].map(case.truth["U1"]["parameter"]["type"])
    x = _prepared(users)
    with threadpool_limits(1):
        label = KMeans(3, n_init=10, random_state=0).fit_predict(x)
        strength = {k: _strength(x, k) for k in (3, 4, 5)}
    assert adjusted_rand_score(kind, label) >= 0.85
    assert strength[3] >= 0.8
    assert max(strength[4], strength[5]) < 0.8
    shares = kind.value_counts(normalize=True).to_dict()
    assert shares == pytest.approx(case.truth["U1"]["parameter"]["shares"], abs=0.005)


def test_job_titles_tell_the_usage_type_only_partly(case):
    users = case.tables["users"]
    kind = users["user_id"].map(case.truth["U1"]["parameter"]["type"])
    commonest = kind.groupby(users["job_title"]).agg(lambda kinds: kinds.mode().iloc[0])
    right = (users["job_title"].map(commonest) == kind).mean()
    assert 0.70 < right < 0.95


def test_users_belong_to_running_customers(case):
    contracts = case.tables["contracts"]
    running = contracts.loc[contracts["end"].isna(), "account_id"]
    assert case.tables["users"]["account_id"].isin(running).all()
    segment = case.tables["accounts"].set_index("account_id")["segment"]
    users = case.tables["users"]
    assert (users["segment"] == users["account_id"].map(segment)).all()


def test_use_lies_within_the_life_of_the_contract(case):
    use = case.tables["usage_monthly"]
    contracts = case.tables["contracts"][["account_id", "module", "start", "end"]]
    joined = use.merge(contracts, on=["account_id", "module"])
    assert len(joined) == len(use)
    assert (joined["month"] >= joined["start"]).all()
    assert ((joined["month"] <= joined["end"]) | joined["end"].isna()).all()
    staff = joined["account_id"].map(case.tables["accounts"].set_index("account_id")["employees"])
    assert (joined["active_users"] <= staff).all()


def test_top_six_outcomes_of_each_segment_come_back(case):
    """Opportunity = I + max(I - S, 0) with top-two boxes of 0..10 (Ulwick); best >= 16.7."""
    truth = case.truth["U6"]["parameter"]
    survey = case.tables["odi_survey"]
    segment = survey["user_id"].map(truth["segment"])
    boxes = (
        (survey[["importance", "satisfaction"]] >= 4).groupby([segment, survey["outcome"]]).mean()
    )
    i, s = 10 * boxes["importance"], 10 * boxes["satisfaction"]
    opportunity = i + (i - s).clip(lower=0)
    for name, six in truth["top_six"].items():
        ranked = opportunity[name].sort_values(ascending=False)
        assert ranked.index[:6].tolist() == six
        assert ranked.iloc[0] >= 16.7
        assert ranked.iloc[6] < 10
        assert ranked.to_dict() == pytest.approx(truth["opportunity"][name], abs=0.2)


def test_need_segments_are_found(case):
    survey = case.tables["odi_survey"]
    importance, satisfaction = (
        survey.pivot(index="user_id", columns="outcome", values=name).astype(float)
        for name in ("importance", "satisfaction")
    )
    score = importance + (importance - satisfaction).clip(lower=0)
    with threadpool_limits(1):
        label = KMeans(3, n_init=10, random_state=0).fit_predict(score)
    truth = case.truth["U6"]["parameter"]["segment"]
    assert adjusted_rand_score(score.index.map(truth), label) >= 0.85


def test_importance_of_the_outcomes_is_as_planted(case):
    survey = case.tables["odi_survey"]
    found = (survey["importance"] >= 4).groupby(survey["outcome"]).mean()
    assert found.to_dict() == pytest.approx(case.truth["U2"]["parameter"]["importance"], abs=0.01)
    steps = case.tables["jobs"].set_index("outcome")["step"].to_dict()
    assert steps == case.truth["U2"]["parameter"]["step"]


def test_confirm_is_the_barrier(case):
    log, truth = case.tables["task_log"], case.truth["U3"]["parameter"]
    done = log["completed"].astype(bool).groupby(log["step"]).mean()
    assert done.to_dict() == pytest.approx(truth["completion"], abs=0.001)
    assert done["confirm"] == pytest.approx(0.61, abs=0.001)
    assert done.drop("confirm").min() >= 0.88
    reasons = log.loc[~log["completed"].astype(bool), "reason"]
    assert (reasons == "missing approval").mean() == pytest.approx(0.55, abs=0.002)
    assert log.loc[log["completed"].astype(bool), "reason"].isna().all()


def test_alternatives_and_flows_are_as_planted(case):
    truth = case.truth["U4"]["parameter"]
    used = case.tables["alternatives"]
    for _, part in used.groupby("job"):
        shares = part["alternative"].value_counts(normalize=True).to_dict()
        assert shares == pytest.approx(truth["share"], abs=0.003)
    switches = case.tables["switches"]
    flow = (switches["from"] + " -> " + switches["to"]).value_counts(normalize=True).to_dict()
    assert flow == pytest.approx(truth["flow"], abs=0.002)
    net = switches["to"].value_counts().sub(switches["from"].value_counts(), fill_value=0)
    assert net.idxmax() == "Larkspur HR"
    assert (net / len(switches)).to_dict() == pytest.approx(truth["net_flow"], abs=0.005)


def test_promoters_and_their_driver_come_back(case):
    survey, truth = case.tables["nps_survey"], case.truth["U5"]["parameter"]
    nps = 100 * ((survey["score"] >= 9).mean() - (survey["score"] <= 6).mean())
    assert nps == pytest.approx(truth["nps"], abs=0.5)
    assert truth["nps"] == pytest.approx(24)
    drivers = list(truth["relative_weight"])
    square = survey[drivers].corrwith(survey["score"].astype(float)) ** 2
    weight = square / square.sum()
    assert weight.idxmax() == "first_contact_resolution"
    assert weight.to_dict() == pytest.approx(truth["relative_weight"], abs=0.11)


# Rows functional, columns dysfunctional: like, must, neutral, live with, dislike (Kano 1984).
KANO = {
    "like": "QAAAO",
    "must": "RIIIM",
    "neutral": "RIIIM",
    "live with": "RIIIM",
    "dislike": "RRRRQ",
}
ANSWERS = list(KANO)


def test_kano_categories_come_back(case):
    survey = case.tables["kano_survey"]
    kinds = [
        KANO[functional][ANSWERS.index(dysfunctional)]
        for functional, dysfunctional in zip(
            survey["functional"], survey["dysfunctional"], strict=True
        )
    ]
    mode = (
        pd.Series(kinds).groupby(survey["feature"].to_numpy()).agg(lambda kind: kind.mode().iloc[0])
    )
    assert mode.to_dict() == case.truth["U6"]["parameter"]["kano"]
