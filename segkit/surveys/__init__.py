"""Surveys: what people care about, choose, and would pay for; and the forms that ask them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
