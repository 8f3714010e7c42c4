from .advantage import BestInClass, best_in_class
from .drivers import RelativeWeights, relative_weights, weights_of_correlations
from .features import Kano, kano
from .outcomes import Opportunities, opportunity, opportunity_score
from .promoters import NetPromoters, nps
from .quadrants import QUADRANTS, ImportancePerformance, importance_performance
from .statements import lint_outcomes

__all__ = [
    "QUADRANTS",
    "BestInClass",
    "ImportancePerformance",
    "Kano",
    "NetPromoters",
    "Opportunities",
    "RelativeWeights",
    "best_in_class",
    "importance_performance",
    "kano",
    "lint_outcomes",
    "nps",
    "opportunity",
    "opportunity_score",
    "relative_weights",
    "weights_of_correlations",
]
