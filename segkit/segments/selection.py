"""How many segments, and of what kind: the evidence for each k and the rule that judges it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import silhouette_score

from segkit.segments.agreement import best_jaccard, cross_table, rand_of
from segkit.segments.clustering import ROUGH, Labels, Numbers, assign, centroids
from segkit.segments.strength import PredictionStrength, both_ways, halves, kept_together, summarise
from segkit.segments.structure import association_p, border_counts, border_p, busiest_border, spread

__all__ = ["Evidence", "Selection", "Verdict", "refit", "select"]

Verdict = Literal[
    "natural", "reproducible", "constructive", "no structure", "one segment", "not enough data"
]

ROWS = 3_000  # more rows make the evidence slower, not better
REFIT_STARTS = 4  # fewer leave some refits in a worse optimum and understate stability
LEAST_ROWS = 40
ROWS_PER_SEGMENT = 10
SPLITS = 5
PERMUTATIONS = 199
REFERENCES = 5
SILHOUETTE_ROWS = 2_000

STRONG = 0.8  # prediction strength of groups (Tibshirani & Walther 2005)
STABLE = 0.75  # mean Jaccard of a stable segment (Hennig 2007)
AGREED = 0.5  # bootstrap ARI below which two refits share less than half of what they could
LEVEL = 0.01  # of the tests that noise has to fail

WORDS: dict[Verdict, str] = {
    "natural": "there are {k} groups with thinly settled ground between them",
    "reproducible": "another sample would give the same {k} segments; some of their borders run "
    "through thinly settled ground, not all",
    "constructive": "these {k} segments are slices of a continuum, useful for management, not "
    "found in the data",
    "no structure": "the columns show no groups and do not hang together more than chance: any "
    "segments would be arbitrary",
    "one segment": "one segment was asked for, so nothing was divided and nothing judged",
    "not enough data": "too few rows to tell groups from chance",
}


@dataclass(frozen=True)
class Evidence:
    """What speaks for one number of segments.

    Attributes
    ----------
    strength : PredictionStrength
    agreement : array of shape (pairs,)
        Adjusted Rand index of two models refitted on bootstrap samples.
    stability : array of shape (2 * pairs, k)
        Best Jaccard index of each segment in each refit; SLSW is its mean over refits.
    border : float
        p-value of the test that the borders are as busy as the segments (small: thinly settled).
    busiest : float
        Rows at the busiest border for each row at its emptier side, median over halves; below 1
        every border is thinly settled.
    silhouette, gap, gap_error : float
        Shown, not deciding.
    centres : array of shape (k, features)
    sizes : array of shape (k,)
    """

    strength: PredictionStrength
    agreement: NDArray[np.float64]
    stability: NDArray[np.float64]
    border: float
    busiest: float
    silhouette: float
    gap: float
    gap_error: float
    centres: Numbers
    sizes: NDArray[np.intp]

    @property
    def k(self) -> int:
        """Number of segments."""
        return self.strength.k

    @property
    def slsw(self) -> NDArray[np.float64]:
        """Mean stability of each segment."""
        return np.asarray(self.stability.mean(axis=0))

    def kind(self, level: float, *, together: bool) -> Verdict:
        """Judge this k by itself, given whether the columns hang together."""
        bordered = self.border <= level
        if bordered and self.strength.mean >= STRONG and self.busiest < 1:
            return "natural"
        if bordered and self.slsw.min() >= STABLE:
            return "reproducible"
        return "constructive" if together else "no structure"


@dataclass(frozen=True)
class Selection:
    """The number of segments chosen, the verdict on it, and why.

    Attributes
    ----------
    k : int
        1 where nothing speaks for segments.
    verdict : str
        "natural", "reproducible", "constructive", "no structure", "one segment" (where the user
        has set k to 1) or "not enough data".
    association : float
        p-value of independent columns.
    evidence : tuple of Evidence
        One for each k that was tried.
    """

    k: int
    verdict: Verdict
    association: float
    evidence: tuple[Evidence, ...]

    @property
    def explanation(self) -> str:
        """The verdict as a sentence."""
        return f"{self.verdict}: {WORDS[self.verdict].format(k=self.k)}."

    @property
    def chosen(self) -> Evidence | None:
        """The evidence for the k chosen."""
        return next((one for one in self.evidence if one.k == self.k), None)

    def to_frame(self) -> pd.DataFrame:
        """Show the evidence, one row a number of segments."""
        kinds = _kinds(self.evidence, self.association)
        rows = [
            {
                "k": one.k,
                "prediction_strength": one.strength.mean,
                "ps_error": one.strength.standard_error,
                "bootstrap_ari": float(one.agreement.mean()),
                "weakest_slsw": float(one.slsw.min()),
                "border_p": one.border,
                "busiest_border": one.busiest,
                "smallest_share": float(one.sizes.min() / one.sizes.sum()),
                "silhouette": one.silhouette,
                "gap": one.gap,
                "gap_error": one.gap_error,
                "verdict": kinds[one.k],
                "chosen": one.k == self.k,
            }
            for one in self.evidence
        ]
        return pd.DataFrame(rows)


def select(
    X: Numbers, blocks: Sequence[int], ks: Sequence[int], *, pairs: int, fixed: bool, seed: int
) -> Selection:
    """Collect the evidence for each k and decide.

    Parameters
    ----------
    X : array of shape (n, features)
        Prepared rows.
    blocks : sequence of int
        The column that each feature comes from.
    ks : sequence of int
        Numbers of segments to try.
    pairs : int
        Pairs of bootstrap samples.
    fixed : bool
        The user has set k: it is judged, not chosen.
    seed : int
    """
    if fixed and ks[0] == 1:
        return Selection(1, "one segment", 1.0, ())
    rng = np.random.default_rng(seed)
    rows = X if len(X) <= ROWS else X[rng.choice(len(X), ROWS, replace=False)]
    possible = min(len(rows) // ROWS_PER_SEGMENT, len(np.unique(rows, axis=0)))
    tried = [k for k in ks if 1 < k <= possible]
    if len(rows) < LEAST_ROWS or not tried:
        return Selection(ks[0] if fixed else 1, "not enough data", 1.0, ())
    association = association_p(rows, blocks, draws=PERMUTATIONS, rng=rng)
    evidence = tuple(_collect(rows, blocks, tried, pairs, rng))
    k, verdict = decide(evidence, association, fixed=fixed)
    return Selection(k, verdict, association, evidence)


def decide(evidence: Sequence[Evidence], association: float, *, fixed: bool) -> tuple[int, Verdict]:
    """Choose k.

    The largest natural k; else the largest reproducible one; else, if the columns hang together
    and some k is refitted alike, the k refitted most alike, as constructive; else one segment.
    """
    kinds = _kinds(evidence, association)
    for verdict in ("natural", "reproducible"):
        found = [k for k, kind in kinds.items() if kind == verdict]
        if found:
            return max(found), kinds[max(found)]
    best = max(evidence, key=lambda one: float(one.agreement.mean()))
    if kinds[best.k] == "constructive" and (fixed or best.agreement.mean() >= AGREED):
        return best.k, "constructive"
    return (best.k if fixed else 1), "no structure"


def _kinds(evidence: Sequence[Evidence], association: float) -> dict[int, Verdict]:
    # Bonferroni: the level of the border test is shared among the numbers of segments tried.
    level = LEVEL / max(len(evidence), 1)
    return {one.k: one.kind(level, together=association <= LEVEL) for one in evidence}


def _collect(
    X: Numbers, blocks: Sequence[int], ks: Sequence[int], pairs: int, rng: np.random.Generator
) -> Iterator[Evidence]:
    smooth = spread(X, blocks, rng)
    halvings = list(halves(len(X), SPLITS, rng))
    weights = [_bootstrap(len(X), rng) for _ in range(2 * pairs)]
    shown = rng.permutation(len(X))[:SILHOUETTE_ROWS]
    boxes = [_uniform_box(X, rng) for _ in range(REFERENCES)]
    for k in ks:
        centres = centroids(X, k, starts=10, seed=0)
        labels = assign(X, centres)
        refits = [refit(X, k, weight, seed) for seed, weight in enumerate(weights)]
        strength, border, busiest = _halved(X, smooth, halvings, k)
        gap, gap_error = _gap(X, centres, boxes)
        yield Evidence(
            strength=strength,
            agreement=np.array([rand_of(*refits[i : i + 2]) for i in range(0, 2 * pairs, 2)]),
            stability=np.array([best_jaccard(cross_table(labels, refit)) for refit in refits]),
            border=border,
            busiest=busiest,
            silhouette=_silhouette(X[shown], labels[shown]),
            gap=gap,
            gap_error=gap_error,
            centres=centres,
            sizes=np.bincount(labels, minlength=k),
        )


def _bootstrap(rows: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return np.bincount(rng.integers(rows, size=rows), minlength=rows)


def refit(X: Numbers, k: int, weight: NDArray[np.intp], seed: int) -> Labels:
    """Fit centres to a bootstrap sample, given by its weights, and assign all rows to them."""
    drawn = weight > 0
    counts = weight[drawn].astype(np.float64)
    centres = centroids(
        X[drawn], k, starts=REFIT_STARTS, seed=seed, weights=counts, tolerance=ROUGH
    )
    return assign(X, centres)


def _views(X: Numbers, smooth: Numbers) -> list[Labels]:
    """Give all features, and by themselves those that were not spread over steps.

    Groups that part in continuous columns would be blurred by the steps of the others.
    """
    whole = np.arange(X.shape[1])
    continuous = np.flatnonzero((smooth == X).all(axis=0))
    return [whole, continuous] if 0 < len(continuous) < len(whole) else [whole]


def _halved(
    X: Numbers, smooth: Numbers, halvings: Sequence[tuple[Labels, Labels]], k: int
) -> tuple[PredictionStrength, float, float]:
    """Prediction strength and tests of the borders, each half judged by the other's centres."""
    views = _views(X, smooth)
    kept: list[float] = []
    counts: list[list[NDArray[np.int64]]] = [[] for _ in views]
    for seed, halving in enumerate(halvings):
        for (test, own, other), rows in zip(both_ways(X, halving, k, seed), halving, strict=True):
            kept.append(kept_together(assign(test, own), assign(test, other), k))
            for view, found in zip(views, counts, strict=True):
                found.append(border_counts(smooth[np.ix_(rows, view)], other[:, view]))
    p_value, busiest = min(_bordered(found, len(views)) for found in counts)
    return summarise(k, np.array(kept)), p_value, busiest


