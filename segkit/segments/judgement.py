"""What to think of the segments found: how stable each is, and what to mind."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from segkit.segments.clustering import Labels, Numbers
from segkit.segments.preparation import Preparation
from segkit.segments.selection import ROWS, STABLE, Selection

__all__ = ["notes_on", "stability_table"]

PATTERN = 0.6  # below this mean Jaccard a segment is not to be trusted (Hennig 2007)
SMALL = 0.05
MANY_COPIES = 0.2
SUPPORT = 50  # rows of a segment in the sample, so that each half holds some 25


def stability_table(labels: Labels, centres: Numbers, selection: Selection) -> pd.DataFrame:
    """Show size and stability, one row a segment."""
    sizes = np.bincount(labels[labels >= 0], minlength=len(centres))
    table = pd.DataFrame(
        {"segment": np.arange(len(centres)), "size": sizes, "share": sizes / sizes.sum()}
    )
    chosen = selection.chosen
    if chosen is None:
        return table.assign(slsw=np.nan, low=np.nan, high=np.nan, judgement="unknown")
    # The evidence may rest on a sample, whose centres come in another order.
    order = linear_sum_assignment(cdist(centres, chosen.centres))[1]
    seen = chosen.stability[:, order]
    low, high = np.quantile(seen, [0.05, 0.95], axis=0)
    slsw = seen.mean(axis=0)
    judgement = np.select([slsw >= STABLE, slsw >= PATTERN], ["stable", "pattern"], "do not trust")
    return table.assign(slsw=slsw, low=low, high=high, judgement=judgement)


def notes_on(
    preparation: Preparation, labels: Labels, rows: Numbers, selection: Selection, k_max: int
) -> tuple[str, ...]:
    """Name the fallbacks taken and what weakens the result."""
    notes = list(preparation.notes)
    without = int((labels < 0).sum())
    if without:
        notes.append(f"{without:,} rows have no segment: the values to assign them are missing")
    if len(rows) > ROWS:
        notes.append(
            f"the evidence for k rests on a sample of {ROWS:,} rows, too few to support segments "
            f"of less than {SUPPORT / ROWS:.1%}"
        )
    copies = 1 - len(np.unique(rows[:ROWS], axis=0)) / min(len(rows), ROWS)
    if copies > MANY_COPIES:
        notes.append(
            f"{copies:.0%} of the rows copy another row; if customers were recorded twice, remove "
            "the copies: they make any grouping look stable"
        )
    if selection.k == k_max and selection.verdict == "natural":
        notes.append(f"k = {k_max} is the largest number tried; try a larger k_max")
    smallest = np.bincount(labels[labels >= 0]).min() / (labels >= 0).sum()
    if smallest < SMALL:
        notes.append(f"the smallest segment holds {smallest:.1%} of the rows")
    return tuple(notes)
