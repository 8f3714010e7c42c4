"""The pictures of S8: ranking, panel against data, disagreement, weights."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.wording import between, count, share
from segkit.charts import Picture, intervals, rank_gaps
from segkit.consensus import AHP, Borda, RankComparison

__all__ = ["gaps_picture", "ranking_picture", "weights_picture"]

_MOST = 30


def ranking_picture(found: Borda, names: pd.Series[str]) -> Picture:
    """Draw the Borda points with their bounds."""
    table = found.table.head(_MOST)
    table = table.assign(account=_named(table["item"], names)).round(3)
    table[["low", "high"]] = table[["low", "high"]].astype(float)
    best = table.iloc[0]
    bounds = ""
    if pd.notna(best["low"]):
        bounds = f" ({between(best['low'], best['high'], lambda end: f'{end:.0f}')})"
    return Picture(
        title="How the panel ranks the accounts",
        finding=(
            f"{best['account']} leads with {best['points']:.0f} Borda points{bounds} from "
            f"{count(found.ballots)} rankings; {int(best['firsts'])} put it first."
        ),
        table=table[["account", "points", "low", "high", "mean_rank", "rank"]],
        draw=partial(
            intervals,
            name="account",
            estimate="points",
            low="low",
            high="high",
            axis="Borda points (line: 90 % of resampled panels)",
        ),
        about="ranking",
    )


def gaps_picture(found: RankComparison, names: pd.Series[str]) -> Picture:
    """Draw the panel's rank of each account against its rank by revenue."""
    table = found.table.sort_values("panel_rank", kind="stable").head(_MOST)
    table = pd.DataFrame(
        {
            "account": _named(table["item"], names),
            "panel": table["panel_rank"].to_numpy(),
            "revenue": table["data_rank"].to_numpy(),
            "difference": table["difference"].to_numpy(),
        }
    )
    widest = found.table.iloc[0]
    name = names.get(widest["item"], widest["item"])
    finding = (
        f"Panel and revenue agree (rank correlation {found.rho:.2f})"
        if found.agrees
        else f"Panel and revenue do not clearly agree (rank correlation {found.rho:.2f})"
    )
    if widest["difference"]:
        side = "below" if widest["difference"] > 0 else "above"
        finding += (
            f"; farthest apart is {name}: the panel puts it "
            f"{abs(widest['difference']):g} places {side} its revenue"
        )
    return Picture(
        title="The panel's ranks against the data's",
        finding=f"{finding}.",
        table=table,
        draw=partial(rank_gaps, name="account", ranks=("panel", "revenue"), axis="rank, 1 is best"),
        about="data",
    )


def weights_picture(found: AHP) -> Picture:
    """Draw the weights of the criteria with the spread of the panel."""
    table = found.table.sort_values("rank", kind="stable").reset_index(drop=True).round(4)
    best = table.iloc[0]
    wild = found.panelists[found.panelists["consistency_ratio"] > 0.10]
    others = "; every panelist is consistent"
    if len(wild):
        who = ", ".join(
            f"{row['panelist']} (consistency ratio {row['consistency_ratio']:.2f})"
            for row in wild.to_dict("records")
        )
        others = f"; {who} should be talked with"
    return Picture(
        title="What the criteria weigh",
        finding=(
            f"{best['item']} weighs most, {share(best['weight'])}; the panel's consistency ratio "
            f"is {found.consistency_ratio:.2f}{others}."
        ),
        table=table,
        draw=partial(
            intervals,
            name="item",
            estimate="weight",
            low="low",
            high="high",
            axis="weight (line: 90 % interval over the panel)",
            tickformat=".0%",
        ),
        about="weights",
    )


def _named(items: pd.Index | pd.Series[str], names: pd.Series[str]) -> list[str]:
    return [str(names.get(one, one)) for one in items]
