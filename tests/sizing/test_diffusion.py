"""Bass model: the VCR example, classic durables, planted potentials, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from segkit.errors import DataError, ParameterError
from segkit.sizing import bass, bass_adopters, diffusion
from segkit.sizing.adoption import fit_curve

# Cowpertwait & Metcalfe 2009, Introductory Time Series with R, 3.3: VCR sales, thousands, 1980-89.
VCR = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
# Series of Mahajan, Mason & Srinivasan 1986, thousands.
AIR_CONDITIONERS = [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500]
COLOUR_TELEVISION = [747, 1480, 2646, 5118, 5777, 5982, 5962, 4631]


def test_vcr_by_density():
    """Output of R's nls: M 67,980.9 P 0.00659397 Q 0.638091, RSE 727.2 with 7 df."""
    found = bass(VCR, estimator="density")
    assert found.m == pytest.approx(67_980.9, abs=0.05)
    assert found.p == pytest.approx(0.00659397, rel=1e-5)
    assert found.q == pytest.approx(0.638091, rel=1e-6)
    errors = found.standard_errors
    assert errors["m"] == pytest.approx(3127.5, abs=0.1)
    assert errors["p"] == pytest.approx(0.00143, abs=5e-6)
    assert errors["q"] == pytest.approx(0.0414, abs=5e-5)
    assert found.residual_error == pytest.approx(727.2, abs=0.05)
    assert found.degrees_of_freedom == 7
    assert found.peak == pytest.approx(7.0923, abs=1e-4)
    assert found.peak_sales == pytest.approx(11_069.8, abs=0.1)


@pytest.mark.parametrize(
    ("sales", "p", "q", "m"),
    # NLS estimates quoted of these series since Srinivasan & Mason 1986; recomputed with scipy.
    [(AIR_CONDITIONERS, 0.0094, 0.3748, 18_713), (COLOUR_TELEVISION, 0.0185, 0.6159, 39_659)],
)
def test_classic_durables_by_nls(sales, p, q, m):
    found = bass(sales)
    assert (found.p, found.q) == pytest.approx((p, q), abs=5e-5)
    assert found.m == pytest.approx(m, abs=0.5)


@pytest.mark.parametrize("sales", [VCR, AIR_CONDITIONERS, COLOUR_TELEVISION])
def test_nls_agrees_with_scipy(sales):
    def per_period(t, m, p, q):
        return bass_adopters(t, m, p, q) - bass_adopters(t - 1, m, p, q)

    period = np.arange(1, len(sales) + 1)
    expected, covariance = curve_fit(per_period, period, sales, [1.2 * sum(sales), 0.01, 0.4])
    found = bass(sales)
    assert (found.m, found.p, found.q) == pytest.approx(tuple(expected), rel=1e-5)
    assert tuple(found.standard_errors.values()) == pytest.approx(
        tuple(np.sqrt(np.diag(covariance))), rel=1e-3
    )


def test_ols_is_the_parabola_of_1969():
    found = bass(VCR, estimator="ols")
    before = np.concatenate([[0], np.cumsum(VCR)[:-1]])
    c, b, a = np.polyfit(before, VCR, 2)
    assert found.m == pytest.approx(max(np.roots([c, b, a])))
    assert (found.p, found.q) == pytest.approx((a / found.m, -c * found.m))
    assert found.q - found.p == pytest.approx(b)
    assert "null" not in found.to_json()


def test_standard_errors_of_ols_are_those_of_the_delta_method():
    """Gradients of (m, p, q) in (a, b, c) by central differences."""
    before = np.concatenate([[0], np.cumsum(VCR)[:-1]])
    design = np.column_stack([np.ones(10), before, before**2])
    coefficients, squares, *_ = np.linalg.lstsq(design, np.array(VCR, float))
    covariance = np.linalg.inv(design.T @ design) * squares[0] / 7

    def parameters(abc):
        a, b, c = abc
        m = (-b - math.sqrt(b * b - 4 * a * c)) / (2 * c)
        return np.array([m, a / m, -c * m])

    step = 1e-6 * np.abs(coefficients)
    gradient = np.column_stack(
        [
            (parameters(coefficients + move) - parameters(coefficients - move)) / (2 * move.sum())
            for move in np.diag(step)
        ]
    )
    expected = np.sqrt(np.diag(gradient @ covariance @ gradient.T))
    found = bass(VCR, estimator="ols")
    assert list(found.standard_errors.values()) == pytest.approx(expected.tolist(), rel=1e-4)
    low, high = found.m_interval
    assert high - low == pytest.approx(2 * 1.894579 * expected[0], rel=1e-4)


def test_the_band_holds_the_planted_curve_as_often_as_it_says():
    """Every fourth year of 100 draws with noise as least squares assumes it; 90 % asked for."""
    truth = bass_adopters(range(19), 9000, 0.012, 0.36)
    sales, inside = np.diff(truth)[:13], []
    for seed in range(100):
        observed = sales + np.random.default_rng(seed).normal(0, 30, 13)
        # The interval of m, which takes most of the time, plays no part.
        table = diffusion._table(observed, fit_curve(observed, "nls", None), "nls", 5, 0.9)
        inside.append(table["low"].le(truth[1:]) & table["high"].ge(truth[1:]))
    covered = np.mean(inside, axis=0)[[4, 8, 12, 17]]
    assert ((covered > 0.78) & (covered < 0.99)).all()


