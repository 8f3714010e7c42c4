"""Market size: closed forms of independent PERTs, invariants, refusals."""

import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.sizing import beta_share, lognormal, market_size, pert
from segkit.sizing.fact_checks import MEASURES

COLUMNS = ["segment", "measure", "low", "mode", "high"]
LEVELS = ["TAM", "SAM", "SOM"]
BOTTOM_UP = ["accounts", "price", "units per account", "attach rate", "serviceable share"]
WON = ["win rate", "reach"]


def frame(rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def mean(size, level, unit):
    wanted = (size.table["level"] == level) & (size.table["unit"] == unit)
    return size.table.loc[wanted, "mean"].item()


def product_of_means(facts, segment, measures):
    """Expected value of a product of independent PERTs: the product of their means."""
    by_name = {(row.segment, row.measure): row for row in facts.itertuples()}
    known = [by_name.get((segment, m)) or by_name.get(("all", m)) for m in measures]
    return math.prod((row.low + 4 * row.mode + row.high) / 6 for row in known if row is not None)


@st.composite
def markets(draw, measures=(*BOTTOM_UP, *WON)):
    """A market of one to four segments whose facts are their own or the whole market's."""
    segments = draw(st.sampled_from([["a"], ["a", "b"], ["a", "b", "c", "d"]]))
    rows = []
    for measure in measures:
        top = 1.0 if MEASURES[measure][1] == 1 else draw(st.sampled_from([10.0, 1e3, 1e5]))
        whole = measure != "accounts" and draw(st.booleans())
        for segment in ["all"] if whole else segments:
            cuts = st.floats(0.01, 1).map(lambda part, top=top: part * top)
            rows.append((segment, measure, *sorted(draw(st.tuples(cuts, cuts, cuts)))))
    return frame(rows)


@given(markets())
@settings(max_examples=10, deadline=None)
def test_means_are_the_sums_of_products_of_means(facts):
    size = market_size(facts, n_draws=10_000)
    segments = facts.loc[facts["measure"] == "accounts", "segment"]
    for level, measures in (
        ("TAM", BOTTOM_UP[:4]),
        ("SAM", BOTTOM_UP),
        ("SOM", [*BOTTOM_UP, *WON]),
    ):
        expected = sum(product_of_means(facts, segment, measures) for segment in segments)
        error = size.draws[f"{level} revenue"].std() / math.sqrt(size.n_draws)
        assert mean(size, level, "revenue") == pytest.approx(expected, abs=4 * error + 1e-9)


def test_the_mean_of_one_market_is_within_a_thousandth():
    facts = frame(
        [
            ("schools", "accounts", 13_318, 13_318, 13_318),
            ("schools", "price", 20, 30, 60),
            ("colleges", "accounts", 700, 841, 900),
            ("colleges", "price", 25, 40, 90),
            ("all", "units per account", 50, 100, 300),
            ("all", "attach rate", 0.2, 0.3, 0.5),
        ]
    )
    expected = (13_318 * 200 / 6 + 4964 / 6 * 275 / 6) * 750 / 6 * 1.9 / 6
    size = market_size(facts)
    assert mean(size, "TAM", "revenue") == pytest.approx(expected, rel=1e-3)
    assert mean(size, "TAM", "accounts") == pytest.approx(13_318 + 4964 / 6, rel=1e-6)


def test_quantiles_of_a_product_agree_with_numerical_integration():
    """P(xy <= q) of two PERTs, integrated over the quantiles of x."""
    x, y = pert(10, 20, 60), pert(1, 3, 8)
    size = market_size(frame([("all", "accounts", 10, 20, 60), ("all", "price", 1, 3, 8)]))
    u = (np.arange(4000) + 0.5) / 4000
    grid = y.ppf(u)
    for name, level in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95)):
        q = size.table.query("level == 'TAM' and unit == 'revenue'")[name].item()
        below = np.interp(q / x.ppf(u), grid, u, left=0, right=1).mean()
        assert below == pytest.approx(level, abs=0.003)


capacity = ["sales reps", "deals per rep"]