def _bordered(counts: Sequence[NDArray[np.int64]], views: int) -> tuple[float, float]:
    """Give p-value and busiest border over halves, corrected for the number of views.

    Twice the median of p-values from splits of one table is a p-value (Meinshausen, Meier &
    Buehlmann 2009, JASA 104).
    """
    p_value = 2 * views * float(np.median([border_p(one) for one in counts]))
    return min(1.0, p_value), float(np.median([busiest_border(one) for one in counts]))


def _silhouette(X: Numbers, labels: Labels) -> float:
    return float(silhouette_score(X, labels)) if len(np.unique(labels)) > 1 else float("nan")


def _uniform_box(X: Numbers, rng: np.random.Generator) -> Numbers:
    """Draw as many rows evenly from the box about the principal axes."""
    middle = X.mean(axis=0)
    axes = np.linalg.svd(X - middle, full_matrices=False)[2]
    turned = (X - middle) @ axes.T
    return np.asarray(rng.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape))


def _gap(X: Numbers, centres: Numbers, boxes: Sequence[Numbers]) -> tuple[float, float]:
    """Gap statistic and its error (Tibshirani, Walther & Hastie 2001)."""
    k = len(centres)
    drawn = [
        _log_within(box, centroids(box, k, starts=1, seed=seed, tolerance=ROUGH))
        for seed, box in enumerate(boxes)
    ]
    error = float(np.std(drawn) * np.sqrt(1 + 1 / len(drawn)))
    return float(np.mean(drawn)) - _log_within(X, centres), error


def _log_within(X: Numbers, centres: Numbers) -> float:
    labels = assign(X, centres)
    return float(np.log(max(((X - centres[labels]) ** 2).sum(), 1e-300)))
