"""B3: how buyers decide: paths through the stages, times, chances and the bottleneck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.buyers import decision_pictures as pictures
from segkit.answers.wording import between, count, share
from segkit.charts import Picture
from segkit.errors import DataError
from segkit.process import (
    AbsorbingChain,
    StagePaths,
    TimeInStage,
    TransitionMatrix,
    absorbing_chain,
    stage_paths,
    time_in_stage,
    transition_matrix,
)
from segkit.tables import CompanyTables

__all__ = ["how_buyers_decide"]

_SURE = 0.9
_WON = ("won", "closed won")
_LOST = ("refused", "lost", "closed lost", "stuck")
_METHOD = (
    "Steps from stage to stage as an absorbing Markov chain: chance to win, and what one point "
    "more of each step would bring. Conversion follows everybody who entered a stage; open deals "
    "count where they are and not beyond. Days by Kaplan and Meier's method, deals still there "
    "included; stuck deals count as not won. {memory}"
)
_MEMORY = {
    "no memory found": "The next step does not depend on the stage before (p = {p:.2f}).",
    "memory": "The next step depends on the stage before as well (p = {p:.2g}): chances are rough.",
    "not enough data": "Too few deals to test whether steps depend on the stage before.",
}
_SOURCES = (
    "Kemeny & Snell 1960 (absorbing chains)",
    "Kaplan & Meier 1958; Aalen & Johansen 1978 (time in stages)",
    "Anderson & Goodman 1957 (memory of a chain)",
)


def how_buyers_decide(company: CompanyTables) -> Answer:
    """Answer B3: the stages deals pass, how long that takes, and where most wins are lost."""
    events = _events(company)
    read: dict[str, Any] = {
        "case": "opp_id",
        "stage": "stage",
        "entered_at": "entered_at",
        "outcome": "outcome",
        "won": _WON,
        "lost": _LOST,
        "as_of": company.as_of,
    }
    paths = stage_paths(events, **read)
    if not paths.counts["won"] or not paths.counts["lost"]:
        raise DataError(
            f"Of {count(paths.counts['cases'])} deals with stages {count(paths.counts['won'])} are "
            f"won and {count(paths.counts['lost'])} lost: both are needed to tell what decides."
        )
    moves = transition_matrix(events, **read)
    chain = absorbing_chain(moves)
    times = time_in_stage(events, **read)
    table = _table(paths, moves, chain, times)
    first = table.dropna(subset="win_chance").to_dict("records")[0]
    return Answer(
        status="answered",
        headline=_headline(first, chain),
        estimate=first["win_chance"],
        interval=(first["win_low"], first["win_high"]),
        unit=f"chance to win from {first['stage']}",
        table=table,
        pictures=(
            pictures.process(table, paths, chain),
            *pictures.waiting(times, paths.stages),
            *(pictures.ways_out(times, chain.bottleneck[0]) if chain.bottleneck else ()),
            pictures.marginal_wins(chain),
            pictures.common_paths(paths),
            *pictures.fast_and_stuck(paths),
            *_journey(company),
        ),
        method=_METHOD.format(memory=_MEMORY[moves.order.verdict].format(p=moves.order.p)),
        sources=_SOURCES,
        caveats=tuple(dict.fromkeys([*paths.notes, *times.notes, *chain.notes])),
    )


def _events(company: CompanyTables) -> pd.DataFrame:
    """Put the day a deal was closed after its stages, where they do not hold the end."""
    deals = company["opportunities"]
    known = [name for name in ("opp_id", "outcome", "closed") if name in deals]
    events = company["stage_history"].merge(deals[known], on="opp_id", how="left")
    if "closed" not in events:
        return events
    ended = events["stage"].str.strip().str.casefold().isin([*_WON, *_LOST])
    silent = ~events["opp_id"].isin(events.loc[ended, "opp_id"]) & events["outcome"].ne("open")
    ends = events[silent].dropna(subset=["closed", "outcome"]).drop_duplicates("opp_id")
    ends = ends.assign(stage=ends["outcome"], entered_at=ends["closed"])
    return pd.concat([events, ends], ignore_index=True)


def _headline(first: dict[Any, Any], chain: AbsorbingChain) -> str:
    words = (
        f"A deal that starts at {first['stage']} is won with a chance of "
        f"{share(first['win_chance'])} ({between(first['win_low'], first['win_high'], share)})"
    )
    if chain.bottleneck is None:
        return f"{words}."
    best = chain.sensitivity.to_dict("records")[0]
    step = f"from {best['source']} to {best['target']}"
    if best["first"] < _SURE:
        return (
            f"{words}; one point more {step} may bring most wins, as it does in "
            f"{share(best['first'])} of redrawn data."
        )
    return (
        f"{words}; one point more {step} would bring most: "
        f"{10 * best['marginal_wins']:.1f} wins in 1,000 deals."
    )


def _table(
    paths: StagePaths, moves: TransitionMatrix, chain: AbsorbingChain, times: TimeInStage
) -> pd.DataFrame:
    stages = list(paths.stages)
    days = times.table.set_index("stage").reindex(stages)
    wins = chain.intervals[chain.intervals["end"].isin(moves.won)].set_index("start")
    gain = chain.sensitivity.groupby("source")["marginal_wins"].max()
    back = np.tril(moves.probabilities[stages].fillna(0.0).to_numpy())
    table = paths.conversion.set_index("stage").assign(
        median_days=days["median"],
        days_low=days["low"],
        days_high=days["high"],
        back=back.sum(axis=1),
        back_to=[stages[int(row.argmax())] if row.any() else "" for row in back],
        win_chance=wins["probability"],
        win_low=wins["low"],
        win_high=wins["high"],
        marginal_wins=gain,
    )
    return table.rename_axis("stage").reset_index().replace(np.inf, np.nan).round(4)


def _journey(company: CompanyTables) -> tuple[Picture, ...]:
    """Show how far buyers go alone, where activities say who acted."""
    activities = company.tables.get("activities")
    needed = ["opp_id", "date", "by_whom"]
    if activities is None or not set(needed) <= set(activities):
        return ()
    known = activities.dropna(subset=needed)
    created = company["opportunities"].set_index("opp_id").get("created")
    if created is None or known.empty:
        return ()
    return pictures.journey(known, created)
