from .bass import Bass, bass_adopters, fit_bass
from .concentration import Concentration, hhi, market_concentration
from .distributions import (
    PERT,
    BetaShare,
    Distribution,
    Fixed,
    Lognormal,
    Triangular,
    from_range,
)
from .draws import latin_hypercube
from .factors import FactorEvaluation, evaluate_factors, tows_pairs
from .growth import Growth, growth_rate
from .market import MarketSize, market_size
from .needs import NeedChanges, need_changes
from .position import GE_CUTS, PositionMatrix, growth_share, position_matrix
from .ratings import relative_ratings
from .reconciliation import Reconciliation, reconcile
from .rivals import Strengths, strengths_and_weaknesses
from .routes import RouteEconomics, route_economics
from .trend_tests import MannKendall, TheilSen, mann_kendall, theil_sen
from .trends import Trends, find_trends
from .vendors import WinRates, channel_mix, market_shares, win_rates

__all__ = [
    "GE_CUTS",
    "PERT",
    "Bass",
    "BetaShare",
    "Concentration",
    "Distribution",
    "FactorEvaluation",
    "Fixed",
    "Growth",
    "Lognormal",
    "MannKendall",
    "MarketSize",
    "NeedChanges",
    "PositionMatrix",
    "Reconciliation",
    "RouteEconomics",
    "Strengths",
    "TheilSen",
    "Trends",
    "Triangular",
    "WinRates",
    "bass_adopters",
    "channel_mix",
    "evaluate_factors",
    "find_trends",
    "fit_bass",
    "from_range",
    "growth_rate",
    "growth_share",
    "hhi",
    "latin_hypercube",
    "mann_kendall",
    "market_concentration",
    "market_shares",
    "market_size",
    "need_changes",
    "position_matrix",
    "reconcile",
    "relative_ratings",
    "route_economics",
    "strengths_and_weaknesses",
    "theil_sen",
    "tows_pairs",
    "win_rates",
]
