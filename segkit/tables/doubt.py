"""Settling what may be read in two ways, by what the whole column shows."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["settle"]


def settle(pairs: Sequence[tuple[object, object]], known: int | None = None) -> tuple[int, int]:
    """Choose one of two ways of reading a column.

    A value readable in one way only is evidence for it. The way with more evidence holds; without
    any, or with as much for both, it is the first.

    Parameters
    ----------
    pairs : sequence of pairs
        Each distinct value read in the one and in the other way; None where it cannot be.
    known : {0, 1}, optional
        The way, where it was told.

    Returns
    -------
    tuple of int
        The way, and the place of a value that could mean either where nothing settled it, or -1.

    Examples
    --------
    >>> settle([(1, 2), (None, 3)])
    (1, -1)
    >>> settle([(5, 5), (1, 2)])
    (0, 1)
    """
    if known is not None:
        return known, -1
    first = sum(b is None and a is not None for a, b in pairs)
    second = sum(a is None and b is not None for a, b in pairs)
    if first or second:
        return int(second > first), -1
    return 0, next((place for place, (a, b) in enumerate(pairs) if a != b), -1)
