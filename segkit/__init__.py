"""Answers to the 24 questions of market, account, buyer and user segmentation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segkit import samples
    from segkit.answers import Answer
    from segkit.base import CustomerBase, read, sample

__all__ = ["Answer", "CustomerBase", "__version__", "read", "sample", "samples"]
__version__ = "0.1.0"

_HOMES = {
    "Answer": "segkit.answers",
    "CustomerBase": "segkit.base",
    "read": "segkit.base",
    "sample": "segkit.base",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: the front door stays light."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in {"samples", "sizing", "value", "segments", "process", "workshop", "report"}:
        return import_module(f"segkit.{name}")
    raise AttributeError(f"module 'segkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
