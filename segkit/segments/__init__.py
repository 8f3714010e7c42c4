"""Segments: groups of customers, with the evidence that they are there."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segkit.segments.agreement import adjusted_rand, slsa, slsw
    from segkit.segments.columns import Column
    from segkit.segments.segmenter import Segmenter
    from segkit.segments.strength import prediction_strength

__all__ = ["Column", "Segmenter", "adjusted_rand", "prediction_strength", "slsa", "slsw"]

_HOMES = {
    "Column": "columns",
    "Segmenter": "segmenter",
    "adjusted_rand": "agreement",
    "prediction_strength": "strength",
    "slsa": "agreement",
    "slsw": "agreement",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in _HOMES:
        return getattr(import_module(f"segkit.segments.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'segkit.segments' has no attribute {name!r}")
