"""Run notebooks: in kernels of this interpreter, with known parameters, always the same way."""

from __future__ import annotations

import ast
import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from types import NoneType
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbclient.output_widget import OutputWidget
from nbformat import NotebookNode

from segkit.errors import ParameterError, nearest
from segkit.notebooks.chapters import Chapter, NotebookError, notebook, tags
from segkit.notebooks.outputs import uncoloured

__all__ = ["ENVIRONMENT", "Progress", "run", "with_parameters"]

ENVIRONMENT = {
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PLOTLY_RENDERER": "plotly_mimetype",
    "PYTHONHASHSEED": "0",
    "SEGKIT_PROGRESS": "off",  # nobody's tries
}
_LOOK = "_schedule_remaining_events"
_SILENT = logging.getLogger(__name__)
_SILENT.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a chapter has come: code cells run, of how many, and seconds since its start."""

    chapter: str
    done: int
    of: int
    elapsed: float


def run(
    chapters: Sequence[Chapter],
    parameters: Mapping[str, object] | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    timeout: int = 600,
    workers: int = 2,
    environment: Mapping[str, str] | None = None,
) -> list[Chapter]:
    r"""Run notebooks, each in a fresh kernel and an empty folder; return them with outputs.

    Parameters
    ----------
    chapters
        The notebooks; they are left as they are.
    parameters
        Values for names that the cell tagged `parameters` of every notebook sets.
    progress
        Called after each cell, never from two threads at once.
    timeout
        Seconds that a cell may take.
    workers
        How many notebooks run at a time.
    environment
        Further environment variables of the kernels.

    Raises
    ------
    NotebookError
        When a cell raises, takes too long or ends its kernel. Names chapter and cell.
    ParameterError
        When a notebook does not set such a parameter, or a value is not a plain one.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell
    >>> first = cell("code", "k = 2", "cell-001", ["parameters"])
    >>> second = cell("code", "print(k + 1)", "cell-002", [])
    >>> chapter = Chapter("00_start", notebook([first, second]))
    >>> (done,) = run([chapter], {"k": 41})
    >>> done.notebook.cells[1].outputs[0].text
    '42\n'
    """
    told = environment or {}
    runs = [_Run(with_parameters(chapter, parameters or {}), told) for chapter in chapters]
    turn, stopped = threading.Lock(), threading.Event()

    def tell(step: Progress) -> None:
        with turn:
            if progress:
                progress(step)

    with ThreadPoolExecutor(workers) as pool:
        try:
            return list(pool.map(lambda one: one.execute(tell, timeout, stopped), runs))
        finally:
            stopped.set()


def with_parameters(chapter: Chapter, values: Mapping[str, object]) -> Chapter:
    """Copy a notebook and set names that its cell tagged `parameters` sets.

    Values are written as literals, so that none of them can run as code.

    Raises
    ------
    NotebookError
        When the cell is not plain Python.
    ParameterError
        When the cell does not set such a name, or a value is not a string, number, boolean or
        None.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell
    >>> first = cell("code", "source = 'larkspur'", "cell-001", ["parameters"])
    >>> chapter = Chapter("00_start", notebook([first]))
    >>> with_parameters(chapter, {"source": "exports"}).notebook.cells[0].source
    "source = 'exports'"
    """
    copied = deepcopy(chapter.notebook)
    known: list[str] = []
    for one in copied.cells:
        if "parameters" in tags(one):
            tree = _parsed(chapter, one.source)
            found = _assignments(tree)
            for name in found.keys() & values.keys():
                found[name].value = ast.Constant(_plain(chapter, name, values[name]))
                one.source = ast.unparse(tree)
            known += found
    for name in values:
        if name not in known:
            expected = f"named as its parameters cell names them: {', '.join(known) or 'none'}"
            raise ParameterError("parameters", chapter.name, expected + nearest(name, known), name)
    return Chapter(chapter.name, copied)


def _parsed(chapter: Chapter, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise NotebookError(
            f"The parameters cell of {chapter.name} must be plain Python: {error.msg} in its line "
            f"{error.lineno}."
        ) from None


def _assignments(tree: ast.Module) -> dict[str, ast.Assign]:
    return {
        target.id: statement
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _plain(chapter: Chapter, name: str, value: Any) -> Any:
    # Subclasses are refused: their written form can be a call.
    if type(value) in {str, int, bool, NoneType} or (type(value) is float and isfinite(value)):
        return value
    raise ParameterError(name, chapter.name, "a string, a finite number, a boolean or None", value)


class _OutputWidget(OutputWidget):
    """An output widget that cannot stop a run for good.

    nbclient answers it on a socket that it also awaits, and what arrives meanwhile is never
    announced (https://github.com/jupyter/nbclient/issues/312).
    """

    def send(self, *args: Any, **kwargs: Any) -> None:
        super().send(*args, **kwargs)
        if look := getattr(self.kernel_client.shell_channel.socket, _LOOK, None):
            look()


class _Run:
    """One chapter on its way through a kernel."""

    def __init__(self, chapter: Chapter, environment: Mapping[str, str]) -> None:
        self.chapter = chapter
        self.environment = environment
        self.begun: list[NotebookNode] = []

    def execute(
        self, tell: Callable[[Progress], None], timeout: int, stopped: threading.Event
    ) -> Chapter:
        code = [cell for cell in self.chapter.notebook.cells if _runs(cell)]
        start = time.perf_counter()

        def before(cell: NotebookNode, **_: Any) -> None:
            if stopped.is_set():
                raise NotebookError(f"{self.chapter.name} was stopped.")
            self.begun.append(cell)

        def after(**_: Any) -> None:
            elapsed = time.perf_counter() - start
            tell(Progress(self.chapter.name, len(self.begun), len(code), elapsed))

        with TemporaryDirectory(prefix="segkit-") as folder:
            client = NotebookClient(
                self.chapter.notebook,
                _kernel(folder),
                coalesce_streams=True,
                iopub_timeout=60,
                log=_SILENT,
                on_cell_execute=before,
                on_cell_executed=after,
                raise_on_iopub_timeout=True,
                record_timing=False,
                timeout=timeout,
            )
            client.widget_registry["@jupyter-widgets/output"]["OutputModel"] = _OutputWidget
            self._guarded(client, folder)
        _forget_controls(self.chapter.notebook)
        return Chapter(self.chapter.name, notebook(self.chapter.notebook.cells))

    def _guarded(self, client: NotebookClient, folder: str) -> None:
        work = Path(folder, "work")
        work.mkdir()
        own = {"IPYTHONDIR": str(Path(folder, "ipython"))}
        env = {**os.environ, **ENVIRONMENT, **self.environment, **own}
        try:
            asyncio.run(client.async_execute(cwd=str(work), env=env, cleanup_kc=True))
        except CellExecutionError as error:
            raise self._fault(f"{error.ename}: {uncoloured(error.evalue)}") from None
        except CellTimeoutError:
            raise self._fault(f"it took more than {client.timeout} seconds.") from None
        except RuntimeError as error:
            raise self._fault(f"{error}. There may be too little memory.") from None

    def _fault(self, reason: str) -> NotebookError:
        line = self.begun[-1].source.strip().partition("\n")[0] if self.begun else "not begun"
        return NotebookError(
            f"{self.chapter.name} stopped at code cell {len(self.begun)} ({line}): {reason}"
        )


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _forget_controls(of: NotebookNode) -> None:
    """Take the outputs of cells tagged `interactive` away: a control lives with its kernel only."""
    for cell in of.cells:
        if "interactive" in tags(cell) and cell.cell_type == "code":
            cell.outputs = []


def _kernel(folder: str) -> AsyncKernelManager:
    """Prepare a kernel of this interpreter, whatever is registered elsewhere as "python3"."""
    return AsyncKernelManager(
        connection_file=str(Path(folder, "kernel.json")),
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        transport="ipc" if os.name == "posix" else "tcp",
    )
