from .agreement import adjusted_rand, slsa, slsw
from .columns import Column
from .criteria import SegmentTests, Thresholds, segment_tests
from .latent import LatentClass
from .league import league_table
from .periods import Migration, migration, psi
from .questionnaire import TypingTool, typing_tool
from .rfm import RFM, RFM_SEGMENTS, rfm_scores
from .segmenter import Segmenter
from .strength import PredictionStrength, prediction_strength

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
