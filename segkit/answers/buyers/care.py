"""What buyers care about: shares of preference by role, and segments that choose alike."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.buyers.offers import offer_pictures
from segkit.answers.wording import begun, between, count, listed, share
from segkit.charts import Picture, intervals
from segkit.segments import adjusted_rand
from segkit.surveys import ChoiceClasses, MaxDiff
from segkit.tables import CompanyTables

__all__ = ["what_buyers_care_about"]

_MOST_SEGMENTS = 4
_FEWEST = (
    30  # respondents of a role or segment: with fewer, errors clustered by respondent are too small
)
_ALPHA = 0.05
_SAME = 0.8  # adjusted Rand index above which segments are the roles by another name
_CARE, _SEGMENTS = "care", "segments"
_METHOD = (
    "Best-worst choices (MaxDiff): the paired maxdiff logit, errors clustered by respondent; a "
    "share of preference is e^u / sum e^u, and shares add up to 100 %. Roles are compared by "
    "Hotelling's F over all items and, item by item, by Wald's test with Holm's adjustment. "
    "Segments are latent classes of the same logit, as many as BIC asks for."
)
_SOURCES = (
    "Marley & Louviere 2005 (best-worst choice models)",
    "Lipovetsky & Conklin 2014 (best-worst scaling in closed form)",
    "Train 2009 (discrete choice methods)",
    "Holm 1979",
)


def what_buyers_care_about(company: CompanyTables) -> Answer:
    """Answer B2: what is preferred, by whom, and what offers it is worth paying for."""
    choices = company["maxdiff_buyers"]
    roles = _roles(choices)
    model = MaxDiff().fit(choices.assign(role=roles), group="role" if roles.notna().any() else None)
    most = max(1, min(_MOST_SEGMENTS, len(model.respondents_) // _FEWEST))
    classes = model.latent_classes(k_max=most)
    table = _table(model)
    top = table.iloc[0]
    offers, said = offer_pictures(company)
    return Answer(
        status="answered",
        headline=_headline(model, classes, table),
        estimate=float(top["share"]),
        interval=(float(top["low"]), float(top["high"])),
        unit="share of preference",
        table=table,
        pictures=(_shares(model, table), *_segments(model, classes, table), *offers),
        method=f"{_METHOD} {_found(model, classes)}",
        sources=_SOURCES,
        caveats=(*model.notes_, *said),
    )


def _roles(choices: pd.DataFrame) -> pd.Series:
    """Keep roles with enough respondents; the others count in the total alone."""
    if "role" not in choices:
        return pd.Series(pd.NA, index=choices.index, dtype="str")
    sizes = choices.groupby("role")["respondent"].nunique()
    return choices["role"].where(choices["role"].map(sizes) >= _FEWEST)


def _differ(model: MaxDiff) -> bool:
    test = model.group_test_
    return test is not None and test.p < _ALPHA


def _headline(model: MaxDiff, classes: ChoiceClasses, table: pd.DataFrame) -> str:
    top = table.iloc[0]
    words = (
        f"Buyers care most about {top['item']}: {share(top['share'])} of preference "
        f"({between(top['low'], top['high'], share)})"
    )
    if _differ(model):
        words += f"; but roles differ: {listed(_firsts(model.groups_, 'group'))}"
    elif model.group_test_ is not None:
        words += "; no evidence that roles differ"
    if classes.k > 1 and not _are_roles(model, classes):
        segments = _named(classes)
        words += f"; {classes.k} segments differ: {listed(_firsts(segments, 'segment'))}"
    return f"{words}."


def _firsts(rows: pd.DataFrame, whose: str) -> list[str]:
    """Say what each cares about most."""
    best = rows.loc[rows.groupby(whose)["share"].idxmax()]
    return [
        f"{row[whose]} cares most about {row['item']} ({share(row['share'])})"
        for row in best.to_dict("records")
    ]


def _named(classes: ChoiceClasses) -> pd.DataFrame:
    names = {
        row["class"]: f"segment {row['class'] + 1} ({share(row['share'])} of buyers)"
        for row in classes.shares.to_dict("records")
    }
    return classes.coefficients.assign(segment=classes.coefficients["class"].map(names))


def _table(model: MaxDiff) -> pd.DataFrame:
    table = model.paired_[["item", "share", "low", "high"]].copy()
    for name, rows in model.groups_.groupby("group") if len(model.groups_) else ():
        own = rows.set_index("item").loc[table["item"]]
        for column in ("share", "low", "high"):
            table[f"{name} {column}"] = own[column].to_numpy()
    if model.group_test_ is not None:
        adjusted = model.group_test_.items["p_adjusted"].to_numpy()
        table["roles"] = ["differ" if p < _ALPHA else "no evidence" for p in adjusted]
    return table.sort_values("share", ascending=False, ignore_index=True).round(4)


def _shares(model: MaxDiff, table: pd.DataFrame) -> Picture:
    """Show shares by role where roles differ, else those of all."""
    rows = model.paired_.assign(group="all")
    finding = f"{begun(table['item'].iloc[0])} comes first, {table['item'].iloc[-1]} last."
    if _differ(model):
        rows = model.groups_
        apart = table.loc[table["roles"] == "differ", "item"]
        finding = (
            f"Roles differ in {len(apart)} of {len(table)} items, most in "
            f"{listed(_widest(model, 2))}."
        )
    return Picture(
        title="What buyers care about",
        finding=finding,
        table=_in_order(rows, table)[["item", "group", "share", "low", "high"]].round(4),
        draw=_dots("group" if _differ(model) else None, len(table)),
        about=_CARE,
    )


def _widest(model: MaxDiff, most: int) -> list[str]:
    spread = model.groups_.groupby("item")["share"].agg(lambda shares: shares.max() - shares.min())
    return [str(item) for item in spread.nlargest(most).index]


def _segments(model: MaxDiff, classes: ChoiceClasses, table: pd.DataFrame) -> list[Picture]:
    """Show what sets the segments apart, unless they are the roles, which are shown."""
    if classes.k == 1 or _are_roles(model, classes):
        return []
    rows = _named(classes)
    return [
        Picture(
            title="Segments that choose alike",
            finding=f"{begun(listed(_firsts(rows, 'segment')))}.",
            table=_in_order(rows, table)[["item", "segment", "share", "low", "high"]].round(4),
            draw=_dots("segment", len(table)),
            about=_SEGMENTS,
        )
    ]


def _in_order(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Let the items stand in the order of what all care about."""
    order = {item: place for place, item in enumerate(table["item"])}
    places = rows["item"].map(order)
    return rows.assign(_place=places).sort_values("_place", kind="stable", ignore_index=True)


