"""Stage events as people keep them: read, cleaned and sorted into visits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError
from segkit.frames import take_columns
from segkit.process.order import named_stages, order_stages, sort_steps
from segkit.process.visits import Floats, Steps, Visits, follow

__all__ = ["LOST", "WON", "as_states", "case_values", "read_ids", "read_visits"]

WON = ("won", "closed won")
LOST = ("lost", "refused", "closed lost")

_SHOWN = 5
_MOST_STAGES = 1000  # matrices have a cell for each pair of stages
_DAY = 86_400_000_000  # microseconds


def read_visits(
    events: Any,
    *,
    owner: str,
    case: str,
    stage: str,
    entered_at: str | None,
    outcome: str | None,
    won: Collection[str],
    lost: Collection[str],
    stages: Sequence[str],
    as_of: Any,
) -> Visits:
    """Read stage events; see `stage_paths` for the parameters.

    Raises
    ------
    DataError
        If columns are missing, no event can be used, a stage is not among `stages`, or a case has
        two outcomes.
    ParameterError
        If `won` and `lost` share a name, or `as_of` is no date or number.
    """
    as_states(won, lost, owner)  # refuses names that stand for both
    won, lost, given = _names(won), _names(lost), _names(stages)
    events, paths = _from_paths(events, case, stage)
    entered_at = None if paths else entered_at
    columns = [case, stage, *(name for name in (entered_at, outcome) if name)]
    rows = take_columns(events, columns, "the events")
    rows[case] = read_ids(rows[case])
    time, until = _times(rows, entered_at, as_of, owner)
    notes: list[str] = []
    steps, cases, words = _usable(rows, case, stage, entered_at, time, until, notes)
    recorded = case_values(rows, case, outcome, cases) if outcome else None
    seen = [*words, *(() if recorded is None else recorded.dropna().unique())]
    won, lost = _spelled(won, seen), _spelled(lost, seen)
    names, outcomes = named_stages(words, given, won, lost), (*won, *lost)
    place = {name: at for at, name in enumerate((*names, *outcomes))}
    steps = steps._replace(stage=np.array([place[word] for word in words])[steps.stage])
    steps = sort_steps(steps, len(names), notes, known=bool(given))
    if not given:
        steps, names = order_stages(steps, names)
    return follow(steps, cases, names, outcomes, frozenset(won), recorded, until, notes)


def _names(names: Collection[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(map(str, names)))


def as_states(won: Collection[str], lost: Collection[str], owner: str) -> dict[str, str]:
    """Say of each outcome, in lower case, whether it is "won" or "lost".

    Raises
    ------
    ParameterError
        If a name stands for both; `owner` is the function that says so.

    Examples
    --------
    >>> as_states("Closed Won", ["lost"], "qualify")
    {'closed won': 'won', 'lost': 'lost'}
    """
    both = sorted({n.casefold() for n in _names(won)} & {n.casefold() for n in _names(lost)})
    if both:
        raise ParameterError("won", owner, f"apart from 'lost'; both hold {both}", won)
    return {
        name.casefold(): state
        for state, names in (("won", won), ("lost", lost))
        for name in _names(names)
    }


def read_ids(column: pd.Series[Any]) -> pd.Series[Any]:
    """Read blank ids as missing, and numbers as text where a column holds both.

    Examples
    --------
    >>> read_ids(pd.Series([1, "1", "a", " "], dtype=object)).tolist()
    ['1', '1', 'a', nan]
    """
    if not (column.dtype == object or isinstance(column.dtype, pd.StringDtype)):
        return column
    if column.dtype == object:
        text = column.map(lambda value: isinstance(value, str))
        number = column.map(lambda value: isinstance(value, int | float)) & column.notna()
        if text.any() and number.any():
            column = column.where(~number, column[number].map("{:.15g}".format))
        return column.mask(text & (column.astype(str).str.strip() == ""))
    return column.mask(column.str.strip() == "")


def _spelled(names: Sequence[str], seen: Sequence[str]) -> tuple[str, ...]:
    """Add the spellings in the data, which may differ in capitals."""
    known = {name.casefold() for name in names}
    return tuple(dict.fromkeys([*names, *(word for word in seen if word.casefold() in known)]))


def _from_paths(events: Any, case: str, stage: str) -> tuple[Any, bool]:
    """Turn lists of stages, one a case, into events; say whether they were such lists."""
    if isinstance(events, Mapping) and {case, stage} <= events.keys():
        return pd.DataFrame(events), False
    if isinstance(events, np.ndarray | pd.Series):
        events = events.tolist()
    if isinstance(events, list | tuple):
        events = dict(enumerate(events))
    if not isinstance(events, Mapping):
        return events, False
    if any(isinstance(path, str) or not hasattr(path, "__iter__") for path in events.values()):
        raise DataError(
            "Paths must be a list of lists of stages, one a case, or a frame of events."
        )
    pairs = [(number, name) for number, path in events.items() for name in path]
    return pd.DataFrame(pairs, columns=[case, stage]), True


def _times(
    rows: pd.DataFrame, entered_at: str | None, as_of: Any, owner: str
) -> tuple[Floats, float]:
    """Read times as days, or as the numbers they are, and the time of the data (NaN: none)."""
    if entered_at is None:
        return np.arange(len(rows), dtype=np.float64), float("nan")
    time = _as_numbers(rows[entered_at])
    if as_of is None:
        known = time[~np.isnan(time)]
        return time, float(known.max()) if len(known) else 0.0
    date = pd.Series([as_of])
    until = float(_as_numbers(date)[0])
    if np.isnan(until) or _counted(date) != _counted(rows[entered_at]):
        expected = "a number, as the times are" if _counted(rows[entered_at]) else "a date"
        raise ParameterError("as_of", owner, expected, as_of)
    return time, until


def _counted(column: pd.Series[Any]) -> bool:
    """Say whether times are numbers of any unit, and not dates."""
    kinds = pd.api.types
    return kinds.is_numeric_dtype(column.dtype) or kinds.is_timedelta64_dtype(column.dtype)


def _as_numbers(column: pd.Series[Any]) -> Floats:
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(np.float64, na_value=np.nan)
        return np.asarray(np.where(np.isfinite(numbers), numbers, np.nan))
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return np.asarray(column.dt.total_seconds() / 86_400, dtype=np.float64)
    when = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601")
    days = when.dt.as_unit("us").astype("int64").to_numpy() / _DAY
    return np.asarray(np.where(when.isna(), np.nan, days))


def _usable(
    rows: pd.DataFrame,
    case: str,
    stage: str,
    entered_at: str | None,
    time: Floats,
    until: float,
    notes: list[str],
) -> tuple[Steps, pd.Index[Any], pd.Index[Any]]:
    """Set faulty and repeated events aside; give the others, and the names of cases and stages."""
    code, named = pd.factorize(rows[stage])
    words = named.astype(str).str.strip()
    number, cases = pd.factorize(rows[case])
    reasons = {
        "without a case": number < 0,
        "without a stage": np.append(words == "", [True])[code],
        "without a time that can be read": np.isnan(time),
        "later than the date of the data": time > until,
    }
    kept = np.ones(len(rows), dtype=bool)
    for reason, faulty in reasons.items():
        _set_aside(notes, reason, kept & faulty)
        kept &= ~faulty
    if not kept.any():
        raise DataError(_nothing(rows, [case, stage, entered_at], notes))
    # Names that differ by blanks alone are one, and names of set-aside events are none.
    short, distinct = pd.factorize(words)
    code, seen = pd.factorize(short[code[kept]])
    if len(seen) > _MOST_STAGES:
        examples = ", ".join(map(repr, distinct[seen][:_SHOWN]))
        raise DataError(
            f"{stage}: {len(seen):,} different names ({examples}, ...), at most {_MOST_STAGES:,} "
            "can be followed. Is this the column of stages?"
        )
    steps = Steps(number[kept], code, time[kept])
    once = ~pd.DataFrame(steps._asdict()).duplicated().to_numpy()
    _set_aside(notes, "that repeat another (case, stage and time)", ~once)
    return Steps(*(part[once] for part in steps)), cases, distinct[seen]


def _set_aside(notes: list[str], reason: str, faulty: NDArray[np.bool_]) -> None:
    if faulty.any():
        notes.append(f"{faulty.sum():,} events {reason} are set aside.")


def _nothing(rows: pd.DataFrame, columns: Sequence[str | None], notes: Sequence[str]) -> str:
    shown = rows[[name for name in columns if name]].head(_SHOWN)
    lines = [
        f"  row {label}: {', '.join(f'{name} {value!r}' for name, value in row.items())}"
        for label, row in zip(shown.index, shown.to_dict("records"), strict=True)
    ]
    needed = "each needs a case, a stage and a time (a date such as 2026-03-31, or a number)"
    return "\n".join([f"No event can be used: {needed}.", *notes, *lines])


def case_values(rows: pd.DataFrame, case: str, column: str, cases: pd.Index[Any]) -> pd.Series[Any]:
    """Give what a column says of each case, as text; empty where it says nothing.

    Raises
    ------
    DataError
        If it says two things of a case.
    """
    pairs = rows[[case, column]].dropna().drop_duplicates()
    pairs[column] = pairs[column].astype(str).str.strip()
    pairs = pairs[~pairs.assign(**{column: pairs[column].str.casefold()}).duplicated()]
    double = pairs.loc[pairs[case].duplicated(), case].drop_duplicates()
    if len(double):
        shown = ", ".join(map(repr, double[:_SHOWN]))
        raise DataError(f"{column}: {len(double):,} cases have more than one, such as {shown}.")
    return pairs.set_index(case)[column].reindex(cases)
