"""Items between two measures, each in the quadrant that other samples confirm."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.charts import position_map
from segkit.surveys import QUADRANTS

__all__ = ["CONCENTRATE", "KEEP_UP", "SURE", "draw_quadrants", "sure_places"]

CONCENTRATE, KEEP_UP = QUADRANTS[2], QUADRANTS[3]
SURE = 0.9
_UNSURE = "place not sure"


def sure_places(quadrant: pd.Series[str], share: pd.Series[float]) -> pd.Series[str]:
    """Keep the quadrants that items have in nine of ten samples.

    Examples
    --------
    >>> sure_places(pd.Series([CONCENTRATE] * 2), pd.Series([0.99, 0.6])).tolist()
    ['concentrate here', 'place not sure']
    """
    return quadrant.where(share >= SURE, _UNSURE)


def draw_quadrants(group: str, **axes: Any) -> partial[Any]:
    """Draw items between two measures; a quadrant keeps its colour from figure to figure."""
    order = (*QUADRANTS[::-1], _UNSURE)
    return partial(position_map, name="item", group=group, order=order, **axes)
