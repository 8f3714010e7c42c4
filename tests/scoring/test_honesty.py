"""What is wrong with evidence is planted, and named; what is not wrong is not."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.scoring import honesty_gate
from segkit.scoring.duplicates import plain_name
from segkit.scoring.leakage import auc_alone

N = 1000


def evidence(seed=0):
    """Deals without a fault: criteria known of all, one of which tells something."""
    rng = np.random.default_rng(seed)
    staff, growth = rng.lognormal(5, 1, N), rng.normal(size=N)
    frame = pd.DataFrame(
        {
            "staff": staff,
            "growth": growth,
            "budget": staff * rng.lognormal(3, 0.5, N),
            "central": rng.random(N) < 0.5,
            "kind": rng.choice(["school", "college", "university"], N),
        }
    )
    return frame, rng.random(N) < 1 / (1 + np.exp(1 - growth))


def found(gate):
    return set(zip(gate.findings["check"], gate.findings["column"], strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_clean_evidence_passes(seed):
    frame, won = evidence(seed)
    gate = honesty_gate(frame, won)
    assert found(gate) == {("base rate", "")}
    assert gate.passed
    assert gate.usable == tuple(frame.columns)
    assert gate.base_rate == won.mean()
    assert gate.events_per_variable == min(won.sum(), (~won).sum()) / 6
    assert len(set(gate.groups)) == N


def test_each_leak_is_named_and_stopped():
    frame, won = evidence()
    rng = np.random.default_rng(1)
    decided = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(90, size=N), "D"))
    frame["first bill"] = decided + pd.Timedelta(days=30)
    frame["last call"] = decided - pd.Timedelta(days=3)
    frame["invoice"] = np.where(won, rng.normal(size=N), np.nan)
    frame["status"] = np.where(won, "live", "closed")
    frame["paid"] = won * 1.0 + rng.normal(0, 0.2, N)
    gate = honesty_gate(frame, won, decided=decided)
    assert found(gate) >= {
        ("dated after the decision", "first bill"),
        ("known by outcome", "invoice"),
        ("tells the outcome", "status"),
        ("tells the outcome", "paid"),
    }
    assert not {"first bill", "invoice", "status", "paid"} & set(gate.usable)
    assert "last call" in gate.usable
    assert gate.findings["severity"].iloc[0] == "stop"


def test_sellers_names_holes_and_constants_are_told():
    frame, won = evidence()
    rng = np.random.default_rng(2)
    frame["Account Owner"] = rng.choice(["ann", "bob"], N)
    frame["desk"] = rng.choice(["north", "south"], N)
    frame["company"] = [f"company {i}" for i in range(N)]
    frame["half"] = np.where(rng.random(N) < 0.4, np.nan, 1.0 + rng.random(N))
    frame["hollow"] = np.where(rng.random(N) < 0.8, np.nan, 1.0 + rng.random(N))
    frame["country"] = "US"
    gate = honesty_gate(frame, won, owners=["desk"])
    assert found(gate) == {
        ("base rate", ""), ("owner", "Account Owner"), ("owner", "desk"), ("names", "company"),
        ("missing", "half"), ("missing", "hollow"), ("constant", "country"),
    }  # fmt: skip
    assert set(gate.usable) == {"staff", "growth", "budget", "central", "kind", "half"}


def test_exact_and_near_duplicates_stay_together():
    frame, won = evidence()
    again = frame.iloc[:30].copy()
    near = frame.iloc[30:50].assign(staff=frame["staff"] * 1.001, kind=frame["kind"].str.upper())
    both = pd.concat([frame, again, near], ignore_index=True)
    gate = honesty_gate(both, np.concatenate([won, won[:30], won[30:50]]))
    assert (gate.groups[N : N + 50] == gate.groups[:50]).all()
    assert len(set(gate.groups)) == N
    words = gate.findings.set_index("check")["finding"]
    assert words["exact duplicates"].startswith("30 rows")
    assert words["near duplicates"].startswith("20 rows")


def test_coarse_columns_prove_nothing_but_names_do():
    frame, won = evidence()
    names = np.array(
        [f"Company {i // 2}, Inc." if i % 2 else f"COMPANY {i // 2}" for i in range(N)]
    )
    coarse = frame[["central", "kind"]]
    assert ("duplicates", "") in found(honesty_gate(coarse, won))
    gate = honesty_gate(coarse, won, names=names)
    assert len(set(gate.groups)) == N / 2
    assert (gate.groups[0::2] == gate.groups[1::2]).all()


def test_few_events_and_rare_outcomes_are_minded():
    frame, _ = evidence()
    gate = honesty_gate(frame, np.arange(N) < 30)
    severity = gate.findings.set_index("check")["severity"]
    assert severity["events per variable"] == severity["base rate"] == "mind"
    assert gate.events_per_variable == 5
    assert not honesty_gate(frame, np.ones(N, bool)).passed


def test_open_deals_are_set_aside():
    frame, won = evidence()
    outcome = pd.array(won, dtype="boolean")
    outcome[:100] = pd.NA
    gate = honesty_gate(frame, outcome)
    assert (gate.rows, gate.set_aside) == (N - 100, 100)
    assert len(gate.groups) == N


def test_many_levels_do_not_tell_the_outcome_by_their_number():
    """Levels of one row each fit any outcome; valued by other rows they tell nothing."""
    rng = np.random.default_rng(0)
    levels = pd.Series(rng.integers(400, size=N)).astype("str")
    assert auc_alone(levels, rng.random(N) < 0.4)[0] == pytest.approx(0.5, abs=0.08)


def test_a_handful_of_rows_proves_no_leak():
    """Of 20 rows with one win a column of noise has an AUC above 0.95 one time in ten."""
    stopped = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        rows = pd.DataFrame(rng.normal(size=(20, 5))).rename(columns=str)
        gate = honesty_gate(rows, np.arange(20) == 0)
        stopped += (gate.findings["check"] == "tells the outcome").sum()
    assert stopped == 0
    rows = pd.DataFrame({"age": rng.normal(size=40), "paid": np.arange(40) < 6}).astype(float)
    found = honesty_gate(rows, np.arange(40) < 6).findings.set_index("column")["check"]
    assert found["paid"] == "tells the outcome"


def test_names_are_compared_without_case_accents_and_legal_form():
    same = ["ACME Works, Inc.", "Acmé-Works", "The Acme Works Company"]
    assert len({plain_name(name) for name in same}) == 1
    assert plain_name("Acme Works") != plain_name("Acme Words")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda frame, won: honesty_gate(frame, won[:5]), "5 outcomes were given for 1,000 rows"),
        (lambda frame, won: honesty_gate([1, 2], won), "X must be a frame or an array"),
        (lambda frame, won: honesty_gate(frame, ["won"] * N), "true or false"),
        (lambda frame, won: honesty_gate(frame, won, owners=["x"]), "owners: no columns"),
        (lambda frame, won: honesty_gate(frame, [None] * N), "No row has an outcome"),
    ],
)
def test_bad_input_is_refused_in_words(call, said):
    with pytest.raises(DataError, match=said):
        call(*evidence())


def test_an_array_is_a_frame_without_names():
    rng = np.random.default_rng(0)
    gate = honesty_gate(rng.normal(size=(300, 2)), (rng.random(300) < 0.4).tolist())
    assert gate.usable == ("x0", "x1")


@pytest.mark.parametrize(
    ("name", "owns"),
    [
        *(
            (name, True)
            for name in ("owner", "Account Owner", "OwnerId", "sales_rep", "created_by")
        ),
        *(
            (name, True)
            for name in ("assigned_to", "rep_2", "user_id", "SDR", "Deal owner email", "agent")
        ),
        *(
            (name, False)
            for name in ("user_count", "manager_approval", "number_of_reps", "reptile")
        ),
        *((name, False) for name in ("has_account_manager", "agent_share", "created", "report")),
    ],
)
def test_only_whole_roles_are_owners(name, owns):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.choice(["a", "b", "c"], 200), "staff": rng.normal(size=200)})
    gate = honesty_gate(frame, rng.random(200) < 0.5)
    assert (name in gate.usable) is not owns
