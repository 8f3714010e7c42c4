"""A case as it is kept: types, digests, files."""

import hashlib
import json

import duckdb
import pandas as pd
import pytest

from segkit.samples.case import Case, canonical_csv, rounded, typed
from segkit.tables.schema import schema


def test_columns_have_the_types_of_the_architecture(small_case):
    types = {
        "id": "str",
        "text": "str",
        "category": "str",
        "boolean": "boolean",
        "integer": "Int64",
        "number": "float64",
        "money": "float64",
        "share": "float64",
        "date": "datetime64[us]",
        "month": "datetime64[us]",
    }
    for name, frame in small_case.tables.items():
        columns = schema()[name].columns
        assert frame.columns.tolist() == list(columns)
        assert frame.dtypes.astype(str).to_dict() == {
            column: types[detail.type] for column, detail in columns.items()
        }


def test_tables_stand_in_the_order_of_the_schema(small_case):
    assert list(small_case.tables) == [name for name in schema() if name != "orders"]


def test_typed_drops_what_the_schema_does_not_know_and_adds_what_is_absent():
    frame = typed("partners", pd.DataFrame({"partner_id": ["x"], "latent": [1], "margin": [0.25]}))
    assert frame.columns.tolist() == ["partner_id", "name", "type", "margin"]
    assert frame.loc[0, "margin"] == 0.25
    assert frame["name"].isna().all()


def test_written_floats_have_four_decimals_at_most(small_case):
    for name, frame in small_case.tables.items():
        numbers = frame.select_dtypes("float64")
        assert numbers.equals(numbers.round(4)), name


def test_digest_is_that_of_the_canonical_text():
    table = pd.DataFrame(
        {"a": [1.5, None], "b": ["x", "é"], "d": pd.to_datetime(["2026-06-30", None])}
    )
    text = "a,b,d\n1.5,x,2026-06-30\n,é,\n"
    assert canonical_csv(table) == text.encode()
    assert Case({"t": table}, {}).digest("t") == hashlib.sha256(text.encode()).hexdigest()


def test_rounded_makes_truths_plain():
    value = {"a": pd.Series([0.12345678]).iloc[0], 3: (pd.Series([2]).iloc[0], True, None, "x")}
    assert rounded(value) == {"a": 0.123457, "3": [2, True, None, "x"]}


def test_write_keeps_every_table_truth_and_readme(small_case, tmp_path):
    small_case.write(tmp_path)
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    for name, frame in small_case.tables.items():
        digest = small_case.digest(name)
        assert digest in readme
        assert f"{len(frame):,} rows" in readme
        if (tmp_path / f"{name}.csv").exists():
            assert hashlib.sha256((tmp_path / f"{name}.csv").read_bytes()).hexdigest() == digest
        else:
            kept = duckdb.read_parquet(str(tmp_path / f"{name}.parquet")).df()
            assert hashlib.sha256(canonical_csv(typed(name, kept))).hexdigest() == digest
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8")) == small_case.truth
    for column in schema()["contracts"].columns.values():
        assert column.meaning in readme


def test_digest_of_an_unknown_table_is_an_error(small_case):
    with pytest.raises(KeyError):
        small_case.digest("orders")
