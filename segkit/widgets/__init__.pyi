from .lifetime import what_if
from .segments import explore_segments

__all__ = ["explore_segments", "what_if"]
