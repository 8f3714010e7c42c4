"""U1 against the usage types planted in the sample company."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.segments import Segmenter, adjusted_rand


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("U1")


def test_three_planted_types_are_found(answer, truth):
    planted = truth["U1"]["parameter"]["shares"]
    assert len(answer.table) == 3
    assert sorted(answer.table["share"]) == pytest.approx(sorted(planted.values()), abs=0.05)
    assert answer.interval[0] < answer.estimate < answer.interval[1]


def test_users_are_grouped_as_planted(larkspur, truth):
    from segkit.answers.users.usage import _BEHAVIOUR

    labels = Segmenter(columns=list(_BEHAVIOUR)).fit(larkspur.users).labels_
    types = larkspur.users["user_id"].map(truth["U1"]["parameter"]["type"])
    assert adjusted_rand(labels, pd.factorize(types)[0]) > 0.85


def test_users_all_alike_give_no_evidence():
    rng = np.random.default_rng(2)
    users = pd.DataFrame(
        {
            "user_id": [f"U{number}" for number in range(400)],
            "active_days": rng.normal(15, 3, 400).clip(0, 31),
            "modules_used": rng.integers(1, 5, 400),
            "days_since_last": rng.exponential(5, 400),
        }
    )
    answer = segkit.CustomerBase.from_tables({"users": users}).ask("U1")
    assert answer.status == "no evidence"
    assert "No usage segments among 400 users" in answer.headline
    assert answer.estimate is None


def test_a_handful_of_users_is_not_enough():
    users = pd.DataFrame(
        {
            "user_id": ["a", "b", "c"],
            "active_days": [1, 20, 3],
            "modules_used": [1, 4, 2],
            "days_since_last": [9, 0, 4],
        }
    )
    answer = segkit.CustomerBase.from_tables({"users": users}).ask("U1")
    assert answer.status == "not enough data"


def test_pictures_show_profile_and_evidence(answer):
    assert answer.figure(0).data[0].type == "heatmap"
    assert list(answer.pictures[1].table["k"]) == [2, 3, 4, 5, 6, 7]


def test_marks_are_high_where_the_index_lies_above_the_average_user(answer):
    index = answer.pictures[0].table.set_index("segment")
    for row in answer.table.to_dict("records"):
        for mark in row["marked by"].split(" and "):
            side, _, column = mark.partition(" ")
            assert (index.loc[row["segment"], column] > 100) == (side == "high")
