"""Draws of coefficients."""

import numpy as np
import pytest

from segkit.surveys.worth import draw_normal


def test_a_flat_covariance_is_drawn_from_and_others_as_before():
    flat, mean = np.outer([1.0, 2.0, 0.0], [1.0, 2.0, 0.0]), np.zeros(3)
    drawn = draw_normal(np.random.default_rng(0), mean, flat, 4_000)
    assert np.cov(drawn.T) == pytest.approx(flat, abs=0.2)
    full = flat + np.eye(3)
    before = np.random.default_rng(0).multivariate_normal(mean, full, 5, method="cholesky")
    assert (draw_normal(np.random.default_rng(0), mean, full, 5) == before).all()
