"""A5 from orders alone: who is still a customer must be inferred from the purchases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from segkit.answers.accounts.lifetime.concentration import concentration
from segkit.answers.accounts.lifetime.customers import (
    Assumptions,
    Valuation,
    account_list,
    base_worth,
)
from segkit.answers.accounts.lifetime.holdout import hold_out
from segkit.answers.accounts.lifetime.order_pictures import PAPER_NAMES, by_class, by_rfm, models
from segkit.answers.accounts.lifetime.silence import (
    alive_map,
    history,
    iso_value,
    lost_to_silence,
    slipping,
)
from segkit.answers.answer import Answer
from segkit.answers.wording import counted, money, share
from segkit.charts import Picture
from segkit.tables import CompanyTables
from segkit.value import (
    NBD,
    BetaGeo,
    GammaGamma,
    LifetimeValue,
    ModelComparison,
    ModifiedBetaGeo,
    compare_models,
    customer_summary,
    diagnose,
    lifetime_value,
    one_price,
)

__all__ = ["OrderBasis", "from_orders", "order_basis"]

_UNIT: Final = "week"
_WEEKS_A_YEAR = 365.25 / 7
_HORIZON_YEARS = 5.0
_HORIZONS = (1.0, 2.0, 3.0, 5.0, 10.0)
_QUICK = (NBD, BetaGeo, ModifiedBetaGeo)
_METHOD = (
    "Orders: {model} tells from each customer's purchase days how often they will buy, {spend} "
    "how much they spend; money of the next {ahead}, discounted at {rate} a year from {as_of} on. "
    "{attrition} Tiers: A hold the first 80 % of the value, B the next 15 %, C the rest."
)
_NOT_DETECTED = (
    "Nobody is taken to leave, so the forecast looks no further ahead than the orders look back."
)
_NEVER_BACK = (
    "BG/NBD lets customers leave only after coming back: one who bought once counts as there."
)
_SOURCES = (
    "Schmittlein, Morrison & Colombo 1987 (Pareto/NBD)",
    "Fader, Hardie & Lee 2005 (BG/NBD)",
    "Batislam, Denizel & Filiztekin 2007 (MBG/NBD)",
)
_SPEND_SOURCE = "Fader & Hardie 2013 (Gamma-Gamma)"


@dataclass(frozen=True, eq=False)
class OrderBasis:
    """One row a customer in weeks, the models fitted to them, and the assumptions."""

    summary: pd.DataFrame
    compared: ModelComparison
    spend: GammaGamma | float
    assumptions: Assumptions
    currency: str
    leaving: bool

    @property
    def purchases(self) -> Any:
        """The model that speaks: the best that fits, or the one without leaving."""
        return self.compared.models[self.compared.best if self.leaving else "NBD"]

    @property
    def model(self) -> str:
        """Name of the model that speaks, as papers write it."""
        return PAPER_NAMES[type(self.purchases).__name__]

    @property
    def horizons(self) -> tuple[float | None, ...]:
        """Years ahead that the orders bear; without seen departures, no more than they span."""
        own = self.assumptions.horizon or _HORIZON_YEARS
        return tuple(sorted({own, *(years for years in _HORIZONS if self.leaving or years < own)}))

    def worth(
        self,
        assumptions: Assumptions,
        *,
        summary: pd.DataFrame | None = None,
        purchases: Any = None,
    ) -> LifetimeValue:
        """Value customers under the assumptions: those of the base, by the model that speaks."""
        years = assumptions.horizon
        return lifetime_value(
            purchases or self.purchases,
            self.spend,
            self.summary if summary is None else summary,
            horizon=None if years is None else years * _WEEKS_A_YEAR,
            discount_rate=assumptions.discount_rate,
            margin=assumptions.margin,
            unit=_UNIT,
        )

    def valuation(self, assumptions: Assumptions) -> Valuation:
        """Value the base and one customer of each class under the assumptions."""
        worth = self.worth(assumptions)
        groups = by_class(worth, self.summary, self.currency).table
        return Valuation(worth.total(), groups.rename(columns={"bought": "group", "mean": "value"}))


def order_basis(company: CompanyTables) -> OrderBasis:
    """Fit models of purchases and spend to the company's orders."""
    orders = company["orders"]
    summary = customer_summary(
        orders, "account_id", "date", "amount", as_of=company.as_of, unit=_UNIT
    )
    compared, leaving = _compared(summary)
    spend = one_price(summary) or GammaGamma().fit(summary)
    years = _HORIZON_YEARS
    if not leaving:
        years = min(years, float(summary["T"].max()) / _WEEKS_A_YEAR)
    settings = company.settings
    assumptions = Assumptions(settings.gross_margin or 1.0, settings.discount_rate, years)
    return OrderBasis(summary, compared, spend, assumptions, settings.currency, leaving)


def _compared(summary: pd.DataFrame) -> tuple[ModelComparison, bool]:
    """Compare models of purchases, and tell whether the best of them sees customers leave.

    Pareto/NBD, slow where nobody leaves and its likelihood is flat, comes in only if they do.
    """
    compared = compare_models(summary, _QUICK)
    if _sees_leaving(compared):
        compared = compare_models(summary)
    return compared, _sees_leaving(compared)


def _sees_leaving(compared: ModelComparison) -> bool:
    best: Any = compared.models[compared.best]
    return not isinstance(best, NBD) and best.attrition_.detected


