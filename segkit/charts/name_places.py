"""Where names of points stand, so that they cover neither points nor each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["places_of_names"]

_LETTER, _LINE_HEIGHT = 7.0, 18.0
# Room for drawing on a telephone: names that keep apart there do so everywhere.
_WIDE, _HIGH = 250.0, 300.0
_PLACES = ("top center", "bottom center", "middle right", "middle left")
_Box = tuple[float, float, float, float]


def places_of_names(points: np.ndarray, names: Sequence[str]) -> list[str]:
    """Choose a place for each name where it covers no point and no other name.

    Parameters
    ----------
    points : ndarray, shape (n_points, 2)
        Where the points lie within the axes, from 0 to 1.
    names : sequence of str
        Their names, lines parted by "<br>".

    Returns
    -------
    list of str
        Text positions as plotly names them.

    Examples
    --------
    >>> places_of_names(np.array([[0.5, 0.5], [0.5, 0.56]]), ["Vendor A", "Vendor B"])
    ['bottom center', 'top center']
    """
    spots = points * (_WIDE, _HIGH)
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in spots]
    places = ["top center"] * len(names)
    for row in np.lexsort(spots.T):
        lines = names[row].split("<br>")
        wide, high = _LETTER * max(map(len, lines)), _LINE_HEIGHT * len(lines)
        boxes = {place: _box(place, spots[row], wide, high) for place in _PLACES}
        others = [box for number, box in enumerate(taken) if number != row]
        places[row] = min(_PLACES, key=lambda place: _covered(boxes[place], others))
        taken.append(boxes[places[row]])
    return places


def _box(place: str, spot: np.ndarray, wide: float, high: float) -> _Box:
    x, y = spot
    if place.startswith("middle"):
        left = x + 9 if place.endswith("right") else x - 9 - wide
        return left, y - high / 2, left + wide, y + high / 2
    below = y + 9 if place.startswith("top") else y - 9 - high
    return x - wide / 2, below, x + wide / 2, below + high


def _covered(box: _Box, others: Sequence[_Box]) -> float:
    """Measure what a name would cover of others, or lose beyond the edges."""
    left, low, right, high = box
    lost = max(-left, 0) + max(right - _WIDE, 0)
    covered = sum(
        max(min(right, other[2]) - max(left, other[0]), 0)
        * max(min(high, other[3]) - max(low, other[1]), 0)
        for other in others
    )
    return covered + _LINE_HEIGHT * lost
