"""Where SQL runs: DuckDB, Spark or any database, on one portable text."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
