"""The honesty gate: what is wrong with the evidence, before anything is scored on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError
from segkit.frames import JsonResult
from segkit.scoring.duplicates import duplicates_of
from segkit.scoring.intake import table_of
from segkit.scoring.leakage import AUC_LIMIT, auc_alone, known_by_outcome, later_dates

__all__ = ["HonestyGate", "honesty_gate"]

SEVERITIES = ("stop", "mind", "note")
_ROLES = {
    *("owner", "rep", "reps", "salesperson", "seller", "agent", "manager", "bdr", "sdr", "ae"),
    *("assigned", "assignee", "user", "creator"),
}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_OF_A_ROLE = {"id", "name", "email", "to"}  # "owner_id" names the owner
_OF_NUMBERS = {"is", "has", "number", "num", "count"}  # "number_of_reps" names nobody
_EVENTS = 10
_CHANCE = 0.5
_MISSING, _MOSTLY = 0.2, 0.5
_RARE = 0.05
_UNIQUE = 0.5

Finding = tuple[str, str, str, str]


@dataclass(frozen=True)
class HonestyGate(JsonResult):
    """What was found wrong with the evidence.

    Attributes
    ----------
    findings : DataFrame
        `severity` ("stop": do not use, "mind", "note"), `check`, `column` (empty for the whole)
        and `finding` in words, the gravest first.
    groups : array of int, shape (n,)
        Rows of one number (duplicates, the same name) stay together in cross-validation.
    base_rate : float
        Share of the outcome.
    events_per_variable : float
        Rows of the rarer outcome for each number a model would estimate.
    usable : tuple of str
        Columns without a finding that stops them, and neither owners nor names.
    rows, set_aside : int
        Rows looked at, and rows without an outcome.
    """

    findings: pd.DataFrame
    groups: NDArray[np.intp]
    base_rate: float
    events_per_variable: float
    usable: tuple[str, ...]
    rows: int
    set_aside: int

    @property
    def passed(self) -> bool:
        """Whether nothing stops the whole of the evidence."""
        return not ((self.findings["severity"] == "stop") & (self.findings["column"] == "")).any()


def honesty_gate(
    X: Any,
    y: Any,
    *,
    decided: Any = None,
    owners: Sequence[str] = (),
    names: Any = None,
) -> HonestyGate:
    """Look for what would make a score dishonest.

    Exact and near duplicates; leakage: dates after the decision, columns known only of one outcome,
    a single column with an AUC above 0.95; columns that name sellers and so do not carry over;
    events per variable below 10; a rare or missing outcome; missing values; constants and names.

    Parameters
    ----------
    X : frame or array of shape (n, columns)
        What is known of each deal; an array's columns are x0, x1, ...
    y : array of bool, shape (n,)
        Whether it was won; rows without it are set aside.
    decided : array of dates, shape (n,), optional
        When the outcome was known.
    owners : sequence of str
        Columns that name sellers; further ones are recognised by their names.
    names : array, shape (n,), or name of a column, optional
        Who each deal is with: rows of one name, however written, belong together.

    Raises
    ------
    DataError
        If there is no table, lengths differ, columns are unknown, or nothing has an outcome.

    Notes
    -----
    Events per variable: Peduzzi et al. (1996), Journal of Clinical Epidemiology 49. Leakage:
    Kaufman et al. (2012), ACM Transactions on Knowledge Discovery from Data 6.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> won = rng.random(400) < 0.4
    >>> deals = pd.DataFrame({"staff": rng.lognormal(5, 1, 400), "growth": rng.normal(size=400),
    ...                       "invoice": np.where(won, 1.0, None),
    ...                       "sales_rep": rng.choice(["ann", "bob"], 400)})
    >>> gate = honesty_gate(deals, won)
    >>> gate.findings[["severity", "check", "column"]]
      severity              check     column
    0     stop   known by outcome    invoice
    1     mind              owner  sales_rep
    2     note          base rate
    >>> gate.usable
    ('staff', 'growth')
    """
    frame, hits, kept, named = _checked(X, y, names)
    dates = None if decided is None else _decided(decided, len(kept))[kept].reset_index(drop=True)
    lost = [name for name in owners if name not in frame]
    if lost:
        raise DataError(f"owners: no columns {lost}; found {list(frame.columns)}.")
    own = [c for c in frame.columns if c in owners or _is_owner(str(c))]
    labels = [c for c in frame.columns if c not in own and _names_rows(frame[c])]
    criteria = [c for c in frame.columns if c not in own and c not in labels]
    doubles = duplicates_of(frame[criteria], pd.Series(hits), named)
    rate = float(hits.mean())
    leaks = list(_leaks(frame[criteria], hits, dates))
    stopped = {column for severity, _, column, _ in leaks if severity == "stop"}
    missing = list(_missing(frame[[c for c in criteria if c not in stopped]]))
    stopped |= {column for severity, _, column, _ in missing if severity == "stop"}
    usable = tuple(
        str(c) for c in criteria if c not in stopped and len(frame[c].dropna().unique()) > 1
    )
    size = sum(_numbers(frame[name]) for name in usable)
    per_variable = min(hits.sum(), (~hits).sum()) / max(size, 1)
    found: list[Finding] = [
        *_rates(hits, size, per_variable),
        *leaks,
        *_owners(own),
        *(("note", "names", c, "Nearly every row has a value of its own.") for c in labels),
        *missing,
        *_doubles(doubles, named is not None),
    ]
    return HonestyGate(
        _gravest_first(found),
        _groups(kept, doubles.groups),
        rate,
        float(per_variable),
        usable,
        len(frame),
        int((~kept).sum()),
    )


def _gravest_first(found: Sequence[Finding]) -> pd.DataFrame:
    table = pd.DataFrame(found, columns=["severity", "check", "column", "finding"])
    order = table["severity"].map({one: place for place, one in enumerate(SEVERITIES)})
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _groups(kept: NDArray[np.bool_], of_kept: NDArray[np.intp]) -> NDArray[np.intp]:
    """Give rows without an outcome groups of their own."""
    groups = np.full(len(kept), -1, dtype=np.intp)
    groups[kept] = of_kept
    groups[~kept] = of_kept.max(initial=-1) + 1 + np.arange(int((~kept).sum()))
    return groups


def _checked(
    X: Any, y: Any, names: Any
) -> tuple[pd.DataFrame, NDArray[np.bool_], NDArray[np.bool_], pd.Series[Any] | None]:
    frame = table_of(X, "X")
    given = pd.Series(np.asarray(y, dtype=object).ravel())
    if len(given) != len(frame):
        raise DataError(f"{len(given):,} outcomes were given for {len(frame):,} rows.")
    if isinstance(names, str) and names not in frame:
        raise DataError(f"names: no column {names!r}; found {list(frame.columns)}.")
    known = given.notna()
    odd = [one for one in given[known].unique() if one not in {True, False}]
    if odd:
        raise DataError(
            f"The outcome must be true or false. Found {odd[:5]}. Write it as a comparison, such "
            "as outcome == 'won'."
        )
    kept = known.to_numpy(bool)
    if not kept.any():
        raise DataError("No row has an outcome.")
    named = None
    if names is not None:
        values = frame[names] if isinstance(names, str) else np.asarray(names, dtype=object).ravel()
        if len(values) != len(frame):
            raise DataError(f"{len(values):,} names were given for {len(frame):,} rows.")
        named = pd.Series(np.asarray(values, dtype=object))[kept].reset_index(drop=True)
    if isinstance(names, str):
        frame = frame.drop(columns=names)
    return frame[kept].reset_index(drop=True), given[kept].to_numpy(dtype=bool), kept, named


def _decided(decided: Any, n: int) -> pd.Series[Any]:
    values = pd.Series(np.asarray(pd.to_datetime(pd.Series(decided)).to_numpy()))
    if len(values) != n:
        raise DataError(f"{len(values):,} dates of decision were given for {n:,} rows.")
    return values


def _names_rows(values: pd.Series[Any]) -> bool:
    known = values.dropna()
    text = not pd.api.types.is_numeric_dtype(known.dtype) and not (
        pd.api.types.is_datetime64_any_dtype(known.dtype)
    )
    return text and len(known) > 20 and known.nunique() > _UNIQUE * len(known)


def _numbers(values: pd.Series[Any]) -> int:
    """Count what a linear model would estimate of a column."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return 1
    return max(int(values.nunique()) - 1, 1)


