"""A scorecard: whole points for what a company is, and what a score has meant so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no hints

from segkit.errors import ParameterError, check_share
from segkit.scoring.card import BAND, Card, bands_of, bin_table, fit_card, folds_of
from segkit.scoring.card_sql import card_sql
from segkit.scoring.card_storage import read_card, write_card
from segkit.scoring.card_trial import calibrated, held_out_odds, tried_later
from segkit.scoring.criteria import CriterionWeights, check_events, criterion_weights, twins
from segkit.scoring.intake import Numbers, aligned, as_frame, as_outcome, moments
from segkit.scoring.judgement import judge_chances

__all__ = ["Scorecard"]


class Scorecard(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Score rows from 0 to 100 by a sum of whole points a column, from a binned logistic fit.

    Numbers are cut where the likelihood gains more than chance allows, and points never fall
    where winning rises; categories keep their common levels. A column that tells nothing gets no
    points. What a score means is learned from deals that the card has not seen (cross-validation,
    with the deals of one group on one side): each score comes with a chance, its interval and the
    number of held-out deals of like score.

    Parameters
    ----------
    columns : sequence of str, optional
        Columns to score by; all by default.
    bins : int
        Most bins of a number.
    smallest : float
        Share of the rows that a bin must hold.
    ridge : float
        Penalty on log odds of bins: 5 is a normal prior with deviation 0.45, for most criteria
        matter little.
    correlated : float
        Rank correlation from which a number says the same as one named before it, and gets no
        points.
    folds : int
        Folds of the cross-validation.
    confidence : float
        Confidence of intervals.
    random_state : int
        Seed of the folds.

    Attributes
    ----------
    points_ : DataFrame
        `column, bin, points, n, won, rate, low, high, log_odds`: the card.
    weights_ : CriterionWeights
        The same columns unbinned: weight, odds ratio and standardised weight with intervals.
    judgement_ : Judgement
        Cross-validated: AUC, Brier against base rate, calibration slope, deciles, gain, lift.
    holdout_ : Judgement or None
        Of the latest deals by a card made of the earlier ones; needs `time`.
    bands_ : DataFrame
        `from, to, n, won, rate, low, high`: held-out deals by score.
    n_, events_ : int
    base_rate_ : float
    points_to_double_ : float
        Points that double the odds.
    notes_ : tuple of str

    Notes
    -----
    Points in place of log odds: Siddiqi (2006), "Credit Risk Scorecards". Cuts: Miller & Siegmund
    (1982), Biometrics 38. Calibration: Cox (1958), Biometrika 45.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame({"central": rng.random(900) < 0.5, "staff": rng.integers(10, 900, 900)})
    >>> odds = 1.2 * rows["central"] + 1.5 * (rows["staff"] > 250) - 2
    >>> card = Scorecard().fit(rows, rng.random(900) < 1 / (1 + np.exp(-odds)))
    >>> card.points_.loc[card.points_["n"] > 0, ["column", "bin", "points"]]
        column     bin  points
    0  central      no       0
    1  central     yes      38
    3    staff   < 207       0
    4    staff  >= 207      62
    >>> card.score(rows.head(1)).round(2)
       score  chance   low  high    n
    0     62    0.41  0.38  0.44  355
    """

    def __init__(
        self,
        columns: Sequence[str] | None = None,
        *,
        bins: int = 6,
        smallest: float = 0.05,
        ridge: float = 5.0,
        correlated: float = 0.8,
        folds: int = 5,
        confidence: float = 0.9,
        random_state: int = 0,
    ) -> None:
        self.columns = columns
        self.bins = bins
        self.smallest = smallest
        self.ridge = ridge
        self.correlated = correlated
        self.folds = folds
        self.confidence = confidence
        self.random_state = random_state

    def fit(self, X: Any, y: Any, *, groups: Any = None, time: Any = None) -> Scorecard:
        """Make the card from decided deals.

        Parameters
        ----------
        X : frame or array of shape (n, columns)
            What was known when the deal was opened.
        y : array of shape (n,)
            1 or True where it was won.
        groups : array of shape (n,), optional
            What belongs together, such as the account of each deal: stays on one side of each fold,
            and widens the intervals.
        time : array of shape (n,), optional
            When each deal was decided: the latest 30 % are also held out.

        Raises
        ------
        DataError
            If there are fewer than ten won (or lost) a column, input does not fit together, or no
            column tells who is won.
        """
        self._check()
        frame = as_frame(X, self.columns, "X")
        won = as_outcome(y, len(frame))
        same = twins(frame, self.correlated)
        frame = frame.drop(columns=list(same))
        check_events(won, frame.shape[1])
        groups, time = aligned(groups, len(frame), "groups"), moments(time, len(frame))
        with threadpool_limits(1):
            self.card_ = self._card(frame, won)
            folds = folds_of(won, groups, self.folds, self.random_state)
            odds = held_out_odds(self._card, frame, won, folds)
            self.calibration_ = calibrated(odds, won, groups)
            self.judgement_ = judge_chances(
                won, expit(odds), groups=groups, confidence=self.confidence
            )
            self.holdout_, late = tried_later(
                self._card, frame, won, groups, time, confidence=self.confidence
            )
        scores = np.round((odds - self.card_.lowest) / self.card_.step)
        self.weights_: CriterionWeights = criterion_weights(
            frame, won, groups=groups, confidence=self.confidence
        )
        self.points_ = bin_table(self.card_, frame, won, groups, self.confidence)
        self.bands_ = bands_of(scores, won, groups, self.confidence)
        self.n_, self.events_ = len(won), int(won.sum())
        self.base_rate_ = float(won.mean())
        self.average_ = tuple(
            float(points[place].mean())
            for points, place in zip(self.card_.points, self.card_.places(frame), strict=True)
        )
        self.points_to_double_ = self._to_double()
        self.notes_ = (*same.values(), *_unused(self.card_), *late)
        return self

    def score(self, X: Any) -> pd.DataFrame:
        """Score rows: `score, chance, low, high, n`.

        `chance` is the share won among held-out deals of such a score, with its interval `low,
        high`; `n` counts the held-out deals within the same ten points. A row of which nothing is
        known has no score.

        Parameters
        ----------
        X : frame or array of shape (n, columns)
        """
        frame = self._rows(X)
        total = self.card_.total(frame)
        chance, low, high = self._chances(total.astype(np.float64))
        n = self.bands_["n"].to_numpy()[np.minimum(total // BAND, len(self.bands_) - 1)]
        known = self._known(frame)
        chances = {"chance": chance, "low": low, "high": high}
        table = pd.DataFrame({name: np.where(known, v, np.nan) for name, v in chances.items()})
        table.insert(0, "score", pd.Series(total, dtype="Int64").where(known))
        return table.assign(n=pd.Series(n, dtype="Int64").where(known)).set_index(_index(X, frame))

    def predict_proba(self, X: Any) -> Numbers:
        """Give the chances of losing and of winning, shape (n, 2); NaN where nothing is known."""
        chance = self.score(X)["chance"].to_numpy(dtype=np.float64)
        return np.column_stack([1 - chance, chance])

    def reasons(self, X: Any, most: int = 3) -> pd.DataFrame:
        """Say what moves each score most, against the average deal.

        Parameters
        ----------
        X : frame or array of shape (n, columns)
        most : int
            Reasons a row.

        Returns
        -------
        DataFrame
            `reason_1, reason_2, ...`, such as "central_hr: yes (+23)"; empty where nothing moves.
        """
        if not isinstance(most, int) or most < 1:
            raise ParameterError("most", "reasons", "an int in the range [1, inf)", most)
        frame = self._rows(X)
        places = self.card_.places(frame)
        moved = np.column_stack(
            [
                points[place] - mean
                for points, place, mean in zip(
                    self.card_.points, places, self.average_, strict=True
                )
            ]
        )
        order = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :most]
        known = self._known(frame)
        words = [
            [
                self._reason(column, places[column][row], moved[row, column]) if known[row] else ""
                for column in order[row]
            ]
            for row in range(len(frame))
        ]
        names = [f"reason_{number + 1}" for number in range(order.shape[1])]
        return pd.DataFrame(words, columns=names, index=_index(X, frame), dtype="str")

    def to_sql(
        self,
        dialect: str = "duckdb",
        table: str | Sequence[str] = "accounts",
        *,
        key: str | Sequence[str] | None = None,
    ) -> str:
        """Write the query that scores the rows of a table: `score, chance, low, high, n`.

        Parameters
        ----------
        dialect : str
            A dialect of sqlglot: "duckdb", "postgres", "sqlite", "spark", "snowflake", ...
        table : str or sequence of str
            Name of the table; `"schema.table"`, or its parts.
        key : str or sequence of str, optional
            Columns to hand on; the first orders the rows. By default the columns scored by.

        Raises
        ------
        MissingPackageError
            If another dialect than "duckdb" is asked for and sqlglot is not installed.
        """
        check_is_fitted(self, "card_")
        return card_sql(self, dialect, table, key)

    def to_json(self) -> str:
        """Write the card as JSON, without the rows it was made from."""
        check_is_fitted(self, "card_")
        return write_card(self)

    @classmethod
    def from_json(cls, text: str) -> Scorecard:
        """Read what `to_json` wrote.

        Raises
        ------
        DataError
            If the text is no such card.
        """
        card: Scorecard = read_card(cls, text)
        return card

    def _check(self) -> None:
        if not isinstance(self.bins, int) or self.bins < 2:
            raise ParameterError("bins", "Scorecard", "an int in the range [2, inf)", self.bins)
        if not isinstance(self.folds, int) or self.folds < 2:
            raise ParameterError("folds", "Scorecard", "an int in the range [2, inf)", self.folds)
        if not self.ridge > 0:
            raise ParameterError("ridge", "Scorecard", "a number above 0", self.ridge)
        check_share("confidence", "Scorecard", self.confidence)
        if not 0 < self.smallest < 0.5:
            raise ParameterError("smallest", "Scorecard", "a number in (0, 0.5)", self.smallest)

    def _card(self, frame: pd.DataFrame, won: Numbers) -> Card:
        return fit_card(frame, won, bins=self.bins, smallest=self.smallest, ridge=self.ridge)

    def _to_double(self) -> float:
        slope = self.calibration_.slope * self.card_.step
        return float(np.log(2) / slope) if slope > 0 else float("inf")

    def _chances(self, total: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        odds = self.card_.lowest + self.card_.step * total
        return self.calibration_.chances(odds, self.confidence)

    def _rows(self, X: Any) -> pd.DataFrame:
        check_is_fitted(self, "card_")
        return as_frame(X, [column.name for column in self.card_.columns], "X")

    def _known(self, frame: pd.DataFrame) -> Any:
        used = [column.name for column in self.card_.columns if column.used]
        return frame[used].notna().any(axis=1).to_numpy()

    def _reason(self, column: int, place: int, moved: float) -> str:
        if round(moved) == 0:
            return ""
        binned = self.card_.columns[column]
        return f"{binned.name}: {binned.labels[place]} ({round(moved):+d})"


def _unused(card: Card) -> tuple[str, ...]:
    names = [column.name for column in card.columns if not column.used]
    return (f"No points, for they tell nothing of winning: {', '.join(names)}.",) if names else ()


def _index(X: Any, frame: pd.DataFrame) -> pd.Index:
    return X.index if isinstance(X, pd.DataFrame) else frame.index
