"""The way of docs/own-data.md, walked with its own files and its own settings."""

import importlib.util
from pathlib import Path

import pytest

import segkit
from segkit.errors import DataError

GUIDE = Path(__file__).parents[1] / "docs" / "own-data.md"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("example", GUIDE.with_suffix("") / "example.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def company(example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "my-company"
    example.write_files(folder)
    with pytest.raises(DataError, match="columns look like accounts"):
        segkit.read(folder)
    (folder / "segkit.toml").write_text(example.settings(), encoding="utf-8")
    return segkit.read(folder)


def test_every_row_is_accounted_for_as_the_guide_shows(company):
    ledger = company.ledger.set_index("table")[["read", "used", "set_aside"]]
    assert ledger.loc["accounts"].tolist() == [5000, 5000, 0]
    assert ledger.loc["opportunities"].tolist() == [2401, 2400, 1]
    said = " ".join(GUIDE.read_text(encoding="utf-8").split())
    for finding in company.faults:
        if finding.kind != "matched name":
            assert str(finding) in said


def test_the_questions_that_the_guide_names_are_answered(company):
    state = company.coverage().set_index("question")["status"]
    assert list(state[state == "answerable"].index) == ["A1", "A2", "A5", "A6"]
    sample = segkit.sample()
    worth, same = company.ask("A5"), sample.ask("A5")
    assert worth.status == "answered"
    # The guide's settings leave the gross margin out, the sample company's tables hold it.
    assert len(worth.table) == len(same.table)


def test_dates_and_amounts_of_the_foreign_files_are_those_of_the_sample(company):
    sample, found = segkit.sample()["contracts"], company["contracts"]
    assert found["mrr"].sum() == pytest.approx(sample["mrr"].sum())
    assert (found["start"].to_numpy() == sample["start"].to_numpy()).all()
    assert found["end"].isna().sum() == sample["end"].isna().sum()
