"""Rules judged: on all deals that are compared, and on those that were kept out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom

from segkit.clusters import clustered_share
from segkit.scoring.conditions import Flags, Rule
from segkit.scoring.contrasts import Contrast
from segkit.scoring.covering import Learned
from segkit.scoring.cutoffs import cut_offs, refined
from segkit.scoring.search import permuted

__all__ = ["COLUMNS", "judged"]

COLUMNS = (
    *("outcome", "rule", "deals", "hits", "rate", "low", "high", "base", "lift", "found"),
    *("p_value", "holdout_deals", "holdout_rate", "holdout_base", "cut_offs"),
)
_SURE = 0.05
_DRAWS = 200
_PERMUTATIONS = 499

Groups = NDArray[np.intp]


def judged(
    side: Contrast,
    learned: Sequence[Learned],
    frame: pd.DataFrame,
    groups: Groups,
    kept_out: Flags,
    seed: int,
) -> pd.DataFrame:
    """Give one row a rule: `COLUMNS`, whether it is `confirmed`, and its `own` Rule.

    What was learned is confirmed on the deals kept out; then its cut-offs are set by all deals.
    """
    rows = np.flatnonzero(side.rows)
    own, hits = frame.iloc[rows].reset_index(drop=True), side.hits[rows]
    labels, left = hits.astype(np.float64), np.ones(len(rows), dtype=np.bool_)
    found = []
    for one in learned:
        final = refined(one.rule, own, labels, left, 1)
        bounds = cut_offs(final, own, labels, groups[rows], sign=1, draws=_DRAWS, seed=seed)
        found.append(
            {
                "outcome": side.outcome,
                **_evidence(final, own, hits, groups[rows]),
                "p_value": one.p_value,
                **_unseen(one.rule, own, hits, groups[rows], kept_out[rows], seed),
                "cut_offs": "; ".join(map(str, bounds)),
                "own": final,
            }
        )
        left &= ~final.holds(own)
    return pd.DataFrame(found, columns=[*COLUMNS, "confirmed", "own"])


def _evidence(rule: Rule, frame: pd.DataFrame, hits: Flags, groups: Groups) -> dict[str, Any]:
    covered, base = rule.holds(frame), float(hits[rule.known(frame)].mean())
    deals, successes = int(covered.sum()), int(hits[covered].sum())
    low, high = clustered_share(hits[covered], groups[covered])
    rate = successes / max(deals, 1)
    return {
        "rule": str(rule),
        "deals": deals,
        "hits": successes,
        "rate": rate,
        "low": low,
        "high": high,
        "base": base,
        "lift": rate / base,
        "found": successes / hits.sum(),
    }


def _unseen(
    rule: Rule, frame: pd.DataFrame, hits: Flags, groups: Groups, out: Flags, seed: int
) -> dict[str, Any]:
    """Compare the deals kept out under a rule with all of them."""
    known = rule.known(frame) & out
    covered = rule.holds(frame) & known
    sure = bool(covered.any()) and (
        _chance(covered[known], hits[known], groups[known], seed) <= _SURE
    )
    return {
        "holdout_deals": int(covered.sum()),
        "holdout_rate": float(hits[covered].mean()) if covered.any() else np.nan,
        "holdout_base": float(hits[known].mean()) if known.any() else np.nan,
        "confirmed": not out.any() or sure,
    }


def _chance(covered: Flags, hits: Flags, groups: Groups, seed: int) -> float:
    """Give the chance of as many hits under a rule: exactly, or with groups permuted as blocks."""
    found, codes = hits[covered].sum(), np.unique(groups, return_inverse=True)[1]
    if codes.max(initial=-1) + 1 == len(codes):
        return float(hypergeom.sf(found - 1, len(hits), hits.sum(), covered.sum()))
    drawn = permuted(hits, codes, _PERMUTATIONS, seed)
    return float((1 + (drawn[covered].sum(axis=0) >= found).sum()) / (1 + _PERMUTATIONS))
