"""Best and worst choices: read, and turned into tasks of a logit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from segkit.errors import DataError
from segkit.frames import as_pandas
from segkit.surveys.intake import TaskRows, find_columns, labels
from segkit.surveys.logit import Floats, Ints, Tasks
from segkit.surveys.wide import unpivoted

__all__ = ["BestWorst", "groups_of", "read_best_worst", "zero_sum"]

_WORDS = dict.fromkeys(["best", "most", "b", "most important"], 1)
_WORDS |= dict.fromkeys(["worst", "least", "w", "least important"], -1)
_WORDS |= dict.fromkeys(["", "neither", "none"], 0)
_SAME_PLACE = "the best item stands at the same place in every set of the respondent"


@dataclass(frozen=True)
class BestWorst:
    """Sets with one best and one worst item.

    Attributes
    ----------
    item : array of int, shape (rows,)
        Place of the item shown, among `items`; sets stand together.
    choice : array of int, shape (rows,)
        1 best, -1 worst, 0 neither.
    starts, person : arrays of int, shape (sets,)
        First row of each set, and who answered it.
    items, persons : Index
    groups : Series or None
        Group of each person.
    ledger : DataFrame
    notes : tuple of str
    """

    item: Ints
    choice: Ints
    starts: Ints
    person: Ints
    items: pd.Index
    persons: pd.Index
    groups: pd.Series | None
    ledger: pd.DataFrame
    notes: tuple[str, ...]

    def of_group(self, name: object) -> BestWorst:
        """Keep the sets of one group."""
        assert self.groups is not None
        keep = (self.groups == name).to_numpy()[self.person]
        sizes = np.diff(np.append(self.starts, len(self.item)))
        rows = np.repeat(keep, sizes)
        person, known = pd.factorize(self.person[keep])
        starts = np.concatenate([[0], np.cumsum(sizes[keep])[:-1]]).astype(np.intp)
        return BestWorst(
            self.item[rows],
            self.choice[rows],
            starts,
            person,
            self.items,
            self.persons[known],
            None,
            self.ledger,
            (),
        )

    def pairs(self) -> Tasks:
        """Choose a pair (best, worst) out of all ordered pairs of a set."""
        base = zero_sum(len(self.items))
        blocks, chosen, owner = [], [], []
        sizes = np.diff(np.append(self.starts, len(self.item)))
        for size in np.unique(sizes):
            sets = np.flatnonzero(sizes == size)
            rows = self.starts[sets][:, None] + np.arange(size)
            best, worst = np.nonzero(~np.eye(size, dtype=bool))
            worth = base[self.item[rows]]
            blocks.append((worth[:, best] - worth[:, worst]).reshape(-1, base.shape[1]))
            top, low = (self.choice[rows] == sign for sign in (1, -1))
            chosen.append((top[:, best] & low[:, worst]).argmax(axis=1))
            owner.append(np.column_stack([self.person[sets], np.full(len(sets), len(best))]))
        return _tasks(blocks, chosen, np.concatenate(owner))

    def sequence(self) -> Tasks:
        """Choose the best of a set, and then the worst of those that are left."""
        base = zero_sum(len(self.items))
        blocks, chosen, owner = [], [], []
        sizes = np.diff(np.append(self.starts, len(self.item)))
        for size in np.unique(sizes):
            sets = np.flatnonzero(sizes == size)
            rows = self.starts[sets][:, None] + np.arange(size)
            choice, worth = self.choice[rows], base[self.item[rows]]
            blocks.append(worth.reshape(-1, base.shape[1]))
            chosen.append((choice == 1).argmax(axis=1))
            owner.append(np.column_stack([self.person[sets], np.full(len(sets), size)]))
            if size > 2:  # of two, the one that is not best is worst
                rest = choice != 1
                blocks.append(-worth[rest])
                left = choice[rest].reshape(len(sets), size - 1)
                chosen.append((left == -1).argmax(axis=1))
                owner.append(np.column_stack([self.person[sets], np.full(len(sets), size - 1)]))
        return _tasks(blocks, chosen, np.concatenate(owner))


def zero_sum(count: int) -> Floats:
    """Turn free coefficients into values that add up to 0: effects coding.

    Examples
    --------
    >>> zero_sum(3).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
    """
    return np.vstack([np.eye(count - 1), np.full((1, count - 1), -1.0)])


def _tasks(blocks: list[Floats], chosen: list[Ints], owner: Ints) -> Tasks:
    """Bring the tasks of a person together."""
    order = np.argsort(owner[:, 0], kind="stable")
    sizes = owner[:, 1]
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rows = np.concatenate(blocks)
    sorted_sizes = sizes[order]
    starts = np.concatenate([[0], np.cumsum(sorted_sizes)[:-1]]).astype(np.intp)
    shift = np.repeat(first[order] - starts, sorted_sizes)
    rows = rows[np.arange(len(rows)) + shift]
    return Tasks(rows, starts, starts + np.concatenate(chosen)[order], owner[order, 0])


def read_best_worst(
    frame: Any, names: dict[str, Any], items: list[Any] | None, group: str | None
) -> BestWorst:
    """Read one row for each item shown, or one row a set.

    Raises
    ------
    DataError
        If columns are missing, choices are no choices, a respondent belongs to two groups, or
        items were never compared with each other.
    """
    what = "The best-worst choices"
    given = names | ({"group": group} if group else {})
    frame = as_pandas(pd.DataFrame(frame) if isinstance(frame, Mapping) else frame, what)
    long = unpivoted(frame, names, group, what)
    if long is not None:
        frame = long
        given = {"respondent": None, "task": None, "item": None, "choice": None}
        given |= {"group": group} if group else {}
    table, found = find_columns(
        frame, given, what, optional=("respondent", "choice", "best", "worst")
    )
    found.setdefault("respondent", found["task"])
    parts = ["respondent", "task", "item", *(["group"] if group else [])]
    plain = pd.DataFrame({part: table[found[part]].to_numpy() for part in parts})
    plain.index = table.index
    plain["choice"] = _choice(table, found)
    rows = TaskRows(plain)
    _judge(rows)
    used, starts, person, persons = rows.used()
    known = _items(used["item"], table[found["item"]], items)
    place = known.get_indexer(pd.Index(used["item"]))
    groups = groups_of(used, starts, person, persons) if group else None
    shown = np.bincount(place, minlength=len(known))
    notes = rows.notes()
    if (shown == 0).any():
        never = ", ".join(str(item) for item in known[shown == 0])
        notes.append(f"Never shown, and so without a utility: {never}.")
    kept = known[shown > 0]
    place = kept.get_indexer(known[place])
    _check_connected(place, starts, kept)
    choice = used["choice"].to_numpy(dtype=np.intp)
    return BestWorst(
        place, choice, starts, person, kept, persons, groups, rows.ledger(), tuple(notes)
    )


def _choice(table: pd.DataFrame, found: dict[str, str]) -> Ints:
    if "choice" in found:
        return _signs(table[found["choice"]])
    if not {"best", "worst"} <= found.keys():
        raise DataError(
            "The best-worst choices need a column 'choice' (1 best, -1 worst, 0 neither), or two "
            f"columns 'best' and 'worst'. Columns found: {', '.join(map(str, table.columns))}."
        )
    best, worst = (_signs(table[found[part]]) for part in ("best", "worst"))
    best, worst = (best != 0).astype(np.intp), (worst != 0).astype(np.intp)
    both = (best & worst).astype(bool)
    if both.any():
        raise DataError(
            f"An item is both best and worst in rows {labels(table.index, both)}. "
            "Each set has one best item and another that is worst."
        )
    return np.asarray(best - worst)


def _signs(column: pd.Series) -> Ints:
    """Read 1, -1 and 0, or words for them; an empty cell is 0."""
    text = column.astype(object).where(column.notna(), 0)
    words = text.map(lambda cell: _WORDS.get(str(cell).strip().lower(), cell))
    numbers = pd.to_numeric(words, errors="coerce")
    wrong = ~numbers.isin([-1, 0, 1]).to_numpy()
    if wrong.any():
        odd = ", ".join(repr(cell) for cell in text[wrong].unique()[:3])
        raise DataError(
            f"{column.name!r} must be 1 (best), -1 (worst) or 0 (neither), or the words best and "
            f"worst. Found {odd} in rows {labels(column.index, wrong)}."
        )
    return np.asarray(numbers, dtype=np.intp)


def _judge(rows: TaskRows) -> None:
    """Set aside sets that hold no best-worst choice."""
    choice = rows.frame["choice"].to_numpy()
    best, worst = rows.per_task(choice == 1), rows.per_task(choice == -1)
    item = rows.frame["item"]
    unnamed = rows.per_task(item.isna().to_numpy()) > 0
    twice = (
        pd.DataFrame({"task": rows.task_of_rows, "item": item.to_numpy()}).duplicated().to_numpy()
    )
    rows.set_aside(unnamed, "an item without a name")
    rows.set_aside(rows.per_task(twice) > 0, "an item stands in the set twice")
    rows.set_aside(rows.sizes < 2, "a set of one item")
    rows.set_aside(best == 0, "no best item")
    rows.set_aside(worst == 0, "no worst item")
    rows.set_aside(best > 1, "several best items")
    rows.set_aside(worst > 1, "several worst items")
    blind = rows.same_place(choice == 1)
    for person in np.flatnonzero(blind):
        blind[person] = not _has_order(rows, int(person))
    rows.set_aside(blind[rows.person], _SAME_PLACE)


def _has_order(rows: TaskRows, person: int) -> bool:
    """Say whether some order of the items explains what the person picked as best and worst."""
    own = rows.frame[(rows.person == person)[rows.task_of_rows]]
    task = rows.task_of_rows[(rows.person == person)[rows.task_of_rows]]
    item, items = pd.factorize(own["item"])
    choice = own["choice"].to_numpy()
    both = pd.DataFrame({"task": task, "item": item, "choice": choice})
    pairs = both.merge(both, on="task")
    above = pairs[pairs["choice_x"] > pairs["choice_y"]]
    link = (np.ones(len(above)), (above["item_x"], above["item_y"]))
    graph = coo_array(link, shape=(len(items),) * 2)
    return bool(connected_components(graph, connection="strong")[0] == len(items))


def _items(used: pd.Series, column: pd.Series, items: list[Any] | None) -> pd.Index:
    # Numbers by size, all else by its text.
    number = pd.api.types.is_numeric_dtype(used.infer_objects())
    known: pd.Index = pd.Index(sorted(used.unique(), key=None if number else str))
    if items is not None:
        known = pd.Index(items)
        if known.has_duplicates:
            twice = ", ".join(map(str, known[known.duplicated()].unique()))
            raise DataError(f"Items stand in the list twice: {twice}.")
        odd = sorted({str(item) for item in used.unique() if item not in known})
        if odd:
            raise DataError(f"Items shown that are not in the list: {', '.join(odd)}.")
        return known
    if isinstance(column.dtype, pd.CategoricalDtype):
        known = pd.Index(column.cat.categories.tolist())
    return known


def groups_of(used: pd.DataFrame, starts: Ints, person: Ints, persons: pd.Index) -> pd.Series:
    """Give the group of each person.

    Raises
    ------
    DataError
        If somebody belongs to several.
    """
    told = used["group"].to_numpy()[starts]
    pairs = pd.DataFrame({"person": person, "group": told}).drop_duplicates()
    twice = pairs["person"].duplicated(keep=False)
    if twice.any():
        who = ", ".join(str(persons[place]) for place in pairs["person"][twice].unique()[:5])
        raise DataError(f"Respondents who belong to several groups: {who}.")
    return pd.Series(pairs.set_index("person")["group"].sort_index().to_numpy(), index=persons)


def _check_connected(item: Ints, starts: Ints, items: pd.Index) -> None:
    """Utilities of items are comparable only where a chain of sets links them."""
    if len(items) < 2:
        raise DataError(f"Best-worst choices need two items or more; found {list(items)}.")
    sizes = np.diff(np.append(starts, len(item)))
    link = (np.ones(len(item)), (np.repeat(item[starts], sizes), item))
    blocks, block = connected_components(coo_array(link, shape=(len(items),) * 2), directed=False)
    if blocks > 1:
        parts = [", ".join(map(str, items[block == each])) for each in range(blocks)]
        raise DataError(
            f"The items fall into {blocks} blocks that no set compares: {' | '.join(parts)}. "
            "Analyse the blocks apart, or ask sets that mix them."
        )
