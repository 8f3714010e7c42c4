"""S4: channel and end users, and what mixing them does to the numbers."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.accounts.lifetime.value import lifetime_value
from segkit.answers.answer import Answer
from segkit.answers.segments.customers import payments, recent, running
from segkit.answers.wording import between, count, money, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.segments import mixing_error
from segkit.tables import CompanyTables

__all__ = ["channel_mix"]

_DRAWS = 1_000
_USERS = "end user"
_METHOD = (
    "Accounts are parted into end users and partners before anything is averaged. The mixing error "
    "is the mean over all / the mean of the kind, less 1; it warns where the kinds differ (Holm "
    "p < 0.1) and pooling moves a mean by more than 5 %. The interval comes from {draws} bootstrap "
    "samples within each kind."
)
_SOURCES = ("Efron & Tibshirani 1993 (bootstrap)", "Holm 1979")


def channel_mix(company: CompanyTables) -> Answer:
    """Answer S4: whether channel and end users are mixed, and by how much the means are off."""
    frame, main = _rows(company)
    kinds = frame["kind"].value_counts()
    notes = _unknown(frame)
    if len(kinds) < 2:
        return Answer(
            status="answered",
            headline=f"No: every account that pays is marked “{kinds.index[0]}”.",
            method=_METHOD.format(draws=count(_DRAWS)),
            caveats=notes,
        )
    metrics = [str(name) for name in frame if name != "kind" and frame[name].notna().any()]
    found = mixing_error(frame, "kind", metrics)
    own = found.table[(found.table["metric"] == main) & (found.table["party"] == _USERS)].iloc[0]
    low, high = _interval(frame.dropna(subset=["kind", main]), main)
    return Answer(
        status="answered",
        headline=_headline(company, own, main, (low, high), mixed=found.mixed),
        estimate=float(own["error"]),
        interval=(low, high),
        unit=f"error of the mean {main} of end users if pooled",
        table=found.table.round(4),
        pictures=(_errors(found.table),),
        method=_METHOD.format(draws=count(_DRAWS)),
        sources=_SOURCES,
        caveats=notes,
    )


def _rows(company: CompanyTables) -> tuple[pd.DataFrame, str]:
    """Give one row a contract and one an account, each with its kind and what is known of it."""
    kinds = company["accounts"].set_index("account_id")["party_type"]
    parts = [*_contracts(company), *_accounts(company), *_worth(company)]
    frame = pd.concat(parts, ignore_index=True)
    frame["kind"] = frame.pop("account_id").map(kinds)
    main = str(frame.columns[0])
    return frame, main


def _contracts(company: CompanyTables) -> list[pd.DataFrame]:
    if "contracts" not in company.tables:
        return []
    runs = running(company, company.as_of)
    had = running(company, company.as_of - pd.DateOffset(years=1))["account_id"].drop_duplicates()
    return [
        runs[["account_id"]].assign(**{"contract value a year": 12 * runs["mrr"]}),
        had.to_frame().assign(**{"left within a year": 1.0 - had.isin(runs["account_id"])}),
    ]


def _accounts(company: CompanyTables) -> list[pd.DataFrame]:
    try:
        paid = recent(company, payments(company)).groupby("account_id")["amount"].sum()
    except DataError:
        return []
    return [paid[paid > 0].rename("revenue of the last year").reset_index()]


def _worth(company: CompanyTables) -> list[pd.DataFrame]:
    try:
        table = lifetime_value(company).table
    except DataError:
        return []
    if not {"account_id", "value"} <= set(table):
        return []
    return [table[["account_id", "value"]].rename(columns={"value": "lifetime value"})]


def _unknown(frame: pd.DataFrame) -> tuple[str, ...]:
    lost = int(frame["kind"].isna().sum())
    return (f"{count(lost)} rows of accounts of unknown kind are left out.",) if lost else ()


def _interval(frame: pd.DataFrame, metric: str) -> tuple[float, float]:
    """Bound the mixing error of end users by resampling within each kind."""
    rng = np.random.default_rng(0)
    own = frame.loc[frame["kind"] == _USERS, metric].to_numpy(dtype=float)
    others = frame.loc[frame["kind"] != _USERS, metric].to_numpy(dtype=float)
    mine = np.array([rng.choice(own, own.size).mean() for _ in range(_DRAWS)])
    theirs = np.array([rng.choice(others, others.size).mean() for _ in range(_DRAWS)])
    pooled = (mine * own.size + theirs * others.size) / (own.size + others.size)
    low, high = np.quantile(pooled / mine - 1, [0.05, 0.95])
    return float(low), float(high)


def _headline(
    company: CompanyTables,
    own: pd.Series[float],
    metric: str,
    interval: tuple[float, float],
    *,
    mixed: bool,
) -> str:
    currency = company.settings.currency
    words = (
        f"the mean {metric} of end users is {money(own['mean'], currency)}, pooled with the "
        f"channel it reads {money(own['pooled'], currency)}, off by {share(own['error'])} "
        f"({between(*interval, share)})"
    )
    return f"{'Keep them apart' if mixed else 'Mixing does little harm'}: {words}."


def _errors(table: pd.DataFrame) -> Picture:
    rows = table[table["mean"].abs() > 0]
    worst = rows.iloc[int(rows["error"].abs().to_numpy().argmax())]
    shown = pd.DataFrame(
        {
            "what": [f"{row.metric}, {row.party}" for row in rows.itertuples()],
            "kind": rows["party"],
            "mean": rows["mean"] / rows["pooled"],
            "low": (rows["low"] / rows["pooled"]).clip(lower=1e-3),
            "high": rows["high"] / rows["pooled"],
        }
    ).dropna()
    return Picture(
        title="What mixing channel and end users does to the means",
        finding=(
            f"The pooled mean fits neither: for {worst['party']}s its {worst['metric']} is "
            f"{share(abs(worst['error']))} too {'high' if worst['error'] > 0 else 'low'}."
        ),
        table=shown.round(3).reset_index(drop=True),
        draw=partial(
            intervals,
            name="what",
            estimate="mean",
            low="low",
            high="high",
            group="kind",
            axis="own mean / pooled mean (line: 90 % interval)",
            level=(1.0, "pooled"),
            log=True,
        ),
    )
