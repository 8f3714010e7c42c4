"""Segments: groups of customers, with the evidence that they are there."""

from __future__ import annotations

from segkit.segments.agreement import adjusted_rand, slsa, slsw
from segkit.segments.columns import Column
from segkit.segments.periods import Migration, migration, psi
from segkit.segments.segmenter import Segmenter
from segkit.segments.strength import PredictionStrength, prediction_strength

__all__ = [
    "Column",
    "Migration",
    "PredictionStrength",
    "Segmenter",
    "adjusted_rand",
    "migration",
    "prediction_strength",
    "psi",
    "slsa",
    "slsw",
]
