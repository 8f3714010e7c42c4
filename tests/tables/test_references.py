"""References between tables."""

import pandas as pd

from segkit.tables import CompanyTables


def _check(**tables):
    return CompanyTables.from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()})


def _ledger(company):
    return {row["table"]: row["reasons"] for _, row in company.ledger.iterrows() if row["reasons"]}


ACCOUNTS = [{"account_id": "a"}, {"account_id": "b"}]


def test_an_unknown_required_reference_sets_the_row_aside():
    orders = [{"account_id": account, "date": "2024-01-31"} for account in "abz"]
    company = _check(accounts=ACCOUNTS, orders=orders)
    assert [str(fault) for fault in company.faults] == [
        "orders.account_id: unknown in accounts; the rows are set aside (1 row: row 3 'z')"
    ]
    assert _ledger(company) == {"orders": "account_id unknown in accounts 1"}


def test_an_unknown_optional_reference_is_emptied():
    deals = [
        {"opp_id": n, "account_id": account, "outcome": "won"} for n, account in enumerate("az")
    ]
    company = _check(accounts=ACCOUNTS, opportunities=deals)
    assert [str(fault) for fault in company.faults] == [
        (
            "opportunities.account_id: unknown in accounts; the values are left empty "
            "(1 row: row 2 'z')"
        ),
    ]
    assert company.opportunities["account_id"].isna().tolist() == [False, True]


def test_an_empty_optional_reference_is_noted():
    deals = [
        {"opp_id": n, "account_id": account, "outcome": "won"} for n, account in enumerate("a b")
    ]
    company = _check(accounts=ACCOUNTS, opportunities=deals)
    assert [str(fault) for fault in company.faults] == [
        (
            "opportunities.account_id: the rows refer to none of accounts; they are kept "
            "(1 row: row 2 ' ')"
        ),
    ]


def test_rows_fall_with_what_they_refer_to_over_several_tables():
    contacts = [{"contact_id": "k", "account_id": "a"}, {"contact_id": "l", "account_id": "z"}]
    deals = [{"opp_id": "o", "outcome": "won"}, {"opp_id": "p", "outcome": "sold"}]
    roles = [{"opp_id": deal, "contact_id": person} for deal in "op" for person in "kl"]
    company = _check(accounts=ACCOUNTS, opp_contacts=roles, contacts=contacts, opportunities=deals)
    assert _ledger(company) == {
        "contacts": "account_id unknown in accounts 1",
        "opportunities": "outcome unreadable 1",
        "opp_contacts": "opp_id set aside in opportunities 2; contact_id set aside in contacts 1",
    }
    assert company.opp_contacts.to_numpy().tolist() == [["o", "k"]]


def test_an_absent_or_unusable_table_is_not_asked():
    orders = [{"account_id": "z", "date": "2024-01-31"}]
    assert len(_check(orders=orders).orders) == 1
    assert len(_check(orders=orders, accounts={"account_id": []}).orders) == 1
    company = _check(orders=orders, accounts=[{"name": "z"}])
    assert len(company.orders) == 1
    assert [fault.table for fault in company.faults] == ["accounts"]


def test_numbers_and_text_are_the_same_ids():
    orders = [{"account_id": account, "date": "2024-01-31"} for account in ("1", " 2 ", 3.0)]
    accounts = pd.DataFrame({"account_id": [1.0, 2.0, 3.0, None]})
    company = CompanyTables.from_tables({"orders": pd.DataFrame(orders), "accounts": accounts})
    assert len(company.orders) == 3


def test_a_reference_that_is_mostly_empty_is_meant_to_be():
    leads = [
        {"lead_id": n, "created": "2024-01-31", "opp_id": deal} for n, deal in enumerate("o  ")
    ]
    company = _check(leads=leads, opportunities=[{"opp_id": "o", "outcome": "won"}])
    assert company.faults == ()
