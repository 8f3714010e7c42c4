"""Whatever is wrong with the tables, the ledger adds up and what is left is sound."""

import pandas as pd
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from segkit.errors import DataError
from segkit.tables import CompanyTables, schema

NAMES = ("accounts", "contacts", "opportunities", "opp_contacts", "contracts", "orders")
CELLS = {
    "id": ["1", "2", "3", " 1", "", None, "x"],
    "text": ["a", "", None],
    "category": ["a", "A ", "", None],
    "integer": ["1", "2.0", "2.5", "-3", "1,000", "many", None],
    "money": ["1", "-1", "1,5", "1.5", "$2", "2 €", "free", ""],
    "share": ["0.5", "50 %", "7", "x"],
    "number": ["1.5", "1,5", "x", None],
    "boolean": ["yes", "0", "maybe", None],
    "date": ["2024-01-31", "31/01/2024", "01/31/2024", "1950-01-01", "2999-12-31", "soon", ""],
    "month": ["2024-01", "Mar 2024", "1950-01", "soon"],
}


def _cell(column):
    allowed = column.values  # noqa: PD011 - of the schema, not of a frame
    return st.sampled_from([*allowed, *CELLS[column.type]])


@st.composite
def _table(draw, table):
    columns = [name for name in table.columns if draw(st.integers(0, 9))]
    row = st.fixed_dictionaries({name: _cell(table.columns[name]) for name in columns})
    rows = draw(st.lists(row, max_size=8))
    repeats = draw(st.lists(st.sampled_from(rows), max_size=2)) if rows else []
    return pd.DataFrame([*rows, *repeats], columns=columns, dtype=object)


def _checked(tables, known=None):
    try:
        return CompanyTables.from_tables(tables, known)
    except DataError:  # no usable row at all, which is another test's business
        reject()


TABLES = st.fixed_dictionaries({name: _table(schema()[name]) for name in NAMES})
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "as_of": st.just("2024-06-30"),
        "currency": st.sampled_from(["USD", "EUR"]),
        "decimal": st.sampled_from([".", ","]),
        "day_first": st.booleans(),
        "tables": st.just({"orders": {"keep": {"account_id": ["1", "2"]}}}),
    },
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(tables=TABLES, known=SETTINGS)
def test_the_ledger_adds_up_and_the_rest_is_sound(tables, known):
    company = _checked(tables, known)
    for _, row in company.ledger.iterrows():
        aside = company.set_aside[row["table"]]
        assert row["read"] == row["used"] + row["set_aside"]
        assert row["set_aside"] == len(aside) == sum(aside["reason"] != "")
        assert row["set_aside"] == sum(
            int(part.rsplit(" ", 1)[1]) for part in row["reasons"].split("; ") if part
        )
        assert row["used"] == len(company.tables.get(row["table"], []))
    for name, frame in company.tables.items():
        _assert_sound(schema()[name], frame, company)


def _assert_sound(table, frame, company):
    assert not frame[list(table.required)].isna().any(axis=None)
    assert not table.key or not frame.duplicated(list(table.key)).any()
    for name, column in table.columns.items():
        if name not in frame:
            continue
        filled = frame[name].dropna()
        if column.type in {"date", "month"}:
            assert (filled >= "1970-01-01").all()
            assert column.future or (filled <= company.as_of).all()
        if column.type in {"integer", "number", "money", "share"}:
            assert filled.between(column.min, column.max).all()
        allowed = column.values  # noqa: PD011 - of the schema, not of a frame
        assert not allowed or filled.isin(allowed).all()
        if column.refers and len(company.tables.get(column.refers[0], ())):
            assert filled.isin(company[column.refers[0]][column.refers[1]]).all()


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(tables=TABLES)
def test_what_was_used_is_used_again(tables):
    """Checked tables have no faults that set rows aside."""
    first = _checked(tables)
    filled = {name: frame for name, frame in first.tables.items() if len(frame)}
    again = CompanyTables.from_tables(filled, first.settings)
    assert (again.ledger["set_aside"] == 0).all()
    for name, frame in filled.items():
        columns = [column for column in frame if column in schema()[name].columns]
        pd.testing.assert_frame_equal(again[name][columns], frame[columns])


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(tables=TABLES, seed=st.randoms(use_true_random=False))
def test_the_order_of_tables_does_not_matter(tables, seed):
    names = list(tables)
    seed.shuffle(names)
    one = _checked(tables)
    other = CompanyTables.from_tables({name: tables[name] for name in names})
    pd.testing.assert_frame_equal(one.ledger, other.ledger)
