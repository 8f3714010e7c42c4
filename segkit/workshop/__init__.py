"""Chapters: notebooks derived from one source each, and run."""

from __future__ import annotations

from segkit.workshop.chapters import Chapter, NotebookError, chapter_sources, read_source
from segkit.workshop.editions import analyst_editions, derive, edition, stale
from segkit.workshop.runner import Progress, run

__all__ = [
    "Chapter",
    "NotebookError",
    "Progress",
    "analyst_editions",
    "chapter_sources",
    "derive",
    "edition",
    "read_source",
    "run",
    "stale",
]
