"""The schema and the questions are true to each other."""

import subprocess
import sys

import pytest

from segkit.tables import questions, schema, supporting_questions
from segkit.tables.names import squash
from segkit.tables.questions import questions_needing

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


def test_there_are_24_questions_in_four_phases():
    phases = [question.phase for question in questions().values()]
    counts = {phase: phases.count(phase) for phase in dict.fromkeys(phases)}
    assert counts == {"market": 7, "account": 6, "buyer": 5, "user": 6}


def test_questions_need_columns_that_the_schema_has():
    for question in questions().values():
        assert question.needs
        for way in question.needs:
            assert all(column in schema()[table].columns for table, column in way)


def test_supporting_questions_are_not_among_the_24():
    asked = supporting_questions()
    assert list(asked) == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert not set(asked) & set(questions())
    for question in asked.values():
        assert question.phase == "segment"
        assert all(
            column in schema()[table].columns for way in question.needs for table, column in way
        )


def test_a_column_knows_its_questions():
    assert questions_needing("orders", "amount") == ("A3", "A5")
    assert questions_needing("facts", "caveat") == ()


def test_schema_and_settings_load_without_pandas():
    code = (
        "import sys, segkit.tables.schema, segkit.tables.questions, segkit.tables.settings; "
        "print({'pandas', 'numpy', 'duckdb', 'narwhals'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_public_names_resolve():
    import segkit.tables as room

    assert all(getattr(room, name) is not None for name in dir(room))
    assert callable(room.coverage)
    with pytest.raises(AttributeError, match="no attribute 'covrage'"):
        room.covrage  # noqa: B018 - reading the name is the test
