import pandas as pd
import pytest

from segkit.charts import (
    gorge_plot,
    segment_map,
    segment_profile,
    stability_by_k,
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
    "profile": lambda rows: segment_profile(
        rows, name="name", segment="segment", value="x", low="low", high="high", marker="marker"
    ),
    "map": lambda rows: segment_map(
        rows, x="x", y="low", segment="segment", x_axis="1", y_axis="2"
    ),
    "gorge": lambda rows: gorge_plot(rows, segment="segment", similarity="share", share="share"),
    "stability": lambda rows: stability_by_k(rows, k="k", segment="segment", value="share"),
}  # fmt: skip


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_foreign_text_is_shown_not_read(draw):
    assert "<img" not in draw(ROWS).to_json()


def test_markers_are_filled_and_shapes_differ():
    first, second = DRAWN["profile"](ROWS).data
    assert first.marker.symbol == ("circle",)
    assert second.marker.symbol == ("square-open",)
