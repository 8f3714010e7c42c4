"""Forecasts compared with what came after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from segkit.errors import DataError, ParameterError
from segkit.frames import json_columns
from segkit.value._histories import Floats, checked
from segkit.value._model import check_model, numbers
from segkit.value._purchases import PurchaseModel
from segkit.value.beta_geo import BetaGeo

__all__ = ["HoldoutScorecard", "scorecard", "tracking"]

_TOP, _LEVEL = 7, 0.9
_SAME_RATE, _SAME_MEAN = "repeating each customer's past rate", "giving everybody the mean"


@dataclass(frozen=True, eq=False)
class HoldoutScorecard:
    """How a model fitted before a date forecast what came after.

    Attributes
    ----------
    metrics : Series
        customers; actual and expected purchases; bias (expected / actual - 1, infinite if
        nothing happened); mae, rmse and correlation by customer; mae_same_rate, the error of
        repeating each customer's past rate; mae_same_mean, the error of giving everybody the
        mean.
    by_frequency : DataFrame
        Calibration: customers, actual and expected mean purchases by past frequency (the last
        row holds all above).
    notes : tuple of str
        The findings in plain words; a rule of thumb is beaten where the gain is beyond chance
        (90 % interval of the mean difference between the errors of the same customers).
    """

    metrics: pd.Series[float]
    by_frequency: pd.DataFrame
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """Write metrics, calibration and findings; a bias without purchases is None."""
        found = json_columns(self.metrics.to_frame().T)
        fields = {
            "metrics": {name: values[0] for name, values in found.items()},
            "by_frequency": json_columns(self.by_frequency.reset_index()),
            "notes": self.notes,
        }
        return json.dumps(fields, indent=2, allow_nan=False)


def scorecard(model: PurchaseModel, summary: Any) -> HoldoutScorecard:
    """Judge a fitted model on the hold-out that follows its data.

    Parameters
    ----------
    model : PurchaseModel
        Fitted on the same customers, hold-out left aside.
    summary : frame
        With columns frequency, recency, T, frequency_holdout and duration_holdout, as
        `customer_summary(..., holdout=)` makes it.

    Raises
    ------
    DataError
        If there is no hold-out.

    Examples
    --------
    >>> truth = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5)
    >>> drawn = truth.simulate([30.0] * 3000, holdout=30.0)
    >>> card = scorecard(BetaGeo().fit(drawn), drawn)
    >>> bool(abs(card.metrics["bias"]) < 0.1)
    True
    """
    check_model("model", "scorecard", model, PurchaseModel)
    frame = checked(summary, "frequency", "recency", "T", "frequency_holdout", "duration_holdout")
    length = frame["duration_holdout"].to_numpy()
    if not (length > 0).all():
        raise DataError("The hold-out must last longer than 0 for every customer.")
    expected: Floats = np.asarray(model.expected_purchases(frame, length))
    errors = _errors(frame, expected)
    metrics = _metrics(frame, expected, errors)
    notes = tuple(_notes(model, frame, metrics, errors))
    return HoldoutScorecard(metrics, _by_frequency(frame, expected), notes)


def tracking(model: PurchaseModel, first: Any, repeats: Any, times: Any) -> pd.DataFrame:
    """Compare the repeat purchases of all customers with those expected, through time.

    Parameters
    ----------
    model : PurchaseModel
        Fitted in the unit of the times below.
    first : array of numbers
        When each customer bought first, on any clock; dates first become numbers, such as
        ``(dates - start) / pd.Timedelta(days=7)`` for weeks.
    repeats : array
        When repeat purchases happened, on the same clock.
    times : array
        Ends of the periods to compare, increasing.

    Returns
    -------
    DataFrame
        By time: actual and expected purchases in the period, and both cumulated.

    Notes
    -----
    The tracking plots of Fader, Hardie and Lee (2005), "Counting your customers the easy way",
    Marketing Science 24.

    Examples
    --------
    >>> model = BetaGeo.from_params(r=0.5, alpha=6.0, a=0.8, b=2.5)
    >>> found = tracking(model, first=[0.0, 2.0], repeats=[3.0, 5.0], times=[4.0, 8.0])
    >>> found["expected"].round(2).tolist(), found["cumulated_actual"].tolist()
    ([0.46, 0.53], [1, 2])
    """
    check_model("model", "tracking", model, PurchaseModel)
    begun, bought, ends = (
        numbers(values, name, "tracking").ravel()
        for name, values in (("first", first), ("repeats", repeats), ("times", times))
    )
    if not (np.diff(ends) > 0).all() or not np.isfinite(ends).all():
        raise ParameterError("times", "tracking", "finite and increasing", times)
    starts, customers = np.unique(begun, return_counts=True)
    ages = np.maximum(ends[:, None] - starts, 0.0)
    expected = model.expected_new_customer(ages) @ customers
    actual = np.searchsorted(np.sort(bought), ends, side="right")
    cumulated = pd.DataFrame({"actual": actual, "expected": expected}, pd.Index(ends, name="time"))
    return cumulated.diff().fillna(cumulated).join(cumulated.add_prefix("cumulated_"))


def _errors(frame: pd.DataFrame, expected: Floats) -> pd.DataFrame:
    """Absolute error of each customer by the model and by two rules of thumb."""
    actual = frame["frequency_holdout"].to_numpy()
    rate = frame["frequency"].to_numpy() / np.maximum(frame["T"].to_numpy(), 1e-300)
    same_rate = np.where(frame["T"] > 0, rate, 0.0) * frame["duration_holdout"].to_numpy()
    guesses = {"model": expected, _SAME_RATE: same_rate, _SAME_MEAN: actual.mean()}
    return pd.DataFrame({name: np.abs(guess - actual) for name, guess in guesses.items()})


def _metrics(frame: pd.DataFrame, expected: Floats, errors: pd.DataFrame) -> pd.Series[float]:
    actual = frame["frequency_holdout"].to_numpy()
    total, varies = actual.sum(), np.ptp(actual) > 0 and np.ptp(expected) > 0
    return pd.Series(
        {
            "customers": float(len(frame)),
            "actual": total,
            "expected": expected.sum(),
            "bias": expected.sum() / total - 1 if total else np.inf,
            "mae": errors["model"].mean(),
            "rmse": np.sqrt(np.square(expected - actual).mean()),
            "correlation": np.corrcoef(actual, expected)[0, 1] if varies else 0.0,
            "mae_same_rate": errors[_SAME_RATE].mean(),
            "mae_same_mean": errors[_SAME_MEAN].mean(),
        }
    )


def _by_frequency(frame: pd.DataFrame, expected: Floats) -> pd.DataFrame:
    table = pd.DataFrame({"actual": frame["frequency_holdout"], "expected": expected})
    groups = table.groupby(frame["frequency"].clip(upper=_TOP).astype("int64"))
    means = groups.mean()
    means.insert(0, "customers", groups.size())
    return means


def _notes(
    model: PurchaseModel, frame: pd.DataFrame, metrics: pd.Series[float], errors: pd.DataFrame
) -> Iterator[str]:
    bias = metrics["bias"]
    side = "too many" if bias > 0 else "too few"
    happened = f"{metrics['actual']:,.0f} happened: {100 * abs(bias):.0f} % {side}"
    if not metrics["actual"]:
        happened = "none happened"
    foretold = f"{metrics['expected']:,.0f}"
    yield f"Expected {foretold} purchase{'' if foretold == '1' else 's'}, {happened}."
    rival = errors[[_SAME_RATE, _SAME_MEAN]].mean().idxmin()
    gain = errors[rival] - errors["model"]
    free = max(len(gain) - 1, 1)
    beyond = stats.t.ppf((1 + _LEVEL) / 2, free) * gain.std(ddof=0) / np.sqrt(free)
    verdict = "better than" if gain.mean() > beyond else "no better than"
    if gain.mean() < -beyond:
        verdict = "worse than"
    yield (
        f"By customer it errs by {metrics['mae']:.3g} purchases on average, {verdict} {rival} "
        f"({errors[rival].mean():.3g})."
    )
    if isinstance(model, BetaGeo):
        once = (frame["frequency"] == 0).mean()
        yield (
            f"P(alive) is 1 by construction for the {100 * once:.0f} % of customers without a "
            "repeat purchase: under BG/NBD they have had no occasion to leave. MBG/NBD and "
            "Pareto/NBD let them."
        )
    yield "Recency here is the age at the last purchase, not the days since it as in RFM."