def _rates(hits: NDArray[np.bool_], size: int, per_variable: float) -> Iterator[Finding]:
    rate, rarer = float(hits.mean()), int(min(hits.sum(), (~hits).sum()))
    if not rarer:
        yield "stop", "base rate", "", "All rows have the same outcome: there is nothing to learn."
        return
    rare = min(rate, 1 - rate) < _RARE
    words = f"{100 * rate:.1f} % of {len(hits):,} rows have the outcome; a score must beat that."
    yield "mind" if rare else "note", "base rate", "", words
    if per_variable < _EVENTS:
        words = (
            f"{rarer:,} rows of the rarer outcome for {size} numbers to estimate: "
            f"{per_variable:.1f} each, where {_EVENTS} are needed. Use fewer columns."
        )
        yield (
            "mind",
            "events per variable",
            "",
            words,
        )


def _leaks(
    frame: pd.DataFrame, hits: NDArray[np.bool_], decided: pd.Series[Any] | None
) -> Iterator[Finding]:
    if not hits.any() or hits.all():
        return
    if decided is not None:
        for name, rows in later_dates(frame, decided):
            words = f"{rows:,} dates lie after the decision: nobody knew them then."
            yield "stop", "dated after the decision", name, words
    told = set()
    for name, one, other, empty in known_by_outcome(frame, hits):
        told |= {name} if empty else set()
        words = f"Known of {one:.0%} with the outcome and of {other:.0%} without."
        yield "stop" if empty else "mind", "known by outcome", name, words
    for name in frame.columns.difference(list(told), sort=False):
        area, low = auc_alone(frame[name], hits)
        # Of a handful of rows some column parts the outcomes by chance.
        if area > AUC_LIMIT and low > _CHANCE:
            words = (
                f"This column alone tells the outcome (AUC {area:.3f}): it was written after it."
            )
            yield "stop", "tells the outcome", str(name), words


