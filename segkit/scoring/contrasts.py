"""Which deals are compared with which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, ParameterError, nearest
from segkit.scoring.conditions import Flags

__all__ = ["SIBLINGS", "Contrast", "Labels", "contrasts_of", "group_codes"]

SIBLINGS = {"fast_won": "slow_won", "slow_won": "fast_won", "stuck": "refused", "refused": "stuck"}
"""What an outcome is compared with: the other way in which such a deal can end."""
_LEAST = 20
Labels = str | Sequence[str] | None


@dataclass(frozen=True)
class Contrast:
    """Deals of an outcome against deals of another.

    Attributes
    ----------
    outcome, against : str
        What is compared, in words.
    rows, hits : array of bool, shape (n,)
        Deals of either, and those of the outcome.
    """

    outcome: str
    against: str
    rows: Flags
    hits: Flags

    def turned(self) -> Contrast:
        """Swap the two."""
        return Contrast(self.against, self.outcome, self.rows, self.rows & ~self.hits)


def contrasts_of(y: Any, n: int, target: Labels, against: Labels) -> tuple[Contrast, Contrast]:
    """Give what marks a target and what marks a non-target; one contrast turned round, or two."""
    labels = pd.Series(np.asarray(y, dtype=object).ravel()).astype(object)
    if len(labels) != n:
        raise DataError(f"{len(labels):,} outcomes were given for {n:,} deals.")
    known = labels.notna()
    found = [str(one) for one in labels[known].unique()]
    words = labels.astype("str").where(known)
    if target is None and set(found) <= {"True", "False", "0", "1", "0.0", "1.0"}:
        hits = words.isin(["True", "1", "1.0"])
        first = Contrast("target", "non-target", known.to_numpy(bool), hits.to_numpy(bool))
    elif target is None and "fast_won" in found and "stuck" in found:
        fast, stuck = (_contrast(words, found, (one,), None) for one in ("fast_won", "stuck"))
        return _enough(fast), _enough(stuck)
    elif target is None and {"won", "fast_won"} & set(found):
        first = _contrast(words, found, ("won" if "won" in found else "fast_won",), against)
    elif target is None:
        expected = f"one or more of the outcomes {', '.join(sorted(found)[:10])}"
        raise ParameterError("target", "DealRules", expected, target)
    else:
        first = _contrast(words, found, _listed(target), against)
    _enough(first)
    return first, first.turned()


def _contrast(
    words: pd.Series[Any], found: Sequence[str], target: Sequence[str], against: Labels
) -> Contrast:
    sibling = SIBLINGS.get(target[0], "") if len(target) == 1 else ""
    others = [one for one in found if one not in target and one.lower() != "open"]
    compared = _listed(against) if against else [sibling] if sibling in found else others
    for name, given in (("target", target), ("against", compared)):
        lost = [one for one in given if one not in found]
        if lost:
            expected = f"among the outcomes {', '.join(sorted(found)[:10])}"
            raise ParameterError(name, "DealRules", expected + nearest(lost[0], found), lost)
    hits, rest = words.isin(target), words.isin(compared)
    both = set(target) & set(compared)
    if both:
        raise ParameterError("against", "DealRules", "other outcomes than the target", sorted(both))
    return Contrast(
        " or ".join(target),
        " or ".join(compared),
        (hits | rest).to_numpy(bool),
        hits.to_numpy(bool),
    )


def _listed(labels: Labels) -> list[str]:
    return [labels] if isinstance(labels, str) else [str(one) for one in labels or ()]


def _enough(contrast: Contrast) -> Contrast:
    hits = int(contrast.hits.sum())
    rest = int(contrast.rows.sum()) - hits
    if min(hits, rest) < _LEAST:
        raise DataError(
            f"Rules need {_LEAST} deals or more of each kind. Found {hits:,} {contrast.outcome} "
            f"and {rest:,} {contrast.against or 'others'}."
        )
    return contrast


def group_codes(groups: Any, n: int) -> NDArray[np.intp]:
    """Give each group a number; a row without one is a group of its own."""
    if groups is None:
        return np.arange(n)
    given = pd.Series(np.asarray(groups, dtype=object).ravel())
    if len(given) != n:
        raise DataError(f"{len(given):,} groups were given for {n:,} deals.")
    codes = pd.factorize(given)[0]
    lost = codes < 0
    codes[lost] = codes.max(initial=-1) + 1 + np.arange(int(lost.sum()))
    return codes