@given(markets((*BOTTOM_UP, *WON, *capacity)), st.sampled_from(["bottom-up", "top-down"]))
@settings(max_examples=10, deadline=None)
def test_each_level_lies_within_the_one_above_in_every_draw(facts, way):
    spend = frame([("all", "category spend", 1e5, 2e5, 9e5)])
    size = market_size(pd.concat([facts, spend]), way, n_draws=2000)
    for unit in ("accounts", "revenue"):
        tam, sam, som = (size.draws[f"{level} {unit}"] for level in LEVELS)
        assert (sam <= tam).all()
        assert (som <= sam).all()
        assert (som >= 0).all()


def test_som_revenue_comes_from_som_accounts():
    """Known bug elsewhere: SOM revenue taken from SAM accounts."""
    facts = frame(
        [
            ("all", "accounts", 1000, 1000, 1000),
            ("all", "price", 50, 50, 50),
            ("all", "serviceable share", 0.5, 0.5, 0.5),
            ("all", "win rate", 0.2, 0.2, 0.2),
            ("all", "reach", 0.5, 0.5, 0.5),
        ]
    )
    size = market_size(facts, n_draws=100)
    got = {(row.level, row.unit): (row.mean, row.p5, row.p95) for row in size.table.itertuples()}
    expected = {"TAM": 1000, "SAM": 500, "SOM": 50}
    for level, accounts in expected.items():
        assert got[level, "accounts"] == pytest.approx((accounts,) * 3)
        assert got[level, "revenue"] == pytest.approx((accounts * 50,) * 3)


def test_capacity_of_the_company_is_shared_out_by_what_can_be_won():
    facts = frame(
        [
            ("a", "accounts", 300, 300, 300),
            ("b", "accounts", 100, 100, 100),
            ("a", "price", 10, 10, 10),
            ("b", "price", 40, 40, 40),
            ("all", "win rate", 0.5, 0.5, 0.5),
            ("all", "sales reps", 4, 4, 4),
            ("all", "deals per rep", 10, 10, 10),
        ]
    )
    size = market_size(facts, n_draws=100)
    assert mean(size, "SOM", "accounts") == pytest.approx(40)
    assert mean(size, "SOM", "revenue") == pytest.approx(30 * 10 + 10 * 40)


def test_capacity_of_a_segment_binds_there_alone():
    facts = frame(
        [
            ("a", "accounts", 300, 300, 300),
            ("b", "accounts", 100, 100, 100),
            ("all", "price", 1, 1, 1),
            ("all", "win rate", 0.5, 0.5, 0.5),
            ("a", "sales reps", 2, 2, 2),
            ("all", "deals per rep", 10, 10, 10),
        ]
    )
    size = market_size(facts, n_draws=100)
    som = size.segments.query("level == 'SOM' and unit == 'accounts'").set_index("segment")["mean"]
    assert som.to_dict() == pytest.approx({"a": 20, "b": 50})


def test_capacity_alone_bounds_som_and_says_so():
    facts = frame(
        [
            ("all", "accounts", 300, 300, 300),
            ("all", "price", 1, 1, 1),
            ("all", "sales reps", 2, 2, 2),
            ("all", "deals per rep", 10, 10, 10),
        ]
    )
    size = market_size(facts, n_draws=100)
    assert mean(size, "SOM", "accounts") == pytest.approx(20)
    assert any("sales capacity alone" in note for note in size.notes)


def test_without_win_rate_and_capacity_there_is_no_som():
    size = market_size(frame([("all", "accounts", 3, 4, 5), ("all", "price", 1, 2, 3)]))
    assert list(size.table["level"].unique()) == ["TAM", "SAM"]
    assert any(note.startswith("SOM is not given") for note in size.notes)
    assert "serviceable share: not stated; taken as 1." in size.notes


@given(markets(), st.floats(0.01, 100))
@settings(max_examples=10, deadline=None)
def test_scaling_prices_scales_revenue_alone(facts, factor):
    dearer = facts.copy()
    is_price = facts["measure"] == "price"
    dearer.loc[is_price, ["low", "mode", "high"]] *= factor
    before, after = (market_size(f, n_draws=500) for f in (facts, dearer))
    for level in LEVELS:
        np.testing.assert_allclose(
            after.draws[f"{level} revenue"], factor * before.draws[f"{level} revenue"], rtol=1e-6
        )
        assert after.draws[f"{level} accounts"].equals(before.draws[f"{level} accounts"])


