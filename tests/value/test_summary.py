"""Customer summaries: published counts, a slow reference, and what is refused."""

from __future__ import annotations

import itertools
import math
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.engine import DuckDB
from segkit.errors import DataError, ParameterError
from segkit.value.doctor import diagnose
from segkit.value.policy import AS_RECORDED, Policy
from segkit.value.summary import customer_summary

ENGINE = DuckDB()
WEEKS_1_TO_39 = {"as_of": "1997-09-30", "unit": "week", "policy": AS_RECORDED}


def read_published(published: zipfile.Path, name: str) -> pd.DataFrame:
    with (published / name).open() as file:
        return pd.read_csv(file)


def test_cdnow_sample_of_fader_hardie_lee_2005(
    cdnow_events: pd.DataFrame, published: zipfile.Path
) -> None:
    """The 2,357 customers of the paper's weeks 1-39, each as published to two digits."""
    summary = customer_summary(cdnow_events, **WEEKS_1_TO_39)
    assert len(summary) == 2357
    assert (summary["frequency"] == 0).sum() == 1411
    assert summary["frequency"].sum() == 2457
    expected = read_published(published, "cdnow_customers_summary.csv")
    assert summary.index.tolist() == expected["ID"].tolist()
    assert (summary["frequency"].to_numpy() == expected["frequency"].to_numpy()).all()
    for column in ("recency", "T"):
        apart = summary[column].to_numpy() - expected[column].to_numpy()
        assert abs(apart).max() <= 0.005 + 1e-12


def test_cdnow_money_of_hardie_note_025(
    cdnow_events: pd.DataFrame, published: zipfile.Path
) -> None:
    """Mean spend of repeat purchases, published in whole cents."""
    summary = customer_summary(cdnow_events, **WEEKS_1_TO_39)
    expected = read_published(published, "cdnow_customers_summary_with_transactions.csv")
    apart = (summary["monetary_value"].to_numpy() - expected["zbar"].to_numpy()).round(9)
    assert abs(apart).max() <= 0.01


def test_cdnow_of_rfm_and_clv_2005(cdnow_master: pd.DataFrame) -> None:
    """Fader, Hardie and Lee (2005b): without ten resellers, 12,054 of 23,560 buy once."""
    summary = customer_summary(cdnow_master, unit="week", policy=AS_RECORDED)
    assert len(summary) == 23_570
    resellers = replace(AS_RECORDED, extreme_spenders="set aside", extreme_spend=4000)
    summary = customer_summary(cdnow_master, unit="week", policy=resellers)
    assert len(summary) == 23_560
    assert (summary["frequency"] == 0).sum() == 12_054
    assert summary.attrs["as_of"] == "1998-06-30"


# A reference in plain Python, row by row.

DATES = {
    "2024-01-01": date(2024, 1, 1),
    "20240101": date(2024, 1, 1),
    "2024-02-29T23:59:59+02:00": date(2024, 2, 29),
    "2024-02-29": date(2024, 2, 29),
    "2024-03-10 00:30": date(2024, 3, 10),
    "2000-02-29": date(2000, 2, 29),
    "20240630": date(2024, 6, 30),
    "2024-12-31": date(2024, 12, 31),
    "2023-02-29": None,
    "1900-02-29": None,
    "2024-04-31": None,
    "31.12.2024": None,
    "01/02/2024": None,
    "9999-12-31": None,
    "": None,
    None: None,
}
AMOUNTS = [10.0, 10.0, 0.1, 2.675, 0.125, -0.125, 0.004, -0.004, 0.0, -0.0, -10.0, -3.5]
AMOUNTS += [1e12, 1e13, math.inf, math.nan]
CUSTOMERS = ["ann", "Ann", "0001", "1", "é", None, "", " "]
ROW = st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from(list(DATES)), st.sampled_from(AMOUNTS))
POLICY = st.builds(
    Policy,
    duplicates=st.sampled_from(["set aside", "keep"]),
    zero_amounts=st.sampled_from(["set aside", "keep"]),
    refunds=st.sampled_from(["net", "set aside"]),
)


@dataclass
class Day:
    cents: int = 0
    lines: int = 0
    only_zeros: bool = True


