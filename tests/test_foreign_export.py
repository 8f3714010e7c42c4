"""A dirty foreign CRM export, with a `segkit.toml` alone."""

import shutil
from pathlib import Path

import pytest

import segkit

EXPORT = Path(__file__).parents[1] / ".." / "shared" / "data" / "maven_crm"
SETTINGS = """
currency = "USD"
as_of = 2017-12-31

[tables.accounts]
columns = { account_id = "account", segment = "sector" }

[tables.opportunities]
source = "sales_pipeline"
columns = { outcome = "deal_stage", rep_id = "sales_agent" }

[tables.opportunities.values.outcome]
won = ["Won"]
refused = ["Lost"]
open = ["Prospecting", "Engaging"]

[tables.orders]
source = "sales_pipeline"
columns = { account_id = "account", date = "close_date", amount = "close_value" }
keep = { deal_stage = ["Won"] }
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    if not EXPORT.is_dir():
        pytest.skip("the foreign export is not part of the project")
    folder = tmp_path_factory.mktemp("export") / "crm"
    shutil.copytree(EXPORT, folder, copy_function=shutil.copyfile)
    (folder / "segkit.toml").write_text(SETTINGS)
    return segkit.read(folder)


def test_every_row_is_accounted_for(base):
    ledger = base.ledger.set_index("table")
    assert ledger.loc["accounts"].tolist()[:3] == [85, 85, 0]
    assert ledger.loc["opportunities"].tolist()[:3] == [8800, 8800, 0]
    assert ledger.loc["orders"].tolist()[:3] == [8800, 4238, 8800 - 4238]
    assert "Won" in ledger.loc["orders", "reasons"]


def test_deals_are_mapped(base):
    outcomes = base.opportunities["outcome"].value_counts()
    assert (outcomes["won"], outcomes["refused"]) == (4238, 2473)
    won = base.opportunities.query("outcome == 'won'")
    assert won["value"].sum() == 10_005_534


def test_faults_are_explained(base):
    found = base.findings()
    lost = found.query("table == 'opportunities' and kind == 'empty reference'")
    assert lost["rows"].item() == 1425
    assert found["what"].str.contains("GTXPro").any()


def test_what_can_be_answered_is_answered(base):
    state = base.coverage().set_index("question")["status"]
    assert state["A5"] == "answerable"
    assert state["U1"] == state["B1"] == state["M1"] == "missing data"
    answer = base.ask("A5")
    assert answer.status == "answered"
    assert len(answer.table) == 85


def test_segments_are_answered_or_refused_honestly(base):
    state = base.coverage(supporting=True).set_index("question")
    assert "party_type" in state.loc["S4", "missing"]
    ways = base.ask("S1")
    assert ways.estimate == 2
    assert "survey" in ways.headline
    # The export holds no firmographic signal: no segments by them, no way tells more than chance.
    found = base.ask("S2")
    assert "constructive" in found.method
    assert any("firmographics: no structure" in caveat for caveat in found.caveats)
    assert base.ask("S3").status == "no evidence"
    assert base.ask("S9").status == "no evidence"
    money = base.ask("S5")
    assert money.table["revenue"].sum() == 10_005_534
    assert any("Cost to serve is not known" in caveat for caveat in money.caveats)


def test_accounts_that_tell_nothing_are_not_scored(base):
    """Nothing in the export tells who is won (no criterion), and few accounts are not many."""
    profile = base.ask("A1")
    assert profile.status == "no evidence"
    assert profile.estimate is None
    score = base.ask("A2")
    assert "accounts.status" in score.headline or "column status" in score.headline
    assert base.ask("S10").status in {"answered", "no evidence", "not enough data"}
    assert "17 % of the customers" not in profile.pictures[-1].finding
