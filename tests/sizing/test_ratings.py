"""Ratings out of measures, by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.sizing import relative_ratings

MEASURES = pd.DataFrame({"item": [*"ABC"], "win": [0.2, 0.3, 0.45], "days": [90, 60, 40]})


def rate(frame=MEASURES, **more):
    return relative_ratings(frame, item="item", **({"more": ["win"], "less": ["days"]} | more))


def test_one_step_is_one_point():
    assert rate()["win"].tolist() == pytest.approx([2, 3, 4])
    assert rate()["days"].tolist() == pytest.approx([2, 3, 4])
    assert rate(step=2.25)["win"].tolist() == pytest.approx([2.5, 3, 3.5])


def test_ratings_end_at_one_and_five():
    frame = MEASURES.assign(win=[0, 1, 1e6], days=[1e6, 1, 0])
    assert rate(frame)["win"].tolist() == [1, 3, 5]
    assert rate(frame)["days"].tolist() == [1, 3, 5]


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=9), st.floats(0.1, 10))
def test_units_do_not_matter(values, factor):
    frame = pd.DataFrame({"item": range(len(values)), "x": values})
    scaled = frame.assign(x=frame["x"] * factor)
    one, other = (rate(part, more=["x"], less=[])["x"] for part in (frame, scaled))
    assert one.tolist() == pytest.approx(other.tolist(), abs=1e-6)


def test_what_cannot_be_rated_is_named():
    with pytest.raises(DataError) as caught:
        rate(MEASURES.assign(win=[None, 0.3, 0.4], days=0))
    assert "win of A is not known" in str(caught.value)
    assert "days has a median of 0" in str(caught.value)
    with pytest.raises(DataError, match=r"win must be .* at least 0. Got -1.0 in row 2"):
        rate(MEASURES.assign(win=[0.2, 0.3, -1]))
    with pytest.raises(ParameterError, match="step"):
        rate(step=1)
    with pytest.raises(ParameterError, match="at least one column"):
        rate(more=[], less=[])
