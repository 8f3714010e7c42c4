from .figures import bars, heatmap, intervals, lines, tornado
from .picture import Picture
from .series import panels, points, slopes
from .theme import PALETTE, label

__all__ = [
    "PALETTE",
    "Picture",
    "bars",
    "heatmap",
    "intervals",
    "label",
    "lines",
    "panels",
    "points",
    "slopes",
    "tornado",
]
