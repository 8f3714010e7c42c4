"""A foreign CRM export, dirty on purpose: 85 accounts and 8,800 opportunities.

The counts are those of the published file (Maven Analytics, "CRM Sales Opportunities").
"""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from segkit.questions import coverage
from segkit.tables import CompanyTables, check_report

DATA = Path(__file__).parents[2] / "../shared/data/maven_crm"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the foreign export is not part of the project"
)
SETTINGS = """
currency = "USD"
as_of = 2017-12-31

[tables.accounts]
columns = { name = "account", account_id = "account", state = "office_location" }

[tables.opportunities]
source = "sales_pipeline"
columns = { opp_id = "opportunity_id", value = "close_value", created = "engage_date" }
values = { outcome = { won = ["Won"], refused = ["Lost"], open = ["Prospecting", "Engaging"] } }

[tables.orders]
source = "sales_pipeline"
columns = { account_id = "account", date = "close_date", amount = "close_value" }
keep = { deal_stage = ["Won"] }

[tables.reps]
source = "sales_teams"
columns = { rep_id = "sales_agent", name = "sales_agent" }
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maven")
    for path in DATA.glob("*.csv"):
        shutil.copyfile(path, folder / path.name)
    (folder / "segkit.toml").write_text(SETTINGS)
    return CompanyTables.read(folder)


def test_every_row_is_accounted_for(company):
    assert company.ledger.to_numpy().tolist() == [
        ["accounts", 85, 85, 0, ""],
        ["orders", 8800, 4238, 4562, "deal_stage is not 'Won' 4,562"],
        ["opportunities", 8800, 8800, 0, ""],
        ["reps", 35, 35, 0, ""],
    ]


def test_outcomes_and_values(company):
    deals = company.opportunities
    counts = deals["outcome"].value_counts().to_dict()
    assert counts == {"won": 4238, "refused": 2473, "open": 2089}
    assert counts["won"] / (counts["won"] + counts["refused"]) == pytest.approx(0.6315, abs=5e-5)
    assert deals.loc[deals["outcome"] == "won", "value"].sum() == 10_005_534
    assert company.orders["amount"].sum() == 10_005_534
    assert deals["created"].min() == pd.Timestamp("2016-10-20")


def test_its_faults_are_explained(company):
    by_kind = {fault.kind: fault for fault in company.faults}
    empty = by_kind["empty reference"]
    assert (empty.table, empty.column, empty.rows) == ("opportunities", "account_id", 1425)
    spelled = by_kind["near-identical values"]
    assert "'GTXPro', 'GTX Pro' are probably one" in spelled.message
    assert ("products.csv", "GTX Pro (1 row)") in spelled.examples
    assert {fault.severity for fault in company.faults} == {"note"}
    assert check_report(company)["usable"]


def test_aliases_are_told(company):
    matched = {
        (fault.column, fault.message)
        for fault in company.faults
        if fault.kind == "matched name" and fault.table == "opportunities"
    }
    assert matched == {
        ("account_id", "read from 'account'"),
        ("rep_id", "read from 'sales_agent'"),
        ("closed", "read from 'close_date'"),
        ("outcome", "read from 'deal_stage'"),
    }


def test_types_and_other_columns(company):
    types = {name: str(dtype) for name, dtype in company.accounts.dtypes.items()}
    assert types == {
        "account_id": "str",
        "name": "str",
        "segment": "str",
        "state": "str",
        "employees": "Int64",
        "year_established": "Int64",
        "revenue": "float64",
        "subsidiary_of": "str",
    }


def test_what_it_can_answer(company):
    state = coverage(company).set_index("question")["missing"]
    assert list(state[state == ""].index) == ["A1", "A3", "A5", "A6"]


def test_without_settings_it_says_what_to_set():
    company = CompanyTables.read(DATA)
    (hint,) = [str(fault) for fault in company.faults if "sales_pipeline.csv" in str(fault)]
    assert hint.endswith(
        "its columns look like opportunities; if so, say in segkit.toml: "
        '[tables.opportunities] source = "sales_pipeline"'
    )


def test_without_mapped_words_the_unknown_ones_are_counted():
    company = CompanyTables.read(DATA, {"tables": {"opportunities": {"source": "sales_pipeline"}}})
    (fault,) = [fault for fault in company.faults if fault.kind == "unreadable value"]
    assert "Found: 'Engaging' 1,589, 'Prospecting' 500." in fault.message
    assert fault.rows == 2089
    assert company.ledger.set_index("table").loc["opportunities", "used"] == 4238 + 2473
