import pandas as pd

from segkit.charts import quadrants

HOSTILE = '<img src=x onerror="window.pwned=1">'

AXES = {"x": "x", "y": "y", "group": "kind", "x_axis": "1", "y_axis": "2", "x_cut": 3.0}


def _rows(count):
    names = [HOSTILE, *(f"n{number}" for number in range(count - 1))]
    return pd.DataFrame({"name": names, "x": 2.0, "y": 1.0, "kind": "a"}).assign(kind=HOSTILE)


def test_few_are_named_and_many_when_pointed_at():
    few, many = (quadrants(_rows(count), name="name", **AXES) for count in (3, 40))
    assert (few.data[0].mode, many.data[0].mode) == ("markers+text", "markers")
    assert "<img" not in few.to_json() + many.to_json()


def test_area_shows_the_size():
    rows = _rows(2).assign(revenue=[1.0, 4.0])
    small, large = quadrants(rows, name="name", size="revenue", **AXES).data[0].marker.size
    assert (large - 7) == 2 * (small - 7)


def test_lines_part_the_quadrants():
    upright, level = quadrants(_rows(2), name="name", y_cut=0.5, **AXES).layout.shapes
    assert (upright.x0, level.y0) == (3.0, 0.5)