@dataclass
class Reference:
    """Customers and rows used, by the definitions and nothing else."""

    rows: list[tuple[Any, Any, float]]
    as_of: date
    last: date
    policy: Policy
    days: dict[str, dict[date, Day]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        seen = set()
        for customer, text, amount in self.rows:
            day = DATES[text]
            if not (customer or "").strip() or day is None or day > self.last:
                continue
            if not abs(amount) < 1e13:
                continue
            cents = math.floor(abs(amount) * 100 + 0.5) * (1 if amount > 0 else -1)
            again = (customer, text, cents) in seen
            seen.add((customer, text, cents))
            if (again and self.policy.duplicates == "set aside") or (
                cents < 0 and self.policy.refunds == "set aside"
            ):
                continue
            entry = self.days[customer].setdefault(day, Day())
            entry.cents += cents
            entry.lines += 1
            entry.only_zeros &= cents == 0

    def buys(self, day: Day) -> bool:
        return day.cents > 0 or (day.only_zeros and self.policy.zero_amounts == "keep")

    def customers(self) -> dict[str, tuple[Any, ...]]:
        return dict(self._customers())

    def _customers(self) -> Any:
        for customer in sorted(self.days):
            bought = {d: e for d, e in sorted(self.days[customer].items()) if self.buys(e)}
            now = [day for day in bought if day <= self.as_of]
            later = [day for day in bought if day > self.as_of]
            if not now:
                continue
            repeat = sum(bought[day].cents for day in now[1:])
            after = sum(bought[day].cents for day in later)
            yield (
                customer,
                (
                    len(now) - 1,
                    (now[-1] - now[0]).days / 7,
                    (self.as_of - now[0]).days / 7,
                    repeat / 100 / (len(now) - 1) if len(now) > 1 else 0.0,
                    len(later),
                    (self.last - self.as_of).days / 7,
                    after / 100 / len(later) if later else 0.0,
                ),
            )

    def rows_used(self) -> int:
        kept = self.customers()
        days = itertools.chain.from_iterable(self.days[name].values() for name in kept)
        return sum(day.lines for day in days if self.buys(day))


# A few seconds, for the one definition that everything else rests on.
@settings(max_examples=30, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=30), POLICY)
def test_against_a_slow_reference(rows: list[tuple[Any, Any, float]], policy: Policy) -> None:
    reference = Reference(rows, date(2024, 3, 31), date(2024, 6, 30), policy)
    events = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    events = events.astype({"customer": "str", "date": "str", "amount": "float64"})
    arguments = {"as_of": reference.as_of, "holdout": reference.last, "policy": policy}
    arguments |= {"engine": ENGINE}
    if not reference.customers():
        with pytest.raises(DataError, match="No customer has a purchase until 2024-03-31"):
            customer_summary(events, **arguments)
        return
    summary = customer_summary(events, unit="week", **arguments)
    found = dict(zip(summary.index, summary.itertuples(index=False, name=None), strict=True))
    assert found == reference.customers()
    assert list(summary.index) == sorted(found)
    findings = diagnose(events, **arguments)
    assert findings.rows_read == len(rows)
    assert findings.rows_used == reference.rows_used()
    assert findings.rows_read == findings.rows_used + findings.rows_set_aside


def events(**columns: Any) -> pd.DataFrame:
    frame = {
        "customer": ["b", "a", "a", "a"],
        "date": ["2024-01-01", "2024-01-01", "2024-01-11", "2024-01-31"],
        "amount": [1, 10, 20, 40],
    }
    return pd.DataFrame(frame | columns)


@pytest.mark.parametrize(
    ("unit", "days"), [("day", 1), ("week", 7), ("month", 30.4375), ("year", 365.25)]
)
def test_ages_are_exact_days_in_the_unit(unit: str, days: float) -> None:
    summary = customer_summary(events(), as_of="2024-02-10", unit=unit)
    assert summary["recency"].tolist() == [30 / days, 0.0]
    assert summary["T"].tolist() == [40 / days, 40 / days]
    assert summary.attrs["unit"] == unit
    assert list(summary.columns) == ["frequency", "recency", "T", "monetary_value"]


def test_the_last_day_in_the_data_ends_the_observation() -> None:
    refund = pd.DataFrame({"customer": ["b"], "date": ["2024-02-05"], "amount": [-1]})
    summary = customer_summary(pd.concat([events(), refund]))
    assert summary.attrs["as_of"] == "2024-02-05"
    assert summary["T"].tolist() == [35.0, 35.0]


