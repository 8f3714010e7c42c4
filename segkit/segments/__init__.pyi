from .actions import Portfolio, portfolio
from .advocates import referral_value
from .agreement import adjusted_rand, slsa, slsw
from .channels import MixingError, mixing_error, split_parties
from .columns import Column
from .criteria import SegmentTests, segment_tests
from .latent import LatentClass
from .league import league_table
from .periods import Migration, migration, psi
from .proofs import Thresholds
from .quadrants import PORTFOLIO_ACTIONS, PortfolioThresholds
from .questionnaire import TypingTool, typing_tool
from .rfm import RFM, RFM_SEGMENTS, rfm_scores
from .schemes import conventional_schemes, row_centred
from .segmenter import Segmenter
from .strength import PredictionStrength, prediction_strength
from .territories import Geography, geography
from .whale import WhaleCurve, whale_curve

__all__ = [
    "PORTFOLIO_ACTIONS",
    "RFM",
    "RFM_SEGMENTS",
    "Column",
    "Geography",
    "LatentClass",
    "Migration",
    "MixingError",
    "Portfolio",
    "PortfolioThresholds",
    "PredictionStrength",
    "SegmentTests",
    "Segmenter",
    "Thresholds",
    "TypingTool",
    "WhaleCurve",
    "adjusted_rand",
    "conventional_schemes",
    "geography",
    "league_table",
    "migration",
    "mixing_error",
    "portfolio",
    "prediction_strength",
    "psi",
    "referral_value",
    "rfm_scores",
    "row_centred",
    "segment_tests",
    "slsa",
    "slsw",
    "split_parties",
    "typing_tool",
    "whale_curve",
]
