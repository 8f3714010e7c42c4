"""Frames in memory: pandas, Polars and Arrow come out alike."""

import datetime as dt
import decimal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.frames import restored, unformulated
from segkit.tables import CompanyTables
from segkit.tables.frames import frame_sources

DATA = {
    "id": ["x", "y", "z"],
    "whole": [1, None, 9007199254740993],
    "number": [1.5, None, -2.0],
    "text": ["a", None, "ä"],
    "flag": [True, None, False],
    "day": [dt.date(2024, 1, 31), None, dt.date(1970, 1, 1)],
    "moment": [dt.datetime(2024, 1, 31, 23, 30, tzinfo=dt.UTC), None, None],
    "naive": [dt.datetime.fromisoformat("2024-01-31T23:30"), None, None],
    "money": [decimal.Decimal("1.50"), None, decimal.Decimal("2.00")],
    "list": [[1], None, []],
}


def _polars():
    return pytest.importorskip("polars").DataFrame(DATA)


def _arrow():
    return pytest.importorskip("pyarrow").table(DATA)


def _pandas():
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in DATA.items()})
    return frame.astype({"whole": "Int64", "number": float, "flag": "boolean", "text": "str"})


def _pandas_arrow():
    return _arrow().to_pandas(types_mapper=pd.ArrowDtype)


@pytest.mark.parametrize("make", [_polars, _arrow, _pandas, _pandas_arrow])
def test_every_kind_of_frame_comes_out_alike(make):
    (source,) = frame_sources({"t": make()})
    frame = source.load().frame
    assert str(frame["whole"].dtype) == "Int64"
    assert frame.drop(columns="id").iloc[1].isna().all()
    assert frame["whole"].dropna().tolist() == [1, 9007199254740993]
    assert frame["number"].dropna().tolist() == [1.5, -2.0]
    assert frame["text"].dropna().tolist() == ["a", "ä"]
    assert frame["flag"].dropna().tolist() == [True, False]
    assert [str(day)[:10] for day in frame["day"].dropna()] == ["2024-01-31", "1970-01-01"]
    assert str(frame["moment"][0]) == "2024-01-31 23:30:00+00:00"
    assert str(frame["naive"][0]) == "2024-01-31 23:30:00"
    assert frame["money"].dropna().astype(float).tolist() == [1.5, 2.0]
    assert len(frame["list"].dropna()) == 2


def test_other_types_of_pandas():
    frame = pd.DataFrame(
        {
            "period": pd.period_range("2024-01", periods=2, freq="M"),
            "kind": pd.Categorical(["a", None]),
            "zone": pd.to_datetime(["2024-01-01", None]).tz_localize("Asia/Tokyo"),
            "huge": [2**70, 1],
            "sparse": pd.arrays.SparseArray([1.0, np.nan]),
            "nanos": np.array(["2024-01-01", "NaT"], dtype="datetime64[ns]"),
        }
    )
    (source,) = frame_sources({"t": frame})
    found = source.load().frame
    assert str(found["period"].dtype) == str(found["nanos"].dtype) == "datetime64[us]"
    assert found["kind"].tolist()[0] == "a"
    assert str(found["zone"][0]) == "2023-12-31 15:00:00+00:00"
    assert found["huge"].tolist() == [2**70, 1]
    assert found["sparse"].tolist()[0] == 1.0


def test_names_of_any_kind():
    frame = pd.DataFrame([[1, 2, 3]], columns=[0, ("a", "b"), 0])
    (source,) = frame_sources({"t": frame})
    assert list(source.load().frame) == ["0", "('a', 'b')", "0 2"]


def test_all_that_are_no_frames_are_named():
    polars = pytest.importorskip("polars")
    with pytest.raises(DataError) as caught:
        frame_sources({"a": [1], "b": polars.DataFrame().lazy(), "c": pd.Series([1])})
    assert str(caught.value).splitlines() == [
        "'a' must be a pandas, Polars or Arrow frame, not a list.",
        "'b' must be a pandas, Polars or Arrow frame, not a LazyFrame. Collect it first.",
        "'c' must be a pandas, Polars or Arrow frame, not a Series.",
    ]


def test_polars_needs_no_pyarrow():
    pytest.importorskip("polars")
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import polars; from segkit.tables import CompanyTables\n"
        "cells = {'account_id': ['a'], 'date': ['2024-01-31'], 'amount': [1.5]}\n"
        "orders = polars.DataFrame(cells)\n"
        "orders = orders.with_columns(polars.col('date').str.to_date())\n"
        "print(CompanyTables.from_tables({'orders': orders}).orders.to_csv(index=False))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["account_id,date,amount", "a,2024-01-31,1.5"]


def test_frames_are_not_changed():
    orders = pd.DataFrame({"account_id": ["a ", "b"], "date": ["2024-01-31"] * 2, "amount": [1, 2]})
    before = orders.copy()
    company = CompanyTables.from_tables({"orders": orders})
    company.orders.loc[0, "amount"] = 99.0
    pd.testing.assert_frame_equal(orders, before)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_each_sign_that_begins_a_formula_is_quoted_and_taken_back(sign):
    """OWASP, CSV injection: = + - @ tab and carriage return."""
    table = pd.DataFrame({sign: [f"{sign}1+1", f"a{sign}1"]})
    quoted = unformulated(table)
    assert quoted.iloc[:, 0].tolist() == [f"'{sign}1+1", f"a{sign}1"]
    assert quoted.columns.tolist() == [f"'{sign}"]
    assert restored(f"'{sign}1+1") == f"{sign}1+1"
