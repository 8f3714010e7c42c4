"""Rating conjoint: part-worths of each respondent from ratings of whole offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.frames import JsonResult
from segkit.surveys.coding import Coding, attribute_of, kinds_of
from segkit.surveys.importance import conjoint_importance
from segkit.surveys.intake import find_columns
from segkit.surveys.logit import Floats

__all__ = ["RatingConjoint", "rating_conjoint"]


@dataclass(frozen=True, eq=False)
class RatingConjoint(JsonResult):
    """Part-worths of each respondent from ratings of whole offers.

    Attributes
    ----------
    part_worths : DataFrame
        `respondent, attribute, level, estimate`; those of an attribute add up to 0. A linear
        attribute has its least and its most value.
    importance : DataFrame
        Mean of the respondents' importances: `attribute, range, importance, low, high`.
    respondents : DataFrame
        `respondent, ratings, r2`.
    notes : tuple of str
        Who was set aside, and why.
    """

    part_worths: pd.DataFrame
    importance: pd.DataFrame
    respondents: pd.DataFrame
    notes: tuple[str, ...]


def rating_conjoint(
    frame: Any,
    attributes: Any = None,
    *,
    respondent: str | None = None,
    rating: str | None = None,
    confidence: float = 0.9,
) -> RatingConjoint:
    """Fit ratings of whole offers by least squares, respondent by respondent.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row for each offer that a respondent rated.
    attributes : sequence of str or mapping of str to str, optional
        Columns of the offers, as in `ChoiceModel`; None takes all other columns but "task" and
        "alternative".
    respondent, rating : str, optional
        Columns; None takes those of these names.
    confidence : float
        Confidence of the interval of the mean importance, in (0, 1).

    Raises
    ------
    DataError
        If columns are missing, or no respondent rated enough different offers.

    Examples
    --------
    >>> offers = pd.DataFrame({"brand": ["A", "A", "B", "B"], "price": ["lo", "hi", "lo", "hi"]})
    >>> found = rating_conjoint(offers.assign(respondent=1, rating=[9, 5, 8, 4]))
    >>> found.importance["importance"].round(1).tolist()
    [20.0, 80.0]
    """
    names = {"respondent": respondent, "rating": rating}
    table, found = find_columns(frame, names, "The ratings")
    kinds = kinds_of(attributes, "rating_conjoint")
    if kinds is None:
        kinds = {
            str(name): None
            for name in table.columns
            if name not in {*found.values(), "task", "alternative"}
        }
    lost = [
        f"no attribute {name!r}.{nearest(name, table.columns)}"
        for name in kinds
        if name not in table
    ]
    if lost or not kinds:
        raise DataError("; ".join(lost) or "There are no attributes beside the ratings.")
    used = table[[*found.values(), *kinds]].dropna()
    known = tuple(attribute_of(used[name], kind) for name, kind in kinds.items())
    coding = Coding(known, none=False, coding="effects")
    rows = coding.rows(used, False, "The ratings")
    rated = pd.to_numeric(used[found["rating"]], errors="coerce").to_numpy(dtype=float)
    if np.isnan(rated).any():
        row = used.index[np.isnan(rated)][0]
        raise DataError(f"Ratings must be numbers. Found another thing in row {row}.")
    betas, people, notes = [], [], []
    for who, places in used.reset_index(drop=True).groupby(found["respondent"]).indices.items():
        fitted = _least_squares(rows[places], rated[places])
        if fitted is None:
            notes.append(f"{who}: too few different offers, or all rated alike")
            continue
        beta, r2 = fitted
        people.append({"respondent": who, "ratings": len(places), "r2": r2})
        betas.append(beta)
    if not people:
        raise DataError(f"No respondent can be fitted. {'; '.join(notes[:5])}.")
    dropped = [f"{len(notes)} respondents set aside: {'; '.join(notes[:5])}."] if notes else []
    if len(used) < len(table):
        dropped.append(f"{len(table) - len(used):,} rows with a missing cell are set aside.")
    whose = [person["respondent"] for person in people]
    long = coding.part_worths(np.array(betas), "respondent", whose)
    importance = conjoint_importance(long, confidence=confidence)
    return RatingConjoint(long, importance, pd.DataFrame(people), tuple(dropped))


def _least_squares(rows: Floats, rated: Floats) -> tuple[Floats, float] | None:
    full = np.column_stack([np.ones(len(rows)), rows])
    beta, _, rank, _ = np.linalg.lstsq(full, rated, rcond=None)
    around = rated - rated.mean()
    if rank < full.shape[1] or not around @ around:
        return None
    gone = rated - full @ beta
    return np.asarray(beta[1:], dtype=np.float64), 1 - float(gone @ gone) / float(around @ around)
