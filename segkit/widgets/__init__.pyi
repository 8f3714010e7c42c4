from .segments import explore_segments

__all__ = ["explore_segments"]
