import pandas as pd

from segkit.charts import alive_history, tracking


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


def test_history_marks_the_days_of_purchase():
    rows = pd.DataFrame(
        {"day": ["2026-01-05", "2026-02-02"], "p": [1.0, 0.8], "bought": [True, False]}
    )
    line, marks = alive_history(rows, date="day", alive="p", bought="bought").data
    assert line.y == (1.0, 0.8)
    assert marks.x == ("2026-01-05",)
