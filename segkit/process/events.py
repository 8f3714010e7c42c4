"""Stage events of cases, read once: in order of time, with where each visit led."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import take_columns

__all__ = ["LOST", "WON", "Visits", "case_values", "read_visits"]

WON = ("won",)
LOST = ("lost", "refused")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SHOWN = 5
_DAY = 86_400_000_000  # microseconds
# So many cases are enough to see in which order stages come.
_ENOUGH = 50_000
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits of cases to stages, sorted by case and time.

    A state is a number: a stage, after the stages an outcome, or -1 for "not known yet".
    `case, stage, following, entered, left` have one entry a visit; `outcome, ended` one a case.
    """

    cases: pd.Index[Any]
    stages: tuple[str, ...]
    outcomes: tuple[str, ...]
    won: frozenset[str]
    case: Ints
    stage: Ints
    following: Ints
    entered: Floats
    left: Floats
    outcome: Ints
    ended: Floats
    as_of: float
    notes: tuple[str, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The stages and after them the outcomes."""
        return (*self.stages, *self.outcomes)

    @property
    def state(self) -> NDArray[np.str_]:
        """Of each case: won, lost or open."""
        kinds = np.array([*("won" if name in self.won else "lost" for name in self.outcomes), ""])
        named = kinds[np.where(self.outcome < 0, -1, self.outcome - len(self.stages))]
        return np.where(named == "", "open", named)

    @property
    def first(self) -> Ints:
        """Place of each case's first visit."""
        return np.flatnonzero(np.diff(self.case, prepend=-1))

    @property
    def length(self) -> Ints:
        """Number of visits of each case."""
        return np.bincount(self.case, minlength=len(self.cases))


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
    won, lost = _names(won), _names(lost)
    both = sorted(set(won) & set(lost))
    if both:
        raise ParameterError("won", owner, f"apart from 'lost'; both hold {both}", won)
    if isinstance(events, list | tuple):
        events, entered_at = _from_sequences(events, case, stage), None
    columns = [case, stage, *(name for name in (entered_at, outcome) if name)]
    rows = take_columns(events, columns, "the events")
    return _read(rows, case, stage, entered_at, outcome, won, lost, _names(stages), as_of)


def _names(names: Collection[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(map(str, names)))


def _from_sequences(sequences: Sequence[Any], case: str, stage: str) -> pd.DataFrame:
    """Turn lists of stages, one a case, into events."""
    if any(isinstance(path, str) or not hasattr(path, "__iter__") for path in sequences):
        raise DataError(
            "Paths must be a list of lists of stages, one a case, or a frame of events."
        )
    pairs = [(number, name) for number, path in enumerate(sequences) for name in path]
    return pd.DataFrame(pairs, columns=[case, stage])


def _read(
    rows: pd.DataFrame,
    case: str,
    stage: str,
    entered_at: str | None,
    outcome: str | None,
    won: tuple[str, ...],
    lost: tuple[str, ...],
    order: tuple[str, ...],
    as_of: Any,
) -> Visits:
    notes: list[str] = []
    time, until = _times(rows, entered_at, as_of)
    code, named = pd.factorize(rows[stage])
    words = named.astype(str).str.strip()
    empty = np.append(words == "", [True])[code]
    number, cases = pd.factorize(rows[case])
    reasons = {
        "without a case": number < 0,
        "without a stage": empty,
        "without a time that can be read": np.isnan(time),
        "later than the date of the data": time > until,
    }
    kept = np.ones(len(rows), dtype=bool)
    for reason, faulty in reasons.items():
        _set_aside(notes, reason, kept & faulty)
        kept &= ~faulty
    if not kept.any():
        raise DataError(_nothing(rows, [case, stage, entered_at], notes))
    short, words = pd.factorize(words)
    code, seen = pd.factorize(short[code[kept]])
    words, number, time = words[seen], number[kept], time[kept]
    stages, outcomes = _ordered_names(words, won, lost, order)
    if entered_at is not None:
        once = ~pd.DataFrame({"case": number, "stage": code, "time": time}).duplicated().to_numpy()
        _set_aside(notes, "that repeat another (case, stage and time)", ~once)
        code, number, time = code[once], number[once], time[once]
    place = {name: at for at, name in enumerate((*stages, *outcomes))}
    code = np.array([place[word] for word in words])[code]
    number, code, time = _in_order(number, code, time, len(stages), known=bool(order), notes=notes)
    if not order:
        code, stages = _by_progress(number, code, stages)
    recorded = case_values(rows, case, outcome, cases) if outcome else None
    return _visits(
        cases, stages, outcomes, frozenset(won), number, code, time, recorded, until, notes
    )


def _times(rows: pd.DataFrame, entered_at: str | None, as_of: Any) -> tuple[Floats, float]:
    """Read times as days, or as the numbers they are, and the time of the data."""
    if entered_at is None:
        return np.arange(len(rows), dtype=np.float64), float(len(rows))
    time = _as_numbers(rows[entered_at])
    if as_of is not None:
        until = float(_as_numbers(pd.Series([as_of]))[0])
        if np.isnan(until):
            raise ParameterError("as_of", "read_visits", "a date, or a number as the times", as_of)
        return time, until
    known = time[~np.isnan(time)]
    return time, float(known.max()) if len(known) else 0.0


def _as_numbers(column: pd.Series[Any]) -> Floats:
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(np.float64, na_value=np.nan)
        return np.asarray(np.where(np.isfinite(numbers), numbers, np.nan))
    when = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601")
    days = when.dt.as_unit("us").astype("int64").to_numpy() / _DAY
    return np.asarray(np.where(when.isna(), np.nan, days))


def _set_aside(notes: list[str], reason: str, faulty: NDArray[np.bool_]) -> None:
    if faulty.any():
        notes.append(f"{faulty.sum():,} events {reason} are set aside.")


def _nothing(rows: pd.DataFrame, columns: Sequence[str | None], notes: Sequence[str]) -> str:
    shown = rows[[name for name in columns if name]].head(_SHOWN)
    lines = [
        f"  row {label}: {', '.join(f'{name} {value!r}' for name, value in row.items())}"
        for label, row in zip(shown.index, shown.to_dict("records"), strict=True)
    ]
    return "\n".join(
        ["No event can be used: each needs a case, a stage and a time.", *notes, *lines]
    )


def _ordered_names(
    found: pd.Index[Any], won: Sequence[str], lost: Sequence[str], order: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the stages, in the order given or found, and the outcomes."""
    stages = tuple(name for name in found if name not in won and name not in lost)
    unknown = [name for name in stages if name not in order] if order else []
    if unknown:
        lines = [f"stage {name!r} is not among `stages`.{nearest(name, order)}" for name in unknown]
        raise DataError("\n".join([*lines, f"`stages` holds {', '.join(map(repr, order))}."]))
    if not stages:
        raise DataError(
            f"No stage is left besides the outcomes {', '.join(map(repr, found))}: "
            "the events must hold the stages that cases pass through."
        )
    return tuple(name for name in order if name in stages) or stages, (*won, *lost)


def _in_order(
    number: Ints, code: Ints, time: Floats, n_stages: int, *, known: bool, notes: list[str]
) -> tuple[Ints, Ints, Floats]:
    """Sort events by case and time; at equal times by stage where their order is known."""
    if np.any(np.diff(number) < 0):
        by_case = np.argsort(number, kind="stable")
        number, code, time = number[by_case], code[by_case], time[by_case]
    same = np.diff(number) == 0
    backward = same & (np.diff(time) < 0)
    rank = code if known else (code >= n_stages).astype(np.int64)
    equal = same & (np.diff(time) == 0)
    if backward.any() or (equal & (np.diff(rank) < 0)).any():
        order = np.lexsort((rank, time, number))
        number, code, time = number[order], code[order], time[order]
        equal = (np.diff(number) == 0) & (np.diff(time) == 0)
    if backward.any():
        count = len(np.unique(number[1:][backward]))
        notes.append(f"{count:,} cases had events out of order: they are sorted by time.")
    if equal.any():
        count = len(np.unique(number[1:][equal]))
        how = "in the order of the stages" if known else "as their rows stand"
        notes.append(f"{count:,} cases entered stages at equal times: these are taken {how}.")
    return number, code, time


def _by_progress(number: Ints, code: Ints, stages: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    """Order stages by majority: one comes before another if more cases visit it first."""
    n = len(stages)
    some = (number < _ENOUGH) & (code < n)
    first = np.full((min(int(number[-1]) + 1, _ENOUGH), n), _NEVER, dtype=np.int32)
    # Written backwards, so that the first visit is what remains.
    first[number[some][::-1], code[some][::-1]] = np.flatnonzero(some)[::-1]
    before = np.array(
        [((first[:, [at]] < first) & (first < _NEVER)).sum(axis=0) for at in range(n)]
    )
    wins = (before > before.T).sum(axis=1) - (before < before.T).sum(axis=1)
    order = np.argsort(-wins, kind="stable")
    place = np.arange(int(code.max(initial=n)) + 1)
    place[order] = np.arange(n)
    return place[code], tuple(stages[at] for at in order)


def case_values(rows: pd.DataFrame, case: str, column: str, cases: pd.Index[Any]) -> pd.Series[Any]:
    """Give what a column says of each case, as text; empty where it says nothing.

    Raises
    ------
    DataError
        If it says two things of a case.
    """
    pairs = rows[[case, column]].dropna().drop_duplicates()
    double = pairs.loc[pairs[case].duplicated(), case].drop_duplicates()
    if len(double):
        shown = ", ".join(map(repr, double[:_SHOWN]))
        raise DataError(f"{column}: {len(double):,} cases have more than one, such as {shown}.")
    return pairs.set_index(case)[column].astype(str).str.strip().reindex(cases)


def _visits(
    cases: pd.Index[Any],
    stages: tuple[str, ...],
    outcomes: tuple[str, ...],
    won: frozenset[str],
    number: Ints,
    code: Ints,
    time: Floats,
    recorded: pd.Series[Any] | None,
    as_of: float,
    notes: list[str],
) -> Visits:
    """Take ends from visits: the last event of a case may end it, an earlier one may not."""
    ends, n_stages = code >= len(stages), len(stages)
    last = np.append(np.diff(number) != 0, [True])
    outcome = np.full(len(cases), -1, dtype=np.int64)
    ended = np.full(len(cases), np.nan)
    final = ends & last
    outcome[number[final]], ended[number[final]] = code[final], time[final]
    reopened = ends & ~last
    if reopened.any():
        notes.append(
            f"{reopened.sum():,} ends that other events follow are set aside: those cases went on."
        )
    if recorded is not None:
        place = {name: n_stages + at for at, name in enumerate(outcomes)}
        said = recorded.map(place).fillna(-1).to_numpy(np.int64)
        said = np.where(recorded.isna(), outcome, said)
        win = np.array([name in won for name in outcomes])
        against = (outcome >= 0) & ((said < 0) | (win[said - n_stages] != win[outcome - n_stages]))
        if against.any():
            notes.append(
                f"{against.sum():,} cases end otherwise in their events than in the column of "
                "outcomes: the column is believed."
            )
        ended = np.where(against, np.nan, ended)
        outcome = said
    number, code, time = number[~ends], code[~ends], time[~ends]
    there, short = np.unique(number, return_inverse=True)
    number = short.astype(np.int64)
    if len(there) < len(cases):
        notes.append(f"{len(cases) - len(there):,} cases without any stage are set aside.")
    outcome, ended = outcome[there], ended[there]
    last = np.append(np.diff(number) != 0, [True])
    following = np.where(last, outcome[number], np.roll(code, -1))
    left = np.where(last, ended[number], np.roll(time, -1))
    if not (outcome >= 0).any():
        names = ", ".join(map(repr, outcomes))
        notes.append(
            f"No case has ended: none of the events is {names}. Name your outcomes with `won` and "
            "`lost`."
        )
    found = np.unique(outcome[outcome >= 0])
    renumbered = np.full(n_stages + len(outcomes) + 1, -1, dtype=np.int64)
    renumbered[:n_stages] = np.arange(n_stages)
    renumbered[found] = n_stages + np.arange(len(found))
    return Visits(
        cases=cases[there],
        stages=stages,
        outcomes=tuple(outcomes[at - n_stages] for at in found),
        won=won,
        case=number,
        stage=code,
        following=renumbered[following],
        entered=time,
        left=left,
        outcome=renumbered[outcome],
        ended=ended,
        as_of=as_of,
        notes=tuple(notes),
    )
