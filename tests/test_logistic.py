"""Ridge logits against scikit-learn and what is known in closed form."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from segkit.logistic import fit_logit, score_statistics


def drawn(n=400, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (n, 3)).astype(float)
    return X, (rng.random(n) < 1 / (1 + np.exp(2.5 - X @ [1.0, 0.5, 0.0]))).astype(float)


def test_a_ridge_by_variance_is_that_of_scikit_learn_on_standardised_columns():
    X, y = drawn()
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    with threadpool_limits(1):
        model = LogisticRegression(C=0.5, tol=1e-10, solver="newton-cholesky").fit(Z, y)
        mine = fit_logit(X, y, 2.0 * X.var(axis=0))
    assert mine.coefficients[1:] == pytest.approx(model.coef_[0] / X.std(axis=0), rel=1e-5)
    assert mine.log_odds(X) == pytest.approx(model.decision_function(Z), abs=1e-5)


def test_one_column_of_yes_and_no_is_a_table_of_four():
    """Without a ridge the weight is ln(ad / bc), with variance 1/a + 1/b + 1/c + 1/d."""
    x, y = np.repeat([1.0, 1, 0, 0], [30, 10, 20, 40]), np.repeat([1.0, 0, 1, 0], [30, 10, 20, 40])
    found = fit_logit(x[:, None], y)
    assert found.coefficients[1] == pytest.approx(np.log(30 * 40 / (10 * 20)), abs=1e-6)
    assert found.covariance[1, 1] == pytest.approx(1 / 30 + 1 / 10 + 1 / 20 + 1 / 40, rel=1e-6)


def test_rows_given_twice_in_a_group_tell_nothing_more():
    X, y = drawn()
    once = fit_logit(X, y, 0.0, np.arange(len(y)))
    twice = fit_logit(np.tile(X, (2, 1)), np.tile(y, 2), 0.0, np.tile(np.arange(len(y)), 2))
    assert twice.covariance == pytest.approx(once.covariance, rel=1e-4)


def test_the_score_statistic_of_a_lone_column_is_pearsons_chi_square():
    x, y = np.repeat([1.0, 1, 0, 0], [30, 10, 20, 40]), np.repeat([1.0, 0, 1, 0], [30, 10, 20, 40])
    empty = np.empty((len(y), 0))
    found = score_statistics(fit_logit(empty, y), empty, y, (x - x.mean())[:, None], 0.0)
    n, a, b, c, d = 100, 30, 10, 20, 40
    chi2 = n * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
    assert found[0] == pytest.approx(chi2, rel=1e-6)
