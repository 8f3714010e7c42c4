"""Rules that tell deals worth a seller's time from those that get stuck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from segkit.errors import DataError, ParameterError, check_share
from segkit.scoring.attributes import attributes_of
from segkit.scoring.conditions import Flags
from segkit.scoring.contrasts import Contrast, Labels, contrasts_of, group_codes
from segkit.scoring.covering import Evidence, Learned, rule_list
from segkit.scoring.intake import table_of
from segkit.scoring.judging import COLUMNS, judged
from segkit.scoring.rule_lists import Criteria
from segkit.scoring.screening import check_families, screening
from segkit.scoring.search import Space, extremes, permuted
from segkit.segments.clustering import one_thread

__all__ = ["DealRules"]


class DealRules(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Find the few rules by which deals of one outcome differ from those of another.

    All conjunctions of up to `depth` conditions are tried: yes or no, a level, a half-open range of
    a number. A rule is kept if its score (hypergeometric z) is beyond what the best of all rules
    reaches on permuted outcomes, if it beats each of its own parts, and if it holds on deals that
    were not looked at. No rule is an ordinary result.

    Parameters
    ----------
    target, against : str or sequence of str, optional
        Outcomes to explain, and outcomes to compare with. Without `target`: True against False; or,
        of the outcomes of `deal_outcomes`, what marks fast_won among won deals (targets) and stuck
        among deals not won (non-targets).
    families : mapping of str to str, optional
        Column -> one of the seven families of criteria.
    depth : int
        Most conditions of a rule, 1 to 3; an exception, "not (a and b)", counts as one.
    bins : int
        Numbers are cut into so many bins to find a rule; then its cut-off is moved to the best
        value.
    min_support : int, optional
        Deals that a rule covers at least; without it 2 % of the deals, 15 at least.
    alpha : float
        Largest p-value of a rule: the chance of finding any where there is nothing.
    permutations : int
        Permutations of the outcomes.
    holdout : float
        Share of the deals, by groups, on which the rules are confirmed; 0 for none.
    random_state : int

    Attributes
    ----------
    target_, non_target_ : DataFrame
        One row a rule: `outcome, rule, deals, hits, rate` with its 90 % Wilson interval `low,
        high` (of all deals, those it was learned from among them), `base` (the rate of all deals
        of which the rule's columns are known), `lift` against it, `found` (share of the outcome's
        deals that it covers), `p_value` (permutation of the maximum), `holdout_deals,
        holdout_rate, holdout_base` and `cut_offs` (95 % bootstrap).
    unconfirmed_ : DataFrame
        Rules that did not hold on the deals kept out.
    criteria_ : Criteria
        The rules themselves.
    screening_ : DataFrame
        Each criterion alone.
    base_rate_ : dict of str to float
        By outcome.
    left_out_ : dict of str to str
        Columns that were not used, with the reason.
    holdout_ : array of bool, shape (n,)
        Deals that were kept out.
    one_pass_ : bool
        Non-targets are what the targets were compared with; else they have a comparison of their
        own.
    set_aside_ : int
        Rows without an outcome that is compared.

    Notes
    -----
    Webb (2007), "Discovering significant patterns", Machine Learning 68; Westfall & Young (1993)
    for the maximum statistic. Labels of one group are permuted as a block, and groups are drawn
    whole for intervals and hold-out.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> deals = pd.DataFrame({"staff": rng.integers(10, 500, 900), "board": rng.random(900) < 0.5})
    >>> good = (deals["staff"] > 250) & ~deals["board"]
    >>> rules = DealRules().fit(deals, rng.random(900) < np.where(good, 0.8, 0.1))
    >>> rules.target_["rule"].tolist(), rules.target_["cut_offs"].tolist()
    (['staff > 249 and not board'], ['staff: 249 (95 % 247.5 to 266.5)'])
    """

    def __init__(
        self,
        target: Labels = None,
        against: Labels = None,
        *,
        families: Mapping[str, str] | None = None,
        depth: int = 3,
        bins: int = 10,
        min_support: int | None = None,
        alpha: float = 0.01,
        permutations: int = 200,
        holdout: float = 1 / 3,
        random_state: int = 0,
    ) -> None:
        self.target = target
        self.against = against
        self.families = families
        self.depth = depth
        self.bins = bins
        self.min_support = min_support
        self.alpha = alpha
        self.permutations = permutations
        self.holdout = holdout
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:
        """Find the rules.

        Parameters
        ----------
        X : frame or array of shape (n, criteria)
            What was known of each deal from the start.
        y : array of shape (n,)
            Outcomes; a missing one sets the deal aside.
        groups : array of shape (n,), optional
            Deals of one group (an account, a duplicate) are no independent evidence.

        Raises
        ------
        ParameterError
            If a parameter is out of range or an outcome is unknown.
        DataError
            If there are fewer than 20 deals of a kind, or lengths differ.
        """
        self._check()
        frame = _frame(X)
        sides = contrasts_of(y, len(frame), self.target, self.against)
        codes = group_codes(groups, len(frame))
        compared = sides[0].rows | sides[1].rows
        self.feature_names_in_ = frame.columns.to_numpy(dtype=object)
        self.n_features_in_ = frame.shape[1]
        self.one_pass_ = np.array_equal(sides[0].rows, sides[1].rows)
        self.set_aside_ = int((~compared).sum())
        self.holdout_ = self._kept_out(y, codes)
        self.left_out_: dict[str, str] = {}
        self.base_rate_ = {side.outcome: float(side.hits.sum() / side.rows.sum()) for side in sides}
        with one_thread():  # small products: threads would cost more than they save
            found = self._both(frame, sides, codes)
        tables = [
            judged(side, rules, frame, codes, self.holdout_, self.random_state)
            for side, rules in zip(sides, found, strict=True)
        ]
        kept = [table["confirmed"].to_numpy(bool) for table in tables]
        self.target_, self.non_target_ = (
            _public(table[flags]) for table, flags in zip(tables, kept, strict=True)
        )
        self.unconfirmed_ = _public(
            pd.concat([table[~flags] for table, flags in zip(tables, kept, strict=True)])
        )
        self.criteria_ = Criteria(
            *(tuple(t.loc[f, "own"]) for t, f in zip(tables, kept, strict=True))
        )
        self.screening_ = self._screened(frame, sides)
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Tell "target", "non-target" or "undecided" (no rule holds, or rules of both kinds do)."""
        check_is_fitted(self, "criteria_")
        return self.criteria_.predict(_frame(X))

    def matches(self, X: Any) -> pd.DataFrame:
        """Say of each deal which rules hold: one column a rule, targets first."""
        check_is_fitted(self, "criteria_")
        frame = _frame(X)
        rules = (*self.criteria_.target, *self.criteria_.non_target)
        return pd.DataFrame({str(rule): rule.holds(frame) for rule in rules}, index=frame.index)

    def to_sql(
        self, dialect: str = "duckdb", *, table: str = "accounts", key: str | None = None
    ) -> str:
        """Write the rules as a query; see `Criteria.to_sql`."""
        check_is_fitted(self, "criteria_")
        return self.criteria_.to_sql(dialect, table=table, key=key)

    def to_crm(self) -> str:
        """Write the rules as conditions and filter logic of a CRM; see `Criteria.to_crm`."""
        check_is_fitted(self, "criteria_")
        return self.criteria_.to_crm()

    def to_csv(self) -> str:
        """Write the criteria sheet: one row a condition, with the evidence of its rule.

        `Criteria.from_csv` reads it back.
        """
        check_is_fitted(self, "criteria_")
        return self.criteria_.to_csv([self.target_, self.non_target_], self.families)

    def to_html(self, title: str = "Is this deal for us?") -> str:
        """Write the form for the first call: one page that works offline and sends nothing."""
        check_is_fitted(self, "criteria_")
        return self.criteria_.to_html(title, evidence=self.finding_)

    @property
    def finding_(self) -> str:
        """One sentence: the rules, or that there are none."""
        check_is_fitted(self, "criteria_")
        tables = [table for table in (self.target_, self.non_target_) if len(table)]
        if not tables:
            return "No rule found: nothing tells the outcomes apart beyond chance."
        parts = []
        for table in tables:
            rule = table.iloc[0]
            parts.append(
                f"{rule['outcome']}: {rule['rule']} ({rule['rate']:.0%} of {rule['deals']:,} "
                f"deals, base rate {self.base_rate_[rule['outcome']]:.0%})"
            )
        return "; ".join(parts) + "."

    def _check(self) -> None:
        check_share("alpha", "DealRules", self.alpha)
        ranges = (
            ("depth", "an int from 1 to 3", self.depth in {1, 2, 3}),
            ("bins", "an int in the range [2, 50]", 2 <= self.bins <= 50),
            ("permutations", "an int in the range [1, inf)", self.permutations >= 1),
            ("holdout", "a number in [0, 0.9]", 0 <= self.holdout <= 0.9),
            ("min_support", "None or 1 or more", self.min_support is None or self.min_support >= 1),
        )
        for name, expected, fine in ranges:
            if not fine:
                raise ParameterError(name, "DealRules", expected, getattr(self, name))
        if 1 / (1 + self.permutations) > self.alpha:
            needed = int(np.ceil(1 / self.alpha - 1))
            expected = f"{needed} or more: fewer cannot show a p-value of {self.alpha:g}"
            raise ParameterError("permutations", "DealRules", expected, self.permutations)
        check_families(self.families, "DealRules")

    def _kept_out(self, y: Any, codes: NDArray[np.intp]) -> Flags:
        """Keep whole groups out, evenly over their outcomes; the same ones whatever is compared."""
        rng = np.random.default_rng(self.random_state)
        labels = pd.factorize(
            pd.Series(np.asarray(y, dtype=object).ravel()).astype("str"), sort=True
        )
        sizes = np.bincount(codes)
        mean = np.bincount(codes, labels[0]) / np.maximum(sizes, 1)
        order = np.lexsort((rng.random(len(sizes)), mean))
        place = np.floor((np.arange(len(sizes)) + 1) * self.holdout + 0.5)
        out = np.zeros(len(sizes), dtype=np.bool_)
        out[order] = np.diff(place, prepend=0.0) > 0
        return np.asarray(out[codes])

    def _both(
        self, frame: pd.DataFrame, sides: tuple[Contrast, Contrast], codes: NDArray[np.intp]
    ) -> tuple[list[Learned], list[Learned]]:
        """Learn both lists; where one outcome is the other turned round, in one pass."""
        first = self._evidence(frame, sides[0], codes)
        second = first if self.one_pass_ else self._evidence(frame, sides[1], codes)
        return rule_list(first, 1), rule_list(second, -1 if self.one_pass_ else 1)

    def _evidence(self, frame: pd.DataFrame, side: Contrast, codes: NDArray[np.intp]) -> Evidence:
        rows = side.rows & ~self.holdout_
        least = self.min_support or max(15, round(0.02 * int(rows.sum())))
        own = frame[rows].reset_index(drop=True)
        attributes, left_out = attributes_of(own, self.bins, least)
        self.left_out_ |= left_out
        labels, groups = side.hits[rows].astype(np.float64), codes[rows]
        groups = np.unique(groups, return_inverse=True)[1]
        space = Space(attributes, self.depth, least)
        drawn = permuted(labels, groups, self.permutations, self.random_state)
        chance = extremes(space, np.ones(len(own), dtype=np.bool_), drawn)
        return Evidence(own, labels, groups, space, chance, self.alpha, self.random_state)

    def _screened(self, frame: pd.DataFrame, sides: tuple[Contrast, Contrast]) -> pd.DataFrame:
        parts = []
        for side in sides[:1] if self.one_pass_ else sides:
            table = screening(
                frame[side.rows], side.hits[side.rows].astype(np.float64), self.families
            )
            table.insert(0, "outcome", side.outcome)
            parts.append(table)
        return pd.concat(parts, ignore_index=True)


def _frame(X: Any) -> pd.DataFrame:
    frame = table_of(X, "X")
    mixed = [name for name in frame.columns if frame[name].dtype == object]
    frame = frame.assign(**{name: frame[name].convert_dtypes() for name in mixed})
    if not frame.shape[1]:
        raise DataError("There are no criteria: the frame has no columns.")
    return frame


def _public(table: pd.DataFrame) -> pd.DataFrame:
    return table[list(COLUMNS)].reset_index(drop=True)
