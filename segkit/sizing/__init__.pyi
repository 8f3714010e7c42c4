from .concentration import Concentration, hhi, market_concentration
from .diffusion import Bass, bass, bass_adopters
from .distributions import Distribution, beta_share, fixed, lognormal, pert, triangular
from .draws import latin_hypercube
from .drivers import tornado
from .factors import FactorEvaluation, evaluate_factors, tows_pairs
from .filters import Universe, universe
from .goals import RevenueBridge, revenue_bridge
from .market import MarketSize, market_size
from .needs import NeedChanges, need_changes
from .panel import PanelMarket, panel_market_size
from .position import GE_CUTS, PositionMatrix, growth_share, position_matrix
from .rates import Growth, growth
from .ratings import relative_ratings
from .reconciliation import Reconciliation, reconcile
from .resources import GuardRail, accounts_coverable, budget_split, guard_rail
from .rivals import Strengths, strengths_and_weaknesses
from .routes import RouteEconomics, route_economics
from .trend_tests import MannKendall, TheilSen, mann_kendall, theil_sen
from .trends import Trends, find_trends
from .vendors import WinRates, channel_mix, market_shares, win_rates

__all__ = [
    "GE_CUTS",
    "Bass",
    "Concentration",
    "Distribution",
    "FactorEvaluation",
    "Growth",
    "GuardRail",
    "MannKendall",
    "MarketSize",
    "NeedChanges",
    "PanelMarket",
    "PositionMatrix",
    "Reconciliation",
    "RevenueBridge",
    "RouteEconomics",
    "Strengths",
    "TheilSen",
    "Trends",
    "Universe",
    "WinRates",
    "accounts_coverable",
    "bass",
    "bass_adopters",
    "beta_share",
    "budget_split",
    "channel_mix",
    "evaluate_factors",
    "find_trends",
    "fixed",
    "growth",
    "growth_share",
    "guard_rail",
    "hhi",
    "latin_hypercube",
    "lognormal",
    "mann_kendall",
    "market_concentration",
    "market_shares",
    "market_size",
    "need_changes",
    "panel_market_size",
    "pert",
    "position_matrix",
    "reconcile",
    "relative_ratings",
    "revenue_bridge",
    "route_economics",
    "strengths_and_weaknesses",
    "theil_sen",
    "tornado",
    "tows_pairs",
    "triangular",
    "universe",
    "win_rates",
]
