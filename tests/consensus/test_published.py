"""Figures printed in the literature, by its names."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from segkit.consensus import ahp, borda, bradley_terry, kendall_w, plackett_luce

GOLDEN = Path(__file__).parents[3] / "shared" / "golden.json"


def matrix(text):
    def number(cell):
        top, _, bottom = cell.strip().partition("/")
        return float(top) / float(bottom or 1)

    return [[number(cell) for cell in row.split(",")] for row in text.split("|")]


def golden(name):
    if not GOLDEN.exists():
        pytest.skip("the shared figures are not part of the project")
    return next(one for one in json.loads(GOLDEN.read_text()) if one["id"] == name)


def test_saaty_2008_drinks():
    case = golden("ahp_drinks")
    found = ahp(matrix(case["inputs"].partition(": ")[2]))
    assert list(found.weights) == pytest.approx(case["expect"]["w"], abs=6e-4)
    assert found.consistency_ratio == pytest.approx(case["expect"]["CR"], abs=5e-4)


def test_borda_count_of_tennessee():
    case = golden("borda_tennessee")
    votes = {order: int(n) for n, order in (part.split() for part in case["inputs"].split(","))}
    assert borda(votes).points.to_dict() == case["expect"]


SCHOOL = (
    "1,4,3,1,3,4|1/4,1,7,3,1/5,1|1/3,1/7,1,1/5,1/5,1/6|"
    "1,1/3,5,1,1,1/3|1/3,5,5,1,1,3|1/4,1,6,3,1/3,1"
)
HOUSE = (
    "1,5,3,7,6,6,1/3,1/4|1/5,1,1/3,5,3,3,1/5,1/7|1/3,3,1,6,3,4,6,1/5|1/7,1/5,1/6,1,1/3,1/4,1/7,1/8|"
    "1/6,1/3,1/3,3,1,1/2,1/5,1/6|1/6,1/3,1/4,4,2,1,1/5,1/6|3,5,1/6,7,5,5,1,1/2|4,7,5,8,6,6,2,1"
)


def test_saaty_1977_choice_of_a_school():
    """Weights as printed; its largest eigenvalue (7.49) is not what the matrix gives (7.42)."""
    found = ahp(matrix(SCHOOL))
    assert list(found.weights) == pytest.approx([0.32, 0.14, 0.03, 0.13, 0.24, 0.14], abs=5e-3)
    assert found.lambda_max == pytest.approx(7.42, abs=5e-3)
    assert not found.consistent
    assert len(found.to_discuss) == 3


def test_saaty_1990_choice_of_a_house():
    found = ahp(matrix(HOUSE))
    printed = [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert list(found.weights) == pytest.approx(printed, abs=6e-4)
    assert found.lambda_max == pytest.approx(9.669, abs=6e-4)
    assert found.consistency_index == pytest.approx(0.238, abs=6e-4)
    assert found.consistency_ratio == pytest.approx(0.169, abs=6e-4)


def test_harker_1987_missing_pair():
    """Harker's example of three: 2, 2 and one pair not judged give 4/7, 2/7, 1/7."""
    found = ahp([[1, 2, np.nan], [1 / 2, 1, 2], [np.nan, 1 / 2, 1]])
    assert list(found.weights) == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert found.lambda_max == pytest.approx(3)


def test_consistency_ratio_against_another_random_index():
    """Alonso & Lamata 2006: CR = (lambda - n) / (2.7699 n - 4.3513 - n)."""
    found = ahp(matrix(HOUSE), random_index="Alonso-Lamata")
    expected = (found.lambda_max - 8) / (2.7699 * 8 - 4.3513 - 8)
    assert found.consistency_ratio == pytest.approx(expected)


def test_kendall_w_of_proofwiki():
    found = kendall_w(np.array([[1, 3, 2], [1, 2, 3], [2, 3, 1], [3, 1, 2]]))
    assert found.w == pytest.approx(1 / 16)


