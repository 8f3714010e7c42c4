"""Deals and accounts judged by evidence: rules, scores, what is left out of both."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
