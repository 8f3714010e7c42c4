import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.report.sanitise import clean_html
from segkit.report.tables import data_table, finish_tables


def shown(frame: pd.DataFrame) -> str:
    return str(clean_html(frame.to_html(), {}))


def cells(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<t[dh]\b[^>]*?( class="number")?>(.*?)</t[dh]>', html)


def test_numbers_stand_on_the_right_under_their_name():
    html = shown(pd.DataFrame({"name": ["a", "b"], "value": [1.5, -2e9], "share": ["5 %", "<1 %"]}))
    right = [content for number, content in cells(html) if number]
    assert right == ["value", "share", "1.500000e+00", "5 %", "-2.000000e+09", "&lt;1 %"]


@pytest.mark.parametrize("value", ["2026-01-31", "A0012", "12 a", "3-4", "", "None"])
def test_what_is_no_number_stands_on_the_left(value):
    assert "number" not in shown(pd.DataFrame({"x": [value, value]}))


def test_a_column_with_one_word_stands_on_the_left():
    assert "number" not in shown(pd.DataFrame({"x": ["1", "two"]}))


@pytest.mark.parametrize(
    ("name", "value", "shown_as"),
    [
        ("revenue", 249636380, "249,636,380"),
        ("revenue", "USD 12345.678", "USD 12345.678"),
        ("revenue", "$12345.678", "$12,345.678"),
        ("revenue", -12345.5, "-12,345.5"),
        ("revenue", 2026, "2026"),
        ("share", "0.1234567", "0.1234567"),
        ("share", "12,345", "12,345"),
        ("account_id", 100234, "100234"),
        ("Account ID", 100234, "100234"),
        ("area", "012345", "012345"),
        ("paid", 123456, "123,456"),
    ],
)
def test_digits_of_large_numbers_are_grouped_and_those_of_names_are_not(name, value, shown_as):
    assert [content for _, content in cells(shown(pd.DataFrame({name: [value]})))] == [
        name.replace("_", " "),
        shown_as,
    ]


def test_four_digits_are_grouped_beside_longer_ones():
    html = shown(pd.DataFrame({"rows": [24000, 2400], "year": [2025, 2026], "few": [1200, 9]}))
    assert re.findall(r"<td[^>]*>(.*?)</td>", html) == [
        *("24,000", "2025", "1200"),
        *("2,400", "2026", "9"),
    ]


def test_what_is_not_known_is_a_dash():
    html = shown(
        pd.DataFrame({"cost_to_win": [1.5, None], "day": [pd.Timestamp("2026-01-31"), None]})
    )
    assert re.findall(r"<td[^>]*>(.*?)</td>", html) == ["1.5", "2026-01-31", "—", "—"]


def test_heads_are_words_and_cells_are_as_they_were():
    html = shown(pd.DataFrame({"set_aside": ["market_facts"]}))
    assert [content for _, content in cells(html)] == ["set aside", "market_facts"]


def test_an_empty_table_says_so():
    assert "<tbody><tr><td>none</td></tr></tbody>" in re.sub(
        r">\s+<", "><", shown(pd.DataFrame({"x": []}))
    )


def test_missing_values_do_not_move_a_column():
    assert shown(pd.DataFrame({"x": [1.0, None]})).count('class="number"') == 3


def test_row_numbers_are_left_out():
    assert [content for _, content in cells(shown(pd.DataFrame({"x": ["a", "b"]})))] == [
        "x",
        "a",
        "b",
    ]


@pytest.mark.parametrize("index", [[1, 0], [10, 11], ["a", "b"]])
def test_other_row_names_stay(index):
    html = shown(pd.DataFrame({"x": ["p", "q"]}, index=index))
    assert all(f"<th>{name}</th>" in html for name in index)


def test_a_named_index_stays():
    html = shown(pd.DataFrame({"x": ["p", "q"]}, index=pd.Index([0, 1], name="segment")))
    assert [content for _, content in cells(html)] == ["", "x", "segment", "", "0", "p", "1", "q"]


def test_a_head_without_words_is_no_head():
    html = shown(pd.DataFrame({"x": [1]}, index=["total"]))
    assert "<th></th>" not in html
    assert "<th>total</th>" in html


def test_tables_with_merged_cells_stay_as_they_are():
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])
    html = shown(pd.DataFrame({"x": [1.0, 2.0]}, index=index))
    assert 'rowspan="2"' in html
    assert "number" not in html


def test_wide_tables_scroll_and_can_be_reached_by_keyboard():
    assert shown(pd.DataFrame({"x": [1]})).startswith('<div class="scroll" role="group"')
    assert 'tabindex="0"' in shown(pd.DataFrame({"x": [1]}))


def test_the_table_behind_a_figure():
    html = data_table(["name", "value"], [["<b>", 1234567.5], ["b", 2026], [None, None]])
    assert [content for _, content in cells(html)] == [
        *("name", "value", "&lt;b&gt;", "1,234,567.5", "b", "2,026", "", "")
    ]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_text_becomes_markup(rows):
    frame = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    html = finish_tables(data_table(frame.columns, frame.to_numpy().tolist()))
    assert not re.search(r"<(?!/?(div|table|thead|tbody|tr|t[dh])\b)", html)
