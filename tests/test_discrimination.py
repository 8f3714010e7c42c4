"""The AUC, its covariance and its interval against scikit-learn, definitions and exact bounds."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from segkit.discrimination import auc_interval, delong


def test_auc_is_the_share_of_pairs_in_order_and_its_error_that_of_delong():
    rng = np.random.default_rng(0)
    scores, won = rng.integers(0, 6, (2, 60)).astype(float), rng.random(60) < 0.4
    auc, covariance = delong(scores, won)
    for row in range(2):
        assert auc[row] == pytest.approx(roc_auc_score(won, scores[row]))
    pairs = [s[won][:, None] - s[~won][None, :] for s in scores]
    kernel = [(gap > 0) + 0.5 * (gap == 0) for gap in pairs]
    m, n = won.sum(), (~won).sum()
    expected = np.cov([k.mean(axis=1) for k in kernel]) / m
    expected += np.cov([k.mean(axis=0) for k in kernel]) / n
    assert covariance == pytest.approx(expected)


def test_one_row_alone_tells_no_variance():
    auc, covariance = delong([1, 2, 3], [False, True, False])
    assert auc[0] == 0.5
    assert np.isnan(covariance).all()
    assert auc_interval([1, 2, 3], [False, True, False]) == (0.5, 0.0, 1.0)


def test_groups_that_scores_part_wholly_are_bounded_by_the_smaller():
    """Twenty of twenty: the exact lower end at 90 % is 0.05^(1/20) (Clopper & Pearson 1934)."""
    scores, won = np.arange(60), np.arange(60) >= 40
    assert auc_interval(scores, won) == pytest.approx((1, 0.05 ** (1 / 20), 1))
    assert auc_interval(-scores, won) == pytest.approx((0, 0, 1 - 0.05 ** (1 / 20)))


def test_infinite_scores_have_a_place():
    assert delong([-np.inf, 0.0, 1.0, np.inf], [0, 0, 1, 1])[0][0] == 1
