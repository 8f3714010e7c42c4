from .anchors import qualification_anchors
from .chain import AbsorbingChain, absorbing_chain
from .committee import BuyingCentre, buying_centre
from .durations import TimeInStage, time_in_stage
from .journey import self_serve_share
from .paths import StagePaths, stage_paths
from .qualification import Qualification, qualify
from .roles import RoleAssignment, assign_roles
from .rules import ROLES, RoleRules, role_rules
from .survival import TimeToEvent, time_to_event
from .switching import SwitchingMatrix, share_of_job, switching_matrix
from .tasks import JOB_STEPS, TaskCompletion, task_completion
from .transitions import OrderTest, TransitionMatrix, transition_matrix

__all__ = [
    "JOB_STEPS",
    "ROLES",
    "AbsorbingChain",
    "BuyingCentre",
    "OrderTest",
    "Qualification",
    "RoleAssignment",
    "RoleRules",
    "StagePaths",
    "SwitchingMatrix",
    "TaskCompletion",
    "TimeInStage",
    "TimeToEvent",
    "TransitionMatrix",
    "absorbing_chain",
    "assign_roles",
    "buying_centre",
    "qualification_anchors",
    "qualify",
    "role_rules",
    "self_serve_share",
    "share_of_job",
    "stage_paths",
    "switching_matrix",
    "task_completion",
    "time_in_stage",
    "time_to_event",
    "transition_matrix",
]
