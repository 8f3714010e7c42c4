"""Strengths, weaknesses, opportunities and threats, each with what it rests on."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.wording import listed
from segkit.charts import Picture, bars

__all__ = ["swot"]

_KINDS = ("strength", "weakness", "opportunity", "threat")
_HELPS = ("strength", "opportunity")


def swot(strengths: pd.DataFrame, factors: pd.DataFrame) -> Picture:
    """Draw both evaluations side by side, the evidence of each row in the table.

    Parameters
    ----------
    strengths : DataFrame
        `attribute, answers, gap, low, high, verdict, weight, rating`; rows without a weight stay
        out.
    factors : DataFrame
        `factor, kind, weight, rating, seen in the tables`.
    """
    inside = strengths[strengths["weight"].notna()]
    rated = [
        f"{row['gap']:+.1f} points ({row['low']:+.1f} to {row['high']:+.1f}), "
        f"{row['answers']:,} buyers"
        for row in inside.to_dict("records")
    ]
    rows = pd.concat(
        [
            inside.rename(columns={"attribute": "what", "verdict": "kind"}).assign(evidence=rated),
            factors.rename(columns={"factor": "what"}).assign(
                evidence=factors["seen in the tables"]
            ),
        ]
    )[["kind", "what", "weight", "rating", "evidence"]]
    place = rows["kind"].map(_KINDS.index)
    order = rows.assign(place=place).sort_values(["place", "weight"], ascending=[True, False])
    table = order.drop(columns="place").reset_index(drop=True).round(4)
    first = [f"{kind} {part['what'].iloc[0]}" for kind, part in table.groupby("kind", sort=False)]
    unseen = int(table["evidence"].eq("not tested").sum())
    rest = f"; {unseen} rest on judgement alone" if unseen else ""
    helps = table["kind"].isin(_HELPS).map({True: "helps", False: "harms"})
    return Picture(
        title="Strengths, weaknesses, opportunities, threats",
        finding=f"Weightiest of each kind: {listed(first)}{rest}.",
        table=table.assign(
            what=table["kind"].str[0].str.upper() + ": " + table["what"], effect=helps
        ),
        draw=partial(
            bars,
            name="what",
            value="weight",
            axis="weight in its evaluation",
            group="effect",
        ),
    )
