"""Units of time."""

from __future__ import annotations

from typing import Any, Literal, get_args

from segkit.errors import ParameterError

__all__ = ["UNITS", "Unit", "days_in", "known_unit"]

Unit = Literal["day", "week", "month", "year"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_DAYS: dict[str, float] = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}


def days_in(unit: str, owner: str) -> float:
    """Return the days of a unit, or refuse an unknown one."""
    if unit not in UNITS:
        raise ParameterError("unit", owner, f"one of {', '.join(map(repr, UNITS))}", unit)
    return _DAYS[unit]


def known_unit(data: Any, said: Unit | None, owner: str) -> Unit | None:
    """Return the unit that was said or travels with the data, which must not be two."""
    made: Unit | None = getattr(data, "attrs", {}).get("unit")
    if said and made and said != made:
        raise ParameterError("unit", owner, f"{made!r}, as attrs['unit'] of the data says", said)
    return said or made
