"""The schema is true to itself, and light to load."""

import subprocess
import sys

import pytest

from segkit.tables import schema
from segkit.tables.names import squash

TABLES = pytest.mark.parametrize("table", schema().values(), ids=lambda table: table.name)


@TABLES
def test_key_names_required_columns(table):
    assert set(table.key) <= set(table.columns)
    assert set(table.key) <= set(table.required)


@TABLES
def test_every_table_has_a_required_column(table):
    assert table.required


@TABLES
def test_references_lead_to_a_key_of_their_own_kind(table):
    for column in table.columns.values():
        if column.refers:
            other, name = column.refers
            assert schema()[other].key == (name,)
            assert schema()[other].columns[name].type == column.type == "id"


@TABLES
def test_names_and_aliases_lead_to_one_column(table):
    names = [
        squash(name) for column in table.columns.values() for name in {column.name, *column.aliases}
    ]
    assert len(names) == len(set(names))


@TABLES
def test_allowed_words_differ_in_more_than_case(table):
    for column in table.columns.values():
        assert len({squash(value) for value in column.values}) == len(column.values)


def test_money_is_never_negative_unless_the_schema_says_so():
    assert schema()["contracts"].columns["mrr"].min == 0
    assert schema()["orders"].columns["amount"].min < 0


def test_schema_and_settings_load_without_pandas():
    code = (
        "import sys, segkit.tables.schema, segkit.questions, segkit.tables.settings; "
        "print({'pandas', 'numpy', 'duckdb', 'narwhals'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_public_names_resolve():
    import segkit.tables as room

    assert all(getattr(room, name) is not None for name in dir(room))
    assert callable(room.check_report)
    with pytest.raises(AttributeError, match="no attribute 'chek_report'"):
        room.chek_report  # noqa: B018 - reading the name is the test
