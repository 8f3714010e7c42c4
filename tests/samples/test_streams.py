"""Streams that never change, and draws that are exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.samples.streams import (
    apportion,
    boxes,
    codes,
    dates,
    deal_out,
    first_days,
    month_of,
    pick,
    scaled,
    stream,
    systematic,
)

SHARES = st.lists(st.floats(0.01, 10), min_size=1, max_size=12)


def test_stream_gives_the_numbers_that_numpy_froze():
    # RandomState([7, 0, crc32("accounts")]): NEP 19 freezes this stream.
    expected = np.random.RandomState([7, 0, 0xCAC89EAC]).random_sample(3)
    assert stream(7, "accounts").random_sample(3).tolist() == expected.tolist()


def test_streams_of_tables_and_seeds_are_their_own():
    first = {stream(seed, name).random_sample() for seed in (0, 7, 2**40) for name in ("a", "b")}
    assert len(first) == 6


@given(st.integers(0, 10_000), SHARES)
def test_apportion_keeps_the_total_and_misses_no_share_by_one(total, shares):
    parts = apportion(total, shares)
    exact = total * np.array(shares) / np.sum(shares)
    assert parts.sum() == total
    assert (np.abs(parts - exact) < 1 + 1e-6).all()


@given(st.integers(0, 500), SHARES, st.integers(0, 99))
def test_deal_out_gives_each_label_its_share(count, shares, seed):
    labels = deal_out(stream(seed, "t"), count, dict(enumerate(shares)))
    assert len(labels) == count
    assert np.bincount(labels.astype(int), minlength=len(shares)).tolist() == (
        apportion(count, shares).tolist()
    )


@given(st.integers(1, 400), st.floats(0, 1), st.integers(0, 99))
def test_boxes_hit_the_top_two_share_to_a_whole_answer(count, top, seed):
    answers = boxes(stream(seed, "t"), count, top)
    assert len(answers) == count
    assert set(answers) <= {1, 2, 3, 4, 5}
    assert abs((answers >= 4).sum() - count * top) <= 0.5 + 1e-9


def test_pick_draws_so_many_with_their_chances():
    """Rosén (1997): inclusion probabilities of Pareto sampling are very near the targets."""
    chances = np.array([0.9, 0.8, 0.6, 0.4, 0.2, 0.1])
    rng = stream(1, "t")
    drawn = np.array([pick(rng, chances, 3) for _ in range(8000)])
    assert (drawn.sum(axis=1) == 3).all()
    assert drawn.mean(axis=0) == pytest.approx(chances, abs=0.03)


def test_systematic_draws_keep_chances_and_are_even_along_the_order():
    order = np.arange(40)
    chances = np.linspace(0.05, 0.75, 40)
    rng = stream(2, "t")
    drawn = np.array([systematic(rng, chances, [order]) for _ in range(6000)])
    assert drawn.mean(axis=0) == pytest.approx(chances, abs=0.025)
    assert (np.abs(drawn.cumsum(axis=1) - chances.cumsum()) < 1).all()


def test_dates_months_and_codes():
    days = np.array([20634, 20635])
    assert dates(days).astype(str).tolist() == [
        "2026-06-30T00:00:00.000000",
        "2026-07-01T00:00:00.000000",
    ]
    assert np.isnat(dates(days, [True, False])).tolist() == [False, True]
    assert first_days(month_of(days)).tolist() == [20605, 20635]
    assert codes("A", 2).tolist() == ["A00001", "A00002"]


def test_scaled_never_falls_below_the_least():
    assert [scaled(24, scale, least=12) for scale in (0.1, 1, 10)] == [12, 24, 240]
