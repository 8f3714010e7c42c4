"""A picture of what features do to satisfaction, there or absent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from segkit.answers.wording import listed
from segkit.charts import Picture, intervals
from segkit.surveys import Kano

__all__ = ["CATEGORIES", "kano_rows", "kano_segments"]

CATEGORIES = {
    "M": "must-be",
    "O": "one-dimensional",
    "A": "attractive",
    "I": "indifferent",
    "R": "reverse",
    "Q": "questionable",
}
_WON, _LOST = "satisfied with it", "dissatisfied without it"


def kano_rows(found: Kano, title: str) -> Picture:
    """Draw Berger's better and worse of each feature, the features in order of their category."""
    table = found.table.dropna(subset="better").copy()
    table["place"] = table["category"].map({name: n for n, name in enumerate(CATEGORIES)})
    table = table.sort_values(["place", "feature"], ignore_index=True)
    kind = table["category"].map(CATEGORIES) + table["clear"].map({True: "", False: ", not clear"})
    table["feature and kind"] = table["feature"].astype("str") + " (" + kind + ")"
    sides = (
        (_WON, table["better"], table["better_low"], table["better_high"]),
        (_LOST, -table["worse"], -table["worse_high"], -table["worse_low"]),
    )
    names = table["feature and kind"]
    shown = pd.concat(
        [
            pd.DataFrame({"feature": names, "side": side, "share": share, "low": low, "high": high})
            for side, share, low, high in sides
        ],
        ignore_index=True,
    )
    musts = table.loc[(table["category"] == "M") & table["clear"], "feature"].tolist()
    return Picture(
        title=title,
        finding=(
            f"Without these users are dissatisfied, whatever else there is: {listed(musts)}."
            if musts
            else "No feature is a must beyond chance."
        ),
        table=shown.round(4),
        draw=partial(
            intervals,
            name="feature",
            estimate="share",
            axis="share of users (line: 90 % interval)",
            group="side",
            level=(0.5, "half"),
            tickformat=".0%",
        ),
        about="kano",
    )


def kano_segments(found: Kano, names: Sequence[str]) -> Picture:
    """Draw how each segment would miss each feature, those first on which segments differ."""
    differing = found.tests.loc[found.tests["differs"], "feature"].tolist()
    table = found.table.dropna(subset="worse").assign(
        missed=lambda rows: -rows["worse"],
        low=lambda rows: -rows["worse_high"],
        high=lambda rows: -rows["worse_low"],
        kind=lambda rows: rows["category"].map(CATEGORIES),
    )
    most = table.groupby("feature")["missed"].transform("max")
    table = table.assign(alike=~table["feature"].isin(differing), most=-most)
    table = table.sort_values(["alike", "most", "feature"], kind="stable", ignore_index=True)
    return Picture(
        title="Features, segment by segment: who is dissatisfied without them",
        finding=(
            f"Segments differ beyond chance in {listed(differing)}: there each is judged alone."
            if differing
            else "In no feature do segments differ beyond chance: all users are judged together."
        ),
        table=table[["feature", "segment", "kind", "missed", "low", "high"]].round(4),
        draw=partial(
            intervals,
            name="feature",
            estimate="missed",
            axis="share dissatisfied without it (line: 90 % interval)",
            group="segment",
            order=names,
            level=(0.5, "half"),
            tickformat=".0%",
        ),
        about="kano",
    )
