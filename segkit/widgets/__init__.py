"""Controls for JupyterLab: what changes when a column, a weight or a margin does."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
