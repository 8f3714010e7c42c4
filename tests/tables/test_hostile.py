"""Input made to hurt: it is read as data, or refused in words."""

import os
import unicodedata

import pandas as pd
import pytest

from segkit.errors import SegkitError
from segkit.tables import CompanyTables, check_report
from segkit.tables.schema import schema

TRAPS = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE accounts; --",
    "{0.__class__}%s%n",
    "../../etc/passwd",
    "\u202egnp.exe",
    "\x1b[31mred",
    "[tables.accounts]",
    "a" * 10_000,
    "\ufeff",
    "null\u0301",
]


@pytest.mark.parametrize("trap", TRAPS, ids=range(len(TRAPS)))
def test_hostile_text_stays_text(tmp_path, trap):
    frame = pd.DataFrame({"account_id": ["a", "b"], "name": [trap, "x"], trap: [trap, trap]})
    frame.to_csv(tmp_path / "accounts.csv", index=False)
    company = CompanyTables.read(tmp_path)
    assert company.accounts["name"].tolist()[0] == unicodedata.normalize("NFC", trap)
    check_report(company)
    again = CompanyTables.from_tables({"accounts": frame})
    assert len(again.accounts) == 2


@pytest.mark.parametrize("trap", TRAPS, ids=range(len(TRAPS)))
def test_hostile_names_of_files_and_frames(tmp_path, trap):
    company = CompanyTables.from_tables(
        {trap: pd.DataFrame({"a": [1]}), "accounts": pd.DataFrame({"account_id": [trap]})}
    )
    assert len(company.faults) >= 1
    name = "".join(letter for letter in trap if letter not in "/\0")[:100]
    (tmp_path / f"{name}.csv").write_text("a\n1\n")
    (tmp_path / "accounts.csv").write_text("account_id\nx\n")
    assert len(CompanyTables.read(tmp_path).accounts) == 1


@pytest.mark.parametrize("trap", TRAPS, ids=range(len(TRAPS)))
def test_hostile_settings(trap):
    accounts = pd.DataFrame({"account_id": ["a"], "segment": [trap]})
    settings = {
        "company": trap,
        "tables": {
            "accounts": {
                "source": "accounts",
                "columns": {"name": trap},
                "values": {"segment": {trap: [trap]}},
                "keep": {"account_id": [trap, "a"]},
            }
        },
    }
    company = CompanyTables.from_tables({"accounts": accounts}, settings)
    assert company.settings.company == trap
    with pytest.raises(SegkitError):
        CompanyTables.from_tables({"accounts": accounts}, {trap: trap})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"account_id\n",
        b"account_id,\n",
        b"account_id\n\n\n",
        b'account_id\n"',
        b"\xff\xfe",
        b"\xff\xfe\x00",
        b"\x00" * 1000,
        os.urandom(5000),
        b"PK\x03\x04" + os.urandom(100),
        b"account_id" * 10_000,
        b"," * 10_000,
        b'"' * 10_001,
        b";\n" * 100,
        b"\xef\xbb\xbf",
        b"account_id,account_id,account_id\n",
    ],
    ids=range(17),
)
def test_files_without_a_usable_row_are_refused_in_words(tmp_path, data):
    (tmp_path / "accounts.csv").write_bytes(data)
    with pytest.raises(SegkitError, match=r"No table has a row that can be used\.\naccounts"):
        CompanyTables.read(tmp_path)


def test_many_columns_and_long_cells(tmp_path):
    names = [f"c{n}" for n in range(500)]
    header = ",".join(["account_id", *names])
    (tmp_path / "accounts.csv").write_text(f"{header}\na{',1' * 500}\nb,{'x' * 300_000}\n")
    company = CompanyTables.read(tmp_path)
    assert company.accounts.shape == (2, 501)
    assert "and 488 more" in str(company.faults[0])


@pytest.mark.parametrize("table", schema().values(), ids=lambda table: table.name)
def test_every_table_takes_junk_in_every_column(table):
    """All cells are junk: nothing breaks, and no row is lost from the ledger."""
    cells = ["\u202e?!", "", "-1", "1e400", "9999-99-99"]
    junk = pd.DataFrame(dict.fromkeys(table.columns, cells))
    try:
        company = CompanyTables.from_tables({table.name: junk})
    except SegkitError as error:
        assert str(error).startswith("No table has a row")  # noqa: PT017 - either way is right
        return
    (row,) = company.ledger.to_dict("records")
    assert row["read"] == row["used"] + row["set_aside"]
