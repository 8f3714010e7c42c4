"""Kano's table, Berger's coefficients, Fong's test and DuMouchel's points."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.surveys import kano

WORDS = ["like", "must", "neutral", "live with", "dislike"]
# Kano, Seraku, Takahashi & Tsuji 1984: rows functional, columns dysfunctional.
TABLE = {
    "like": "QAAAO",
    "must": "RIIIM",
    "neutral": "RIIIM",
    "live with": "RIIIM",
    "dislike": "RRRRQ",
}
PAIR = {
    "M": ("must", "dislike"),
    "O": ("like", "dislike"),
    "A": ("like", "neutral"),
    "I": ("neutral", "neutral"),
    "R": ("dislike", "neutral"),
    "Q": ("like", "like"),
}


def of_counts(**counts):
    pairs = [PAIR[name] for name, count in counts.items() for _ in range(count)]
    return kano([pair[0] for pair in pairs], [pair[1] for pair in pairs]).table.iloc[0]


@pytest.mark.parametrize("functional", WORDS)
def test_every_cell_of_the_table(functional):
    for place, dysfunctional in enumerate(WORDS):
        found = kano([functional], [dysfunctional])
        assert found.answers["category"].tolist() == [TABLE[functional][place]]
        coded = kano([WORDS.index(functional) + 1], [place + 1])
        assert coded.table["category"].tolist() == [TABLE[functional][place]]


# Sauerwein, Bailom, Matzler & Hinterhuber 1996 on skis (edge grip, ease of turn, service), shares
# in per mille as reprinted, page not seen; the coefficients are recomputed from them by hand.
@pytest.mark.parametrize(
    ("counts", "category", "better", "worse"),
    [
        ({"A": 70, "O": 323, "M": 493, "I": 95, "R": 3, "Q": 20}, "M", 0.40, -0.83),
        ({"A": 104, "O": 451, "M": 305, "I": 115, "Q": 12}, "O", 0.57, -0.78),
        ({"A": 638, "O": 216, "M": 29, "I": 85, "R": 7, "Q": 3}, "A", 0.88, -0.25),
    ],
)
def test_sauerwein_1996(counts, category, better, worse):
    row = of_counts(**counts)
    assert row["category"] == category
    assert (row["better"], row["worse"]) == pytest.approx((better, worse), abs=0.006)
    assert row["better_low"] < row["better"] < row["better_high"]
    assert row["worse_low"] < row["worse"] < row["worse_high"] < 0


@pytest.mark.parametrize(
    ("counts", "category"),
    [
        ({"I": 5, "A": 5, "O": 5, "M": 5}, "M"),
        ({"I": 5, "A": 5, "O": 5, "M": 4}, "O"),
        ({"I": 5, "A": 5, "O": 4, "M": 4}, "A"),
        ({"R": 5, "I": 5}, "I"),
    ],
)
def test_ties_go_to_what_matters_more(counts, category):
    assert of_counts(**counts)["category"] == category


def test_fong_1996():
    """|a - b| < 1.65 sqrt((a + b)(2n - a - b) / 2n): with a + b = n = 100 the bound is 11.67."""
    assert 1.65 * np.sqrt(100 * 100 / 200) == pytest.approx(11.67, abs=0.01)
    assert not of_counts(M=55, O=45)["clear"]  # 10
    assert of_counts(M=56, O=44)["clear"]  # 12
    # With others about, n = 200: 1.65 sqrt(100 x 300 / 400) = 14.29.
    others = {"A": 40, "I": 40, "R": 20}
    assert not of_counts(M=57, O=43, **others)["clear"]
    assert of_counts(M=58, O=42, **others)["clear"]


def test_dumouchel_1993():
    """Points 4, 2, 0, -1, -2 if there and -2, -1, 0, 2, 4 if not."""
    found = kano(["like", "must"], ["live with", "dislike"]).table.iloc[0]
    assert (found["functional"], found["dysfunctional"]) == (3.0, 3.0)
    assert found["continuous"] == "O"
    assert of_counts(A=9)["continuous"] == "A"
    assert kano(["neutral"] * 5, ["dislike"] * 5).table["continuous"].tolist() == ["M"]
    assert of_counts(I=9)["continuous"] == "I"


def test_usual_sentences_are_understood():
    found = kano(
        ["I like it that way.", "It must be that way", "I am neutral", "I can live with it"],
        ["I dislike it that way", "I don\u2019t care", "live_with", "Dislike"],
    )
    assert found.answers["category"].tolist() == ["O", "I", "I", "M"]


def test_features_and_segments():
    frame = pd.DataFrame(
        {
            "f": ["like", "like", "must", "must", "neutral"],
            "d": ["dislike", "dislike", "dislike", "dislike", "neutral"],
            "what": ["leave", "leave", "audit", "audit", "audit"],
            "group": ["x", "y", "x", "y", "y"],
        }
    )
    found = kano(frame, "d", functional="f", feature="what", segment="group").table
    assert found[["segment", "feature", "category"]].to_numpy().tolist() == [
        ["x", "audit", "M"],
        ["x", "leave", "O"],
        ["y", "audit", "M"],
        ["y", "leave", "O"],
    ]
    whole = kano(frame, "d", functional="f", feature="what").table.set_index("feature")
    assert whole.loc["audit", ["M", "I", "answers"]].tolist() == [2, 1, 3]


def test_unknown_words_are_named_with_their_rows():
    with pytest.raises(DataError) as fault:
        kano(["like", "lik", "must"], ["dislike", "neutral", "hate it"])
    message = str(fault.value)
    assert "functional: 'lik' in row 1. Did you mean 'like'?" in message
    assert "dysfunctional: 'hate it' in row 2." in message
    with pytest.raises(DataError, match="6 in row 0"):
        kano([6], [1])


def test_gaps_are_said_and_silent_features_stay_in_sight():
    found = kano(["like", None, None], ["dislike", "like", None], feature=["a", "a", "b"])
    assert found.table.set_index("feature").loc["b", "category"] == "not enough data"
    assert found.notes == (
        "2 answers lack one of the two questions or a name; left out.",
        "Without any answer: b.",
    )
    with pytest.raises(DataError, match="nobody answered both"):
        kano([None], ["like"])


def test_contradictions_are_said():
    row_notes = kano(["like"] * 5, ["like"] * 2 + ["dislike"] * 3).notes
    assert "contradicts itself for all" in row_notes[0]


def test_one_answer_is_not_clear():
    assert not kano(["like"], ["dislike"]).table["clear"].iloc[0]


@pytest.mark.parametrize("answer", [np.inf, 1.5, True, 0])
def test_numbers_that_are_no_answer(answer):
    with pytest.raises(DataError, match="not known as an answer"):
        kano([answer], [2])


def test_missing_words_in_lists_stay_missing():
    found = kano(["like", float("nan")], ["dislike", "like"])
    assert found.table["answers"].tolist() == [1]


def test_grids_have_a_column_for_each_feature():
    there = pd.DataFrame({"a": ["like", "must"], "b": ["must", "must"]})
    absent = pd.DataFrame({"a": ["dislike", "neutral"], "b": ["dislike", "dislike"]})
    table = kano(there, absent).table.set_index("feature")
    assert table["category"].to_dict() == {"a": "O", "b": "M"}


def test_columns_of_usual_names_and_named_values_are_taken():
    there, absent = ["like", "must", "like"], ["dislike", "dislike", "neutral"]
    frame = pd.DataFrame({"dysfunctional": absent, "feature": list("xxy"), "functional": there})
    expected = kano(frame, "dysfunctional", functional="functional", feature="feature").table
    pd.testing.assert_frame_equal(kano(frame).table, expected)
    values = kano(functional=there, dysfunctional=absent).table
    assert values.loc[0, ["O", "M", "A"]].tolist() == [1, 1, 1]


def test_berger_1993_in_words():
    """The wordings of the two questionnaires in use."""
    there = ["I like it that way", "It must be that way", "I expect it to be that way"]
    absent = ["I can live with it that way", "I can tolerate it", "I dislike it that way."]
    table = kano(there, absent).table.loc[0]
    assert table[["A", "I", "M"]].tolist() == [1, 1, 1]


def test_segments_are_compared_as_by_pearson():
    there = {"M": "must", "O": "like", "A": "like", "I": "neutral"}
    absent = {"M": "dislike", "O": "dislike", "A": "neutral", "I": "neutral"}
    counts = {"x": {"M": 30, "O": 10, "A": 10}, "y": {"M": 15, "O": 25, "A": 10}}
    rows = [
        (segment, "report", there[kind], absent[kind])
        for segment, kinds in counts.items()
        for kind, count in kinds.items()
        for _ in range(count)
    ]
    rows += [("x", "report", "neutral", "neutral"), ("tiny", "report", "like", "dislike")]
    names = ["segment", "feature", "functional", "dysfunctional"]
    found = kano(pd.DataFrame(rows, columns=names), segment="segment")
    row = found.tests.loc[0]
    # The one indifferent answer joins the rarest category, the segment of one user stays out.
    observed = np.array([[30, 10, 11], [15, 25, 10]])
    expected = observed.sum(1, keepdims=True) * observed.sum(0) / observed.sum()
    assert row["statistic"] == pytest.approx(((observed - expected) ** 2 / expected).sum())
    assert (row["segments"], row["df"], row["differs"]) == (2, 2, True)


def test_segments_that_answer_alike_are_rarely_told_apart():
    rng = np.random.default_rng(4)
    words = ["like", "must", "neutral", "live with", "dislike"]
    draw = rng.choice(words, (4, 60, 20), p=[0.3, 0.3, 0.2, 0.1, 0.1])
    frame = pd.DataFrame(
        {
            "segment": np.tile(np.repeat(list("abc"), 20), 20),
            "feature": np.repeat([f"f{n}" for n in range(20)], 60),
            "functional": draw[0].T.ravel(),
            "dysfunctional": draw[1].T.ravel(),
        }
    )
    tests = kano(frame, segment="segment").tests
    assert not tests["differs"].any()
    assert 0.3 < tests["p"].mean() < 0.7


def test_empty_text_is_no_answer():
    found = kano(["like", ""], ["dislike", "like"])
    assert found.table["answers"].tolist() == [1]
    assert found.notes[0].startswith("1 answers lack")
