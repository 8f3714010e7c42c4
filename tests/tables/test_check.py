"""Every fault of a row: found, said, set aside under its first reason."""

import pandas as pd
import pytest

from segkit.tables import CompanyTables

GOOD = {"account_id": "a", "date": "2024-01-31", "amount": "10"}


def _check(given, **settings):
    frames = {name: pd.DataFrame(rows) for name, rows in given.items()}
    return CompanyTables.from_tables(frames, settings)


def _orders(*rows, **settings):
    return _check({"orders": [GOOD, *({**GOOD, **row} for row in rows)]}, **settings)


def _faults(company, severity=None):
    return [
        str(fault) for fault in company.faults if severity is None or fault.severity == severity
    ]


def _reasons(company, table="orders"):
    return company.ledger.set_index("table").loc[table, "reasons"]


def test_clean_rows_have_no_faults():
    company = _orders({"account_id": "b"})
    assert company.faults == ()
    assert company.ledger.to_numpy().tolist() == [["orders", 2, 2, 0, ""]]


def test_unreadable_required_value():
    company = _orders({"account_id": "b", "date": "soon"})
    assert _faults(company) == [
        "orders.date: not a date such as 2026-03-31; the rows are set aside (1 row: row 2 'soon')"
    ]
    assert _reasons(company) == "date unreadable 1"


def test_unreadable_optional_value_is_emptied():
    company = _orders({"account_id": "b", "amount": "much"})
    assert _faults(company, "note") == [
        "orders.amount: not an amount of money; the values are left empty (1 row: row 2 'much')"
    ]
    assert company.orders["amount"].isna().tolist() == [False, True]
    assert _reasons(company) == ""


def test_unknown_words_are_counted_and_the_setting_is_named():
    deals = [{"opp_id": str(n), "outcome": word} for n, word in enumerate(["Won", "Gone", "Gone"])]
    assert _faults(_check({"opportunities": deals})) == [
        (
            "opportunities.outcome: not one of 'won', 'refused', 'stuck', 'open'; the rows are set "
            "aside. Found: 'Gone' 2. Say what they stand for in segkit.toml: "
            "[tables.opportunities.values.outcome] (2 rows: row 2 'Gone', row 3 'Gone')"
        ),
        "opportunities.outcome: read 'Won' as 'won'",
    ]


def test_missing_required_value():
    company = _orders({"account_id": " "}, {"account_id": None})
    assert _faults(company) == [
        (
            "orders.account_id: a value is required; the rows are set aside "
            "(2 rows: row 2 ' ', row 3)"
        ),
    ]
    assert _reasons(company) == "account_id missing 2"


def test_dates_out_of_time():
    rows = [{"account_id": "b", "date": "1969-12-31"}, {"account_id": "c", "date": "2024-02-01"}]
    company = _orders(*rows, as_of="2024-01-31")
    assert _faults(company) == [
        (
            "orders.date: the date lies before 1970; the rows are set aside "
            "(1 row: row 2 '1969-12-31')"
        ),
        (
            "orders.date: the date lies after the as-of date 2024-01-31; the rows are set aside "
            "(1 row: row 3 '2024-02-01')"
        ),
    ]
    assert _reasons(company) == "date before 1970 1; date after 2024-01-31 1"


def test_some_dates_may_lie_in_the_future():
    contract = {"contract_id": "c", "account_id": "a", "start": "2024-01-01", "mrr": "5"}
    company = _check({"contracts": [contract | {"end": "2030-12-31"}]}, as_of="2024-01-31")
    assert company.faults == ()


def test_negative_money():
    rows = [{"invoice_id": n, "account_id": "a", "month": "2024-01", "amount": n} for n in (1, -5)]
    company = _check({"invoices": rows})
    assert _faults(company) == [
        ("invoices.amount: the amount is negative; the rows are set aside (1 row: row 2 '-5')"),
    ]
    assert _orders({"account_id": "b", "amount": "-5"}).faults == ()  # a refund


def test_out_of_range():
    rows = [{"respondent": n, "score": n, "response_time": 5} for n in (0, 10, 11)]
    rows.append({"respondent": 12, "score": 9, "response_time": 0.5})
    company = _check({"nps_survey": rows})
    assert _faults(company) == [
        (
            "nps_survey.score: the number must be from 0 to 10; the rows are set aside "
            "(1 row: row 3 '11')"
        ),
        (
            "nps_survey.response_time: the number must be from 1 to 10; the values are left empty "
            "(1 row: row 4 '0.5')"
        ),
    ]
    assert company.nps_survey["response_time"].isna().tolist() == [False, False, True]
    employees = [{"account_id": "a", "employees": -1}]
    assert "must be 0 or more" in _faults(_check({"accounts": employees}))[0]