@given(markets(), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_facts_changes_nothing(facts, random):
    order = list(range(len(facts)))
    random.shuffle(order)
    one, other = (market_size(f, n_draws=500) for f in (facts, facts.iloc[order]))
    assert one.to_json() == other.to_json()


@given(markets())
@settings(max_examples=10, deadline=None)
def test_known_inputs_give_intervals_without_width(facts):
    fixed = facts.assign(low=facts["mode"], high=facts["mode"])
    size = market_size(fixed, n_draws=100)
    np.testing.assert_allclose(size.table["p5"], size.table["p95"], rtol=1e-12)
    assert (size.tornado["swing"] == 0).all()
    assert (size.tornado["variance_share"] == 0).all()


def test_segments_add_up_to_the_market():
    size = market_size(EXAMPLE, n_draws=1000)
    summed = size.segments.groupby(["level", "unit"])["mean"].sum()
    total = size.table.set_index(["level", "unit"])["mean"]
    pd.testing.assert_series_equal(summed, total.loc[summed.index])


EXAMPLE = frame(
    [
        ("schools", "accounts", 900, 1000, 1100),
        ("colleges", "accounts", 200, 200, 200),
        ("all", "price", 2000, 3000, 5000),
        ("all", "units per account", 1, 2, 3),
        ("schools", "serviceable share", 0.4, 0.5, 0.6),
        ("all", "win rate", 0.1, 0.2, 0.3),
        ("all", "category spend", 1e6, 2e6, 9e6),
        ("all", "benefit per account", 1e3, 9e3, 2e4),
        ("all", "value share captured", 0.1, 0.2, 0.3),
    ]
)


def test_top_down_spreads_the_spend_by_accounts():
    size = market_size(EXAMPLE, "top-down", n_draws=20_000)
    assert mean(size, "TAM", "revenue") == pytest.approx(18e6 / 6, rel=1e-4)
    assert any("spread over the segments" in note for note in size.notes)
    tam = size.segments.query("level == 'TAM' and unit == 'revenue'").set_index("segment")["mean"]
    assert tam["colleges"] / tam.sum() == pytest.approx(200 / 1200, rel=1e-2)


def test_top_down_uses_the_spend_of_each_segment():
    facts = frame(
        [
            ("a", "accounts", 10, 10, 10),
            ("b", "accounts", 20, 20, 20),
            ("a", "category spend", 500, 500, 500),
            ("b", "category spend", 100, 100, 100),
            ("a", "serviceable share", 0.5, 0.5, 0.5),
            ("b", "serviceable share", 0.2, 0.2, 0.2),
        ]
    )
    size = market_size(facts, "top-down", n_draws=100)
    assert mean(size, "TAM", "revenue") == pytest.approx(600)
    assert mean(size, "SAM", "revenue") == pytest.approx(270)


def test_value_theory_never_pays_for_a_loss():
    facts = frame(
        [
            ("all", "accounts", 10, 10, 10),
            ("all", "benefit per account", 0, 50, 100),
            ("all", "switching cost", 200, 200, 200),
            ("all", "value share captured", 0.2, 0.2, 0.2),
        ]
    )
    assert mean(market_size(facts, "value theory", n_draws=500), "TAM", "revenue") == 0


def test_value_theory_mean():
    size = market_size(EXAMPLE, "value theory", n_draws=20_000)
    expected = 1200 * (1e3 + 4 * 9e3 + 2e4) / 6 * 0.2
    assert mean(size, "TAM", "revenue") == pytest.approx(expected, rel=2e-3)
    assert "switching cost: not stated; taken as 0." in size.notes


def test_tornado_moves_one_input_at_a_time():
    size = market_size(EXAMPLE, n_draws=1000)
    rows = size.tornado.query("level == 'TAM'").set_index("input")
    accounts, price, units = pert(900, 1000, 1100), pert(2000, 3000, 5000), pert(1, 2, 3)
    n, p, m = (float(known.ppf(0.5)) for known in (accounts, price, units))
    low, high = price.ppf([0.1, 0.9])
    assert rows.loc["all: price", "base"] == pytest.approx((n + 200) * p * m)
    assert rows.loc["all: price", "at_p10"] == pytest.approx((n + 200) * low * m)
    assert rows.loc["all: price", "swing"] == pytest.approx((n + 200) * (high - low) * m)
    assert rows["swing"].is_monotonic_decreasing
    assert rows.loc["all: win rate", "swing"] == 0


def test_variance_shares_of_a_product_are_exact():
    """Var(ln x) by numerical integration of the quantile function."""
    facts = frame(
        [
            ("all", "accounts", 10, 20, 60),
            ("all", "price", 1, 3, 8),
            ("all", "attach rate", 0.1, 0.5, 0.6),
            ("all", "win rate", 0.1, 0.2, 0.9),
        ]
    )

    def log_variance(known):
        first = integrate.quad(lambda u: np.log(known.ppf(u)), 0, 1)[0]
        return integrate.quad(lambda u: np.log(known.ppf(u)) ** 2, 0, 1)[0] - first**2

    parts = {
        "all: accounts": log_variance(pert(10, 20, 60)),
        "all: price": log_variance(pert(1, 3, 8)),
        "all: attach rate": log_variance(pert(0.1, 0.5, 0.6)),
    }
    size = market_size(facts)
    got = size.tornado.query("level == 'TAM'").set_index("input")["variance_share"]
    for name, part in parts.items():
        assert got[name] == pytest.approx(part / sum(parts.values()), abs=1e-4)
    assert got["all: win rate"] == 0
    assert all("exact" in method for method in size.variance_method.values())


def test_variance_shares_of_a_sum_rank_the_inputs():
    size = market_size(EXAMPLE)
    shares = size.tornado.query("level == 'TAM'").set_index("input")["variance_share"]
    assert shares.sum() == pytest.approx(1)
    assert list(shares.nlargest(2).index) == ["all: price", "all: units per account"] or (
        list(shares.nlargest(2).index) == ["all: units per account", "all: price"]
    )
    assert shares["all: win rate"] < 0.002
    assert "rank" in size.variance_method["TAM"]


def test_correlation_widens_a_product():
    facts = frame([("all", "accounts", 10, 20, 60), ("all", "price", 1, 3, 8)])
    pair = {("all: accounts", "all: price"): 0.8}
    alone, joined = market_size(facts), market_size(facts, rank_correlation=pair)
    assert joined.draws["TAM revenue"].std() > 1.1 * alone.draws["TAM revenue"].std()
    assert "rank" in joined.variance_method["TAM"]


def test_segments_that_err_together_widen_the_sum():
    rows = [(name, "accounts", 100, 100, 100) for name in "abcd"]
    facts = frame(rows + [(name, "price", 1, 3, 8) for name in "abcd"])
    sds = [
        market_size(facts, rank_correlation=together).draws["TAM revenue"].std()
        for together in (None, 0, 0.5)
    ]
    assert sds[0] == sds[1]
    # Var of a sum of four with pairwise correlation r is 4 (1 + 3 r) of one; r is near 0.5.
    assert sds[2] / sds[0] == pytest.approx(math.sqrt(1 + 3 * 0.5), rel=0.02)
    with pytest.raises(ParameterError, match=r"\[0, 1\)"):
        market_size(facts, rank_correlation=1.5)


def test_each_row_may_have_its_own_shape():
    facts = frame(
        [
            ("all", "accounts", 10, 20, 60),
            ("all", "price", 50, 100, 200),
            ("all", "win rate", 0.2, 0.3, 0.4),
            ("all", "reach", 0.1, 0.1, 0.1),
        ]
    )
    shaped = facts.assign(shape=[None, "lognormal", "beta", "beta"])
    size = market_size(shaped, shape="triangular")
    for other in (pl.from_pandas(shaped), pa.Table.from_pandas(shaped)):
        assert market_size(other, shape="triangular").table.equals(size.table)
    known = size.inputs.set_index("measure")
    assert known.loc["accounts", "mean"] == pytest.approx(30)
    price, share = lognormal(50, 200), beta_share(0.3, 0.2 / 2.5631031)
    assert known.loc["price", "mean"] == pytest.approx(price.mean)
    assert known.loc["win rate", "sd"] == pytest.approx(share.sd)
    assert known.loc["reach", "sd"] == 0
    assert mean(size, "TAM", "revenue") == pytest.approx(30 * price.mean, rel=5e-3)
    assert mean(size, "SOM", "accounts") == pytest.approx(30 * 0.3 * 0.1, rel=5e-3)


def test_shapes_that_cannot_be_are_refused_by_row():
    facts = frame(
        [
            ("all", "accounts", 10, 20, 60),
            ("all", "price", 0, 100, 200),
            ("all", "win rate", 0.2, 0.3, 0.4),
            ("all", "reach", 0.0, 0.01, 1.0),
            ("all", "attach rate", 0.1, 0.2, 0.3),
        ]
    )
    with pytest.raises(DataError) as fault:
        market_size(facts.assign(shape=["beta", "lognormal", "lognormal", "beta", "normal"]))
    text = str(fault.value)
    assert "only a share can have the shape beta: row 0 (all: accounts)" in text
    assert "cannot be lognormal, which knows no upper end; use beta: row 2 (all: win rate)" in text
    assert "shape must be one of pert, triangular, lognormal, beta: row 4" in text
    with pytest.raises(DataError) as fault:
        market_size(facts.assign(shape=["pert", "lognormal", "pert", "beta", "pert"]))
    assert "row 1 (all: price), shape 'lognormal': The 'p10, p90'" in str(fault.value)
    assert "row 3 (all: reach), shape 'beta': The 'mean, sd'" in str(fault.value)


def test_a_mapping_tells_the_same_as_a_frame():
    known = {
        "schools: accounts": (900, 1000, 1100),
        ("colleges", "accounts"): 200,
        "price": pert(2000, 3000, 5000),
        "units per account": [1, 2, 3],
        "schools: serviceable share": (0.4, 0.5, 0.6),
        "win rate": (0.1, 0.2, 0.3),
    }
    assert market_size(known, n_draws=500).to_json() == (
        market_size(EXAMPLE.iloc[:6], n_draws=500).to_json()
    )


def test_faults_of_a_mapping_are_named():
    with pytest.raises(DataError, match="no 'accounts' for all"):
        market_size({})
    with pytest.raises(DataError, match="unknown measure"):
        market_size({("schools", "accounts", "2020"): 10})
    with pytest.raises(DataError) as fault:
        market_size({"accounts": "many", "price": (3, 2, 1)})
    text = str(fault.value)
    assert "all: accounts: a number, (low, mode, high) or a distribution is needed" in text
    assert "Got (3, 2, 1)" in text
    with pytest.raises(DataError, match=r"must lie in 0..1: row reach \(all: reach\)"):
        market_size({"accounts": 10, "price": 3, "reach": lognormal(0.1, 0.3)})


def test_triangular_shape_is_used():
    facts = frame([("all", "accounts", 10, 20, 60), ("all", "price", 1, 1, 1)])
    size = market_size(facts, shape="triangular")
    assert mean(size, "TAM", "accounts") == pytest.approx(30, rel=1e-4)


def test_column_names_and_kinds_of_frame_are_free():
    names = {"segment": "seg", "measure": "what", "low": "min", "mode": "likely", "high": "max"}
    expected = market_size(EXAMPLE, n_draws=200).to_json()
    renamed = EXAMPLE.rename(columns=names).assign(source="ours")
    for other in (renamed, pl.from_pandas(renamed), renamed.astype({"min": "str"})):
        assert market_size(other, n_draws=200, **names).to_json() == expected


def test_json_holds_every_number():
    content = json.loads(market_size(EXAMPLE, n_draws=200).to_json())
    assert set(content) == {
        "way", "table", "segments", "tornado", "variance_method",
        "inputs", "notes", "shape", "n_draws", "random_state",
    }  # fmt: skip
    assert content["table"][0]["level"] == "TAM"


def test_same_digits_on_one_and_two_threads():
    texts = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            texts.append(market_size(EXAMPLE, n_draws=20_000).to_json())
    assert texts[0] == texts[1]


def test_all_faults_of_the_facts_are_named_at_once():
    facts = frame(
        [
            ("schools", "accounts", 900, 1000, 1100),
            ("school", "price", 1, 2, 3),
            ("schools", "prize", 1, 2, 3),
            ("schools", "win rate", 0.5, 0.9, 1.2),
            ("schools", "units per account", -2, 1, 3),
            ("schools", "attach rate", 0.5, 0.2, 0.6),
            ("schools", "reach", None, 0.2, 0.6),
            ("schools", "sales reps", 1, 2, 3),
            ("schools", "sales reps", 1, 2, 3),
            ("colleges", "accounts", 0, 0, 0),
        ]
    )
    with pytest.raises(DataError) as fault:
        market_size(facts)
    text = str(fault.value)
    for words in (
        "segment 'school' has no 'accounts'. Did you mean 'schools'?",
        "unknown measure 'prize'. Did you mean 'price'?",
        "is a share and must lie in 0..1: row 3 (schools: win rate) 0.5, 0.9, 1.2",
        "must not be negative: row 4 (schools: units per account) -2, 1, 3",
        "low <= mode <= high must hold: row 5 (schools: attach rate)",
        "must be finite numbers (the same one three times if known): row 6 (schools: reach)",
        "more than once; keep one: row 7 (schools: sales reps) 1, 2, 3; row 8",
        "counts no account; leave the segment out: row 9 (colleges: accounts) 0, 0, 0",
    ):
        assert words in text
    assert len(text.splitlines()) == 8


def test_the_whole_market_is_written_in_small_letters():
    with pytest.raises(DataError, match=r"segment 'All' has no 'accounts'. Did you mean 'all'\?"):
        market_size(frame([("all", "accounts", 1, 2, 3), ("All", "price", 1, 2, 3)]))


def test_only_five_faulty_rows_are_shown():
    facts = frame([(f"s{i}", "accounts", 3, 2, 1) for i in range(8)])
    with pytest.raises(DataError, match="and 3 more"):
        market_size(facts)


def test_measures_that_are_missing_are_named_by_segment():
    facts = frame(
        [
            ("a", "accounts", 1, 2, 3),
            ("b", "accounts", 1, 2, 3),
            ("a", "price", 1, 2, 3),
            ("a", "win rate", 0.1, 0.2, 0.3),
        ]
    )
    with pytest.raises(DataError) as fault:
        market_size(facts)
    assert "no 'price' for b; the bottom-up estimate needs it" in str(fault.value)
    assert "no 'win rate' for b" in str(fault.value)
    with pytest.raises(DataError, match="no 'category spend' for a, b"):
        market_size(facts, "top-down")


def test_facts_that_lie_idle_are_named():
    facts = frame(
        [
            ("a", "accounts", 1, 2, 3),
            ("all", "accounts", 9, 9, 9),
            ("all", "price", 1, 2, 3),
            ("all", "sales reps", 1, 2, 3),
        ]
    )
    notes = market_size(facts, n_draws=100).notes
    assert "not used: all: accounts, all: sales reps." in notes


def test_missing_columns_are_all_named():
    with pytest.raises(DataError) as fault:
        market_size(EXAMPLE.rename(columns={"low": "lowest", "segment": "segmnt"}))
    assert "no column 'segment'. Did you mean 'segmnt'?" in str(fault.value)
    assert "no column 'low'" in str(fault.value)


def test_what_is_no_frame_is_refused():
    with pytest.raises(DataError, match="Got list"):
        market_size([1, 2])


def test_unknown_way_and_shape_are_refused():
    with pytest.raises(ParameterError, match="bottom-up"):
        market_size(EXAMPLE, "sideways")
    with pytest.raises(ParameterError, match="triangular"):
        market_size(EXAMPLE, shape="normal")
