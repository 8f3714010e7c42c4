"""The tables of the sales team and their truths.

`rep_month` tells of the many small accounts of inside sales: its customers and their churn are
not those of `contracts`, whose churn depends on the segment alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.samples.decisions import decisions
from segkit.samples.names import people
from segkit.samples.panel import conference_table, conference_truth
from segkit.samples.streams import (
    AS_OF,
    WINDOW_START,
    Floats,
    codes,
    dates,
    deal_out,
    expit,
    first_days,
    money,
    month_of,
    scaled,
    stream,
)
from segkit.samples.world import Tables, World

__all__ = ["tables", "truths"]

FUNNEL = {"worked": 0.90, "connects": 0.32, "demos": 0.46, "opps": 0.50, "wins": 0.28}
"""Chance of each step of the funnel, given the step before."""
WEAK = {7: ("opps", 0.25), 12: ("connects", 0.16)}
"""Rep number: the step that is weak, and its chance."""
_MONTHS, _LEADS, _SPREAD = 24, 60, 0.10
_MRR = 420.0
_SKILLS = ("connect", "discovery", "demo", "closing", "time management")

CHURN_RATIO = 10.0
"""Largest over smallest monthly churn among reps."""
REP_SHARE = 0.80
"""Share of the variance of log churn between the reps of a consultant; the rest lies between
consultants."""
_CHURN_CENTRE = 0.02
_EXPOSED = 90
COMMISSION = 2.0
"""Plan 1: dollars of commission for a dollar of monthly recurring revenue won."""

HIRING = {
    "coachability": 0.9,
    "curiosity": 0.6,
    "prior_success": 0.5,
    "intelligence": 0.3,
    "work_ethic": 0.4,
    "domain_experience": 0.0,
    "seniority": 0.0,
}
"""Weight of a standard deviation of each interview score, in units of `HIRING_UNIT`."""
HIRING_UNIT = 0.12
_TRAIT_MEAN, _TRAIT_SD, _TRAIT_STEP = 6.0, 1.6, 0.5
_ATTAINMENT, _LUCK, _APPLICANTS = 0.92, 1.0, 120
_SOURCES = {"referral": 0.30, "LinkedIn": 0.35, "agency": 0.20, "passive search": 0.15}

MODULES = ("product", "buyer journey", "prospecting", "connect call", "discovery call", "demo",
           "negotiation", "tools")  # fmt: skip
SKILL_LOADING = {"exam": 0.2, "certification": 0.8}
"""Correlation of a module's result with the skill that lifts all steps of the rep's funnel."""


def tables(world: World) -> Tables:
    """Draw the tables of the sales team."""
    return {
        "reps": _reps(world),
        "rep_month": _rep_month(world),
        "candidates": _candidates(world),
        "training": _training(world),
        "conference_table": conference_table(world),
        "decisions": decisions(),
    }


def truths(world: World, drawn: Tables) -> dict[str, Any]:
    """Give the truths of the sales team and of the conference table."""
    names = world.reps.tolist()
    weak = {
        names[number - 1]: {"step": step, "chance": chance, "others": FUNNEL[step]}
        for number, (step, chance) in WEAK.items()
    }
    return {
        "hiring": {
            "parameter": {
                "weights": dict(HIRING),
                "unit": HIRING_UNIT,
                "formula": "attainment = 0.92 + unit x (sum of weight x (score - 6) / 1.6 + "
                "normal(0, 1))",
            }
        },
        "reps": {"parameter": {"funnel": dict(FUNNEL), "weak": weak}},
        "churn": {
            "parameter": {
                "monthly_churn": dict(zip(names, _churn(world), strict=True)),
                "share_between_reps": REP_SHARE,
                "share_between_consultants": 1 - REP_SHARE,
                "largest_to_smallest": CHURN_RATIO,
            }
        },
        "commission": {
            "parameter": {"per_dollar_of_mrr": COMMISSION},
            "realised": {"total": COMMISSION * drawn["rep_month"]["revenue"].sum()},
        },
        "training": {"parameter": {"correlation_with_skill": dict(SKILL_LOADING)}},
        "conference": conference_truth(world),
    }


def _reps(world: World) -> pd.DataFrame:
    """Draw the salespeople, all hired before the history begins."""
    rng = stream(world.seed, "reps")
    hired = WINDOW_START - 1 - np.floor(rng.random_sample(len(world.reps)) * 1400).astype(int)
    return pd.DataFrame(
        {
            "rep_id": world.reps,
            "name": people(rng, len(world.reps)),
            "consultant_id": _consultants(world),
            "hired": dates(hired),
        }
    )


def _consultants(world: World) -> Any:
    """Give every four reps one consultant."""
    count = max(2, len(world.reps) // 4)
    return np.resize(codes("H", count), len(world.reps))


def _churn(world: World) -> Floats:
    """Draw the monthly churn of each rep's customers, with exact variance shares and range."""
    rng = stream(world.seed, "rep_month.churn")
    consultant = pd.Series(_consultants(world))
    own = pd.Series(rng.normal(size=len(consultant)))
    own = own - own.groupby(consultant).transform("mean")
    between = pd.Series(rng.normal(size=consultant.nunique()), index=consultant.unique())
    shared = consultant.map(between - between.mean()).astype(float)
    shared = shared - shared.mean()
    effect = own / own.std() * REP_SHARE**0.5 + shared / shared.std() * (1 - REP_SHARE) ** 0.5
    effect = effect * np.log(CHURN_RATIO) / (effect.max() - effect.min())
    return np.asarray(_CHURN_CENTRE * np.exp(effect - effect.mean()))


