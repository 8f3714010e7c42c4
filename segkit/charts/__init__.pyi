from .figures import bars, heatmap, intervals, lines, tornado
from .judging import against_base, group_bars, quadrant_plot, verdict_grid
from .lifetime import alive_history, forecasts, level_map, tracking
from .picture import Picture
from .scoring import calibration_plot, gain_curve, grade_grid, point_bars
from .segments import gorge_plot, segment_map, segment_profile, stability_by_k
from .series import panels, points, slopes
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "against_base",
    "alive_history",
    "bars",
    "calibration_plot",
    "forecasts",
    "gain_curve",
    "gorge_plot",
    "grade_grid",
    "group_bars",
    "heatmap",
    "intervals",
    "label",
    "level_map",
    "lines",
    "panels",
    "point_bars",
    "points",
    "quadrant_plot",
    "segment_map",
    "segment_profile",
    "slopes",
    "stability_by_k",
    "tornado",
    "tracking",
    "verdict_grid",
]
