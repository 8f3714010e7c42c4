"""Pictures of what qualification tells: frameworks, dimensions, flags, sellers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.wording import begun, listed, share
from segkit.charts import Picture, bars, intervals, lines
from segkit.frames import joined
from segkit.process import Qualification

__all__ = ["qualification_pictures", "two_digits"]


def qualification_pictures(found: Qualification, best: str) -> tuple[Picture, ...]:
    """Draw the comparison of frameworks, and the best one dimension by dimension."""
    return (
        _compared(found),
        _weights(found, best),
        _dependence(found, best),
        _known(found),
        *_flags(found),
        *_sellers(found),
    )


def two_digits(value: float) -> str:
    """Round to two digits.

    Examples
    --------
    >>> two_digits(0.8)
    '0.80'
    """
    return f"{value:.2f}"


def _compared(found: Qualification) -> Picture:
    table = found.comparison.sort_values("auc", ascending=False, ignore_index=True).round(4)
    words = [f"{row['framework']} {two_digits(row['auc'])}" for row in table.to_dict("records")]
    return Picture(
        title="How well each framework tells won from lost deals",
        finding=f"The chance that a won deal scores above a lost one: {listed(words)}.",
        table=table,
        draw=partial(
            intervals,
            name="framework",
            estimate="auc",
            axis="AUC on unseen deals (line: 90 % interval)",
            level=(0.5, "chance"),
        ),
        about="frameworks",
    )


def _weights(found: Qualification, best: str) -> Picture:
    rows = found.dimensions[found.dimensions["framework"] == best]
    table = rows.sort_values("weight", ascending=False, ignore_index=True).round(3)
    top = table.iloc[0]
    return Picture(
        title=f"What a point in each dimension of {best} is worth",
        finding=(
            f"A point more in {top['dimension']} multiplies the odds of winning by "
            f"{2.718281828 ** top['weight']:.1f}."
        ),
        table=table[["dimension", "known", "weight", "low", "high", "strength"]],
        draw=partial(
            intervals,
            name="dimension",
            estimate="weight",
            axis="log odds a point (0: tells nothing; line: 90 % interval)",
            level=(0.0, "nothing"),
        ),
        about="dimensions",
    )


def _dependence(found: Qualification, best: str) -> Picture:
    rows = found.dependence[found.dependence["framework"] == best]
    table = rows.pivot(index="score", columns="dimension", values="chance")
    table = table[list(dict.fromkeys(rows["dimension"]))].round(4)
    widest = str((table.max() - table.min()).idxmax())
    least, most = table[widest].iloc[[0, -1]]
    return Picture(
        title=f"What a score of {best} does to the chance of winning",
        finding=(
            f"If all deals scored 0 in {widest}, {share(least)} would be won; if all scored 3, "
            f"{share(most)}."
        ),
        table=table.reset_index(),
        draw=partial(
            lines,
            x="score",
            y=[str(name) for name in table],
            x_axis="score (0 to 3)",
            y_axis="share of deals won",
            tickformat=".0%",
        ),
        about="dimensions",
    )


def _sellers(found: Qualification) -> tuple[Picture, ...]:
    """Show the sellers by the dimension in which they differ most surely."""
    if found.interactions.empty or (found.interactions["verdict"] != "differs").all():
        return ()
    worst = found.interactions.nsmallest(1, "p").to_dict("records")[0]
    rows = found.reps[
        (found.reps["framework"] == worst["framework"])
        & (found.reps["dimension"] == worst["dimension"])
    ]
    table = rows.sort_values("weight", ascending=False, ignore_index=True).round(3)
    named = [f"{row['rep']}: {row['verdict']}" for row in _apart(table)]
    what = f"{worst['dimension']} ({worst['framework']})"
    return (
        Picture(
            title=f"What a point in {what} is worth, seller by seller",
            finding=f"{begun(listed(named))}." if named else "Sellers differ; none stands out.",
            table=table[["rep", "deals", "mean", "weight", "low", "high", "verdict"]],
            draw=partial(
                intervals,
                name="rep",
                estimate="weight",
                group="verdict",
                order=("worth more", "worth less", "no evidence"),
                axis="log odds a point (0: tells nothing; line: 90 % interval)",
                level=(0.0, "nothing"),
            ),
            about="sellers",
        ),
    )


def _apart(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table[table["verdict"] != "no evidence"].to_dict("records")


def _known(found: Qualification) -> Picture:
    table = found.dimensions.sort_values(["framework", "known"], ignore_index=True)
    least = table.nsmallest(1, "known").to_dict("records")[0]
    table = pd.DataFrame(
        {
            "dimension": joined(table, "framework", "dimension"),
            "framework": table["framework"],
            "known": table["known"].round(4),
        }
    )
    return Picture(
        title="How much is known of the deals",
        finding=(
            f"Least is known of {least['dimension']} ({least['framework']}): "
            f"{share(least['known'])} of its deals have a score."
        ),
        table=table,
        draw=partial(
            bars,
            name="dimension",
            value="known",
            axis="share of deals with a score",
            tickformat=".0%",
        ),
        about="known",
    )


def _flags(found: Qualification) -> tuple[Picture, ...]:
    if found.flags.empty:
        return ()
    rows = found.flags.to_dict("records")
    words = [
        f"with a {row['what']} {share(row['win_rate_with'])} are won, without "
        f"{share(row['win_rate_without'])}"
        for row in rows
    ]
    columns = ["what", "deals_with", "win_rate_with", "win_rate_without", "ratio", "low", "high"]
    table = found.flags[columns].round(4).assign(verdict=found.flags["verdict"])
    return (
        Picture(
            title="Win rates with a quantified goal and a feasible plan",
            finding=f"Of the deals {'; '.join(words)}.",
            table=table,
            draw=partial(
                intervals,
                name="what",
                estimate="ratio",
                group="verdict",
                axis="win rate with / without (1: no difference; line: 90 % interval)",
                level=(1.0, "no difference"),
            ),
            about="flags",
        ),
    )
