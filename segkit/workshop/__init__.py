"""Chapters: notebooks derived from one source each, and run."""

from __future__ import annotations

from segkit.errors import MissingPackageError

try:
    from segkit.workshop.chapters import (
        Chapter,
        NotebookError,
        chapter_sources,
        read_notebook,
        read_source,
    )
    from segkit.workshop.editions import analyst_editions, derive, edition, stale
    from segkit.workshop.runner import Progress, run
except ModuleNotFoundError as error:
    raise MissingPackageError(str(error.name), "report", "Running notebooks") from error

__all__ = [
    "Chapter",
    "NotebookError",
    "Progress",
    "analyst_editions",
    "chapter_sources",
    "derive",
    "edition",
    "read_notebook",
    "read_source",
    "run",
    "stale",
]
