"""The Gamma-Gamma model of spend per purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import special, stats

from segkit.errors import DataError
from segkit.value._histories import Floats, Values, checked
from segkit.value._model import Model

__all__ = ["GammaGamma", "Independence"]

_STRONG = 0.2
_NO_CENTRE = 0.05


@dataclass(frozen=True, slots=True)
class Independence:
    """Whether spend goes with the number of purchases, which the model assumes it does not.

    Attributes
    ----------
    correlation : float
        Pearson's correlation of frequency and mean spend among repeat buyers, as in the paper.
    p_value : float
        Of no correlation.
    holds : bool
        The correlation is weak (below 0.2) or could be chance (p above 0.05).
    """

    correlation: float
    p_value: float
    holds: bool


class GammaGamma(Model):
    r"""Mean spend per purchase: gamma within a customer, its scale gamma across customers.

    .. math::
        L = \frac{\Gamma(px+q)}{\Gamma(px)\Gamma(q)}
        \frac{\gamma^q m^{px-1} x^{px}}{(\gamma + m x)^{px+q}} \qquad
        \mathrm{E}[M \mid m, x] = \frac{p (\gamma + m x)}{px + q - 1}

    Fitted on customers with repeat purchases. When q <= 1 the mean over customers is infinite:
    the model then answers with medians and says so in `notes_`.

    Source: Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4); Fader and Hardie
    (2013), "The Gamma-Gamma model of monetary value".

    Examples
    --------
    >>> import pandas as pd
    >>> model = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
    >>> one = pd.DataFrame({"frequency": [2, 0], "monetary_value": [22.35, 0.0]})
    >>> model.expected_spend(one).round(2).tolist()
    [24.66, 35.22]
    """

    _letters = ("p", "q", "gamma")

    independence_: Independence

    def fit(self, summary: Any) -> Self:
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        summary : frame with columns frequency, monetary_value
            Number of repeat purchases and their mean spend; other customers are left out.

        Raises
        ------
        DataError
            If fewer than two customers bought again, or a repeat buyer's spend is not above 0.
        """
        frame = checked(summary, "frequency", "monetary_value")
        buyers = frame[frame["frequency"] > 0]
        self._check(buyers)
        x, spend = Values.of(buyers["frequency"]), buyers["monetary_value"].to_numpy()
        self._maximise(
            lambda logs: _mean_likelihood(x, spend, np.exp(logs)),
            np.array([2.0, 3.0, spend.mean()]),
            len(buyers),
        )
        self.independence_ = _independence(x.rows, spend)
        self.notes_ += tuple(self._spend_notes())
        return self

    def expected_spend(self, summary: Any) -> pd.Series[float]:
        """Return each customer's expected spend per purchase.

        Customers without repeat purchases get the figure of the whole base.

        Raises
        ------
        DataError
            If spend is so unequal (q below 0.05) that it has no centre.
        """
        p, q, gamma = self._theta()
        if q < _NO_CENTRE:
            raise DataError(
                f"Spend per purchase is too unequal to forecast (q = {q:.2g}): look for a few "
                "extreme or near-zero amounts and set them aside."
            )
        frame = checked(summary, "frequency", "monetary_value")
        x, spend = frame["frequency"].to_numpy(), frame["monetary_value"].to_numpy()
        shape = p * x + q
        centre = shape - 1 if q > 1 else special.gammaincinv(shape, 0.5)
        return pd.Series(p * (gamma + x * spend) / centre, frame.index, name="expected_spend")

    def simulate(self, frequency: Any, random_state: int = 0) -> Floats:
        """Draw the mean spend of customers with so many purchases; 0 where there is none."""
        p, q, gamma = self._theta()
        rng, x = np.random.default_rng(random_state), np.asarray(frequency, dtype=np.float64)
        scale = np.maximum(rng.gamma(q, 1 / gamma, x.size), 1e-300)
        spend = rng.gamma(p * np.maximum(x, 1)) / (scale * np.maximum(x, 1))
        return np.where(x > 0, spend, 0.0)

    def _check(self, buyers: pd.DataFrame) -> None:
        if len(buyers) < 2:
            raise DataError(
                "GammaGamma needs at least 2 customers with repeat purchases, better hundreds. "
                f"Got {len(buyers)}."
            )
        free = buyers.index[buyers["monetary_value"] <= 0]
        if len(free):
            raise DataError(
                f"GammaGamma needs spend above 0, but {len(free):,} repeat buyers spent nothing "
                f"(first: {', '.join(map(str, free[:5]))}): leave days without spend out of the "
                "summary."
            )
        if buyers["monetary_value"].min() == buyers["monetary_value"].max():
            raise DataError(
                "GammaGamma needs spend that differs between customers; all spent "
                f"{buyers['monetary_value'].iloc[0]:g} a purchase. Use that figure as it is."
            )

    def _spend_notes(self) -> list[str]:
        notes = []
        if self.params_["q"] <= 1:
            notes.append(
                f"Spend is so unequal (q = {self.params_['q']:.2f}, not above 1) that its mean "
                "over customers is infinite: expected spend is a median."
            )
        if not self.independence_.holds:
            notes.append(
                "Spend goes with the number of purchases (correlation "
                f"{self.independence_.correlation:+.2f}): values of frequent buyers are "
                f"{'under' if self.independence_.correlation > 0 else 'over'}stated."
            )
        return notes


def _mean_likelihood(x: Values, spend: Floats, theta: Floats) -> tuple[float, Floats]:
    p, q, gamma = theta
    each = x.distinct
    share = np.bincount(x.place, minlength=each.size) / spend.size
    bought, shape = x.rows, p * each + q
    pool = gamma + spend * bought
    log_pool, log_spent = np.log(pool), np.log(spend * bought)
    value = (
        share @ (special.gammaln(shape) - special.gammaln(p * each))
        - special.gammaln(q)
        + q * np.log(gamma)
        + (p * bought * log_spent - np.log(spend) - shape[x.place] * log_pool).mean()
    )
    slopes = [
        (share * each) @ (special.digamma(shape) - special.digamma(p * each))
        + (bought * (log_spent - log_pool)).mean(),
        share @ special.digamma(shape) - special.digamma(q) + np.log(gamma) - log_pool.mean(),
        q / gamma - (shape[x.place] / pool).mean(),
    ]
    return float(value), np.array(slopes) * theta


def _independence(x: Floats, spend: Floats) -> Independence:
    if np.ptp(x) == 0 or spend.size < 3:
        return Independence(0.0, 1.0, holds=True)
    found = stats.pearsonr(x, spend)
    strong = abs(found.statistic) >= _STRONG and found.pvalue < 0.05
    return Independence(float(found.statistic), float(found.pvalue), holds=not strong)
