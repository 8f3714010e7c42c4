"""Exercises that check themselves, and workshops for a company."""

from __future__ import annotations

from typing import Any

import lazy_loader

from segkit.errors import MissingPackageError

# Light, so that a participant's first `check` waits for nothing that only running notebooks needs.
_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    try:
        return _load(name)
    except ModuleNotFoundError as error:
        raise MissingPackageError(str(error.name), "report", "Running notebooks") from error
