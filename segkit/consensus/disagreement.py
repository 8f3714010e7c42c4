"""Where a panel disagrees: the spread of each item or pair, and who stands apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from segkit.consensus.judgements import read_judgements
from segkit.consensus.rankings import read_rankings
from segkit.errors import DataError
from segkit.frames import JsonResult, take_columns

__all__ = ["Disagreement", "pair_disagreement", "rank_disagreement", "value_disagreement"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Disagreement(JsonResult):
    """Where panelists differ, most disputed first.

    Attributes
    ----------
    table : DataFrame
        One row an item: `item, panelists, middle` (median), `spread` (standard deviation),
        `lowest, lowest_by, highest, highest_by`. Or one row a pair: `item_a, item_b`, `middle`
        (geometric mean), `spread` (geometric standard deviation, a factor), and `split`: the
        share of the panel that sees the pair the other way round.
    panelists : DataFrame
        One row a panelist, who stands apart most first: `panelist, distance` (mean distance from
        the middle of the others, in ranks, or as a factor) and `agreement` (rank correlation with
        the mean of the others).
    grid : DataFrame
        One row a panelist: distance from the middle of each item or pair; in ranks, above 0 where
        the panelist sees the item further down; of pairs, as a factor.
    notes : tuple of str
    """

    table: pd.DataFrame
    panelists: pd.DataFrame
    grid: pd.DataFrame
    notes: tuple[str, ...]


def rank_disagreement(
    rankings: Any, *, panelist: str = "panelist", item: str = "item", rank: str = "rank"
) -> Disagreement:
    """Map where rankings differ: which items, and who.

    Parameters
    ----------
    rankings : list, mapping, array or frame
        As in `borda`; items that a panelist leaves out are not counted for them.
    panelist, item, rank : str
        Columns of a table with one row a rank.

    Raises
    ------
    DataError
        If rankings cannot be read, or there are fewer than two.

    Examples
    --------
    >>> found = rank_disagreement({"Ann": ["a", "b", "c"], "Bob": ["a", "c", "b"],
    ...                            "Cy": ["c", "a", "b"]})
    >>> found.table[["item", "middle", "spread", "highest_by"]].round(2)
      item  middle  spread highest_by
    0    c     2.0    1.00        Ann
    1    a     1.0    0.58         Cy
    2    b     3.0    0.58        Bob
    """
    read = read_rankings(rankings, panelist=panelist, item=item, rank=rank).one_by_one()
    _several(len(read.panelists))
    found = _spreads(read.ranks, read.panelists)
    table = pd.DataFrame({"item": read.items, **found})
    middle = np.nanmedian(read.ranks, axis=0)
    grid = pd.DataFrame(read.ranks - middle, columns=list(read.items))
    return Disagreement(
        table.sort_values("spread", ascending=False, kind="stable", ignore_index=True),
        _people(read.ranks, read.panelists),
        grid.assign(panelist=read.panelists)[["panelist", *read.items]],
        read.notes,
    )


def pair_disagreement(
    judgements: Any,
    *,
    panelist: str = "panelist",
    item_a: str = "item_a",
    item_b: str = "item_b",
    ratio: str = "ratio",
) -> Disagreement:
    """Map where judgements of pairs differ: which pairs, and who.

    Parameters
    ----------
    judgements : array, mapping or frame
        As in `ahp`, of at least two panelists.
    panelist, item_a, item_b, ratio : str
        Columns of a table.

    Raises
    ------
    DataError
        If judgements cannot be read, or there is only one panelist.

    Examples
    --------
    >>> found = pair_disagreement({"Ann": {("a", "b"): 4, ("b", "c"): 2},
    ...                            "Bob": {("a", "b"): 1 / 4, ("b", "c"): 2}})
    >>> found.table[["item_a", "item_b", "middle", "split", "lowest_by"]]
      item_a item_b  middle  split lowest_by
    0      a      b     1.0    0.5       Bob
    1      b      c     2.0    0.0       Ann
    """
    read = read_judgements(judgements, None, panelist, item_a, item_b, ratio)
    _several(len(read.panelists))
    i, j = np.triu_indices(len(read.items), 1)
    logs = np.log(read.ratios[:, i, j])
    kept = ~np.isnan(logs).all(axis=0)
    i, j, logs = i[kept], j[kept], logs[:, kept]
    found = _spreads(logs, read.panelists)
    middle = np.nanmean(logs, axis=0)
    table = pd.DataFrame(
        {
            "item_a": [read.items[place] for place in i],
            "item_b": [read.items[place] for place in j],
            "panelists": found["panelists"],
            "middle": np.exp(middle),
            "spread": np.exp(found["spread"]),
            "split": np.where(
                np.abs(middle) < 1e-9,
                np.minimum((logs > 0).sum(axis=0), (logs < 0).sum(axis=0)),
                (logs * middle < 0).sum(axis=0),
            )
            / found["panelists"],
            "lowest": np.exp(found["lowest"]),
            "lowest_by": found["lowest_by"],
            "highest": np.exp(found["highest"]),
            "highest_by": found["highest_by"],
        }
    )
    names = [f"{read.items[a]} / {read.items[b]}" for a, b in zip(i, j, strict=True)]
    grid = pd.DataFrame(np.exp(logs - middle), columns=names)
    people = _people(logs, read.panelists)
    people["distance"] = np.exp(people["distance"])
    return Disagreement(
        table.sort_values("spread", ascending=False, kind="stable", ignore_index=True),
        people,
        grid.assign(panelist=read.panelists)[["panelist", *names]],
        read.notes,
    )


def value_disagreement(
    values: Any,
    *,
    panelist: str = "panelist",
    item: str = "item",
    value: str = "value",
    factors: bool = False,
) -> Disagreement:
    """Map where scores or estimates differ: of which items, and whose.

    Parameters
    ----------
    values : mapping or frame
        For each panelist a mapping of item to number; or a table with one row a number. What a
        panelist leaves out is not counted for them.
    panelist, item, value : str
        Columns of a table.
    factors : bool
        Compare as ratios, as fits amounts of different size: `spread` is then the geometric
        standard deviation and `middle` the geometric mean; distances are factors.

    Raises
    ------
    DataError
        If values are no numbers, stand twice, are not above 0 with `factors`, or come from fewer
        than two panelists; names all faults.

    Examples
    --------
    >>> found = value_disagreement({"Ann": {"price": 10, "win rate": 0.2},
    ...                             "Bob": {"price": 40, "win rate": 0.2}}, factors=True)
    >>> found.table[["item", "middle", "lowest_by", "highest", "highest_by"]].round(2)
           item  middle lowest_by  highest highest_by
    0     price    20.0       Ann     40.0        Bob
    1  win rate     0.2       Ann      0.2        Ann
    """
    wide = _wide(values, panelist, item, value, positive=factors)
    people, items = tuple(wide.index), [str(name) for name in wide.columns]
    _several(len(people))
    numbers = wide.to_numpy(dtype=float)
    numbers = np.log(numbers) if factors else numbers
    found = _spreads(numbers, people)
    middle = np.nanmean(numbers, axis=0) if factors else found["middle"]
    found["middle"] = middle
    distances, who = numbers - middle, _people(numbers, people)
    if factors:
        for name in ("middle", "spread", "lowest", "highest"):
            found[name] = np.exp(found[name])
        distances, who["distance"] = np.exp(distances), np.exp(who["distance"])
    table = pd.DataFrame({"item": items, **found})
    return Disagreement(
        table.sort_values("spread", ascending=False, kind="stable", ignore_index=True),
        who,
        pd.DataFrame(distances, columns=items).assign(panelist=people)[["panelist", *items]],
        (),
    )


def _wide(values: Any, panelist: str, item: str, value: str, *, positive: bool) -> pd.DataFrame:
    """Lay values out, one row a panelist, one column an item, in the order found."""
    if isinstance(values, Mapping):
        rows = [
            (who, what, number) for who, said in values.items() for what, number in said.items()
        ]
        table = pd.DataFrame(rows, columns=["panelist", "item", "value"])
    else:
        table = take_columns(values, [panelist, item, value], "values")
        table = table.set_axis(["panelist", "item", "value"], axis=1)
    table = table.dropna()
    numbers = pd.to_numeric(table["value"], errors="coerce").astype(float)
    wrong = ~np.isfinite(numbers) | (positive & (numbers <= 0))
    expected = "a number above 0" if positive else "a number"
    faults = [
        f"values: {row.panelist} gives {row.item} {row.value!r}; {expected} is expected."
        for row in table[wrong].itertuples()
    ]
    faults += [
        f"values: {who} gives {what} more than once; keep one."
        for who, what in table.loc[table.duplicated(["panelist", "item"]), ["panelist", "item"]]
        .drop_duplicates()
        .itertuples(index=False)
    ]
    if faults:
        raise DataError("\n".join(faults))
    # An unsorted pivot keeps the order in which people and items were named.
    return table.assign(value=numbers).pivot_table(
        index="panelist", columns="item", values="value", sort=False
    )


def _several(panelists: int) -> None:
    if panelists < 2:
        raise DataError(f"Disagreement takes at least two panelists. Found {panelists}.")


def _spreads(values: Numbers, panelists: tuple[str, ...]) -> dict[str, Any]:
    """Describe each column over the panelists who judged it."""
    known = ~np.isnan(values)
    counts = known.sum(axis=0)
    if (counts < 2).all():
        raise DataError("Disagreement takes something that two panelists judged. Found nothing.")
    means = np.where(known, values, 0.0).sum(axis=0) / counts
    squares = np.where(known, values - means, 0.0) ** 2
    people = np.array(panelists)
    return {
        "panelists": counts,
        "middle": np.nanmedian(values, axis=0),
        # One judgement has no spread.
        "spread": np.where(
            counts > 1, np.sqrt(squares.sum(axis=0) / np.maximum(counts - 1, 1)), np.nan
        ).round(12),
        "lowest": np.nanmin(values, axis=0),
        "lowest_by": people[np.nanargmin(values, axis=0)],
        "highest": np.nanmax(values, axis=0),
        "highest_by": people[np.nanargmax(values, axis=0)],
    }


def _people(values: Numbers, panelists: tuple[str, ...]) -> pd.DataFrame:
    distances, agreements = [], []
    for number, own in enumerate(values):
        others = np.delete(values, number, axis=0)
        both = ~np.isnan(own) & ~np.isnan(others).all(axis=0)
        if not both.any():
            distances.append(np.nan)
            agreements.append(np.nan)
            continue
        apart = own[both] - np.nanmedian(others[:, both], axis=0)
        distances.append(float(np.abs(apart).mean()))
        agreements.append(_correlation(own[both], np.nanmean(others[:, both], axis=0)))
    table = pd.DataFrame({"panelist": panelists, "distance": distances, "agreement": agreements})
    return table.sort_values("distance", ascending=False, kind="stable", ignore_index=True)


def _correlation(one: Numbers, other: Numbers) -> float:
    first, second = rankdata(one), rankdata(other)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
