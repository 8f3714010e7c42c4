"""The sample company: the job comes first as planted, and a random scheme is told by nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.samples import make_case
from segkit.segments import (
    Segmenter,
    adjusted_rand,
    conventional_schemes,
    league_table,
    row_centred,
    segment_tests,
)

CONVENTIONAL = ["segment", "subsegment", "state", "metro", "employees", "budget", "central_hr"]
DESCRIPTORS = ["subsegment", "state", "employees", "budget", "central_hr", "union"]


@pytest.fixture(scope="module", params=[7, 8, 9])
def case(request):
    return make_case(request.param)


def accounts_of_users(case):
    """Give the accounts of the users with their share of wallet and the users' answers."""
    tables = case.tables
    users = tables["users"][["user_id", "account_id"]]
    frame = users.merge(tables["accounts"], on="account_id", how="left")
    recent = tables["invoices"][tables["invoices"]["month"] >= pd.Timestamp("2025-07-01")]
    spent = frame["account_id"].map(recent.groupby("account_id")["amount"].sum())
    wallet = frame["account_id"].map(case.truth["A3"]["parameter"]["wallet"])
    frame["wallet_share"] = spent / wallet
    survey = tables["odi_survey"]
    answers = survey.pivot(
        index="user_id", columns="outcome", values=["importance", "satisfaction"]
    ).reindex(frame["user_id"])
    missed = answers["importance"].astype(float) - answers["satisfaction"].astype(float)
    return frame, (answers["importance"].astype(float) + missed.clip(lower=0)).reset_index(
        drop=True
    )


def test_the_scheme_by_job_is_best(case):
    """Planted: the job explains most of the share of wallet, no firmographic scheme 5 %."""
    frame, opportunity = accounts_of_users(case)
    model = Segmenter().fit(row_centred(opportunity))
    planted = frame["user_id"].map(case.truth["U6"]["parameter"]["segment"])
    assert model.k_ == 3
    assert adjusted_rand(model.labels_, pd.factorize(planted)[0]) > 0.85
    random = np.random.default_rng(0).integers(3, size=len(frame))
    schemes = dict(conventional_schemes(frame, CONVENTIONAL))
    schemes |= {"job": model.labels_, "random": random}
    found = league_table(frame, schemes, value="wallet_share").set_index("scheme")
    assert found.index[0] == "job"
    others = found.drop(index="job")["value_r2"]
    assert found.loc["job", "value_r2"] > others.max() + 5 * found.loc["job", "value_r2_error"]
    truth = case.truth["schemes"]["realised"]["explained_share_of_wallet"]
    assert max(truth, key=truth.get) == "job of the user"
    for name in ("segment", "subsegment", "state"):
        assert found.loc[name, "value_r2"] < truth[name] + 0.03


def test_a_random_scheme_is_told_by_nothing_and_a_real_one_is(case):
    """Planted: a quarter of the customers drawn without regard to anything."""
    accounts = case.tables["accounts"]
    customers = accounts[accounts["status"] == "customer"].reset_index(drop=True)
    drawn = customers["account_id"].isin(case.truth["grover"]["parameter"]["random_segment"])
    told = segment_tests(customers, np.where(drawn, "random", "rest"), descriptors=DESCRIPTORS)
    told = told.table[told.table["test"] == "identifiable"]
    assert (told["result"] == "fail").all()
    assert told["value"].to_numpy() == pytest.approx(0.5, abs=0.06)
    real = segment_tests(customers, "segment", descriptors=["employees", "enrolment", "state"])
    real = real.table[real.table["test"] == "identifiable"]
    assert real["value"].min() > told["value"].max()
    assert "pass" in set(real["result"])


def test_random_schemes_of_any_size_fail_in_every_draw(larkspur):
    customers = larkspur.accounts.query("status == 'customer'").reset_index(drop=True)
    rng = np.random.default_rng(0)
    for k in (2, 3, 5, 8):
        labels = rng.integers(k, size=len(customers))
        told = segment_tests(customers, labels, descriptors=DESCRIPTORS).table
        assert set(told.loc[told["test"] == "identifiable", "result"]) == {"fail"}
