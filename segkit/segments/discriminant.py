"""Few questions by linear discriminant analysis, judged on people who were not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.model_selection import StratifiedKFold

from segkit.segments.clustering import Labels, Numbers

__all__ = ["FOLDS", "Design", "chosen_questions", "nested", "points_of"]

FOLDS = 5
GAIN = 0.005  # a further question must place so many more
RIDGE = 0.01
DIGITS = 2


@dataclass(frozen=True)
class Design:
    """All answers as numbers, question by question, and the segment of each person."""

    answers: Sequence[Numbers]
    labels: Labels
    k: int

    def of(self, chosen: Sequence[int], rows: Labels) -> Numbers:
        """Give the answers of some rows to some questions, side by side."""
        return np.hstack([self.answers[q][rows] for q in chosen])


def nested(design: Design, most: int, seed: int) -> tuple[Labels, Numbers]:
    """Place each person by a tool, questions included, that has not seen them."""
    told, sure = np.empty(len(design.labels), dtype=np.intp), np.empty(len(design.labels))
    for train, test in _folds(design.labels, seed):
        chosen = chosen_questions(design, train, most, seed)
        points = points_of(design, chosen, train)
        chances = softmax(design.of(chosen, test) @ points[1:] + points[0], axis=1)
        told[test], sure[test] = chances.argmax(axis=1), chances.max(axis=1)
    return told, sure


def _folds(labels: Labels, seed: int) -> Iterator[tuple[Labels, Labels]]:
    yield from StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(labels, labels)


def chosen_questions(design: Design, rows: Labels, most: int, seed: int) -> list[int]:
    """Add the question that places most, until the next would hardly help."""
    folds = [(rows[train], rows[test]) for train, test in _folds(design.labels[rows], seed)]
    moments = [_moments(design, train) for train, _ in folds]
    chosen: list[int] = []
    reached = 0.0
    while len(chosen) < min(most, len(design.answers)):
        left = [q for q in range(len(design.answers)) if q not in chosen]
        scores = [_placed(design, [*chosen, q], folds, moments) for q in left]
        best = int(np.argmax(scores))
        if chosen and scores[best] < reached + GAIN:
            break
        chosen.append(left[best])
        reached = scores[best]
    return chosen


_Moments = tuple[Numbers, Numbers, Numbers]


def _moments(design: Design, rows: Labels) -> _Moments:
    """Give means (k, features), pooled covariance and shares, of all questions at once."""
    X = design.of(range(len(design.answers)), rows)
    labels = design.labels[rows]
    counts = np.bincount(labels, minlength=design.k)
    means = np.stack([X[labels == segment].mean(axis=0) for segment in range(design.k)])
    within = X - means[labels]
    pooled = within.T @ within / max(len(rows) - design.k, 1)
    # Answers that add up to one, or that tell segments without fail, would have no inverse.
    pooled += np.diag(RIDGE * X.var(axis=0) + 1e-12)
    return means, pooled, counts / counts.sum()


def _features(design: Design, chosen: Sequence[int]) -> NDArray[np.intp]:
    widths = [answer.shape[1] for answer in design.answers]
    ends = np.cumsum(widths)
    return np.concatenate([np.arange(ends[q] - widths[q], ends[q]) for q in chosen])


def _functions(moments: _Moments, features: NDArray[np.intp]) -> Numbers:
    """Give Fisher's classification functions, constants in the first row."""
    means, pooled, shares = moments[0][:, features], moments[1], moments[2]
    slopes = np.linalg.solve(pooled[np.ix_(features, features)], means.T)
    constants = np.log(shares) - (means * slopes.T).sum(axis=1) / 2
    return np.vstack([constants, slopes])


def _placed(
    design: Design,
    chosen: Sequence[int],
    folds: Sequence[tuple[Labels, Labels]],
    moments: Sequence[_Moments],
) -> float:
    features = _features(design, chosen)
    right = 0
    for (_, test), moment in zip(folds, moments, strict=True):
        points = _functions(moment, features)
        told = (design.of(chosen, test) @ points[1:] + points[0]).argmax(axis=1)
        right += int((told == design.labels[test]).sum())
    return right / sum(len(test) for _, test in folds)


def points_of(design: Design, chosen: Sequence[int], rows: Labels) -> Numbers:
    """Give the points of each answer to the questions, constants in the first row."""
    functions = _functions(_moments(design, rows), _features(design, chosen))
    # Only differences between segments count: the first segment's points per answer become 0.
    functions[1:] -= functions[1:, [0]]
    return np.asarray(functions.round(DIGITS))
