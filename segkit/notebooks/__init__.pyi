from .chapters import Chapter, NotebookError, chapter_sources, languages, read_notebook, read_source
from .editions import analyst_editions, derive, edition, stale
from .lessons import Lesson, Step, read_lessons
from .runner import Progress, run

__all__ = [
    "Chapter",
    "Lesson",
    "NotebookError",
    "Progress",
    "Step",
    "analyst_editions",
    "chapter_sources",
    "derive",
    "edition",
    "languages",
    "read_lessons",
    "read_notebook",
    "read_source",
    "run",
    "stale",
]
