"""The 24 questions and the supporting ones: what each needs, and where its answer lives."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
