"""MaxDiff (best-worst scaling): what people care about, by what they pick and what they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from segkit.errors import DataError, ParameterError, check_share
from segkit.surveys.best_worst import BestWorst, read_best_worst, zero_sum
from segkit.surveys.classes import ChoiceClasses, class_labels, find_classes
from segkit.surveys.counts import closed_form, count_choices, scores
from segkit.surveys.designs import MaxDiffDesign, maxdiff_design
from segkit.surveys.individual import shrunken_utilities
from segkit.surveys.logit import Floats, LogitFit, Tasks, fit_logit
from segkit.surveys.preference import GroupTest, group_test, preferences

__all__ = ["MaxDiff"]

_CHANCE_NOTE = (
    "Respondents whose choices hardly differ from blind ones: {count:,} of {of:,}; they pull all "
    "utilities towards 0 (`respondents_`, column `better_than_chance`)."
)
_SUBSTANTIAL, _MANY = 3.0, 0.1


class MaxDiff:
    r"""Estimate utilities and shares of preference from best-worst choices.

    The paired model takes a set's best and worst as one choice of a pair,
    :math:`P(b, w) = e^{u_b - u_w} / \sum_{i \ne j} e^{u_i - u_j}`; the sequential one takes the
    best by :math:`e^{u}` and then the worst of the rest by :math:`e^{-u}` (Marley & Louviere
    2005). Utilities add up to 0; a share of preference is :math:`e^{u_i} / \sum_j e^{u_j}`.

    Parameters
    ----------
    confidence : float
        Confidence of the intervals, in (0, 1).

    Attributes
    ----------
    counts_ : DataFrame
        `item`; how often `shown`, `best`, `worst`; `best_minus_worst`; `standardised`, which is
        (best - worst) / shown; `sqrt_ratio`, the root of best / worst, and `relative` to the
        largest.
    closed_form_ : DataFrame
        `item, p, utility, se, share` without iteration (Lipovetsky & Conklin 2014).
    paired_, sequential_ : DataFrame
        `item, utility`; `se` from the information, `clustered_se` over respondents, whose sets
        are not independent; `share` of preference and its interval `low, high`.
    log_likelihood_ : float
        Of the paired model; `null_log_likelihood_` is that of blind choices.
    individuals_ : DataFrame
        Utilities of each respondent (index) for each item (columns), shrunk towards those of all
        by empirical Bayes.
    respondents_ : DataFrame
        `respondent, group, sets, fit` (geometric mean of the chances of the choices), and
        `better_than_chance`: not so where the choices are three times likelier from somebody who
        chooses blindly than from one of these respondents (Jeffreys 1961: substantial).
    groups_ : DataFrame
        `group, respondents`, and the columns of `paired_`; with `group` only.
    group_test_ : GroupTest or None
        Whether the groups prefer the same. Groups also differ where one only chooses more
        surely: then all differences point away from 0.
    ledger_ : DataFrame
        Sets and rows used and set aside, with the reason and the first rows.
    notes_ : tuple of str
        What to mind.

    Examples
    --------
    >>> rows = [("a", 1, "x", 1), ("a", 1, "y", 0), ("a", 1, "z", -1)]
    >>> rows += [("b", 1, "x", 0), ("b", 1, "y", 1), ("b", 1, "z", -1)]
    >>> rows += [("c", 1, "x", 1), ("c", 1, "y", -1), ("c", 1, "z", 0)]
    >>> frame = pd.DataFrame(rows, columns=["respondent", "set", "item", "choice"])
    >>> model = MaxDiff().fit(frame)
    >>> model.counts_["best_minus_worst"].tolist()
    [2, 0, -2]
    >>> model.paired_["share"].round(2).tolist()
    [0.64, 0.26, 0.1]
    """

    def __init__(self, *, confidence: float = 0.9) -> None:
        check_share("confidence", "MaxDiff", confidence)
        self.confidence = confidence
        self._tasks: Tasks | None = None

    def fit(
        self,
        frame: Any,
        *,
        respondent: str | None = None,
        set: str | None = None,  # noqa: A002  # the field's word
        item: str | Sequence[str] | None = None,
        choice: str | None = None,
        best: str | None = None,
        worst: str | None = None,
        group: str | None = None,
        items: Sequence[Any] | None = None,
    ) -> Self:
        """Fit all models.

        Parameters
        ----------
        frame : pandas, Polars or Arrow frame
            One row for each item shown, in the order shown within a set; or one row a set, with a
            column for each place, and columns that name the best and the worst item, or their
            places from 1.
        respondent, set : str, optional
            Columns; None takes those of these names. Without respondents each set is one's own.
        item : str or sequence of str, optional
            Column of the item, or of a wide frame the columns of the places; None takes "item", or
            "item1", "item2" and so on, or the columns that hold the items picked.
        choice : str, optional
            Column with 1 (best), -1 (worst) and 0 or nothing, or with words.
        best, worst : str, optional
            Two columns that mark the choices, instead of `choice`; of a wide frame, that name them.
        group : str, optional
            Column with the respondent's group, such as a role.
        items : sequence, optional
            All items, where some were perhaps never shown.

        Raises
        ------
        DataError
            If columns are missing, choices are no choices, no set can be used, or items were
            never compared with each other.
        """
        names = {"respondent": respondent, "task": set, "item": item}
        if choice is not None and (best is not None or worst is not None):
            raise ParameterError(
                "choice", "MaxDiff.fit", "None where best or worst is named", choice
            )
        names |= {"choice": choice} if best is None and worst is None else {}
        names |= {"best": best, "worst": worst} if choice is None else {}
        wanted = None if items is None else list(items)
        data = read_best_worst(frame, names, wanted, group)
        self.items_ = data.items
        self.ledger_ = data.ledger
        self.counts_ = count_choices(data)
        self.closed_form_ = closed_form(self.counts_)
        tasks = data.pairs()
        self._tasks, self._persons = tasks, data.persons
        self._base = zero_sum(len(data.items))
        paired, sequential = fit_logit(tasks), fit_logit(data.sequence())
        self.paired_ = preferences(data.items, paired, self._base, self.confidence)
        self.sequential_ = preferences(data.items, sequential, self._base, self.confidence)
        self.log_likelihood_ = paired.log_likelihood
        self.null_log_likelihood_ = tasks.null_log_likelihood
        self._keep_individuals(data, tasks)
        self._compare(data)
        self.notes_ = (*data.notes, *self._notes(paired, tasks.persons))
        return self

    @classmethod
    def from_counts(
        cls,
        best: ArrayLike | Mapping[Any, int],
        worst: ArrayLike | Mapping[Any, int],
        shown: ArrayLike | Mapping[Any, int],
        *,
        items: Sequence[Any] | None = None,
    ) -> Self:
        """Take counts alone: `counts_` and `closed_form_`, without single choices.

        Parameters
        ----------
        best, worst, shown : mapping or array-like
            How often each item was best, worst and shown; one number where all were shown as
            often.
        items : sequence, optional
            Their names; those of `best` where it is a mapping.

        Raises
        ------
        DataError
            If the counts do not fit each other.

        Examples
        --------
        >>> model = MaxDiff.from_counts({"apple": 213, "kiwi": 16}, [15, 228], 400)
        >>> model.counts_["standardised"].tolist()
        [0.495, -0.53]
        """
        told = {"best": best, "worst": worst, "shown": shown}
        if items is None:
            named = (each for each in told.values() if isinstance(each, Mapping | pd.Series))
            items = next((list(each.keys()) for each in named), None)
        known = None if items is None else pd.Index(list(items))
        taken = [_counts(values, known, name) for name, values in told.items()]
        known = pd.RangeIndex(1, taken[0].size + 1) if known is None else known
        if not len(known) or {values.shape for values in taken} - {(len(known),), ()}:
            raise DataError("best, worst, shown and items must have one number for each item.")
        chosen, left, seen = (np.broadcast_to(values, len(known)) for values in taken)
        wrong = ~((chosen >= 0) & (left >= 0) & (chosen + left <= seen))  # a gap is wrong too
        if wrong.any():
            names = ", ".join(str(item) for item in known[wrong])
            raise DataError(f"best + worst must lie between 0 and shown; not so for {names}.")
        model = cls()
        model.items_ = known
        model.counts_ = scores(known, seen, chosen, left)
        model.closed_form_ = closed_form(model.counts_)
        return model

    @staticmethod
    def design(
        items: Sequence[Any] | int,
        per_set: int = 4,
        sets: int | None = None,
        *,
        versions: int = 1,
        random_state: int = 0,
    ) -> MaxDiffDesign:
        """Choose sets in which items, pairs and places are balanced; see `maxdiff_design`."""
        return maxdiff_design(items, per_set, sets, versions=versions, random_state=random_state)

    def latent_classes(
        self, k: int | str = "auto", *, k_max: int = 5, starts: int = 5, random_state: int = 0
    ) -> ChoiceClasses:
        """Group respondents by what they prefer.

        Parameters
        ----------
        k : int or "auto"
            Number of classes; "auto" adds classes up to `k_max` as long as BIC falls.
        k_max, starts, random_state : int
            Most classes, random starts of each, seed.
        """
        if self._tasks is None:
            raise DataError("Latent classes need the choices of each respondent: call fit first.")
        fit, selection = find_classes(
            self._tasks, k, k_max=k_max, starts=starts, seed=random_state, owner="latent_classes"
        )
        shares, memberships = class_labels(fit, self._persons)
        tables = [
            preferences(
                self.items_, LogitFit(beta, spread, spread, 0.0), self._base, self.confidence
            ).assign(**{"class": place})
            for place, (beta, spread) in enumerate(zip(fit.betas, fit.covariances, strict=True))
        ]
        columns = ["class", "item", "utility", "clustered_se", "share", "low", "high"]
        coefficients = pd.concat(tables, ignore_index=True)[columns]
        return ChoiceClasses(
            len(fit.shares), shares, coefficients, memberships, selection, fit.entropy
        )

    def _keep_individuals(self, data: BestWorst, tasks: Tasks) -> None:
        betas, logs, evidence = shrunken_utilities(tasks)
        self.individuals_ = pd.DataFrame(
            betas @ self._base.T,
            index=pd.Index(data.persons, name="respondent"),
            columns=pd.Index(data.items, name="item"),
        )
        groups = None if data.groups is None else data.groups.to_numpy()
        blind = np.bincount(tasks.person, np.log(tasks.sizes))
        sets = np.bincount(tasks.person)
        self.respondents_ = pd.DataFrame(
            {
                "respondent": data.persons,
                "group": groups,
                "sets": sets,
                "fit": np.exp(logs / sets),
                "better_than_chance": evidence > -blind - np.log(_SUBSTANTIAL),
            }
        )

    def _compare(self, data: BestWorst) -> None:
        self.groups_ = pd.DataFrame()
        self.group_test_: GroupTest | None = None
        if data.groups is None:
            return
        fits: dict[str, LogitFit] = {}
        persons, tables = {}, []
        for name in sorted(data.groups.dropna().unique(), key=str):
            part = data.of_group(name)
            tasks: Tasks = part.pairs()
            missing = len(np.unique(part.item)) < len(self.items_)
            if missing:
                continue
            fits[str(name)] = fit_logit(tasks)
            persons[str(name)] = tasks.persons
            table = preferences(self.items_, fits[str(name)], self._base, self.confidence)
            table.insert(0, "group", name)
            table.insert(1, "respondents", tasks.persons)
            tables.append(table)
        if tables:
            self.groups_ = pd.concat(tables, ignore_index=True)
        if len(fits) > 1:
            self.group_test_ = group_test(self.items_, fits, persons, self._base, self.confidence)

    def _notes(self, paired: LogitFit, persons: int) -> list[str]:
        notes = []
        if not paired.bounded:
            notes.append(
                "The choices set no bound to some utilities (an item is best, or worst, whenever "
                "shown): a weak prior, normal with standard deviation 3, bounds them."
            )
        if persons < 30:
            notes.append(
                f"Respondents: only {persons}, so that intervals treat their sets as "
                "independent and are too narrow."
            )
        blind = int((~self.respondents_["better_than_chance"]).sum())
        if blind > _MANY * len(self.respondents_):
            notes.append(_CHANCE_NOTE.format(count=blind, of=len(self.respondents_)))
        return notes


def _counts(values: Any, items: pd.Index | None, name: str) -> Floats:
    if items is not None and isinstance(values, Mapping | pd.Series):
        lost = [str(item) for item in items if item not in values]
        if lost:
            raise DataError(f"{name} has no count for {', '.join(lost)}.")
        values = [values[item] for item in items]
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"{name} must hold counts. Got {values!r}.") from None
