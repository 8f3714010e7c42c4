from .figures import bars, heatmap, intervals, lines, tornado
from .judging import against_base, group_bars, quadrant_plot, verdict_grid
from .lifetime import alive_history, forecasts, level_map, tracking
from .market import adoption_curve, funnel_levels, part_bars, waterfall
from .picture import Picture
from .segments import gorge_plot, segment_map, segment_profile, stability_by_k
from .series import panels, points, slopes
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "adoption_curve",
    "against_base",
    "alive_history",
    "bars",
    "forecasts",
    "funnel_levels",
    "gorge_plot",
    "group_bars",
    "heatmap",
    "intervals",
    "label",
    "level_map",
    "lines",
    "panels",
    "part_bars",
    "points",
    "quadrant_plot",
    "segment_map",
    "segment_profile",
    "slopes",
    "stability_by_k",
    "tornado",
    "tracking",
    "verdict_grid",
    "waterfall",
]
