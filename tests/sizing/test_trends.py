"""Trends of several series: planted directions, false alarms, gaps, refusals."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError, ParameterError
from segkit.sizing import find_trends

COLUMNS = {"time": "month", "series": "topic", "value": "index"}


def signals(seed, slopes, months=72, season=4.0, noise=4.0):
    """Level, slope a year, season and noise for each topic."""
    rng = np.random.default_rng(seed)
    step = np.arange(months)
    wave = season * np.sin(2 * np.pi * step / 12)
    parts = [
        pd.DataFrame(
            {
                "month": pd.date_range("2019-01-01", periods=months, freq="MS"),
                "topic": topic,
                "index": 60 + slope * step / 12 + wave + rng.normal(0, noise, months),
            }
        )
        for topic, slope in slopes.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_planted_directions_are_found():
    """Three up, two down, three flat; slopes of 2 to 4 a year in noise and season of 4."""
    slopes = {"a": 4.0, "b": 3.0, "c": 2.0, "d": -3.0, "e": -2.0, "f": 0.0, "g": 0.0, "h": 0.0}
    words = {key: "up" if value > 0 else "down" for key, value in slopes.items() if value}
    false_alarms = hits = 0
    for seed in range(20):
        found = find_trends(signals(seed, slopes), **COLUMNS).table.set_index("series")
        assert found.loc[list(words), "verdict"].to_dict() == words
        false_alarms += (found.loc[["f", "g", "h"], "verdict"] != "none").any()
        hits += sum(
            found.loc[key, "low"] <= slopes[key] <= found.loc[key, "high"] for key in slopes
        )
    assert false_alarms <= 3
    # 90 % of 160, four standard errors of 3.8 each.
    assert hits >= 129


def test_flat_series_seldom_look_like_trends():
    alarms = 0
    for seed in range(40):
        found = find_trends(signals(100 + seed, dict.fromkeys("abcde", 0.0)), **COLUMNS)
        alarms += (found.table["verdict"] != "none").any()
    assert alarms <= 6  # P(7 of 40 at 5 %) is 0.3 %


def test_persistence_is_corrected_and_said():
    rng = np.random.default_rng(5)
    noise = np.zeros(120)
    for step in range(1, 120):
        noise[step] = 0.8 * noise[step - 1] + rng.normal()
    frame = pd.DataFrame({"month": range(120), "topic": "swing", "index": noise})
    found = find_trends(frame, **COLUMNS, period=1)
    assert found.table["correction"].item() > 1.5
    assert "Values of swing carry over" in found.notes[0]


def test_years_as_numbers_and_kinds_of_frame():
    frame = pd.DataFrame({"month": range(2010, 2022), "topic": "t", "index": 3.0 * np.arange(12)})
    found = find_trends(frame, **COLUMNS, period=1)
    assert found.table["slope"].item() == 3
    assert find_trends(pl.from_pandas(frame), **COLUMNS, period=1).to_json() == found.to_json()


def test_rows_in_any_order_and_gaps_change_no_time():
    whole = signals(1, {"a": 3.0})
    one = find_trends(whole, **COLUMNS).table
    other = find_trends(whole.sample(frac=1, random_state=0), **COLUMNS).table
    pd.testing.assert_frame_equal(one, other)
    gappy = whole.drop(index=[5, 17, 40]).copy()
    gappy.loc[20, "index"] = None
    found = find_trends(gappy, **COLUMNS).table
    assert found["n"].item() == 68
    assert find_trends(gappy, **COLUMNS).notes == ("Steps without a value, left as gaps: a (4).",)
    assert found["slope"].item() == pytest.approx(one["slope"].item(), abs=0.3)


def test_short_series_get_no_verdict():
    frame = pd.concat([signals(1, {"long": 4.0}), signals(1, {"short": 9.0}, months=6)])
    found = find_trends(frame, **COLUMNS).table.set_index("series")
    assert found.loc["short", "verdict"] == "not enough data"
    # Of 14 months only two pairs share a season: they bound no slope.
    year = find_trends(signals(1, {"year": 9.0}, months=14), **COLUMNS).table
    assert year["verdict"].tolist() == ["not enough data"]
    assert found.loc["long", "verdict"] == "up"


def test_two_values_for_one_month_are_refused():
    frame = pd.concat([signals(1, {"a": 1.0}), signals(2, {"a": 1.0})])
    with pytest.raises(DataError, match=r"A second one: 'a' at 2019-01 \(row 0\)"):
        find_trends(frame, **COLUMNS)


def test_times_that_are_none_are_refused():
    frame = signals(1, {"a": 1.0}).assign(month=lambda t: t["month"].astype("str"))
    with pytest.raises(DataError, match=r"dates or whole numbers. Got '2019-01-01' in row 0"):
        find_trends(frame, **COLUMNS)


@pytest.mark.parametrize(
    ("wrong", "words"), [("much", "'much' in row 7"), (np.inf, "inf in row 7")]
)
def test_values_that_are_none_are_named(wrong, words):
    frame = signals(1, {"a": 1.0}).astype({"index": object})
    frame.loc[7, "index"] = wrong
    with pytest.raises(DataError, match=words):
        find_trends(frame, **COLUMNS)


def test_alpha_is_checked():
    with pytest.raises(ParameterError, match="'alpha' parameter"):
        find_trends(signals(1, {"a": 1.0}), **COLUMNS, alpha=5)
