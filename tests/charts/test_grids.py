import numpy as np
import pandas as pd

from segkit.charts import heatmap, level_map, verdict_grid

HOSTILE = '<img src=x onerror="window.pwned=1">'
LEVELS = pd.DataFrame({"purchases": [2, 3], "0": [90.0, 95.0], "8": [50.0, 4.0]})
AXES = {"name": "purchases", "columns": ["0", "8"], "x_axis": "", "y_axis": "", "axis": "USD"}


def test_map_of_levels_has_numbers_on_both_axes():
    (surface,) = level_map(LEVELS, **AXES, top=100.0).data
    assert surface.type == "heatmap"
    assert (surface.x, surface.y) == ((0.0, 8.0), (2.0, 3.0))
    assert surface.z[1][1] == 4.0


def test_lines_of_equal_value_stand_at_round_levels_within_the_surface():
    lines = level_map(LEVELS, **AXES).data
    assert {line.type for line in lines} == {"contour"}
    assert [line.contours.start for line in lines] == [0.5, 1, 2, 5, 10, 20, 50]
    flat = LEVELS.assign(**{"0": 0.0, "8": 0.0})
    assert level_map(flat, **AXES).data == ()


def test_empty_heatmap_and_constant_values_draw():
    rows = pd.DataFrame({"name": ["a"], "x": [1.0]})
    assert heatmap(rows, name="name", columns=["x"], centre=1.0, axis="x").data[0].zmax > 1.0


def test_tests_have_signs_beside_colours():
    rows = pd.DataFrame({"segment": [HOSTILE, "b"], "test": ["pass", "fail"]})
    figure = verdict_grid(rows, name="segment", columns=["test"])
    assert [row[0] for row in figure.data[0].text] == ["✓", "✗"]
    assert [row[0] for row in figure.data[0].z] == [1.0, 0.0]
    assert "<img" not in figure.to_json()


def test_foreign_text_is_shown_not_read():
    rows = pd.DataFrame({"name": [HOSTILE], "x": [1.0]})
    assert "<img" not in heatmap(rows, name="name", columns=["x"], centre=1.0, axis="x").to_json()


def test_unknown_cells_stay_empty():
    rows = pd.DataFrame({"account": ["a"], "Ann": [2.0], "Bob": [np.nan]})
    grid = heatmap(rows, name="account", columns=["Ann", "Bob"], centre=0.0, axis="", form="+~g")
    assert grid.data[0].texttemplate == "%{z:+~g}"
    assert (grid.data[0].zmin, grid.data[0].zmax) == (-2.0, 2.0)
    assert '"z":[[2.0,null]]' in grid.to_json()
