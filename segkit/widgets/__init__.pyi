from .lifetime import what_if

__all__ = ["what_if"]
