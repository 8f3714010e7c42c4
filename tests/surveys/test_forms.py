"""Survey forms as text: what they hold, and what is refused. Browsers: tests/browser."""

import json
import re
from html import unescape

import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.surveys import read_answers, survey_form
from segkit.tables.schema import schema

ITEMS = ["Ease of use", "Total cost", "Security", "Support", "References"]


def columns(page):
    return json.loads(unescape(re.search(r'data-columns="(.*?)"', page)[1]))


@pytest.mark.parametrize(
    ("kind", "items", "table"),
    [
        ("maxdiff", ITEMS, "maxdiff_buyers"),
        (
            "conjoint",
            {"price": [4, 6], "support": ["a", "b"], "start": ["x", "y"], "hosting": ["c", "d"]},
            "conjoint_buyers",
        ),
        ("kano", ITEMS, "kano_survey"),
        ("importance-satisfaction", ITEMS, "odi_survey"),
        ("nps", {"response_time": "Answered quickly"}, "nps_survey"),
    ],
)
def test_answers_have_the_columns_of_the_schema(kind, items, table):
    page = survey_form(kind, items)
    known = schema()[table]
    told = columns(page)
    assert set(told) <= set(known.columns)
    assert set(known.key) <= set(told)
    required = {name for name, column in known.columns.items() if column.required}
    assert required <= set(told)


def test_the_page_asks_nothing_of_the_network():
    page = survey_form("maxdiff", ITEMS)
    assert "default-src 'none'" in page
    assert not re.search(r"https?:|src=|@import|url\(", page)
    assert page == survey_form("maxdiff", ITEMS)


def test_words_columns_and_file_can_be_replaced():
    page = survey_form(
        "importance-satisfaction",
        ITEMS,
        columns={"user_id": "respondent", "outcome": "item", "satisfaction": "performance"},
        wording={"save": "Speichern <b>"},
        file="engagement_survey.csv",
        scale=(1, 10),
    )
    assert columns(page) == ["respondent", "item", "importance", "performance"]
    assert "Speichern &lt;b&gt;" in page
    assert 'data-file="engagement_survey.csv"' in page
    assert page.count('<input type="radio"') == 5 * 2 * 10


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: survey_form("maxdif", ITEMS), "one of maxdiff, conjoint"),
        (lambda: survey_form("kano", "Mobile leave"), "a sequence or a mapping"),
        (lambda: survey_form("kano", []), "needs items"),
        (lambda: survey_form("kano", ["a", "a"]), "twice: a"),
        (lambda: survey_form("conjoint", ["a"]), "a mapping from attributes"),
        (lambda: survey_form("kano", ["a"], wording={"sav": "x"}), "Did you mean 'save'"),
        (lambda: survey_form("kano", ["a"], columns={"featur": "x"}), "Did you mean 'feature'"),
        (lambda: survey_form("kano", ["a"], columns={"feature": "user_id"}), "must differ"),
        (lambda: survey_form("nps", scale=(5, 1)), "0 <= low < high"),
        (lambda: survey_form("maxdiff", ["a", "b", "c"], per_set=4), "'per_set'"),
        (lambda: survey_form("kano", pd.DataFrame({"a": ["b"]})), "a sequence or a mapping"),
    ],
)
def test_what_is_refused(call, words):
    with pytest.raises((DataError, ParameterError)) as fault:
        call()
    assert words in str(fault.value)


@pytest.mark.parametrize(
    ("items", "more", "words"),
    [
        (None, {}, "items"),
        (5, {}, "items"),
        ([None, "b"], {}, "empty"),
        (["a"], {"roles": "boss"}, "roles"),
    ],
)
def test_items_and_roles_are_lists_of_texts(items, more, words):
    with pytest.raises((DataError, ParameterError), match=words):
        survey_form("kano", items, **more)
    with pytest.raises(ParameterError, match="kind"):
        survey_form(5, ["a"])


ANSWERS = "respondent,set,item,choice\n007,1,x,1\n007,1,y,-1\n007,1,z,0\n"


def written(folder, *texts):
    for number, text in enumerate(texts):
        (folder / f"{number}.csv").write_text(text, encoding="utf-8")
    return read_answers(folder)


def test_answers_that_a_spreadsheet_saved(tmp_path):
    """Semicolons where a comma is decimal, columns moved, empty rows below."""
    saved = ANSWERS.replace("007", "bob").replace(",", ";") + ";;;\n"
    moved = "set,respondent,item,choice\n1,ann,x,1\n1,ann,y,-1\n1,ann,z,0\n"
    found = written(tmp_path, ANSWERS, saved, moved)
    assert found["respondent"].tolist() == ["007"] * 3 + ["bob"] * 3 + ["ann"] * 3
    assert found["choice"].tolist() == [1, -1, 0] * 3


def test_codes_of_respondents_stay_text_under_any_name(tmp_path):
    found = written(tmp_path, ANSWERS.replace("respondent", "buyer"))
    assert found["buyer"].tolist() == ["007"] * 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("respondent,set,item,choice\nbob,1,x,1\nbob,1,y,-1\n", r"bob \(2\): rows were lost"),
        ("respondent,set,thing,choice\nbob,1,x,1\n", "another questionnaire: 1.csv"),
        ("respondent,set,item,choice\n,1,x,1\n", "without respondent in 1.csv"),
        ("", "1.csv is no file of answers"),
    ],
)
def test_changed_answers_are_refused(tmp_path, text, words):
    with pytest.raises(DataError, match=words):
        written(tmp_path, ANSWERS, text)