def _is_owner(name: str) -> bool:
    """Say whether a column names sellers: "Account Owner" does, "manager_approval" does not."""
    words = [word.lower() for word in _WORD.findall(name)]
    if words[-2:] == ["created", "by"]:
        return True
    while words and (words[-1] in _OF_A_ROLE or words[-1].isdigit()):
        words.pop()
    return bool(words) and words[-1] in _ROLES and words[0] not in _OF_NUMBERS


def _owners(names: Sequence[str]) -> Iterator[Finding]:
    for name in names:
        words = "Names who sold, not who buys: such a rule does not carry over to other sellers."
        yield "mind", "owner", str(name), words


def _missing(frame: pd.DataFrame) -> Iterator[Finding]:
    for name in frame.columns:
        share = float(frame[name].isna().mean())
        if share == 1 or frame[name].nunique() < 2:
            yield "note", "constant", str(name), "All values are the same: it tells nothing."
        elif share > _MISSING:
            words = f"{100 * share:.0f} % of the values are missing."
            yield "stop" if share > _MOSTLY else "mind", "missing", str(name), words


def _doubles(doubles: Any, named: bool) -> Iterator[Finding]:
    if doubles.exact:
        words = f"{doubles.exact:,} rows hold the same values as another one in every column."
        yield "mind", "exact duplicates", "", words
    if doubles.near:
        what = (
            "nearly repeat another one or bear its name" if named else "nearly repeat another one"
        )
        words = f"{doubles.near:,} rows {what}: they stay together in cross-validation."
        yield "mind" if not named else "note", "near duplicates", "", words
    if doubles.by_chance and not named:
        words = (
            "The columns are so coarse that rows agree by chance: give `names` to find duplicates."
        )
        yield "note", "duplicates", "", words
