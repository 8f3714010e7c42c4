"""The data doctor: every finding planted, counted and decided; no row lost from sight."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segkit.errors import ParameterError
from segkit.value.doctor import Findings, diagnose
from segkit.value.policy import AS_RECORDED, Policy


def row(findings: Findings, finding: str) -> dict[str, Any]:
    return next(record for record in findings.records() if record["finding"] == finding)


def counts(findings: Findings, finding: str) -> tuple[Any, ...]:
    found = row(findings, finding)
    return found["rows"], found["customers"], found["money"], found["set_aside"]


def assert_balanced(findings: Findings) -> None:
    assert findings.rows_read == findings.rows_used + findings.rows_set_aside
    assert findings.rows_set_aside == findings.table["set_aside"].sum()


PLANTED = [
    # customer, date, amount, order
    ("ann", "2024-01-01", 10.0, 1),
    ("ann", "2024-01-01", 5.0, 2),  # the same day
    ("ann", "2024-01-03", 20.0, 3),  # the same week
    ("ann", "2024-01-03", 20.0, 3),  # a copy
    ("ann", "2024-01-03", 20.0, 4),  # none: another order
    ("ann", "2024-02-01", 30.0, 5),
    ("ann", "2024-02-01", -30.0, 6),  # taken back: a day without spend
    ("ann", "2024-03-01", 40.0, 7),
    ("ann", "2024-03-01", -15.0, 8),  # a refund in part
    ("ben", "2024-01-09", 7.0, 9),
    ("ben", "2024-02-09", 0.0, 10),  # free
    ("cyd", "2024-03-31", 8.0, 11),  # bought on the last day
    ("dan", "2024-05-05", 9.0, 12),  # of the hold-out alone
    ("ben", "2024-05-05", 3.0, 13),
    ("ben", "2024-09-01", 4.0, 14),  # after the end
    (None, "2024-01-01", 1.0, 15),
    ("ben", None, 2.0, 16),
    ("ben", "2024-01-32", 2.0, 17),
    ("ben", "2024-01-10", np.nan, 18),
    ("ben", "2024-01-10", np.inf, 19),
]


@pytest.fixture
def planted() -> pd.DataFrame:
    return pd.DataFrame(PLANTED, columns=["customer", "date", "amount", "order"])


def look(events: pd.DataFrame, policy: Policy | None = None, **settings: Any) -> Findings:
    settings = {"as_of": "2024-03-31", "holdout": "2024-06-30"} | settings
    findings = diagnose(events, policy=policy, **settings)
    assert_balanced(findings)
    return findings


def test_every_planted_finding_is_counted(planted: pd.DataFrame) -> None:
    findings = look(planted)
    assert {
        record["finding"]: counts(findings, record["finding"]) for record in findings.records()
    } == {
        "customer missing or unreadable": (1, 0, 1.0, 1),
        "date missing or unreadable": (2, 1, 4.0, 2),
        "amount missing or unreadable": (2, 1, None, 2),
        "after the end": (1, 1, 4.0, 1),
        "refund": (2, 1, -45.0, 0),
        "zero amount": (1, 1, 0.0, 0),
        "exact duplicate": (1, 1, 20.0, 1),
        "day without spend": (3, 2, 0.0, 3),
        "same-day rows": (3, 1, None, 0),
        "first seen in the hold-out": (1, 1, 9.0, 1),
        "extreme spender": (0, 0, 0.0, 0),
        "first bought on the last day": (1, 1, 8.0, 0),
        "one-time buyer": (2, 2, 15.0, 0),
        "date in text": (20, 0, None, 0),
        "instant": (0, 0, None, 0),
        "several purchases a week": (1, 1, None, 0),
    }
    assert findings.rows_read == len(PLANTED)
    assert findings.as_of == date(2024, 3, 31)


def test_policies_change_decisions_and_balance(planted: pd.DataFrame) -> None:
    kept = look(planted, AS_RECORDED)
    assert counts(kept, "exact duplicate") == (1, 1, 20.0, 0)
    assert counts(kept, "day without spend") == (2, 1, 0.0, 2)
    left_out = look(planted, Policy(refunds="set aside"))
    assert counts(left_out, "refund") == (2, 1, -45.0, 2)
    assert counts(left_out, "day without spend") == (1, 1, 0.0, 1)
    assert row(left_out, "refund")["decision"] == "set aside"


def test_extreme_spenders() -> None:
    rng = np.random.default_rng(1)
    customers = np.repeat(np.arange(300), 3)
    events = pd.DataFrame(
        {
            "customer": customers,
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.tile([0, 9, 40], 300), "D"),
            "amount": rng.uniform(10, 20, 900) * np.where(customers == 17, 1000, 1),
        }
    )
    # Two of each customer's three rows are before the split; the last is in the hold-out.
    events["date"] = events["date"].where(events["date"].dt.month == 1, pd.Timestamp("2024-05-01"))
    shown = look(events)
    assert counts(shown, "extreme spender")[:2] == (3, 1)
    assert counts(shown, "extreme spender")[3] == 0
    aside = look(events, Policy(extreme_spenders="set aside"))
    assert counts(aside, "extreme spender")[3] == 3
    assert aside.rows_used == 897
    named = look(events, Policy(extreme_spend=1.0))
    assert counts(named, "extreme spender")[1] == 300
    assert row(named, "extreme spender")["decision"] == "keep: repeat spend above 1.00"


def test_cdnow_master_file(cdnow_master: pd.DataFrame) -> None:
    """69,659 rows with 255 exact duplicates and 80 zero amounts; ten resellers above $4,000."""
    findings = diagnose(cdnow_master)
    assert_balanced(findings)
    assert findings.rows_read == 69_659
    assert counts(findings, "exact duplicate")[0] == 255
    assert counts(findings, "zero amount")[:2] == (80, 80)
    assert row(findings, "after the end")["decision"].endswith("1998-06-30, is the end")
    published = replace(AS_RECORDED, extreme_spend=4000)
    assert counts(diagnose(cdnow_master, policy=published), "extreme spender")[1] == 10


def test_weekly_data_would_lose_a_tenth_of_cdnow(cdnow_events: pd.DataFrame) -> None:
    """9.8 % of the sample's 2,457 repeat purchases of weeks 1-39."""
    findings = diagnose(cdnow_events, as_of="1997-09-30", policy=AS_RECORDED)
    found = row(findings, "several purchases a week")
    assert found["rows"] == 241
    assert found["decision"] == "days kept; weeks would lose 9.8 % of repeat purchases"