def test_duplicates():
    rows = [
        {"account_id": "a", "name": "A"},
        {"account_id": "a", "name": "A"},
        {"account_id": "a", "name": "B"},
        {"account_id": "b", "name": "B"},
        {"account_id": "a", "name": "B"},
    ]
    company = _check({"accounts": rows})
    assert _faults(company) == [
        (
            "accounts: the whole row has occurred before; the first one is kept "
            "(2 rows: row 2 'a', row 5 'a')"
        ),
        ("accounts: another row has the same account_id; the first one is kept (1 row: row 3 'a')"),
    ]
    assert _reasons(company, "accounts") == "exact duplicate 2; duplicate key 1"
    assert company.accounts["name"].tolist() == ["A", "B"]


def test_a_key_of_several_columns():
    rows = [{"opp_id": "o", "contact_id": c, "role": r} for c, r in ("xa", "xb", "ya")]
    company = _check({"opp_contacts": rows})
    assert "another row has the same opp_id and contact_id" in _faults(company)[0]
    assert _faults(company)[0].endswith("(1 row: row 2 'o, x')")


def test_a_faulty_row_does_not_displace_a_good_one_with_its_key():
    rows = [
        {"contract_id": "c", "account_id": "a", "start": "1900-01-01", "mrr": "5"},
        {"contract_id": "c", "account_id": "a", "start": "2024-01-01", "mrr": "6"},
    ]
    company = _check({"contracts": rows})
    assert company.contracts["mrr"].tolist() == [6.0]
    assert _reasons(company, "contracts") == "start before 1970 1"


def test_a_table_without_a_key_keeps_repeated_rows():
    company = _orders({}, {})
    assert _faults(company) == [
        (
            "orders: the whole row has occurred before; it is kept, since the table has no key "
            "(2 rows: row 2, row 3)"
        ),
    ]
    assert len(company.orders) == 3


def test_each_row_counts_once_but_every_fault_is_said():
    row = {"contract_id": "c", "account_id": "", "start": "1900-01-01", "mrr": "-5"}
    company = _check(
        {
            "contracts": [
                row,
                {"contract_id": "d", **dict.fromkeys(["account_id"], "a")}
                | {"start": "2024-01-01", "mrr": "5"},
            ]
        }
    )
    assert [fault.kind for fault in company.faults] == [
        "missing value",
        "date before the epoch",
        "negative money",
    ]
    assert _reasons(company, "contracts") == "account_id missing 1"


def test_only_five_examples_are_shown_and_long_ones_are_cut():
    company = _orders(*({"account_id": str(n), "date": "x" * 100} for n in range(7)))
    (fault,) = company.faults
    assert fault.rows == 7
    assert [label for label, _ in fault.examples] == [f"row {n}" for n in range(2, 7)]
    assert str(fault).endswith(f"row 6 '{'x' * 57}...', ...)")


def test_rows_kept_by_a_setting():
    rows = [{**GOOD, "account_id": str(n), "Stage": stage} for n, stage in enumerate("WwLL")]
    settings = {"orders": {"keep": {"stage": ["W", "Z"]}}}
    rows[3]["date"] = "soon"  # what is not kept is not checked
    company = _check({"orders": rows}, tables=settings)
    assert _reasons(company) == "Stage is not 'W', 'Z' 2"
    assert _faults(company) == [
        "orders: columns that segkit does not know are kept as they are: 'stage'",
        "orders: Stage never holds 'Z'",
    ]
    assert company.set_aside["orders"]["reason"].unique().tolist() == ["Stage is not 'W', 'Z'"]


def test_rows_kept_by_a_column_that_is_not_there():
    tables = {"orders": [GOOD], "accounts": [{"account_id": "a"}]}
    company = _check(tables, tables={"orders": {"keep": {"dates": ["x"]}}})
    assert _faults(company, "stops") == [
        (
            "orders.dates: segkit.toml keeps rows by this column, which is not there. "
            "Did you mean 'date'?"
        ),
    ]
    assert "orders" not in company.tables
    assert _reasons(company) == "missing column: dates 1"


def test_a_missing_column_stops_its_table_only():
    company = _check({"orders": [{"account_id": "a", "amount": 1}], "accounts": [GOOD]})
    assert list(company.tables) == ["accounts"]
    assert _reasons(company) == "missing column: date 1"
    assert company.ledger["read"].tolist() == [1, 1]


def test_a_table_none_of_whose_rows_is_left():
    company = _check({"orders": [GOOD | {"date": "soon"}] * 2, "accounts": [{"account_id": "a"}]})
    assert _faults(company, "stops") == ["orders: no row is left: date unreadable 2"]
    assert "orders" not in company.tables


def test_a_table_without_rows_and_a_column_without_values():
    frames = {
        "orders": pd.DataFrame([GOOD | {"amount": None}]),
        "accounts": pd.DataFrame({"account_id": []}),
    }
    company = CompanyTables.from_tables(frames)
    assert _faults(company) == [
        "accounts: there is a header but no row",
        "orders.amount: the column holds no value",
    ]
    assert company.accounts.shape == (0, 1)
    assert company.ledger["read"].tolist() == [0, 1]


