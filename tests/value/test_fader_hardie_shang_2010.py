"""BG/BB on 11,104 donors: Fader, Hardie & Shang (2010), Marketing Science 29(6)."""

import pandas as pd
import pytest

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
