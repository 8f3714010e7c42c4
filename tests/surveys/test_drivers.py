"""Relative weights against printed output and what theory says."""

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.surveys import relative_weights, weights_of_correlations

# Motor Trend 1974 (Henderson & Velleman 1981): mpg, cyl, disp, hp, wt.
CARS = """21 6 160 110 2.62|21 6 160 110 2.875|22.8 4 108 93 2.32|21.4 6 258 110 3.215
18.7 8 360 175 3.44|18.1 6 225 105 3.46|14.3 8 360 245 3.57|24.4 4 146.7 62 3.19
22.8 4 140.8 95 3.15|19.2 6 167.6 123 3.44|17.8 6 167.6 123 3.44|16.4 8 275.8 180 4.07
17.3 8 275.8 180 3.73|15.2 8 275.8 180 3.78|10.4 8 472 205 5.25|10.4 8 460 215 5.424
14.7 8 440 230 5.345|32.4 4 78.7 66 2.2|30.4 4 75.7 52 1.615|33.9 4 71.1 65 1.835
21.5 4 120.1 97 2.465|15.5 8 318 150 3.52|15.2 8 304 150 3.435|13.3 8 350 245 3.84
19.2 8 400 175 3.845|27.3 4 79 66 1.935|26 4 120.3 91 2.14|30.4 4 95.1 113 1.513
15.8 8 351 264 3.17|19.7 6 145 175 2.77|15 8 301 335 3.57|21.4 4 121 109 2.78"""


@pytest.fixture(scope="module")
def cars():
    rows = [row.split() for row in CARS.replace("\n", "|").split("|")]
    return pd.DataFrame(rows, columns=["mpg", "cyl", "disp", "hp", "wt"]).astype(float)


def test_rwa_motor_trend(cars):
    """Printed in the articles of the R package rwa (Chan 2025): rwa_multiregress on mtcars."""
    found = relative_weights(cars, "mpg", resamples=200)
    table = found.table.set_index("driver")
    printed = {"cyl": 0.2096904, "disp": 0.1883043, "hp": 0.1799590, "wt": 0.2706812}
    rescaled = {"cyl": 24.70914, "disp": 22.18908, "hp": 21.20570, "wt": 31.89607}
    assert table["weight"].to_dict() == pytest.approx(printed, abs=1e-7)
    assert (100 * table["share"]).to_dict() == pytest.approx(rescaled, abs=1e-4)
    assert (table["correlation"] < 0).all()
    assert table.index[0] == "wt"


def test_weights_sum_to_r_squared(cars):
    design = np.column_stack([np.ones(len(cars)), cars.drop(columns="mpg")])
    fitted = design @ np.linalg.lstsq(design, cars["mpg"], rcond=None)[0]
    r_squared = np.corrcoef(fitted, cars["mpg"])[0, 1] ** 2
    assert relative_weights(cars, "mpg", resamples=10).r_squared == pytest.approx(r_squared)


def test_published_correlations_are_enough(cars):
    among = cars.drop(columns="mpg").corr()
    weights = weights_of_correlations(among, cars.corr()["mpg"].drop("mpg"))
    table = relative_weights(cars, "mpg", resamples=10).table.set_index("driver")["weight"]
    assert weights == pytest.approx(table[among.columns].to_numpy())
    with pytest.raises(DataError, match="square"):
        weights_of_correlations(among, [0.1, 0.2])


def test_uncorrelated_drivers_weigh_their_squared_correlation():
    assert weights_of_correlations(np.eye(3), [0.6, -0.5, 0.0]) == pytest.approx([0.36, 0.25, 0])


def test_twins_share_alike():
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    frame = pd.DataFrame({"a": x, "b": x, "c": rng.normal(size=200)})
    y = x + 0.5 * rng.normal(size=200)
    table = relative_weights(frame, y).table.set_index("driver")
    assert table.loc["a", "weight"] == pytest.approx(table.loc["b", "weight"])
    alone = relative_weights(frame[["a", "c"]], y).r_squared
    assert table["weight"].sum() == pytest.approx(alone)


