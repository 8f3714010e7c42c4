"""Choice-based conjoint: what attributes are worth, by which offers people choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from segkit.errors import DataError, ParameterError, check_share
from segkit.surveys.classes import ChoiceClasses, class_labels, find_classes
from segkit.surveys.coding import kinds_of
from segkit.surveys.individual import shrunken_utilities
from segkit.surveys.logit import Floats, LogitFit, check_rank, fit_logit
from segkit.surveys.offers import OfferTasks, read_offers
from segkit.surveys.preference import GroupTest, group_test
from segkit.surveys.worth import draw_normal, offer_rows, offer_shares, willingness

__all__ = ["ChoiceModel"]


class ChoiceModel:
    r"""Estimate a multinomial logit of choices among offers.

    :math:`P(i) = e^{x_i \beta} / \sum_j e^{x_j \beta}`, by Newton's method (McFadden 1974; Train
    2009, ch. 3). A row without any attribute is the option "none of these", with a constant of
    its own.

    Parameters
    ----------
    attributes : sequence of str, or mapping of str to str, optional
        Columns of the offers; a mapping says of each whether it is "linear" or has "part-worth"
        coefficients by level. None takes every column that varies within tasks. Numbers are
        linear, all else has part-worths, where nothing is said.
    coding : str
        "effects": the part-worths of an attribute add up to 0; "dummy": the first level is 0.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Attributes
    ----------
    coefficients_ : DataFrame
        `attribute, level, estimate`; `se` from the information, `clustered_se` over respondents,
        whose tasks are not independent; the interval `low, high`, `z` and `p` from the latter.
    log_likelihood_, null_log_likelihood_, mcfadden_r2_ : float
        The null model chooses blindly.
    n_tasks_, n_respondents_ : int
    groups_ : DataFrame
        `group, respondents`, and the columns of `coefficients_`; with `group` only.
    group_test_ : GroupTest or None
        Whether the groups choose alike; its `item` is an attribute, or an attribute and a level.
    ledger_ : DataFrame
        Tasks and rows used and set aside, with the reason and the first rows.
    notes_ : tuple of str

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> frame = pd.DataFrame({"task": np.repeat(range(500), 2)})
    >>> frame["price"] = rng.choice([4.0, 6.0, 8.0], 1000)
    >>> frame["brand"] = rng.choice(["ours", "theirs"], 1000)
    >>> utility = -0.5 * frame["price"] + (frame["brand"] == "ours") + rng.gumbel(size=1000)
    >>> frame["chosen"] = utility == utility.groupby(frame["task"]).transform("max")
    >>> model = ChoiceModel(coding="dummy").fit(frame)
    >>> model.coefficients_[["attribute", "level", "estimate"]].round(1).values.tolist()
    [['price', '', -0.4], ['brand', 'ours', 0.0], ['brand', 'theirs', -0.9]]
    >>> model.willingness_to_pay()["wtp"].round().tolist()
    [0.0, -2.0]
    """

    def __init__(
        self,
        attributes: Sequence[str] | Mapping[str, str] | None = None,
        *,
        coding: str = "effects",
        confidence: float = 0.9,
    ) -> None:
        self.attributes = kinds_of(attributes, "ChoiceModel")
        if coding not in {"effects", "dummy"}:
            raise ParameterError("coding", "ChoiceModel", "'effects' or 'dummy'", coding)
        check_share("confidence", "ChoiceModel", confidence)
        self.coding, self.confidence = coding, confidence
        self._known: tuple[OfferTasks, LogitFit] | None = None
        self.group_test_: GroupTest | None = None

    def fit(
        self,
        frame: Any,
        *,
        respondent: str | None = None,
        task: str | None = None,
        chosen: str | None = None,
        group: str | None = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        frame : pandas, Polars or Arrow frame
            One row for each offer of each task.
        respondent, task, chosen : str, optional
            Columns; None takes those of these names. Without respondents each task is one. Task
            numbers may begin anew with each respondent.
        group : str, optional
            Column with the respondent's group, such as a role.

        Raises
        ------
        DataError
            If columns are missing, no task can be used, a respondent belongs to two groups, or
            attributes repeat each other.
        """
        names = {"respondent": respondent, "task": task, "chosen": chosen}
        names |= {"group": group} if group else {}
        data = read_offers(frame, names, self.attributes, self.coding)
        self._known = data, fit_logit(data.tasks)
        self.coefficients_ = self._table(self._fit.beta, self._fit.covariance, self._fit.clustered)
        self.log_likelihood_ = self._fit.log_likelihood
        self.null_log_likelihood_ = data.tasks.null_log_likelihood
        self.mcfadden_r2_ = 1 - self.log_likelihood_ / self.null_log_likelihood_
        self.n_tasks_, self.n_respondents_ = len(data.tasks.starts), data.tasks.persons
        self.ledger_ = data.ledger
        self.notes_ = (*data.notes, *self._notes(), *self._compare(data))
        return self

    def willingness_to_pay(
        self,
        price: str = "price",
        *,
        reference: Mapping[str, Any] | None = None,
        method: str = "delta",
        draws: int = 10_000,
        random_state: int = 0,
    ) -> pd.DataFrame:
        r"""Give what a level, or one more of a number, is worth: :math:`-\beta / \beta_{price}`.

        Parameters
        ----------
        price : str
            The linear attribute that is paid.
        reference : mapping of str to level, optional
            Level to compare with, by attribute; else the average (effects coding) or the first
            level (dummy coding).
        method : str
            Interval by "delta" or by "krinsky-robb": quantiles over coefficients drawn from their
            normal distribution (Krinsky & Robb 1986).
        draws, random_state : int
            For the latter.

        Returns
        -------
        DataFrame
            `attribute, level, versus, wtp, se, low, high` in units of the price. The interval is
            unbounded where the price may be without effect.

        Raises
        ------
        DataError
            If there is no such linear attribute, or dearer offers are not chosen less.
        """
        if method not in {"delta", "krinsky-robb"}:
            expected = "'delta' or 'krinsky-robb'"
            raise ParameterError("method", "willingness_to_pay", expected, method)
        return willingness(
            self._data.coding,
            self._fit.beta,
            self._fit.clustered,
            price=price,
            reference=dict(reference or {}),
            method=method,
            draws=draws,
            seed=random_state,
            confidence=self.confidence,
        )

    def shares(self, offers: Any, *, none: bool | None = None, scale: float = 1.0) -> pd.DataFrame:
        """Simulate which share of choices each offer would get.

        Parameters
        ----------
        offers : frame, or mapping or list of mappings
            One row an offer, with every attribute; pandas rows are named by their index. Or the
            attributes of each offer, by its name.
        none : bool, optional
            Whether "none of these" is on offer; None: if respondents had it.
        scale : float
            Factor of the utilities: below 1 where the market is noisier than the survey.

        Returns
        -------
        DataFrame
            `offer, share, low, high`.

        Raises
        ------
        DataError
            If offers lack attributes, or hold what respondents never saw.
        """
        if not scale > 0:
            raise ParameterError("scale", "shares", "a number above 0", scale)
        names, rows = offer_rows(self._data.coding, offers, none=none)
        return offer_shares(
            names,
            rows,
            self._fit.beta,
            self._fit.clustered,
            scale=scale,
            confidence=self.confidence,
        )

    def individuals(self) -> pd.DataFrame:
        """Give part-worths of each respondent, shrunken by empirical Bayes.

        Returns
        -------
        DataFrame
            `respondent, attribute, level, estimate`; `conjoint_importance` takes it.
        """
        betas, *_ = shrunken_utilities(self._data.tasks)
        return self._data.coding.part_worths(betas, "respondent", list(self._data.persons))

    def latent_classes(
        self, k: int | str = "auto", *, k_max: int = 5, starts: int = 8, random_state: int = 0
    ) -> ChoiceClasses:
        """Group respondents by what they choose: a mixture of logits by EM.

        Parameters
        ----------
        k : int or "auto"
            Number of classes; "auto" adds classes up to `k_max` as long as BIC falls.
        k_max, starts, random_state : int
            Most classes, random starts of each, seed.
        """
        tasks = self._data.tasks
        fit, selection = find_classes(
            tasks, k, k_max=k_max, starts=starts, seed=random_state, owner="latent_classes"
        )
        shares, memberships = class_labels(fit, self._data.persons)
        tables = [
            self._table(beta, spread, spread).drop(columns="se").assign(**{"class": place})
            for place, (beta, spread) in enumerate(zip(fit.betas, fit.covariances, strict=True))
        ]
        coefficients = pd.concat(tables, ignore_index=True)
        order = ["class", *[name for name in coefficients if name != "class"]]
        worths = self._data.coding.part_worths(fit.betas, "class", list(range(len(fit.shares))))
        worths.insert(1, "share", fit.shares[worths["class"]])
        return ChoiceClasses(
            k=len(fit.shares),
            shares=shares,
            coefficients=coefficients[order],
            memberships=memberships,
            selection=selection,
            entropy=fit.entropy,
            part_worths=worths,
        )

    def spans(self, draws: int = 2_000, random_state: int = 0) -> tuple[pd.Series, Floats]:
        """Give the range of utility over each attribute, and draws of it from its distribution.

        The range of a linear attribute is that over the values shown.
        """
        coding, fit = self._data.coding, self._fit
        rng = np.random.default_rng(random_state)
        drawn = draw_normal(rng, fit.beta, fit.clustered, draws)
        both = np.vstack([fit.beta, drawn]) @ coding.turn().T
        names = np.array([name for name, _ in coding.names()], dtype=object)
        spans = np.column_stack(
            [
                np.abs(both[:, names == each.name][:, 0]) * (each.most - each.least)
                if each.linear
                else np.ptp(both[:, names == each.name], axis=1)
                for each in coding.attributes
            ]
        )
        return pd.Series(spans[0], index=[each.name for each in coding.attributes]), spans[1:]

    def _compare(self, data: OfferTasks) -> list[str]:
        """Fit the groups one by one; those whose tasks cannot tell attributes apart are named."""
        self.groups_, self.group_test_ = pd.DataFrame(), None
        if data.groups is None:
            return []
        fits: dict[str, LogitFit] = {}
        persons, tables, notes = {}, [], []
        for name in sorted(data.groups.dropna().unique(), key=str):
            part = data.tasks.of_persons((data.groups == name).to_numpy())
            try:
                check_rank(part, data.coding.free_names())
            except DataError as refusal:
                notes.append(f"Group {name} is left out of the comparison. {refusal}")
                continue
            fit = fits[str(name)] = fit_logit(part)
            persons[str(name)] = part.persons
            table = self._table(fit.beta, fit.covariance, fit.clustered)
            table.insert(0, "group", name)
            table.insert(1, "respondents", part.persons)
            tables.append(table)
        if tables:
            self.groups_ = pd.concat(tables, ignore_index=True)
        if len(fits) > 1:
            told = [
                f"{name}: {level}" if level != "" else name for name, level in data.coding.names()
            ]
            turn = data.coding.turn()
            self.group_test_ = group_test(pd.Index(told), fits, persons, turn, self.confidence)
        return notes

    @property
    def _data(self) -> OfferTasks:
        return self._fitted()[0]

    @property
    def _fit(self) -> LogitFit:
        return self._fitted()[1]

    def _fitted(self) -> tuple[OfferTasks, LogitFit]:
        if self._known is None:
            raise DataError("This ChoiceModel has seen no choices yet: call fit first.")
        return self._known

    def _table(self, beta: Floats, covariance: Floats, clustered: Floats) -> pd.DataFrame:
        turn = self._data.coding.turn()
        estimate = turn @ beta
        se, robust = (
            np.sqrt(np.maximum(np.diag(turn @ spread @ turn.T), 0))
            for spread in (covariance, clustered)
        )
        reach = float(ndtri((1 + self.confidence) / 2)) * robust
        with np.errstate(divide="ignore", invalid="ignore"):
            z = estimate / robust
        return self._data.coding.table(
            {
                "estimate": estimate,
                "se": se,
                "clustered_se": robust,
                "low": estimate - reach,
                "high": estimate + reach,
                "z": z,
                "p": 2 * ndtr(-np.abs(z)),
            }
        )

    def _notes(self) -> list[str]:
        notes = []
        if not self._fit.bounded:
            notes.append(
                "The choices set no bound to some coefficients (a level is always, or never, "
                "chosen): a weak prior, normal with standard deviation 3, bounds them."
            )
        if self.n_respondents_ < 30:
            notes.append(
                f"Respondents: only {self.n_respondents_}, so that intervals treat their tasks as "
                "independent and are too narrow."
            )
        return notes