def test_currencies_may_not_be_mixed():
    rows = [{"account_id": str(n), "amount": cell} for n, cell in enumerate(["$5", "5 USD", "5 €"])]
    company = _orders(*rows, currency="USD")
    assert _faults(company) == [
        (
            "orders.amount: the amount is not in USD, the company's currency; the rows are set "
            "aside (1 row: row 4 '5 €')"
        ),
    ]
    assert _reasons(company) == "amount not in USD 1"
    assert _orders(*rows[:1], currency="CAD").faults == ()  # a dollar sign may stand for it


def test_the_commonest_currency_is_taken_where_none_is_set():
    rows = [{"account_id": str(n), "amount": cell} for n, cell in enumerate(["5 €", "6 €", "$5"])]
    company = _orders(*rows)
    assert company.settings.currency == "EUR"
    assert _faults(company)[1] == (
        "no currency is set; amounts are marked EUR, which is taken for all of them"
    )
    assert _reasons(company) == "amount not in EUR 1"


@pytest.mark.parametrize("name", ["currency", "Currency ISO Code"])
def test_a_currency_column_marks_the_money_of_its_rows(name):
    rows = [{**GOOD, "account_id": str(n), name: code} for n, code in enumerate(["EUR", "usd", ""])]
    company = _check({"orders": rows}, currency="EUR")
    assert _reasons(company) == "amount not in EUR 1"
    assert company.orders["account_id"].tolist() == ["0", "2"]


def test_as_of_is_the_last_date_but_for_those_of_the_future():
    contract = {"contract_id": "c", "account_id": "a", "start": "2024-01-15", "mrr": 5}
    company = _check({"contracts": [contract | {"end": "2030-01-01"}], "orders": [GOOD]})
    assert company.as_of == pd.Timestamp("2024-01-31")
    assert pd.isna(_check({"accounts": [{"account_id": "a"}]}).as_of)
    rows = [GOOD, GOOD | {"date": "1066-10-14"}]
    assert _check({"orders": rows}).as_of == pd.Timestamp("2024-01-31")


def test_a_lonely_last_date_is_pointed_out():
    company = _orders({"account_id": "b", "date": "2062-01-31"})
    assert _faults(company) == [
        (
            "the last date in the data, 2062-01-31, is taken as the as-of date, but the one before "
            "is 2024-01-31; if it is a mistake, set as_of in segkit.toml"
        ),
    ]


def test_times_of_day_matter_in_a_key_only():
    rows = [
        {"opp_id": "o", "stage": "demo", "entered_at": f"2024-01-31 {hour}:00"} for hour in (10, 17)
    ]
    company = _check({"stage_history": rows, "orders": [GOOD | {"date": "2024-01-31 23:00"}]})
    assert len(company.stage_history) == 2
    assert company.orders["date"].tolist() == [pd.Timestamp("2024-01-31")]
    assert company.as_of == pd.Timestamp("2024-01-31")


def test_spellings_of_one_category():
    rows = [{"account_id": str(n), "segment": word} for n, word in enumerate(["K-12", "k12", "X"])]
    deals = [{"opp_id": "o", "outcome": "won", "product": "GTXPro"}]
    products = [{"Product": "GTX Pro"}, {"Product": "GTX"}]
    company = _check({"accounts": rows, "opportunities": deals, "products": products})
    assert _faults(company)[0] == (
        "accounts.segment: 'K-12', 'k12' are probably one; choose one in segkit.toml: "
        "[tables.accounts.values.segment] (accounts 'K-12 (1 row)', accounts 'k12 (1 row)')"
    )
    mapped = {"accounts": {"values": {"segment": {"K-12": "k12"}}}}
    assert "near-identical values" not in {
        fault.kind for fault in _check({"accounts": rows}, tables=mapped).faults
    }


@pytest.mark.parametrize("said", ["Total", "Grand Total:", "Summe", "Gesamt: 2", "TOTALS"])
def test_a_total_at_the_end_is_no_row(said):
    total = dict.fromkeys(GOOD, "") | {"account_id": said, "shop": ""}
    company = _orders({"account_id": "b", "shop": "x"}, total | {"amount": "20"})
    assert _faults(company, "sets aside") == [
        f"orders: the last row sums up the others; it is set aside (1 row: row 3 {said!r})"
    ]
    assert _reasons(company) == "total row 1"


@pytest.mark.parametrize(
    "rows",
    [
        [{"account_id": "Total"}],  # nothing is empty: a company may be called so
        [{"account_id": "Total Wine", "date": ""}],
        [{"account_id": "Total", "date": ""}, {"account_id": "b"}],  # not the last
    ],
)
def test_other_rows_are_no_totals(rows):
    assert "total row" not in _reasons(_orders(*rows))
