import pandas as pd
import pytest

from segkit.charts import PALETTE, bars, forecasts, intervals, rank_gaps, stacked_shares, tornado

HOSTILE = '<img src=x onerror="window.pwned=1">'
ROWS = pd.DataFrame(
    {
        "name": [HOSTILE, "b"],
        "group": [HOSTILE, "b"],
        "x": [2.0, 5.0],
        "low": [1.0, 4.5],
        "high": [4.0, 7.0],
    }
)
ENDS = {"estimate": "x", "low": "low", "high": "high", "axis": "x"}
DRAWN = {
    "intervals": lambda rows: intervals(rows, name="name", group="group", **ENDS),
    "level": lambda rows: intervals(rows, name="name", level=(3.0, HOSTILE), **ENDS),
    "bars": lambda rows: bars(rows, name="name", value="x", group="group", axis="x"),
    "tornado": lambda rows: tornado(
        rows, name="name", low="low", high="high", base=1.0, axis="x"
    ),
    "forecasts": lambda rows: forecasts(
        rows, name="name", forecast="x", low="low", high="high", seen="x", axis="x"
    ),
}  # fmt: skip


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_foreign_text_is_shown_not_read(draw):
    figure = draw(ROWS)
    assert "<img" not in figure.to_json()
    # Long names are folded, so that a telephone has room for what is drawn.
    assert figure.layout.yaxis.ticktext[0].count("<br>") == 1


def test_intervals_reach_from_low_to_high():
    dots = intervals(ROWS, name="name", **ENDS).data[0]
    assert dots.y == (0.0, 1.0)
    assert dots.error_x.array == (2.0, 2.0)
    assert dots.error_x.arrayminus == (1.0, 0.5)


def test_dots_of_one_name_lie_beneath_each_other():
    rows = ROWS.assign(name="same")
    first, second = intervals(rows, name="name", group="group", **ENDS).data
    assert first.y[0] < 0 < second.y[0]
    assert first.y[0] == -second.y[0]
    assert first.marker.symbol != second.marker.symbol


def test_level_of_a_logarithmic_axis_is_labelled_at_its_place():
    figure = intervals(ROWS, name="name", level=(100.0, "pooled"), log=True, **ENDS)
    assert figure.layout.annotations[-1].x == 2.0


def test_bars_keep_rows_that_share_a_name_apart():
    rows = pd.DataFrame({"name": ["Acme", "Acme", "b"], "loss": [9.0, 7.0, 3.0]})
    figure = bars(rows, name="name", value="loss", axis="USD")
    assert len(set(figure.data[0].y)) == 3
    assert list(figure.layout.yaxis.ticktext)[:2] == ["Acme", "Acme"]


def test_bars_of_nothing_draw():
    rows = pd.DataFrame({"name": ["a"], "x": [0.0]})
    assert bars(rows, name="name", value="x", axis="x").data[0].x == (0.0,)


def test_a_group_keeps_its_colour():
    order = ["a", HOSTILE, "b"]
    drawn = bars(ROWS.iloc[1:], name="name", value="x", group="group", axis="x", order=order)
    assert drawn.data[0].marker.color == PALETTE[2]


def test_tornado_bars_start_at_the_base():
    rows = pd.DataFrame({"input": ["price"], "low": [8.0], "high": [11.0]})
    figure = tornado(rows, name="input", low="low", high="high", base=9.0, axis="USD")
    assert [bar.base for bar in figure.data] == [9.0, 9.0]
    assert [bar.x[0] for bar in figure.data] == [-1.0, 2.0]


def test_forecast_reaches_from_low_to_high_beside_what_was_seen():
    rows = pd.DataFrame({"group": ["a"], "f": [9.0], "lo": [5.0], "hi": [14.0], "left": [8]})
    figure = forecasts(
        rows, name="group", forecast="f", low="lo", high="hi", seen="left", axis="leavers"
    )
    forecast, seen = figure.data
    assert (forecast.error_x.array, forecast.error_x.arrayminus) == ((5.0,), (4.0,))
    assert seen.x == (8.0,)
    assert seen.y == forecast.y


def test_small_shares_carry_no_number():
    rows = pd.DataFrame({"vendor": ["A"], "direct": [0.95], "online": [0.05], "tender": [None]})
    figure = stacked_shares(rows, name="vendor", parts=["direct", "online", "tender"], axis="x")
    assert [bar.text[0] for bar in figure.data] == ["95", "", ""]
    assert sum(bar.x[0] for bar in figure.data) == pytest.approx(1)


def test_tiers_have_colours_and_rows_keep_their_order():
    rows = ROWS.assign(tier=["high", "low"])
    figure = intervals(
        pd.concat([rows, rows.head(1).assign(name="c")]), name="name", group="tier", **ENDS
    )
    assert [(dots.name, dots.y) for dots in figure.data] == [("high", (0, 2)), ("low", (1,))]
    assert [dots.marker.color for dots in figure.data] == [PALETTE[0], PALETTE[1]]


def test_rows_that_share_a_name_keep_apart():
    assert intervals(ROWS.assign(name="same"), name="name", **ENDS).data[0].y == (0, 1)


def test_gaps_join_the_two_ranks_of_each_row():
    rows = pd.DataFrame({"account": [HOSTILE, "b"], "panel": [1.0, 2.5], "revenue": [2.0, 2.5]})
    figure = rank_gaps(rows, name="account", ranks=("panel", "revenue"), axis="rank")
    assert figure.data[0].x == (1.0, 2.0, None, 2.5, 2.5, None)
    assert figure.data[1].x == (1.0, 2.5)
    assert "<img" not in figure.to_json()
