"""The estimator: segments of customers with the evidence for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from segkit.errors import DataError, ParameterError, nearest
from segkit.segments.clustering import Labels, Numbers, assign, centroids, one_thread
from segkit.segments.columns import Column, as_floats
from segkit.segments.preparation import Preparation, prepare
from segkit.segments.profile import profile
from segkit.segments.selection import ROWS, STABLE, Selection, select

__all__ = ["Segmenter"]

SAMPLE = 100_000
STARTS = 10
PATTERN = 0.6  # below this mean Jaccard a segment is not to be trusted (Hennig 2007)
SMALL = 0.05
MANY_COPIES = 0.2


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
        "natural", "reproducible", "constructive", "no structure" or "not enough data".
    explanation_ : str
        The verdict as a sentence.
    selection_ : pandas.DataFrame
        The evidence for each k.
    stability_ : pandas.DataFrame
        `segment, size, share, slsw, low, high, judgement`; `low` and `high` are the 5 and 95 %
        points of the Jaccard index over refits.
    preparation_ : Preparation
        How each column became numbers.
    centroids_ : array of shape (k, features)
        In prepared numbers.
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
        columns: Sequence[str] | Mapping[str, str | Column] | None = None,
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
        self._check_parameters()
        frame = self._frame(X, reset=True)
        if len(frame) < 2:
            raise DataError(f"Segments need at least 2 rows; there is 1 sample: {len(frame)} rows.")
        self.preparation_ = prepare(frame, self._wanted(frame))
        prepared, usable = self.preparation_.transform(frame)
        rows = prepared[usable]
        with one_thread():
            selection = self._select(rows)
            self._fit_centroids(rows, selection.k)
            self.labels_ = self._number(self._assigned(prepared, usable), self._value(frame))
        self._keep(frame, rows, selection)
        return self

    def predict(self, X: Any) -> Labels:
        """Assign rows to the segments; -1 where a row cannot be assigned.

        Parameters
        ----------
        X : frame or array of shape (n, columns)
        """
        check_is_fitted(self)
        prepared, usable = self.preparation_.transform(self._frame(X, reset=False))
        return self._assigned(prepared, usable)

    def profile(self) -> pd.DataFrame:
        """Describe each segment by the columns that grouped it, with its markers.

        Returns
        -------
        pandas.DataFrame
            `segment, column, level, n, mean, overall, difference, index, marker`, in the units
            of the columns.
        """
        check_is_fitted(self)
        return self._profile.copy()

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

    def _frame(self, X: Any, *, reset: bool) -> pd.DataFrame:
        """Take any eager frame or array of numbers as a pandas frame with text names."""
        native = nw.from_native(X, eager_only=True, pass_through=True)
        if isinstance(native, nw.DataFrame):
            frame = native.to_pandas().reset_index(drop=True)
            frame.columns = frame.columns.map(str)
            return self._named(frame, reset=reset)
        array = validate_data(
            self,
            X,
            reset=reset,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            ensure_min_samples=2 if reset else 1,
        )
        names = [f"x{i}" for i in range(array.shape[1])]
        return pd.DataFrame(array, columns=list(getattr(self, "feature_names_in_", names)))

    def _named(self, frame: pd.DataFrame, *, reset: bool) -> pd.DataFrame:
        if reset:
            self.feature_names_in_ = frame.columns.to_numpy(dtype=object)
            self.n_features_in_ = frame.shape[1]
            return frame
        lost = [c.name for c in self.preparation_.columns if c.name not in frame.columns]
        if lost:
            raise DataError(
                f"Columns {lost} were used to group and are not there; found {list(frame.columns)}."
            )
        return frame

    def _wanted(self, frame: pd.DataFrame) -> dict[str, Column]:
        if isinstance(self.columns, Mapping):
            return {
                name: wish if isinstance(wish, Column) else Column(wish)  # type: ignore[arg-type]  # checked in prepare
                for name, wish in self.columns.items()
            }
        names = self.columns
        if names is None:
            names = [name for name in frame.columns if name != self.value]
        return {name: Column() for name in names}

    def _value(self, frame: pd.DataFrame) -> NDArray[np.float64] | None:
        """Give the column that orders the segments."""
        name = self.value
        if name is None and isinstance(self.columns, Mapping):
            roles = {key: getattr(wish, "role", wish) for key, wish in self.columns.items()}
            name = next((key for key, role in roles.items() if role == "value"), None)
        if name is None:
            return None
        if name not in frame.columns:
            raise DataError(
                f"There is no value column {name!r}; there are {list(frame.columns)}."
                + nearest(name, frame.columns)
            )
        return as_floats(frame[name])

    def _select(self, rows: Numbers) -> Selection:
        fixed = self.k != "auto"
        if fixed:
            _check_distinct(rows, int(self.k))
        ks = [int(self.k)] if fixed else list(range(2, self.k_max + 1))
        return select(
            rows,
            self.preparation_.blocks.tolist(),
            ks,
            pairs=self.pairs,
            fixed=fixed,
            seed=self.random_state,
        )

    def _fit_centroids(self, rows: Numbers, k: int) -> None:
        rng = np.random.default_rng(self.random_state)
        many = len(rows) > SAMPLE
        sample = rows[rng.choice(len(rows), SAMPLE, replace=False)] if many else rows
        self.centroids_ = centroids(sample, k, starts=STARTS, seed=self.random_state)

    def _assigned(self, prepared: Numbers, usable: NDArray[np.bool_]) -> Labels:
        labels = np.full(len(prepared), -1, dtype=np.intp)
        labels[usable] = assign(prepared[usable], self.centroids_)
        return labels

    def _number(self, labels: Labels, value: NDArray[np.float64] | None) -> Labels:
        """Put the segments in order of mean value, then size; give the new labels."""
        k = len(self.centroids_)
        sizes = np.bincount(labels[labels >= 0], minlength=k)
        worth = np.zeros(k) if value is None else _means(value, labels, k)
        order = np.lexsort((*self.centroids_.T, -sizes, -worth))
        self.centroids_ = self.centroids_[order]
        places = np.empty(k + 1, dtype=np.intp)
        places[order], places[-1] = np.arange(k), -1
        return places[labels]

    def _keep(self, frame: pd.DataFrame, rows: Numbers, selection: Selection) -> None:
        self.k_ = selection.k
        self.verdict_ = selection.verdict
        self.explanation_ = selection.explanation
        self.selection_ = selection.to_frame()
        self.stability_ = _stability(self.labels_, self.centroids_, selection)
        self.notes_ = _notes(self.preparation_, self.labels_, rows, selection, self.k_max)
        self._profile = profile(frame, self.labels_, self.preparation_)


def _check_distinct(rows: Numbers, k: int) -> None:
    # The first rows nearly always settle it, and sorting a million is slow.
    distinct = len(np.unique(rows[:10_000], axis=0))
    if distinct < k and len(rows) > 10_000:
        distinct = len(np.unique(rows, axis=0))
    if distinct < k:
        raise DataError(
            f"k = {k} segments need at least {k} different rows; there are {distinct} among "
            f"{len(rows)} (n_samples={len(rows)}). Take fewer segments or more columns."
        )


def _means(value: NDArray[np.float64], labels: Labels, k: int) -> NDArray[np.float64]:
    """Give the mean value of each segment, -inf where none is known."""
    known = (labels >= 0) & ~np.isnan(value)
    counts = np.bincount(labels[known], minlength=k)
    sums = np.bincount(labels[known], weights=value[known], minlength=k)
    return np.where(counts > 0, sums / np.maximum(counts, 1), -np.inf)


def _stability(labels: Labels, centres: Numbers, selection: Selection) -> pd.DataFrame:
    sizes = np.bincount(labels[labels >= 0], minlength=len(centres))
    table = pd.DataFrame(
        {"segment": np.arange(len(centres)), "size": sizes, "share": sizes / sizes.sum()}
    )
    chosen = selection.chosen
    if chosen is None:
        return table.assign(slsw=np.nan, low=np.nan, high=np.nan, judgement="unknown")
    # The evidence may rest on a sample, whose centres come in another order.
    order = linear_sum_assignment(cdist(centres, chosen.centres))[1]
    seen = chosen.stability[:, order]
    low, high = np.quantile(seen, [0.05, 0.95], axis=0)
    slsw = seen.mean(axis=0)
    judgement = np.select([slsw >= STABLE, slsw >= PATTERN], ["stable", "pattern"], "do not trust")
    return table.assign(slsw=slsw, low=low, high=high, judgement=judgement)


def _notes(
    preparation: Preparation, labels: Labels, rows: Numbers, selection: Selection, k_max: int
) -> tuple[str, ...]:
    notes = list(preparation.notes)
    without = int((labels < 0).sum())
    if without:
        notes.append(f"{without:,} rows have no segment: the values to assign them are missing")
    if len(rows) > ROWS:
        notes.append(f"the evidence for k rests on a sample of {ROWS:,} rows")
    copies = 1 - len(np.unique(rows[:ROWS], axis=0)) / min(len(rows), ROWS)
    if copies > MANY_COPIES:
        notes.append(
            f"{copies:.0%} of the rows copy another row; if customers were recorded twice, remove "
            "the copies: they make any grouping look stable"
        )
    if selection.k == k_max and selection.verdict == "natural":
        notes.append(f"k = {k_max} is the largest number tried; try a larger k_max")
    smallest = np.bincount(labels[labels >= 0]).min() / (labels >= 0).sum()
    if smallest < SMALL:
        notes.append(f"the smallest segment holds {smallest:.1%} of the rows")
    return tuple(notes)