def test_weeks_of_the_holdout_lose_no_purchase_of_the_calibration(planted: pd.DataFrame) -> None:
    planted.loc[len(planted)] = ("dan", "2024-05-04", 9.0, 20)  # the day before dan's other one
    assert counts(look(planted), "several purchases a week") == (1, 1, None, 0)


def test_findings_are_shown_and_written(planted: pd.DataFrame) -> None:
    findings = look(planted)
    first = str(findings).splitlines()[0]
    assert first == "20 rows read = 9 used + 11 set aside; observed until 2024-03-31"
    written = json.loads(findings.to_json())
    assert written["rows_read"] == 20
    assert written["policy"]["duplicates"] == "set aside"
    assert written["findings"] == findings.records()
    assert "SELECT DISTINCT" in findings.to_sql()
    assert "ARRAY_AGG" in findings.to_sql("postgres")


def test_records_keep_every_digit(planted: pd.DataFrame) -> None:
    most = planted.assign(amount=9_999_999_999_999.99).loc[planted.index.repeat(500)]
    findings = look(most, AS_RECORDED)
    money = findings.table["money"].dropna()
    assert money.max() > 1e16
    assert [r["money"] for r in findings.records() if r["money"] is not None] == money.tolist()
    assert json.loads(findings.to_json())["findings"] == findings.records()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"duplicates": "drop"}, "'duplicates' parameter of Policy must be 'set aside' or 'keep'"),
        ({"refunds": "keep"}, "'refunds' parameter of Policy must be 'net' or 'set aside'"),
        ({"extreme_spend": 0}, "'extreme_spend' parameter of Policy must be positive. Got 0"),
        ({"extreme_spend": float("nan")}, "must be positive"),
        ({"extreme_spend": "1000"}, "must be positive"),
    ],
)
def test_policies_out_of_bounds(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Policy(**arguments)


def steady() -> pd.DataFrame:
    """Two hundred customers, each buying every third day of 2023."""
    days = pd.date_range("2023-01-01", "2023-12-31", freq="3D").repeat(200)
    customers = np.tile(np.arange(200), len(days) // 200)
    return pd.DataFrame({"customer": customers, "date": days, "amount": 10.0})


def test_a_mistyped_date_far_ahead_is_found() -> None:
    events = steady()
    events.loc[[7, 5007], "date"] = pd.to_datetime(["2032-11-30", "2032-12-01"])
    findings = diagnose(events)
    assert counts(findings, "after a long silence") == (2, 1, 20.0, 0)
    assert row(findings, "after a long silence")["decision"] == (
        "kept, though 3259 days of silence precede them: give as_of"
    )
    assert findings.as_of == date(2032, 12, 1)
    told = diagnose(events, as_of="2023-12-31")
    assert counts(told, "after the end") == (2, 1, 20.0, 2)
    assert "after a long silence" not in told.table["finding"].tolist()


@pytest.mark.parametrize("amount", [-5.0, 0.0])
def test_a_mistyped_date_is_found_where_nobody_bought(amount: float) -> None:
    events = steady()
    events.loc[len(events)] = [3, pd.Timestamp("2099-01-01"), amount]
    findings = diagnose(events)
    assert findings.as_of == date(2099, 1, 1)
    assert counts(findings, "after a long silence") == (1, 1, amount, 0)


@pytest.mark.parametrize("last", ["2023-12-31", "2024-01-20"])
def test_the_usual_end_is_no_silence(last: str) -> None:
    events = steady()
    events.loc[len(events) - 1, "date"] = pd.Timestamp(last)
    assert counts(diagnose(events), "after a long silence") == (0, 0, 0.0, 0)


def test_a_season_is_no_silence() -> None:
    """Everybody is away for half a year, and comes back."""
    events = steady()
    events = events[~events["date"].dt.month.isin([4, 5, 6, 7, 8])]
    assert counts(diagnose(events), "after a long silence")[0] == 0
