"""Market size with uncertainty, growth and concentration."""

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
from segkit.sizing.market import MarketSize, market_size
from segkit.sizing.reconcile import Reconciliation, reconcile

__all__ = [
    "PERT",
    "BetaShare",
    "Concentration",
    "Distribution",
    "Fixed",
    "Growth",
    "Lognormal",
    "MarketSize",
    "Reconciliation",
    "Triangular",
    "concentration",
    "from_range",
    "growth_rate",
    "latin_hypercube",
    "market_size",
    "reconcile",
]
