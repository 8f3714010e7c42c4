from .figures import heatmap, intervals, lines, tornado
from .judging import against_base, group_bars, quadrant_plot, verdict_grid
from .picture import Picture
from .segments import gorge_plot, segment_map, segment_profile, stability_by_k
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "against_base",
    "gorge_plot",
    "group_bars",
    "heatmap",
    "intervals",
    "label",
    "lines",
    "quadrant_plot",
    "segment_map",
    "segment_profile",
    "stability_by_k",
    "tornado",
    "verdict_grid",
]
