"""S10: which accounts are most like our best customers."""

from __future__ import annotations

from functools import partial

import pandas as pd

from segkit.answers.accounts.account_rows import account_criteria, prospects, worded
from segkit.answers.answer import Answer
from segkit.answers.segments.customers import customer_rows
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, bars, gain_curve
from segkit.scoring import Lookalikes, abc, lookalikes
from segkit.tables import CompanyTables

__all__ = ["similar_accounts"]

_REACH = 0.1
_MOST = 12
_METHOD = (
    "Seed: the {seeds} customers of class A, who hold the first 80 % of yearly revenue, against "
    "all {universe} end users (logistic regression on what accounts are). Each third of the seed "
    "was held out in turn to see how soon the ranking finds it. Similarity says how many of the "
    "others are less alike, in percent: a ranking, and no chance of buying."
)
_SOURCES = ("Elkan & Noto 2008 (positive and unlabelled rows)", "Dickie 1951 (ABC analysis)")


def similar_accounts(company: CompanyTables) -> Answer:
    """Answer S10: accounts ranked by likeness to the best customers."""
    revenue = customer_rows(company)[0]["revenue"]
    classes = abc(revenue).table.set_index("item")["class"]
    known = account_criteria(company)
    seed = known.index.isin(classes.index[classes == "A"])
    found = lookalikes(known, seed)
    row = _at(found, _REACH)
    evidence = found.auc_interval[0] > 0.5
    return Answer(
        status="answered" if evidence else "no evidence",
        headline=_headline(found, evidence=evidence),
        estimate=row["recall"] if evidence else None,
        interval=(row["low"], row["high"]) if evidence else None,
        unit="of held-out seeds in the tenth most alike" if evidence else "",
        table=_table(company, found),
        pictures=(_reach(found), _likeness(found)),
        method=_METHOD.format(seeds=count(found.seeds), universe=count(found.universe)),
        sources=_SOURCES,
        caveats=(
            "Likeness to who buys much now is not likeliness to buy: A2 and A6 say that.",
            *found.notes,
        ),
    )


def _headline(found: Lookalikes, *, evidence: bool) -> str:
    row = _at(found, _REACH)
    if not evidence:
        return (
            f"What we know of accounts does not tell our best {count(found.seeds)} customers from "
            f"the other {count(found.universe - found.seeds)}."
        )
    return (
        f"The tenth of accounts most like our best {count(found.seeds)} customers would have held "
        f"{share(row['recall'])} of them, had they not been known "
        f"({between(row['low'], row['high'], share)}): {row['lift']:.1f} times chance."
    )


def _at(found: Lookalikes, reach: float) -> pd.Series:
    """Give the row of the ranking's reach."""
    return found.reach[found.reach["reach"] == reach].iloc[0]


def _table(company: CompanyTables, found: Lookalikes) -> pd.DataFrame:
    """List prospects, the most alike first."""
    accounts = company["accounts"].set_index("account_id")
    names = [name for name in ("name", "segment", "employees") if name in accounts]
    rows = found.table[~found.table["seed"]]
    rows = rows[rows.index.isin(prospects(company).index)]
    table = accounts.loc[rows.index, names].join(rows[["similarity", "rank"]])
    table = table.rename_axis("account_id").reset_index().sort_values("rank", ignore_index=True)
    return table.assign(rank=range(1, len(table) + 1))


def _reach(found: Lookalikes) -> Picture:
    row = _at(found, 0.2)
    return Picture(
        title="How soon the ranking finds best customers it has not seen",
        finding=(
            f"The fifth most alike hold {share(row['recall'])} of held-out seeds; the curve runs "
            f"along the dotted line where nothing is alike (AUC {found.auc:.2f})."
        ),
        table=found.reach.round(4),
        draw=partial(
            gain_curve,
            x="reach",
            y="recall",
            low="low",
            high="high",
            x_axis="share of accounts, the most alike first",
            y_axis="share of held-out seeds",
        ),
        about="reach",
    )


def _likeness(found: Lookalikes) -> Picture:
    rows = found.weights.head(_MOST).copy()
    rows["feature"] = rows["feature"].map(worded)
    top = rows.iloc[0]
    return Picture(
        title="What makes an account like the best",
        finding=f"Most of all {top['feature']} ({top['weight']:+.1f} a standard deviation).",
        table=rows.round(3).reset_index(drop=True),
        draw=partial(bars, name="feature", value="weight", axis="weight"),
        about="likeness",
    )
