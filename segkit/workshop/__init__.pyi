from .agenda import Agenda, plan
from .building import Built, build
from .checking import Feedback, check
from .facilitator import facilitator_pages
from .keys import Key, key
from .progress import Room, read_progress
from .sifting import LeftOut

__all__ = [
    "Agenda",
    "Built",
    "Feedback",
    "Key",
    "LeftOut",
    "Room",
    "build",
    "check",
    "facilitator_pages",
    "key",
    "plan",
    "read_progress",
]
