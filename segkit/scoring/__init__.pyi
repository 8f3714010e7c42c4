from .acquisition import AcquisitionCost, acquisition_cost, ltv_to_cac, payback_months
from .criteria import CriterionWeights, criterion_weights
from .deal_rules import DealRules
from .honesty import HonestyGate, honesty_gate
from .interviews import InterviewEvidence, interview_evidence
from .judgement import Judgement, judge_chances
from .outcomes import DealOutcomes, deal_outcomes
from .pipeline import ExpectedValue, cycle_days, expected_value, priority_grid
from .potential import Wallet, wallet
from .profiling import ProfilingPolicy, profiling_policy
from .routing import ROUTES, Routing, route_deals
from .rule_lists import Criteria
from .scorecard import Scorecard
from .similarity import Lookalikes, lookalikes
from .starting import StartTimes, time_to_start
from .steadiness import XYZ, xyz
from .traits import class_profile
from .unbought import white_space
from .value_shares import ABC, abc

__all__ = [
    "ABC",
    "ROUTES",
    "XYZ",
    "AcquisitionCost",
    "Criteria",
    "CriterionWeights",
    "DealOutcomes",
    "DealRules",
    "ExpectedValue",
    "HonestyGate",
    "InterviewEvidence",
    "Judgement",
    "Lookalikes",
    "ProfilingPolicy",
    "Routing",
    "Scorecard",
    "StartTimes",
    "Wallet",
    "abc",
    "acquisition_cost",
    "class_profile",
    "criterion_weights",
    "cycle_days",
    "deal_outcomes",
    "expected_value",
    "honesty_gate",
    "interview_evidence",
    "judge_chances",
    "lookalikes",
    "ltv_to_cac",
    "payback_months",
    "priority_grid",
    "profiling_policy",
    "route_deals",
    "time_to_start",
    "wallet",
    "white_space",
    "xyz",
]
