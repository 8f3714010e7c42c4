from .classes import ChoiceClasses
from .conjoint import ChoiceModel
from .designs import MaxDiffDesign, maxdiff_design
from .importance import RatingConjoint, conjoint_importance, rating_conjoint
from .maxdiff import MaxDiff
from .preference import GroupTest

__all__ = [
    "ChoiceClasses",
    "ChoiceModel",
    "GroupTest",
    "MaxDiff",
    "MaxDiffDesign",
    "RatingConjoint",
    "conjoint_importance",
    "maxdiff_design",
    "rating_conjoint",
]
