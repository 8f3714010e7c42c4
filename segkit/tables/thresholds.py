"""The `[portfolio]` part of the settings: where protect, grow, fix and migrate begin."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from segkit.errors import SettingsError, nearest

__all__ = ["PORTFOLIO_LIMITS", "read_portfolio"]


class _Limit(NamedTuple):
    """What a threshold may be: its range, whether it counts whole months, and that in words."""

    low: float
    high: float
    whole: bool
    words: str


_SHARE = _Limit(1e-9, 1.0, False, "a share above 0 and up to 1")
_MONTHS = _Limit(1, 1200, True, "a whole number of months from 1")
_AMOUNT = _Limit(0.0, float("inf"), False, "a number from 0")

PORTFOLIO_LIMITS: Mapping[str, _Limit] = MappingProxyType(
    {
        "core": _SHARE,
        "level": _AMOUNT,
        "recent": _MONTHS,
        "history": _MONTHS,
        "false_trends": _SHARE,
        "change": _AMOUNT,
        "service": _SHARE,
    }
)
"""Thresholds that may be set, by their names in `segkit.segments.PortfolioThresholds`."""


def read_portfolio(value: object) -> Mapping[str, Any]:
    """Read the `[portfolio]` part of the settings.

    Raises
    ------
    SettingsError
        If a name is unknown or a number out of range; names all faults.

    Examples
    --------
    >>> dict(read_portfolio({"core": 0.7, "recent": 6}))
    {'core': 0.7, 'recent': 6}
    """
    if not isinstance(value, Mapping):
        raise SettingsError(f"portfolio must be a section [portfolio], not {value!r}.")
    faults = []
    for name, number in value.items():
        limit = PORTFOLIO_LIMITS.get(name)
        if limit is None:
            close = nearest(str(name), PORTFOLIO_LIMITS)
            faults.append(f"portfolio: unknown setting {name!r}.{close}")
        elif not _fits(number, limit):
            faults.append(f"portfolio.{name} must be {limit.words}, not {number!r}.")
    if faults:
        raise SettingsError(faults)
    return MappingProxyType(dict(value))


def _fits(number: object, limit: _Limit) -> bool:
    kinds = int if limit.whole else (int, float)
    numeric = isinstance(number, kinds) and not isinstance(number, bool)
    return numeric and limit.low <= number <= limit.high and number < float("inf")  # type: ignore[operator]  # a number
