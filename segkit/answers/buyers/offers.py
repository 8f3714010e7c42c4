"""What buyers would pay for: importance, willingness to pay, and who minds the price."""

from __future__ import annotations

from functools import partial

import pandas as pd
from scipy.stats import chi2

from segkit.answers.wording import begun, between, listed, money, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.surveys import ChoiceModel, conjoint_importance
from segkit.tables import CompanyTables

__all__ = ["offer_pictures"]

_FEWEST = 30
_ALPHA = 0.05
_ABOUT = "offers"
_NOT_OFFERED = ("role", "segment")


def offer_pictures(company: CompanyTables) -> tuple[list[Picture], list[str]]:
    """Draw what the conjoint tasks show, where there are any, and what to mind."""
    choices = company.tables.get("conjoint_buyers")
    if choices is None or choices.empty:
        return [], []
    try:
        model = _fitted(choices)
    except DataError as refusal:
        return [], [f"Offers are left out. {refusal}"]
    pictures, notes = [_importance(model)], list(model.notes_)
    try:
        compared, told = _by_role(choices)
        pictures += compared
        notes += told
    except DataError as refusal:
        notes.append(f"Roles are not compared. {refusal}")
    try:
        pictures.append(_willingness(model, company.settings.currency))
        pictures += _sensitivity(choices, company.settings.currency)
    except DataError as refusal:
        notes.append(f"Willingness to pay is left out. {refusal}")
    notes.append(
        "Importance and willingness to pay hold for the levels that were shown; people pay less "
        "in earnest than in a survey."
    )
    return pictures, notes


def _fitted(choices: pd.DataFrame) -> ChoiceModel:
    return ChoiceModel().fit(choices.drop(columns=[*_NOT_OFFERED], errors="ignore"))


def _shares(model: ChoiceModel) -> pd.DataFrame:
    """Give importance as fractions, the largest first."""
    table = conjoint_importance(model).sort_values("importance", ascending=False, ignore_index=True)
    table[["importance", "low", "high"]] /= 100
    return table


def _by_role(choices: pd.DataFrame) -> tuple[list[Picture], list[str]]:
    """Show what decides role by role where roles choose differently; else say that none is seen."""
    if "role" not in choices:
        return [], []
    sizes = choices.groupby("role")["respondent"].nunique()
    roles = choices[choices["role"].isin(sizes.index[sizes >= _FEWEST])]
    if roles["role"].nunique() < 2:
        return [], []
    whole = ChoiceModel().fit(roles.drop(columns="segment", errors="ignore"), group="role")
    test = whole.group_test_
    if test is None or not test.p < _ALPHA:
        return [], ["No evidence that roles choose differently among offers."]
    parts = [_shares(_fitted(own)).assign(role=name) for name, own in roles.groupby("role")]
    table = pd.concat(parts, ignore_index=True)
    firsts = [
        f"{part['attribute'][0]} ({share(part['importance'][0])}) with {part['role'][0]}"
        for part in parts
    ]
    picture = Picture(
        title="What decides between offers, role by role",
        finding=f"Roles choose differently; most is decided by {listed(firsts)}.",
        table=table[["attribute", "role", "importance", "low", "high"]].round(4),
        draw=partial(
            intervals,
            name="attribute",
            estimate="importance",
            group="role",
            axis="importance (range of utility; line: 90 % interval)",
            tickformat=".0%",
        ),
        about=_ABOUT,
    )
    return [picture], []


def _importance(model: ChoiceModel) -> Picture:
    table = _shares(model)
    top = table.iloc[0]
    return Picture(
        title="What decides between offers",
        finding=(
            f"{begun(top['attribute'])} carries {share(top['importance'])} of the choice "
            f"({between(top['low'], top['high'], share)}), over the levels that were shown."
        ),
        table=table[["attribute", "importance", "low", "high"]].round(4),
        draw=partial(
            intervals,
            name="attribute",
            estimate="importance",
            axis="importance (range of utility; line: 90 % interval)",
            tickformat=".0%",
        ),
        about=_ABOUT,
    )


def _worst_levels(model: ChoiceModel) -> dict[str, object]:
    rows = model.coefficients_
    rows = rows[rows.groupby("attribute")["level"].transform("size") > 1]
    worst = rows.loc[rows.groupby("attribute")["estimate"].idxmin()]
    return dict(zip(worst["attribute"], worst["level"], strict=True))


def _willingness(model: ChoiceModel, currency: str) -> Picture:
    worth = model.willingness_to_pay("price", reference=_worst_levels(model))
    worth = worth[worth["level"].astype(str) != worth["versus"]]
    worth = worth.sort_values("wtp", ascending=False, ignore_index=True)
    worth["what"] = [
        f"{row['attribute']}: {row['level']} instead of {row['versus']}"
        if row["level"] != ""
        else f"one more {row['attribute']}"
        for row in worth.to_dict("records")
    ]
    top = worth.iloc[0]
    words = partial(money, currency=currency)
    return Picture(
        title="What buyers would pay more for",
        finding=(
            f"{begun(top['what'])} is worth {words(top['wtp'])} per employee and month "
            f"({between(top['low'], top['high'], words)})."
        ),
        table=worth[["what", "wtp", "low", "high"]].round(3),
        draw=partial(
            intervals,
            name="what",
            estimate="wtp",
            axis=f"{currency} per employee and month (line: 90 % interval)",
            level=(0.0, "nothing"),
        ),
        about=_ABOUT,
    )


def _sensitivity(choices: pd.DataFrame, currency: str) -> list[Picture]:
    """Compare how much utility a higher price costs, segment by segment."""
    if "segment" not in choices:
        return []
    rows = []
    for name, own in choices.groupby("segment"):
        if own["respondent"].nunique() >= _FEWEST:
            fitted = _fitted(own).coefficients_.set_index("attribute")
            cost = fitted.loc["price"]
            row = {"segment": name, "lost": -cost["estimate"], "se": cost["clustered_se"]}
            rows.append(row | {"low": -cost["high"], "high": -cost["low"]})
    if len(rows) < 2:
        return []
    table = pd.DataFrame(rows).sort_values("lost", ascending=False, ignore_index=True)
    weight = table["se"] ** -2
    gap = table["lost"] - (table["lost"] * weight).sum() / weight.sum()
    p = float(chi2.sf((weight * gap**2).sum(), len(table) - 1))
    first, last = table.iloc[0], table.iloc[-1]
    finding = "No evidence that segments differ in how much they mind the price."
    if p < _ALPHA:
        finding = (
            f"{begun(first['segment'])} mind the price most, "
            f"{first['lost'] / last['lost']:.1f} times as much as {last['segment']}."
        )
    return [
        Picture(
            title="Who minds the price",
            finding=finding,
            table=table[["segment", "lost", "low", "high"]].round(4),
            draw=partial(
                intervals,
                name="segment",
                estimate="lost",
                axis=f"utility lost by one {currency} more (line: 90 % interval)",
                level=(0.0, "no matter"),
            ),
            about=_ABOUT,
        )
    ]
