"""Buying-centre roles: who takes part in a decision, and whether it goes with winning."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
