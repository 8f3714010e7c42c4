"""segkit.toml: what it may say, and every fault of it at once."""

import datetime as dt

import pytest

from segkit.errors import SettingsError
from segkit.tables import Settings, read_settings

FULL = """
company = "Müller & Söhne"
currency = "EUR"
as_of = 2025-12-31
fiscal_year_start = 4
discount_rate = 0.08
gross_margin = 0.7
day_first = true
decimal = ","
time_zone = "Europe/Berlin"
encoding = "cp1252"

[portfolio]
core = 0.7
recent = 6

[tables.opportunities]
source = "sales_pipeline"
columns = { opp_id = "Deal number", value = "Amount" }
keep = { Region = ["EMEA", "DACH"], Type = "New" }

[tables.opportunities.values.outcome]
won = ["Won", "Closed Won"]
refused = "Lost"

[tables.accounts.values.central_hr]
true = ["Ja"]
"" = ["k.A."]
"""


def test_reads_every_key(tmp_path):
    (tmp_path / "segkit.toml").write_text(FULL, encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.company == "Müller & Söhne"
    assert (settings.currency, settings.as_of) == ("EUR", dt.date(2025, 12, 31))
    assert (settings.fiscal_year_start, settings.discount_rate) == (4, 0.08)
    assert (settings.gross_margin, settings.day_first, settings.decimal) == (0.7, True, ",")
    assert (settings.time_zone, settings.encoding) == ("Europe/Berlin", "cp1252")
    assert settings.portfolio == {"core": 0.7, "recent": 6}
    deals = settings.tables["opportunities"]
    assert deals.source == "sales_pipeline"
    assert deals.columns == {"opp_id": "Deal number", "value": "Amount"}
    assert deals.keep == {"Region": ("EMEA", "DACH"), "Type": ("New",)}
    assert deals.values["outcome"] == {"won": "won", "closed won": "won", "lost": "refused"}
    assert settings.tables["accounts"].values["central_hr"] == {"ja": "true", "k.a.": ""}


def test_file_folder_mapping_and_settings_are_one(tmp_path):
    path = tmp_path / "segkit.toml"
    path.write_text('currency = "USD"', encoding="utf-8-sig")
    for source in (path, str(path), tmp_path, {"currency": "USD"}, Settings(currency="USD")):
        assert read_settings(source).currency == "USD"


def test_no_settings_are_the_defaults(tmp_path):
    assert read_settings(None) == read_settings(tmp_path) == Settings()


def test_as_of_may_be_text_or_a_moment():
    for day in ("2025-01-31", dt.datetime.fromisoformat("2025-01-31T12:00"), dt.date(2025, 1, 31)):
        assert read_settings({"as_of": day}).as_of == dt.date(2025, 1, 31)


def test_all_faults_are_named_at_once():
    with pytest.raises(SettingsError) as caught:
        read_settings(
            {
                "curency": "USD",
                "as_of": "31.12.2025",
                "tables": {
                    "oportunities": {},
                    "opportunities": {
                        "colums": {},
                        "columns": {"vlaue": "Amount", "value": 5},
                        "values": {"outcome": {"wonn": ["Won"]}},
                        "keep": {"Region": {"a": 1}},
                    },
                },
            }
        )
    assert caught.value.faults == (
        "unknown setting 'curency'. Did you mean 'currency'?",
        "as_of must be a day such as 2026-03-31, not '31.12.2025'.",
        "tables.oportunities: there is no such table. Did you mean 'opportunities'?",
        "tables.opportunities: unknown setting 'colums'. Did you mean 'columns'?",
        "tables.opportunities.columns: opportunities has no column 'vlaue'. Did you mean 'value'?",
        "tables.opportunities.columns.value must be the name of a column in the source, not 5.",
        (
            "tables.opportunities.values.outcome: 'wonn' is not one of 'won', 'refused', 'stuck', "
            "'open'. Did you mean 'won'?"
        ),
        (
            "tables.opportunities.keep.Region must be text or a list of texts such as "
            "[\"Won\"], not {'a': 1}."
        ),
    )


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("company", 5, "company must be text, not 5"),
        ("currency", "€", "three-letter ISO 4217 code"),
        ("currency", "usd", "three-letter ISO 4217 code"),
        ("as_of", 2025, "a day such as"),
        ("fiscal_year_start", 13, "a month from 1 to 12, not 13"),
        ("fiscal_year_start", True, "a month from 1 to 12"),
        ("discount_rate", 10, "a yearly rate from 0 up to 1"),
        ("discount_rate", float("nan"), "a yearly rate from 0 up to 1"),
        ("gross_margin", 0, "a share above 0 and up to 1"),
        ("gross_margin", 78, "a share above 0 and up to 1"),
        ("day_first", "yes", "true or false"),
        ("decimal", "comma", "'.' or ','"),
        ("decimal", [","], "'.' or ','"),
        ("time_zone", "Berlin", "a time zone such as 'Europe/Berlin'"),
        ("time_zone", "../../etc/passwd", "a time zone such as"),
        ("time_zone", "Europe", "a time zone such as"),
        ("encoding", "latin-99", "an encoding such as"),
        ("encoding", "rot13", "an encoding such as"),
        ("portfolio", 5, r"portfolio must be a section \[portfolio\], not 5"),
        ("portfolio", {"serivce": 0.5}, "unknown setting 'serivce'. Did you mean 'service'"),
        ("portfolio", {"core": 1.2}, "portfolio.core must be a share above 0 and up to 1"),
        ("portfolio", {"recent": 6.5}, "a whole number of months from 1, not 6.5"),
        ("portfolio", {"history": True}, "a whole number of months from 1"),
        ("portfolio", {"level": float("nan")}, "a number from 0, not nan"),
        ("portfolio", {"change": "5 %"}, "a number from 0"),
        ("tables", 5, "tables must be a section"),
        ("tables", {"orders": 5}, r"must be a section \[tables.orders\], not 5"),
        ("tables", {"orders": {"source": 5}}, "source must be the name of a file or table"),
        ("tables", {"orders": {"columns": 5}}, "tables.orders.columns must be a section"),
        ("tables", {"orders": {"values": {"amunt": {}}}}, "no column 'amunt'"),
        ("tables", {"orders": {"values": {"amount": 5}}}, "values.amount must be a section"),
        (
            "tables",
            {"accounts": {"values": {"central_hr": {"ja": "x"}}}},
            "'ja' is not one of 'true', 'false'",
        ),
        (
            "tables",
            {"accounts": {"values": {"segment": {"a": "X", "b": ["x "]}}}},
            "'x ' stands for both 'a' and 'b'",
        ),
    ],
)
def test_says_what_is_wrong(key, value, expected):
    with pytest.raises(SettingsError, match=expected):
        read_settings({key: value})


def test_words_may_be_numbers():
    mapped = read_settings({"tables": {"needs_waves": {"values": {"importance": {"5": [7]}}}}})
    assert mapped.tables["needs_waves"].values["importance"] == {"7": "5"}


def test_names_the_file(tmp_path):
    path = tmp_path / "segkit.toml"
    path.write_text('curency = "USD"', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^segkit.toml: unknown setting 'curency'"):
        read_settings(path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"currency = USD", "is not valid TOML.*line 1"),
        (b'currency = "USD"\ncurrency = "EUR"', "is not valid TOML"),
        ('company = "Müller"'.encode("cp1252"), "must be saved as UTF-8"),
    ],
)
def test_unreadable_file(tmp_path, data, expected):
    path = tmp_path / "segkit.toml"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match=expected):
        read_settings(path)


def test_absent_file(tmp_path):
    with pytest.raises(SettingsError, match=r"other.toml cannot be read: No such file"):
        read_settings(tmp_path / "other.toml")


def test_settings_are_frozen():
    with pytest.raises(AttributeError):
        Settings().currency = "USD"
