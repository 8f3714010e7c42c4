from .bass import Bass, bass_adopters, fit_bass
from .concentration import Concentration, market_concentration
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
from .growth import Growth, growth_rate
from .mann_kendall import MannKendall, mann_kendall_test
from .market import MarketSize, market_size
from .reconciliation import Reconciliation, reconcile
from .trends import Trends, find_trends

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
