"""The pictures of B3."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.wording import between, count, listed, share
from segkit.charts import Picture, bars, intervals, lines, process_map
from segkit.intervals import mean_interval, wilson_interval
from segkit.process import AbsorbingChain, StagePaths, TimeInStage, self_serve_share
from segkit.sizing import mann_kendall

__all__ = [
    "common_paths",
    "fast_and_stuck",
    "journey",
    "marginal_wins",
    "process",
    "waiting",
    "ways_out",
]

_MOST_PATHS = 8
_WAYS = {"advance": "went on", "lost": "lost", "back": "stepped back"}
_POINTS = 60
_LEAST = 10  # deals a year, and quarters for a trend


def process(table: pd.DataFrame, paths: StagePaths, chain: AbsorbingChain) -> Picture:
    """Draw the whole decision."""
    columns = ["stage", "entered", "advanced", "lost", "open", "conversion"]
    stages = table[[*columns, "median_days", "back", "back_to"]]
    won = pd.DataFrame([{"stage": "won", "entered": paths.counts["won"], "back_to": ""}])
    leak = table.nlargest(1, "lost").to_dict("records")[0]
    words = f"Most deals are lost in {leak['stage']} ({leak['lost']:,} of {leak['entered']:,})"
    if chain.bottleneck is not None:
        source, target = chain.bottleneck
        words += f"; one more success brings most from {source} to {target}"
    return Picture(
        title="How deals are decided",
        finding=f"{words}.",
        table=pd.concat([stages, won], ignore_index=True),
        draw=partial(
            process_map,
            stage="stage",
            entered="entered",
            advanced="advanced",
            lost="lost",
            waiting="open",
            conversion="conversion",
            days="median_days",
            back="back",
            back_to="back_to",
            axis="deals that entered the stage",
        ),
        about="map",
    )


def waiting(times: TimeInStage, stages: tuple[str, ...]) -> tuple[Picture, ...]:
    """Draw the share of deals still in each stage after so many days, where days are known."""
    curves = times.curves
    if curves.empty:
        return ()
    grid = np.unique(np.linspace(0, curves["time"].quantile(0.9), _POINTS).round())
    table = pd.DataFrame({"days": grid.astype(int)})
    for stage in stages:
        rows = curves[curves["stage"] == stage]
        place = np.searchsorted(rows["time"].to_numpy(), grid, side="right")
        table[stage] = np.append([1.0], rows["waiting"].to_numpy())[place].round(4)
    slowest = times.table.nlargest(1, "median").to_dict("records")[0]
    words = "fewer than half have left it so far"
    if np.isfinite(slowest["median"]):
        ends = between(slowest["low"], slowest["high"], count)
        words = f"half of them {count(slowest['median'])} days or more ({ends})"
    shown = Picture(
        title="How long deals stay in each stage",
        finding=f"Deals stay longest in {slowest['stage']}: {words}.",
        table=table,
        draw=partial(
            lines,
            x="days",
            y=list(stages),
            x_axis="days since the stage was entered",
            y_axis="share still there",
            tickformat=".0%",
            steps=True,
        ),
        about="times",
    )
    return (shown,)


def ways_out(times: TimeInStage, stage: str) -> tuple[Picture, ...]:
    """Draw what has become of those who entered a stage, day by day, where days are known."""
    rows = times.causes[times.causes["stage"] == stage]
    ends = times.exits[(times.exits["stage"] == stage) & (times.exits["cause"] == "advance")]
    if rows.empty or not ends["events"].sum():
        return ()
    wide = rows.pivot(index="time", columns="cause", values="share")
    wide = wide.reindex(columns=list(_WAYS)).fillna(0.0).rename(columns=_WAYS)
    wide = wide.loc[:, wide.iloc[-1] > 0]
    grid = np.unique(np.linspace(0, rows["time"].quantile(0.9), _POINTS).round())
    place = np.searchsorted(wide.index.to_numpy(), grid, side="right")
    table = pd.DataFrame({"days": grid.astype(int)})
    for name in wide:
        table[str(name)] = np.append([0.0], wide[name].to_numpy())[place].round(4)
    table["still there"] = (1 - table.drop(columns="days").sum(axis=1)).round(4)
    gone = ends.to_dict("records")[0]
    shown = Picture(
        title=f"What becomes of deals in {stage}",
        finding=(
            f"In the end {share(gone['share'])} of the deals in {stage} go on "
            f"({between(gone['low'], gone['high'], share)}), half of these within "
            f"{gone['median']:.0f} days."
        ),
        table=table,
        draw=partial(
            lines,
            x="days",
            y=list(table.columns[1:]),
            x_axis=f"days in {stage}",
            y_axis="share of the deals",
            tickformat=".0%",
            steps=True,
        ),
        about="times",
    )
    return (shown,)


def marginal_wins(chain: AbsorbingChain) -> Picture:
    """Draw what one point more of each step would bring."""
    steps = chain.sensitivity
    table = pd.DataFrame(
        {
            "step": steps["source"] + " to " + steps["target"],
            "probability": steps["probability"].round(4),
            "wins": (10 * steps["marginal_wins"]).round(3),
            "first": steps["first"].round(3),
        }
    )
    finding = "No step raises the chance to win."
    if len(table):
        best = table.to_dict("records")[0]
        finding = (
            f"One point more from {best['step']} brings {best['wins']:.1f} wins in 1,000 deals; in "
            f"{share(best['first'])} of redrawn data it is the step that brings most."
        )
    return Picture(
        title="Where one more success in a hundred brings most",
        finding=finding,
        table=table,
        draw=partial(bars, name="step", value="wins", axis="more wins in 1,000 deals"),
        about="bottleneck",
    )


def common_paths(paths: StagePaths) -> Picture:
    """Draw how often the commonest paths end in a win."""
    ended = paths.variants.assign(ended=paths.variants["won"] + paths.variants["lost"])
    rows = ended[ended["ended"] > 0].sort_values("ended", ascending=False, kind="stable")
    top = rows.head(_MOST_PATHS)
    table = pd.DataFrame(
        {
            "path": [" > ".join(path) for path in top["variant"]],
            "deals": top["ended"].to_numpy(),
            "win_rate": top["win_rate"].round(4).to_numpy(),
            "low": top["low"].round(4).to_numpy(),
            "high": top["high"].round(4).to_numpy(),
            "median_days": top["median_cycle"].to_numpy(),
        }
    )
    loops = paths.looping
    return Picture(
        title="The commonest paths and how often they win",
        finding=(
            f"{share(table['deals'].sum() / ended['ended'].sum())} of the deals that ended took "
            f"one of {len(table)} paths; {share(loops['share'])} of all step back at least once "
            f"({between(loops['low'], loops['high'], share)})."
        ),
        table=table,
        draw=partial(
            intervals,
            name="path",
            estimate="win_rate",
            axis="share won of those that ended (line: 90 % interval)",
            tickformat=".0%",
        ),
        about="paths",
    )


def fast_and_stuck(paths: StagePaths) -> tuple[Picture, ...]:
    """Compare deals won in less than the usual time with those that are stuck or refused."""
    cases = paths.cases
    usual = cases.loc[cases["state"] == "won", "cycle"].median()
    others = [name for name in ("stuck", "refused") if (cases["outcome"] == name).any()]
    if np.isnan(usual) or not others:
        return ()
    fast = (cases["state"] == "won") & (cases["cycle"] <= usual)
    groups = {"won fast": fast, "won later": (cases["state"] == "won") & ~fast}
    groups |= {name: cases["outcome"] == name for name in reversed(others)}
    traits = {f"began at {stage}": cases["first"] == stage for stage in paths.stages}
    traits["stepped back"] = cases["loops"]
    rows = []
    for trait, flags in traits.items():
        for group, there in groups.items():
            n, x = int(there.sum()), int((flags & there).sum())
            if n:
                low, high = wilson_interval(x, n)
                row = {"trait": trait, "group": group, "deals": n, "share": x / n}
                rows.append(row | {"low": low, "high": high})
    table = pd.DataFrame(rows).round(4)
    shown = Picture(
        title=f"Deals won fast beside deals that are {others[0]}",
        finding=_difference(table, usual, others[0]),
        table=table,
        draw=partial(
            intervals,
            name="trait",
            estimate="share",
            group="group",
            order=list(groups),
            axis="share of the group (line: 90 % interval)",
            tickformat=".0%",
        ),
        about="paths",
    )
    return (shown,)


def _difference(table: pd.DataFrame, usual: float, other: str) -> str:
    fast, rest = (table[table["group"] == name].set_index("trait") for name in ("won fast", other))
    both = fast.join(rest.add_suffix("_other"), how="inner")
    apart = both[(both["low"] > both["high_other"]) | (both["high"] < both["low_other"])]
    begin = f"Deals won within {usual:.0f} days (half of those won) "
    if apart.empty:
        return f"{begin}differ from {other} ones in none of these traits."
    named = [
        f"{trait} {share(row['share'])} against {share(row['share_other'])}"
        for trait, row in apart.to_dict("index").items()
    ]
    return f"{begin}differ from {other} ones: {listed(named)}."


def journey(activities: pd.DataFrame, created: pd.Series) -> tuple[Picture, ...]:
    """Draw the share of activities before the first one of a rep, by the year deals were opened."""
    alone = self_serve_share(activities, deal="opp_id", at="date", by="by_whom")
    opened = pd.to_datetime(alone["deal"].map(created))
    alone = alone[opened.notna()].assign(year=opened.dt.year, quarter=opened.dt.to_period("Q"))
    by_year = alone.groupby("year")["share"].agg(["size", "mean", "std"])
    by_year = by_year[by_year["size"] >= _LEAST]
    if len(by_year) < 2:
        return ()
    low, high = mean_interval(by_year["mean"], by_year["std"], by_year["size"])
    table = pd.DataFrame(
        {
            "year": by_year.index.astype(int),
            "deals": by_year["size"].to_numpy(),
            "share": by_year["mean"].round(4).to_numpy(),
            "low": low.round(4),
            "high": high.round(4),
        }
    )
    first, *_, last = table.to_dict("records")
    words = (
        f"Buyers did {share(first['share'])} of a deal's activities before they met a rep in "
        f"{first['year']}, {share(last['share'])} "
        f"({between(last['low'], last['high'], share)}) in {last['year']}"
    )
    quarters = alone.groupby("quarter")["share"].mean()
    if len(quarters) >= _LEAST:
        words += f" (Mann-Kendall over quarters: p = {mann_kendall(quarters).p:.2g})"
    return (
        Picture(
            title="How far buyers go before they meet a rep",
            finding=f"{words}.",
            table=table,
            draw=partial(
                lines,
                x="year",
                y=["share"],
                x_axis="year the deal was opened",
                y_axis="share of activities",
                tickformat=".0%",
            ),
            about="journey",
        ),
    )
