from .committee import BuyingCommittee, buying_committee
from .roles import RoleAssignment, assign_roles
from .rules import ROLES, RoleRules, role_rules

__all__ = [
    "ROLES",
    "BuyingCommittee",
    "RoleAssignment",
    "RoleRules",
    "assign_roles",
    "buying_committee",
    "role_rules",
]
