"""Segments: groups of customers, with the evidence that they are there."""

from __future__ import annotations

from segkit.segments.agreement import adjusted_rand, slsa, slsw
from segkit.segments.columns import Column
from segkit.segments.criteria import SegmentTests, Thresholds, segment_tests
from segkit.segments.latent import LatentClass
from segkit.segments.league import league_table
from segkit.segments.periods import Migration, migration, psi
from segkit.segments.questionnaire import TypingTool, typing_tool
from segkit.segments.rfm import RFM, RFM_SEGMENTS, rfm_scores
from segkit.segments.segmenter import Segmenter
from segkit.segments.strength import PredictionStrength, prediction_strength

__all__ = [
    "RFM",
    "RFM_SEGMENTS",
    "Column",
    "LatentClass",
    "Migration",
    "PredictionStrength",
    "SegmentTests",
    "Segmenter",
    "Thresholds",
    "TypingTool",
    "adjusted_rand",
    "league_table",
    "migration",
    "prediction_strength",
    "psi",
    "rfm_scores",
    "segment_tests",
    "slsa",
    "slsw",
    "typing_tool",
]
