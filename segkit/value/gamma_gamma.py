"""The Gamma-Gamma model of spend per purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import special, stats

from segkit.errors import DataError, ParameterError
from segkit.value._beta import log_beta_at_mean, log_share
from segkit.value._fit import Objective
from segkit.value._histories import Floats, Values, checked, dot, repeat_buyers
from segkit.value._model import Model, numbers, plain, seeds_of
from segkit.value.one_price import one_price

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

    _verdicts = (("independence_", Independence),)

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
        buyers = repeat_buyers(summary)
        self._check(buyers)
        x, spend = buyers["frequency"].to_numpy(), buyers["monetary_value"].to_numpy()
        self._maximise(_objective(x, spend), np.array([2.0, 3.0, spend.mean()]), len(buyers))
        self.independence_ = _independence(x, spend)
        self.notes_ += tuple(self._spend_notes(spend))
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

    def expected_new_customer(self) -> float:
        """Return the spend per purchase to expect of a new customer."""
        new = pd.DataFrame({"frequency": [0.0], "monetary_value": [0.0]})
        return float(self.expected_spend(new).iloc[0])

    def pdf(self, spend: Any, frequency: Any) -> Any:
        """Return the density of the mean spend of customers with so many repeat purchases.

        Raises
        ------
        ParameterError
            If a frequency is below 1: without a repeat purchase there is no spend.

        Examples
        --------
        >>> model = GammaGamma.from_params(p=6.25, q=3.74, gamma=15.44)
        >>> model.pdf([10.0, 35.0, 200.0], 2).round(4)
        array([0.0148, 0.0166, 0.0001])
        """
        x, given = numbers(frequency, "frequency", "pdf"), numbers(spend, "spend", "pdf")
        if not ((x >= 1) & (x < np.inf)).all():
            raise ParameterError("frequency", "pdf", "in the range [1, inf)", frequency)
        return plain(np.exp(self._log_density(given, x)))

    def log_likelihood(self, summary: Any) -> float:
        """Return the log-likelihood of repeat buyers' spend under the parameters as they are."""
        buyers = repeat_buyers(summary)
        spend, x = buyers["monetary_value"].to_numpy(), buyers["frequency"].to_numpy()
        return float(self._log_density(spend, x).sum())

    def _log_density(self, spend: Floats, x: Floats) -> Floats:
        p, q, gamma = self._theta()
        possible = (spend > 0) & (spend < np.inf)
        mean = np.where(possible, spend, 1.0)
        shape, logit = p * x, np.log(mean * q / (gamma * p))
        share, rest = shape / (shape + q), q / (shape + q)
        logs = shape * log_share(logit, share, rest) - np.log(mean)
        logs = logs + q * log_share(-logit, rest, share) - log_beta_at_mean(shape, q)
        return np.asarray(np.where(possible, logs, -np.inf))

    def bootstrap(self, summary: Any, refits: int = 200, random_state: int = 0) -> pd.DataFrame:
        """Refit to spend drawn from the fitted model: the spread of the parameters.

        Parameters
        ----------
        summary : frame with columns frequency, monetary_value
            Only the frequency is used: as many customers with as many purchases are drawn.
        refits : int
            Number of samples, each drawn and fitted anew.
        random_state : int
            Seed of the draws.

        Returns
        -------
        DataFrame
            One row a refit, one column a parameter.

        Raises
        ------
        DataError
            If the model was not fitted to data.
        """
        x = checked(summary, "frequency", "monetary_value")["frequency"].to_numpy()
        x = x[x > 0]
        # Purchases are drawn from the seeds alone: spend must not share their random numbers.
        fits = [
            self._refit(_objective(x, self.simulate(x, [seed, 1])))
            for seed in seeds_of(refits, random_state)
        ]
        return pd.DataFrame(fits, columns=list(self._letters))

    def simulate(self, frequency: Any, random_state: int | list[int] = 0) -> Floats:
        """Draw the mean spend of customers with so many purchases; 0 where there is none."""
        p, q, gamma = self._theta()
        rng, x = np.random.default_rng(random_state), numbers(frequency, "frequency", "simulate")
        if not ((x >= 0) & (x < np.inf)).all():
            raise ParameterError("frequency", "simulate", "in the range [0, inf)", frequency)
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
        price = one_price(buyers)
        if price is not None:
            raise DataError(
                "GammaGamma needs spend that differs between customers; all spent "
                f"{price:,.10g} a purchase. Give lifetime_value that figure as spend."
            )

    def _spend_notes(self, spend: Floats) -> list[str]:
        notes = []
        if self.params_["q"] <= 1:
            notes.append(
                f"Spend is so unequal (q = {self.params_['q']:.2f}, not above 1) that its mean "
                "over customers is infinite: expected spend is a median."
            )
        elif self._misses(spend):
            notes.append(
                f"Of a customer without repeat purchases {self.expected_new_customer():.4g} a "
                f"purchase is expected, but repeat buyers spent {spend.mean():.4g} on average: "
                "spend does not have the shape of the model. Do not rely on the values of "
                "one-time buyers."
            )
        if not self.independence_.holds:
            notes.append(
                "Spend goes with the number of purchases (correlation "
                f"{self.independence_.correlation:+.2f}): values of frequent buyers are "
                f"{'under' if self.independence_.correlation > 0 else 'over'}stated."
            )
        return notes

    def _misses(self, spend: Floats) -> bool:
        """Tell whether the model's mean is far from that of the data, in errors and in percent."""
        mean, error = spend.mean(), spend.std(ddof=1) / np.sqrt(spend.size)
        return bool(abs(self.expected_new_customer() - mean) > max(3 * error, 0.1 * mean))


def _objective(frequency: Floats, spend: Floats) -> Objective:
    """Mean log-likelihood by the logs of the parameters; sums over the data are taken once."""
    x = Values.of(frequency)
    each, bought, spent = x.distinct, frequency, spend * frequency
    share = np.bincount(x.place, minlength=each.size) / spend.size
    logs_spent = (bought * np.log(spent)).mean()
    logs_spend = np.log(spend).mean()

    def objective(logs: Floats) -> tuple[float, Floats]:
        p, q, gamma = theta = np.exp(logs)
        shape = p * each + q
        pool = gamma + spent
        log_pool = np.log(pool)
        mean_log, per_purchase = log_pool.mean(), dot(bought, log_pool) / spend.size
        value = (
            share @ (special.gammaln(shape) - special.gammaln(p * each))
            - special.gammaln(q)
            + q * np.log(gamma)
            + p * logs_spent
            - logs_spend
            - p * per_purchase
            - q * mean_log
        )
        slopes = [
            (share * each) @ (special.digamma(shape) - special.digamma(p * each))
            + logs_spent
            - per_purchase,
            share @ special.digamma(shape) - special.digamma(q) + np.log(gamma) - mean_log,
            q / gamma - dot(p * bought + q, 1 / pool) / spend.size,
        ]
        return float(value), np.array(slopes) * theta

    return objective


def _independence(x: Floats, spend: Floats) -> Independence:
    if np.ptp(x) == 0 or spend.size < 3:
        return Independence(0.0, 1.0, holds=True)
    found = stats.pearsonr(x, spend)
    strong = abs(found.statistic) >= _STRONG and found.pvalue < 0.05
    return Independence(float(found.statistic), float(found.pvalue), holds=not strong)
