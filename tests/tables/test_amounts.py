"""Numbers as the world writes them."""

import math
import re
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segkit.tables.amounts import read_amounts
from segkit.tables.currencies import currencies

# How a number is grouped and pointed in some countries: thousands, decimal sign.
LOCALES = {
    "US": (",", "."),
    "DE": (".", ","),
    "FR": ("\u202f", ","),
    "SE": ("\u00a0", ","),
    "CH": ("\u2019", "."),
    "plain": ("", "."),
    "plain comma": ("", ","),
}
AROUND = ["{}", "€{}", "{} €", "EUR {}", "{} EUR", "$ {}", "{} kr"]


def _written(cents, thousands, decimal, around):
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole:,}".replace(",", thousands) + f"{decimal}{rest:02d}"
    return ("-" if cents < 0 else "") + around.format(text)


@pytest.mark.parametrize("locale", LOCALES)
@given(
    cents=st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=20),
    around=st.sampled_from(AROUND),
)
def test_round_trip_in_every_locale(locale, cents, around):
    """Two decimals always show which sign is the decimal one."""
    cells = [_written(each, *LOCALES[locale], around) for each in cents]
    found = read_amounts(cells)
    assert found.numbers.tolist() == [each / 100 for each in cents]
    assert not found.doubtful


@pytest.mark.parametrize("decimal", [".", ","])
@given(numbers=st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_whole_numbers_with_thousands(decimal, numbers):
    """A whole number of more than three digits shows its thousands sign."""
    # 15.000 alone may be fifteen: some number must leave no doubt.
    long = [each for each in numbers if each > 999]
    assume(not long or any(each % 1000 or each >= 10**6 for each in long))
    thousands = "," if decimal == "." else "."
    cells = [f"{each:,}".replace(",", thousands) for each in numbers]
    assert read_amounts(cells, whole=True).numbers.tolist() == numbers
    assert read_amounts(cells, decimal=decimal).numbers.tolist() == numbers


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.234", "1.234,5"], [1234, 1234.5]),
        (["1,234", "0.5"], [1234, 0.5]),
        (["1,234", "0,5"], [1.234, 0.5]),
        (["1.234.567"], [1234567]),
        (["0,125"], [0.125]),  # no group of thousands begins with a nought
        (["1234,567"], [1234.567]),  # nor has the first one more than three digits
        (["12,34,567.50"], [1234567.5]),  # India
        (["1'234.50"], [1234.5]),
        (["12.-", "12,\u2013", "CHF 12.-"], [12, 12, 12]),
        (["(5)", "-5", "5-", "\u22125", "$-5", "-$5", "($5)"], [-5] * 7),
        (["45 %", "7%"], [0.45, 0.07]),
        (["1e3", "1.5E+05"], [1000, 150000]),
        ([".5", "5.", "+5"], [0.5, 5, 5]),
        ([1, 2.5, "3"], [1, 2.5, 3]),
    ],
)
def test_settled_by_the_column(cells, expected):
    found = read_amounts(cells)
    assert found.numbers.tolist() == expected
    assert not found.doubtful


@pytest.mark.parametrize(
    "cell",
    re.split(
        r"\|",
        "abc|12 34|1,23,4|1e999|nan|inf|.|,|--5|(5|5)|(-5)|%5|5 boxes|USD 5 EUR|1 234 5|€|- |0x1F|"
        "1_000|\u066b5|1..2|12:30",
    ),
)
def test_unreadable(cell):
    assert math.isnan(read_amounts([cell, "0.5"]).numbers[0])


def test_without_evidence_the_point_is_decimal_and_the_doubt_is_said():
    found = read_amounts(["1,234", "5"])
    assert found.numbers.tolist() == [1234, 5]
    assert (found.doubtful, found.decimal) == ("1,234", ".")
    assert read_amounts(["1.234"]).numbers.tolist() == [1.234]


def test_a_known_sign_rules():
    assert read_amounts(["1.234"], decimal=",").numbers.tolist() == [1234]
    assert math.isnan(read_amounts(["12.5"], decimal=",").numbers[0])
    assert not read_amounts(["1.234"], decimal=",").doubtful


def test_the_majority_rules_where_both_signs_are_shown():
    found = read_amounts(["0.5", "1.5", "2,5"])
    assert found.numbers.tolist()[:2] == [0.5, 1.5]
    assert math.isnan(found.numbers[2])


def test_whole_numbers():
    found = read_amounts(["3.0", "3.5", "1e2", 4.0, 4.5], whole=True)
    assert found.numbers.tolist()[0] == 3
    assert [math.isnan(each) for each in found.numbers] == [False, True, False, False, True]


def test_percent_and_currency_are_told():
    found = read_amounts(["5 %", "€5", "5 kr", "7"])
    assert found.percent.tolist() == [True, False, False, False]
    assert [mark[:1] for mark in found.marks] == [(), ("EUR",), ("SEK",), ()]


def test_signs_and_codes():
    assert currencies("$")[0] == "USD"
    assert "CAD" in currencies("$")
    assert currencies("CA$") == ("CAD",)
    assert currencies("usd") == ("USD",)
    assert currencies("") == currencies("ABC") == ()


@given(st.lists(st.text(max_size=80), max_size=20))
def test_any_text_is_a_number_or_unreadable(cells):
    found = read_amounts(cells)
    assert len(found.numbers) == len(cells)
    assert not any(math.isinf(number) for number in found.numbers)


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=30))
def test_the_fast_way_reads_what_the_slow_way_reads(numbers):
    cells = [str(number) for number in numbers]
    slow = read_amounts([*cells, "$1.00"])
    assert read_amounts(cells).numbers.tolist() == slow.numbers.tolist()[:-1]


def test_long_texts_do_not_keep_it_busy():
    cells = ["1" + " " * 62, "1 " * 31, "-" * 64, "1" * 10_000, "(" * 64]
    assert math.isnan(read_amounts(cells * 100).numbers[1])


def test_numbers_too_long_are_unreadable():
    found = read_amounts([10**400, Decimal("sNaN"), Decimal("Infinity"), "9" * 400, 5])
    assert [math.isnan(number) for number in found.numbers] == [True] * 4 + [False]
