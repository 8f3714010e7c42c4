"""A company's tables from every kind of source, and what one can ask of them."""

import copy
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from segkit.errors import DataError, SettingsError
from segkit.tables import CompanyTables, Settings
from segkit.tables.sources import find_sources

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "segment": ["x", "y"], "employees": [10, 20]})
ORDERS = pd.DataFrame(
    {"account_id": ["a", "b"], "date": ["2024-01-31", "2024-02-01"], "amount": [1.5, 2.0]}
)
TYPED = ORDERS.assign(date=pd.to_datetime(ORDERS["date"]))


def _folder(tmp_path):
    ACCOUNTS.to_csv(tmp_path / "accounts.csv", index=False)
    duckdb.from_df(TYPED).write_parquet(str(tmp_path / "orders.parquet"))
    return tmp_path


def _workbook(tmp_path):
    path = tmp_path / "crm.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        ACCOUNTS.to_excel(writer, sheet_name="Accounts", index=False)
        TYPED.to_excel(writer, sheet_name="orders", index=False)
    return path


def _duckdb(tmp_path):
    path = tmp_path / "crm.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("a", ACCOUNTS)
        connection.register("o", TYPED)
        connection.execute("CREATE TABLE accounts AS FROM a")
        connection.execute("CREATE TABLE orders AS FROM o")
    return path


def _sqlite(tmp_path):
    sql = pytest.importorskip("sqlalchemy")
    url = f"sqlite:///{tmp_path / 'crm.db'}"
    engine = sql.create_engine(url)
    ACCOUNTS.to_sql("accounts", engine, index=False)
    ORDERS.to_sql("orders", engine, index=False)
    engine.dispose()
    return url


@pytest.mark.parametrize("make", [_folder, _workbook, _duckdb, _sqlite])
def test_every_source_gives_the_same_tables(tmp_path, make):
    company = CompanyTables.read(make(tmp_path))
    known = CompanyTables.from_tables({"accounts": ACCOUNTS, "orders": ORDERS})
    for name in known.tables:
        pd.testing.assert_frame_equal(company[name], known[name])
    pd.testing.assert_frame_equal(company.ledger, known.ledger)
    assert company.as_of == known.as_of == pd.Timestamp("2024-02-01")
    assert company.faults == ()


def test_types_inside():
    company = CompanyTables.from_tables({"accounts": ACCOUNTS, "orders": ORDERS})
    assert [str(dtype) for dtype in company.accounts.dtypes] == ["str", "str", "Int64"]
    assert [str(dtype) for dtype in company.orders.dtypes] == ["str", "datetime64[us]", "float64"]
    assert [str(dtype) for dtype in company.ledger.dtypes] == ["str", *["int64"] * 3, "str"]


def test_settings_lie_in_the_folder_or_beside_the_file_or_are_given(tmp_path):
    ORDERS.to_csv(tmp_path / "orders.csv", index=False)
    (tmp_path / "segkit.toml").write_text('currency = "EUR"')
    (tmp_path / "other.toml").write_text('currency = "GBP"')
    for source, settings, expected in [
        (tmp_path, None, "EUR"),
        (str(tmp_path / "orders.csv"), None, "EUR"),
        (tmp_path, tmp_path / "other.toml", "GBP"),
        (tmp_path, {"currency": "SEK"}, "SEK"),
        (tmp_path, Settings(currency="NOK"), "NOK"),
        (tmp_path, {}, ""),
    ]:
        assert CompanyTables.read(source, settings).settings.currency == expected


def test_the_as_of_date_of_the_settings_wins():
    company = CompanyTables.from_tables({"orders": ORDERS}, Settings(as_of=dt.date(2024, 1, 31)))
    assert company.as_of == pd.Timestamp("2024-01-31")
    assert company.ledger["set_aside"].tolist() == [1]


def test_rows_set_aside_can_be_looked_at():
    orders = ORDERS.assign(date=["soon", "2024-02-01"], row=["x", "y"])
    company = CompanyTables.from_tables({"orders": orders})
    aside = company.set_aside["orders"]
    assert list(aside) == ["row", "reason", "account_id", "date", "amount", "row "]
    assert aside.to_numpy().tolist() == [["row 1", "date unreadable", "a", "soon", 1.5, "x"]]


def test_line_numbers_are_those_of_the_file(tmp_path):
    text = 'account_id,date,amount\n\na,"2024-01-31",1\n"b\nb",soon,2\nc,soon,3\n'
    (tmp_path / "orders.csv").write_text(text)
    (fault,) = CompanyTables.read(tmp_path).faults
    assert [label for label, _ in fault.examples] == ["line 4", "line 6"]


def test_tables_are_items_and_attributes():
    company = CompanyTables.from_tables({"orders": ORDERS, "accounts": ACCOUNTS})
    assert company["orders"] is company.orders is company.tables["orders"]
    assert "orders" in company
    assert "contracts" not in company
    assert {"orders", "accounts", "ledger"} <= set(dir(company))
    assert repr(company) == "CompanyTables(accounts 2, orders 2)"
    assert hasattr(company, "orders")
    assert not hasattr(company, "contracts")
    assert not hasattr(company, "_repr_html_")
    assert copy.copy(company).orders is company.orders


