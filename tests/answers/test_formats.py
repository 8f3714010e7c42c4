"""Every column of every answer is of a kind that somebody declared."""

import json
from pathlib import Path

import pandas as pd
import pytest

from segkit.answers.content import MIME_TYPE
from segkit.answers.export import write_workbook
from segkit.answers.formats import kinds, undeclared
from segkit.questions import all_questions
from segkit.report.told import told

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def answers():
    """The answers of the sample company, from where they lie: in the executed notebooks."""
    notebooks = [json.loads(path.read_text("utf-8")) for path in NOTEBOOKS.glob("*.ipynb")]
    outputs = [
        output.get("data", {})
        for one in notebooks
        for cell in one["cells"]
        for output in cell.get("outputs", ())
    ]
    return [told(data[MIME_TYPE], "") for data in outputs if MIME_TYPE in data]


def test_every_column_of_every_answer_is_of_a_known_kind(answers):
    assert {one.question for one in answers} >= set(all_questions())
    unknown = {
        one.question: names
        for one in answers
        for table, _ in one.tables.values()
        if (names := undeclared(table))
    }
    assert not unknown, "enter these columns in segkit/answers/formats.py"


def test_shares_and_money_of_the_answers_look_like_it(answers):
    """A share of a wallet can be more than the whole of it; no column of money is all cents."""
    wrong = []
    for one in answers:
        for table, _ in one.tables.values():
            for name, kind in zip(table, kinds(table), strict=True):
                largest = 0 if kind not in {"share", "money"} else table[name].abs().max()
                if (kind == "share" and largest > 10) or (kind == "money" and largest < 10):
                    wrong.append(f"{one.question}: {name}")
    assert not wrong


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["revenue", "low", "high"], ["money"] * 3),
        (["share of revenue", "error"], ["share"] * 2),
        (["=price share", "=price low"], ["share"] * 2),
        (["revenue explained", "revenue explained error"], ["share"] * 2),
        (["rank", "revenue_rank"], ["number"] * 2),
        (["price", "zest"], ["number"] * 2),
    ],
)
def test_a_column_is_what_its_name_says_and_an_end_what_it_ends(names, expected):
    table = pd.DataFrame([[123.4] * len(names)], columns=names)
    assert kinds(table) == expected


def test_an_end_after_a_name_is_a_number():
    assert kinds(pd.DataFrame({"segment": ["a"], "low": [1.5]})) == ["text", "number"]


def test_values_do_not_change_what_a_column_is(tmp_path):
    small = pd.DataFrame({"revenue": [0.4], "win_rate": [1.7], "deals": [3.0]})
    assert kinds(small) == kinds(1000 * small) == ["money", "share", "count"]
    assert write_workbook({"one": small}, tmp_path / "x.xlsx", "EUR").exists()
