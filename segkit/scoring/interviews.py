"""What interviews show so far: whether they are enough, and which criteria tell a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from segkit.adjustment import holm
from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult, as_pandas, take_columns
from segkit.intervals import wilson_interval
from segkit.scoring.criteria_alone import each_alone
from segkit.scoring.intake import Numbers, as_outcome

__all__ = ["InterviewEvidence", "interview_evidence"]

_CHANCE = 0.5


@dataclass(frozen=True)
class InterviewEvidence(JsonResult):
    """What interviews show of criteria and hypotheses.

    Attributes
    ----------
    criteria : DataFrame
        One row a criterion, turned so that it marks targets, the clearest first: `criterion` in
        words, `column`, `interviews, hits, rate` where it holds, with the 90 % Wilson interval
        `low, high`; `others, other_hits, other_rate, other_low, other_high` where it does not;
        `cut_off` of a number with its 95 % interval; `p_value` (Fisher's exact test; of a number,
        permutation of the best cut's chi-square), `p_adjusted` (Holm), `verdict`: "tells" or "no
        evidence".
    hypotheses : DataFrame
        `hypothesis, interviews, confirmed, rate, low, high, p_value` (exact binomial test against
        one half), `p_adjusted, verdict` ("confirmed", "refuted" or "open").
    interviews, hits, paid : int
        Interviews with an outcome, targets among them, and payments.
    enough : bool
        Whether the minimum is reached: so many interviews, and so many payments.
    lacking : tuple of str
        What is missing to it.
    left_out : dict of str to str
        Columns that are no criteria, with the reason.
    set_aside : int
        Interviews without an outcome.
    """

    criteria: pd.DataFrame
    hypotheses: pd.DataFrame
    interviews: int
    hits: int
    paid: int
    enough: bool
    lacking: tuple[str, ...]
    left_out: dict[str, str]
    set_aside: int

    @property
    def statement(self) -> str:
        """Whether the interviews are enough, in a sentence."""
        counted = f"{self.interviews:,} interviews, {self.paid:,} payments"
        if not self.enough:
            return f"Not enough evidence yet: {counted}. {' and '.join(self.lacking)} to go."
        telling = int((self.criteria["verdict"] == "tells").sum())
        return (
            f"Enough to look at: {counted}. {telling} of {len(self.criteria)} criteria tell "
            "targets beyond chance."
        )


def interview_evidence(
    interviews: Any,
    outcome: str,
    *,
    criteria: Sequence[str] | None = None,
    paid: str | None = None,
    hypothesis: str | None = None,
    confirmed: str | None = None,
    least: int = 24,
    least_paid: int = 3,
    alpha: float = 0.05,
    permutations: int = 999,
    random_state: int = 0,
) -> InterviewEvidence:
    """Count what interviews say: is it enough, and which criteria tell a target.

    A minimum comes first, "dozens of interviews and a few payments": below it nothing should be
    concluded. Then each criterion is tested alone, for interviews are too few for rules of several
    (`DealRules` finds those in deals).

    Parameters
    ----------
    interviews : frame
        One row an interview.
    outcome : str
        Column of yes and no that says who is a target, such as who paid.
    criteria : sequence of str, optional
        Columns of criteria: yes or no, numbers, levels; all other columns without it.
    paid : str, optional
        Column of payments; the outcome without it.
    hypothesis, confirmed : str, optional
        Columns: what was tested, and whether the client confirmed it.
    least, least_paid : int
        Interviews and payments that are needed at least.
    alpha : float
        Largest adjusted p-value of a criterion that tells, and of a hypothesis that is settled.
    permutations : int
        Permutations of the outcomes for the cut-off of a number.
    random_state : int

    Raises
    ------
    DataError
        If columns are missing, or no interview has an outcome.
    ParameterError
        If a parameter is out of range.

    Notes
    -----
    Exact tests: Fisher (1935); Clopper & Pearson (1934). Cut-offs: Miller & Siegmund (1982),
    Biometrics 38.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> talks = pd.DataFrame({"office": rng.integers(50, 250, 60), "union": rng.random(60) < 0.5})
    >>> talks["paid"] = rng.random(60) < np.where(talks["office"] > 100, 0.95, 0.05)
    >>> found = interview_evidence(talks, "paid")
    >>> found.criteria[["criterion", "rate", "other_rate", "verdict"]].round(2)
          criterion  rate  other_rate      verdict
    0  office > 102  0.96        0.07        tells
    1     not union  0.76        0.71  no evidence
    >>> found.statement
    'Enough to look at: 60 interviews, 44 payments. 1 of 2 criteria tell targets beyond chance.'
    """
    check_share("alpha", "interview_evidence", alpha)
    counts = {"least": least, "least_paid": least_paid, "permutations": permutations}
    for name, value in counts.items():
        if not isinstance(value, int) or value < 0:
            raise ParameterError(name, "interview_evidence", "an int in the range [0, inf)", value)
    named = [one for one in (outcome, paid, hypothesis, confirmed) if one is not None]
    given = as_pandas(interviews, "The interviews")
    columns = list(given.columns) if criteria is None else list(criteria)
    rows = take_columns(given, [*named, *columns], "the interviews").reset_index(drop=True)
    known = rows[outcome].notna().to_numpy()
    if not known.any():
        raise DataError(f"No interview has an outcome: column {outcome!r} is empty.")
    told = rows[known].reset_index(drop=True)
    hits = as_outcome(told[outcome], len(told), f"column {outcome!r}")
    payments = int(_flags(told[paid or outcome], paid or outcome).sum())
    own = [name for name in columns if name not in named]
    table, left_out = each_alone(told, own, hits, permutations=permutations, seed=random_state)
    lacking = tuple(_lacking(len(told), payments, least, least_paid))
    return InterviewEvidence(
        criteria=table.assign(
            verdict=np.where(table["p_adjusted"] <= alpha, "tells", "no evidence")
        ),
        hypotheses=_hypotheses(rows, hypothesis, confirmed, alpha),
        interviews=len(told),
        hits=int(hits.sum()),
        paid=payments,
        enough=not lacking,
        lacking=lacking,
        left_out=left_out,
        set_aside=int((~known).sum()),
    )


def _flags(values: pd.Series[Any], name: str) -> Numbers:
    """Take yes and no as 1 and 0; what is missing has not happened."""
    known = values.notna().to_numpy()
    found = np.zeros(len(values))
    found[known] = as_outcome(values[known], int(known.sum()), f"column {name!r}")
    return found


def _hypotheses(
    rows: pd.DataFrame, hypothesis: str | None, confirmed: str | None, alpha: float
) -> pd.DataFrame:
    """Count what clients said of each hypothesis."""
    names = ["hypothesis", "interviews", "confirmed", "rate", "low", "high", "p_value"]
    if confirmed is None:
        return pd.DataFrame(columns=[*names, "p_adjusted", "verdict"])
    said = rows[rows[confirmed].notna()]
    yes = _flags(said[confirmed], confirmed)
    word = pd.Series("all", said.index) if hypothesis is None else said[hypothesis].astype("str")
    word = word.fillna("not named")
    found = []
    for name, part in pd.Series(yes, said.index).groupby(word, sort=True):
        n, events = len(part), int(part.sum())
        p_value = float(stats.binomtest(events, n, _CHANCE).pvalue)
        found.append((name, n, events, events / n, *wilson_interval(events, n), p_value))
    table = pd.DataFrame(found, columns=names)
    table["p_adjusted"] = holm(table["p_value"])
    settled = table["p_adjusted"] <= alpha
    ways = np.where(table["rate"] > _CHANCE, "confirmed", "refuted")
    return table.assign(verdict=np.where(settled, ways, "open"))


def _lacking(interviews: int, payments: int, least: int, least_paid: int) -> Iterator[str]:
    if interviews < least:
        yield f"{least - interviews:,} interviews"
    if payments < least_paid:
        yield f"{least_paid - payments:,} payments"
