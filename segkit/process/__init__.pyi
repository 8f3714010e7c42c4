from .committee import BuyingCommittee, buying_committee
from .proportions import ratio_interval, wilson_interval
from .roles import RoleAssignment, assign_roles
from .rules import ROLES, RoleRules, role_rules

__all__ = [
    "ROLES",
    "BuyingCommittee",
    "RoleAssignment",
    "RoleRules",
    "assign_roles",
    "buying_committee",
    "ratio_interval",
    "role_rules",
    "wilson_interval",
]
