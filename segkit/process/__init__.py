"""Buying-centre roles: who takes part in a decision, and whether it goes with winning."""

from segkit.process.committee import BuyingCommittee, buying_committee
from segkit.process.proportions import ratio_interval, wilson_interval
from segkit.process.roles import RoleAssignment, assign_roles
from segkit.process.rules import ROLES, RoleRules, role_rules

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
