"""Times until a start, against published examples."""

import numpy as np
import pytest
from scipy.integrate import quad

from segkit.errors import DataError, ParameterError
from segkit.process import time_to_event
from segkit.scoring import time_to_start

# Weeks in remission, 6-MP against placebo (Freireich et al. 1963, Blood 21).
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSED = [True] * 9 + [False] * 12
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
# Weeks until relapse, with and without maintenance (Miller 1981; survival::aml of R).
MAINTAINED = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
NOT_MAINTAINED = ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, *[1] * 6])


def test_remission_of_freireich():
    """Medians 23 and 8 weeks, log-rank chi-square 16.79 (Kleinbaum & Klein 2012, table 2)."""
    found = time_to_start(
        TREATED + PLACEBO, ["6-MP"] * 21 + ["placebo"] * 21, RELAPSED + [True] * 21
    )
    assert found.groups["median"].tolist() == [23, 8]
    assert found.statistic == pytest.approx(16.79, abs=0.005)
    assert found.difference < found.high < 0


def test_leukaemia_of_miller():
    """As R's survdiff(Surv(time, status) ~ x, aml) and print(survfit(...), rmean = "common")."""
    found = time_to_start(
        MAINTAINED[0] + NOT_MAINTAINED[0],
        ["maintained"] * 11 + ["not"] * 12,
        np.array(MAINTAINED[1] + NOT_MAINTAINED[1]) == 1,
    )
    assert found.statistic == pytest.approx(3.4, abs=0.005)
    assert found.p_value == pytest.approx(0.0653, abs=0.00005)
    assert found.groups["median"].tolist() == [31, 23]
    assert found.horizon == 161
    assert found.groups["mean"].tolist() == pytest.approx([52.65, 22.71], abs=0.005)
    assert found.groups["error"].tolist() == pytest.approx([19.83, 4.18], abs=0.005)


def test_without_censoring_the_restricted_mean_is_the_mean():
    rng = np.random.default_rng(0)
    one, two = rng.exponential(3, 50), rng.exponential(5, 60)
    found = time_to_start([*one, *two], [0] * 50 + [1] * 60)
    assert found.groups["mean"].tolist() == pytest.approx([one.mean(), two.mean()])
    assert found.groups["error"][0] == pytest.approx(one.std() / np.sqrt(50))


def test_restricted_means_of_exponential_times():
    """Of exponential times with censoring, the area under exp(-t / mean) up to the horizon."""
    rng = np.random.default_rng(1)
    time, ends = rng.exponential(np.repeat([4.0, 9.0], 4000)), rng.uniform(5, 20, 8000)
    found = time_to_start(
        np.minimum(time, ends), np.repeat(["a", "b"], 4000), time <= ends, horizon=10
    )
    for row, mean in zip(found.groups.itertuples(), (4.0, 9.0), strict=True):
        area = quad(lambda t, mean=mean: np.exp(-t / mean), 0, 10)[0]
        assert abs(row.mean - area) < 3 * row.error


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (([1, 2, 3], ["a"] * 3), DataError, "Two groups"),
        (([1, 2, -3, 4], list("aabb")), DataError, "negative"),
        (([1, 2, 3, 4], list("aab")), DataError, "as many"),
        (([1, 2, 3, 4], list("aabb"), [False] * 4), DataError, "Nobody has started"),
    ],
)
def test_bad_input_is_refused_in_words(call, error, said):
    with pytest.raises(error, match=said):
        time_to_start(*call)


def test_missing_times_are_left_out_and_horizons_checked():
    found = time_to_start([1, 2, None, 3, 4], ["a", "a", "a", "b", "b"])
    assert found.groups["n"].tolist() == [2, 2]
    with pytest.raises(ParameterError, match="at most 4"):
        time_to_start([1, 2, 3, 4], list("aabb"), horizon=9)


def test_medians_are_bounded_as_in_time_to_event():
    times, kinds = [1, *range(11, 21)], [0, *[1] * 10]
    own = time_to_start(times * 2, ["a"] * len(times) + ["b"] * len(times), kinds * 2)
    same = time_to_event(times, kinds)
    ends = ["low", "high"]
    found = same.table.iloc[0][ends]
    assert own.groups[ends].iloc[0].tolist() == pytest.approx(found.tolist())


def test_marks_of_a_start_in_words_are_refused():
    with pytest.raises(DataError, match=r"started must be true or false.*'yes'"):
        time_to_start([1, 2, 3, 4], ["a", "a", "b", "b"], ["yes", "no", "yes", "yes"])
    with pytest.raises(DataError, match=r"fewer|started yet"):
        time_to_start([1, 2, 3, 4], ["a", "a", "b", "b"], [None, False, None, 0])
