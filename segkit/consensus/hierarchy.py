"""Weights from pairwise judgements: the analytic hierarchy process, and how consistent it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.consensus.judgements import Judgements, check_connected, read_judgements
from segkit.consensus.priorities import (
    Group,
    Method,
    bounds_of_weights,
    joined_weights,
    largest_eigenvalue,
    panel_matrix,
    weights_of,
)
from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import JsonResult

__all__ = ["AHP", "ahp"]

Numbers = NDArray[np.float64]

_SAATY = (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
_ACCEPTED = 0.10
_TALKED_ABOUT = 3
_GROUP = "the whole panel"


@dataclass(frozen=True, eq=False)
class AHP(JsonResult):
    """Weights of items, and how consistent the judgements are.

    Attributes
    ----------
    table : DataFrame
        One row an item, in the order given: `item, weight, low, high, rank`. The interval comes
        from the panelists, left out one at a time; one panelist has none.
    consistency_ratio, consistency_index, lambda_max : float
        Of the panel's matrix; of AIP, the mean over the panelists. Above 0.10 the judgements
        should be talked over.
    random_index : str
        Which random index the ratio is taken against, with its value.
    panelists : DataFrame
        One row a panelist: `panelist, judged` (how many pairs) and `consistency_ratio`.
    panelist_weights : DataFrame
        One row a panelist and item: `panelist, item, weight`, by this panelist's pairs alone.
    judgements : DataFrame
        One row a judgement, farthest from what its judge's own weights imply first: `judge,
        item_a, item_b, ratio, implied, off`; `off` is the factor between them, at least 1. Beside
        the panelists, a panel of several is a judge too, "the whole panel".
    method, group : str
    confidence : float
    notes : tuple of str
    """

    table: pd.DataFrame
    consistency_ratio: float
    consistency_index: float
    lambda_max: float
    random_index: str
    panelists: pd.DataFrame
    panelist_weights: pd.DataFrame
    judgements: pd.DataFrame
    method: str
    group: str
    confidence: float
    notes: tuple[str, ...]

    @property
    def weights(self) -> pd.Series[float]:
        """Weight of each item, by name; they sum to 1."""
        return self.table.set_index("item")["weight"]

    @property
    def consistent(self) -> bool:
        """Whether the consistency ratio is at most 0.10."""
        return self.consistency_ratio <= _ACCEPTED

    @property
    def to_discuss(self) -> pd.DataFrame:
        """The three judgements to discuss of each judge whose consistency ratio exceeds 0.10."""
        ratios = dict(
            zip(self.panelists["panelist"], self.panelists["consistency_ratio"], strict=True)
        )
        ratios.setdefault(_GROUP, self.consistency_ratio)
        wild = [judge for judge, ratio in ratios.items() if ratio > _ACCEPTED]
        rows = self.judgements[self.judgements["judge"].isin(wild)]
        return rows.groupby("judge", sort=False).head(_TALKED_ABOUT).reset_index(drop=True)


def ahp(
    judgements: Any,
    *,
    items: Sequence[str] | None = None,
    panelist: str = "panelist",
    item_a: str = "item_a",
    item_b: str = "item_b",
    ratio: str = "ratio",
    method: Method = "eigenvector",
    group: Group = "AIJ",
    random_index: str | float = "Saaty",
    confidence: float = 0.9,
) -> AHP:
    r"""Weigh items by pairwise judgements (analytic hierarchy process, Saaty 1977).

    The weights are the principal eigenvector of the matrix of ratios, or the geometric means of
    its rows (Crawford & Williams 1985). With :math:`\lambda` the largest eigenvalue,
    :math:`CI = (\lambda - n) / (n - 1)` and :math:`CR = CI / RI`, where RI is the CI of random
    judgements. Pairs that were not judged are left out as Harker (1987) does: 0 in their cells,
    and on the diagonal 1 + the number of empty cells of the row.

    Parameters
    ----------
    judgements : array, list, mapping or frame
        A square matrix of ratios, or several of them, one a panelist; NaN where not judged, the
        lower triangle may be left out. Or pairs, ``{("a", "b"): 3}`` or ``[("a", "b", 3)]``, or a
        mapping of panelists to matrices or pairs. Or a table, one row a judgement.
    items : sequence of str, optional
        Names in the order wanted; a judgement of any other name is refused.
    panelist, item_a, item_b, ratio : str
        Columns of a table: who judged (may be missing: one panelist), the two items, and how many
        times more the first counts.
    method : {"eigenvector", "geometric mean"}
    group : {"AIJ", "AIP"}
        Join a panel by the geometric mean of its judgements, or of its members' weights.
    random_index : {"Saaty", "Alonso-Lamata"} or float
        Saaty (1980), up to 15 items; or Alonso & Lamata (2006), RI = (1.7699 n - 4.3513) / (n - 1)
        from their fit of the mean eigenvalue; or a number.
    confidence : float
        Confidence of the intervals, in (0, 1).

    Raises
    ------
    DataError
        If ratios are not above 0, contradict each other, or items were never compared.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> found = ahp([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]], items=["fit", "margin", "cycle"])
    >>> found.weights.round(2).to_dict(), round(found.consistency_ratio, 6)
    ({'fit': 0.6, 'margin': 0.3, 'cycle': 0.1}, 0.0)
    """
    _check(method, group, confidence)
    read = read_judgements(judgements, items, panelist, item_a, item_b, ratio)
    index, index_name = _random_index(random_index, len(read.items))
    own, notes = _own(read, method, group)
    joined = joined_weights(read.ratios, own, method, group, read.items)
    low, high = bounds_of_weights(read.ratios, own, method, group, confidence)
    largest = _largest(read.ratios, own, joined, group)
    spread = max(largest - len(joined), 0.0) / (len(joined) - 1)
    table = pd.DataFrame({"item": read.items, "weight": joined, "low": low, "high": high})
    table["rank"] = table["weight"].rank(ascending=False, method="min").astype(int)
    return AHP(
        table=table,
        consistency_ratio=spread / index if index else 0.0,
        consistency_index=spread,
        lambda_max=largest,
        random_index=index_name,
        panelists=_panelists(read, own, index),
        panelist_weights=_panelist_weights(read, own),
        judgements=_deviations(read, own, joined),
        method=method,
        group=group,
        confidence=confidence,
        notes=(*read.notes, *notes),
    )


def _check(method: str, group: str, confidence: float) -> None:
    for name, value, allowed in (
        ("method", method, ("eigenvector", "geometric mean")),
        ("group", group, ("AIJ", "AIP")),
    ):
        if value not in allowed:
            raise ParameterError(name, "ahp", f"one of {', '.join(allowed)}", value)
    check_share("confidence", "ahp", confidence)


def _random_index(wanted: str | float, n: int) -> tuple[float, str]:
    if n < 3:  # two items cannot contradict each other
        return 0.0, f"{wanted}: none for {n} items"
    if isinstance(wanted, int | float) and wanted > 0:
        return float(wanted), f"{wanted:g}, as given"
    if wanted == "Saaty" and n - 3 < len(_SAATY):
        return _SAATY[n - 3], f"Saaty: {_SAATY[n - 3]:.2f} for {n} items"
    if wanted == "Alonso-Lamata":
        value = (1.7699 * n - 4.3513) / (n - 1)
        return value, f"Alonso-Lamata: {value:.4f} for {n} items"
    expected = "'Saaty' (up to 15 items), 'Alonso-Lamata' or a number above 0"
    raise ParameterError("random_index", "ahp", expected, wanted)


def _own(read: Judgements, method: Method, group: Group) -> tuple[Numbers, list[str]]:
    """Weigh by each panelist alone; NaN for those who left items unconnected."""
    weights, notes = np.full((len(read.panelists), len(read.items)), np.nan), []
    for number, matrix in enumerate(read.ratios):
        try:
            check_connected(~np.isnan(matrix), read.items, f"panelist {read.panelists[number]}")
        except DataError as refusal:
            if len(read.panelists) == 1:
                raise
            alone = "is set aside" if group == "AIP" else "counts only within the panel"
            notes.append(f"Panelist {read.panelists[number]} {alone}. {refusal}")
        else:
            weights[number] = weights_of(matrix, method)
    if group == "AIP" and np.isnan(weights).all():
        raise DataError("No panelist judged enough pairs to weigh all items alone; use AIJ.")
    if np.isnan(read.ratios).any():
        notes.append(
            "Pairs are missing (Harker 1987): the random index is for full matrices, so that the "
            "consistency ratio flatters."
        )
    return weights, notes


def _ratio(matrix: Numbers, weights: Numbers, index: float) -> float:
    if np.isnan(weights).any():
        return float("nan")
    n = len(weights)
    return max(largest_eigenvalue(matrix, weights) - n, 0.0) / (n - 1) / index if index else 0.0


def _panelists(read: Judgements, own: Numbers, index: float) -> pd.DataFrame:
    known = (~np.isnan(read.ratios)).sum(axis=(1, 2))
    ratios = [_ratio(matrix, w, index) for matrix, w in zip(read.ratios, own, strict=True)]
    return pd.DataFrame(
        {
            "panelist": read.panelists,
            "judged": (known - len(read.items)) // 2,
            "consistency_ratio": ratios,
        }
    )


def _panelist_weights(read: Judgements, own: Numbers) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "panelist": np.repeat(read.panelists, len(read.items)),
            "item": list(read.items) * len(read.panelists),
            "weight": own.ravel(),
        }
    )


def _largest(ratios: Numbers, own: Numbers, joined: Numbers, group: Group) -> float:
    if group == "AIJ":
        return largest_eigenvalue(panel_matrix(ratios), joined)
    known = ~np.isnan(own[:, 0])
    return float(
        np.mean([largest_eigenvalue(*one) for one in zip(ratios[known], own[known], strict=True)])
    )


def _deviations(read: Judgements, own: Numbers, joined: Numbers) -> pd.DataFrame:
    """Compare each judgement with what the weights of its judge imply."""
    judges = list(zip(read.panelists, read.ratios, own, strict=True))
    if len(judges) > 1:
        judges.append((_GROUP, panel_matrix(read.ratios), joined))
    i, j = np.triu_indices(len(read.items), 1)
    names = np.array(read.items, dtype=object)
    parts = [
        pd.DataFrame(
            {
                "judge": judge,
                "item_a": names[i],
                "item_b": names[j],
                "ratio": matrix[i, j],
                "implied": weights[i] / weights[j],
            }
        )
        for judge, matrix, weights in judges
    ]
    table = pd.concat(parts, ignore_index=True).dropna(subset=["ratio", "implied"])
    table["off"] = np.exp(np.abs(np.log(table["ratio"] / table["implied"])))
    return table.sort_values("off", ascending=False, kind="stable", ignore_index=True)
