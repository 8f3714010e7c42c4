"""Several tests at once: p-values adjusted for their number."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["holm"]


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values for their number (Holm 1979): the chance of any false alarm stays at alpha.

    Parameters
    ----------
    p_values : array-like, shape (n_tests,)
        One p-value for each test; NaN where none could be made.

    Returns
    -------
    ndarray, shape (n_tests,)
        Adjusted p-values, in the order given; NaN stays NaN and counts as no test.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    >>> holm([0.04, float("nan"), 0.03]).round(3).tolist()
    [0.06, nan, 0.06]
    """
    raw = np.asarray(p_values, dtype=float)
    # NaN are sorted to the end: what comes before them are the tests.
    order = np.argsort(raw, kind="stable")[: np.count_nonzero(~np.isnan(raw))]
    steps = np.maximum.accumulate(raw[order] * np.arange(len(order), 0, -1))
    adjusted = np.full_like(raw, np.nan)
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted
