"""Independent estimates come back to the truths of the market phase."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from segkit.samples.market_tables import BASS


def _pert_draws(low, mode, high, u):
    if low == high:
        return np.full(len(u), float(low))
    a = 1 + 4 * (mode - low) / (high - low)
    b = 1 + 4 * (high - mode) / (high - low)
    return low + (high - low) * stats.beta.ppf(u, a, b)


@pytest.fixture(scope="module")
def draws(small_case):
    """Latin hypercube draws of every range of market_facts."""
    rng = np.random.default_rng(0)
    facts = small_case.tables["market_facts"]
    return {
        (row.segment, row.measure): _pert_draws(
            row.low, row.mode, row.high, (rng.permutation(4000) + rng.random(4000)) / 4000
        )
        for row in facts.itertuples()
    }


def _sum(draws, measures):
    segments = {segment for segment, _ in draws if segment != "all"}
    parts = [
        np.prod([draws[segment, measure] for measure in ("accounts", *measures)], axis=0)
        for segment in segments
    ]
    return np.sum(parts, axis=0)


UNITS = ("units per account", "price", "attach rate")
REACHED = (*UNITS, "serviceable share", "win rate", "reach")


@pytest.mark.parametrize(
    ("size", "measures"),
    [("TAM", UNITS), ("SAM", (*UNITS, "serviceable share")), ("SOM", REACHED)],
)
def test_closed_form_of_the_market_is_the_mean_of_draws(small_case, draws, size, measures):
    truth = small_case.truth["M1"]["parameter"]["bottom-up"][size]
    drawn = _sum(draws, measures)
    assert drawn.mean() == pytest.approx(truth["mean"], rel=0.005)
    assert drawn.std() == pytest.approx(truth["sd"], rel=0.05)


def test_value_theory_and_order_of_the_sizes(small_case, draws):
    truth = small_case.truth["M1"]["parameter"]
    segments = [segment for segment, measure in draws if measure == "price"]
    value = sum(
        draws[s, "accounts"]
        * (draws[s, "benefit per account"] - draws[s, "switching cost"])
        * draws[s, "value share captured"]
        for s in segments
    )
    assert value.mean() == pytest.approx(truth["value theory"]["TAM"]["mean"], rel=0.005)
    sizes = [truth["bottom-up"][size]["mean"] for size in ("SOM", "SAM", "TAM")]
    assert sizes == sorted(sizes)


def test_sales_capacity_never_binds(draws):
    # Whatever a deal is worth on average, a module's price at the least.
    segments = [segment for segment, measure in draws if measure == "price"]
    accounts = [draws[s, "accounts"][0] for s in segments]
    price = np.average([draws[s, "price"] for s in segments], axis=0, weights=accounts)
    capacity = draws["all", "sales reps"] * draws["all", "deals per rep"] * price
    assert (_sum(draws, REACHED) < capacity).mean() > 0.9


def test_bass_curve_comes_back(case):
    """Srinivasan-Mason NLS on 13 yearly points: m within 5 %, q within .03."""
    history = case.tables["market_history"].groupby("year")["customers"].sum()
    sales, year = np.diff(history.to_numpy(), prepend=0), np.arange(1, 14)

    def adopted(t, p, q):
        return (1 - np.exp(-(p + q) * t)) / (1 + q / p * np.exp(-(p + q) * t))

    (m, p, q), _ = optimize.curve_fit(
        lambda t, m, p, q: m * (adopted(t, p, q) - adopted(t - 1, p, q)),
        year,
        sales,
        p0=[8000, 0.03, 0.38],
    )
    truth = case.truth["M1"]["parameter"]["bass"]
    assert truth == BASS
    assert m == pytest.approx(truth["m"], rel=0.05)
    assert p == pytest.approx(truth["p"], abs=0.002)
    assert q == pytest.approx(truth["q"], abs=0.03)


def test_market_revenue_grows_by_eleven_percent(case):
    revenue = case.tables["market_history"].groupby("year")["revenue"].sum()
    assert (revenue.iloc[-1] / revenue.iloc[0]) ** (1 / 12) - 1 == pytest.approx(0.11, abs=1e-6)


def test_shares_give_the_planted_concentration(case):
    rivals = case.tables["competitors"]
    squares = (100 * rivals["share"]) ** 2
    hhi = squares.groupby(rivals["segment"]).sum().to_dict()
    assert hhi == pytest.approx(case.truth["M5"]["parameter"]["hhi"], abs=0.5)
    assert rivals.groupby("segment")["share"].sum().to_numpy() == pytest.approx(1)
    routes = rivals[["direct", "partner", "online", "tender"]]
    assert routes.sum(axis=1).to_numpy() == pytest.approx(1)
    last = case.tables["market_history"].query("year == 2025")
    share = last["revenue"] / last.groupby("segment")["revenue"].transform("sum")
    both = last.assign(share_of_revenue=share).merge(rivals, on=["segment", "vendor"])
    assert both["share_of_revenue"].to_numpy() == pytest.approx(both["share"], abs=1e-6)


def _seasonal_kendall(values):
    """Seasonal Mann-Kendall (Hirsch, Slack & Smith 1982): z over the twelve months."""
    table = np.asarray(values).reshape(-1, 12)
    n = len(table)
    score = sum(np.sign(table[j] - table[i]).sum() for i in range(n) for j in range(i + 1, n))
    return (score - np.sign(score)) / np.sqrt(12 * n * (n - 1) * (2 * n + 5) / 18)


def test_trends_are_told_from_noise(case):
    truth = case.truth["M2"]["parameter"]["direction"]
    signals = case.tables["trend_signals"].sort_values("month")
    z = signals.groupby("topic")["index"].apply(_seasonal_kendall)
    p = (2 * stats.norm.sf(z.abs())) * len(z)
    found = np.where(p > 0.05, "none", np.where(z > 0, "up", "down"))
    assert dict(zip(z.index, found, strict=True)) == truth


def test_needs_change_as_planted(case):
    truth = case.truth["M3"]["parameter"]
    waves = case.tables["needs_waves"]
    shares = (waves["importance"] >= 4).groupby([waves["need"], waves["wave"]]).mean().unstack()
    assert (shares[4] - shares[1]).to_dict() == pytest.approx(truth["change"], abs=0.003)
    n, step = len(waves) / 40, np.arange(4) - 1.5
    z = (shares * step).sum(axis=1) * np.sqrt(n)
    z = z / np.sqrt(shares.mean(axis=1) * (1 - shares.mean(axis=1)) * (step**2).sum())
    p = 2 * stats.norm.sf(z.abs()) * len(z)
    found = np.where(p > 0.05, "stable", np.where(z > 0, "rising", "falling"))
    assert dict(zip(z.index, found, strict=True)) == truth["direction"]


def test_strengths_and_weaknesses_show_in_the_ratings(case):
    truth = case.truth["M6"]["parameter"]
    ratings = case.tables["attribute_ratings"]
    gap = (ratings["us"] - ratings["best_rival"]).groupby(ratings["attribute"]).mean()
    assert gap.to_dict() == pytest.approx(truth["gap"], abs=0.4)
    assert set(gap.nlargest(2).index) == set(truth["strengths"])
    assert set(gap.nsmallest(2).index) == set(truth["weaknesses"])


def test_outlook_weighs_to_the_planted_score(case):
    factors = case.tables["external_factors"]
    assert factors["weight"].sum() == pytest.approx(1)
    assert (factors["weight"] * factors["rating"]).sum() == pytest.approx(2.7)
    assert case.truth["M7"]["parameter"]["efe"] == pytest.approx(2.7)
    relative = pd.Series(case.truth["M7"]["realised"]["price_of_vendor_b_to_the_others"])
    assert relative["2025"] / relative["2022"] == pytest.approx(0.88**3, rel=0.1)


def test_facts_hold_the_counts_of_the_universe(case):
    facts = case.tables["facts"].set_index("what")["value"]
    assert facts["US public school systems (regular districts)"] == 13318
    assert facts["public 2-year (community colleges): institutions"] == 841
    assert facts["public 4-year: institutions"] == 776
    assert facts["private nonprofit 4-year: institutions"] == 1656
    assert facts["US firms, all industries: all sizes"] == 6_294_604
