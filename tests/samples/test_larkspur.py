"""One seed, one company: the same on any machine, whole, and without faults."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from segkit.errors import ParameterError
from segkit.questions import coverage, questions
from segkit.samples import make_case
from segkit.samples.case import canonical_csv
from segkit.tables import CompanyTables

SHIPPED = Path(__file__).parents[2] / "data" / "samples"

_PRINT_DIGESTS = """
import hashlib, json
from segkit.samples import make_case
case = make_case(seed=3, scale=0.1)
for name in case.tables:
    print(name, case.digest(name))
print("truth", hashlib.sha256(json.dumps(case.truth).encode()).hexdigest())
"""


def test_shipped_tables_are_the_draw_of_seed_seven(shipped_case):
    if not SHIPPED.exists():
        pytest.skip("data/samples is not part of an installed package")
    kept = CompanyTables.read(SHIPPED)
    for name in shipped_case.tables:
        digest = hashlib.sha256(canonical_csv(kept[name])).hexdigest()
        assert digest == shipped_case.digest(name), name
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert all(shipped_case.digest(name) in readme for name in shipped_case.tables)
    truth = json.loads((SHIPPED / "truth.json").read_text(encoding="utf-8"))
    assert truth == shipped_case.truth
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) <= 6e6


def test_digests_do_not_depend_on_hash_seed_threads_or_processor(small_case):
    elsewhere = {
        "PYTHONHASHSEED": "4242",
        "OMP_NUM_THREADS": "2",
        # NumPy's plain code, as it runs on processors without newer instructions.
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR AVX2 FMA3",
    }
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PRINT_DIGESTS],
        env=os.environ | elsewhere,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    truth = hashlib.sha256(json.dumps(small_case.truth).encode()).hexdigest()
    lines = [f"{name} {small_case.digest(name)}" for name in small_case.tables]
    assert printed.splitlines() == [*lines, f"truth {truth}"]


def test_another_seed_is_another_company(small_case):
    other = make_case(seed=4, scale=0.1)
    same = {name for name in other.tables if other.digest(name) == small_case.digest(name)}
    # What is not drawn: facts, ranges, what the management thinks, statements of outcomes.
    assert same == {"market_facts", "external_factors", "facts", "jobs", "decisions"}


@pytest.mark.parametrize(("seed", "scale"), [(3, 0.1), (11, 0.35)])
def test_tables_pass_the_check_and_answer_every_question(seed, scale):
    case = make_case(seed, scale)
    company = CompanyTables.from_tables(case.tables, {"currency": "USD"})
    assert (company.ledger["set_aside"] == 0).all()
    assert company.ledger.set_index("table")["read"].to_dict() == {
        name: len(frame) for name, frame in case.tables.items()
    }
    assert company.faults == ()
    assert company.as_of == pd.Timestamp(case.truth["as_of"])
    assert (coverage(company)["missing"] == "").all()


def test_every_question_has_a_truth_that_says_what_it_is(case):
    assert set(questions()) <= set(case.truth)
    kinds = {"parameter", "realised"}
    entries = {name: part for name, part in case.truth.items() if isinstance(part, dict)}
    assert all(part and set(part) <= kinds for part in entries.values())


def test_weights_sum_to_the_universe(case, small_case):
    for drawn in (case, small_case):
        accounts = drawn.tables["accounts"]
        counted = accounts.groupby("segment")["weight"].sum().round(6).to_dict()
        assert counted == {
            "school systems": 13318,
            "community colleges": 841,
            "public universities": 776,
            "private universities": 1656,
        }
        bands = accounts.groupby("subsegment")["weight"].sum().round(6)
        assert bands["private 1,000+ staff"] == 213
        assert bands["private 300-999 staff"] == 571


def test_names_are_different_and_some_are_awkward(case):
    names = case.tables["accounts"]["name"]
    assert names.is_unique
    for sign in ("'", ",", "ñ", "ü", "ê"):
        assert names.str.contains(sign).any(), sign
    assert not names.str.contains("[<>=]").any()


def test_sizes_are_those_of_the_sample_company(case):
    rows = {name: len(frame) for name, frame in case.tables.items()}
    expected = {"accounts": 5000, "partners": 25, "opportunities": 2400, "users": 400, "reps": 24}
    assert {name: rows[name] for name in expected} == expected
    assert 6500 <= rows["contacts"] <= 7500
    assert 7500 <= rows["opp_contacts"] <= 9500
    assert 19_000 <= rows["activities"] <= 21_000
    assert 10_500 <= rows["leads"] <= 12_500


@pytest.mark.parametrize("seed", [-1, 1.5, True, "7", 2**64])
def test_seed_must_be_a_whole_number(seed):
    with pytest.raises(ParameterError, match="'seed' parameter of make_case"):
        make_case(seed=seed)


@pytest.mark.parametrize("scale", [0, 0.09, 10.5, float("nan"), float("inf"), "big", None])
def test_scale_must_lie_in_its_range(scale):
    with pytest.raises(ParameterError, match="'scale' parameter of make_case"):
        make_case(scale=scale)
