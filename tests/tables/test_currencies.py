"""Which currency amounts are in: signs beside them, and columns that name it."""

import pandas as pd
import pytest

from segkit.errors import DataError, SettingsError
from segkit.tables import CompanyTables, read_settings
from segkit.tables.amounts import read_amounts
from segkit.tables.currencies import nearest_currency


def _orders(named, amounts=None, **settings):
    count = len(named)
    table = {
        "account_id": [f"c{number}" for number in range(count)],
        "date": ["2026-01-05"] * count,
        "amount": amounts or ["10"] * count,
        "currency": named,
    }
    return CompanyTables.from_tables({"orders": pd.DataFrame(table)}, settings)


def _fault(company, kind):
    (fault,) = [fault for fault in company.faults if fault.kind == kind]
    return str(fault)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        *(("NPR", "NPR"), ("Nepalese Rupee", "NPR"), ("US Dollars", "USD"), ("U.S. dollar", "USD")),
        *(("Euro", "EUR"), ("€", "EUR"), ("Rs.", "INR"), ("INR (₹)", "INR"), ("us$", "USD")),
        *(("Pound Sterling", "GBP"), ("Schweizer Franken", "CHF"), ("Hong Kong Dollar", "HKD")),
    ],
)
def test_a_column_names_its_currency_by_code_word_or_sign(word, code):
    assert _orders([word, word]).settings.currency == code
    other = "USD" if code == "SEK" else "SEK"
    with pytest.raises(DataError, match=f"not in {other}"):
        _orders([word, word], currency=other)


def test_what_is_no_currency_sets_its_rows_aside():
    company = _orders(["USD", "US Doller", "US Doller", "Gold", "", "-"], currency="USD")
    assert company.orders["account_id"].tolist() == ["c0", "c4", "c5"]
    assert _fault(company, "unknown currency") == (
        "orders.currency: not a currency: 'US Doller' 2, 'Gold' 1; the rows are set aside. Did you "
        "mean 'us dollar'? Write codes such as EUR or words such as US Dollar, or leave the cell "
        "empty where the amount is in the company's currency (3 rows: row 2 'US Doller', row 3 "
        "'US Doller', row 4 'Gold')"
    )
    assert company.ledger["reasons"].tolist() == ["currency unknown 3"]


def test_mixed_currencies_are_counted_and_shown():
    company = _orders(["EUR", "EUR", "US Dollar", "GBP", "GBP"], currency="EUR")
    assert _fault(company, "mixed currency") == (
        "orders.amount: the amount is not in EUR, the company's currency, but in GBP 2, USD 1; the "
        "rows are set aside (3 rows: row 3 '10 USD', row 4 '10 GBP', row 5 '10 GBP')"
    )


def test_a_column_tells_which_dollars_a_sign_means():
    company = _orders(["CAD", "CAD", "CAD", ""], ["$10", "20", "€30", "$40"])
    assert company.settings.currency == "CAD"
    assert company.orders["account_id"].tolist() == ["c0", "c1", "c3"]


def test_what_is_certain_tells_what_a_sign_means_elsewhere():
    company = _orders(["Rs.", "Rs.", "NPR"])
    assert company.settings.currency == "NPR"
    assert len(company.orders) == 3


def test_words_that_are_codes_too_make_no_amounts():
    assert pd.isna(read_amounts(["Top 10"]).numbers).all()
    assert read_amounts(["Rs. 1,200.50"]).numbers.tolist() == [1200.5]


@pytest.mark.parametrize(
    ("word", "said"), [("US Dollar", "is it 'USD'"), ("Rs.", "is it 'INR'"), ("XYZ", "not 'XYZ'")]
)
def test_the_company_has_a_code(word, said):
    with pytest.raises(SettingsError, match=said):
        read_settings({"currency": word})


def test_nothing_is_near_to_what_is_no_word():
    assert nearest_currency("12") == ""
