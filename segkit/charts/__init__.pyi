from .figures import bars, heatmap, intervals, lines, tornado
from .lifetime import alive_history, forecasts, level_map, ranking, tracking
from .picture import Picture
from .series import panels, points, slopes
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "alive_history",
    "bars",
    "forecasts",
    "heatmap",
    "intervals",
    "label",
    "level_map",
    "lines",
    "panels",
    "points",
    "ranking",
    "slopes",
    "tornado",
    "tracking",
]
