"""How soon customers start, by the criterion that tells most of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from segkit.adjustment import holm
from segkit.answers.wording import between
from segkit.charts import Picture, lines
from segkit.errors import DataError
from segkit.scoring import StartTimes, time_to_start

__all__ = ["start_picture"]

_LEVEL = 0.05


def start_picture(days: pd.Series[float], facts: pd.DataFrame) -> Iterator[Picture]:
    """Draw the yes-or-no fact that tells most of the days from signature to start, if any does.

    Parameters
    ----------
    days : Series
        Days from signature to start; missing where it has not come.
    facts : DataFrame
        In the same order: what was known of each customer.
    """
    found = _clearest(days, facts)
    if found is None:
        return
    name, times = found
    words = name.replace("_", " ")
    by_group = times.groups.set_index("group")["median"]
    wide = times.curves.pivot_table(index="time", columns="group", values="waiting", aggfunc="last")
    wide = wide.ffill().reset_index().rename(columns={"True": words, "False": f"not {words}"})
    # As far as the later group lags behind: where the curves cross, that may be less than nothing.
    sign = 1 if times.difference >= 0 else -1
    low, high = sorted((sign * times.low, sign * times.high))
    unit = "day" if by_group["True"] == 1 else "days"
    yield Picture(
        title="Days from signature to start",
        finding=(
            f"Half have started after {by_group['True']:.0f} {unit} with {words}, after "
            f"{by_group['False']:.0f} without; the means differ by {abs(times.difference):.0f} "
            f"days ({between(low, high, '{:.0f}'.format)})."
        ),
        table=wide.round(4),
        draw=partial(
            lines,
            x="time",
            y=[f"not {words}", words],
            x_axis="days since signature",
            y_axis="share that has not started",
            tickformat=".0%",
            steps=True,
        ),
        about="start",
    )


def _clearest(days: pd.Series[float], facts: pd.DataFrame) -> tuple[str, StartTimes] | None:
    found: list[tuple[str, StartTimes]] = []
    for name in facts:
        if pd.api.types.is_bool_dtype(facts[name].dtype):
            try:
                found.append((str(name), time_to_start(days, facts[name].astype("object"))))
            except DataError:
                continue
    if not found:
        return None
    p_values = holm([times.p_value for _, times in found])
    best = int(p_values.argmin())
    return found[best] if p_values[best] <= _LEVEL else None
