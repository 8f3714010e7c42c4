from .figures import heatmap, intervals, lines, tornado
from .lifetime import alive_history, bars, forecasts, level_map, tracking
from .picture import Picture
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
    "tornado",
    "tracking",
]
