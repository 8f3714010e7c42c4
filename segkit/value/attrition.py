"""Do customers leave at all? A likelihood-ratio test of dropout models against NBD."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

from segkit.value._histories import Histories
from segkit.value.nbd import NBD

__all__ = ["AttritionTest", "attrition_test"]

_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class AttritionTest:
    """Whether the data show that customers leave.

    Attributes
    ----------
    statistic : float
        Twice the gain in log-likelihood over NBD.
    p_value : float
        Upper bound: without attrition the two extra parameters lie on their boundary.
    detected : bool
        `p_value` is below 0.05.
    note : str
        The verdict in words.
    """

    statistic: float
    p_value: float
    detected: bool
    note: str


def attrition_test(log_likelihood: float, data: Histories) -> AttritionTest:
    """Compare a model with two parameters of dropout with NBD on the same data."""
    steady = NBD()
    steady.fit_histories(data.without_recency())
    statistic = max(0.0, 2 * (log_likelihood - steady.log_likelihood_))
    p_value = float(stats.chi2.sf(statistic, 2))
    detected = p_value < _LEVEL
    note = (
        f"Attrition is detected (likelihood ratio {statistic:.1f}, p <= {p_value:.2g})."
        if detected
        else f"No attrition is detectable (likelihood ratio {statistic:.1f} against NBD, "
        f"p <= {p_value:.2g}): P(alive) is not identified. Use NBD, or observe longer."
    )
    return AttritionTest(statistic, p_value, detected, note)
