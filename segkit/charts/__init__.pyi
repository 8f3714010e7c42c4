from .figures import heatmap, intervals, lines, tornado
from .picture import Picture
from .theme import PALETTE, label

__all__ = ["PALETTE", "Picture", "heatmap", "intervals", "label", "lines", "tornado"]
