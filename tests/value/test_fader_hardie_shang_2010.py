"""BG/BB on 11,104 donors: Fader, Hardie & Shang (2010), Marketing Science 29(6)."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import beta, hyp2f1

from segkit.value import BetaGeoBetaBinomial


@pytest.fixture(scope="module")
def donations(published):
    with (published / "donations.csv").open() as file:
        return pd.read_csv(file).rename(columns={"periods": "T"})


@pytest.fixture(scope="module")
def model(donations):
    people = donations.loc[donations.index.repeat(donations["weights"])]
    assert len(people) == 11_104
    return BetaGeoBetaBinomial().fit(people)


def history(x, t_x):
    return pd.DataFrame({"frequency": [x], "recency": [t_x], "T": [6]})


def test_parameters(model):
    published = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
    assert model.params_ == pytest.approx(published, abs=6e-4)
    assert model.log_likelihood_ == pytest.approx(-33225.58, abs=0.005)


def test_new_donor_in_ten_years(model):
    assert model.expected_new_customer(10) == pytest.approx(3.179805, rel=1e-5)


@pytest.mark.parametrize(("x", "t_x", "expected"), [(0, 0, 0.1302169), (4, 5, 3.627858)])
def test_ten_more_years(model, x, t_x, expected):
    found = model.expected_purchases(history(x, t_x), 10)[0]
    assert found == pytest.approx(expected, rel=5e-5)


@pytest.mark.parametrize(("x", "t_x", "expected"), [(0, 0, 0.11), (2, 4, 0.59), (6, 6, 0.93)])
def test_probability_alive(model, x, t_x, expected):
    assert model.probability_alive(history(x, t_x))[0] == pytest.approx(expected, abs=0.005)


def test_probabilities_add_up(model):
    counts = range(11)
    chances = model.pmf(list(counts), 10)
    assert chances.sum() == pytest.approx(1.0, rel=1e-13)
    assert chances @ list(counts) == pytest.approx(model.expected_new_customer(10), rel=1e-12)


def test_new_donors_year_by_year(model):
    """Cells B7:B17 of the sheet "Tracking Plot" that goes with Hardie's note 010."""
    published = [0.4985, 0.9233, 1.2969, 1.6323, 1.9381, 2.2202, 2.4826, 2.7285, 2.9603, 3.1798]
    found = model.expected_new_customer(np.arange(1, 11))
    assert found.tolist() == pytest.approx(published, abs=1e-4)


def test_donors_by_number_of_gifts(model):
    """Cells C18 and C24 of its sheet "In-Sample Fit"."""
    expected = 11_104 * model.pmf([0, 6], 6)
    assert expected.tolist() == pytest.approx([3454.9, 1253.1], abs=0.1)


def test_gifts_of_2002_to_2006(model, donations):
    """The paper's table by recency and frequency, and the total of the sheet."""
    ahead = model.expected_purchases(donations, 5)
    assert ahead @ donations["weights"] == pytest.approx(12_884.2, abs=0.5)
    table = donations.assign(ahead=ahead).pivot(index="frequency", columns="recency")["ahead"]
    assert table[6].dropna().tolist() == pytest.approx(
        [1.15, 1.67, 2.19, 2.71, 3.23, 3.75], abs=0.006
    )
    assert np.diag(table).tolist() == pytest.approx(
        [0.07, 0.09, 0.12, 0.22, 0.58, 1.81, 3.75], abs=0.006
    )


@pytest.mark.parametrize(("x", "t_x"), [(3, 4), (1, 6), (6, 6)])
def test_discounted_purchases_are_equation_14(x, t_x):
    a, b, c, d, rate, n = 1.20, 0.75, 0.66, 2.78, 0.1, 6
    leaving = sum(beta(a + x, b + i - x) * beta(c + 1, d + i) for i in range(t_x, n))
    likelihood = beta(a + x, b + n - x) * beta(c, d + n) + leaving
    closed = beta(a + x + 1, b + n - x) * beta(c, d + n + 1) / (1 + rate) / likelihood
    closed *= hyp2f1(1, d + n + 1, c + d + n + 1, 1 / (1 + rate))
    known = BetaGeoBetaBinomial.from_params(alpha=a, beta=b, gamma=c, delta=d)
    found = known.discounted_purchases(history(x, t_x), discount_rate=rate, unit="year")
    assert found[0] == pytest.approx(closed, rel=1e-12)
