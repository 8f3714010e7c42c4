from .lifetime import what_if
from .market import explore_market
from .segments import explore_segments

__all__ = ["explore_market", "explore_segments", "what_if"]