def test_absent_tables_are_explained():
    company = CompanyTables.from_tables({"orders": ORDERS, "accounts": pd.DataFrame({"x": [1]})})
    with pytest.raises(DataError, match=r"no table 'ordres'. Did you mean 'orders'\? Tables here"):
        company["ordres"]
    with pytest.raises(AttributeError, match=r"no table 'ordres'. Did you mean 'orders'\?"):
        company.ordres  # noqa: B018 - reading the name is the test
    with pytest.raises(DataError, match=r"no table 'contracts' here. It would hold: Subscriptions"):
        company["contracts"]
    with pytest.raises(DataError, match=r"'accounts' here. accounts.account_id: the column is mis"):
        company["accounts"]


def test_a_subclass_stays_itself(tmp_path):
    @dataclass(frozen=True, eq=False, repr=False)
    class Base(CompanyTables):
        def count(self):
            return len(self.orders)

    assert Base.from_tables({"orders": ORDERS}).count() == 2
    ORDERS.to_csv(tmp_path / "orders.csv", index=False)
    assert Base.read(tmp_path).count() == 2
    assert repr(Base.read(tmp_path)) == "Base(orders 2)"


def test_it_is_frozen():
    company = CompanyTables.from_tables({"orders": ORDERS})
    with pytest.raises(AttributeError):
        company.as_of = None
    with pytest.raises(TypeError):
        company.tables["orders"] = ORDERS


def test_a_company_of_one_row():
    company = CompanyTables.from_tables({"orders": ORDERS.head(1)})
    assert company.as_of == pd.Timestamp("2024-01-31")
    assert company.ledger.to_numpy().tolist() == [["orders", 1, 1, 0, ""]]


def test_nothing_given():
    with pytest.raises(DataError, match="No table was given"):
        CompanyTables.from_tables({})


def test_no_usable_row_at_all_is_an_error_that_says_why():
    tables = {
        "orders": ORDERS.assign(date="soon"),
        "accounts": ACCOUNTS.head(0),
        "contracts": pd.DataFrame({"contract": [1]}),
        "acounts": ACCOUNTS,
    }
    with pytest.raises(DataError) as caught:
        CompanyTables.from_tables(tables)
    lines = str(caught.value).splitlines()
    assert lines[0] == "No table has a row that can be used."
    assert lines[1].startswith("contracts.contract_id: the column is missing")
    assert "Did you mean 'contract'?" in lines[1]
    assert "orders: no row is left: date unreadable 2" in lines
    assert "accounts: there is a header but no row" in lines
    assert lines[-1].startswith("frame 'acounts' is not used: no table has its name. Did you mean")


def test_settings_faults_come_first(tmp_path):
    (tmp_path / "segkit.toml").write_text("curency = 5")
    with pytest.raises(SettingsError, match="unknown setting 'curency'"):
        CompanyTables.read(tmp_path)


def test_a_file_that_cannot_be_read_stops_its_table_only(tmp_path):
    ORDERS.to_csv(tmp_path / "orders.csv", index=False)
    (tmp_path / "accounts.csv").write_bytes(b"\x00\x01" * 100)
    company = CompanyTables.read(tmp_path)
    assert [str(fault) for fault in company.faults] == [
        "accounts: accounts.csv holds binary data, not text."
    ]
    assert company.faults[0].severity == "stops"
    assert list(company.tables) == ["orders"]


def test_a_file_that_vanishes_stops_its_table_only(tmp_path):
    orders, accounts = tmp_path / "orders.csv", tmp_path / "accounts.csv"
    ORDERS.to_csv(orders, index=False)
    ACCOUNTS.to_csv(accounts, index=False)
    sources = find_sources(tmp_path)
    accounts.unlink()
    company = CompanyTables._check(sources, Settings())
    assert list(company.tables) == ["orders"]
    assert "No such file" in company.faults[0].message


def test_one_file_with_a_sheet_per_table_and_a_foreign_one(tmp_path):
    path = Path(_workbook(tmp_path))
    settings = {"tables": {"invoices": {"source": "crm.xlsx/Nothing"}}}
    company = CompanyTables.read(path, settings)
    assert [fault.severity for fault in company.faults] == ["stops"]
    assert "segkit.toml names the source 'crm.xlsx/Nothing'" in company.faults[0].message


def test_usual_words_for_an_outcome_are_known_and_said():
    words = ["Closed Won", "closed-lost", "Lost", "In Progress", "Won"]
    deals = pd.DataFrame({"opp_id": list("abcde"), "outcome": words})
    company = CompanyTables.from_tables({"opportunities": deals})
    found = company["opportunities"]["outcome"].tolist()
    assert found == ["won", "refused", "refused", "open", "won"]
    (said,) = [fault.message for fault in company.faults if fault.kind == "matched word"]
    assert "'Lost' as 'refused'" in said


def test_where_no_file_is_known_the_way_on_is_told(tmp_path):
    (tmp_path / "Kunden.csv").write_text("Nr;Firma\n1;A\n2;B\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"Say in segkit\.toml which holds which.*segkit new"):
        CompanyTables.read(tmp_path)
