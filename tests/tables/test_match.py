"""Which source holds which table, which column is which."""

import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.tables import read_settings, schema
from segkit.tables.mapping import TableSettings
from segkit.tables.match import match_columns, match_tables, unused_sources
from segkit.tables.raw import Source, raw_table


def _sources(*names):
    return [Source(name, f"{name}.csv", lambda: None, (f"{name}.csv",)) for name in names]


def _match(names, tables=None):
    matched, faults = match_tables(_sources(*names), read_settings({"tables": tables or {}}))
    return {table: source.name for table, source in matched.items()}, [str(f) for f in faults]


def test_by_own_name_whatever_the_case():
    assert _match(["Accounts", "USAGE monthly", "others"]) == (
        {"accounts": "Accounts", "usage_monthly": "USAGE monthly"},
        [],
    )


def test_the_exact_name_wins():
    assert _match(["Orders", "orders"])[0] == {"orders": "orders"}


def test_by_setting():
    for source in ("sales_pipeline", "Sales Pipeline", "sales_pipeline.csv"):
        tables = {"opportunities": {"source": source}, "orders": {"source": source}}
        assert _match(["sales_pipeline"], tables)[0] == {
            "opportunities": "sales_pipeline",
            "orders": "sales_pipeline",
        }


def test_a_source_given_away_is_not_taken_by_name():
    given = {"invoices": {"source": "orders"}}
    assert _match(["orders"], given)[0] == {"invoices": "orders"}
    assert _match(["orders"], given | {"orders": {}})[0] == {
        "invoices": "orders",
        "orders": "orders",
    }


def test_faults_of_tables():
    assert _match(["ORDERS", "Orders"])[1] == [
        (
            "orders: could be ORDERS.csv or Orders.csv; name one in segkit.toml: "
            "[tables.orders] source = ..."
        )
    ]
    assert _match(["sales"], {"orders": {"source": "sale"}})[1] == [
        (
            "orders: segkit.toml names the source 'sale', which is not there. "
            "Did you mean 'sales'? There are: 'sales'"
        )
    ]
    assert _match(["sales"], {"orders": {}})[1] == [
        "orders: segkit.toml has a section for it, but no source has its name"
    ]


def _columns(table, names, **entry):
    found = match_columns(schema()[table], names, TableSettings(**entry))
    return found, [str(fault) for fault in found.faults]


def test_columns_by_name_case_and_alias():
    found, faults = _columns("orders", ["Client", "DATE", "amount", "Shop No."])
    assert found.columns == {"date": "DATE", "amount": "amount", "account_id": "Client"}
    assert found.extra == {"shop_no": "Shop No."}
    assert faults == [
        "orders.account_id: read from 'Client'",
        "orders: columns that segkit does not know are kept as they are: 'shop_no'",
    ]


def test_settings_come_first_and_may_use_a_column_twice():
    found, _ = _columns(
        "accounts",
        ["account", "name", "segment"],
        columns={"account_id": "Account", "name": "account"},
    )
    assert found.columns == {"account_id": "account", "name": "account", "segment": "segment"}
    assert found.extra == {"name_2": "name"}  # never under a name of the schema


def test_an_own_name_comes_before_an_alias():
    found, faults = _columns("orders", ["account", "account_id", "date"])
    assert found.columns["account_id"] == "account_id"
    assert found.extra == {"account": "account"}
    assert len(faults) == 1


def test_ambiguous_columns():
    found, faults = _columns(
        "opportunities", ["opp_id", "stage", "status", "amount", "close_value"]
    )
    assert found.columns == {"opp_id": "opp_id"}
    assert faults[:2] == [
        (
            "opportunities.value: could be 'amount', 'close_value', so none was used; name one in "
            'segkit.toml: [tables.opportunities] columns = { value = "..." }'
        ),
        (
            "opportunities.outcome: could be 'stage', 'status', so none was used; name one in "
            'segkit.toml: [tables.opportunities] columns = { outcome = "..." }'
        ),
    ]
    assert [fault.severity for fault in found.faults[:2]] == ["note", "stops"]
    assert _columns("orders", ["Account ID", "ACCOUNT_ID", "date"])[0].faults[0].severity == "stops"


