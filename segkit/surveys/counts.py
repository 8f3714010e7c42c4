"""Best and worst choices counted, and the scores that counts make."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.surveys.best_worst import BestWorst
from segkit.surveys.logit import Floats, Ints

__all__ = ["closed_form", "count_choices", "scores"]


def count_choices(data: BestWorst) -> pd.DataFrame:
    """Count how often each item was shown, best and worst."""
    count = len(data.items)
    shown = np.bincount(data.item, minlength=count)
    best = np.bincount(data.item[data.choice == 1], minlength=count)
    worst = np.bincount(data.item[data.choice == -1], minlength=count)
    return scores(data.items, shown, best, worst)


def scores(
    items: pd.Index, shown: Ints | Floats, best: Ints | Floats, worst: Ints | Floats
) -> pd.DataFrame:
    """Give the scores that counts make; NaN and infinity where they are not known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        table = pd.DataFrame(
            {
                "item": items,
                "shown": shown,
                "best": best,
                "worst": worst,
                "best_minus_worst": best - worst,
                "standardised": (best - worst) / shown,
                "sqrt_ratio": np.sqrt(best / worst),
            }
        )
        largest = table["sqrt_ratio"].max()
        table["relative"] = table["sqrt_ratio"] / (largest if np.isfinite(largest) else np.nan)
    return table


def closed_form(counts: pd.DataFrame) -> pd.DataFrame:
    """Give utilities from counts without iteration (Lipovetsky & Conklin 2014).

    ``p = (n - W + B) / 2n``, ``b = ln(p / (1 - p))``, its standard error
    ``sqrt(p (1 - p) / 2n) / (p (1 - p))``, and the share of preference ``exp(b) / sum exp(b)``.
    """
    n = counts["shown"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = (n - counts["worst"].to_numpy() + counts["best"].to_numpy()) / (2 * n)
        utility = np.log(p / (1 - p))
        error = np.sqrt(p * (1 - p) / (2 * n)) / (p * (1 - p))
        power = p / (1 - p)
        # Where an item is always best, shares are not known.
        share = power / np.nansum(power) * (np.nan if np.isinf(power).any() else 1.0)
    return pd.DataFrame(
        {"item": counts["item"], "p": p, "utility": utility, "se": error, "share": share}
    )
