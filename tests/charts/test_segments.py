import pandas as pd
import pytest

from segkit.charts import (
    PALETTE,
    against_base,
    gorge_plot,
    group_bars,
    quadrant_plot,
    segment_map,
    segment_profile,
    stability_by_k,
    verdict_grid,
)

HOSTILE = '<img src=x onerror="window.pwned=1">'
ROWS = pd.DataFrame(
    {
        "name": [HOSTILE, "b"],
        "segment": [HOSTILE, "b"],
        "x": [2.0, 5.0],
        "low": [1.0, 4.5],
        "high": [4.0, 7.0],
        "marker": [True, False],
        "share": [0.4, 0.6],
        "k": [3, 3],
        "test": ["pass", "fail"],
    }
)
DRAWN = {
    "against": lambda rows: against_base(
        rows, name="name", estimate="x", low="low", high="high", axis="x", base=3.0, base_name="no"
    ),
    "bars": lambda rows: group_bars(rows, name="name", value="x", group="segment", axis="x"),
    "profile": lambda rows: segment_profile(
        rows, name="name", segment="segment", value="x", low="low", high="high", marker="marker"
    ),
    "map": lambda rows: segment_map(
        rows, x="x", y="low", segment="segment", x_axis="1", y_axis="2"
    ),
    "gorge": lambda rows: gorge_plot(rows, segment="segment", similarity="share", share="share"),
    "stability": lambda rows: stability_by_k(rows, k="k", segment="segment", value="share"),
    "grid": lambda rows: verdict_grid(rows, name="segment", columns=["test"]),
    "quadrant": lambda rows: quadrant_plot(
        rows, x="x", y="low", size="x", name="name", group="segment", x_axis="1", y_axis="2",
        x_cut=3.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_foreign_text_is_shown_not_read(draw):
    assert "<img" not in draw(ROWS).to_json()


def test_intervals_keep_their_ends():
    dots = DRAWN["against"](ROWS).data[0]
    assert dots.error_x.array == (2.0, 2.0)
    assert dots.error_x.arrayminus == (1.0, 0.5)


def test_base_of_a_logarithmic_axis_is_labelled_at_its_place():
    figure = against_base(
        ROWS, name="name", estimate="x", low="low", high="high", axis="x", base=100.0,
        base_name="pooled", log=True,
    )  # fmt: skip
    assert figure.layout.annotations[-1].x == 2.0


def test_a_group_keeps_its_colour():
    order = ["a", HOSTILE, "b"]
    bars = group_bars(ROWS.iloc[1:], name="name", value="x", group="segment", axis="x", order=order)
    assert bars.data[0].marker.color == PALETTE[2]


def test_markers_are_filled_and_shapes_differ():
    first, second = DRAWN["profile"](ROWS).data
    assert first.marker.symbol == ("circle",)
    assert second.marker.symbol == ("square-open",)


def test_tests_have_signs_beside_colours():
    grid = DRAWN["grid"](ROWS).data[0]
    assert [row[0] for row in grid.text] == ["✓", "✗"]
    assert [row[0] for row in grid.z] == [1.0, 0.0]
