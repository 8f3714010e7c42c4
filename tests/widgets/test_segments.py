"""The controls as a person would move them, without a browser."""

import numpy as np
import pandas as pd
import pytest

from segkit.widgets import explore_segments

pytest.importorskip("anywidget")


def _three_groups(rows=240):
    rng = np.random.default_rng(0)
    centre = np.repeat([0.0, 8.0, 16.0], rows // 3)
    return pd.DataFrame(
        {
            "<b>a</b>": rng.normal(centre),
            "b": rng.normal(-centre),
            "noise": rng.normal(size=rows),
            "id": [f"C{number}" for number in range(rows)],
        }
    )


def _all(box):
    for one in box.children:
        yield one
        yield from _all(one) if hasattr(one, "children") else ()


def _find(box, description):
    return next(one for one in _all(box) if getattr(one, "description", "") == description)


def _ticks(box):
    boxes = next(one for one in box.children if type(one).__name__ == "Box")
    return {tick.description: tick for tick in boxes.children}


def _press(box, words):
    _find(box, words).click()


def _words(box):
    return next(one.value for one in box.children if type(one).__name__ == "HTML")


def _figures(box):
    return [one for one in box.children if type(one).__name__ == "FigureWidget"]


@pytest.fixture
def box():
    return explore_segments(_three_groups())


def test_three_groups_show_at_once(box):
    assert "Natural" in _words(box)
    assert len(_figures(box)) == 3
    assert list(_ticks(box)) == ["<b>a</b>", "b", "noise"]


def test_number_of_segments_changes_everything(box):
    before = [figure.to_json() for figure in _figures(box)]
    _find(box, "Segments").value = 5
    after = [figure.to_json() for figure in _figures(box)]
    assert "5 segments" in _words(box)
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_columns_left_out_leave_the_profile(box):
    _ticks(box)["noise"].value = False
    assert "noise" not in set(_figures(box)[1].data[0].y)
    _ticks(box)["<b>a</b>"].value = False
    assert set(_figures(box)[1].data[0].y) == {"b"}


def test_weight_moves_the_segments(box):
    _ticks(box)["<b>a</b>"].value = False
    _find(box, "Segments").value = 2
    before = _words(box)
    _find(box, "Weight of").value = "noise"
    _find(box, "counts times").value = 3.0
    assert _words(box) != before
    _find(box, "Weight of").value = "b"
    assert _find(box, "counts times").value == 1.0
    _find(box, "Weight of").value = "noise"
    assert _find(box, "counts times").value == 3.0


def test_no_column_is_explained_and_undone(box):
    _press(box, "No column")
    assert "Choose at least one column." in _words(box)
    assert _figures(box) == []
    _press(box, "All columns")
    assert len(_figures(box)) == 3
    assert "Natural" in _words(box)


def test_foreign_names_are_escaped(box):
    assert "<b>" not in _words(box)


def test_infinite_values_are_explained():
    frame = pd.DataFrame({"x": [1.0, np.inf, 3.0] * 30})
    assert "infinite" in _words(explore_segments(frame))


@pytest.mark.parametrize("source", [7, pd.DataFrame({"id": ["a", "b", "c"]}), pd.DataFrame()])
def test_what_cannot_be_grouped_is_explained(source):
    assert 'role="status"' in explore_segments(source).children[0].value


def test_a_company_offers_each_kind_of_column(larkspur):
    box = explore_segments(larkspur)
    basis = _find(box, "Group by")
    assert basis.options == ("use", "needs", "firmographics")
    basis.value = "needs"
    assert len(_ticks(box)) == 24
    assert "Natural" in _words(box)
