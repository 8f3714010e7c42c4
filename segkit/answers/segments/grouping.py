"""S2: the segments of the customers, and whether they are really there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from segkit.answers.answer import Answer
from segkit.answers.segments.customers import Basis, bases, customer_rows
from segkit.answers.segments.pictures import (
    evidence_by_k,
    gorges,
    map_of,
    profile_of,
    stability_across_k,
    stability_of,
    suggest_names,
)
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, intervals
from segkit.errors import DataError
from segkit.intervals import wilson_interval
from segkit.segments import Segmenter
from segkit.tables import CompanyTables

__all__ = ["Grouping", "customer_segments", "groupings"]

_LEVEL = 0.9
_Z = 1.645
_K_MAX = 6
_STRONG = 0.8
_VERDICTS = ("natural", "reproducible", "constructive", "no structure", "not enough data")
_KINDS = {
    "natural": "which are really there",
    "reproducible": "which another sample would give again",
    "constructive": "cut by us from a continuum",
}
_METHOD = (
    "k-means on {columns}; skewed columns on the log scale, each scaled robustly. Every kind of "
    "column in the tables was tried; the one whose segments are best confirmed is shown. "
    "Of {name}: {explanation}"
)
_SOURCES = (
    "Dolnicar, Gruen & Leisch 2018 (natural, reproducible, constructive; stability)",
    "Tibshirani & Walther 2005 (prediction strength)",
    "Ulwick 2002 (opportunity of a need)",
)


@dataclass(frozen=True)
class Grouping:
    """Customers grouped by one kind of column."""

    basis: Basis
    model: Segmenter

    @cached_property
    def names(self) -> list[str]:
        """Suggested names, by number of segment."""
        return suggest_names(self.model, needs=self.basis.centred)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """What the model was fitted on."""
        return self.basis.prepared().reset_index(drop=True)

    def labels(self) -> pd.Series[str]:
        """Name the segment of each customer, by id."""
        names = dict(enumerate(self.names))
        return pd.Series(self.model.labels_, index=self.basis.rows.index).map(names)


def groupings(company: CompanyTables, rows: pd.DataFrame) -> tuple[Grouping, ...]:
    """Group these customers by each kind of column, the best confirmed first."""
    found = []
    for basis in bases(company, rows):
        frame = basis.prepared().reset_index(drop=True)
        revenue = rows["revenue"].reindex(basis.rows.index).to_numpy()
        model = Segmenter(list(frame.columns), value="revenue", k_max=_K_MAX)
        try:
            told = frame.assign(revenue=revenue, account_id=basis.rows.index)
            found.append(Grouping(basis, model.fit(told)))
        except DataError:  # constant or empty columns: nothing to group by
            continue
    return tuple(sorted(found, key=lambda one: _VERDICTS.index(one.model.verdict_)))


def customer_segments(company: CompanyTables) -> Answer:
    """Answer S2: the segments of the customers, with the verdict on them."""
    rows, notes = customer_rows(company)
    found = groupings(company, rows)
    if not found:
        raise DataError("No column differs enough between customers to group them by.")
    best = found[0]
    model, method = best.model, _method(best)
    if model.k_ == 1:
        short = model.verdict_ == "not enough data"
        return Answer(
            status="not enough data" if short else "no evidence",
            headline=f"No segments among {count(len(rows))} customers: {model.explanation_}",
            pictures=_compared(found),
            method=method,
            sources=_SOURCES,
            caveats=(*notes, *model.notes_),
        )
    table = _segments(best, rows)
    largest = table.nlargest(1, "customers").to_dict("records")[0]
    interval = wilson_interval(float(largest["customers"]), float(table["customers"].sum()), _LEVEL)
    return Answer(
        status="answered",
        headline=(
            f"By {best.basis.name}, {count(table['customers'].sum())} customers fall into "
            f"{model.k_} segments, {_KINDS[model.verdict_]}; the largest, “{largest['segment']}”, "
            f"holds {share(largest['share'])} of them "
            f"({between(*interval, share)})."
        ),
        estimate=float(largest["share"]),
        interval=interval,
        unit="share of customers in the largest segment",
        table=table,
        pictures=_pictures(best, found),
        method=method,
        sources=_SOURCES,
        caveats=(*_others(found), *_unknown(best, rows), *notes, *model.notes_),
        lists={"customers": _members(company, best)},
        sql={"segments": _query(best)},
    )


def _method(one: Grouping) -> str:
    columns = list(one.basis.rows.columns)
    words = ", ".join(columns[:8]) + (f" and {len(columns) - 8} more" if len(columns) > 8 else "")
    return _METHOD.format(columns=words, name=one.basis.name, explanation=one.model.explanation_)


def _segments(one: Grouping, rows: pd.DataFrame) -> pd.DataFrame:
    found = one.model.stability_
    revenue = rows["revenue"].groupby(one.labels().reindex(rows.index)).sum()
    return pd.DataFrame(
        {
            "segment": one.names,
            "customers": found["size"],
            "share": found["share"].round(4),
            "share of revenue": (revenue / revenue.sum()).reindex(one.names).round(4).to_numpy(),
            "stability": found["slsw"].round(3),
            "judgement": found["judgement"],
        }
    )


def _members(company: CompanyTables, one: Grouping) -> pd.DataFrame:
    """List the customers of each segment."""
    table = one.labels().rename("segment").rename_axis("account_id").reset_index()
    accounts = company.tables.get("accounts")
    if accounts is not None and "name" in accounts:
        names = accounts.set_index("account_id")["name"]
        table.insert(1, "name", table["account_id"].map(names))
    return table


def _query(one: Grouping) -> str:
    text = one.model.to_sql(table="customers", key="account_id")
    return (
        f'-- Table "customers": one row a customer, columns account_id and {one.basis.name}'
        f"{', each number less the mean of its row' if one.basis.centred else ''}.\n{text}"
    )


def _pictures(best: Grouping, found: tuple[Grouping, ...]) -> tuple[Picture, ...]:
    model, frame, names = best.model, best.frame, best.names
    return (
        profile_of(model, names),
        map_of(model, frame, names),
        gorges(model, frame, names),
        stability_of(model, names),
        evidence_by_k(model),
        *((stability_across_k(model, frame),) if len(model.selection_) > 1 else ()),
        *_compared(found),
    )


def _others(found: tuple[Grouping, ...]) -> tuple[str, ...]:
    return tuple(f"By {one.basis.name}: {one.model.explanation_}" for one in found[1:])


def _unknown(one: Grouping, rows: pd.DataFrame) -> tuple[str, ...]:
    unknown = len(rows) - len(one.basis.rows)
    if not unknown:
        return ()
    return (f"{count(unknown)} customers have no segment: their {one.basis.name} are not known.",)


def _compared(found: tuple[Grouping, ...]) -> tuple[Picture, ...]:
    rows = []
    for one in found:
        evidence = one.model.selection_
        if evidence.empty:
            continue
        chosen = evidence[evidence["chosen"]]
        row = (chosen if len(chosen) else evidence.nlargest(1, "prediction_strength")).iloc[0]
        strength, error = float(row["prediction_strength"]), float(row["ps_error"])
        rows.append(
            {
                "by": f"{one.basis.name}: {one.model.verdict_}",
                "customers": len(one.basis.rows),
                "segments": one.model.k_,
                "prediction strength": strength,
                "low": max(strength - _Z * error, 0.0),
                "high": min(strength + _Z * error, 1.0),
            }
        )
    if not rows:
        return ()
    natural = [one.basis.name for one in found if one.model.verdict_ == "natural"]
    finding = "No kind of column shows natural groups: every border cuts a continuum."
    if natural:
        finding = (
            f"Natural groups, with empty ground between them, show by {' and '.join(natural)}."
        )
    return (
        Picture(
            title="By what do customers fall into groups?",
            finding=finding,
            table=pd.DataFrame(rows).round(3),
            draw=partial(
                intervals,
                name="by",
                estimate="prediction strength",
                low="low",
                high="high",
                axis="prediction strength (1: halves give the same groups)",
                level=(_STRONG, "strong"),
            ),
        ),
    )
