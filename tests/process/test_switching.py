"""Switching: published table, hand values, steady states."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.process import share_of_job, switching_matrix

# Grover & Srinivasan (1987) by Agresti, Categorical Data Analysis: purchases of decaffeinated
# coffee, first in rows and second in columns.
BRANDS = ["High Point", "Taster's Choice", "Sanka", "Nescafe", "Brim"]
COFFEE = np.array(
    [
        [93, 17, 44, 7, 10],
        [9, 46, 11, 0, 9],
        [17, 11, 155, 9, 12],
        [6, 4, 9, 15, 2],
        [10, 4, 12, 2, 27],
    ]
)


def as_log(counts, names):
    rows = [
        (names[i], names[j]) for (i, j), n in np.ndenumerate(counts) for _ in range(n)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["from", "to"])


@pytest.mark.parametrize(
    "data", [COFFEE, pd.DataFrame(COFFEE, BRANDS, BRANDS), as_log(COFFEE, BRANDS)]
)
def test_agrestis_coffee_is_not_symmetric(data):
    """Symmetry: X2 = 20.4 with 10 degrees of freedom; R's mcnemar.test says 20.412, p 0.0256."""
    found = switching_matrix(data)
    assert found.symmetry["statistic"] == pytest.approx(20.412, abs=5e-4)
    assert found.symmetry["df"] == 10
    assert found.symmetry["p"] == pytest.approx(0.02558, abs=1e-5)


def test_steady_state_is_that_of_the_chain():
    found = switching_matrix(pd.DataFrame(COFFEE, BRANDS, BRANDS))
    P = COFFEE / COFFEE.sum(axis=1, keepdims=True)
    values, vectors = np.linalg.eig(P.T)
    steady = np.real(vectors[:, np.argmax(np.real(values))])
    table = found.table.set_index("alternative").loc[BRANDS]
    assert table["steady"].to_numpy() == pytest.approx(steady / steady.sum())
    assert (table["steady_low"] < table["steady"]).all()
    assert (table["steady"] < table["steady_high"]).all()
    assert found.steady_of == "users"


def test_net_flow_by_hand():
    log = pd.DataFrame(
        {"from": ["nothing"] * 30 + ["sheet"] * 10, "to": ["sheet"] * 30 + ["nothing"] * 10}
    )
    found = switching_matrix(log, users={"nothing": 100, "sheet": 300})
    row = found.table.iloc[0]
    assert (row["alternative"], row["joined"], row["left"], row["net_share"]) == (
        "sheet",
        30,
        10,
        0.5,
    )
    # Variance of a mean of +1 and -1, as of a net promoter score: (1 - 0.5^2) / 40.
    assert row["high"] - 0.5 == pytest.approx(1.6448536 * np.sqrt(0.75 / 40))
    # In balance 30 / 100 of those without leave as many as 10 / 300 of those with a sheet.
    assert row["steady"] == pytest.approx(0.9)
    assert row["verdict"] == "gains"


def test_switches_that_do_not_link_have_no_steady_state():
    log = pd.DataFrame({"from": ["a", "b", "c", "d"], "to": ["b", "a", "d", "c"]})
    found = switching_matrix(log)
    assert found.table["steady"].isna().all()
    assert "do not link" in found.notes[-1]
    assert set(found.table["verdict"]) == {"no evidence"}


def test_what_nobody_leaves_takes_all():
    found = switching_matrix(pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"]}))
    assert found.table.set_index("alternative")["steady"].to_dict() == pytest.approx(
        {"c": 1, "a": 0, "b": 0}
    )


def test_shares_of_jobs():
    usage = pd.DataFrame(
        {
            "user": [1, 2, 3, 1, 2, 3],
            "job": ["x"] * 3 + ["y"] * 3,
            "tool": ["a", "a", "b", "a", "a", None],
            "rating": [5, 3, 1, 4, 4, 2],
        }
    )
    table = share_of_job(usage, alternative="tool", job="job", satisfaction="rating", user="user")
    assert table["job"].unique().tolist() == ["all jobs", "x", "y"]
    first = table.iloc[0]
    assert (first["alternative"], first["users"], first["share"]) == ("a", 4, 0.8)
    assert first["satisfaction"] == 4
    assert first["satisfaction_low"] < 4 < first["satisfaction_high"]


def test_refusals_name_what_is_wrong():
    with pytest.raises(DataError, match="There is no switch"):
        switching_matrix(np.diag([3, 4]))
    with pytest.raises(DataError, match="no column 'to'"):
        switching_matrix(pd.DataFrame({"from": ["a"]}))
    with pytest.raises(ParameterError, match="users"):
        switching_matrix(COFFEE, users={0: 1})
    with pytest.raises(DataError, match="0 or more"):
        switching_matrix([[0, -1], [1, 0]])
    with pytest.raises(DataError, match="No row names an alternative"):
        share_of_job(pd.DataFrame({"alternative": [None]}))


def test_a_net_share_at_the_edge_has_an_interval():
    moves = pd.DataFrame({"from": ["a"] * 3, "to": ["b"] * 3})
    table = switching_matrix(moves).table.set_index("alternative")
    assert table.loc["b", "net_share"] == table.loc["b", "high"] == 1
    # By hand: (4 - 1) / 5, less 1.645 times the root of (5 / 5 - 0.36) / 5.
    assert table.loc["b", "low"] == pytest.approx(0.6 - 1.644854 * np.sqrt(0.128), abs=1e-5)


def test_the_seed_draws_the_ends_of_steady_shares():
    log = pd.DataFrame({"from": ["a"] * 9 + ["b"] * 5, "to": ["b"] * 9 + ["a"] * 5})
    first, again, other = (
        switching_matrix(log, random_state=seed).table["steady_low"].tolist() for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_counts_are_matched_by_name():
    table = pd.DataFrame(COFFEE, BRANDS, BRANDS)
    turned = switching_matrix(table.loc[BRANDS[::-1]])
    assert turned.table.equals(switching_matrix(table).table)
    with pytest.raises(DataError, match="same alternatives"):
        switching_matrix(table.rename(index={"Brim": "Bream"}))


def test_what_is_no_number_is_named():
    with pytest.raises(DataError, match="numbers of 0 or more"):
        switching_matrix([["a", "b"], ["c", "d"]])
    with pytest.raises(ParameterError, match="users"):
        switching_matrix(as_log(COFFEE, BRANDS), users=dict.fromkeys(BRANDS, "many"))
    with pytest.raises(ParameterError, match="a mapping of names to numbers"):
        switching_matrix(as_log(COFFEE, BRANDS), users=[10, 20, 30, 40, 50])
    usage = pd.DataFrame({"alternative": ["sheet", "ours"], "rating": ["good", 3]})
    with pytest.raises(DataError, match="'good' in row 0"):
        share_of_job(usage, satisfaction="rating")
