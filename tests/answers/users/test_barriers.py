"""U3 against the barrier planted in the sample company."""

import pytest

import segkit
from segkit.samples import make_case


@pytest.fixture(scope="module", params=[7, 101])
def answer(request):
    case = make_case(request.param)
    tables = {name: case.tables[name] for name in ("task_log", "users")}
    return segkit.CustomerBase.from_tables(tables, {"as_of": case.truth["as_of"]}).ask("U3")


def test_planted_completion_comes_back(answer, truth):
    planted = truth["U3"]["parameter"]["completion"]
    rows = answer.table.set_index("step")
    assert list(rows.index) == list(planted)
    for step, share in planted.items():
        assert rows.loc[step, "share"] == pytest.approx(share, abs=0.001)
        assert rows.loc[step, "low"] < share < rows.loc[step, "high"]
    assert rows.index[rows["verdict"] == "less often"].tolist() == ["confirm"]


def test_planted_reason_comes_back(answer):
    assert "Users fail most at confirm: 61 %" in answer.headline
    assert "55 % of all failures name missing approval" in answer.headline
    reasons = next(picture for picture in answer.pictures if picture.about == "reasons").table
    assert reasons["cumulative"].iloc[-1] == pytest.approx(1)


def test_the_barrier_takes_longest(answer):
    rows = answer.table.set_index("step")["median_minutes"]
    assert rows.idxmax() == "confirm"
    # Planted medians of all attempts: 24 and 9 minutes; those given up would have taken longer.
    assert rows["confirm"] > 24
    assert rows.drop("confirm").between(8.5, 10).all()


def test_reasons_and_minutes_are_not_needed(larkspur):
    log = larkspur["task_log"][["task_id", "step", "completed", "started"]]
    answer = segkit.CustomerBase.from_tables(
        {"task_log": log}, {"as_of": str(larkspur.as_of.date())}
    ).ask("U3")
    assert answer.status == "answered"
    assert [picture.about for picture in answer.pictures] == ["completion", "funnel"]


def test_all_completed_and_all_alike_are_said(larkspur):
    log = larkspur["task_log"]
    done = segkit.CustomerBase.from_tables({"task_log": log[log["completed"]]}).ask("U3")
    assert done.status == "not enough data"
    assert "were completed" in done.headline
    alike = log[log["step"].isin(["locate", "conclude"])]
    answer = segkit.CustomerBase.from_tables({"task_log": alike}).ask("U3")
    assert answer.status == "no evidence"
    assert "No step stands out" in answer.headline
