import pandas as pd

from segkit.charts import alive_history, forecasts, level_map, ranking, tracking

HOSTILE = '<img src=x onerror="window.pwned=1">'


def test_bars_keep_rows_that_share_a_name_apart():
    rows = pd.DataFrame({"name": ["Acme", "Acme", HOSTILE], "loss": [9.0, 7.0, 3.0]})
    figure = ranking(rows, name="name", value="loss", axis="USD")
    assert len(set(figure.data[0].y)) == 3
    assert list(figure.layout.yaxis.ticktext)[:2] == ["Acme", "Acme"]
    assert "<img" not in figure.to_json()


def test_forecast_reaches_from_low_to_high_beside_what_was_seen():
    rows = pd.DataFrame({"group": [HOSTILE], "f": [9.0], "lo": [5.0], "hi": [14.0], "left": [8]})
    figure = forecasts(
        rows, name="group", forecast="f", low="lo", high="hi", seen="left", axis="leavers"
    )
    forecast, seen = figure.data
    assert (forecast.error_x.array, forecast.error_x.arrayminus) == ((5.0,), (4.0,))
    assert seen.x == (8.0,)
    assert "<img" not in figure.to_json()


def test_tracking_draws_periods_above_and_sums_below():
    rows = pd.DataFrame(
        {
            "week": [1.0, 2.0],
            "actual": [3, 4],
            "expected": [3.5, 3.6],
            "cumulated_actual": [3, 7],
            "cumulated_expected": [3.5, 7.1],
        }
    )
    figure = tracking(rows, x="week", x_axis="weeks", period="week", split=1.0)
    assert [line.y for line in figure.data] == [(3, 4), (3.5, 3.6), (3, 7), (3.5, 7.1)]
    assert [line.yaxis for line in figure.data] == ["y", "y", "y2", "y2"]
    assert {shape.x0 for shape in figure.layout.shapes} == {1.0}


LEVELS = pd.DataFrame({"purchases": [2, 3], "0": [90.0, 95.0], "8": [50.0, 4.0]})
AXES = {"name": "purchases", "columns": ["0", "8"], "x_axis": "", "y_axis": "", "axis": "USD"}


def test_map_of_levels_has_numbers_on_both_axes():
    (surface,) = level_map(LEVELS, **AXES, top=100.0).data
    assert surface.type == "heatmap"
    assert (surface.x, surface.y) == ((0.0, 8.0), (2.0, 3.0))
    assert surface.z[1][1] == 4.0


def test_lines_of_equal_value_stand_at_round_levels_within_the_surface():
    lines = level_map(LEVELS, **AXES).data
    assert {line.type for line in lines} == {"contour"}
    assert [line.contours.start for line in lines] == [0.5, 1, 2, 5, 10, 20, 50]
    flat = LEVELS.assign(**{"0": 0.0, "8": 0.0})
    assert level_map(flat, **AXES).data == ()


def test_history_marks_the_days_of_purchase():
    rows = pd.DataFrame(
        {"day": ["2026-01-05", "2026-02-02"], "p": [1.0, 0.8], "bought": [True, False]}
    )
    line, marks = alive_history(rows, date="day", alive="p", bought="bought").data
    assert line.y == (1.0, 0.8)
    assert marks.x == ("2026-01-05",)
