"""A5 from orders alone: who is still a customer must be inferred from the purchases."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.concentration import concentration
from segkit.answers.wording import between, count, money, share
from segkit.charts import Picture, intervals, lines
from segkit.tables import CompanyTables
from segkit.value import (
    NBD,
    BetaGeo,
    GammaGamma,
    LifetimeValue,
    customer_summary,
    lifetime_value,
)

__all__ = ["from_orders"]

_UNIT: Final = "week"
_WEEKS_A_YEAR = 365.25 / 7
_HORIZON_YEARS = 5
_FITTED_SHARE = 2 / 3  # of the time observed; the rest is the hold-out
_CLASSES = {"once": 0, "twice": 1, "3 or 4 times": 2, "5 to 9 times": 4, "10 times or more": 9}
_METHOD = (
    "Orders: {model} tells from each customer's purchase days how often they will buy, Gamma-Gamma "
    "how much they spend; money of the next {ahead}, discounted at {rate} a year from {as_of} on. "
    "{attrition}"
)
_DETECTED = (
    "Customers are seen to leave ({test}): BG/NBD tells who is still there.",
    "BG/NBD lets customers leave only after coming back: one who bought once counts as there.",
)
_NOT_DETECTED = (
    "Customers are not seen to leave ({test}): the model without leaving speaks.",
    "Nobody is taken to leave, so the forecast looks no further ahead than the orders look back.",
)
_SOURCES = (
    "Fader, Hardie & Lee 2005 (BG/NBD)",
    "Fader & Hardie 2013 (Gamma-Gamma)",
)


def from_orders(company: CompanyTables) -> Answer:
    """Value every customer in the orders."""
    summary = _summary(company, as_of=company.as_of)
    leaving, spend = BetaGeo().fit(summary), GammaGamma().fit(summary)
    seen = leaving.attrition_.detected
    purchases = leaving if seen else NBD().fit(summary)
    how, caveat = _DETECTED if seen else _NOT_DETECTED
    margin = company.settings.gross_margin
    weeks = _HORIZON_YEARS * _WEEKS_A_YEAR
    if not seen:
        weeks = min(weeks, float(summary["T"].max()))
    worth = lifetime_value(
        purchases,
        spend,
        summary,
        horizon=weeks,
        discount_rate=company.settings.discount_rate,
        margin=margin or 1.0,
        unit=_UNIT,
    )
    table, total = _table(company, summary, worth), worth.total()
    currency = company.settings.currency
    return Answer(
        question="A5",
        status="answered",
        headline=_headline(total, table, _ahead(weeks), currency),
        estimate=float(total["value"]),
        interval=(float(total["low"]), float(total["high"])),
        unit=currency,
        table=table,
        pictures=(
            _by_class(worth, summary, currency),
            _hold_out(company, type(purchases)),
            concentration(table["value"], currency),
        ),
        method=_METHOD.format(
            model="BG/NBD" if seen else "NBD",
            ahead=_ahead(weeks),
            rate=share(company.settings.discount_rate),
            as_of=company.as_of.date(),
            attrition=how.format(test=leaving.attrition_),
        ),
        sources=_SOURCES,
        caveats=(
            _margin_note(margin),
            caveat,
            *purchases.notes_,
            *spend.notes_,
            *_findings(summary),
        ),
    )


def _summary(company: CompanyTables, **days: Any) -> pd.DataFrame:
    return customer_summary(company["orders"], "account_id", "date", "amount", unit=_UNIT, **days)


def _margin_note(margin: float | None) -> str:
    if margin is None:
        return "Gross margin is not known: the values are revenue. Set gross_margin."
    return f"Gross margin of {share(margin)} as set in segkit.toml."


def _findings(summary: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"{finding['finding']}: {count(finding['rows'])} rows; {finding['decision']}."
        for finding in summary.attrs["findings"]
        if finding["rows"]
    )


def _table(company: CompanyTables, summary: pd.DataFrame, worth: LifetimeValue) -> pd.DataFrame:
    table = worth.intervals()[["value", "low", "high"]].round(2)
    table["purchases"] = summary["frequency"] + 1
    table["probability_alive"] = worth.customers["probability_alive"].round(3)
    table = table.rename_axis("account_id").reset_index()
    if "accounts" in company.tables and "name" in company["accounts"]:
        names = company["accounts"].set_index("account_id")["name"]
        table.insert(1, "name", table["account_id"].map(names))
    return table.sort_values(["value", "account_id"], ascending=[False, True], ignore_index=True)


def _ahead(weeks: float) -> str:
    years = weeks / _WEEKS_A_YEAR
    return f"{years:.0f} years" if years >= 2 else f"{12 * years:.0f} months"


def _headline(total: pd.Series[Any], table: pd.DataFrame, ahead: str, currency: str) -> str:
    def amount(value: float) -> str:
        return money(value, currency)

    again = table.loc[table["purchases"] > 1, "value"].sum() / total["value"]
    words = (
        f"The {count(len(table))} customers are worth {amount(total['value'])} in the next {ahead} "
        f"({between(total['low'], total['high'], amount)})"
    )
    if (table["purchases"] > 1).all():
        return f"{words}."
    return f"{words}; those who have bought more than once hold {share(again)} of it."


def _classes(summary: pd.DataFrame) -> pd.Series:
    """Name how often each customer has bought."""
    return pd.cut(
        summary["frequency"],
        [-1, *list(_CLASSES.values())[1:], float("inf")],
        labels=list(_CLASSES),
        right=False,
    ).astype(str)


def _by_class(worth: LifetimeValue, summary: pd.DataFrame, currency: str) -> Picture:
    groups = worth.by_group(_classes(summary).rename("bought"))
    table = groups.loc[[name for name in _CLASSES if name in groups.index]].reset_index()
    table[["low", "high"]] = table[["low", "high"]].div(table["customers"], axis=0)
    table = table[["bought", "customers", "mean", "low", "high"]].round(2)
    findings = [
        f"who bought {bought} is worth {money(mean, currency)}"
        for bought, mean in zip(table["bought"], table["mean"], strict=True)
    ]
    return Picture(
        title="What one customer is worth, by how often they have bought",
        finding=f"A customer {', one '.join(dict.fromkeys([findings[0], findings[-1]]))}.",
        table=table,
        draw=partial(
            intervals,
            name="bought",
            estimate="mean",
            low="low",
            high="high",
            axis=f"{currency} a customer (dot: mean, line: 90 % interval)",
        ),
    )


def _hold_out(company: CompanyTables, kind: type[BetaGeo | NBD]) -> Picture:
    """Fit on the first two thirds of the time, and compare the last third with the forecast."""
    first = company["orders"]["date"].min()
    day = (first + _FITTED_SHARE * (company.as_of - first)).normalize()
    past = _summary(company, as_of=day, holdout=company.as_of)
    model = kind().fit(past)
    past["forecast"] = model.expected_purchases(past, float(past["duration_holdout"].iloc[0]))
    rows = past.groupby(_classes(past).rename("bought before"))
    table = pd.DataFrame(
        {
            "customers": rows.size(),
            "seen": rows["frequency_holdout"].mean().round(3),
            "forecast": rows["forecast"].mean().round(3),
        }
    )
    table = table.reindex([name for name in _CLASSES if name in table.index]).reset_index()
    seen, forecast = past["frequency_holdout"].sum(), past["forecast"].sum()
    return Picture(
        title="Forecast against what happened, for a time the model did not see",
        finding=(
            f"After {day.date()} there were {count(seen)} purchases of known customers; the "
            f"model, fitted on the time before, forecast {count(forecast)}."
        ),
        table=table,
        draw=partial(
            lines,
            x="bought before",
            y=["seen"],
            dashed=["forecast"],
            x_axis="how often the customer had bought before",
            y_axis="purchases a customer",
        ),
    )
