"""Likelihood-ratio tests of a model against a simpler one on its boundary."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

__all__ = ["LEVEL", "LikelihoodRatio"]

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A likelihood-ratio test of a richer model against a simpler one.

    Source: Self and Liang (1987), Journal of the American Statistical Association 82(398).

    Attributes
    ----------
    statistic : float
        Twice the gain in log-likelihood.
    p_value : float
        Of the simpler model. It lies on the boundary of the richer one: exact for one extra
        parameter (half the chi-squared tail), an upper bound for two.
    detected : bool
        What the richer model adds is there: `p_value` is below 0.05.

    Examples
    --------
    >>> LikelihoodRatio.of(richer=-100.0, simpler=-105.0, extra=1).detected
    True
    """

    statistic: float
    p_value: float
    detected: bool

    @classmethod
    def of(cls, *, richer: float, simpler: float, extra: int) -> LikelihoodRatio:
        """Compare two log-likelihoods of the same data."""
        statistic = max(0.0, float(2 * (richer - simpler)))
        tail = float(stats.chi2.sf(statistic, extra))
        p_value = tail / 2 if extra == 1 and statistic > 0 else tail
        return cls(statistic, p_value, p_value < LEVEL)

    def __str__(self) -> str:
        p_value = "< 0.001" if self.p_value < 0.001 else f"{self.p_value:.2g}"
        return f"likelihood ratio {self.statistic:,.1f}, p {p_value}"
