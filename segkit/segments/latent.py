"""Latent classes: groups behind answers in categories."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import entr, logsumexp, softmax
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from segkit.errors import DataError, ParameterError, nearest
from segkit.segments.clustering import one_thread
from segkit.segments.columns import level_places, plain
from segkit.segments.em import Mixture, Patterns, best_fit, errors
from segkit.segments.intake import as_frame

__all__ = ["LatentClass"]

Numbers = NDArray[np.float64]

MOST_LEVELS = 20


class LatentClass(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Group respondents by latent class analysis of items with categories.

    Within a class the answers are independent; maximum likelihood by EM on the distinct patterns
    of answers, from several starts. A missing answer is left out of the likelihood (missing at
    random).

    Parameters
    ----------
    k : int or "auto"
        Number of classes; "auto" takes the one from 1 to `k_max` with the least BIC.
    columns : sequence of str or None
        Items; None takes all columns.
    k_max : int
        Largest number that "auto" tries.
    starts : int
        Random starts; the likeliest fit is kept.
    random_state : int
        Seed.

    Attributes
    ----------
    k_ : int
    labels_ : array of int, shape (n,)
        The likeliest class; classes are numbered from the largest.
    log_likelihood_, aic_, bic_, icl_ : float
        ``bic = -2 log L + q ln n`` with q free parameters; ``icl`` adds twice the entropy of the
        memberships (Biernacki, Celeux & Govaert 2000).
    entropy_ : float
        Relative entropy in [0, 1]: 1 where every membership is certain.
    parameters_, df_ : int
        Free parameters, and cells of the table left over: ``min(cells - 1, n) - q``.
    g2_, x2_ : float
        Likelihood-ratio and Pearson's statistic against the saturated table; NaN where answers
        are missing.
    shares_ : pandas.DataFrame
        `class, share, error` (standard error).
    probabilities_ : pandas.DataFrame
        `class, item, level, probability, error`.
    selection_ : pandas.DataFrame
        The criteria of each k tried; `reached` counts starts that found the best likelihood. One
        alone is a warning: the next best may be a local one.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    DataError
        If a column is unknown, has one level or more than 20, or `k` has more parameters than
        the answers can tell apart.

    Notes
    -----
    Lazarsfeld & Henry (1968); Goodman (1974), Biometrika 61.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> kind = rng.integers(2, size=300)
    >>> said = rng.uniform(size=(300, 6)) < 0.2 + 0.6 * kind[:, None]
    >>> model = LatentClass().fit(pd.DataFrame(np.where(said, "yes", "no")))
    >>> model.k_, model.shares_["share"].round(1).tolist()
    (2, [0.5, 0.5])
    """

    def __init__(
        self,
        k: int | str = "auto",
        *,
        columns: list[str] | None = None,
        k_max: int = 6,
        starts: int = 10,
        random_state: int = 0,
    ) -> None:
        self.k = k
        self.columns = columns
        self.k_max = k_max
        self.starts = starts
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002  # scikit-learn's signature
        """Fit the classes.

        Parameters
        ----------
        X : frame of shape (n, items)
            Any eager frame.
        y : ignored
        """
        self._check_parameters()
        frame = _items(X, self.columns)
        self.levels_ = {str(name): _levels(frame[name]) for name in frame}
        self._check_levels()
        data, rows = _patterns(frame, self.levels_)
        ks = range(1, self.k_max + 1) if self.k == "auto" else [int(self.k)]
        possible = [k for k in ks if _freedom(data, k) >= 0]
        if not possible:
            raise DataError(
                f"{ks[0]} classes have {_parameters(data, ks[0])} parameters, more than the "
                f"answers can tell apart. Take fewer classes or more items."
            )
        with one_thread():
            fits = {
                k: best_fit(data, k, starts=self.starts, seed=self.random_state) for k in possible
            }
        table = pd.DataFrame([_criteria(data, fit) for fit in fits.values()])
        self.k_ = int(table["k"].iloc[table["bic"].argmin()])
        self.selection_ = table
        self._keep(data, fits[self.k_], rows)
        return self

    def predict_proba(self, X: Any) -> Numbers:
        """Give each row's probability of each class, shape (n, k)."""
        check_is_fitted(self)
        frame = _items(X, list(self.levels_))
        return np.asarray(softmax(self._fit.joint(_answers(frame, self.levels_)), axis=1))

    def predict(self, X: Any) -> NDArray[np.intp]:
        """Give each row's likeliest class."""
        return np.asarray(self.predict_proba(X).argmax(axis=1))

    def _check_parameters(self) -> None:
        if self.k != "auto" and not (isinstance(self.k, int | np.integer) and int(self.k) >= 1):
            raise ParameterError(
                "k", "LatentClass", "'auto' or an int in the range [1, inf)", self.k
            )
        for name in ("k_max", "starts"):
            if getattr(self, name) < 1:
                raise ParameterError(
                    name, "LatentClass", "an int in the range [1, inf)", getattr(self, name)
                )

    def _check_levels(self) -> None:
        faults = [
            f"Item {name!r} has {len(levels)} levels; it needs 2 to {MOST_LEVELS}."
            for name, levels in self.levels_.items()
            if not 2 <= len(levels) <= MOST_LEVELS
        ]
        if faults:
            raise DataError("\n".join(faults))

    def _keep(self, data: Patterns, fit: Mixture, rows: NDArray[np.intp]) -> None:
        self._fit = fit
        self.labels_ = fit.joint(data.answers).argmax(axis=1)[rows]
        chosen = _criteria(data, fit)
        self.log_likelihood_ = fit.log_likelihood
        self.parameters_, self.df_ = chosen["parameters"], chosen["df"]
        self.aic_, self.bic_, self.icl_ = chosen["aic"], chosen["bic"], chosen["icl"]
        self.entropy_ = chosen["entropy"]
        self.g2_, self.x2_ = _against_table(data, fit)
        of_shares, of_answers = errors(data, fit)
        classes = np.arange(self.k_)
        self.shares_ = pd.DataFrame({"class": classes, "share": fit.shares, "error": of_shares})
        answers = [(item, level) for item, levels in self.levels_.items() for level in levels]
        self.probabilities_ = pd.DataFrame(
            {
                "class": np.repeat(classes, len(answers)),
                "item": [item for item, _ in answers] * self.k_,
                "level": [level for _, level in answers] * self.k_,
                "probability": fit.probabilities.ravel(),
                "error": of_answers.ravel(),
            }
        )