def test_a_holdout_adds_columns_and_changes_no_other() -> None:
    plain = customer_summary(events(), as_of="2024-01-15")
    split = customer_summary(events(), as_of="2024-01-15", holdout="2024-02-04")
    pd.testing.assert_frame_equal(split[plain.columns], plain)
    assert split["frequency_holdout"].tolist() == [1, 0]
    assert split["duration_holdout"].tolist() == [20.0, 20.0]
    assert split["monetary_value_holdout"].tolist() == [40.0, 0.0]


def test_a_customer_of_the_holdout_alone_is_set_aside_and_shown() -> None:
    late = events(date=["2024-01-20", "2024-01-01", "2024-01-11", "2024-01-31"])
    summary = customer_summary(late, as_of="2024-01-15", holdout="2024-02-04")
    assert list(summary.index) == ["a"]
    findings = pd.DataFrame(summary.attrs["findings"]).set_index("finding")
    assert findings.loc["first seen in the hold-out", "set_aside"] == 1


def test_events_without_amounts() -> None:
    summary = customer_summary(events().drop(columns="amount"), amount=None)
    assert list(summary.columns) == ["frequency", "recency", "T"]
    assert summary["frequency"].tolist() == [2, 0]


def test_the_index_has_the_name_of_the_column() -> None:
    named = events().rename(columns={"customer": "account_id"})
    assert customer_summary(named, "account_id").index.name == "account_id"


def test_a_file_given_twice_changes_nothing() -> None:
    once, twice = events(), pd.concat([events(), events()])
    pd.testing.assert_frame_equal(customer_summary(once), customer_summary(twice))


def test_a_refund_of_the_same_day_undoes_the_purchase() -> None:
    refund = pd.DataFrame({"customer": ["a"], "date": ["2024-01-11"], "amount": [-20]})
    summary = customer_summary(pd.concat([events(), refund]))
    assert summary.loc["a"].tolist() == [1, 30.0, 30.0, 40.0]


def test_whole_numbers_stay_whole_numbers_though_one_is_missing() -> None:
    ids = customer_summary(events(customer=[2.0, 10.0, 10.0, None]), as_of="2024-02-01").index
    assert ids.tolist() == [2, 10]
    assert ids.dtype == "int64"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (np.array([2**63 + 1, 5, 5, 5], dtype="uint64"), ["5", "9223372036854775809"]),
        ([Decimal(8 * 10**17 + 1), Decimal(5), Decimal(5), Decimal(5)], [5, 8 * 10**17 + 1]),
        ([2.0**53 + 2, 2.5, 5.0, 5.0], [5]),
        ([True, False, False, False], ["false", "true"]),
    ],
)
def test_ids_are_exact_or_set_aside(ids: Any, expected: list[Any]) -> None:
    assert customer_summary(events(customer=ids)).index.tolist() == expected


def test_ids_that_floats_do_not_tell_apart_stay_apart() -> None:
    ids = [2**60, 2**60, 2**60 + 1, 2**60 + 1, 2**60 + 2]
    days = [*["2024-01-01", "2024-06-01"] * 2, "2024-01-09"]
    bought = events(customer=ids, date=days, amount=5)
    found = customer_summary(bought, as_of="2024-02-01", holdout="2024-07-01")
    assert found.index.tolist() == sorted(set(ids))
    assert found["frequency_holdout"].tolist() == [1, 1, 0]


@pytest.mark.parametrize("kind", [float, lambda amount: Decimal(str(amount))])
def test_a_refund_of_half_a_cent_is_as_large_as_its_purchase(kind: Any) -> None:
    amounts = [kind(10), kind(0.125), kind(-0.125), kind(5.125)]
    days = ["2024-01-01", "2024-01-11", "2024-01-11", "2024-01-31"]
    summary = customer_summary(events(customer="a", date=days, amount=amounts))
    assert summary.loc["a"].tolist() == [1, 30.0, 30.0, 5.13]


def test_an_amount_that_rounds_to_too_much_is_set_aside() -> None:
    most = events(amount=[Decimal("9999999999999999.999"), Decimal(1), Decimal(2), Decimal(3)])
    assert customer_summary(most).index.tolist() == ["a"]


