"""Processes of people: who decides and how, what users complete, and what they switch to."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
