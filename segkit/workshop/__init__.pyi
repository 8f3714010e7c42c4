from .building import Built, build
from .chapters import Chapter, NotebookError, chapter_sources, languages, read_notebook, read_source
from .checking import Feedback, check
from .editions import analyst_editions, derive, edition, stale
from .keys import Key, key
from .progress import Room, read_progress
from .runner import Progress, run
from .sifting import LeftOut

__all__ = [
    "Built",
    "Chapter",
    "Feedback",
    "Key",
    "LeftOut",
    "NotebookError",
    "Progress",
    "Room",
    "analyst_editions",
    "build",
    "chapter_sources",
    "check",
    "derive",
    "edition",
    "key",
    "languages",
    "read_notebook",
    "read_progress",
    "read_source",
    "run",
    "stale",
]
