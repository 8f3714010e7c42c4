"""Pictures of results: a figure with the sentence and the table that go with it."""

from segkit.charts.figures import heatmap, intervals, lines, tornado
from segkit.charts.picture import Picture
from segkit.charts.theme import PALETTE, label

__all__ = ["PALETTE", "Picture", "heatmap", "intervals", "label", "lines", "tornado"]
