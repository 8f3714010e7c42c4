import io
import json
import zipfile

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from segkit.answers import MIME_TYPE, Answer
from segkit.answers.wording import between, count, money, share
from segkit.charts import Picture
from segkit.frames import unformulated

HOSTILE = '<img src=x onerror="window.pwned=1">'


def _answer(**changes):
    fields = {
        "question": "A5",
        "status": "answered",
        "headline": "Customers are worth USD 12.3 M.",
        "estimate": 12_345_678.0,
        "interval": (11_000_000.0, 13_500_000.0),
        "unit": "USD",
        "table": pd.DataFrame({"name": [HOSTILE], "value": [1.5]}),
        "method": "survival x margin",
        "caveats": ("margin is assumed",),
        "sources": ("Fader & Hardie 2010",),
    }
    return Answer(**(fields | changes))


def test_plain_text_tells_number_interval_and_reason():
    text = repr(_answer())
    assert "A5 (answered): Customers are worth USD 12.3 M." in text
    assert "estimate: USD 12.3 M (USD 11.0 M to USD 13.5 M)" in text
    assert "method: survival x margin" in text
    assert "caveat: margin is assumed" in text


def test_html_escapes_foreign_text():
    bundle = _answer(headline=HOSTILE, caveats=(HOSTILE,))._repr_mimebundle_()
    assert "<img" not in bundle["text/html"]
    assert "&lt;img" in bundle["text/html"]


def test_bundle_holds_what_a_front_page_needs():
    content = _answer()._repr_mimebundle_()[MIME_TYPE]
    assert content["question"] == "A5"
    assert content["phase"] == "account"
    assert content["status"] == "answered"
    assert content["interval"] == [11_000_000.0, 13_500_000.0]
    json.dumps(content)


def test_unanswered_has_no_number_and_no_figure():
    answer = Answer("missing data", "This needs the table market_facts.", question="M1")
    assert answer.figure() is None
    assert "estimate" not in repr(answer)
    assert answer._repr_mimebundle_()[MIME_TYPE]["estimate"] is None


def test_json_round_trip():
    content = json.loads(_answer().to_json())
    assert content["estimate"] == 12_350_000
    assert content["table"]["data"] == [{"name": HOSTILE, "value": 1.5}]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "USD 0.00"),
        (99.5, "USD 99.50"),
        (9_994, "USD 9,994"),
        (9_996, "USD 10.0 k"),
        (999_400, "USD 999 k"),
        (999_600, "USD 1.00 M"),
        (12_345_678, "USD 12.3 M"),
        (4.2e9, "USD 4.20 B"),
        (-12_345, "USD -12.3 k"),
    ],
)
def test_money_keeps_three_digits(value, words):
    assert money(value, "USD") == words


def test_words_for_shares_counts_and_intervals():
    assert share(0.1994) == "19.9 %"
    assert share(0.1996) == "20 %"
    assert count(1234567.8) == "1,234,568"
    assert between(0.1, 0.2, share) == "10.0 % to 20 %"


RISKY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x.example","y")')


def _hostile():
    names = [*RISKY, HOSTILE, "Zoë", None]
    values = [-1.5, *range(len(names) - 1)]
    return _answer(table=pd.DataFrame({"=name": names, "value": values}), headline="=1+1")


def test_csv_comes_back_with_formulas_quoted():
    found = pd.read_csv(io.StringIO(_hostile().to_csv().lstrip("\ufeff"), newline=""))
    assert found.columns.tolist() == ["'=name", "value"]
    assert found["'=name"].tolist()[:-1] == [f"'{text}" for text in RISKY] + [HOSTILE, "Zoë"]
    assert found["value"].tolist() == _hostile().table["value"].tolist()
    assert _hostile().to_csv().startswith("\ufeff")


def test_workbook_comes_back_without_formulas_and_links(tmp_path):
    answer = _hostile()
    path = answer.to_excel(tmp_path / "answer.xlsx")
    found = pd.read_excel(path, sheet_name=None, engine="calamine")
    assert list(found) == ["answer", "table", "ledger"]
    pd.testing.assert_frame_equal(
        found["table"].dropna(), unformulated(answer.table).dropna(), check_dtype=False
    )
    words = found["answer"].set_index("what")["words"]
    assert words["headline"] == "'=1+1"
    assert words["number"] == "USD 12.3 M (USD 11.0 M to USD 13.5 M)"
    with zipfile.ZipFile(path) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "sheets/" in name]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_workbook_has_the_same_bytes_each_time(tmp_path):
    first, second = (_hostile().to_excel(tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert first.read_bytes() == second.read_bytes()


def test_an_answer_without_a_table_can_be_written(tmp_path):
    answer = Answer("missing data", "This needs the table market_facts.", question="M1")
    read = pd.read_excel(answer.to_excel(tmp_path / "a.xlsx"), engine="calamine")
    assert "This needs the table market_facts." in read["words"].tolist()


def test_numbers_are_plain():
    answer = Answer("answered", "Yes.", np.float64(2), (np.float64(1), np.float64(3)))
    assert repr((answer.estimate, answer.interval)) == "(2.0, (1.0, 3.0))"


def test_figures_of_all_parts_or_of_one():
    parts = [
        Picture("t", "f", pd.DataFrame({"x": [1]}), lambda _: go.Figure(), about)
        for about in ("one", "two")
    ]
    answer = Answer("answered", "Yes.", pictures=tuple(parts))
    assert [len(answer.figures(part)) for part in (None, "two", "three")] == [2, 1, 0]
