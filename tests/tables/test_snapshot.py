import pandas as pd
import pytest

import segkit
from segkit.base import CustomerBase
from segkit.errors import DataError, SettingsError


def test_tables_come_back_as_they_were(larkspur, tmp_path):
    found = segkit.read(larkspur.save(tmp_path))
    assert list(found.tables) == list(larkspur.tables)
    for name, table in larkspur.tables.items():
        pd.testing.assert_frame_equal(found[name], table)
    pd.testing.assert_frame_equal(found.ledger, larkspur.ledger)
    assert (found.faults, found.as_of) == (larkspur.faults, larkspur.as_of)
    assert (found.settings, repr(found)) == (larkspur.settings, repr(larkspur))


def test_faults_ledger_and_foreign_columns_come_back(tmp_path):
    orders = pd.DataFrame(
        {
            "customer": ["a", "", "b"],
            "date": ["2026-01-05", "2026-01-06", "soon"],
            "amount": ["1", "2", "3"],
            "Rabatt": [0.1, None, 0.2],
            "<b>'\"": ["x", "y", "z"],
        }
    )
    said = {"currency": "EUR", "discount_rate": 0.0, "portfolio": {"core": 0.7}}
    base = CustomerBase.from_tables({"orders": orders}, said)
    found = segkit.read(base.save(tmp_path))
    pd.testing.assert_frame_equal(found["orders"], base["orders"])
    assert [str(fault) for fault in found.faults] == [str(fault) for fault in base.faults]
    assert found.ledger.to_dict("records") == base.ledger.to_dict("records")
    assert found.settings == base.settings


def test_a_company_without_a_date_has_none_afterwards(tmp_path):
    accounts = pd.DataFrame({"account_id": ["1", "2"], "name": ["A", "B"]})
    base = CustomerBase.from_tables({"accounts": accounts})
    assert pd.isna(segkit.read(base.save(tmp_path)).as_of)


@pytest.mark.parametrize("question", ["A2", "M4"])
def test_answers_are_the_same(larkspur, tmp_path, question):
    one, other = larkspur.ask(question), segkit.read(larkspur.save(tmp_path)).ask(question)
    assert one.headline == other.headline
    pd.testing.assert_frame_equal(one.table, other.table)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"settings": 1}'])
def test_a_damaged_file_is_named(tmp_path, content):
    accounts = pd.DataFrame({"account_id": ["1", "2"], "name": ["A", "B"]})
    CustomerBase.from_tables({"accounts": accounts}).save(tmp_path)
    (tmp_path / "segkit-snapshot.json").write_text(content)
    with pytest.raises(DataError, match=r"segkit-snapshot.json is damaged"):
        segkit.read(tmp_path)


def test_a_table_that_is_gone_is_told(tmp_path):
    accounts = pd.DataFrame({"account_id": ["1", "2"], "name": ["A", "B"]})
    CustomerBase.from_tables({"accounts": accounts}).save(tmp_path)
    (tmp_path / "accounts.parquet").unlink()
    with pytest.raises(DataError, match="a table beside it"):
        segkit.read(tmp_path)


def test_places_that_do_not_exist_are_explained(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        segkit.read("a" * 300)
    company = CustomerBase.from_tables({"accounts": pd.DataFrame({"account_id": ["a"]})})
    with pytest.raises(DataError, match="Nothing was saved"):
        company.save(tmp_path / "missing")


def test_settings_that_come_too_late_are_refused(larkspur, tmp_path):
    folder = larkspur.save(tmp_path)
    with pytest.raises(SettingsError, match="read the company's own files"):
        segkit.read(folder, {"currency": "EUR"})
    with pytest.raises(SettingsError, match="brings its own settings"):
        segkit.read("larkspur", {"currency": "EUR"})
