"""What a panel says: weights from pairs, rankings counted and modelled, and their agreement."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
