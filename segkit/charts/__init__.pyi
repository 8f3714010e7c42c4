from .curves import lines, panels, slopes
from .grids import heatmap, level_map, verdict_grid
from .lifetime import alive_history, tracking
from .market import adoption_curve, funnel_levels, part_bars, waterfall
from .parted_rows import rank_gaps, rule_rates, stacked_shares
from .picture import Picture
from .places import nine_cells, position_map
from .process import process_map
from .rows import bars, forecasts, intervals, tornado
from .scoring import calibration_plot, gain_curve, grade_grid, point_bars
from .segments import gorge_plot, segment_map, segment_profile, stability_by_k
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "adoption_curve",
    "alive_history",
    "bars",
    "calibration_plot",
    "forecasts",
    "funnel_levels",
    "gain_curve",
    "gorge_plot",
    "grade_grid",
    "heatmap",
    "intervals",
    "label",
    "level_map",
    "lines",
    "nine_cells",
    "panels",
    "part_bars",
    "point_bars",
    "position_map",
    "process_map",
    "rank_gaps",
    "rule_rates",
    "segment_map",
    "segment_profile",
    "slopes",
    "stability_by_k",
    "stacked_shares",
    "tornado",
    "tracking",
    "verdict_grid",
    "waterfall",
]
