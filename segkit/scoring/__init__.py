"""Scoring: who is ideal, who fits, what they could spend, cost and will buy."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
