from .acquisition import AcquisitionCost, acquisition_cost, ltv_to_cac, payback_months
from .classes import ABC, XYZ, abc, xyz
from .criteria import CriterionWeights, criterion_weights
from .judgement import Judgement, judge_chances
from .pipeline import ExpectedValue, cycle_days, expected_value, priority_grid
from .potential import Wallet, wallet, white_space
from .scorecard import Scorecard
from .similarity import Lookalikes, lookalikes

__all__ = [
    "ABC",
    "XYZ",
    "AcquisitionCost",
    "CriterionWeights",
    "ExpectedValue",
    "Judgement",
    "Lookalikes",
    "Scorecard",
    "Wallet",
    "abc",
    "acquisition_cost",
    "criterion_weights",
    "cycle_days",
    "expected_value",
    "judge_chances",
    "lookalikes",
    "ltv_to_cac",
    "payback_months",
    "priority_grid",
    "wallet",
    "white_space",
    "xyz",
]
