"""Importance-performance analysis."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.surveys import importance_performance, relative_weights

# Martilla & James 1977, Journal of Marketing 41(1): service of a car dealer, mean importance and
# mean performance on scales of 1 to 4 as reprinted, page not seen. The means part the items into
# the quadrants for which the example is known: three to concentrate on, one overdone.
DEALER = {
    "job done right the first time": (3.83, 2.63, "concentrate here"),
    "fast action on complaints": (3.63, 2.73, "concentrate here"),
    "prompt warranty work": (3.60, 3.15, "keep up the good work"),
    "able to do any job needed": (3.56, 3.00, "keep up the good work"),
    "service available when needed": (3.41, 3.05, "keep up the good work"),
    "courteous and friendly service": (3.41, 3.29, "keep up the good work"),
    "car ready when promised": (3.38, 3.03, "keep up the good work"),
    "perform only necessary work": (3.37, 3.11, "keep up the good work"),
    "low prices on service": (3.29, 2.00, "concentrate here"),
    "clean up after service work": (3.27, 3.02, "keep up the good work"),
    "convenient to home": (2.52, 2.25, "low priority"),
    "convenient to work": (2.43, 2.49, "low priority"),
    "courtesy buses and rental cars": (2.37, 2.35, "low priority"),
    "send out maintenance notices": (2.05, 3.33, "possible overkill"),
}


def test_martilla_and_james_1977():
    importance, performance, _ = zip(*DEALER.values(), strict=True)
    found = importance_performance(importance, performance, item=list(DEALER), scale=(1, 4))
    quadrants = dict(zip(found.table["item"], found.table["quadrant"], strict=True))
    assert quadrants == {item: quadrant for item, (_, _, quadrant) in DEALER.items()}
    assert (found.importance_cut, found.performance_cut) == pytest.approx((3.151, 2.816), abs=1e-3)
    assert found.table["share"].isna().all()
    assert "how sure a quadrant is cannot be told" in found.notes[0]


def test_distance_to_the_line_of_equal_rating():
    importance, performance, _ = zip(*DEALER.values(), strict=True)
    table = importance_performance(importance, performance, item=list(DEALER)).table
    far = table.set_index("item")["distance"]
    assert far["low prices on service"] == pytest.approx((3.29 - 2.00) / np.sqrt(2))
    assert table["item"].iloc[0] == "low prices on service"
    assert far["send out maintenance notices"] < 0


def survey(n=80, seed=0):
    rng = np.random.default_rng(seed)
    means = {"speed": (4.5, 2), "care": (4.4, 4.2), "price": (2, 2.1), "gifts": (1.8, 4.4)}
    people = []
    for who in range(n):
        rated = {item: rng.normal(pair, 0.7).clip(1, 5) for item, pair in means.items()}
        overall = 1 + 0.8 * rated["price"][1] + 0.1 * rng.normal()
        people += [(who, item, *pair, overall) for item, pair in rated.items()]
    return pd.DataFrame(people, columns=["who", "item", "i", "p", "all"])


def of(frame, **options):
    return importance_performance(
        frame, "p", importance="i", item="item", respondent="who", **options
    )


def test_planted_quadrants_are_sure():
    table = of(survey()).table.set_index("item")
    assert table["quadrant"].to_dict() == {
        "speed": "concentrate here",
        "care": "keep up the good work",
        "price": "low priority",
        "gifts": "possible overkill",
    }
    assert (table["share"] > 0.95).all()


def test_items_at_the_crosshair_are_not_sure():
    frame = survey()
    rng = np.random.default_rng(4)
    extra = pd.DataFrame({"who": range(80), "item": "middling", "all": 3.0})
    extra["i"], extra["p"] = (rng.normal(3.17, 0.7, 80) for _ in "ip")
    table = of(pd.concat([frame, extra])).table.set_index("item")
    assert table.loc["middling", "share"] < 0.9
    assert table.loc["speed", "share"] > 0.95


def test_derived_importance_finds_what_moves_satisfaction():
    frame = survey()
    for derived in ("relative weights", "correlation"):
        found = of(frame, overall="all", by="derived", derived=derived)
        assert found.table["item"].iloc[0] == "price"
        assert found.table["quadrant"].iloc[0] == "concentrate here"
    wide = frame.pivot(index="who", columns="item", values="p")
    overall = frame.groupby("who")["all"].first()
    weights = relative_weights(wide, overall).table.set_index("driver")["weight"]
    derived = of(frame, overall="all").table.set_index("item")["derived"]
    assert derived.to_dict() == pytest.approx(weights.to_dict())


def test_without_stated_importance_it_is_derived():
    found = importance_performance(survey(), "p", item="item", respondent="who", overall="all")
    assert found.by == "derived"
    assert found.table["importance"].isna().all()
    assert found.table["distance"].isna().all()
    with pytest.raises(DataError, match="cannot be derived"):
        importance_performance(survey(), "p", item="item", respondent="who")


def test_crosshairs():
    frame = survey()
    wide = frame.pivot(index="who", columns="item", values="i").mean()
    assert of(frame).importance_cut == pytest.approx(wide.mean())
    assert of(frame, crosshair="median").importance_cut == pytest.approx(wide.median())
    midpoint = of(frame, crosshair="midpoint")
    assert (midpoint.importance_cut, midpoint.performance_cut) == (3, 3)
    assert of(frame, crosshair="midpoint", scale=(0, 10)).importance_cut == 5


def test_grids_and_frames_agree():
    frame = survey()
    wide = [frame.pivot(index="who", columns="item", values=side) for side in "ip"]
    pd.testing.assert_frame_equal(importance_performance(*wide).table, of(frame).table)


def test_scales_that_differ_have_no_distance():
    frame = survey().assign(p=lambda rows: 2 * rows["p"])
    found = of(frame)
    assert found.table["distance"].isna().all()
    assert "scales of their own" in found.notes[0]
    assert found.table.set_index("item").loc["speed", "quadrant"] == "concentrate here"
    with pytest.raises(DataError, match="scales are mixed"):
        of(frame, crosshair="midpoint")


def test_bad_input_is_named():
    frame = survey()
    with pytest.raises(ParameterError, match="'mean', 'median', 'midpoint'"):
        of(frame, crosshair="mode")
    with pytest.raises(DataError, match="'much' in row 3"):
        of(frame.astype({"i": object}).replace({"i": {frame["i"][3]: "much"}}))
    with pytest.raises(DataError, match="no item has all"):
        of(frame.assign(p=np.nan))
    silent = frame.assign(p=frame["p"].where(frame["item"] != "gifts"))
    assert of(silent).notes == ("80 ratings lack a part and are left out.",
                                "Without any answer: gifts.")  # fmt: skip
    one = of(frame[frame["who"] == 0])
    assert one.table["share"].isna().all()


def test_mappings_and_labelled_series_name_their_items():
    importance, performance = {"a": 9, "b": 4, "c": 6}, {"c": 3, "a": 4, "b": 8}
    expected = importance_performance([9, 4, 6], [4, 8, 3], item=["a", "b", "c"]).table
    for one, other in (
        (importance, performance),
        (pd.Series(importance), pd.Series(performance)),
        (importance, pd.Series(performance)),
    ):
        pd.testing.assert_frame_equal(importance_performance(one, other).table, expected)
    named = importance_performance(importance=importance, performance=performance)
    pd.testing.assert_frame_equal(named.table, expected)


def test_columns_of_usual_names_are_taken():
    names = {"p": "performance", "i": "importance", "who": "respondent", "all": "overall"}
    found = importance_performance(survey().rename(columns=names)).table
    pd.testing.assert_frame_equal(found, of(survey(), overall="all").table)


def test_several_ratings_overall_are_said():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"respondent": np.repeat(range(20), 3), "item": list("abc") * 20})
    for name in ("importance", "performance", "overall"):
        frame[name] = rng.integers(1, 6, 60)
    assert any("several ratings overall" in note for note in importance_performance(frame).notes)
    one = frame.assign(overall=frame["respondent"] % 5)
    assert not any("overall" in note for note in importance_performance(one).notes)
