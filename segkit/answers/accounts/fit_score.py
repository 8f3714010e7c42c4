"""A2: how well each prospect fits the ideal profile, in points from 0 to 100."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.answers.accounts.account_rows import account_criteria, fitted_card, prospects, worded
from segkit.answers.answer import Answer
from segkit.answers.wording import between, count, share
from segkit.charts import Picture, calibration_plot, gain_curve, grade_grid, point_bars
from segkit.engine import quote
from segkit.scoring import Judgement, Scorecard, priority_grid
from segkit.tables import CompanyTables

__all__ = ["FIT_CUTS", "engagement", "fit_grades", "fit_score"]

FIT_CUTS = (0.75, 1.5)
"""Fit in times the base rate: C below the first, A from the second on."""
_ENGAGED_DAYS = 90
_METHOD = (
    "Each criterion gives whole points; their sum runs from 0 to 100, and {double:.0f} points more "
    "double the odds of winning. Made from {n} decided deals ({won} won). Cross-validated in five "
    "folds, deals of one account on one side: AUC {auc:.2f} ({auc_ends}), calibration slope "
    "{slope:.2f} ({slope_ends}), Brier score {brier:.3f} against {base:.3f} for giving everybody "
    "the base rate. {late}The chance of a score is the share won among deals not seen, with its "
    "90 % interval. Fit: A from 1.5 times the base rate of {rate}, C below 0.75 times."
)
_SOURCES = (
    "Siddiqi 2006 (scorecards)",
    "Brier 1950",
    "Cox 1958 (calibration)",
    "DeLong, DeLong & Clarke-Pearson 1988 (AUC)",
)


def fit_score(company: CompanyTables) -> Answer:
    """Answer A2: the card, the score of every prospect, and how far to trust it."""
    card, deals = fitted_card(company)
    table = _scored(company, card)
    judged = card.judgement_
    return Answer(
        status="answered",
        headline=_headline(table, card),
        estimate=judged.auc,
        interval=judged.auc_interval,
        unit="chance that a deal won scores above one not won (AUC, deals not seen)",
        table=table,
        pictures=(
            _card_picture(card),
            _trust(judged),
            _gain(judged),
            *_grid(company, table),
        ),
        method=_method(card),
        sources=_SOURCES,
        caveats=(
            "A score tells fit, not whether anybody is interested: engagement is a second axis.",
            *deals.notes,
            *card.notes_,
        ),
        sql={"scorecard": _query(company, card)},
    )


def fit_grades(chance: pd.Series, base: float) -> pd.Series:
    """Grade chances: A, B or C by how they compare with the base rate."""
    low, high = (cut * base for cut in FIT_CUTS)
    return pd.Series(
        np.select([chance.isna(), chance >= high, chance >= low], ["", "A", "B"], "C"),
        index=chance.index,
        dtype="str",
    )


def engagement(company: CompanyTables) -> pd.Series | None:
    """Count what buyers did in the last 90 days, by deal; None where it is not recorded."""
    done = company.tables.get("activities")
    if done is None or "by_whom" not in done:
        return None
    since = company.as_of - pd.Timedelta(days=_ENGAGED_DAYS)
    buyer = (done["by_whom"] == "buyer").fillna(value=False)
    late = done[buyer & (done["date"] > since)]
    return late.groupby("opp_id").size()


def _scored(company: CompanyTables, card: Scorecard) -> pd.DataFrame:
    known = account_criteria(company)
    rows = known[known.index.isin(prospects(company).index)]
    scored, why = card.score(rows), card.reasons(rows)
    accounts = company["accounts"].set_index("account_id")
    names = [name for name in ("name", "segment") if name in accounts]
    table = accounts.loc[rows.index, names].join(scored)
    table.insert(len(names) + 1, "grade", fit_grades(scored["chance"], card.base_rate_))
    table = table.join(why).rename_axis("account_id").reset_index().round(4)
    return table.sort_values(
        ["chance", "account_id"], ascending=[False, True], na_position="last", ignore_index=True
    )


def _query(company: CompanyTables, card: Scorecard) -> str:
    """Write the card as a query over the accounts, whose columns it names in words."""
    plain = {worded(str(name)): str(name) for name in company["accounts"].columns}
    columns = [
        f"{quote(plain[name])} AS {quote(name)}"
        if name in plain
        else f'"partner_id" IS NOT NULL AS {quote(name)}'
        for name in card.points_["column"].unique()
    ]
    named = ",\n  ".join(["account_id", *columns])
    return (
        f"CREATE OR REPLACE VIEW segkit_accounts AS SELECT\n  {named}\nFROM accounts;\n\n"
        f"{card.to_sql(table='segkit_accounts', key='account_id')};"
    )


def _headline(table: pd.DataFrame, card: Scorecard) -> str:
    best = table[table["grade"] == "A"]
    tenth = card.judgement_.deciles.iloc[0]
    return (
        f"{count(len(best))} of {count(len(table))} prospects fit well (grade A). Of the tenth of "
        f"deals with the highest scores {share(tenth['observed'])} were won "
        f"({between(tenth['low'], tenth['high'], share)}), of all {share(card.base_rate_)}: "
        f"{tenth['lift']:.1f} times as many."
    )


def _method(card: Scorecard) -> str:
    judged, late = card.judgement_, card.holdout_
    return _METHOD.format(
        double=card.points_to_double_,
        n=count(card.n_),
        won=count(card.events_),
        auc=judged.auc,
        auc_ends=between(*judged.auc_interval, lambda value: f"{value:.2f}"),
        slope=judged.slope,
        slope_ends=between(*judged.slope_interval, lambda value: f"{value:.2f}"),
        brier=judged.brier,
        base=judged.brier_base,
        late=""
        if late is None
        else f"On the latest {count(late.n)} deals, by a card made of the earlier ones: AUC "
        f"{late.auc:.2f} ({between(*late.auc_interval, lambda value: f'{value:.2f}')}). ",
        rate=share(card.base_rate_),
    )


def _card_picture(card: Scorecard) -> Picture:
    rows = card.points_[(card.points_["n"] > 0)]
    spread = rows.groupby("column", sort=False)["points"].agg(lambda part: part.max() - part.min())
    used = spread[spread > 0].sort_values(ascending=False, kind="stable")
    shown = pd.concat([rows[rows["column"] == name] for name in used.index], ignore_index=True)
    shown["column"] = shown["column"].map(worded)
    return Picture(
        title="The scorecard: points for what an account is",
        finding=(
            f"{worded(str(used.index[0]))} counts most, up to {count(used.iloc[0])} points; "
            f"{count(card.points_to_double_)} points more double the odds of winning."
        ),
        table=shown[["column", "bin", "points", "n", "won", "rate", "low", "high"]].round(3),
        draw=partial(point_bars, column="column", name="bin", points="points"),
        about="card",
    )


def _trust(judged: Judgement) -> Picture:
    rows = judged.deciles
    inside = int(((rows["expected"] >= rows["low"]) & (rows["expected"] <= rows["high"])).sum())
    return Picture(
        title="Chances given, and what happened on deals not seen",
        finding=(
            f"In {count(inside)} of {count(len(rows))} tenths the chance given lies in the 90 % "
            f"interval of what happened; the calibration slope is {judged.slope:.2f} (1 is right)."
        ),
        table=rows[["decile", "n", "events", "expected", "observed", "low", "high"]].round(4),
        draw=partial(
            calibration_plot,
            expected="expected",
            observed="observed",
            low="low",
            high="high",
            n="n",
        ),
        about="trust",
    )


def _gain(judged: Judgement) -> Picture:
    rows = judged.deciles
    third = rows.iloc[min(2, len(rows) - 1)]
    return Picture(
        title="Wins found by working the highest scores first",
        finding=(
            f"The best {share(third['share_of_rows'])} of deals by score hold "
            f"{share(third['gain'])} of all wins."
        ),
        table=rows[["decile", "share_of_rows", "gain", "lift", "n", "events"]].round(4),
        draw=partial(
            gain_curve,
            x="share_of_rows",
            y="gain",
            x_axis="share of deals, the highest scores first",
            y_axis="share of all wins",
        ),
        about="trust",
    )


def _grid(company: CompanyTables, table: pd.DataFrame) -> tuple[Picture, ...]:
    """Set fit against engagement, for prospects with an open deal."""
    active = engagement(company)
    if active is None:
        return ()
    deals = company["opportunities"]
    open_ = deals[(deals["outcome"] == "open") & deals["account_id"].isin(table["account_id"])]
    if open_.empty:
        return ()
    done = open_["opp_id"].map(active).fillna(0).groupby(open_["account_id"]).sum()
    rows = table[table["account_id"].isin(done.index) & table["chance"].notna()]
    acts = rows["account_id"].map(done)
    busy = float(acts[acts > 0].median()) if (acts > 0).any() else 1.0
    grade = rows["grade"].map({"A": 2.0, "B": 1.0, "C": 0.0})
    _, cells = priority_grid(
        grade, acts, fit_cuts=(0.5, 1.5), engagement_cuts=(0.5, max(busy, 1.0) + 0.5)
    )
    counts = dict(zip(cells["grade"], cells["n"], strict=True))
    best, silent = counts["A1"], counts["A3"]
    words = {1: "1 busy", 2: "2 some", 3: "3 silent"}
    return (
        Picture(
            title="Prospects with an open deal: fit and engagement",
            finding=(
                f"{count(best)} fit well and are busy; {count(silent)} fit well and have been "
                f"silent for {_ENGAGED_DAYS} days."
            ),
            table=cells.assign(engagement=cells["engagement"].map(words)),
            draw=partial(
                grade_grid,
                row="fit",
                column="engagement",
                value="n",
                rows=["A", "B", "C"],
                columns=list(words.values()),
                row_axis="fit",
                column_axis=f"engagement in {_ENGAGED_DAYS} days",
            ),
            about="grid",
        ),
    )
