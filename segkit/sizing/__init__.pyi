from .concentration import Concentration, market_concentration
from .diffusion import Bass, bass, bass_adopters
from .distributions import Distribution, beta_share, fixed, lognormal, pert, triangular
from .draws import latin_hypercube
from .drivers import tornado
from .factors import FactorEvaluation, evaluate_factors, tows_pairs
from .filters import Universe, universe
from .goals import RevenueBridge, revenue_bridge
from .mann_kendall import MannKendall, mann_kendall_test
from .market import MarketSize, market_size
from .needs import NeedChanges, need_changes
from .position import PositionMatrix, growth_share, position_matrix
from .rates import Growth, growth
from .reconciliation import Reconciliation, reconcile
from .resources import GuardRail, accounts_coverable, budget_split, guard_rail
from .rivals import Strengths, strengths_and_weaknesses
from .routes import RouteEconomics, route_economics
from .trends import Trends, find_trends

__all__ = [
    "Bass",
    "Concentration",
    "Distribution",
    "FactorEvaluation",
    "Growth",
    "GuardRail",
    "MannKendall",
    "MarketSize",
    "NeedChanges",
    "PositionMatrix",
    "Reconciliation",
    "RevenueBridge",
    "RouteEconomics",
    "Strengths",
    "Trends",
    "Universe",
    "accounts_coverable",
    "bass",
    "bass_adopters",
    "beta_share",
    "budget_split",
    "evaluate_factors",
    "find_trends",
    "fixed",
    "growth",
    "growth_share",
    "guard_rail",
    "latin_hypercube",
    "lognormal",
    "mann_kendall_test",
    "market_concentration",
    "market_size",
    "need_changes",
    "pert",
    "position_matrix",
    "reconcile",
    "revenue_bridge",
    "route_economics",
    "strengths_and_weaknesses",
    "tornado",
    "tows_pairs",
    "triangular",
    "universe",
]
