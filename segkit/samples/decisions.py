"""What the management of Larkspur decided: written, not drawn."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pandas as pd

__all__ = ["decisions"]


def decisions() -> pd.DataFrame:
    """Read the decisions."""
    text = files(__package__).joinpath("decisions.toml").read_text(encoding="utf-8")
    table = pd.DataFrame(tomllib.loads(text)["decisions"])
    return table.assign(**{day: pd.to_datetime(table[day]) for day in ("decided", "review")})
