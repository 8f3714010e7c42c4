"""Where a panel disagrees, in one picture for whatever it judged, with names or without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.segments.panel import item_names
from segkit.charts import Picture, heatmap, intervals
from segkit.consensus import (
    Disagreement,
    pair_disagreement,
    rank_disagreement,
    value_disagreement,
)
from segkit.errors import DataError
from segkit.frames import joined
from segkit.tables import CompanyTables

__all__ = ["disagreements"]

_MOST = 12


@dataclass(frozen=True)
class _Kind:
    """How judgements of one kind are compared and spoken of."""

    what: str
    unit: str
    column: str
    compare: Callable[[pd.DataFrame], Disagreement]
    factors: bool = False


def _ranks(rows: pd.DataFrame) -> Disagreement:
    return rank_disagreement(rows, item="item_a")


def _scores(rows: pd.DataFrame) -> Disagreement:
    return value_disagreement(rows.assign(item=joined(rows, "item_a", "item_b")))


def _ranges(rows: pd.DataFrame) -> Disagreement:
    likely = rows[(rows["item_b"] == "mode") & (rows["value"] > 0)]
    return value_disagreement(likely, item="item_a", factors=True)


_KINDS = {
    "ranking": _Kind("the ranking", "places", "rank", _ranks),
    "criteria": _Kind("what criteria weigh", "times", "ratio", pair_disagreement, factors=True),
    "accounts": _Kind("accounts in pairs", "times", "ratio", pair_disagreement, factors=True),
    "needs": _Kind("needs", "points", "value", _scores),
    "market": _Kind("inputs of the market", "times", "value", _ranges, factors=True),
}


def disagreements(
    panel: CompanyTables | pd.DataFrame, *, names: bool = True
) -> tuple[Picture, ...]:
    """Draw where a panel disagrees: the most disputed first, a picture a kind of judgement.

    Kinds that fewer than two people judged are left out.

    Parameters
    ----------
    panel : company or DataFrame
        A company with the table conference_table, whose names of accounts and outcomes are used;
        or judgements as `merge_judgements` gives them.
    names : bool
        Show who sees what; else only how far apart the panel is.

    Examples
    --------
    >>> said = pd.DataFrame(
    ...     {"panelist": ["Ann", "Bob"], "kind": "needs", "item_a": "speed",
    ...      "item_b": "importance", "value": [5.0, 2.0]}
    ... )
    >>> disagreements(said)[0].finding
    'Most disputed is speed: importance, from 2 (Bob) to 5 (Ann).'
    >>> disagreements(said, names=False)[0].finding
    'Most disputed is speed: importance, from 2 to 5.'
    """
    pictures: list[Picture] = []
    rows, labels = _judged(panel)
    for name, kind in _KINDS.items():
        own = rows[rows["kind"] == name]
        own = own.dropna(subset=[kind.column]) if kind.column in own else own.head(0)
        if own.empty or own["panelist"].nunique() < 2:
            continue
        try:
            found = kind.compare(own)
        except DataError:
            continue  # the judgements' own answer says what is wrong with them
        pictures.append(_picture(name, kind, found, labels, names=names))
    return tuple(pictures)


def _judged(panel: CompanyTables | pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    if isinstance(panel, pd.DataFrame):
        return panel, {}
    table = panel.tables.get("conference_table")
    return pd.DataFrame(columns=["kind"]) if table is None else table, item_names(panel)


def _picture(
    name: str, kind: _Kind, found: Disagreement, labels: Mapping[str, str], *, names: bool
) -> Picture:
    table = found.table
    if "item" not in table:
        table = table.assign(item=table["item_a"] + " / " + table["item_b"])
    shown = table.head(_MOST).reset_index(drop=True)
    said = shown["item"].map(partial(_called, labels=labels)).tolist()
    return Picture(
        title=f"Where the panel disagrees: {kind.what}",
        finding=_finding(said[0], shown.iloc[0], found, kind, names=names),
        table=(
            _by_name(found, kind, shown["item"].tolist(), said)
            if names
            else _without_names(shown.assign(item=said), kind)
        ),
        draw=_drawn_by_name(kind, found) if names else _drawn_without(kind),
        about=f"disagreement: {name}",
    )


def _called(item: str, labels: Mapping[str, str]) -> str:
    """Call an item, each item of a pair, or an outcome before its side by its own name."""
    for sign in (" / ", ": "):
        parts = item.split(sign)
        if item not in labels and len(parts) > 1 and parts[0] in labels:
            return sign.join(labels.get(part, part) for part in parts)
    return labels.get(item, item)


def _by_name(found: Disagreement, kind: _Kind, items: list[str], said: list[str]) -> pd.DataFrame:
    people = [str(one) for one in found.grid["panelist"]]
    grid = found.grid.set_index("panelist")[items].T.set_axis(people, axis=1)
    # A lower rank is a higher place.
    grid = 0.0 - grid if kind.unit == "places" else grid
    return grid.round(3).set_axis(said).rename_axis("item").reset_index()


def _drawn_by_name(kind: _Kind, found: Disagreement) -> partial[Any]:
    axis = f"{kind.unit} the middle of the panel"
    return partial(
        heatmap,
        name="item",
        columns=[str(one) for one in found.grid["panelist"]],
        centre=1.0 if kind.factors else 0.0,
        axis=axis if kind.factors else f"{kind.unit} above the middle of the panel",
        form="+.2~g",
        factors=kind.factors,
    )


def _without_names(shown: pd.DataFrame, kind: _Kind) -> pd.DataFrame:
    """Keep what is said, not by whom; amounts of different size relative to their middle."""
    table = shown[["item", "middle", "lowest", "highest", "panelists"]]
    if kind.factors:
        ends = table[["lowest", "highest"]].div(table["middle"], axis=0)
        table = table.assign(at=1.0, least=ends["lowest"], most=ends["highest"])
    else:
        table = table.assign(at=table["middle"], least=table["lowest"], most=table["highest"])
    return table.round(4)


def _drawn_without(kind: _Kind) -> partial[Any]:
    units = {"places": "rank", "points": "score", "times": "times the middle of the panel"}
    return partial(
        intervals,
        name="item",
        estimate="at",
        low="least",
        high="most",
        axis=f"{units[kind.unit]} (line: lowest to highest)",
    )


def _said(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def _finding(
    item: str, row: pd.Series[Any], found: Disagreement, kind: _Kind, *, names: bool
) -> str:
    low, high = (_said(float(row[end])) for end in ("lowest", "highest"))
    if low == high:
        return "The panel agrees on all it judged."
    if not names:
        return f"Most disputed is {item}, from {low} to {high}."
    words = (
        f"Most disputed is {item}, from {low} ({row['lowest_by']}) to {high} ({row['highest_by']})"
    )
    apart = found.panelists.iloc[0]
    if len(found.panelists) > 2 and pd.notna(apart["distance"]):
        far = f"{apart['distance']:.2g} {kind.unit}"
        words += f"; {apart['panelist']} stands apart most, {far} from the others on average"
    return f"{words}."