def test_kendall_w_of_zar_example_20_5():
    """Wing, tail and bill of 12 birds; rank sums as unistat.com prints them for the example."""
    birds = [
        [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4],
        [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3],
        [17.0, 17.0, 20.0, 14.5, 15.5, 13.0, 19.5, 16.0, 21.0, 20.0, 18.0, 22.0],
    ]
    found = kendall_w(birds)
    sums = found.table.set_index("item").loc[[str(n) for n in range(1, 13)], "rank_sum"]
    printed = [14.5, 21, 30.5, 6, 11, 3.5, 20, 11.5, 29, 28.5, 22.5, 36]
    assert sums.tolist() == printed
    ties = 2 * (8 - 2) + (27 - 3) + 2 * (8 - 2) + 2 * (8 - 2)
    squares = float(((np.array(printed) - 19.5) ** 2).sum())
    assert found.w == pytest.approx(12 * squares / (9 * (12**3 - 12) - 3 * ties), abs=1e-9)
    assert found.df == 11
    assert found.chi2 == pytest.approx(33 * found.w)


def test_kendall_w_of_the_nag_library():
    """NAG g08da: three judges, ten objects, many ties; W .8277, 22.349 on 9, p .0078."""
    scores = [
        [1.0, 4.5, 2.0, 4.5, 3.0, 7.5, 6.0, 9.0, 7.5, 10.0],
        [2.5, 1.0, 2.5, 4.5, 4.5, 8.0, 9.0, 6.5, 10.0, 6.5],
        [2.0, 1.0, 4.5, 4.5, 4.5, 4.5, 8.0, 8.0, 8.0, 10.0],
    ]
    found = kendall_w(scores)
    assert found.w == pytest.approx(0.8277, abs=6e-5)
    assert found.chi2 == pytest.approx(22.349, abs=6e-4)
    assert found.p_value == pytest.approx(0.0078, abs=6e-5)


JOURNALS = ["Biometrika", "Comm Statist", "JASA", "JRSS-B"]
CITATIONS = [[0, 730, 498, 221], [33, 0, 68, 17], [320, 813, 0, 142], [284, 276, 325, 0]]


def test_bradley_terry_citations_of_stigler():
    """R BradleyTerry2, vignette: journal citations, Biometrika at 0."""
    frame = pd.DataFrame(CITATIONS, index=JOURNALS, columns=JOURNALS)
    found = bradley_terry(frame, reference="Biometrika")
    printed = {"Comm Statist": (-2.94907, 0.10255), "JASA": (-0.47957, 0.06059)}
    printed["JRSS-B"] = (0.26895, 0.07083)
    for name, (ability, error) in printed.items():
        assert found.log_worth[name] == pytest.approx(ability, abs=6e-6)
        assert found.standard_error[name] == pytest.approx(error, abs=6e-6)


BASEBALL = """
Milwaukee Detroit 4 3, Milwaukee Toronto 4 2, Milwaukee NewYork 4 3, Milwaukee Boston 6 1,
Milwaukee Cleveland 4 2, Milwaukee Baltimore 6 0, Detroit Milwaukee 3 3, Detroit Toronto 4 2,
Detroit NewYork 4 3, Detroit Boston 6 0, Detroit Cleveland 6 1, Detroit Baltimore 4 3,
Toronto Milwaukee 2 5, Toronto Detroit 4 3, Toronto NewYork 2 4, Toronto Boston 4 3,
Toronto Cleveland 4 2, Toronto Baltimore 6 0, NewYork Milwaukee 3 3, NewYork Detroit 5 1,
NewYork Toronto 2 5, NewYork Boston 4 3, NewYork Cleveland 4 2, NewYork Baltimore 6 1,
Boston Milwaukee 5 1, Boston Detroit 2 5, Boston Toronto 3 3, Boston NewYork 4 2,
Boston Cleveland 5 2, Boston Baltimore 6 0, Cleveland Milwaukee 2 5, Cleveland Detroit 3 3,
Cleveland Toronto 3 4, Cleveland NewYork 4 3, Cleveland Boston 4 2, Cleveland Baltimore 2 4,
Baltimore Milwaukee 2 5, Baltimore Detroit 1 5, Baltimore Toronto 1 6, Baltimore NewYork 2 4,
Baltimore Boston 1 6, Baltimore Cleveland 3 4
"""


