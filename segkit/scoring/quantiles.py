"""Quantile regression of a logarithm, with the covariance of its coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.special import ndtri

from segkit.errors import DataError
from segkit.scoring.intake import Numbers

__all__ = ["QuantileFit", "fit_quantile"]

_Z = float(ndtri(0.95))


@dataclass(frozen=True)
class QuantileFit:
    """Coefficients of log spend, the intercept first, and their covariance."""

    coefficients: Numbers
    covariance: Numbers

    def logs(self, X: Numbers) -> Numbers:
        """Give the quantile of log spend of each row."""
        return np.asarray(self.coefficients[0] + X @ self.coefficients[1:])

    def estimates(self, X: Numbers) -> pd.DataFrame:
        """Give `wallet` with its 90 % interval `low, high`, as money."""
        design = np.column_stack([np.ones(len(X)), X])
        variance = np.einsum("ij,jk,ik->i", design, self.covariance, design)
        middle, half = self.logs(X), _Z * np.sqrt(np.maximum(variance, 0.0))
        ends = {"wallet": middle, "low": middle - half, "high": middle + half}
        return pd.DataFrame({name: np.exp(value) for name, value in ends.items()})


def fit_quantile(X: Numbers, y: Numbers, quantile: float) -> QuantileFit:
    """Fit by the dual linear program (Koenker & Bassett 1978), which has few constraints."""
    design = np.column_stack([np.ones(len(X)), X])
    found = linprog(
        -y,
        A_eq=design.T,
        b_eq=(1 - quantile) * design.sum(axis=0),
        bounds=(0, 1),
        method="highs-ds",
    )
    if found.status != 0:
        raise DataError(f"No wallet fits these accounts: {found.message}")
    coefficients = -found.eqlin.marginals
    return QuantileFit(coefficients, _covariance(design, y - design @ coefficients, quantile))


def _covariance(design: Numbers, residuals: Numbers, quantile: float) -> Numbers:
    """Give Powell's sandwich with Hall & Sheather's bandwidth (Koenker 2005, section 3.4)."""
    z = ndtri(quantile)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    width = len(residuals) ** (-1 / 3) * ndtri(0.95) ** (2 / 3)
    width *= (1.5 * density**2 / (2 * z**2 + 1)) ** (1 / 3)
    width = min(width, 0.9 * min(quantile, 1 - quantile))
    quartiles = np.subtract(*np.quantile(residuals, [0.75, 0.25])) / 1.34
    spread = min(float(residuals.std()), float(quartiles)) or 1e-9
    reach = spread * (ndtri(quantile + width) - ndtri(quantile - width))
    near = np.exp(-((residuals / reach) ** 2) / 2) / (np.sqrt(2 * np.pi) * reach)
    inverse = np.linalg.pinv((design * near[:, None]).T @ design)
    return np.asarray(quantile * (1 - quantile) * inverse @ (design.T @ design) @ inverse)
