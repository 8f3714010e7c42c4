"""Derive the notebooks of a checkout: `python -m segkit.workshop [--check]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from segkit.errors import SegkitError
from segkit.notebooks.editions import derive, stale

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Derive the editions of all chapters, or check that they are up to date.

    Returns 0 when all is well, 1 when derived notebooks are stale, 2 on a fault.
    """
    asked = _parser().parse_args(arguments)
    source = asked.folder / "src"
    try:
        if not asked.check:
            written = derive(source, asked.folder, execute=asked.execute)
            sys.stdout.write(f"Wrote {len(written)} notebooks into {asked.folder}.\n")
            return 0
        old = stale(source, asked.folder, execute=asked.execute)
    except SegkitError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for name in old:
        sys.stderr.write(f"{asked.folder / name} is not what its source gives now.\n")
    return 1 if old else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m segkit.workshop",
        description="Derive the analyst's, exercise and facilitator editions of each chapter.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("notebooks"))
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument(
        "--no-execute", dest="execute", action="store_false", help="leave the outputs out"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
