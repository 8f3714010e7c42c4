"""Worth of items from comparisons of two: the Bradley-Terry model, with Davidson's ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from segkit.consensus.judgements import named, square
from segkit.consensus.worth import Choices, Worths, check_beaten, check_options, fit_worths
from segkit.errors import DataError
from segkit.frames import take_columns

__all__ = ["bradley_terry"]

Numbers = NDArray[np.float64]
_SHOWN = 5
_SEPARATED = 1e-7
_EXPECTED = (
    "a square table of wins, (winner, loser) or (winner, loser, count) tuples, a mapping of pairs "
    "to counts, or a table with columns of winner and loser"
)


def bradley_terry(
    results: Any,
    *,
    ties: ArrayLike | None = None,
    items: Sequence[str] | None = None,
    winner: str = "winner",
    loser: str = "loser",
    count: str = "count",
    tied: str = "tied",
    reference: str | None = None,
    ridge: float = 0.0,
    confidence: float = 0.9,
) -> Worths:
    r"""Estimate the worth of items from comparisons of two (Bradley & Terry 1952).

    :math:`P(i \text{ beats } j) = \pi_i / (\pi_i + \pi_j)`, by maximum likelihood. With ties,
    Davidson's (1970) model: :math:`\pi_i`, :math:`\pi_j` and :math:`\nu \sqrt{\pi_i \pi_j}` over
    their sum are the chances that i wins, j wins and that they tie.

    Parameters
    ----------
    results : array, list, mapping or frame
        A square array or frame: how often the item of the row beat that of the column. Or a list
        of (winner, loser) or (winner, loser, count) tuples, or a mapping of pairs to counts. Or a
        table, one row a comparison.
    ties : array, shape (items, items), optional
        How often the items of row and column tied, beside a square table; either both halves
        alike, or one half left 0.
    items : sequence of str, optional
        Names for an array.
    winner, loser, count, tied : str
        Columns of a table: the items, how often (may be missing: once), and whether the two tied
        (may be missing: never).
    reference : str, optional
        Item whose log worth is 0; without one their mean is 0.
    ridge : float
        Draws the log worths together, which also makes unconnected items estimable: a prior of
        variance 1 / ridge.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If results cannot be read, items were never compared, or some never lose (see `ridge`).
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = bradley_terry([[0, 3, 2], [1, 0, 4], [2, 1, 0]], items=["a", "b", "c"])
    >>> found.worth.round(3).to_dict()
    {'a': 0.446, 'b': 0.357, 'c': 0.197}
    """
    names, wins, even, notes = _read(results, ties, items, (winner, loser, count, tied))
    check_options("bradley_terry", names, reference, ridge, confidence)
    if not wins.any():
        raise DataError("bradley_terry: nobody ever wins; there is nothing to rank by.")
    if not ridge:
        check_beaten(wins + even, names, "bradley_terry")
        if even.any():
            _check_ties(wins, even)
    return fit_worths(
        _choices(wins, even),
        names,
        model="Bradley-Terry" + (" with ties (Davidson)" if even.any() else ""),
        reference=reference,
        ridge=ridge,
        confidence=confidence,
        notes=notes,
    )


def _check_ties(wins: Numbers, even: Numbers) -> None:
    """Refuse wins and ties that a tie strength and worths without bound explain ever better.

    That is so where some direction of the parameters makes every outcome seen the likeliest of its
    comparison (separation: Albert & Anderson 1984).
    """
    n = len(wins)
    rows = []
    for i, j in zip(*np.triu_indices(n, 1), strict=True):
        win, loss = np.eye(n + 1)[i], np.eye(n + 1)[j]
        tie = (win + loss) / 2 + np.eye(n + 1)[n]
        for seen, outcome in ((wins[i, j], win), (wins[j, i], loss), (even[i, j], tie)):
            if seen > 0:
                rows += [outcome - other for other in (win, loss, tie) if other is not outcome]
    ahead = np.array(rows)
    found = linprog(-ahead.sum(axis=0), A_ub=-ahead, b_ub=np.zeros(len(ahead)), bounds=(-1, 1))
    if found.fun < -_SEPARATED:
        raise DataError(
            "bradley_terry: beside the ties all wins go one way, so that some worths have no "
            "bound. Collect more comparisons, or give ridge=1.0, which draws all together."
        )


def _choices(wins: Numbers, even: Numbers) -> Choices:
    """Take each pair as a choice between one, the other and, where ties occur, a tie."""
    n = len(wins)
    i, j = np.triu_indices(n, 1)
    met = (wins + wins.T + even)[i, j]
    i, j = i[met > 0], j[met > 0]
    with_ties = bool(even.any())
    each, size = 2 + with_ties, n + with_ties
    features = np.zeros((len(i), each, size))
    pairs = np.arange(len(i))
    features[pairs, 0, i] = features[pairs, 1, j] = 1.0
    chosen = wins.sum(axis=1)
    if with_ties:
        features[pairs, 2, i] = features[pairs, 2, j] = 0.5
        features[:, 2, n] = 1.0
        chosen = np.append(chosen + even.sum(axis=1) / 2, even[np.triu_indices(n, 1)].sum())
    return Choices(
        features.reshape(-1, size),
        np.zeros(len(i) * each),
        np.arange(len(i)) * each,
        met[met > 0],
        chosen,
    )


def _read(
    results: Any,
    ties: ArrayLike | None,
    items: Sequence[str] | None,
    columns: tuple[str, str, str, str],
) -> tuple[list[str], Numbers, Numbers, list[str]]:
    try:
        frame = nw.from_native(results, eager_only=True).to_pandas()
    except TypeError:
        frame = None
    if isinstance(results, Mapping):
        results = [(*map(str, pair), often) for pair, often in results.items()]
    if frame is None and _are_pairs(results):
        frame = pd.DataFrame(list(results), columns=list(columns[: len(results[0])]))
    if frame is None:
        wins = _numbers(results)
        names = [str(name) for name in items or range(1, wins.size and len(wins) + 1)]
    elif columns[0] not in frame and square(frame):
        wins, names = named(frame)
    else:
        return _of_table(frame, columns)
    return names, *_checked(wins, names, ties), []


def _checked(
    wins: Numbers, names: Sequence[str], ties: ArrayLike | None
) -> tuple[Numbers, Numbers]:
    """Give wins and ties of each pair of items, if they are counts of one shape."""
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or len(names) != len(wins):
        raise DataError(
            f"Results must be {_EXPECTED}. Got shape {wins.shape} and {len(names)} names."
        )
    even = np.zeros(wins.shape) if ties is None else _numbers(ties)
    if even.shape != wins.shape:
        raise DataError(f"Ties need the shape of the wins, {wins.shape}. Got {even.shape}.")
    even = np.where(np.triu(even, 1).any() & np.tril(even, -1).any(), even, even + even.T)
    wins, even = (np.nan_to_num(part) * (1 - np.eye(len(part))) for part in (wins, even))
    faults = [
        f"results: {names[a]} against {names[b]} is {part[a, b]:g}; a count is at least 0."
        for part in (wins, even)
        for a, b in np.argwhere((part < 0) | np.isinf(part)).tolist()
    ]
    if not np.array_equal(even, even.T):
        faults.append("results: ties of a with b and of b with a must be alike.")
    if faults:
        raise DataError("\n".join(faults))
    _enough(names)
    return wins, even


def _are_pairs(results: Any) -> bool:
    """Say whether a list holds (winner, loser), or (winner, loser, count) with names as text."""
    if not isinstance(results, Sequence) or isinstance(results, str) or not len(results):
        return False
    if all(isinstance(one, tuple) and len(one) == 2 for one in results):
        return True
    return all(
        isinstance(one, tuple | list) and len(one) == 3 and isinstance(one[0], str)
        for one in results
    )


def _numbers(values: Any) -> Numbers:
    try:
        return np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        raise DataError(f"Results must be {_EXPECTED}. Got {type(values).__name__}.") from None


def _of_table(
    frame: pd.DataFrame, columns: tuple[str, str, str, str]
) -> tuple[list[str], Numbers, Numbers, list[str]]:
    winner, loser, count, tie = columns
    wanted = [winner, loser, *(name for name in (count, tie) if name in frame)]
    table = take_columns(frame, wanted, "results")
    times = table[count] if count in table else pd.Series(1.0, index=table.index)
    times = pd.to_numeric(times, errors="coerce").astype(float)
    tied = table[tie].fillna(False) if tie in table else pd.Series(False, index=table.index)
    known = table[[winner, loser]].notna().all(axis=1) & times.notna()
    unclear = ~tied.isin([True, False])
    if unclear.any():
        rows = ", ".join(map(str, table.index[unclear][:_SHOWN]))
        raise DataError(f"results: {tie} is neither true nor false, 1 nor 0 in row {rows}.")
    itself = table[winner].astype(str) == table[loser].astype(str)
    wrong = known & ((times < 0) | np.isinf(times))
    if wrong.any():
        rows = ", ".join(map(str, table.index[wrong][:_SHOWN]))
        raise DataError(f"results: counts below 0 in row {rows}.")
    kept = table[known & ~itself].astype({winner: str, loser: str})
    names = list(dict.fromkeys(kept[[winner, loser]].to_numpy().ravel()))
    _enough(names)
    i, j = (pd.Index(names).get_indexer(kept[side]) for side in (winner, loser))
    used = (known & ~itself).to_numpy()
    often, even = times.to_numpy()[used], tied.to_numpy(dtype=bool)[used]
    wins, ties = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    np.add.at(wins, (i[~even], j[~even]), often[~even])
    np.add.at(ties, (i[even], j[even]), often[even])
    notes = []
    if not known.all():
        notes.append(f"{int((~known).sum())} rows without winner, loser or count are set aside.")
    if (itself & known).any():
        notes.append(f"{int((itself & known).sum())} rows of an item against itself are set aside.")
    return names, wins, ties + ties.T, notes


def _enough(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise DataError(f"Results need at least two items. Found {len(names)}.")
