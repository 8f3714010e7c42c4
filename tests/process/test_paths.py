"""Stage paths: hand values, order of events, faults of logs, properties."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.process import absorbing_chain, stage_paths, time_in_stage, transition_matrix

ROWS = [
    ("a", "demo", "2026-01-01"),
    ("a", "offer", "2026-01-11"),
    ("a", "won", "2026-01-31"),
    ("b", "demo", "2026-01-05"),
    ("b", "offer", "2026-01-15"),
    ("b", "demo", "2026-01-20"),
    ("b", "offer", "2026-02-01"),
    ("b", "lost", "2026-02-04"),
    ("c", "demo", "2026-02-01"),
    ("d", "demo", "2026-01-02"),
    ("d", "offer", "2026-01-12"),
    ("d", "lost", "2026-01-22"),
]


def log(rows=ROWS):
    return pd.DataFrame(rows, columns=["case", "stage", "entered_at"])


def test_variants_by_hand():
    found = stage_paths(log())
    assert found.counts == {"events": 9, "cases": 4, "won": 1, "lost": 2, "open": 1}
    assert found.stages == ("demo", "offer")
    rows = found.variants.set_index("variant")
    straight = rows.loc[[("demo", "offer")]].iloc[0]
    assert (straight["cases"], straight["share"], straight["win_rate"]) == (2, 0.5, 0.5)
    assert straight["median_cycle"] == 25
    assert straight["low"] < 0.5 < straight["high"]
    assert rows["open"].loc[[("demo",)]].iloc[0] == 1
    assert np.isnan(rows["win_rate"].loc[[("demo",)]].iloc[0])
    assert any("1 of 4 cases are open" in note for note in found.notes)


def test_conversion_follows_the_cohort_and_leaves_open_cases_out():
    table = stage_paths(log()).conversion.set_index("stage")
    assert table.loc["demo", ["entered", "advanced", "lost", "open"]].tolist() == [4, 3, 0, 1]
    assert table.loc["demo", "conversion"] == 1.0
    assert table.loc["offer", ["entered", "advanced", "lost"]].tolist() == [3, 1, 2]
    assert table.loc["offer", "conversion"] == pytest.approx(1 / 3)


def test_loops_by_hand():
    found = stage_paths(log())
    row = found.loops.iloc[0]
    assert (row["source"], row["target"], row["returns"], row["share"]) == (
        "offer", "demo", 1, 0.25,
    )  # fmt: skip
    assert found.looping["share"] == 0.25
    assert found.looping["win_rate_with"] == 0
    assert found.looping["win_rate_without"] == 0.5


def test_rows_in_any_order_give_the_same():
    shuffled = log().sample(frac=1, random_state=1)
    found, straight = stage_paths(shuffled), stage_paths(log())
    assert found.variants.equals(straight.variants)
    assert any("out of order" in note for note in found.notes)
    assert not any("out of order" in note for note in straight.notes)


def test_equal_times_end_last_and_stand_in_the_order_of_stages_where_it_is_known():
    rows = [("a", "won", 5), ("a", "offer", 5), ("a", "demo", 5)]
    as_rows = stage_paths(log(rows))
    assert as_rows.variants["variant"][0] == ("offer", "demo")
    assert any("as their rows stand" in note for note in as_rows.notes)
    ordered = stage_paths(log(rows), stages=["demo", "offer"])
    assert ordered.variants["variant"][0] == ("demo", "offer")
    assert ordered.counts["won"] == 1
    assert any("in the order of the stages" in note for note in ordered.notes)


def test_faulty_events_are_set_aside_with_their_reason():
    rows = [*ROWS, (None, "demo", "2026-01-01"), ("e", " ", "2026-01-01"), ("e", "demo", "soon")]
    rows += [("a", "demo", "2026-01-01"), ("f", "won", "2026-01-01")]
    found = stage_paths(log(rows))
    assert found.counts == stage_paths(log()).counts
    said = " ".join(found.notes)
    for words in ("without a case", "without a stage", "without a time", "that repeat another"):
        assert f"1 events {words}" in said
    assert "2 cases without any stage" in said


def test_events_after_the_date_of_the_data_are_set_aside():
    found = stage_paths(log(), as_of="2026-01-30")
    assert found.counts["open"] == 2
    assert "later than the date of the data" in " ".join(found.notes)


def test_a_reopened_case_goes_on():
    rows = [("a", "demo", 1), ("a", "lost", 2), ("a", "offer", 3), ("a", "won", 4)]
    found = stage_paths(log(rows))
    assert found.variants["variant"][0] == ("demo", "offer")
    assert found.counts["won"] == 1
    assert any("those cases went on" in note for note in found.notes)


def test_outcomes_from_a_column_decide_cases_without_an_end():
    rows = log().assign(outcome=lambda t: t["case"].map({"c": "stuck", "a": "won", "b": "won"}))
    found = stage_paths(rows, outcome="outcome", lost=("lost", "stuck"))
    # The column knows nothing of d, whose events say "lost"; of b it says "won".
    assert [found.counts[state] for state in ("won", "lost", "open")] == [2, 2, 0]
    assert "the column is believed" in " ".join(found.notes)
    double = pd.DataFrame({"case": ["a", "a"], "stage": ["x", "y"], "o": ["won", "lost"]})
    with pytest.raises(DataError, match="o: 1 cases have more than one, such as 'a'"):
        stage_paths(double, entered_at=None, outcome="o")


def test_one_deal_and_no_closed_deal_are_answered():
    one = stage_paths([["demo"]])
    assert one.counts["open"] == 1
    assert any("No case has ended" in note for note in one.notes)
    assert np.isnan(one.conversion["conversion"][0])


def test_names_of_outcomes_are_the_callers():
    rows = log().replace({"won": "Signed", "lost": "Gone"})
    assert stage_paths(rows).counts["won"] == 0
    found = stage_paths(rows, won="signed", lost="GONE")
    assert found.counts == stage_paths(log()).counts
    usual = log().replace({"won": "Closed Won", "lost": "Lost"})
    assert stage_paths(usual).counts == stage_paths(log()).counts
    assert "Closed Won" in stage_paths(usual).cases["outcome"].tolist()
    assert absorbing_chain(transition_matrix(usual)).win["probability"] > 0


def test_paths_come_as_lists_arrays_or_by_case():
    paths = [["demo", "offer", "won"], ["demo", "offer", "lost"]]
    expected = stage_paths(paths).variants
    for form in (
        np.array(paths),
        pd.Series(paths),
        dict(zip("ab", paths, strict=True)),
        tuple(map(tuple, paths)),
    ):
        assert stage_paths(form).variants.equals(expected)
    assert stage_paths({"a": ["demo"], "b": ["demo"]}).cases["case"].tolist() == ["a", "b"]
    columns = log().to_dict("list")
    assert stage_paths(columns).variants.equals(stage_paths(log()).variants)
    with pytest.raises(DataError, match="hold no times"):
        time_in_stage(paths)


@pytest.mark.parametrize("kind", [pl.from_pandas, pa.Table.from_pandas])
def test_any_eager_frame_goes_in(kind):
    assert stage_paths(kind(log())).variants.equals(stage_paths(log()).variants)


def test_dates_come_as_texts_days_stamps_or_numbers():
    dates = pd.to_datetime(log()["entered_at"])
    kinds = [dates, dates.dt.date, dates.dt.tz_localize("UTC"), (dates - dates.min()).dt.days]
    for times in kinds:
        found = stage_paths(log().assign(entered_at=times))
        assert found.variants.equals(stage_paths(log()).variants)
    assert isinstance(kinds[1][0], dt.date)


def test_ids_of_numbers_and_texts_are_one():
    """A column from a spreadsheet: 7 and "7" are the same deal, and a blank is none."""
    rows = log(
        [(7, "demo", 1), ("7", "offer", 2), (7.0, "won", 3), ("x", "demo", 1), (" ", "a", 1)]
    )
    found = stage_paths(rows)
    assert found.cases["case"].tolist() == ["7", "x"]
    assert found.counts["won"] == 1
    assert "1 events without a case are set aside." in found.notes
    group = rows.assign(size=["big", "Big ", None, "small", None])
    assert set(time_in_stage(group, group="size").table["group"].dropna()) == {"big", "small"}


def test_times_since_a_start_are_days():
    since = pd.to_timedelta([0, 36, 48, 0, 24], unit="h")
    rows = log([(*row[:2], 0) for row in ROWS[:5]]).assign(entered_at=since)
    assert time_in_stage(rows).curves["time"].tolist() == [1.0, 1.5, 0.5]


@pytest.mark.parametrize("method", [stage_paths, transition_matrix, time_in_stage])
def test_the_date_of_the_data_is_of_the_kind_of_the_times(method):
    days = log().assign(entered_at=range(len(ROWS)))
    with pytest.raises(ParameterError, match=r"'as_of' .* must be a date\. Got 5"):
        method(log(), as_of=5)
    with pytest.raises(ParameterError, match=r"'as_of' .* must be a number"):
        method(days, as_of="2026-01-01")


def test_a_column_of_another_kind_is_no_column_of_stages():
    rows = log([("a", f"note {number}", number) for number in range(1001)])
    with pytest.raises(DataError, match=r"1,001 different names .* Is this the column of stages"):
        transition_matrix(rows)
    with pytest.raises(DataError, match="there are several columns 'stage'"):
        stage_paths(pd.concat([log(), log()[["stage"]]], axis=1))


def test_refusals_name_what_is_wrong():
    with pytest.raises(DataError, match=r"no column 'stage'.*Did you mean 'stages'"):
        stage_paths(log().rename(columns={"stage": "stages"}))
    with pytest.raises(DataError, match=r"stage 'offer' is not among `stages`. Did you mean"):
        stage_paths(log(), stages=["demo", "offers"])
    with pytest.raises(DataError, match=r"No event can be used.*\n.*\n  row 0: case 'a'"):
        stage_paths(log().assign(entered_at="soon"))
    with pytest.raises(DataError, match=r"No stage is left besides the outcomes 'won'"):
        stage_paths([["won"]])
    with pytest.raises(DataError, match="list of lists"):
        stage_paths(["demo", "won"])
    with pytest.raises(ParameterError, match="apart from 'lost'"):
        stage_paths(log(), lost=("won",))
    with pytest.raises(ParameterError, match="confidence"):
        stage_paths(log(), confidence=90)


@settings(max_examples=20)
@given(
    st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=6), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_paths_do_not_depend_on_the_order_of_cases(paths, random):
    found = stage_paths(paths)
    assert found.variants["cases"].sum() == len(paths)
    assert set(found.variants["variant"]) == {tuple(path) for path in paths}
    assert found.counts["events"] == sum(map(len, paths))
    steps = transition_matrix(paths)
    assert steps.counts.to_numpy().sum() == sum(len(path) - 1 for path in paths)
    mixed = list(paths)
    random.shuffle(mixed)
    again = transition_matrix(mixed)
    names = list(steps.stages)
    assert again.counts.loc[names, names].equals(steps.counts)


def test_results_write_themselves_as_json():
    for method in (stage_paths, transition_matrix, time_in_stage):
        assert '"demo"' in method(log()).to_json()


def test_an_outcome_by_another_name_keeps_its_day():
    rows = log().assign(outcome=lambda t: t["case"].map({"d": "refused", "a": "won"}))
    found = stage_paths(rows, outcome="outcome", lost=("lost", "refused"))
    row = found.cases.set_index("case").loc["d"]
    assert (row["outcome"], row["cycle"]) == ("refused", 20)
    assert "the column is believed" not in " ".join(found.notes)


def test_an_open_outcome_reopens_whatever_words_count_as_lost():
    rows = log([("a", "demo", 1), ("a", "lost", 2)]).assign(outcome="open")
    found = stage_paths(rows, outcome="outcome", lost=("lost", "refused", "stuck", "dropped"))
    assert found.counts["open"] == 1
