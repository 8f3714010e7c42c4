"""Scores of deals as people keep them, read into one table of deals and dimensions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import take_columns
from segkit.process.anchors import dimensions_of
from segkit.process.events import as_states, case_values, read_ids
from segkit.process.tasks import yes_or_no
from segkit.process.visits import Floats
from segkit.sizing.columns import ANY, number_columns

__all__ = ["Scorecards", "read_scorecards"]

_SHOWN = 5
_PLANS = ("plan", "plans")
_FEASIBLE = 2
_UNKNOWN = ("", "unknown", "n/a", "?")


@dataclass(frozen=True, eq=False)
class Scorecards:
    """Scores of deals.

    `cells` has a row a deal and a column for each (framework, dimension); `goal` and `plan` a row a
    deal and a column a framework, with True, False or empty; `state` is won, lost or undecided;
    `rep` is empty where nobody is named.
    """

    cells: pd.DataFrame
    frameworks: dict[str, list[tuple[str, str]]]
    state: pd.Series[str]
    goal: pd.DataFrame
    plan: pd.DataFrame
    rep: pd.Series[str]
    notes: tuple[str, ...]

    def points(self, cells: list[tuple[str, str]]) -> Floats:
        """Give the score of each deal: points over the most there can be, unknown ones as none."""
        table = self.cells[cells]
        return np.asarray(table.sum(axis=1) / (3 * table.shape[1]))


def read_scorecards(
    frame: Any,
    *,
    deal: str,
    framework: str | None,
    dimension: str,
    score: str,
    outcome: str | None,
    frameworks: Any,
    won: Collection[str],
    lost: Collection[str],
    quantified: str | None,
    days: str | None,
    least_days: float,
    rep: str | None,
) -> Scorecards:
    """Read scores; see `qualify` for the parameters.

    Raises
    ------
    DataError
        Names every fault of scores, deals and outcomes, with the first rows of each.
    """
    extra = [name for name in (outcome, quantified, days, rep) if name is not None]
    if frameworks is not None:
        frameworks = _columns_of(frameworks)
    if frameworks is None:
        named = [deal, dimension, score, *([framework] if framework else [])]
        rows = take_columns(frame, [*named, *extra], "the scores")
        rows = rows.rename(columns={deal: "deal", dimension: "dimension", score: "score"})
        rows["framework"] = rows[framework] if framework else "all"
    else:
        rows = _long(frame, deal, frameworks, extra)
    rows["deal"] = read_ids(rows["deal"])
    rows["score"] = rows["score"].map(_empty_if_unknown)
    rows, notes = _usable(rows)
    faults = _faults(rows)
    if faults:
        raise DataError("\n".join(faults))
    rows["score"] = rows["score"].astype("Float64").astype(np.float64)
    if days is not None:
        if pd.api.types.is_timedelta64_dtype(rows[days].dtype):
            rows[days] = rows[days].dt.total_seconds() / 86_400
        rows[days] = number_columns(rows, {days: ANY}, "the scores")[days]
    pairs = zip(rows["framework"], rows["dimension"], strict=True)
    keys = list(dict.fromkeys(pairs))
    cells = rows.pivot(index="deal", columns=["framework", "dimension"], values="score")
    cells = cells.reindex(index=rows["deal"].drop_duplicates(), columns=keys)
    by_framework: dict[str, list[tuple[str, str]]] = {}
    for key in keys:
        by_framework.setdefault(key[0], []).append(key)
    said, seller = (
        pd.Series(None, index=cells.index, dtype="str")
        if column is None
        else case_values(rows, "deal", column, cells.index)
        for column in (outcome, rep)
    )
    return Scorecards(
        cells=cells,
        frameworks=by_framework,
        state=said.str.casefold()
        .map(as_states(won, lost, "qualify"))
        .fillna("undecided")
        .astype(str),
        goal=_goals(rows, quantified, cells.index),
        plan=_plans(rows, cells, by_framework, days, least_days),
        rep=seller,
        notes=(*notes, *_unknown_dimensions(by_framework)),
    )


def _columns_of(frameworks: Any) -> dict[str, list[str]]:
    expected = "a mapping from frameworks to their columns of scores"
    if not (isinstance(frameworks, Mapping) and frameworks and all(frameworks.values())):
        raise ParameterError("frameworks", "qualify", expected, frameworks)
    return {
        name: [columns] if isinstance(columns, str) else list(dict.fromkeys(columns))
        for name, columns in frameworks.items()
    }


def _long(
    frame: Any, deal: str, frameworks: Mapping[str, Sequence[str]], extra: Sequence[str]
) -> pd.DataFrame:
    """Turn one row a deal into one row a deal and dimension."""
    columns = [name for names in frameworks.values() for name in names]
    wide = take_columns(frame, [deal, *columns, *extra], "the scores")
    parts = [
        wide[[deal, *extra]].assign(framework=name, dimension=column, score=wide[column])
        for name, names in frameworks.items()
        for column in names
    ]
    return pd.concat(parts).rename(columns={deal: "deal"})


def _usable(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    known = rows[["deal", "framework", "dimension"]].notna().all(axis=1)
    if not known.any():
        raise DataError("No score can be used: each needs a deal, a framework and a dimension.")
    if known.all():
        return rows.copy(), []
    aside = f"{(~known).sum():,} scores without a deal, framework or dimension are set aside."
    return rows[known].copy(), [aside]


def _empty_if_unknown(score: Any) -> Any:
    return None if isinstance(score, str) and score.strip().casefold() in _UNKNOWN else score


def _faults(rows: pd.DataFrame) -> list[str]:
    number = pd.to_numeric(rows["score"], errors="coerce").astype("Float64")
    truth = rows["score"].map(lambda value: isinstance(value, bool | np.bool_))
    wrong = (rows["score"].notna() & ~(number.between(0, 3).fillna(False) & ~truth)).to_numpy(bool)
    faults = []
    if wrong.any():
        values = ", ".join(
            f"row {label}: {value!r}"
            for label, value in rows.loc[wrong, "score"].head(_SHOWN).items()
        )
        faults.append(
            f"score: {wrong.sum():,} are not numbers from 0 to 3 ({values}). Turn other scales "
            "into 0 to 3 by the anchors, and leave empty what is unknown."
        )
    double = rows.duplicated(["deal", "framework", "dimension"])
    if double.any():
        shown = ", ".join(map(str, rows.index[double][:_SHOWN]))
        faults.append(
            f"deal: {double.sum():,} rows score a dimension of a deal again: rows {shown}."
        )
    return faults


def _goals(rows: pd.DataFrame, quantified: str | None, deals: pd.Index[Any]) -> pd.DataFrame:
    """Say by framework whether a goal of the deal has a number, where that is known."""
    if quantified is None:
        return pd.DataFrame(index=deals)
    known = rows[rows[quantified].notna()]
    flags = yes_or_no(known[quantified], quantified).astype(bool)
    table = flags.groupby([known["deal"], known["framework"]]).max().unstack()
    return table.reindex(deals)


def _plans(
    rows: pd.DataFrame,
    cells: pd.DataFrame,
    frameworks: Mapping[str, Sequence[tuple[str, str]]],
    days: str | None,
    least_days: float,
) -> pd.DataFrame:
    """Say by framework whether the plan can work, where plan and days are known."""
    flags = {}
    for name, keys in frameworks.items():
        plans = [key for key in keys if key[1].lower() in _PLANS]
        if not plans:
            continue
        score = cells[plans[0]]
        feasible, known = score >= _FEASIBLE, score.notna()
        if days is not None:
            own = rows[rows["framework"] == name].dropna(subset=[days])
            left = own.groupby("deal")[days].min().reindex(cells.index).astype("Float64")
            feasible &= (left >= least_days).fillna(False).to_numpy(bool)
            known &= left.notna().to_numpy()
        flags[name] = feasible.astype(object).where(known)
    return pd.DataFrame(flags, index=cells.index)


def _unknown_dimensions(frameworks: Mapping[str, Sequence[tuple[str, str]]]) -> list[str]:
    notes = []
    for name, keys in frameworks.items():
        known = dimensions_of(name)
        notes += [
            f"{name} has no dimension {dimension!r} with anchors.{nearest(dimension, known)}"
            for _, dimension in keys
            if known and dimension not in known
        ]
    return notes
