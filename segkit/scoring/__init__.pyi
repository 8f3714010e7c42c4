from .criteria import Criteria
from .deal_rules import DealRules
from .honesty import HonestyGate, honesty_gate
from .outcomes import DealOutcomes, deal_outcomes
from .profiling import ProfilingPolicy, profiling_policy
from .starting import StartTimes, time_to_start

__all__ = [
    "Criteria",
    "DealOutcomes",
    "DealRules",
    "HonestyGate",
    "ProfilingPolicy",
    "StartTimes",
    "deal_outcomes",
    "honesty_gate",
    "profiling_policy",
    "time_to_start",
]
