"""Answers to the 24 questions of market, account, buyer and user segmentation."""

import lazy_loader

# The front door stays light: a room is loaded when its first name is used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__version__ = "0.1.0"
