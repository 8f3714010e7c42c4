"""The estimator: segments of customers with the evidence for them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin, clone
from sklearn.utils.validation import check_is_fitted

from segkit.errors import ParameterError
from segkit.segments.clustering import Labels, Numbers, assign, centroids, one_thread
from segkit.segments.intake import Columns, first_frame, known_frame, value_of, wanted
from segkit.segments.judgement import notes_on, stability_table
from segkit.segments.ordering import by_before, by_value, check_distinct
from segkit.segments.preparation import prepare
from segkit.segments.profile import profile, suggested_names
from segkit.segments.selection import Selection, select
from segkit.segments.sql import assignment_sql
from segkit.segments.storage import read_model, write_model

__all__ = ["Segmenter"]

SAMPLE = 100_000
STARTS = 10


class Segmenter(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Group customers by k-means on prepared columns, and say whether there are groups at all.

    Parameters
    ----------
    columns : sequence of str, mapping or None
        Columns to group by: names, or name -> role ("numeric", "categorical", "ordinal", "id",
        "value") or `Column`. None takes all but `value`.
    k : int or "auto"
        Number of segments; "auto" tries 2 to `k_max` and may find none.
    value : str or None
        A numeric column, such as revenue. Segments are numbered from the highest mean of it (from
        the largest without it). It takes part in distances only if `columns` names it too.
    k_max : int
        Largest number that "auto" tries.
    pairs : int
        Pairs of bootstrap samples for stability; 20 to explore, 100 to report.
    random_state : int
        Seed.

    Attributes
    ----------
    k_ : int
        Number of segments; 1 is a result ("no structure").
    labels_ : array of int, shape (n,)
        0, 1, ...; -1 for a row that cannot be assigned (all its columns are missing).
    verdict_ : str
        "natural", "reproducible", "constructive", "no structure", "one segment" (where `k` is 1)
        or "not enough data".
    explanation_ : str
        The verdict as a sentence.
    selection_ : pandas.DataFrame
        The evidence for each k: `prediction_strength` with `ps_error`, `bootstrap_ari`,
        `weakest_slsw`, `border_p` (small: fewer customers at the borders than beside them),
        `busiest_border` (customers at the busiest border for one beside it), `smallest_share`,
        the verdict on this k; `silhouette` and `gap` are shown and decide nothing.
    stability_ : pandas.DataFrame
        `segment, size, share, slsw, low, high, judgement`; `low` and `high` are the 5 and 95 %
        points of the Jaccard index over refits.
    preparation_ : Preparation
        How each column became numbers.
    centroids_ : array of shape (k, features)
        In prepared numbers.
    names_ : list of str
        Suggested from the markers; put better ones in their place.
    fingerprint_ : str
        SHA-256 of the prepared rows.
    notes_ : tuple of str
        Fallbacks taken, and columns set aside with the reason.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    DataError
        If columns are unknown or infinite, no column is left, or there are fewer distinct rows
        than `k`.

    Notes
    -----
    *Natural* segments predict each other across halves of the data (prediction strength of 0.8
    or more, Tibshirani & Walther 2005) and have fewer customers between them than in them.
    *Reproducible* ones come back in bootstrap samples (each with a mean Jaccard index of 0.75 or
    more, Dolnicar & Leisch 2017), and some border is thinly settled. *Constructive* ones cut a
    continuum: even one long cloud is cut at the same place each time, so stability alone proves
    no groups. *No structure*: columns that are independent of each other, without borders.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> centre = np.repeat([0, 6, 12], 60)
    >>> table = pd.DataFrame({"a": rng.normal(centre), "b": rng.normal(-centre)})
    >>> model = Segmenter().fit(table)
    >>> model.k_, model.verdict_
    (3, 'natural')
    >>> model.predict(pd.DataFrame({"a": [12.0], "b": [-12.0]})).tolist()
    [0]
    """

    def __init__(
        self,
        columns: Columns = None,
        k: int | str = "auto",
        *,
        value: str | None = None,
        k_max: int = 7,
        pairs: int = 20,
        random_state: int = 0,
    ) -> None:
        self.columns = columns
        self.k = k
        self.value = value
        self.k_max = k_max
        self.pairs = pairs
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002  # scikit-learn's signature
        """Choose the number of segments and fit them.

        Parameters
        ----------
        X : frame or array of shape (n, columns)
            Any eager frame (pandas, Polars, Arrow), or numbers.
        y : ignored
        """
        return self._fit(X, None)

    def refit(self, X: Any) -> Segmenter:
        """Fit the same number of segments to new rows and keep their numbers.

        Each new segment takes the number of the old one that it shares most of the new rows with
        (Hungarian method), so that labels do not move between periods.

        Parameters
        ----------
        X : frame or array of shape (n, columns)

        Returns
        -------
        Segmenter
            A new model; compare both with `migration`.
        """
        check_is_fitted(self)
        fresh: Segmenter = clone(self).set_params(k=self.k_)
        return fresh._fit(X, self)

    def partitions(self, X: Any, ks: Iterable[int]) -> list[Labels]:
        """Group rows into other numbers of segments, prepared as at the fit and not judged.

        Parameters
        ----------
        X : frame or array of shape (n, columns)
        ks : iterable of int
            Numbers of segments.

        Returns
        -------
        list of array of shape (n,)
            Labels for each number, -1 where a row cannot be assigned; `slsa` compares them.
        """
        prepared, usable = self._prepared(X)
        labels = []
        with one_thread():
            for k in ks:
                labels.append(np.full(len(prepared), -1, dtype=np.intp))
                labels[-1][usable] = assign(prepared[usable], self._centres(prepared[usable], k))
        return labels

    def predict(self, X: Any) -> Labels:
        """Assign rows to the segments; -1 where a row cannot be assigned.

        Parameters
        ----------
        X : frame or array of shape (n, columns)
            A frame needs the columns that grouped only, in any order.
        """
        prepared, usable = self._prepared(X)
        labels = np.full(len(prepared), -1, dtype=np.intp)
        labels[usable] = assign(prepared[usable], self.centroids_)
        return labels

    def profile(self) -> pd.DataFrame:
        """Describe each segment by the columns that grouped it, with its markers.

        Returns
        -------
        pandas.DataFrame
            `segment, column, level, n, mean, low, high, overall, difference, effect, index,
            index_low, index_high, marker`, in the units of the columns: mean or share with its
            90 % interval, against all rows; `index` is 100 x mean / overall. A marker deviates by
            more than a quarter of the greatest value or by more than half of the overall mean.
        """
        check_is_fitted(self)
        return self.profile_.copy()

    def to_sql(
        self,
        dialect: str = "duckdb",
        table: str | Sequence[str] = "customers",
        *,
        key: str | None = None,
    ) -> str:
        """Write the query that assigns the rows of a table in its own database.

        It gives the same labels as `predict`; NULL where that gives -1. Missing means NULL: turn
        NaN into NULL first.

        Parameters
        ----------
        dialect : str
            A dialect of sqlglot: "duckdb", "postgres", "sqlite", "spark", "snowflake", ...
        table : str or sequence of str
            Name of the table; `"schema.table"`, or its parts.
        key : str, optional
            Column that names rows: the query then hands on this one alone, in its order. Without
            it the query hands on all columns of the table fitted.

        Returns
        -------
        str
            A SELECT of those columns, `segment` and `segment_name`, in the place of any columns of
            these two names.

        Raises
        ------
        DataError
            If `key` is no column of the table fitted.
        MissingPackageError
            If another dialect than "duckdb" is asked for and sqlglot is not installed.

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"id": range(4), "seats": [1.0, 2.0, 98.0, 99.0]})
        >>> model = Segmenter(["seats"], k=2).fit(table)
        >>> import duckdb
        >>> duckdb.sql(model.to_sql(table="table", key="id")).fetchall()[0]
        (0, 0, 'low seats')
        """
        check_is_fitted(self)
        columns = self.preparation_.columns
        known = list(getattr(self, "feature_names_in_", [column.name for column in columns]))
        return assignment_sql(
            columns,
            self.centroids_,
            self.names_,
            table=table,
            kept=known,
            key=key,
            dialect=dialect,
        )

    def to_json(self) -> str:
        """Write the model as JSON, without the rows it was fitted on.

        `from_json` reads it back; there `labels_` is missing, since they belong to the rows.
        """
        check_is_fitted(self)
        return write_model(self)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a model written by `to_json`.

        Raises
        ------
        DataError
            If the text does not hold a Segmenter of this schema.
        """
        model: Self = read_model(cls, text)
        return model

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _check_parameters(self) -> None:
        whole = isinstance(self.k, int | np.integer) and not isinstance(self.k, bool)
        if self.k != "auto" and not (whole and int(self.k) >= 1):
            raise ParameterError("k", "Segmenter", "'auto' or an int in the range [1, inf)", self.k)
        if self.k_max < 2:
            raise ParameterError("k_max", "Segmenter", "an int in the range [2, inf)", self.k_max)
        if self.pairs < 2:
            raise ParameterError("pairs", "Segmenter", "an int in the range [2, inf)", self.pairs)

    def _fit(self, X: Any, before: Segmenter | None) -> Self:
        self._check_parameters()
        frame = first_frame(self, X)
        value = value_of(self.columns, self.value, frame)
        self.preparation_ = prepare(frame, wanted(self.columns, self.value, frame))
        prepared, usable = self.preparation_.transform(frame)
        rows = prepared[usable]
        with one_thread():
            selection = self._select(rows)
            centres = self._centres(rows, selection.k)
            labels = np.full(len(prepared), -1, dtype=np.intp)
            labels[usable] = assign(rows, centres)
        if before is None:
            order = by_value(labels, centres, value)
        else:
            order = by_before(before.predict(frame), labels, before.k_)
        self._keep(frame, rows, selection, labels, centres, order)
        return self

    def _prepared(self, X: Any) -> tuple[Numbers, NDArray[np.bool_]]:
        check_is_fitted(self)
        names = [column.name for column in self.preparation_.columns]
        return self.preparation_.transform(known_frame(self, X, names))

    def _select(self, rows: Numbers) -> Selection:
        fixed = self.k != "auto"
        if fixed:
            check_distinct(rows, int(self.k))
        ks = [int(self.k)] if fixed else list(range(2, self.k_max + 1))
        blocks = self.preparation_.blocks.tolist()
        return select(rows, blocks, ks, pairs=self.pairs, fixed=fixed, seed=self.random_state)

    def _centres(self, rows: Numbers, k: int) -> Numbers:
        rng = np.random.default_rng(self.random_state)
        many = len(rows) > SAMPLE
        sample = rows[rng.choice(len(rows), SAMPLE, replace=False)] if many else rows
        return centroids(sample, k, starts=STARTS, seed=self.random_state)

    def _keep(
        self,
        frame: pd.DataFrame,
        rows: Numbers,
        selection: Selection,
        labels: Labels,
        centres: Numbers,
        order: Labels,
    ) -> None:
        places = np.full(selection.k + 1, -1, dtype=np.intp)
        places[order] = np.arange(selection.k)
        self.centroids_ = centres[order]
        self.labels_ = places[labels]
        self.k_ = selection.k
        self.verdict_ = selection.verdict
        self.explanation_ = selection.explanation
        self.selection_ = selection.to_frame()
        self.stability_ = stability_table(self.labels_, self.centroids_, selection)
        self.notes_ = notes_on(self.preparation_, self.labels_, rows, selection, self.k_max)
        self.profile_ = profile(frame, self.labels_, self.preparation_)
        self.fingerprint_ = hashlib.sha256(np.ascontiguousarray(rows).data).hexdigest()
        self.names_ = suggested_names(self.profile_)