def _dots(group: str | None, items: int) -> partial[Any]:
    return partial(
        intervals,
        name="item",
        estimate="share",
        group=group,
        axis="share of preference (dot: share, line: 90 % interval)",
        level=(1 / items, "if all mattered alike"),
        tickformat=".0%",
    )


def _are_roles(model: MaxDiff, classes: ChoiceClasses) -> bool:
    return _agreement(model, classes) >= _SAME


def _agreement(model: MaxDiff, classes: ChoiceClasses) -> float:
    roles = model.respondents_["group"]
    known = roles.notna().to_numpy()
    if not known.any():
        return 0.0
    return float(adjusted_rand(roles[known], classes.memberships["class"][known]))


def _found(model: MaxDiff, classes: ChoiceClasses) -> str:
    """Say what segments there are without asking for the role."""
    people = count(len(model.respondents_))
    if classes.k == 1:
        return f"Among {people} respondents the choices ask for one segment only."
    sizes = listed([share(part) for part in classes.shares["share"]])
    words = (
        f"Among {people} respondents the choices alone ask for {classes.k} segments ({sizes}; "
        f"memberships {share(classes.entropy)} certain)"
    )
    if model.group_test_ is None:
        return f"{words}."
    match = f"adjusted Rand index {_agreement(model, classes):.2f}"
    if _are_roles(model, classes):
        return f"{words}, which are the roles ({match})."
    return f"{words}, which are not the roles ({match})."
