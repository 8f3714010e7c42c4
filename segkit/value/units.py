"""Units of time."""

from __future__ import annotations

from typing import Literal, get_args

from segkit.errors import ParameterError

__all__ = ["UNITS", "Unit", "days_in"]

Unit = Literal["day", "week", "month", "year"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_DAYS: dict[str, float] = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}


def days_in(unit: str, owner: str) -> float:
    """Return the days of a unit, or refuse an unknown one."""
    if unit not in UNITS:
        raise ParameterError("unit", owner, f"one of {', '.join(map(repr, UNITS))}", unit)
    return _DAYS[unit]