def test_looking_ahead_extends_the_table_and_changes_nothing_else():
    near, far = bass(VCR), bass(VCR, ahead=4)
    assert (near.m, near.p, near.q) == (far.m, far.p, far.q)
    assert far.table["period"].tolist() == list(range(1, 15))
    assert far.table["sales"].isna().sum() == 4
    assert far.table["fitted"].iloc[10:].is_monotonic_decreasing
    wide = far.table["high"] - far.table["low"]
    assert wide.iloc[-1] > wide.iloc[9]
    assert far.table["adopters"].diff().iloc[11] == pytest.approx(far.table["fitted"].iloc[11])


rates = st.tuples(st.floats(0.003, 0.05), st.floats(0.2, 0.9))


@given(rates, st.floats(10, 1e7))
@settings(max_examples=25, deadline=None)
def test_exact_sales_give_back_their_parameters(rates, m):
    p, q = rates
    peak = math.log(q / p) / (p + q)
    adopters = bass_adopters(np.arange(math.ceil(peak) + 6), m, p, q)
    found = bass(np.diff(adopters))
    assert (found.m, found.p, found.q) == pytest.approx((m, p, q), rel=1e-4)
    assert found.peak == pytest.approx(peak, rel=1e-4)
    assert found.table["adopters"].to_numpy() == pytest.approx(adopters[1:], rel=1e-4)


@given(rates, st.floats(1, 1e6))
def test_adopters_rise_from_nothing_to_all(rates, m):
    adopters = bass_adopters(np.linspace(0, 400, 50), m, *rates)
    assert adopters[0] == 0
    assert (np.diff(adopters) >= -1e-9 * m).all()
    assert adopters[-1] == pytest.approx(m, rel=1e-6)


def test_peak_is_where_the_density_is_highest():
    m, p, q = 1000.0, 0.02, 0.4
    found = bass(np.diff(bass_adopters(range(20), m, p, q)))
    t = np.linspace(0, 20, 200_001)
    density = np.gradient(bass_adopters(t, m, p, q), t)
    assert found.peak == pytest.approx(t[density.argmax()], abs=1e-3)
    assert found.peak_sales == pytest.approx(density.max(), rel=1e-6)


def planted(seed, m=9000.0, p=0.012, q=0.36, years=13):
    """Draw adoption of a planted potential with 3 % noise a year."""
    adopted = np.diff(bass_adopters(range(years + 1), m, p, q))
    return adopted * np.exp(np.random.default_rng(seed).normal(0, 0.03, years))


def test_planted_potential_comes_back_with_its_interval():
    hits = 0
    for seed in range(12):
        found = bass(planted(seed))
        assert found.m == pytest.approx(9000, rel=0.05)
        assert found.q == pytest.approx(0.36, abs=0.03)
        hits += found.m_interval[0] <= 9000 <= found.m_interval[1]
    assert hits >= 8


def test_scale_scales_the_potential_alone():
    one, other = bass(planted(1)), bass(1000 * planted(1))
    assert other.m == pytest.approx(1000 * one.m, rel=1e-6)
    assert (other.p, other.q) == pytest.approx((one.p, one.q), rel=1e-6)


def test_sales_before_their_peak_are_refused_unless_the_potential_is_known():
    early = planted(0)[:7]
    with pytest.raises(DataError, match=r"before their peak .*Give `m`"):
        bass(early)
    found = bass(early, m=9000)
    assert found.m == 9000
    assert found.m_interval == (9000, 9000)
    assert set(found.standard_errors) == {"p", "q"}
    assert found.q == pytest.approx(0.36, abs=0.05)
    assert found.degrees_of_freedom == 5
    assert any("taken as given" in note for note in found.notes)


def test_falling_sales_show_no_imitation():
    found = bass(100 * 0.8 ** np.arange(8))
    assert found.peak == 0
    assert found.peak_sales == pytest.approx(found.m * found.p)
    assert "imitation cannot be seen" in found.notes[0]


def test_ols_without_a_potential_is_refused():
    with pytest.raises(DataError, match="no market potential"):
        bass([1, 2, 4, 8, 16, 32], estimator="ols")


@pytest.mark.parametrize("sales", [[1, 2, 3], [0] * 8, [1, 2, -3, 4, 5], [1, 2, math.nan, 4, 5]])
def test_unusable_sales_are_refused(sales):
    with pytest.raises(DataError):
        bass(sales)


def test_a_negative_count_is_named_by_its_period():
    with pytest.raises(DataError, match=r"Got period 3: -3\."):
        bass([1, 2, -3, 4, 5])
    with pytest.raises(DataError, match="must be numbers"):
        bass(["many", 2, 3, 4, 5])


@pytest.mark.parametrize(
    "options",
    [
        {"estimator": "mle"},
        {"m": -5},
        {"m": 9, "estimator": "ols"},
        {"confidence": 90},
        {"ahead": -1},
    ],
)
def test_bad_parameters_are_refused(options):
    with pytest.raises(ParameterError, match=f"'{next(iter(options))}' parameter"):
        bass(VCR, **options)
