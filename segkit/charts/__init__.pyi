from .figures import bars, heatmap, intervals, lines, tornado
from .picture import Picture
from .series import panels, points, slopes
from .segments import (
    against_base,
    gorge_plot,
    group_bars,
    quadrant_plot,
    segment_map,
    segment_profile,
    stability_by_k,
    verdict_grid,
)
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "against_base",
    "bars",
    "gorge_plot",
    "group_bars",
    "heatmap",
    "intervals",
    "label",
    "lines",
    "panels",
    "points",
    "quadrant_plot",
    "segment_map",
    "segment_profile",
    "slopes",
    "stability_by_k",
    "tornado",
    "verdict_grid",
]
