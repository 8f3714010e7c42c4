"""Figures of a market: numbers drawn, hostile names, levels without a number."""

import pandas as pd
import pytest

from segkit.charts import adoption_curve, funnel_levels, part_bars, waterfall

HOSTILE = "<img src=x onerror=alert(1)>"


def _levels(unit="accounts"):
    rows = [("TAM", unit, 1000.0, 900.0, 1100.0), ("SAM", unit, 100.0, 80.0, 130.0)]
    return pd.DataFrame(rows, columns=["level", "unit", "mean", "p5", "p95"])


def _funnel(table):
    return funnel_levels(table, level="level", unit="unit", estimate="mean", low="p5", high="p95")


def test_each_unit_has_a_panel_and_each_level_its_interval():
    figure = _funnel(pd.concat([_levels(), _levels("revenue")]))
    assert len(figure.data) == 2
    accounts = figure.data[0]
    assert list(accounts.x) == [1000, 100]
    assert list(accounts.error_x.array) == [100, 30]
    assert list(accounts.error_x.arrayminus) == [100, 20]
    assert figure.layout.xaxis.type == figure.layout.xaxis2.type == "log"


def test_a_level_of_nothing_has_no_place_on_a_logarithmic_axis():
    table = _levels().assign(mean=[1000.0, 0.0], p5=[900.0, 0.0], p95=[1100.0, 0.0])
    assert list(_funnel(table).data[0].y) == ["TAM"]
    assert len(_funnel(table.assign(mean=0.0)).data) == 0


def test_the_band_runs_up_one_side_and_back_the_other():
    rows = pd.DataFrame(
        {"t": [1, 2], "seen": [3.0, None], "fit": [3.0, 5.0], "low": [2.0, 4.0], "high": [4.0, 7.0]}
    )
    figure = adoption_curve(
        rows, x="t", seen="seen", fitted="fit", low="low", high="high", potential=[9.0, 20.0],
        x_axis="year", y_axis="customers",
    )  # fmt: skip
    band, _, seen = figure.data
    assert list(band.x) == [1, 2, 2, 1]
    assert list(band.y) == [4, 7, 4, 2]
    assert list(seen.y) == [3, None]
    assert [shape.y0 for shape in figure.layout.shapes] == [9, 20]


def test_a_bridge_draws_totals_and_steps():
    rows = pd.DataFrame(
        {"line": ["start", "new", "none", "churn", "end"], "amount": [10.0, 3.0, 0.0, -2.0, 11.0]}
    )
    (bars,) = waterfall(rows, name="line", value="amount", totals=["start", "end"], axis="USD").data
    assert bars.measure == ("absolute", "relative", "relative", "relative", "absolute")
    assert list(bars.x) == [10, 3, 0, -2, 11]
    assert bars.texttemplate[2] == "0"


def test_a_part_lies_within_its_whole():
    rows = pd.DataFrame({"sector": ["a", "b"], "n": [9, 4], "large": [3, 4]})
    whole, part = part_bars(rows, name="sector", whole="n", part="large", axis="accounts").data
    assert (list(whole.x), list(part.x)) == ([9, 4], [3, 4])
    assert part.width < whole.width


@pytest.mark.parametrize(
    "draw",
    [
        lambda: _funnel(_levels().assign(level=HOSTILE)),
        lambda: _funnel(_levels(HOSTILE)),
        lambda: waterfall(
            pd.DataFrame({"line": [HOSTILE], "amount": [1.0]}),
            name="line", value="amount", totals=[HOSTILE], axis="USD",
        ),
        lambda: part_bars(
            pd.DataFrame({"s": [HOSTILE], "n": [2], "p": [1]}),
            name="s", whole="n", part="p", axis="n",
        ),
    ],
)  # fmt: skip
def test_hostile_names_stay_text(draw):
    assert "<img" not in draw().to_json().replace("\\u003c", "<")