def _skill(world: World) -> Floats:
    return np.asarray(stream(world.seed, "reps.skill").normal(size=len(world.reps)))


def _rep_month(world: World) -> pd.DataFrame:
    """Draw each month's funnel step by step, and the churn of the customers sold before."""
    rng = stream(world.seed, "rep_month")
    reps = len(world.reps)
    shape = (reps, _MONTHS)
    frame: dict[str, Any] = {"leads": rng.poisson(_LEADS, size=shape)}
    before = frame["leads"]
    for step, chance in FUNNEL.items():
        odds = np.log(chance / (1 - chance)) + _SPREAD * _skill(world)
        rate = expit(odds)
        for number, (weak, low) in WEAK.items():
            if weak == step:
                rate[number - 1] = low
        before = rng.binomial(before, rate[:, None])
        frame[step] = before
    frame["revenue"] = money(before * _MRR * np.exp(0.25 * rng.normal(size=shape)))
    frame["customers"] = rng.poisson(_EXPOSED, size=shape)
    frame["churned"] = rng.binomial(frame["customers"], _churn(world)[:, None])
    skills = (rng.random_sample(shape) * len(_SKILLS)).astype(int)
    frame["coached_skill"] = np.array(_SKILLS, dtype=object)[skills]
    months = int(month_of(AS_OF)) - _MONTHS + 1 + np.arange(_MONTHS)
    result = pd.DataFrame({name: values.ravel() for name, values in frame.items()})
    result["rep_id"] = np.repeat(world.reps, _MONTHS)
    result["month"] = np.tile(dates(first_days(months)), reps)
    return result


def _candidates(world: World) -> pd.DataFrame:
    """Draw applicants; the result of their first year is linear in the scores as written."""
    rng = stream(world.seed, "candidates")
    count = scaled(_APPLICANTS, world.scale, least=30)
    drawn = _TRAIT_MEAN + _TRAIT_SD * rng.normal(size=(count, len(HIRING)))
    scores = np.clip((drawn / _TRAIT_STEP).round() * _TRAIT_STEP, 1, 10)
    lift = ((scores - _TRAIT_MEAN) / _TRAIT_SD * np.array(list(HIRING.values()))).sum(axis=1)
    luck = _LUCK * rng.normal(size=count)
    frame = pd.DataFrame(scores, columns=list(HIRING))
    frame["candidate_id"] = codes("Y", count)
    frame["source"] = deal_out(rng, count, _SOURCES)
    frame["attainment"] = (_ATTAINMENT + HIRING_UNIT * (lift + luck)).clip(0.05).round(4)
    return frame


def _training(world: World) -> pd.DataFrame:
    """Draw exams, which tell little of a rep's skill, and certifications, which tell much."""
    rng = stream(world.seed, "training")
    reps = len(world.reps)
    skill = np.repeat(_skill(world), len(MODULES))
    frame = pd.DataFrame(
        {
            "rep_id": np.repeat(world.reps, len(MODULES)),
            "module": np.tile(np.array(MODULES, dtype=object), reps),
            "date": dates(np.tile(WINDOW_START + 14 * np.arange(len(MODULES)), reps)),
        }
    )
    for test, loading in SKILL_LOADING.items():
        noise = np.sqrt(1 - loading**2) * rng.normal(size=len(frame))
        frame[test] = np.clip(72 + 9 * (loading * skill + noise), 0, 100).round(1)
    return frame