def test_bradley_terry_baseball_of_agresti():
    """Agresti, Categorical Data Analysis, 1987 American League; Baltimore at 0 (BradleyTerry2)."""
    rows = []
    for game in BASEBALL.replace("\n", " ").split(","):
        home, away, won, lost = game.split()
        rows += [(home, away, int(won)), (away, home, int(lost))]
    frame = pd.DataFrame(rows, columns=["winner", "loser", "count"])
    found = bradley_terry(frame, reference="Baltimore")
    printed = {
        "Boston": (1.1077, 0.3339),
        "Cleveland": (0.6839, 0.3319),
        "Detroit": (1.4364, 0.3396),
        "Milwaukee": (1.5814, 0.3433),
        "NewYork": (1.2476, 0.3359),
        "Toronto": (1.2945, 0.3367),
    }
    for name, (ability, error) in printed.items():
        assert found.log_worth[name] == pytest.approx(ability, abs=6e-5)
        assert found.standard_error[name] == pytest.approx(error, abs=6e-5)


PUDDINGS = [
    (1, 2, 19, 22, 16), (1, 3, 16, 19, 12), (2, 3, 19, 19, 10), (1, 4, 18, 23, 13),
    (2, 4, 23, 19, 9), (3, 4, 19, 20, 15), (1, 5, 13, 19, 18), (2, 5, 16, 20, 12),
    (3, 5, 16, 15, 17), (4, 5, 17, 14, 16), (1, 6, 18, 21, 12), (2, 6, 22, 20, 12),
    (3, 6, 13, 18, 10), (4, 6, 14, 19, 18), (5, 6, 11, 21, 12),
]  # fmt: skip


def test_davidson_1970_chocolate_puddings():
    """Ties: worths and nu as R PlackettLuce prints them in its vignette."""
    wins, ties = np.zeros((6, 6)), np.zeros((6, 6))
    for i, j, one, other, even in PUDDINGS:
        wins[i - 1, j - 1], wins[j - 1, i - 1], ties[i - 1, j - 1] = one, other, even
    found = bradley_terry(wins, ties=ties)
    printed = [0.1388, 0.1730, 0.1617, 0.1654, 0.1587, 0.2024]
    assert found.worth.sort_index().tolist() == pytest.approx(printed, abs=6e-5)
    assert found.tie_strength == pytest.approx(0.7468, abs=6e-5)


def test_plackett_luce_against_its_likelihood_written_out():
    """Recomputed: a general optimiser on the likelihood of Luce 1959, rankings full and partial."""
    orders = [["a", "b", "c", "d"], ["b", "a", "d"], ["c", "a", "b", "d"], ["d", "c", "b"],
              ["a", "c", "d", "b"], ["b", "d", "a"]]  # fmt: skip

    def loss(logs):
        worth = dict(zip("abcd", logs, strict=True))
        return (logs**2).sum() * 1e-12 - sum(
            worth[order[place]] - np.log(sum(np.exp(worth[one]) for one in order[place:]))
            for order in orders
            for place in range(len(order) - 1)
        )

    best = minimize(loss, np.zeros(4), tol=1e-10).x
    found = plackett_luce(orders)
    logs = found.log_worth[list("abcd")].to_numpy()
    assert logs == pytest.approx(best - best.mean(), abs=1e-4)
    assert found.log_likelihood == pytest.approx(-loss(best), abs=1e-6)
    steps = np.eye(4) * 1e-4
    curvature = np.array(
        [
            [
                (loss(logs + one + two) - loss(logs + one - two)
                 - loss(logs - one + two) + loss(logs - one - two)) / 4e-8
                for two in steps
            ]
            for one in steps
        ]
    )  # fmt: skip
    errors = np.sqrt(np.diag(np.linalg.pinv(curvature, rcond=1e-5)))
    assert found.standard_error[list("abcd")].to_numpy() == pytest.approx(errors, rel=1e-3)
