"""What every fitted model of value carries: parameters, their errors, and its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy import special

from segkit.errors import DataError, ParameterError, check_share
from segkit.frames import read_model_json
from segkit.value._fit import Objective, follow, maximise
from segkit.value._histories import Floats
from segkit.value._stored import check_stored

__all__ = [
    "Model",
    "check_model",
    "check_time",
    "log_interval",
    "number",
    "numbers",
    "plain",
    "seeds_of",
    "two_sided",
]

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
        given = np.asarray(values)
        found = np.full(1, np.nan) if given.dtype.kind in "mMUST" else given.astype(np.float64)
    except (TypeError, ValueError):
        found = np.full(1, np.nan)
    if np.isnan(found).any():
        raise ParameterError(name, owner, "a number or an array of numbers without gaps", values)
    return found


def check_time(name: str, owner: str, time: Any) -> None:
    """Refuse a length of time that is no number, negative or without an end."""
    if not 0 <= number(time) < np.inf:
        raise ParameterError(name, owner, "a number in the range [0, inf)", time)


def plain(found: Floats) -> Any:
    """Return a float where a single number was asked about, and the array otherwise."""
    return found if found.ndim else float(found)


def seeds_of(refits: int, random_state: int) -> range:
    """Return the seeds of so many refits; those of two states do not meet."""
    for name, value, least in (("refits", refits, 1), ("random_state", random_state, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ParameterError(name, "bootstrap", f"an int in the range [{least}, inf)", value)
    return range(random_state * refits, (random_state + 1) * refits)


def two_sided(level: float) -> float:
    """Return the normal quantile that leaves (1 - level) / 2 above it."""
    return float(special.ndtri((1 + level) / 2))


def log_interval(value: Any, log_error: Any, level: float) -> tuple[Any, Any]:
    """Interval of a positive value from the standard error of its log."""
    factor = np.exp(np.minimum(two_sided(level) * log_error, 700.0))
    return value / factor, value * factor


def check_model(name: str, owner: str, model: Any, kind: type[Any]) -> None:
    """Refuse what is not a model of the kind."""
    if not isinstance(model, kind):
        raise ParameterError(name, owner, f"a fitted {kind.__name__}", model)


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
                raise ParameterError(name, cls.__name__, f"one of {', '.join(cls._letters)}", name)
        for letter in cls._letters:
            value = params.get(letter)
            if not 0 < number(value) < np.inf:
                raise ParameterError(letter, cls.__name__, "a number in the range (0, inf)", value)
        model = cls()
        model.params_ = {letter: float(params[letter]) for letter in cls._letters}
        return model

    def __repr__(self) -> str:
        params = getattr(self, "params_", {}).items()
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value:.4g}' for name, value in params)})"
        )

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002, scikit-learn's
        """Return the settings, of which there are none: scikit-learn's `clone` asks for them."""
        return {}

    def intervals(self, level: float = 0.9) -> pd.DataFrame:
        """Return estimate, standard error and interval of each parameter.

        The interval is symmetric on the log scale, on which the likelihood is closest to
        normal, so that it stays above 0.
        """
        check_share("level", "intervals", level)
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
        check_stored(fields, cls.__name__, cls._letters, cls._verdicts)
        model = cls.from_params(**fields["params"])
        if fields["covariance_of_logs"] is not None:
            model._restore(fields)  # noqa: SLF001, it is one of its own
        return model

    def _restore(self, fields: dict[str, Any]) -> None:
        self._covariance = np.array(fields["covariance_of_logs"], dtype=np.float64)
        self.unidentified_ = tuple(fields["unidentified"])
        self.log_likelihood_ = fields["log_likelihood"]
        self.gradient_ = fields["gradient"]
        self.customers_ = fields["customers"]
        self.notes_ = tuple(fields["notes"])
        self.unit_ = fields["unit"]
        self._fingerprint = fields["data"]
        for name, kind in self._verdicts:
            if name in fields["verdicts"]:
                setattr(self, name, kind(**fields["verdicts"][name]))
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
