"""The tables of the user phase and their truths."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.samples.users import TYPES
from segkit.samples.world import World

__all__ = ["tables", "truths"]


def tables(world: World) -> dict[str, pd.DataFrame]:
    """Draw the tables of the user phase."""
    return {"users": world.users}


def truths(world: World) -> dict[str, Any]:
    """Give the truths of U1 to U6."""
    kinds = dict(zip(world.users["user_id"], world.users["type"], strict=True))
    return {"U1": {"parameter": {"shares": dict(TYPES), "type": kinds}}}
