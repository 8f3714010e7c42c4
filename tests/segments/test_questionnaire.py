"""The typing tool: planted questions are found, accuracy is honest, the sheet is the model."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.segments import typing_tool

NAMES = np.array(["clerk", "generalist", "manager"])


def people(rows=400, seed=0):
    """Ratings from 1 to 5: two questions and a plan tell three segments, the rest is noise."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, rows, p=[0.45, 0.33, 0.22])

    def rated(mean):
        return np.clip(np.round(rng.normal(mean, 0.8)), 1, 5).astype(int)

    table = pd.DataFrame({f"noise {i}": rng.integers(1, 6, rows) for i in range(8)})
    table["payroll"] = rated(np.array([4.5, 2, 1.8])[kind])
    table["reports"] = rated(np.array([2.0, 2, 4.5])[kind])
    table["plan"] = np.where(rng.uniform(size=rows) < 0.9, np.array(["a", "b", "c"])[kind], "a")
    table["staff"] = rng.lognormal(3 + kind, 0.8)
    return table, NAMES[kind]


def test_the_planted_questions_are_found():
    table, kind = people()
    tool = typing_tool(table, kind)
    assert set(tool.questions) <= {"plan", "payroll", "reports", "staff"}
    assert tool.accuracy > 0.85
    assert tool.low < tool.accuracy < tool.high
    assert tool.baseline == pytest.approx((kind == "clerk").mean())
    assert tool.confusion.iloc[:, 1:].to_numpy().sum() == 400


def test_the_accuracy_told_is_that_on_new_people():
    tools = [typing_tool(*people(200, seed)) for seed in range(5)]
    new, kind = people(4000, seed=99)
    seen = [(tool.classify(new)["segment"] == kind).mean() for tool in tools]
    assert np.mean([tool.accuracy for tool in tools]) == pytest.approx(np.mean(seen), abs=0.03)


def test_noise_is_told_no_better_than_by_guessing():
    # Selection outside the folds would flatter: 30 questions, 120 people, nothing to find.
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.integers(1, 6, size=(120, 30))).add_prefix("q")
    tool = typing_tool(table, rng.integers(2, size=120))
    assert tool.accuracy < 0.55


def test_the_sheet_added_up_by_hand_is_the_tool():
    table, kind = people()
    tool = typing_tool(table, kind)
    rows = list(csv.DictReader(io.StringIO(tool.to_csv())))
    placed = tool.classify(table)
    for i in range(40):
        totals = {name: float(rows[0][name]) for name in NAMES}
        for row in rows[1:]:
            value = table[row["question"]][i]
            if row["answer"] == "x number":
                times = float(value)
            elif row["question"] == "staff":
                low, high = _band(row["answer"])
                times = float(low < value <= high)
            else:
                times = float(row["answer"] == value)
            for name in NAMES:
                totals[name] += times * float(row[name])
        best = max(totals, key=totals.get)
        assert placed["segment"][i] in {best, "unclassified"}
        powers = {name: np.exp(total - totals[best]) for name, total in totals.items()}
        assert placed["probability"][i] == pytest.approx(1 / sum(powers.values()), abs=1e-3)


def _band(answer):
    words = answer.split()
    low = float(words[1]) if words[0] == "above" else -np.inf
    return low, float(words[-1]) if "to" in words else np.inf


def test_who_is_unsure_is_unclassified():
    table, kind = people()
    tool = typing_tool(table, kind, questions=["reports"])
    placed = tool.classify(table)
    unsure = placed["probability"] < 0.6
    assert unsure.any()
    assert (placed.loc[unsure, "segment"] == "unclassified").all()
    assert 0 < tool.unclassified < 1


def test_no_cell_of_the_sheet_is_a_formula():
    table, kind = people()
    tool = typing_tool(table.rename(columns={"plan": "=cmd()"}).replace("c", "+1"), kind)
    cells = [cell for row in csv.reader(io.StringIO(tool.to_csv())) for cell in row[:2]]
    assert "'=cmd()" in cells
    assert "'+1" in cells
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_faults():
    table, kind = people(60)
    with pytest.raises(ParameterError, match="'most'"):
        typing_tool(table, kind, most=0)
    with pytest.raises(DataError, match="3 segments were given for 60"):
        typing_tool(table, [0, 1, 1])
    with pytest.raises(DataError, match="of 10 people each"):
        typing_tool(table, ["one"] * 60)
    with pytest.raises(DataError, match="Did you mean 'plan'"):
        typing_tool(table, kind, questions=["plam"])
    with pytest.raises(DataError, match=r"not there: \['plan'\]"):
        typing_tool(table, kind, questions=["plan"]).classify(table[["staff"]])
