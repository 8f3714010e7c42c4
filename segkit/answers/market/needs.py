"""M3: what the market needs, and how that changes."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer, Status
from segkit.answers.wording import between, count, listed, share
from segkit.charts import Picture, intervals, slopes
from segkit.sizing import NeedChanges, need_changes
from segkit.tables import CompanyTables

__all__ = ["market_needs"]

_METHOD = (
    "A need is important to those who rate it 4 or 5 of 5 (top-two box), with Wilson's 90 % "
    "interval. Change from wave to wave: Cochran-Armitage trend test, adjusted together for all "
    "needs (Holm); first against last wave with Newcombe's interval."
)
_SOURCES = (
    "Cochran 1954; Armitage 1955 (trend of a share)",
    "Wilson 1927; Newcombe 1998 (intervals)",
)


def market_needs(company: CompanyTables) -> Answer:
    """Answer M3: which needs matter most, which rise and which fall."""
    answers = company["needs_waves"]
    found = need_changes(answers, wave="wave", need="need", rating="importance")
    table = _table(found)
    first = table.iloc[0]
    return Answer(
        status=_status(table),
        headline=_headline(table),
        estimate=float(first["now"]),
        interval=(float(first["now_low"]), float(first["now_high"])),
        unit=f"share to whom {first['need']} is important",
        table=table,
        pictures=(_change(found), _now(table)),
        method=_METHOD,
        sources=_SOURCES,
        caveats=found.notes,
    )


def _status(table: pd.DataFrame) -> Status:
    return "not enough data" if (table["verdict"] == "not enough data").all() else "answered"


def _table(found: NeedChanges) -> pd.DataFrame:
    last = found.waves.groupby("need", sort=False).tail(1).set_index("need")
    table = found.table.set_index("need")
    table = pd.DataFrame(
        {
            "now": last["share"],
            "now_low": last["low"],
            "now_high": last["high"],
            "change": table["change"],
            "change_low": table["low"],
            "change_high": table["high"],
            "p_adjusted": table["p_adjusted"],
            "verdict": table["verdict"],
        }
    )
    order = table.rename_axis("need").reset_index()
    return order.sort_values(["now", "need"], ascending=[False, True], ignore_index=True).round(4)


def _headline(table: pd.DataFrame) -> str:
    first = table.iloc[0]
    most = (
        f"{share(first['now'])} ({between(first['now_low'], first['now_high'], share)}) call "
        f"{first['need']} important, more than any other need"
    )
    if _status(table) == "not enough data":
        return f"{most}; one or two waves, or too few answers, tell no trend."
    parts = []
    for verdict, word in (("rising", "rising"), ("falling", "falling")):
        rows = table[table["verdict"] == verdict]
        names = [
            f"{row['need']} ({100 * row['change']:+.0f} points)" for row in rows.to_dict("records")
        ]
        if names:
            parts.append(f"{word}: {listed(names)}")
    return f"{most}; {'; '.join(parts) if parts else 'no need changes beyond chance'}."


def _change(found: NeedChanges) -> Picture:
    table = found.table[["need", "first", "last", "change", "low", "high", "verdict"]].round(4)
    moving = table[table["verdict"].isin(["rising", "falling"])]
    names = [
        f"{row['need']} ({between(row['low'], row['high'], _points)})"
        for row in moving.to_dict("records")
    ]
    finding = (
        f"Changed beyond chance: {listed(names)}."
        if names
        else f"None of {count(len(table))} needs changed beyond chance."
    )
    return Picture(
        title="Who calls it important: first and last wave",
        finding=finding,
        table=table,
        draw=partial(
            slopes,
            name="need",
            first="first",
            last="last",
            verdict="verdict",
            axis="share of answers",
        ),
    )


def _now(table: pd.DataFrame) -> Picture:
    first, last = table.iloc[0], table.iloc[-1]
    return Picture(
        title="What matters today",
        finding=(
            f"{first['need']} matters to {share(first['now'])}, {last['need']} to "
            f"{share(last['now'])}."
        ),
        table=table[["need", "now", "now_low", "now_high"]],
        draw=partial(
            intervals,
            name="need",
            estimate="now",
            low="now_low",
            high="now_high",
            axis="share that rates it 4 or 5 (dot: share, line: 90 % interval)",
            tickformat=".0%",
        ),
    )


def _points(change: float) -> str:
    return f"{100 * change:+.0f} points"
