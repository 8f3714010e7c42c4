"""A progress bar that names the chapter and the time elapsed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from segkit.notebooks import Progress as Step

__all__ = ["chapters_shown"]


@contextmanager
def chapters_shown() -> Iterator[Callable[[Step], None]]:
    """Show one bar a chapter on the error stream; standard output stays clean."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: Step) -> None:
            if step.chapter not in tasks:
                tasks[step.chapter] = bar.add_task(step.chapter, total=step.of)
            bar.update(tasks[step.chapter], completed=step.done)

        yield show
