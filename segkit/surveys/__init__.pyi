from .classes import ChoiceClasses
from .conjoint import ChoiceModel
from .designs import MaxDiffDesign, maxdiff_design
from .forms import read_answers, survey_form
from .importance import conjoint_importance
from .maxdiff import MaxDiff
from .offer_designs import ConjointDesign, conjoint_design
from .preference import GroupTest
from .ratings import RatingConjoint, rating_conjoint

__all__ = [
    "ChoiceClasses",
    "ChoiceModel",
    "ConjointDesign",
    "GroupTest",
    "MaxDiff",
    "MaxDiffDesign",
    "RatingConjoint",
    "conjoint_design",
    "conjoint_importance",
    "maxdiff_design",
    "rating_conjoint",
    "read_answers",
    "survey_form",
]
