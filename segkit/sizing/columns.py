"""Which columns a foreign frame has."""

from __future__ import annotations

from typing import Any

import narwhals as nw

__all__ = ["names_of"]


def names_of(frame: Any) -> list[str]:
    """List the columns of a pandas, Polars or Arrow frame; none of what is no frame."""
    try:
        return list(nw.from_native(frame, eager_only=True).columns)
    except TypeError:
        return []
