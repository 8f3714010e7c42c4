"""The result of a check as plain data."""

import json

import pandas as pd

from segkit.tables import CompanyTables, check_report

ORDERS = pd.DataFrame({"account_id": ["a"], "date": ["2024-01-31"], "amount": [1.5]})


def test_the_report_is_plain_data():
    rows = pd.concat([ORDERS, ORDERS.assign(date="<script>soon</script>")])
    company = CompanyTables.from_tables({"orders": rows, "accounts": pd.DataFrame({"x": [1]})})
    report = check_report(company)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert list(report) == ["usable", "company", "currency", "as_of", "faults", "ledger"]
    assert report["usable"] is False
    assert report["as_of"] == "2024-01-31"
    assert [fault["severity"] for fault in report["faults"]] == ["stops", "sets aside", "note"]
    assert report["faults"][1]["examples"] == [{"row": "row 2", "value": "<script>soon</script>"}]
    assert report["faults"][1]["text"] == str(company.faults[1])
    assert report["ledger"][1] == {
        "table": "orders",
        "read": 2,
        "used": 1,
        "set_aside": 1,
        "reasons": [{"reason": "date unreadable", "rows": 1}],
    }


def test_the_report_of_usable_tables():
    report = check_report(CompanyTables.from_tables({"orders": ORDERS}, {"company": "Larkspur"}))
    assert (report["usable"], report["company"]) == (True, "Larkspur")
    accounts = CompanyTables.from_tables({"accounts": pd.DataFrame({"account_id": ["a"]})})
    assert check_report(accounts)["as_of"] is None
