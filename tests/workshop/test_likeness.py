"""Equal answers in every sensible form count, others do not."""

import datetime as dt
import decimal
import fractions
import math
import time

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segkit.workshop.likeness import accepted_forms, forms, is_blank, shown

shares = st.floats(0.0001, 0.9999)
numbers = st.floats(-1e12, 1e12, allow_nan=False) | st.integers(-(10**12), 10**12)
words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)
cells = numbers | words | st.booleans() | st.none()


def same(given, expected):
    return not set(forms(given) or ()).isdisjoint(accepted_forms(expected) or ())


@given(numbers | words | st.lists(cells, min_size=1) | st.dictionaries(words, cells, min_size=1))
def test_every_answer_equals_itself(value):
    assume(not is_blank(value))
    assert same(value, value)


@given(shares)
def test_a_share_counts_in_every_form(share):
    percent = 100 * share
    for written in (
        share,
        percent,
        np.float64(share),
        np.float32(share),
        fractions.Fraction(share),
        decimal.Decimal(share),
        f"{percent:.6g} %",
        f"{percent:.6g}%".replace(".", ","),
        f" {share:.6g} ",
        f"{share:.3g}",
        [share],
        {"any": share},
        np.array([[share]]),
        pd.Series([share], index=["label"]),
        pd.DataFrame({"share": [share]}),
        pl.Series([share]),
        pl.DataFrame({"share": [share]}),
        pa.table({"share": [share]}),
    ):
        assert same(written, share), written


@given(st.integers(10, 99), st.floats(-0.0049, 0.0049))
def test_a_share_counts_in_whole_percents(percent, more):
    share = percent / 100 + more
    assume(share >= 0.1 and round(100 * share) == percent)
    assert same(percent, share)
    assert same(percent / 100, share)
    assert same(f"{percent} %", share)


@given(st.floats(1e-9, 0.0949))
def test_nothing_is_not_a_small_share(share):
    assert not same(0, share)
    assert not same("0 %", share)


@pytest.mark.parametrize(
    ("given", "expected", "right"),
    [
        (0.42, 0.413, False),
        (0.41, 0.413, True),
        (0.414, 0.413, True),
        (0.415, 0.413, False),
        ("0.413 %", 0.413, False),
        (0.998, 1.003, False),
        (139, 140, False),
        (140.0, 140, True),
        ("140", 140, True),
        (16_600, 16_591, True),
        (16_300, 16_591, False),
        ("USD 3.36 M", 3_364_037, True),
        ("3,364,037", 3_364_037, True),
        ("3.364.037", 3_364_037, True),
        ("3 364 037 €", 3_364_037, True),
        ("3\u2019364\u2019037", 3_364_037, True),
        ("1,234.5", 1234.5, True),
        ("1.234,5", 1234.5, True),
        ("1,234", 1234, True),
        ("41,234 %", 0.41234, True),
        ("1.234", 1.234, True),
        ("-2.5", -2.5, True),
        ("\u22122.5", -2.5, True),
        (2.5, -2.5, False),
        ("41.3 %", 41.3, True),
        (0, 0.0, True),
        (1e-17, 0, True),
        (0.01, 0, False),
        (1e-5, 2e-5, False),
        (True, 1, False),
        ("yes", True, True),
        (np.bool_(False), False, True),
        ("Self-Service", "self service", True),
        ("self\nservice ", "SELF_SERVICE", True),
        ("self servant", "self service", False),
        ("Straße", "STRASSE", True),
        (dt.datetime(2026, 6, 30, tzinfo=dt.UTC), dt.date(2026, 6, 30), True),
        (pd.Timestamp("2026-06-30"), "2026-06-30", True),
        (np.datetime64("2026-06-30"), "2026-06-30", True),
        (pd.Period("2026-06"), "2026-06", True),
        ("3 4", 34, False),
        ("1,23,4", 1234, False),
        ("12.5e3", 12_500, True),
        (float("inf"), 5, False),
        (1 + 2j, 1, False),
    ],
)
def test_values(given, expected, right):
    assert same(given, expected) == right


