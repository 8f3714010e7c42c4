"""Workbooks: one sheet a table."""

import datetime as dt

import pytest

from segkit.errors import DataError, MissingPackageError
from segkit.tables import CompanyTables
from segkit.tables.sources import find_sources
from segkit.tables.workbooks import read_sheet, sheet_names

xlsxwriter = pytest.importorskip("xlsxwriter")


@pytest.fixture
def book(tmp_path):
    def _book(name="crm.xlsx", **sheets):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
            for title, rows in sheets.items():
                sheet = workbook.add_worksheet(title)
                for place, row in enumerate(rows):
                    sheet.write_row(place, 0, row)
        return path

    return _book


def test_a_sheet_keeps_its_types_and_row_numbers(book):
    rows = [[], ["id", "day", "paid"], [1, dt.date(2024, 1, 31), True], [], ["x", "soon", ""]]
    raw = read_sheet(book(Orders=rows), "Orders")
    assert list(raw.frame) == ["id", "day", "paid"]
    assert raw.frame["id"].tolist() == [1, "x"]
    assert raw.frame["day"].tolist() == [dt.date(2024, 1, 31), "soon"]
    assert (raw.unit, raw.numbers.tolist()) == ("row", [3, 5])


def test_every_sheet_is_a_source(book):
    sources = find_sources(book(Accounts=[["a"]], Orders=[["b"]]))
    assert [source.name for source in sources] == ["Accounts", "Orders"]
    assert sources[0].origin == "sheet 'Accounts' of crm.xlsx"
    assert set(sources[1].names) == {"Orders", "crm/Orders", "crm.xlsx/Orders"}


def test_a_sheet_alone_may_go_by_the_name_of_the_file(book):
    (source,) = find_sources(book("orders.xlsx", Sheet1=[["a"], [1]]))
    assert source.name == "orders"
    (source,) = find_sources(book("crm.xlsx", Orders=[["a"], [1]]))
    assert source.name == "Orders"
    assert "crm" in source.names


def test_formulas_and_faulty_cells_are_text_or_values(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Orders")
        sheet.write_row(0, 0, ["amount"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_string(2, 0, "=cmd|' /C calc'!A0")
    assert read_sheet(path, "Orders").frame["amount"].tolist() == [2, "=cmd|' /C calc'!A0"]


def test_an_empty_sheet(book):
    path = book(Orders=[])
    with pytest.raises(DataError, match=r"sheet 'Orders' of crm.xlsx is empty"):
        read_sheet(path, "Orders")


def test_no_such_sheet(book):
    with pytest.raises(DataError, match=r"sheet 'Odrers' of crm.xlsx cannot be read"):
        read_sheet(book(Orders=[["a"]]), "Odrers")


def test_junk_named_as_a_workbook(tmp_path):
    path = tmp_path / "accounts.xlsx"
    path.write_bytes(b"PK\x03\x04 this is none")
    with pytest.raises(DataError, match=r"accounts.xlsx cannot be read as a workbook"):
        sheet_names(path)
    (source,) = find_sources(path)  # said when it is asked for, beside the faults of others
    with pytest.raises(DataError, match=r"accounts.xlsx cannot be read as a workbook"):
        source.load()


def test_without_calamine(book, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(MissingPackageError, match=r'pip install "segkit\[excel\]"'):
        sheet_names(book(Orders=[["a"]]))


def test_a_workbook_that_cannot_be_read_does_not_stop_the_other_files(book, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    path = book("targets.xlsx", Orders=[["a"]])
    with pytest.raises(MissingPackageError, match=r"Reading targets.xlsx needs"):
        CompanyTables.read(path.parent)
    (path.parent / "accounts.csv").write_text("account_id,name\n1,A\n2,B\n", encoding="utf-8")
    company = CompanyTables.read(path.parent)
    assert len(company.accounts) == 2
    (fault,) = [str(fault) for fault in company.faults]
    assert fault.startswith("targets.xlsx is not used: Reading targets.xlsx needs the package")
    path.rename(path.with_name("orders.xlsx"))
    company = CompanyTables.read(path.parent)
    assert [fault.severity for fault in company.faults] == ["stops"]
    assert "orders" not in company