def _items(X: Any, columns: list[str] | None) -> pd.DataFrame:
    frame = as_frame(X)
    if frame is None:
        frame = pd.DataFrame(np.asarray(X)).rename(columns=lambda i: f"x{i}")
    names = list(frame.columns) if columns is None else list(columns)
    lost = [f"{name!r}.{nearest(name, frame.columns)}" for name in names if name not in frame]
    if lost:
        raise DataError(f"There are no items {'; '.join(lost)} Found {list(frame.columns)}.")
    if frame.empty:
        raise DataError("Latent classes need rows and items; the table is empty.")
    return frame[names]


def _levels(values: pd.Series[Any]) -> tuple[Any, ...]:
    found = [plain(value) for value in values.dropna().unique()]
    return tuple(sorted(found, key=lambda level: (isinstance(level, str), level)))


def _answers(frame: pd.DataFrame, levels: dict[str, tuple[Any, ...]]) -> Numbers:
    blocks = [
        level_places(frame[name], known, spare=False)[:, None] == np.arange(len(known))
        for name, known in levels.items()
    ]
    return np.hstack(blocks).astype(np.float64)


def _patterns(
    frame: pd.DataFrame, levels: dict[str, tuple[Any, ...]]
) -> tuple[Patterns, NDArray[np.intp]]:
    """Give the distinct patterns, and the pattern of each row."""
    answers = _answers(frame, levels)
    distinct, rows, counts = np.unique(answers, axis=0, return_inverse=True, return_counts=True)
    lengths = [len(known) for known in levels.values()]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.intp)
    return Patterns(distinct, counts.astype(np.float64), starts), rows


def _parameters(data: Patterns, k: int) -> int:
    return k - 1 + k * (int(data.answers.shape[1]) - len(data.starts))


def _freedom(data: Patterns, k: int) -> int:
    lengths = np.diff([*data.starts, data.answers.shape[1]])
    cells = float(np.prod(lengths, dtype=np.float64)) - 1
    return int(min(cells, data.counts.sum())) - _parameters(data, k)


def _criteria(data: Patterns, fit: Mixture) -> dict[str, Any]:
    k, n = len(fit.shares), float(data.counts.sum())
    free = _parameters(data, k)
    joint = fit.joint(data.answers)
    uncertain = float(data.counts @ entr(softmax(joint, axis=1)).sum(axis=1))
    bic = -2 * fit.log_likelihood + free * float(np.log(n))
    return {
        "k": k,
        "log_likelihood": fit.log_likelihood,
        "parameters": free,
        "df": _freedom(data, k),
        "aic": -2 * fit.log_likelihood + 2 * free,
        "bic": bic,
        "icl": bic + 2 * uncertain,
        "entropy": 1 - uncertain / (n * float(np.log(k))) if k > 1 else 1.0,
        "smallest_share": float(fit.shares.min()),
        "reached": fit.reached,
    }


def _against_table(data: Patterns, fit: Mixture) -> tuple[float, float]:
    """Compare the counts of all cells with those expected; unseen cells have a count of 0."""
    if (data.per_item(data.answers) == 0).any():
        return float("nan"), float("nan")
    n = float(data.counts.sum())
    expected = n * np.exp(logsumexp(fit.joint(data.answers), axis=1))
    g2 = 2 * float(data.counts @ np.log(data.counts / expected))
    seen = float(((data.counts - expected) ** 2 / expected).sum())
    return g2, seen + max(n - float(expected.sum()), 0.0)