def test_scaling_and_order_change_nothing(cars):
    weights = relative_weights(cars, "mpg", resamples=10).table.set_index("driver")["weight"]
    other = cars.assign(wt=-1000 * cars["wt"] + 5)[["wt", "hp", "mpg", "disp", "cyl"]]
    again = relative_weights(other, "mpg", resamples=10).table.set_index("driver")["weight"]
    assert again.to_dict() == pytest.approx(weights.to_dict())


def test_arrays_and_names(cars):
    grid = cars[["wt", "hp"]].to_numpy()
    named = relative_weights(cars, "mpg", drivers=["wt", "hp"], resamples=10)
    found = relative_weights(grid, cars["mpg"].tolist(), resamples=10)
    assert found.table["driver"].tolist() == ["x1", "x2"]
    assert found.table["weight"].tolist() == named.table["weight"].tolist()


def test_planted_shares_lie_in_their_intervals():
    """Independent drivers with shares .5, .3, .2 of an R2 of .6."""
    planted = np.array([0.5, 0.3, 0.2])
    held = 0
    rng = np.random.default_rng(9)
    for _ in range(40):
        X = rng.normal(size=(300, 3))
        y = X @ np.sqrt(0.6 * planted) + np.sqrt(0.4) * rng.normal(size=300)
        table = relative_weights(X, y, resamples=300).table.set_index("driver").sort_index()
        held += ((table["share_low"] <= planted) & (planted <= table["share_high"])).sum()
    assert 0.82 * 120 <= held <= 0.97 * 120


def test_constant_drivers_and_gaps_are_said(cars):
    frame = cars.assign(same=3.0)
    frame.loc[0, "wt"] = np.nan
    found = relative_weights(frame, "mpg", resamples=10)
    assert found.table.set_index("driver").loc["same", "weight"] == 0
    assert found.answers == 31
    assert found.notes == (
        "1 rows with gaps are left out.",
        "The same in all rows, and so without weight: same.",
    )


def test_bad_input_is_named(cars):
    with pytest.raises(DataError, match="5 rows are complete; 4 drivers need at least 7"):
        relative_weights(cars.head(5), "mpg")
    with pytest.raises(DataError, match="nothing is to explain"):
        relative_weights(cars.assign(mpg=1.0), "mpg")
    with pytest.raises(DataError, match="'heavy' in row 2"):
        relative_weights(cars.astype({"wt": object}).replace({"wt": {2.32: "heavy"}}), "mpg")
    with pytest.raises(DataError, match="no column 'mgp'"):
        relative_weights(cars, "mgp")
    with pytest.raises(DataError, match="32 rows, but the outcome has"):
        relative_weights(cars, [1.0, 2.0])
    with pytest.raises(ParameterError, match="confidence"):
        relative_weights(cars, "mpg", confidence=90)


def test_same_digits_on_any_number_of_threads(cars):
    tables = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            tables.append(relative_weights(cars, "mpg").table)
    pd.testing.assert_frame_equal(*tables, check_exact=True)


@pytest.mark.parametrize("wrong", [[[1, 2], [3]], None])
def test_rows_that_are_none_are_refused(wrong):
    with pytest.raises((DataError, ParameterError)):
        relative_weights(wrong, [1, 2])


@pytest.mark.parametrize(
    ("among", "outcome"),
    [
        ([[1, 0.99], [0.99, 1]], [0.9, -0.9]),
        ([[1, 1.5], [1.5, 1]], [0.9, 0.2]),
        ([[1, 0.5], [0.1, 1]], [0.9, 0.2]),
        ([[2, 0.5], [0.5, 1]], [0.9, 0.2]),
        ([[1, np.nan], [np.nan, 1]], [0.9, 0.2]),
        (1, 0.9),
    ],
)
def test_correlations_that_no_data_have(among, outcome):
    with pytest.raises(DataError, match="correlations"):
        weights_of_correlations(among, outcome)
