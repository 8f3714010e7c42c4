"""Prediction strength (Tibshirani & Walther 2005)."""

from __future__ import annotations

import numpy as np
import pytest

from segkit.errors import ParameterError
from segkit.segments import prediction_strength
from segkit.segments.strength import kept_together


def test_pairs_are_counted_as_the_paper_defines_them():
    # Segment 0 has 3 members: of its 3 pairs one stays together; segment 1 keeps its only pair.
    own, predicted = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1])
    assert kept_together(own, predicted, 2) == pytest.approx(1 / 3)


def test_a_segment_of_one_row_counts_as_nothing():
    assert kept_together(np.array([0, 0, 1]), np.array([0, 0, 1]), 2) == 0


def test_it_is_1_up_to_the_planted_number_and_falls_beyond():
    # Simulation (e) of the paper in short: well separated groups have strength 1 at their number.
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2)) + 12 * rng.integers(0, 3, size=(300, 1))
    strengths = [prediction_strength(X, k).mean for k in (1, 3, 4, 5)]
    assert strengths[:2] == [1, 1]
    assert max(strengths[2:]) < 0.8


def test_noise_is_not_predicted():
    X = np.random.default_rng(0).normal(size=(400, 6))
    found = prediction_strength(X, 4)
    assert found.mean < 0.5
    assert len(found.values) == 20
    assert found.standard_error == pytest.approx(np.std(found.values, ddof=1) / np.sqrt(20))


def test_parameters_out_of_range():
    with pytest.raises(ParameterError, match=r"range \[1, 5\]"):
        prediction_strength(np.ones((20, 2)), 6)
    with pytest.raises(ParameterError, match="'splits'"):
        prediction_strength(np.ones((20, 2)), 2, splits=0)
