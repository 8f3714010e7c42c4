"""Market size with uncertainty, growth, diffusion, trends and concentration."""

from segkit.sizing.bass import Bass, bass_adopters, fit_bass
from segkit.sizing.concentration import Concentration, market_concentration
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
from segkit.sizing.mann_kendall import MannKendall, mann_kendall_test
from segkit.sizing.market import MarketSize, market_size
from segkit.sizing.reconciliation import Reconciliation, reconcile
from segkit.sizing.trends import Trends, find_trends

__all__ = [
    "PERT",
    "Bass",
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
    "bass_adopters",
    "find_trends",
    "fit_bass",
    "from_range",
    "growth_rate",
    "latin_hypercube",
    "mann_kendall_test",
    "market_concentration",
    "market_size",
    "reconcile",
]
