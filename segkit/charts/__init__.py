"""Pictures of results: a figure with the sentence and the table that go with it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