def from_orders(company: CompanyTables) -> Answer:
    """Value every customer in the orders."""
    basis = order_basis(company)
    worth = basis.worth(basis.assumptions)
    table, total = _table(company, basis, worth), worth.total()
    checked, unchecked = hold_out(company, type(basis.purchases))
    ahead = _ahead(basis.assumptions.horizon or _HORIZON_YEARS)
    modelled = isinstance(basis.spend, GammaGamma)
    return Answer(
        status="answered",
        headline=_headline(total, table, ahead, basis),
        estimate=float(total["value"]),
        interval=(float(total["low"]), float(total["high"])),
        unit=basis.currency,
        table=table,
        pictures=(
            by_class(worth, basis.summary, basis.currency),
            by_rfm(company, basis.summary, worth),
            *_of_silence(company, basis, table),
            concentration(worth.value, basis.currency),
            *checked,
            _models(basis),
        ),
        method=_METHOD.format(
            model=basis.model,
            spend="Gamma-Gamma" if modelled else "their one price",
            ahead=ahead,
            rate=share(basis.assumptions.discount_rate),
            as_of=company.as_of.date(),
            attrition=_attrition(basis),
        ),
        sources=(*_SOURCES, *([_SPEND_SOURCE] if modelled else [])),
        caveats=(
            _margin_note(company.settings.gross_margin),
            *_leaving_note(basis),
            *basis.purchases.notes_,
            *_spend_notes(basis),
            *unchecked,
            *_findings(basis.summary),
        ),
        sql={"customer summary": _query(company)},
    )


def _query(company: CompanyTables) -> str:
    """Write the statement that reduced the orders, as it runs where the orders are kept."""
    found = diagnose(company["orders"], "account_id", "date", "amount", as_of=company.as_of)
    return re.sub(r"FROM frame_\d+", "FROM orders", found.to_sql())


def _table(company: CompanyTables, basis: OrderBasis, worth: LifetimeValue) -> pd.DataFrame:
    valued = worth.intervals().round(2)
    summary = basis.summary
    valued["purchases"] = summary["frequency"] + 1
    valued["weeks_silent"] = (summary["T"] - summary["recency"]).round(1)
    valued["probability_alive"] = worth.customers["probability_alive"].round(3)
    if basis.leaving:
        lost = lost_to_silence(basis.purchases, summary, worth.customers)
        valued["lost_to_silence"] = lost.round(2)
    return account_list(company, valued)


def _of_silence(
    company: CompanyTables, basis: OrderBasis, table: pd.DataFrame
) -> tuple[Picture, ...]:
    """Draw what silence says; where nobody is seen to leave, it says nothing."""
    if not basis.leaving or not table["lost_to_silence"].gt(0).any():
        return ()

    def value(summary: pd.DataFrame) -> pd.Series[Any]:
        return basis.worth(basis.assumptions, summary=summary).value

    return (
        iso_value(value, basis.summary, basis.currency),
        slipping(table, basis.currency),
        history(company, basis.purchases, table),
        alive_map(basis.purchases, basis.summary),
    )


def _models(basis: OrderBasis) -> Picture:
    fitted = basis.compared.models.items()
    values = {
        name: float(basis.worth(basis.assumptions, purchases=model).value.sum())
        for name, model in fitted
    }
    return models(basis.compared, values, basis.currency)


def _attrition(basis: OrderBasis) -> str:
    leaving = [model for model in basis.compared.models.values() if not isinstance(model, NBD)]
    test: Any = basis.purchases if basis.leaving else leaving[0]
    if basis.leaving:
        return f"Customers are seen to leave ({test.attrition_}); of four models it fits best."
    return f"Customers are not seen to leave ({test.attrition_}): the model without leaving speaks."


def _leaving_note(basis: OrderBasis) -> tuple[str, ...]:
    if not basis.leaving:
        return (_NOT_DETECTED,)
    if basis.model == "BG/NBD":
        return (_NEVER_BACK,)
    return ()


def _margin_note(margin: float | None) -> str:
    if margin is None:
        return "Gross margin is not known: the values are revenue. Set gross_margin."
    return f"Gross margin of {share(margin)} as set in segkit.toml."


def _spend_notes(basis: OrderBasis) -> tuple[str, ...]:
    if isinstance(basis.spend, GammaGamma):
        return basis.spend.notes_
    paid = money(basis.spend, basis.currency)
    return (f"All repeat buyers paid {paid} a purchase, which is taken as everybody's price.",)


def _findings(summary: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"{finding['finding']}: {counted(finding['rows'], 'row')}{_of(finding['customers'])}; "
        f"{finding['decision']}."
        for finding in summary.attrs["findings"]
        if finding["rows"]
    )


def _of(customers: int | None) -> str:
    return f" of {counted(customers, 'customer')}" if customers else ""


def _ahead(years: float) -> str:
    if years >= 2:
        return f"{years:.0f} years"
    if years >= 1 / 4:
        return f"{12 * years:.0f} months"
    weeks = max(1, round(years * _WEEKS_A_YEAR))
    return f"{weeks} weeks" if weeks > 1 else "week"


def _headline(total: pd.Series[Any], table: pd.DataFrame, ahead: str, basis: OrderBasis) -> str:
    again = table.loc[table["purchases"] > 1, "value"].sum() / total["value"]
    when, margin = f"in the next {ahead}", basis.assumptions.margin
    words = base_worth(total, len(table), when, basis.currency, margin)
    if (table["purchases"] > 1).all():
        return f"{words}."
    return f"{words}; those who have bought more than once hold {share(again)} of it."
