"""BG/BB: purchases at fixed occasions, such as yearly donations or conference visits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from segkit.errors import DataError, ParameterError
from segkit.value._beta import log_beta_ratio
from segkit.value._fit import Objective, maximise
from segkit.value._growth import projected
from segkit.value._histories import Floats, Histories, dot
from segkit.value.attrition import AttritionModel
from segkit.value.timing import Flow, check_count

__all__ = ["BetaGeoBetaBinomial"]

_MOST = 2e7  # ways to leave; more of them fill the memory
_EXACT = 64  # occasions summed one by one: the rate may fall a hundredfold from one to the next


class BetaGeoBetaBinomial(AttritionModel):
    r"""Beta chances of buying at each occasion, and beta chances of leaving before each.

    The summary counts occasions: `T` occasions since the first purchase, `frequency` of them
    used, the last one at occasion `recency`. P(alive) is that at the next occasion. A table of
    histories and how many share each becomes one by ``table.loc[table.index.repeat(counts)]``.

    .. math::
        L = \frac{B(\alpha+x, \beta+n-x)}{B(\alpha, \beta)}
        \frac{B(\gamma, \delta+n)}{B(\gamma, \delta)} + \sum_{i=t_x}^{n-1}
        \frac{B(\alpha+x, \beta+i-x)}{B(\alpha, \beta)}
        \frac{B(\gamma+1, \delta+i)}{B(\gamma, \delta)}

    Source: Fader, Hardie and Shang (2010), Marketing Science 29(6).

    Examples
    --------
    >>> model = BetaGeoBetaBinomial.from_params(alpha=1.204, beta=0.75, gamma=0.657, delta=2.783)
    >>> round(model.expected_new_customer(10), 2)
    3.18
    >>> model.pmf([0, 1, 2], 2).round(3)
    array([0.394, 0.289, 0.317])
    """

    _letters = ("alpha", "beta", "gamma", "delta")
    _smooth = False

    def _pmf(self, x: Floats, t: float) -> Floats:
        bought = x[x <= t]
        paths = _Paths(bought, bought, np.full(bought.shape, t))
        with_order = paths.terms(self._theta()) + paths.log_orders()
        found = np.exp(np.logaddexp.reduceat(with_order, paths.starts)) if bought.size else bought
        total = np.zeros(x.shape)
        total[x <= t] = found
        return total

    def _check(self, data: Histories) -> None:
        super()._check(data)
        _check_occasions(data.x.rows, data.t_x.rows, data.T.rows)

    def _frame(self, summary: Any) -> pd.DataFrame:
        frame = super()._frame(summary)
        _check_occasions(*(frame[name].to_numpy() for name in ("frequency", "recency", "T")))
        return frame

    def _check_time(self, t: float, method: str) -> None:
        super()._check_time(t, method)
        if t != np.floor(t):
            raise ParameterError("t", method, "a whole number of occasions", t)

    def _likelihood(self, data: Histories) -> Objective:
        paths, share = _Paths(data.x.rows, data.t_x.rows, data.T.rows), data.share

        def likelihood(theta: Floats) -> tuple[float, Floats]:
            terms = paths.terms(theta)
            mixed = np.logaddexp.reduceat(terms, paths.starts)
            weights = share[paths.row] * np.exp(terms - mixed[paths.row])
            return float(dot(share, mixed)), np.asarray(dot(paths.slopes(theta), weights))

        return likelihood

    def _without_attrition(self, data: Histories) -> float:
        x, n, share = data.x.rows.astype(np.intp), data.T.rows.astype(np.intp), data.share

        def objective(logs: Floats) -> tuple[float, Floats]:
            alpha, beta = np.exp(logs)
            used, unused, all_of = (_rising(v, n.max()) for v in (alpha, beta, alpha + beta))
            value = share @ (used[0][x] + unused[0][n - x] - all_of[0][n])
            slopes = [
                share @ (part[1][k] - all_of[1][n]) for part, k in ((used, x), (unused, n - x))
            ]
            return float(value), np.array(slopes) * np.exp(logs)

        return maximise(objective, np.zeros(2), data.customers).mean * data.customers

    def _start(self, data: Histories) -> Floats:  # noqa: ARG002, occasions have no unit
        return np.ones(4)

    def _alive(self, x: Floats, t_x: Floats, age: Floats) -> Floats:
        rows, place = np.unique(np.stack([x, t_x, age]), axis=1, return_inverse=True)
        _, _, gamma, delta = theta = self._theta()
        paths = _Paths(*rows)
        terms = paths.terms(theta)
        mixed = np.logaddexp.reduceat(terms, paths.starts)
        stays = np.exp(terms[paths.alive] - mixed) * (delta + rows[2]) / (gamma + delta + rows[2])
        return np.asarray(stays[place.ravel()])

    def _rate(self, x: Floats, age: Floats, times: Floats) -> Floats:
        alpha, beta, gamma, delta = self._theta()
        stays = delta + age[:, None] + 1
        log_stays = log_beta_ratio(gamma, stays, np.asarray(times) - 1)
        return np.asarray(((alpha + x) / (alpha + beta + age))[:, None] * np.exp(log_stays))

    def _draw(
        self, age: Floats, holdout: float, rng: np.random.Generator
    ) -> tuple[Floats, Floats, Floats]:
        alpha, beta, gamma, delta = self._theta()
        chance = rng.beta(alpha, beta, age.size)
        leaving = np.clip(rng.beta(gamma, delta, age.size), 1e-15, 1 - 1e-15)
        stays = rng.geometric(leaving) - 1
        occasion = np.arange(1, int(age.max(initial=0) + holdout) + 1)
        bought = rng.random((age.size, occasion.size)) < chance[:, None]
        bought &= occasion <= np.minimum(stays, age + holdout)[:, None]
        early = bought & (occasion <= age[:, None])
        x, t_x = early.sum(axis=1), (early * occasion).max(axis=1, initial=0)
        return x.astype(np.float64), t_x.astype(np.float64), (bought.sum(axis=1) - x).astype(float)

    def _scale(self) -> float:
        return (1 + self.params_["delta"]) / (1 + self.params_["gamma"])

    def _ahead(self, x: Floats, age: Floats, flow: Flow) -> Floats:
        check_count(flow.breaks[-1], "BetaGeoBetaBinomial")
        occasions = np.arange(1.0, np.floor(flow.breaks[-1] + 1e-9) + 1)
        worth = flow.factor(occasions)
        times, weights = occasions[:_EXACT], worth[:_EXACT]
        if occasions.size > _EXACT:
            scale = self._scale() + _EXACT / (1 + self.params_["gamma"])
            late, few = projected(occasions[_EXACT:], worth[_EXACT:], scale)
            times, weights = np.append(times, late), np.append(weights, few)
        return np.maximum(self._rate(x, age, times) @ weights, 0.0)


def _check_occasions(x: Floats, t_x: Floats, n: Floats) -> None:
    """Refuse histories that do not count occasions."""
    for name, column in (("recency", t_x), ("T", n)):
        if (column != np.floor(column)).any():
            raise DataError(
                f"BetaGeoBetaBinomial counts occasions, but {name} is not a whole number "
                "everywhere: count the occasions since the first purchase."
            )
    if (x > t_x).any():
        raise DataError(
            "BetaGeoBetaBinomial allows one purchase an occasion, but frequency is above "
            "recency for some customers."
        )


class _Paths:
    """Every way to a history: staying to the end, or leaving after an occasion since t_x."""

    def __init__(self, x: Floats, t_x: Floats, n: Floats) -> None:
        if max((n - t_x).sum(), n.max(initial=0)) > _MOST:
            raise DataError(
                f"BetaGeoBetaBinomial goes through the occasions one by one, up to {_MOST:,.0f} of "
                f"them; there are up to {n.max():,.0f} a customer: count fewer and longer ones."
            )
        ways = (n - t_x).astype(np.intp) + 1
        self.starts = np.cumsum(ways) - ways
        self.row = np.repeat(np.arange(x.size), ways)
        self.last = t_x.astype(np.intp)[self.row] + np.arange(self.row.size) - self.starts[self.row]
        self.used = x.astype(np.intp)[self.row]
        self.alive = self.last == n[self.row]
        self.longest = int(n.max(initial=0)) + 1

    def terms(self, theta: Floats) -> Floats:
        """Log-likelihood of each way."""
        used, unused, occasions, stays, all_of = self._tables(theta, 0)
        gone = np.where(self.alive, 0.0, np.log(theta[2]))
        return np.asarray(
            used[self.used]
            + unused[self.last - self.used]
            - occasions[self.last]
            + gone
            + stays[self.last]
            - all_of[self.last + ~self.alive]
        )

    def slopes(self, theta: Floats) -> Floats:
        """Slopes of the log-likelihoods by alpha, beta, gamma, delta."""
        used, unused, occasions, stays, all_of = self._tables(theta, 1)
        whole, ends = occasions[self.last], all_of[self.last + ~self.alive]
        return np.array(
            [
                used[self.used] - whole,
                unused[self.last - self.used] - whole,
                np.where(self.alive, 0.0, 1 / theta[2]) - ends,
                stays[self.last] - ends,
            ]
        )

    def log_orders(self) -> Floats:
        """Log number of orders in which the purchases fit into the occasions."""
        return np.asarray(
            -np.log1p(self.last) - special.betaln(self.last - self.used + 1, self.used + 1)
        )

    def _tables(self, theta: Floats, order: int) -> list[Floats]:
        alpha, beta, gamma, delta = theta
        bases = alpha, beta, alpha + beta, delta, gamma + delta
        return [_rising(base, self.longest)[order] for base in bases]


def _rising(base: float, top: int) -> tuple[Floats, Floats]:
    """Log of the rising factorial of `base` for 0 to `top` factors, and its slope."""
    factors = base + np.arange(top)
    zero = np.zeros(1)
    return (
        np.concatenate([zero, np.cumsum(np.log(factors))]),
        np.concatenate([zero, np.cumsum(1 / factors)]),
    )
