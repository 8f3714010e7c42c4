"""Maximum likelihood on the logs of positive parameters, shared by all models of value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segkit.value._histories import Floats

__all__ = ["Objective", "Optimum", "follow", "maximise"]

Objective = Callable[[Floats], tuple[float, Floats]]
Point = tuple[Floats, float, Floats]

_REACH = 25.0  # logs either side of the start: beyond e^25 a parameter is at its boundary
_STEP = 1e-4
_STRIDE = 2.0  # longest step of a log in one turn
_TURNS = 500
_NOTHING, _PATIENCE = 1e-12, 5  # turns that gain nothing, as near a boundary
_SLOPE = 1e-6
_UNKNOWN = 10.0  # a direction whose log has a larger standard error is not identified


@dataclass(frozen=True)
class Optimum:
    """Where a mean log-likelihood peaks, in logs of the parameters, and how sharply."""

    logs: Floats
    mean: float
    gradient: float
    covariance: Floats
    flat: Floats


def maximise(objective: Objective, start: Floats, customers: float) -> Optimum:
    """Climb to the top of a mean log-likelihood given with its gradient.

    The last digits come from Newton steps with the Hessian that the standard errors need
    anyway, so that they depend neither on the optimiser nor on its tolerances.
    """
    low, high = start - _REACH, start + _REACH
    logs = _climb(objective, start, low, high)
    mean, gradient = objective(logs)
    curve = np.linalg.eigh(_information(objective, logs))
    for _ in range(3):
        trial = np.clip(logs + _newton_step(*curve, gradient), low, high)
        value, slope = objective(trial)
        if np.abs(slope).max() >= np.abs(gradient).max() or value < mean - 1e-9:
            break
        logs, mean, gradient = trial, value, slope
    covariance, flat = _spread(*curve, customers)
    outward = (logs <= low) & (gradient < 0) | (logs >= high) & (gradient > 0)
    slope_left = float(np.abs(np.where(outward, 0.0, gradient)).max())
    return Optimum(logs, mean, slope_left, covariance, flat)


def follow(objective: Objective, start: Floats, covariance: Floats) -> Floats:
    """Climb to a top near the start, guided by the covariance of the logs per customer there.

    For refits to like data: a third of the steps of a climb from afar, and no Hessian.
    """
    flat = np.eye(start.size) - covariance @ np.linalg.pinv(covariance)
    return _climb(objective, start, start - _REACH, start + _REACH, covariance + flat)


def _climb(
    objective: Objective, start: Floats, low: Floats, high: Floats, guide: Floats | None = None
) -> Floats:
    """BFGS with backtracking; in a few dimensions plain numpy beats a threaded library."""
    logs, (value, gradient) = start, objective(start)
    inverse: Floats = np.eye(start.size) if guide is None else guide
    idle = 0
    for turn in range(_TURNS):
        if np.abs(gradient).max() < _SLOPE or idle == _PATIENCE:
            break
        step = inverse @ gradient
        step *= min(1.0, _STRIDE / np.abs(step).max())
        moved = _advance(objective, (logs, value, gradient), step, low, high)
        if moved is None:
            if turn and (inverse == np.eye(start.size)).all():
                break
            inverse = np.eye(start.size)
            continue
        idle = idle + 1 if moved[1] - value < _NOTHING * abs(value) else 0
        went, turned = moved[0] - logs, gradient - moved[2]
        logs, value, gradient = moved
        along = went @ turned
        if along > 0:
            if turn == 0 and guide is None:
                inverse *= along / (turned @ turned)
            keep = np.eye(start.size) - np.outer(went, turned) / along
            inverse = keep @ inverse @ keep.T + np.outer(went, went) / along
    return logs


def _advance(
    objective: Objective, at: Point, step: Floats, low: Floats, high: Floats
) -> Point | None:
    """Halve the step until it gains what the slope promises; None if no step does."""
    logs, value, gradient = at
    for halving in range(40):
        trial = np.clip(logs + step * 0.5**halving, low, high)
        found, slope = objective(trial)
        promised = gradient @ (trial - logs)
        if promised < _NOTHING / 100 * abs(value):
            return None  # less than rounding can show
        if promised > 0 and found >= value + 1e-4 * promised:
            return trial, found, slope
    return None


def _information(objective: Objective, logs: Floats) -> Floats:
    """Negative Hessian by central differences of the gradient."""
    columns = [
        (objective(logs - step)[1] - objective(logs + step)[1]) / (2 * _STEP)
        for step in _STEP * np.eye(logs.size)
    ]
    matrix = np.array(columns)
    return (matrix + matrix.T) / 2


def _newton_step(curvature: Floats, directions: Floats, gradient: Floats) -> Floats:
    usable = curvature > 1e-6
    along = directions[:, usable]
    step: Floats = along @ ((along.T @ gradient) / curvature[usable])
    return step


def _spread(curvature: Floats, directions: Floats, customers: float) -> tuple[Floats, Floats]:
    """Covariance of the logs along identified directions, and each log's share in the others."""
    known = customers * curvature > _UNKNOWN**-2
    along = directions[:, known]
    covariance: Floats = along @ np.diag(1 / (customers * curvature[known])) @ along.T
    return covariance, (directions[:, ~known] ** 2).sum(axis=1)
