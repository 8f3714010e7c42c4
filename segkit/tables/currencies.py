"""Currency signs, codes and words, and what each may stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from segkit.errors import nearest
from segkit.tables.names import squash

__all__ = ["MARKS", "currencies", "named_currencies", "nearest_currency"]

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
        "Rs": ("INR", "PKR", "NPR", "LKR", "MUR"),
        "Rs.": ("INR", "PKR", "NPR", "LKR", "MUR"),
        "₨": ("PKR", "INR", "NPR", "LKR", "MUR"),
        "₩": ("KRW",),
        "₽": ("RUB",),
        "₺": ("TRY",),
        "₴": ("UAH",),
        "₪": ("ILS",),
        "₫": ("VND",),
        "฿": ("THB",),
        "₱": ("PHP",),
        "₦": ("NGN",),
        "RM": ("MYR",),
        "kr": ("SEK", "NOK", "DKK", "ISK"),
        "kr.": ("DKK", "SEK", "NOK", "ISK"),
        "zł": ("PLN",),
        "Kč": ("CZK",),
        "Ft": ("HUF",),
        "Fr.": ("CHF",),
        "lei": ("RON",),
    }
)
# ISO 4217, with some that ended lately and still stand in old rows.
_CODES = frozenset(
    re.findall(
        r"\w+",
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN "
        "BWP BYN BZD CAD CDF CHF CLF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB "
        "EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK "
        "JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD "
        "MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR "
        "PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
        "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF "
        "XPF YER ZAR ZMW ZWG",
    )
)
# What people call a currency, in the singular, and whose it is.
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"dollar": _SIGNS["$"]}
    | {
        word: tuple(codes.split("/"))
        for word, codes in re.findall(
            r"(\w+):(\S+)",
            "euro:EUR pound:GBP/EGP sterling:GBP "
            "poundsterling:GBP pfund:GBP yen:JPY franc:CHF/XOF/XAF franken:CHF yuan:CNY "
            "renminbi:CNY rmb:CNY won:KRW baht:THB rupee:INR/PKR/NPR/LKR/MUR rupiah:IDR "
            "ringgit:MYR dong:VND taka:BDT real:BRL peso:MXN/ARS/CLP/COP/PHP/UYU/DOP krona:SEK/ISK "
            "kronor:SEK krone:NOK/DKK kroner:NOK/DKK zloty:PLN złoty:PLN koruna:CZK forint:HUF "
            "ruble:RUB/BYN rouble:RUB/BYN lira:TRY rand:ZAR shekel:ILS dirham:AED/MAD "
            "riyal:SAR/QAR naira:NGN hryvnia:UAH",
        )
    }
)
_COUNTRIES: Mapping[str, str] = MappingProxyType(
    dict(
        re.findall(
            r"(\w+):(\w+)",
            "us:USD usa:USD unitedstates:USD american:USD canadian:CAD australian:AUD "
            "newzealand:NZD singapore:SGD hongkong:HKD taiwan:TWD mexican:MXN argentine:ARS "
            "chilean:CLP colombian:COP philippine:PHP british:GBP uk:GBP gb:GBP egyptian:EGP "
            "swiss:CHF schweizer:CHF japanese:JPY chinese:CNY korean:KRW southkorean:KRW thai:THB "
            "indian:INR pakistani:PKR pakistan:PKR nepalese:NPR nepali:NPR nepal:NPR srilankan:LKR "
            "srilanka:LKR mauritian:MUR indonesian:IDR malaysian:MYR vietnamese:VND "
            "bangladeshi:BDT brazilian:BRL swedish:SEK icelandic:ISK norwegian:NOK danish:DKK "
            "polish:PLN czech:CZK hungarian:HUF russian:RUB turkish:TRY southafrican:ZAR "
            "israeli:ILS uae:AED moroccan:MAD saudi:SAR qatari:QAR nigerian:NGN ukrainian:UAH",
        )
    )
)
# "All 5" and "Top 10" hold no money.
_MARKS = sorted(_CODES - {"ALL", "BAM", "BOB", "CUP", "MOP", "SOS", "TOP"})
# A pattern of every mark, the longest first.
MARKS = "|".join(
    re.escape(mark)
    for mark in [*sorted(_SIGNS, key=len, reverse=True), *_MARKS, *map(str.lower, _MARKS)]
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


def named_currencies(words: str) -> tuple[str, ...]:
    """List the codes that a currency may stand for as people write it in a column of its own.

    Examples
    --------
    >>> named_currencies("US Dollars"), named_currencies("INR - Indian Rupee (₹)")
    (('USD',), ('INR',))
    >>> named_currencies("Rs."), named_currencies("Gold")
    (('INR', 'PKR', 'NPR', 'LKR', 'MUR'), ())
    """
    said = currencies(words) or currencies(words.upper())
    codes = set(re.findall(r"\b[A-Z]{3}\b", words.upper())) & set(_MARKS)
    if said or codes:
        return said or (tuple(codes) if len(codes) == 1 else ())
    name = squash(words).removesuffix("s")
    if name in _WORDS:
        return _WORDS[name]
    word = max((word for word in _WORDS if name.endswith(word)), key=len, default="")
    code = _COUNTRIES.get(name.removesuffix(word), "")
    return (code,) if code and code in _WORDS[word] else ()


def nearest_currency(words: str) -> str:
    """Name the currency most like what is none, as a phrase to end a message with.

    Examples
    --------
    >>> nearest_currency("US Doller")
    " Did you mean 'us dollar'?"
    """
    whose = [
        f"{country} {word}"
        for word, codes in _WORDS.items()
        for country, code in _COUNTRIES.items()
        if code in codes
    ]
    return nearest(words, [*sorted(_CODES), *_WORDS, *whose])
