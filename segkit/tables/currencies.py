"""Currency signs and codes, and what each may stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["MARKS", "currencies"]

# The currencies a sign may stand for, the likeliest first.
_SIGNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "€": ("EUR",),
        "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "CLP", "COP", "ARS"),
        "US$": ("USD",),
        "C$": ("CAD",),
        "CA$": ("CAD",),
        "A$": ("AUD",),
        "AU$": ("AUD",),
        "NZ$": ("NZD",),
        "S$": ("SGD",),
        "HK$": ("HKD",),
        "NT$": ("TWD",),
        "MX$": ("MXN",),
        "R$": ("BRL",),
        "£": ("GBP",),
        "¥": ("JPY", "CNY"),
        "₹": ("INR",),
        "₩": ("KRW",),
        "₽": ("RUB",),
        "₺": ("TRY",),
        "₴": ("UAH",),
        "₪": ("ILS",),
        "₫": ("VND",),
        "฿": ("THB",),
        "₱": ("PHP",),
        "₦": ("NGN",),
        "kr": ("SEK", "NOK", "DKK", "ISK"),
        "kr.": ("DKK", "SEK", "NOK", "ISK"),
        "zł": ("PLN",),
        "Kč": ("CZK",),
        "Ft": ("HUF",),
        "Fr.": ("CHF",),
        "lei": ("RON",),
    }
)
_CODES = frozenset(
    re.findall(
        r"\w+",
        "AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP EUR GBP GEL "
        "GHS GTQ HKD HUF IDR ILS INR ISK JOD JPY KES KRW KWD KZT LBP LKR MAD MXN MYR NGN NOK "
        "NZD OMR PAB PEN PHP PKR PLN PYG QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD TZS UAH "
        "UGX USD UYU UZS VND XAF XOF ZAR ZMW ",
    )
)
# A pattern of every mark, the longest first.
MARKS = "|".join(
    re.escape(mark)
    for mark in [*sorted(_SIGNS, key=len, reverse=True), *_CODES, *map(str.lower, _CODES)]
)


def currencies(mark: str) -> tuple[str, ...]:
    """List the ISO 4217 codes that a currency sign or code may stand for, likeliest first.

    Examples
    --------
    >>> currencies("eur"), currencies("kr")[0], currencies("boxes")
    (('EUR',), 'SEK', ())
    """
    code = mark.strip().upper()
    return (code,) if code in _CODES else _SIGNS.get(mark.strip(), ())
