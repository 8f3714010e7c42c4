from .chapters import Chapter, NotebookError, chapter_sources, languages, read_notebook, read_source
from .checking import Feedback, check
from .editions import analyst_editions, derive, edition, stale
from .exercises import Exercise, exercises_of, keys_of
from .keys import Key, key
from .runner import Progress, run

__all__ = [
    "Chapter",
    "Exercise",
    "Feedback",
    "Key",
    "NotebookError",
    "Progress",
    "analyst_editions",
    "chapter_sources",
    "check",
    "derive",
    "edition",
    "exercises_of",
    "key",
    "keys_of",
    "languages",
    "read_notebook",
    "read_source",
    "run",
    "stale",
]
