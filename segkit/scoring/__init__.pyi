from .criteria import Criteria
from .deal_rules import DealRules

__all__ = [
    "Criteria",
    "DealRules",
]
