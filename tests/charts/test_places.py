"""Maps of positions: places, names, colours, hostile names."""

import numpy as np
import pandas as pd
import pytest

from segkit.charts import nine_cells, position_map
from segkit.charts.name_places import _PLACES, _box, _covered, places_of_names

ROWS = pd.DataFrame(
    {
        "who": ["A", "<script>b</script>", "C"],
        "x": [0.5, 1.0, 4.0],
        "y": [0.1, 0.2, 0.3],
        "kind": ["star", "dog", "star"],
        "paid": [1.0, 4.0, 16.0],
    }
)


def drawn(frame=ROWS, **more):
    words = {"name": "who", "x": "x", "y": "y", "group": "kind", "x_axis": "x", "y_axis": "y"}
    return position_map(frame, **words, **more)


def test_each_row_stands_at_its_place_under_its_name():
    figure = drawn()
    found = {
        name: place
        for trace in figure.data
        for name, *place in zip(trace.text, trace.x, trace.y, strict=True)
    }
    assert found["C"] == [4.0, 0.3]
    assert "&lt;script&gt;b" in "".join(found)
    assert "<script" not in "".join(found)


def test_axes_reach_over_points_and_cuts():
    low, high = drawn(y_cuts=[0.6]).layout.yaxis.range
    assert low < 0.1
    assert high > 0.6
    left, right = drawn(log_x=True, x_cuts=[10.0]).layout.xaxis.range
    assert left < np.log10(0.5)
    assert right > 1


def test_area_shows_size():
    sizes = {
        name: size
        for trace in drawn(size="paid").data
        for name, size in zip(trace.text, trace.marker.size, strict=True)
    }
    assert sizes["C"] - 9 == pytest.approx(4 * (sizes["A"] - 9), abs=0.5)


def test_names_keep_apart_where_there_is_room():
    points = np.array([[0.5, 0.5], [0.52, 0.5], [0.5, 0.56]])
    names = ["Larkspur", "Vendor A", "Vendor B"]
    places = places_of_names(points, names)
    assert set(places) <= set(_PLACES)
    boxes = [
        _box(place, point * (250, 300), 7 * len(name), 18)
        for place, point, name in zip(places, points, names, strict=True)
    ]
    for number, box in enumerate(boxes):
        assert _covered(box, boxes[:number]) == 0


def test_one_point_alone_is_drawn():
    assert len(drawn(ROWS.head(1)).data) == 1


def test_cells_are_shaded_by_what_to_do():
    rows = pd.DataFrame({"who": ["A"], "s": [5.0], "a": [5.0], "do": ["invest"]})
    figure = nine_cells(rows, name="who", x="s", y="a", group="do", cuts=[7 / 3, 11 / 3])
    cells = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert len(cells) == 9
    best = max(cells, key=lambda shape: shape.x0 + shape.y0)
    assert best.fillcolor == figure.data[0].marker.color
    assert min(cells, key=lambda shape: shape.x0 + shape.y0).fillcolor != best.fillcolor


def test_many_are_named_when_pointed_at():
    many = pd.concat([ROWS] * 20)
    (mode,) = {trace.mode for trace in drawn(many).data}
    assert mode == "markers"
    assert "<script" not in drawn(many).to_json()


def test_a_group_keeps_its_colour():
    first = drawn(ROWS[ROWS["kind"] == "star"], order=["dog", "star"]).data[0]
    assert first.marker.color == drawn(ROWS, order=["dog", "star"]).data[1].marker.color
