"""Roles of people: what is recorded, what records of a title teach, what rules read."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError
from segkit.process import assign_roles


def test_sources_in_their_order():
    people = pd.DataFrame(
        {
            "title": ["CHRO", "CHRO", "Wizard", None],
            "role": ["Champion", None, "Guru", None],
        },
        index=[5, 3, 9, 3],
    )
    found = assign_roles(people, title="title", recorded="role")
    assert found.table["roles"].tolist() == ["influencer", "decider", "", ""]
    assert found.table["source"].tolist() == ["recorded", "rules", "none", "none"]
    assert found.table.index.tolist() == [5, 3, 9, 3]
    assert found.unknown_titles.to_dict("records") == [{"title": "Wizard", "rows": 1}]
    assert found.unknown_recorded.to_dict("records") == [{"recorded": "Guru", "rows": 1}]


def people(title, recorded, empty):
    return pd.DataFrame({"title": title, "role": [*recorded, *[None] * empty]})


def test_ten_records_of_a_title_teach_more_than_a_rule():
    found = assign_roles(people("HR Wizard", ["user; initiator"] * 10, 3), title="title",
                         recorded="role")  # fmt: skip
    assert set(found.table["roles"]) == {"initiator; user"}
    assert found.table["source"].tolist() == ["recorded"] * 10 + ["same title"] * 3


def test_nine_records_teach_nothing_yet():
    found = assign_roles(people("CFO", ["user"] * 9, 1), title="title", recorded="role")
    assert found.table.iloc[-1].tolist() == ["decider; approver", "rules"]


def test_a_title_that_everybody_holds_tells_no_role():
    recorded = ["user", "decider", "buyer", "gatekeeper"] * 5
    found = assign_roles(people("Director of HR", recorded, 1), title="title", recorded="role")
    assert found.table.iloc[-1].tolist() == ["", "none"]
    assert found.unknown_titles["title"].tolist() == ["Director of HR"]


def test_titles_are_the_same_however_they_are_spelt():
    frame = people(["HR Director", "Human Resources dir."] * 6, ["buyer"] * 11, 1)
    found = assign_roles(frame, title="title", recorded="role")
    assert found.table.iloc[-1].tolist() == ["buyer", "same title"]


def test_agreement_leaves_a_rows_own_record_out():
    """Records drawn at random teach nothing: reading them must not look better than chance."""
    rng = np.random.default_rng(0)
    recorded = rng.choice(["user", "decider"], 400).tolist()
    found = assign_roles(people("Officer", recorded, 0), title="title", recorded="role")
    agreement = found.agreement.set_index("role")
    assert agreement.loc["user", "recorded"] == recorded.count("user")
    assert agreement.loc["user", "found"] < 0.65
    assert agreement.loc[["buyer"], "found"].isna().all()


def test_agreement_of_a_clear_title_is_whole():
    found = assign_roles(people("Officer", ["user"] * 30, 0), title="title", recorded="role")
    agreement = found.agreement.set_index("role").loc["user"]
    assert (agreement["recorded"], agreement["found"], agreement["right"]) == (30, 1, 1)


def test_planted_roles_come_back():
    """Ten titles with a role each, one in eight titles filed wrongly, two in five recorded."""
    truth = dict(
        zip(
            [f"Grade {letter}" for letter in "abcdefghij"],
            ["user", "decider", "buyer", "influencer", "gatekeeper"] * 2,
            strict=True,
        )
    )
    for seed in range(5):
        rng = np.random.default_rng(seed)
        held = rng.choice(list(truth), 3000)
        written = np.where(rng.random(3000) < 1 / 8, rng.choice(list(truth), 3000), held)
        roles = pd.Series(held).map(truth)
        frame = pd.DataFrame({"title": written, "role": roles.where(rng.random(3000) < 0.4)})
        found = assign_roles(frame, title="title", recorded="role").table
        read = found["source"] == "same title"
        right = (found["roles"] == roles)[read].mean()
        # A wrong title is another role's in four cases of five.
        assert right == pytest.approx(1 - 4 / 5 / 8, abs=0.03)


def test_kinds_of_frame_are_free_and_json_is_whole():
    frame = pd.DataFrame({"title": ["CFO", "Clerk"], "dept": ["Finance", "HR"]})
    expected = assign_roles(frame, title="title", function="dept")
    other = assign_roles(pl.from_pandas(frame), title="title", function="dept")
    assert expected.to_json() == other.to_json()
    assert json.loads(expected.to_json())["table"][1] == {"roles": "user", "source": "rules"}


def test_an_empty_frame_gives_an_empty_table():
    found = assign_roles(pd.DataFrame({"title": pd.Series(dtype="str")}), title="title")
    assert found.table.empty
    assert found.notes == ()


def test_missing_columns_are_all_named():
    with pytest.raises(DataError) as fault:
        assign_roles(pd.DataFrame({"titel": ["CFO"]}), title="title", recorded="role")
    assert "no column 'title'. Did you mean 'titel'?" in str(fault.value)
    assert "no column 'role'" in str(fault.value)
