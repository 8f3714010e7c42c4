"""Outcomes of users in words, and the users who share the same unmet ones."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segkit.answers.wording import share
from segkit.errors import DataError
from segkit.segments import Segmenter
from segkit.surveys import lint_outcomes
from segkit.tables import CompanyTables

__all__ = ["ALL", "NeedSegments", "need_segments", "short_names"]

ALL = "all users"
_K_MAX = 6
_FEWEST_USERS = 60


@dataclass(frozen=True)
class NeedSegments:
    """Users by what they want and lack.

    Attributes
    ----------
    of_user : Series
        Name of the segment, by user.
    names : tuple of str
        All segments, the largest first.
    explanation : str
        Why there are as many, in one sentence.
    """

    of_user: pd.Series[str]
    names: tuple[str, ...]
    explanation: str


def need_segments(survey: pd.DataFrame) -> NeedSegments:
    """Group users by how far each outcome is from satisfied, against the user's own mean."""
    importance = survey["importance"].astype("float64")
    gap = (importance - survey["satisfaction"].astype("float64")).clip(lower=0)
    wide = survey.assign(o=importance + gap).pivot_table(
        index="user_id", columns="outcome", values="o"
    )
    wide = wide.sub(wide.mean(axis=1), axis=0)
    one = pd.Series(ALL, index=wide.index, dtype="str")
    if len(wide) < _FEWEST_USERS or wide.shape[1] < 2:
        return NeedSegments(one, (ALL,), "too few users to look for segments of needs.")
    try:
        model = Segmenter(columns=list(wide.columns), k_max=_K_MAX).fit(wide.reset_index(drop=True))
    except DataError as refusal:  # such as users who all answer alike
        return NeedSegments(one, (ALL,), f"no segments of needs can be looked for. {refusal}")
    if model.k_ == 1:
        return NeedSegments(one, (ALL,), model.explanation_)
    labels = pd.Series(model.labels_, index=wide.index)
    sizes = labels[labels >= 0].value_counts(normalize=True)
    names = {
        number: f"Segment {place + 1} ({share(size)} of users)"
        for place, (number, size) in enumerate(sizes.items())
    }
    return NeedSegments(labels.map(names), tuple(names.values()), model.explanation_)


def short_names(company: CompanyTables) -> dict[str, str]:
    """Name outcomes by what they are about: statements without direction and metric."""
    jobs = company.tables.get("jobs")
    if jobs is None:
        return {}
    told = lint_outcomes(jobs["statement"].tolist())
    about = (told["object"] + " " + told["context"]).str.strip()
    usable = (about != "") & ~about.duplicated(keep=False)
    return dict(zip(jobs["outcome"], about.where(usable, told["statement"]), strict=True))