FRAME = pd.DataFrame(
    {
        "route": ["direct", "online", "partner"],
        "deals": [132, 27, 74],
        "share": [0.567, 0.116, 0.317],
    }
)


@given(st.permutations(range(3)), st.permutations(list(FRAME)))
def test_frames_count_in_any_order_with_or_without_an_index(rows, columns):
    other = FRAME.iloc[list(rows)][list(columns)]
    assert same(other, FRAME)
    assert same(other.set_index("route"), FRAME)
    assert same(other, FRAME.set_index("route"))
    assert same(other.to_dict("records") and other.to_numpy().tolist(), FRAME)
    assert same(pl.DataFrame(other.to_dict("list")), FRAME)
    assert same(pa.Table.from_pydict(other.to_dict("list")), FRAME)
    assert not same(other.iloc[:2], FRAME)
    assert not same(other.assign(deals=[*other["deals"][:2], 1]), FRAME)


def test_a_column_counts_with_its_labels_or_without_any_but_not_with_others():
    expected = FRAME.set_index("route")["share"]
    assert same(expected.sample(frac=1, random_state=1), expected)
    assert same(expected.tolist()[::-1], expected)
    assert same(expected.to_dict(), expected)
    assert same(100 * expected, expected)
    assert same(expected.round(2), expected)
    assert same(expected.map("{:.1%}".format), expected)
    assert not same(expected.set_axis(["partner", "online", "direct"]), expected)
    assert not same(expected.iloc[::-1].reset_index(drop=True) * 2, expected)
    assert same(expected, expected.tolist())


@given(st.lists(st.integers(10, 99), min_size=2, max_size=5))
def test_a_column_of_shares_counts_in_whole_percents(percents):
    exact = [percent / 100 + 0.0021 for percent in percents]
    assert same(percents, exact)
    assert same([f"{percent} %" for percent in percents], exact)
    assert not same([*percents[:-1], percents[-1] + 1], exact)


@given(
    st.lists(
        words.filter(lambda word: not is_blank(word)),
        min_size=2,
        unique_by=lambda word: forms(word)[0],
    )
)
def test_names_count_in_any_collection(names):
    for collection in (
        set,
        tuple,
        sorted,
        pd.Series,
        pd.Index,
        np.array,
        dict.fromkeys(names).keys,
    ):
        given = collection() if collection.__name__ == "keys" else collection(names)
        assert same(given, names)
    assert not same(names[1:], names)
    assert not same([*names, "one more that is none of them"], names)


@pytest.mark.parametrize(
    "value",
    [
        None,
        math.nan,
        np.float64("nan"),
        pd.NA,
        pd.NaT,
        np.datetime64("NaT", "s"),
        "",
        " \n",
        [],
        {},
        set(),
        pd.Series([], dtype=float),
        pd.DataFrame(),
        [None, math.nan],
        pd.Series([None, None]),
    ],
    ids=str,
)
def test_nothing_is_no_answer(value):
    assert is_blank(value)
    assert accepted_forms(value) is None


class _Hostile(list):
    def __iter__(self):
        raise ZeroDivisionError


def _endless():
    inner = []
    inner.append(inner)
    return [inner, inner]


@pytest.mark.parametrize(
    "value",
    [object(), len, b"41", 10**400, _Hostile([1]), _endless(), iter([1]), range(10**12), 1j],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_compared_is_no_answer_and_no_error(value):
    start = time.process_time()
    assert forms(value) is None
    assert accepted_forms(value) is None
    assert not is_blank(value)
    assert shown(value).startswith("a value of the kind ")
    assert time.process_time() - start < 0.3


def test_a_whole_table_given_by_error_is_told_apart_at_once():
    assert forms(pd.DataFrame(np.zeros((50_000, 3)))) is None
