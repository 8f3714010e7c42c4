from .advantage import BestInClass, best_in_class
from .classes import ChoiceClasses
from .conjoint import ChoiceModel
from .conjoint_ratings import RatingConjoint, rating_conjoint
from .designs import MaxDiffDesign, maxdiff_design
from .drivers import RelativeWeights, relative_weights, weights_of_correlations
from .features import Kano, kano
from .forms import read_answers, survey_form
from .importance import conjoint_importance
from .maxdiff import MaxDiff
from .offer_designs import ConjointDesign, conjoint_design
from .outcomes import Opportunities, opportunity, opportunity_score
from .preference import GroupTest
from .promoters import NetPromoters, nps
from .quadrants import QUADRANTS, ImportancePerformance, importance_performance
from .statements import lint_outcomes

__all__ = [
    "QUADRANTS",
    "BestInClass",
    "ChoiceClasses",
    "ChoiceModel",
    "ConjointDesign",
    "GroupTest",
    "ImportancePerformance",
    "Kano",
    "MaxDiff",
    "MaxDiffDesign",
    "NetPromoters",
    "Opportunities",
    "RatingConjoint",
    "RelativeWeights",
    "best_in_class",
    "conjoint_design",
    "conjoint_importance",
    "importance_performance",
    "kano",
    "lint_outcomes",
    "maxdiff_design",
    "nps",
    "opportunity",
    "opportunity_score",
    "rating_conjoint",
    "read_answers",
    "relative_weights",
    "survey_form",
    "weights_of_correlations",
]
