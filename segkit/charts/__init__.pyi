from .figures import bars, heatmap, intervals, lines, tornado
from .judging import against_base, group_bars, quadrant_plot, verdict_grid
from .lifetime import alive_history, forecasts, level_map, tracking
from .picture import Picture
from .rules import rule_rates
from .segments import gorge_plot, segment_map, segment_profile, stability_by_k
from .series import panels, points, slopes
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "against_base",
    "alive_history",
    "bars",
    "forecasts",
    "gorge_plot",
    "group_bars",
    "heatmap",
    "intervals",
    "label",
    "level_map",
    "lines",
    "panels",
    "points",
    "quadrant_plot",
    "rule_rates",
    "segment_map",
    "segment_profile",
    "slopes",
    "stability_by_k",
    "tornado",
    "tracking",
    "verdict_grid",
]
