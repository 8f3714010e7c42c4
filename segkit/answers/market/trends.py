"""M2: which trends rise, and which fall."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.answer import Answer, Status
from segkit.answers.wording import count, listed
from segkit.charts import Picture, intervals, panels
from segkit.sizing import Trends, find_trends
from segkit.tables import CompanyTables

__all__ = ["industry_trends"]

_METHOD = (
    "Seasonal Mann-Kendall test for each topic, made more careful where values carry over from "
    "month to month; Sen's slope with its 90 % interval. P-values are adjusted together (Holm), so "
    "that one false alarm among all topics has a chance of 5 %."
)
_SOURCES = (
    "Mann 1945; Kendall 1975",
    "Hirsch, Slack & Smith 1982 (seasons)",
    "Hamed & Rao 1998 (autocorrelation)",
    "Sen 1968 (slope)",
)


def industry_trends(company: CompanyTables) -> Answer:
    """Answer M2: what rises, what falls, and what does neither."""
    signals = company["trend_signals"]
    found = find_trends(signals, time="month", series="topic", value="index")
    table = _table(found)
    moving = table[table["verdict"].isin(["up", "down"])]
    status: Status
    if (table["verdict"] == "not enough data").all():
        status, headline = "not enough data", "No topic has enough months to tell a trend."
    elif moving.empty:
        status, headline = "no evidence", f"None of {count(len(table))} topics rises or falls."
    else:
        status, headline = "answered", _headline(table)
    strongest = moving.reindex(moving["slope"].abs().sort_values(ascending=False).index)
    first = strongest.to_dict("records")[0] if len(strongest) else None
    return Answer(
        status=status,
        headline=headline,
        estimate=first["slope"] if first else None,
        interval=(first["low"], first["high"]) if first else None,
        unit=f"points a year, {first['topic']}" if first else "",
        table=table,
        pictures=(_slopes(table), _months(signals, table)) if first else (),
        method=_METHOD,
        sources=_SOURCES,
        caveats=found.notes,
    )


def _table(found: Trends) -> pd.DataFrame:
    names = {"series": "topic", "n": "months"}
    table = found.table.rename(columns=names)[
        ["topic", "months", "slope", "low", "high", "p_adjusted", "verdict"]
    ]
    order = table.sort_values(["slope", "topic"], ascending=[False, True], ignore_index=True)
    return order.round({"slope": 2, "low": 2, "high": 2, "p_adjusted": 4})


def _headline(table: pd.DataFrame) -> str:
    parts = []
    for verdict, word in (("up", "rising"), ("down", "falling")):
        rows = table[table["verdict"] == verdict]
        names = [
            f"{row['topic']} ({row['slope']:+.1f} points a year, {row['low']:+.1f} to "
            f"{row['high']:+.1f})"
            for row in rows.to_dict("records")
        ]
        if names:
            parts.append(f"{word}: {listed(names)}")
    still = int((table["verdict"] == "none").sum())
    words = "; ".join(parts)
    end = f"; {count(still)} others show no trend." if still else "."
    return f"{words[0].upper()}{words[1:]}{end}"


def _slopes(table: pd.DataFrame) -> Picture:
    return Picture(
        title="What rises, what falls",
        finding=_strongest(table),
        table=table,
        draw=partial(
            intervals,
            name="topic",
            estimate="slope",
            low="low",
            high="high",
            axis="points a year (dot: slope, line: 90 % interval)",
            group="verdict",
        ),
    )


def _strongest(table: pd.DataFrame) -> str:
    first = table.iloc[int(table["slope"].abs().argmax())]
    return (
        f"{first['topic']} moves most: {first['slope']:+.1f} points a year "
        f"({first['low']:+.1f} to {first['high']:+.1f})."
    )


def _months(signals: pd.DataFrame, table: pd.DataFrame) -> Picture:
    verdicts = dict(zip(table["topic"], table["verdict"], strict=True))
    rows = signals[signals["topic"].isin(table["topic"])].sort_values(["topic", "month"])
    drawn = rows.assign(
        verdict=rows["topic"].map(verdicts), month=rows["month"].dt.strftime("%Y-%m")
    )[["topic", "month", "index", "verdict"]]
    up, down = (int((table["verdict"] == word).sum()) for word in ("up", "down"))
    return Picture(
        title="Topic by topic, month by month",
        finding=f"{up} of {len(table)} topics rise and {down} fall, beyond season and noise.",
        table=drawn.reset_index(drop=True),
        draw=partial(panels, x="month", y="index", panel="topic", verdict="verdict"),
    )
