"""Market size with uncertainty, growth, trends and concentration."""

from segkit.sizing.concentration import Concentration, concentration
from segkit.sizing.distributions import (
    PERT,
    BetaShare,
    Distribution,
    Fixed,
    Lognormal,
    Triangular,
    from_range,
)
from segkit.sizing.draws import latin_hypercube
from segkit.sizing.growth import Growth, growth_rate
from segkit.sizing.mann_kendall import MannKendall, mann_kendall
from segkit.sizing.market import MarketSize, market_size
from segkit.sizing.reconcile import Reconciliation, reconcile
from segkit.sizing.trends import Trends, trends

__all__ = [
    "PERT",
    "BetaShare",
    "Concentration",
    "Distribution",
    "Fixed",
    "Growth",
    "Lognormal",
    "MannKendall",
    "MarketSize",
    "Reconciliation",
    "Trends",
    "Triangular",
    "concentration",
    "from_range",
    "growth_rate",
    "latin_hypercube",
    "mann_kendall",
    "market_size",
    "reconcile",
    "trends",
]
