from .agenda import Agenda, plan
from .building import Built, build
from .chapters import Chapter, NotebookError, chapter_sources, languages, read_notebook, read_source
from .checking import Feedback, check
from .editions import analyst_editions, derive, edition, stale
from .facilitator import facilitator_pages
from .keys import Key, key
from .lessons import Lesson, Step, read_lessons
from .progress import Room, read_progress
from .runner import Progress, run
from .sifting import LeftOut

__all__ = [
    "Agenda",
    "Built",
    "Chapter",
    "Feedback",
    "Key",
    "LeftOut",
    "Lesson",
    "NotebookError",
    "Progress",
    "Room",
    "Step",
    "analyst_editions",
    "build",
    "chapter_sources",
    "check",
    "derive",
    "edition",
    "facilitator_pages",
    "key",
    "languages",
    "plan",
    "read_lessons",
    "read_notebook",
    "read_progress",
    "read_source",
    "run",
    "stale",
]
