"""Numbers as people say them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import partial

__all__ = ["begun", "between", "count", "counted", "listed", "money", "number", "share"]

_SCALES = ((1e9, " B"), (1e6, " M"), (1e4, " k"))
_MONEY = re.compile(r"([A-Z]{3})\b ?(.*)")
_SHARE = re.compile(r"(?:share|chance|win rate)\b")


def count(value: float) -> str:
    """Write a whole number with thousands separators.

    Examples
    --------
    >>> count(16591)
    '16,591'
    """
    return f"{value:,.0f}"


def counted(value: float, thing: str) -> str:
    """Write how many there are of a thing.

    Examples
    --------
    >>> counted(1, "customer"), counted(16591, "customer")
    ('1 customer', '16,591 customers')
    """
    return f"{count(value)} {thing}{'' if value == 1 else 's'}"


def money(value: float, currency: str) -> str:
    """Write an amount with three significant digits and its currency.

    Examples
    --------
    >>> money(12_345_678, "USD"), money(1234.5, "EUR"), money(-25_000, "USD")
    ('USD 12.3 M', 'EUR 1,234', 'USD -25.0 k')
    """
    words = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    for scale, letter in _SCALES:
        # Half a unit in the third digit would otherwise print as "1,000 k".
        if abs(value) >= 0.9995 * scale:
            words = f"{_three(value / (1e3 if letter == ' k' else scale))}{letter}"
            break
    return f"{currency} {words}".strip()


def share(value: float) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> share(0.0812), share(0.4567), share(1.0)
    ('8.1 %', '46 %', '100 %')
    """
    percent = 100 * value
    return f"{percent:.1f} %" if abs(percent) < 19.95 else f"{percent:.0f} %"


def between(low: float, high: float, word: Callable[[float], str]) -> str:
    """Write an interval; one without an upper end is "or more".

    Examples
    --------
    >>> between(0.05, 0.081, share), between(40, float("inf"), count)
    ('5.0 % to 8.1 %', '40 or more')
    """
    return f"{word(low)} or more" if high == math.inf else f"{word(low)} to {word(high)}"


def number(
    estimate: float | None, interval: tuple[float, float] | None = None, unit: str = ""
) -> str:
    """Write the number of an answer as people say it, with its interval and unit.

    Examples
    --------
    >>> number(12_345_678, (11_000_000, 13_500_000), "USD a year")
    'USD 12.3 M a year (USD 11.0 M to USD 13.5 M)'
    >>> number(0.405, (0.365, 0.446), "share of customers in the largest segment")
    '40 % (36 % to 45 %): share of customers in the largest segment'
    >>> number(5.08, unit="roles a deal")
    '5.08 roles a deal'
    >>> number(None)
    ''
    """
    if estimate is None or estimate != estimate:  # noqa: PLR0124 - NaN
        return ""
    paid, part = _MONEY.fullmatch(unit), _SHARE.match(unit)
    word: Callable[[float], str] = _plain
    if paid:
        word = partial(money, currency=paid[1])
    elif part:
        word = share
    ends = f" ({between(*interval, word)})" if interval is not None else ""
    if part:
        return f"{word(estimate)}{ends}: {unit}"
    return " ".join(filter(None, [word(estimate), paid[2] if paid else unit])) + ends


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{float(f'{value:.3g}'):g}"


def _three(value: float) -> str:
    digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return f"{value:,.{digits}f}"


def begun(words: object) -> str:
    """Begin a sentence; names keep their capitals.

    Examples
    --------
    >>> begun("ease of use in HR")
    'Ease of use in HR'
    """
    return str(words)[:1].upper() + str(words)[1:]


def listed(names: Sequence[str]) -> str:
    """Write a list.

    Examples
    --------
    >>> listed(["price", "speed", "support"])
    'price, speed and support'
    """
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