def test_a_missing_column_names_the_nearest():
    found, faults = _columns("orders", ["accont_id", "date", "amount"])
    assert faults[0] == (
        "orders.account_id: the column is missing (Who bought). Did you mean 'accont_id'? "
        "There are: 'accont_id', 'date', 'amount'. Name it in segkit.toml: "
        '[tables.orders] columns = { account_id = "..." }'
    )
    assert found.faults[0].severity == "stops"


def test_a_named_column_that_is_not_there():
    found, faults = _columns("orders", ["customer", "date"], columns={"account_id": "custmer"})
    assert faults[0] == (
        "orders.account_id: segkit.toml names the column 'custmer', which is not there. "
        "Did you mean 'customer'? There are: 'customer', 'date'"
    )
    assert [fault.severity for fault in found.faults] == ["stops", "note"]
    found, _ = _columns("accounts", ["account_id"], columns={"segment": "Sector"})
    assert [fault.severity for fault in found.faults] == ["note"]


def test_a_similar_optional_column_is_pointed_out():
    _, faults = _columns("accounts", ["account_id", "employes"])
    assert faults[0] == (
        "accounts.employees: not there, but 'employes' is; if it is the same, say so in segkit.toml"
    )


def test_extra_columns_get_names_of_their_own():
    found, _ = _columns("orders", ["account_id", "date", "A b", "a-b", "(!)", "__"])
    assert found.extra == {"a_b": "A b", "a_b_2": "a-b", "column": "(!)", "column_2": "__"}


def test_unused_sources_say_what_they_could_be():
    def deals():
        return raw_table(
            pd.DataFrame(columns=range(4)), ["opportunity_id", "deal_stage", "account", "x"]
        )

    def junk():
        raise DataError("junk.csv holds binary data, not text.")

    sources = [
        Source("pipeline", "pipeline.csv", deals, small=True),
        Source("junk", "junk.csv", junk, small=True),
        Source("acounts", "acounts.csv", junk),
    ]
    assert [str(fault) for fault in unused_sources(sources, {"accounts"})] == [
        (
            "pipeline.csv is not used: no table has its name, but its columns look like "
            'opportunities; if so, say in segkit.toml: [tables.opportunities] source = "pipeline"'
        ),
        "junk.csv is not used: junk.csv holds binary data, not text.",
        "acounts.csv is not used: no table has its name. Did you mean 'accounts'?",
    ]
    assert "look like" not in unused_sources(sources[:1], set(schema()))[0].message


def test_a_wide_export_and_usual_names_are_recognised():
    known = ["Record ID", "Deal owner", "Amount", "Create Date", "Close Date", "Deal Stage"]
    wide = [*known, *(f"custom {number}" for number in range(290))]
    sources = [
        Source("all-deals-2025", "a.csv", lambda: _raw(wide), small=True),
        Source("Companies", "b.csv", lambda: _raw(["Nr", "Firma"]), small=True),
    ]
    assert [str(fault) for fault in unused_sources(sources, set())] == [
        (
            "a.csv is not used: no table has its name, but its columns look like opportunities; if "
            'so, say in segkit.toml: [tables.opportunities] source = "all-deals-2025"'
        ),
        (
            "b.csv is not used: no table has its name; if it holds accounts, say in segkit.toml: "
            '[tables.accounts] source = "Companies"'
        ),
    ]


def _raw(names):
    return raw_table(pd.DataFrame(columns=range(len(names))), names)


@pytest.mark.parametrize("table", schema().values(), ids=lambda table: table.name)
def test_every_table_matches_its_own_columns(table):
    found = match_columns(table, list(table.columns))
    assert dict(found.columns) == {name: name for name in table.columns}
    assert not found.faults
