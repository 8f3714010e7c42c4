"""Outcome statements in the form of Ulwick 2005 and Bettencourt & Ulwick 2008."""

import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.surveys import lint_outcomes


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        # Bettencourt & Ulwick 2008: direction, metric, object of control, context.
        (
            "Minimize the time it takes to verify the accuracy of an outcome with a customer",
            ("Minimize", "time it takes to",
             "verify the accuracy of an outcome with a customer", ""),
        ),
        (
            "Minimise the likelihood that the blade slips when cutting near a curve.",
            ("Minimise", "likelihood that", "the blade slips", "when cutting near a curve"),
        ),
        (
            "Increase the number of seeds that sprout in dry soil",
            ("Increase", "number of", "seeds that sprout", "in dry soil"),
        ),
    ],
)  # fmt: skip
def test_parts_are_told(statement, parts):
    row = lint_outcomes([statement]).iloc[0]
    assert tuple(row[["direction", "metric", "object", "context"]]) == parts
    assert row["ok"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("", "empty"),
        ("Reports", "no direction; no metric"),
        ("Minimize errors in reports", "no metric"),
        ("The time it takes to file a report", "no direction"),
        ("Minimize the time it takes to", "no object"),
        ("Minimize the time it takes to file easily", "vague: 'easily'"),
        ("Minimize the number of clicks on the dashboard", "names a solution: 'clicks'"),
    ],
)
def test_faults_are_told(statement, fault):
    row = lint_outcomes([statement]).iloc[0]
    assert fault in row["faults"]
    assert not row["ok"]


def test_context_is_advice_and_repetition_a_fault():
    table = lint_outcomes(["Reduce the cost of paper", "reduce the  cost of paper."])
    assert table["advice"].str.contains("no context").all()
    assert table["faults"].tolist() == ["", "the same as statement 1"]
    assert table["ok"].tolist() == [True, False]


def test_two_outcomes_in_one_are_doubted():
    row = lint_outcomes(["Minimize the time it takes to find and to print a form"]).iloc[0]
    assert "two outcomes" in row["advice"]


def test_what_is_no_text_is_empty():
    assert lint_outcomes([None, 3.0])["faults"].tolist() == ["empty", "empty"]
    assert lint_outcomes([]).empty
    with pytest.raises(DataError, match="one text"):
        lint_outcomes("Minimize the time")


def test_hostile_text_passes_through_unread():
    row = lint_outcomes(["<script>alert(1)</script>"]).iloc[0]
    assert row["statement"] == "<script>alert(1)</script>"
    assert not row["ok"]


@pytest.mark.parametrize("given", [None, pd.DataFrame({"statement": ["Minimize the time"]})])
def test_a_frame_or_nothing_is_refused(given):
    with pytest.raises(DataError, match="one column"):
        lint_outcomes(given)
