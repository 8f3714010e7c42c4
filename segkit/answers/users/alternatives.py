"""U4: what users could use instead, and where they go."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.wording import between, listed, share
from segkit.charts import Picture, bars, heatmap, intervals
from segkit.intervals import wilson_interval
from segkit.process import SwitchingMatrix, share_of_job, switching_matrix
from segkit.tables import CompanyTables

__all__ = ["what_else_users_have"]

_METHOD = (
    "Share of users (times jobs) for each alternative with Wilson's interval, "
    "wider where a user's jobs are alike; mean satisfaction "
    "with Student's. Switches between alternatives: net flow with a sign test (Holm), Bowker's "
    "test of symmetry; the steady state is where as many join as leave if people go on switching "
    "at today's rates, which are switches over present users."
)
_SOURCES = (
    "Wilson 1927",
    "Bowker 1948 (symmetry)",
    "Moesta & Spiek 2014 (forces of a switch)",
)
_STEADY = (
    "The steady state is a continuation of today's rates, not a forecast: it supposes that users "
    "surveyed and people who switched are of the same kind."
)


def what_else_users_have(company: CompanyTables) -> Answer:
    """Answer U4: shares of the job, satisfaction, and flows between alternatives."""
    usage, log = company["alternatives"], company["switches"]
    shares = share_of_job(
        usage,
        alternative="alternative",
        job="job",
        satisfaction="satisfaction" if "satisfaction" in usage else None,
        user="user_id" if "user_id" in usage else None,
    )
    everything = shares[shares["job"] == shares["job"].iloc[0]].reset_index(drop=True)
    users = dict(zip(everything["alternative"], everything["users"], strict=True))
    flows = switching_matrix(log, users=users if _covered(log, users) else None)
    top = everything.to_dict("records")[0]
    return Answer(
        status="answered",
        headline=_headline(top, flows),
        estimate=top["share"],
        interval=(top["low"], top["high"]),
        unit=f"share of {top['alternative']}",
        table=_table(everything, flows),
        pictures=(
            _in_use(everything),
            *_satisfaction(everything),
            _net(flows),
            _matrix(flows),
            *_steady(flows),
            *_by_job(shares),
            *_forces(log),
        ),
        method=_METHOD,
        sources=_SOURCES,
        caveats=(*flows.notes, _STEADY),
    )


def _covered(log: pd.DataFrame, users: dict[Any, Any]) -> bool:
    return set(log["from"].dropna()) | set(log["to"].dropna()) <= set(users)


def _headline(top: dict[Any, Any], flows: SwitchingMatrix) -> str:
    words = (
        f"Most often users turn to {top['alternative']}: {share(top['share'])} "
        f"({between(top['low'], top['high'], share)})"
    )
    gains = flows.table[flows.table["verdict"] == "gains"]
    if gains.empty:
        return f"{words}; no alternative gains or loses by switches more than chance would."
    best = gains.to_dict("records")[0]
    return (
        f"{words}; {best['alternative']} gains most by switches: {best['net_share']:+.0%} of all, "
        f"net ({best['low']:+.0%} to {best['high']:+.0%})."
    )


def _table(everything: pd.DataFrame, flows: SwitchingMatrix) -> pd.DataFrame:
    flow = flows.table.rename(columns={"low": "net_low", "high": "net_high"})
    table = everything.drop(columns="job").merge(flow, on="alternative", how="outer")
    return table.sort_values("users", ascending=False, ignore_index=True).round(4)


def _in_use(everything: pd.DataFrame) -> Picture:
    first = everything.to_dict("records")
    return Picture(
        title="What users use today",
        finding=listed([f"{row['alternative']} {share(row['share'])}" for row in first]) + ".",
        table=everything.drop(columns="job").round(4),
        draw=partial(
            intervals,
            name="alternative",
            estimate="share",
            axis="share of users and jobs (line: 90 % interval)",
            tickformat=".0%",
        ),
        about="use",
    )


def _satisfaction(everything: pd.DataFrame) -> tuple[Picture, ...]:
    if "satisfaction" not in everything or everything["satisfaction"].isna().all():
        return ()
    names = ["alternative", "rated", "satisfaction", "satisfaction_low", "satisfaction_high"]
    rows = everything[names].dropna(subset="satisfaction")
    table = rows.sort_values("satisfaction", ascending=False, ignore_index=True).round(3)
    first, last = table.iloc[0], table.iloc[-1]
    return (
        Picture(
            title="How satisfied users are with what they use",
            finding=(
                f"{first['alternative']} {first['satisfaction']:.1f}, {last['alternative']} "
                f"{last['satisfaction']:.1f}."
            ),
            table=table,
            draw=partial(
                intervals,
                name="alternative",
                estimate="satisfaction",
                low="satisfaction_low",
                high="satisfaction_high",
                axis="mean satisfaction (line: 90 % interval)",
            ),
            about="use",
        ),
    )


def _net(flows: SwitchingMatrix) -> Picture:
    words = [
        f"{row['alternative']} {row['verdict']} {abs(row['net_share']):.0%}"
        for row in flows.table.to_dict("records")
        if row["verdict"] != "no evidence"
    ]
    columns = ["alternative", "left", "joined", "net_share", "low", "high", "verdict"]
    return Picture(
        title="Who gains and who loses by switches",
        finding=f"Of all switches, net: {listed(words)}." if words else "Nobody gains or loses.",
        table=flows.table[columns].round(4),
        draw=partial(
            intervals,
            name="alternative",
            estimate="net_share",
            group="verdict",
            order=("gains", "loses", "no evidence"),
            axis="joined less left, share of all switches (line: 90 % interval)",
            level=(0.0, "as many come as go"),
            tickformat="+.0%",
        ),
        about="switches",
    )


def _matrix(flows: SwitchingMatrix) -> Picture:
    counts = flows.counts.loc[flows.table["alternative"], flows.table["alternative"]]
    top = flows.flows.to_dict("records")[0]
    p = flows.symmetry["p"]
    even = "as many go as come back" if p >= 0.05 else "more go one way than come back"
    table = counts.rename_axis("from").reset_index()
    return Picture(
        title="Switches from (rows) to (columns)",
        finding=(
            f"The largest flow is from {top['source']} to {top['target']}: {share(top['share'])} "
            f"of all; {even} (Bowker's test: p = {p:.2g})."
        ),
        table=table,
        draw=partial(
            heatmap,
            name="from",
            columns=list(counts.columns),
            centre=0.0,
            axis="switches to",
        ),
        about="switches",
    )


def _steady(flows: SwitchingMatrix) -> tuple[Picture, ...]:
    rows = flows.table.dropna(subset="steady")
    if rows.empty:
        return ()
    table = rows.sort_values("steady", ascending=False, ignore_index=True)
    top = table.iloc[0]
    return (
        Picture(
            title=f"Where switches lead: steady shares of {flows.steady_of}",
            finding=(
                f"If people go on switching as now, {top['alternative']} ends with "
                f"{share(top['steady'])} "
                f"({between(top['steady_low'], top['steady_high'], share)})."
            ),
            table=table[["alternative", "steady", "steady_low", "steady_high"]].round(4),
            draw=partial(
                intervals,
                name="alternative",
                estimate="steady",
                low="steady_low",
                high="steady_high",
                axis=f"steady share of {flows.steady_of} (line: 90 % interval)",
                tickformat=".0%",
            ),
            about="switches",
        ),
    )


def _by_job(shares: pd.DataFrame) -> tuple[Picture, ...]:
    jobs = shares[shares["job"] != shares["job"].iloc[0]]
    if jobs["job"].nunique() < 2:
        return ()
    top = jobs.loc[jobs["share"].idxmax()]
    return (
        Picture(
            title="What users use for each job",
            finding=f"Largest: {top['alternative']} for '{top['job']}', {share(top['share'])}.",
            table=jobs[["job", "alternative", "users", "share", "low", "high"]].round(4),
            draw=partial(
                intervals,
                name="job",
                estimate="share",
                group="alternative",
                axis="share of the job's users (line: 90 % interval)",
                tickformat=".0%",
            ),
            about="use",
        ),
    )


def _forces(log: pd.DataFrame) -> tuple[Picture, ...]:
    if "force" not in log or log["force"].isna().all():
        return ()
    counts = log["force"].value_counts()
    low, high = wilson_interval(counts.to_numpy(), [int(counts.sum())] * len(counts))
    table = pd.DataFrame({"force": counts.index, "switches": counts.to_numpy()})
    table = table.assign(share=table["switches"] / counts.sum(), low=low, high=high).round(4)
    top = table.iloc[0]
    return (
        Picture(
            title="What made people switch",
            finding=f"{str(top['force']).capitalize()} is named most: {share(top['share'])}.",
            table=table,
            draw=partial(
                bars, name="force", value="share", axis="share of switches", tickformat=".0%"
            ),
            about="switches",
        ),
    )
