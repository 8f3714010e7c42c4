"""Chapters: notebooks derived from one source each, run, and read."""

from __future__ import annotations

from typing import Any

import lazy_loader

from segkit.errors import MissingPackageError

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        raise MissingPackageError(str(error.name), "report", "Running notebooks") from error