@pytest.mark.parametrize(
    ("usual", "odd", "ids"),
    [(7, "007", ["007", "7"]), (7, "A1", ["7", "A1"]), (7, 7.5, [7]), (None, "A1", ["A1"])],
)
def test_one_odd_id_among_many_objects_is_read_as_it_is(usual: Any, odd: Any, ids: Any) -> None:
    column = [usual] * 4000
    column[3210] = odd
    frame = pd.DataFrame({"customer": pd.Series(column, dtype=object), "date": "2024-01-01"})
    for rows in (frame, frame[::-1]):
        assert customer_summary(rows, amount=None).index.tolist() == ids


@pytest.mark.parametrize(
    ("usual", "odd"), [(1, 1.75), (Decimal("1.5"), Decimal("123456789.25")), (1, Decimal("1.75"))]
)
def test_one_odd_amount_among_many_objects_keeps_its_cents(usual: Any, odd: Any) -> None:
    amounts = [usual] * 4000
    amounts[3210] = odd
    days = pd.date_range("2000-01-01", periods=4000)
    frame = pd.DataFrame({"customer": 1, "date": days, "amount": pd.Series(amounts, dtype=object)})
    expected = (float(usual) * 3998 + float(odd)) / 3999
    assert customer_summary(frame)["monetary_value"].tolist() == [expected]


def test_days_as_numbers_stay_days_though_one_is_missing() -> None:
    numbered = events(date=[20240101.0, 20240101.0, None, 20240131.0])
    summary = customer_summary(numbered)
    assert summary["recency"].tolist() == [30.0, 0.0]


def test_ids_of_a_csv_file_stay_as_written(tmp_path: Path) -> None:
    for ids in (["1e5", "100000"], ["1.10", "1.1"], ["TRUE", "true"], ["12:30", "12:30:00"]):
        lines = ["customer,date,amount", *(f"{name},2024-01-01,1" for name in ids)]
        (tmp_path / "events.csv").write_text("\n".join(lines))
        assert customer_summary(tmp_path / "events.csv").index.tolist() == sorted(ids)
    lines += ["8,2024-01-01,1"] * 30_000 + ["A1,2024-01-01,1"]
    (tmp_path / "events.csv").write_text("\n".join([lines[0], *lines[3:]]))
    assert customer_summary(tmp_path / "events.csv").index.tolist() == ["8", "A1"]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_of_other_columns_are_read_by_name(suffix: str, tmp_path: Path) -> None:
    """The order of the files tells nothing, and what tells rows apart need not be in the first."""
    orders = events(customer=["b", "a", "a", "a"], date="2024-01-01", amount=10)
    tables = [orders.iloc[:1], orders.iloc[1:, ::-1].assign(order=[1, 2, 2])]
    for names in (("1", "2"), ("2", "1")):
        for name, table in zip(names, tables, strict=True):
            file = tmp_path / f"{name}.{suffix}"
            table.to_csv(file, index=False) if suffix == "csv" else table.to_parquet(file)
        findings = diagnose(str(tmp_path / f"*.{suffix}"))
        assert (findings.rows_used, findings.rows_set_aside) == (3, 1)


def test_leading_zeros_of_a_csv_file_stay(tmp_path: Path) -> None:
    for name, ids in {"padded": ["007", "7", "7", "7"], "plain": ["8", "7", "7", "7"]}.items():
        events(customer=ids).to_csv(tmp_path / f"{name}.csv", index=False)
    assert customer_summary(tmp_path / "padded.csv").index.tolist() == ["007", "7"]
    assert customer_summary(tmp_path / "plain.csv").index.tolist() == [7, 8]


def test_dates_that_could_be_two_days_are_not_guessed(tmp_path: Path) -> None:
    ambiguous = events(date=["01/02/2024", "03/04/2024", "05/06/2024", "07/08/2024"])
    ambiguous.to_csv(tmp_path / "events.csv", index=False)
    for source in (ambiguous, tmp_path / "events.csv"):
        with pytest.raises(DataError, match=r"unreadable: 4\. Dates in text are read as 2024-01"):
            customer_summary(source)


