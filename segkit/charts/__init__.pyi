from .curves import lines, panels, slopes
from .grids import heatmap, level_map, verdict_grid
from .lifetime import alive_history, tracking
from .picture import Picture
from .places import quadrants
from .process import process_map
from .rows import bars, forecasts, intervals, tornado
from .segments import gorge_plot, segment_map, segment_profile, stability_by_k
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "alive_history",
    "bars",
    "forecasts",
    "gorge_plot",
    "heatmap",
    "intervals",
    "label",
    "level_map",
    "lines",
    "panels",
    "process_map",
    "quadrants",
    "segment_map",
    "segment_profile",
    "slopes",
    "stability_by_k",
    "tornado",
    "tracking",
    "verdict_grid",
]
