"""What every fitted model of value carries: parameters, their errors, and its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import special

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import read_model_json
from segkit.value._fit import Objective, follow, maximise
from segkit.value._histories import Floats

__all__ = ["Model", "check_level", "check_refits", "log_interval", "number", "numbers", "two_sided"]

_SCHEMA = 1
_STEP = 1e-4
_CONVERGED = 1e-5


def number(value: Any) -> float:
    """Return a single number as a float; nan, which no range holds, for anything else."""
    try:
        return np.nan if isinstance(value, str) or np.ndim(value) else float(value)
    except (TypeError, ValueError):
        return np.nan


def numbers(values: Any, name: str, owner: str) -> Floats:
    """Return numbers in any shape as an array; refuse text, dates and gaps."""
    try:
        dated = np.asarray(values).dtype.kind in "mM"
        found = np.full(1, np.nan) if dated else np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.full(1, np.nan)
    if np.isnan(found).any():
        raise ParameterError(name, owner, "a number or an array of numbers without gaps", values)
    return found


def check_level(level: float, owner: str) -> None:
    """Refuse a level of confidence outside (0, 1)."""
    if not 0 < number(level) < 1:
        raise ParameterError("level", owner, "a share in the range (0, 1), such as 0.9", level)


def check_refits(refits: int, owner: str, fewest: int = 1) -> None:
    """Refuse a number of refits that is no count."""
    if not fewest <= number(refits) < np.inf or number(refits) != int(refits):
        expected = f"a whole number in the range [{fewest}, inf), such as 200"
        raise ParameterError("refits", owner, expected, refits)


def two_sided(level: float) -> float:
    """Return the normal quantile that leaves (1 - level) / 2 above it."""
    return float(special.ndtri((1 + level) / 2))


def log_interval(value: Any, log_error: Any, level: float) -> tuple[Any, Any]:
    """Interval of a positive value from the standard error of its log."""
    factor = np.exp(np.minimum(two_sided(level) * log_error, 700.0))
    return value / factor, value * factor


class Model:
    """A model with positive parameters, fitted by maximum likelihood.

    Attributes
    ----------
    params_ : dict of str to float
        Parameters by the letters of their paper.
    standard_errors_ : dict of str to float
        Asymptotic standard errors; infinite for a parameter that the data do not identify.
    log_likelihood_ : float
        Of the full data, as papers print it.
    customers_ : int
        Customers the model was fitted on.
    gradient_ : float
        Largest slope of the mean log-likelihood left at the optimum; near 0 when converged.
    unidentified_ : tuple of str
        Parameters that the data do not identify.
    notes_ : tuple of str
        What the analyst must know before using the numbers, in plain words.
    unit_ : str or None
        Unit of the times in the data, where `customer_summary` made them.
    """

    _letters: ClassVar[tuple[str, ...]]
    _verdicts: ClassVar[tuple[tuple[str, type[Any]], ...]] = ()  # tests of the fit, their class

    params_: dict[str, float]
    standard_errors_: dict[str, float]
    log_likelihood_: float
    customers_: int
    gradient_: float
    unidentified_: tuple[str, ...] = ()
    notes_: tuple[str, ...] = ()
    unit_: str | None = None
    _covariance: Floats | None = None
    _fingerprint: str = ""

    @classmethod
    def from_params(cls, **params: float) -> Self:
        """Build the model from known parameters, such as published ones.

        Raises
        ------
        ParameterError
            If a letter is missing or unknown, or a value is not positive and finite.
        """
        for name in params:
            if name not in cls._letters:
                raise ParameterError(
                    name, cls.__name__, f"one of {cls._letters}.{nearest(name, cls._letters)}", name
                )
        for letter in cls._letters:
            value = params.get(letter)
            if not 0 < number(value) < np.inf:
                raise ParameterError(letter, cls.__name__, "a number in the range (0, inf)", value)
        model = cls()
        model.params_ = {letter: float(params[letter]) for letter in cls._letters}
        return model

    def intervals(self, level: float = 0.9) -> pd.DataFrame:
        """Return estimate, standard error and interval of each parameter.

        The interval is symmetric on the log scale, on which the likelihood is closest to
        normal, so that it stays above 0.
        """
        check_level(level, "intervals")
        estimate, errors = self._theta(), self._log_errors()
        unknown = np.isinf(errors)
        low, high = log_interval(estimate, np.where(unknown, 0.0, errors), level)
        low, high = np.where(unknown, 0.0, low), np.where(unknown, np.inf, high)
        columns = {"estimate": estimate, "error": estimate * errors, "low": low, "high": high}
        return pd.DataFrame(columns, index=pd.Index(self._letters, name="parameter"))

    def to_json(self) -> str:
        """Write the model without its training data; `from_json` reads it back."""
        self._theta()
        covariance = self._covariance
        fields = {
            "model": type(self).__name__,
            "schema": _SCHEMA,
            "params": self.params_,
            "covariance_of_logs": None if covariance is None else covariance.tolist(),
            "unidentified": list(self.unidentified_),
            "log_likelihood": getattr(self, "log_likelihood_", None),
            "gradient": getattr(self, "gradient_", None),
            "customers": getattr(self, "customers_", None),
            "data": self._fingerprint,
            "verdicts": {
                name: asdict(getattr(self, name))
                for name, _ in self._verdicts
                if hasattr(self, name)
            },
            "notes": list(self.notes_),
            "unit": self.unit_,
        }
        return json.dumps(fields, indent=2, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a model written by `to_json`.

        Raises
        ------
        DataError
            If the text is not the JSON of this model.
        """
        fields = read_model_json(text, cls.__name__, _SCHEMA)
        try:
            model = cls.from_params(**fields["params"])
            if fields["covariance_of_logs"] is not None:
                model._restore(fields)  # noqa: SLF001, it is one of its own
        except ParameterError:
            raise
        except (KeyError, TypeError, ValueError) as fault:
            raise DataError(
                f"The JSON of this {cls.__name__} is not whole: {fault}. Write it anew by to_json."
            ) from fault
        return model

    def _restore(self, fields: dict[str, Any]) -> None:
        self._covariance = np.array(fields["covariance_of_logs"], dtype=np.float64)
        self.unidentified_ = tuple(fields["unidentified"])
        self.log_likelihood_ = fields["log_likelihood"]
        self.gradient_ = fields["gradient"]
        self.customers_ = fields["customers"]
        self.notes_ = tuple(fields["notes"])
        self.unit_ = fields.get("unit")
        self._fingerprint = fields["data"]
        verdicts = fields.get("verdicts", {})
        for name, kind in self._verdicts:
            if name in verdicts:
                setattr(self, name, kind(**verdicts[name]))
        self._set_errors()

    def _maximise(self, objective: Objective, start: Floats, customers: float) -> None:
        """Fit by maximum likelihood and keep what the errors need."""
        best = maximise(objective, np.log(start), customers)
        self.params_ = dict(zip(self._letters, np.exp(best.logs).tolist(), strict=True))
        self.log_likelihood_ = best.mean * customers
        self.customers_ = int(customers)
        self.gradient_ = best.gradient
        self._covariance = best.covariance
        pairs = zip(self._letters, best.flat, strict=True)
        self.unidentified_ = tuple(letter for letter, share in pairs if share > 0.01)
        self._set_errors()
        self.notes_ = tuple(self._fit_notes())

    def _refit(self, objective: Objective) -> Floats:
        """Fit data drawn from this model: the top is near, and so is the curvature there."""
        per_customer = self.covariance_of_logs() * self.customers_
        return np.exp(follow(objective, np.log(self._theta()), per_customer))

    def _fit_notes(self) -> list[str]:
        notes = []
        if self.gradient_ > _CONVERGED:
            notes.append(
                f"The fit has not converged: slope {self.gradient_:.1e} per customer is left."
            )
        if self.unidentified_:
            names = ", ".join(self.unidentified_)
            notes.append(
                f"The data do not identify {names}: the likelihood is flat there. "
                "Forecasts that do not depend on them can still be used."
            )
        return notes

    def _set_errors(self) -> None:
        errors = (self._theta() * self._log_errors()).tolist()
        self.standard_errors_ = dict(zip(self._letters, errors, strict=True))

    def _log_errors(self) -> Floats:
        errors = np.sqrt(np.diag(self.covariance_of_logs()))
        unknown = [letter in self.unidentified_ for letter in self._letters]
        return np.where(unknown, np.inf, errors)

    def covariance_of_logs(self) -> Floats:
        """Return the covariance of the logs of the parameters, along what the data identify."""
        if self._covariance is None:
            raise DataError(
                f"{type(self).__name__} was built from known parameters and has no standard "
                "errors: fit it to data to obtain intervals."
            )
        return self._covariance

    def _theta(self) -> Floats:
        if not hasattr(self, "params_"):
            raise DataError(f"{type(self).__name__} is not fitted yet: call fit(summary) first.")
        return np.array([self.params_[letter] for letter in self._letters])

    def slopes(self, quantity: Callable[[Self], Floats]) -> Floats:
        """Return the slopes of a quantity by the logs of the parameters, one row a parameter."""
        theta = self._theta()
        rows = []
        for index, letter in enumerate(self._letters):
            up, down = dict(self.params_), dict(self.params_)
            up[letter] = theta[index] * np.exp(_STEP)
            down[letter] = theta[index] * np.exp(-_STEP)
            rise = quantity(self.from_params(**up)) - quantity(self.from_params(**down))
            rows.append(rise / (2 * _STEP))
        return np.array(rows)