def test_an_instant_is_a_day_of_the_named_zone() -> None:
    instants = pd.to_datetime(["2024-01-01 23:30", "2024-01-02 00:30"], utc=True)
    frame = pd.DataFrame({"customer": 1, "date": instants, "amount": 5.0})
    assert customer_summary(frame)["frequency"].tolist() == [1]
    berlin = DuckDB(time_zone="Europe/Berlin")
    assert customer_summary(frame, engine=berlin)["frequency"].tolist() == [0]
    local = frame.assign(date=instants.tz_convert("Asia/Tokyo"))
    pd.testing.assert_frame_equal(customer_summary(local), customer_summary(frame))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"unit": "weeks"}, "'unit' parameter of customer_summary must be one of 'day', 'week'"),
        ({"as_of": "soon"}, "'as_of' parameter .* a day such as '2024-12-31'. Got 'soon'"),
        ({"as_of": 20240131}, "'as_of' parameter"),
        ({"as_of": np.int64(20240131)}, "'as_of' parameter"),
        ({"as_of": "01/02/2024"}, "'as_of' parameter"),
        ({"as_of": "2024-02"}, "'as_of' parameter"),
        ({"as_of": "today"}, "'as_of' parameter"),
        ({"as_of": pd.NaT}, "'as_of' parameter"),
        ({"as_of": "1850-01-01"}, "'as_of' parameter"),
        ({"holdout": "2024-02-01"}, "'as_of' parameter .* given with a holdout"),
        ({"as_of": "2024-02-01", "holdout": "2024-02-01"}, "must be a day after 2024-02-01"),
    ],
)
def test_arguments_out_of_bounds(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        customer_summary(events(), **arguments)


def test_all_faults_of_the_columns_at_once() -> None:
    with pytest.raises(DataError) as caught:
        customer_summary(events().rename(columns={"customer": "custmer", "date": "when"}))
    assert str(caught.value) == (
        "There is no column 'customer'. Did you mean 'custmer'?\n"
        "There is no column 'date'.\n"
        "Columns found: 'custmer', 'when', 'amount'."
    )
    with pytest.raises(DataError, match=r"no column 'customer'\.\n[^\n]*\nColumns found: 0, 1\."):
        customer_summary(pd.DataFrame([["a", "2024-01-01"]]), amount=None)
    wrong = events(date=[True, False, True, True], amount=["1,5", "€ 2", "3", "4"])
    with pytest.raises(DataError) as caught:
        customer_summary(wrong)
    assert str(caught.value) == (
        "Column 'date' holds boolean where dates are expected. "
        "Turn it into dates, or into text such as 2024-01-31.\n"
        "Column 'amount' holds varchar where amounts are expected. "
        "Turn it into numbers without currency signs or thousands separators."
    )


def test_frames_that_cannot_be_read() -> None:
    with pytest.raises(DataError, match="must be different columns"):
        customer_summary(events(), amount="date")
    with pytest.raises(DataError, match="Expected unique column names"):
        customer_summary(events().set_axis(["customer", "date", "date"], axis=1))
    with pytest.raises(DataError, match=r"DuckDB cannot read the frame: .*period"):
        customer_summary(events(date=pd.period_range("2024-01", periods=4, freq="M")))
    with pytest.raises(DataError, match="Column 'date' holds nothing where dates are expected"):
        customer_summary(events(date=[None] * 4))


def test_a_csv_file_that_turns_to_text_far_down(tmp_path: Path) -> None:
    lines = ["customer,date,amount", *["a,2024-01-01,1.5"] * 30_000, "a,2024-01-02,n/a"]
    (tmp_path / "late.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"CSV Error on Line: 30002 .* \"amount\"\. Could not"):
        customer_summary(tmp_path / "late.csv")


def test_no_rows_and_no_purchase() -> None:
    with pytest.raises(DataError, match="The events hold no rows"):
        customer_summary(events().iloc[:0])
    with pytest.raises(DataError, match=r"a purchase\. Rows by kind: refund: 4"):
        customer_summary(events(amount=[-1, -1, -2, -3]))
    with pytest.raises(DataError, match=r"until 2023-12-31\. Rows by kind: after the end: 4"):
        customer_summary(events(), as_of="2023-12-31")


def test_nobody_is_left_of_extreme_spenders() -> None:
    policy = Policy(extreme_spenders="set aside", extreme_spend=0.01)
    with pytest.raises(DataError, match="sets aside every customer as an extreme spender"):
        customer_summary(events().iloc[1:], policy=policy)


def test_one_customer_of_one_day() -> None:
    summary = customer_summary(events().iloc[:1])
    assert summary.loc["b"].tolist() == [0, 0.0, 0.0, 0.0]
