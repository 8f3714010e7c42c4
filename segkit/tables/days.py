"""Dates and months as people write them: ISO, day first, month first, with or without a zone."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from segkit.tables.doubt import settle

__all__ = ["Days", "local_time", "read_days"]

Moment = dt.datetime | None

_CLOCK = (
    r"(?:(?:T|,?\s)\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d+))?)?"
    r"\s*(?:(?P<half>[ap])\.?m\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?"
)
_WEEKDAY = r"(?:[a-z]{3,9}\.?,?\s+)?"
_WORD = r"(?P<word>[a-z]{3,9})\.?"
_DAYS = (
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    r"(?P<one>\d{1,2})(?P<sign>[-/.])(?P<two>\d{1,2})(?P=sign)(?P<year>\d{4}|\d\d)",
    _WEEKDAY
    + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[-\s./]*"
    + _WORD
    + r"[-\s,/]*(?P<year>\d{4}|\d\d)",
    _WEEKDAY + _WORD + r"\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
)
_MONTHS = (
    r"(?P<year>\d{4})[-/.]?(?P<month>\d\d)",
    r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})",
    _WORD + r"[-\s/']*(?P<year>\d{4}|\d\d)",
    r"(?P<year>\d{4})[-\s/]*" + _WORD,
)
_DAY_FORMS = [re.compile(form + _CLOCK, re.ASCII | re.IGNORECASE) for form in _DAYS]
_MONTH_FORMS = [re.compile(form, re.ASCII | re.IGNORECASE) for form in _MONTHS]
_NAMES = {
    name.lower(): month
    for names in (calendar.month_name, calendar.month_abbr, [""] * 9 + ["Sept"])
    for month, name in enumerate(names)
    if name
}
_LONGEST = 64  # a longer text is no date, and would keep the patterns busy
_PIVOT = 69  # two-digit years up to 68 are of this century, as POSIX has it
_EXCEL_START = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no zones
_EXCEL_END = 2_958_466  # the year 10,000
# Whole columns of ISO dates in the form that NumPy reads.
_ISO = re.compile(r"(?>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?\n)*+", re.ASCII)
_ISO_UTC = re.compile(r"(?>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z\n)*+", re.ASCII)


@dataclass(frozen=True, eq=False)
class Days:
    """Moments read from the distinct values of a column.

    Attributes
    ----------
    moments : ndarray of datetime64[us]
        Local time; NaT where unreadable.
    doubtful : str
        A value that could be read day first or month first, where nothing settled it.
    day_first : bool
        How such values were read.
    serial : bool
        Some were Excel's day numbers.
    """

    moments: np.ndarray
    doubtful: str = ""
    day_first: bool = False
    serial: bool = False


def read_days(
    cells: Sequence[object],
    *,
    months: bool = False,
    day_first: bool | None = None,
    zone: str = "UTC",
) -> Days:
    """Read dates, settling whether the day comes first by what the whole column shows.

    "31/01/2026" and "31.01.2026" show that the day comes first, "01/31/2026" that the month does;
    "03/04/2026" could be either. What most such values show holds for the column, and a value that
    cannot be read so is unreadable. Where nothing settles it, the month comes first.

    Parameters
    ----------
    cells : sequence
        Distinct values, none of them empty: text, dates, or numbers of days as Excel counts them.
    months : bool
        Months without a day, such as "2026-03" or "Mar 2026", are readable too.
    day_first : bool, optional
        Which comes first, where it is known.
    zone : str
        IANA zone into which a moment with a zone is converted.

    Examples
    --------
    >>> read_days(["31/01/2026", "03/04/2026"]).moments.astype("datetime64[D]").astype(str).tolist()
    ['2026-01-31', '2026-04-03']
    >>> read_days(["2026-03-31T23:30:00Z"], zone="Europe/Berlin").moments
    array(['2026-04-01T01:30:00.000000'], dtype='datetime64[us]')
    """
    plain = _read_plain(cells, zone)
    if plain is not None:
        return Days(plain)
    place = dt.UTC if zone == "UTC" else ZoneInfo(zone)
    pairs = [_both_ways(cell, place, months=months) for cell in cells]
    way, doubtful = settle(pairs, None if day_first is None else int(day_first))
    return Days(
        np.array([pair[way] for pair in pairs], dtype="datetime64[us]"),
        str(cells[doubtful]) if doubtful >= 0 else "",
        bool(way),
        any(_is_number(cell) for cell in cells),
    )


def local_time(values: np.ndarray, zone: str) -> np.ndarray:
    """Turn moments in UTC into the local time of a zone.

    Examples
    --------
    >>> local_time(np.array(["2026-07-01T00:00"], "datetime64[us]"), "America/New_York")
    array(['2026-06-30T20:00:00.000000'], dtype='datetime64[us]')
    """
    if zone == "UTC":
        return values
    moments = pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone)
    return moments.tz_localize(None).to_numpy()


def _read_plain(cells: Sequence[object], zone: str) -> np.ndarray | None:
    """Read a column of ISO dates: fifty times as fast."""
    if not all(isinstance(cell, str) for cell in cells):
        return None
    lines = "".join(f"{cell}\n" for cell in cells)
    try:
        if _ISO.fullmatch(lines):
            return np.array(cells, dtype="datetime64[us]")
        if _ISO_UTC.fullmatch(lines):
            texts = [str(cell)[:-1] for cell in cells]
            return local_time(np.array(texts, dtype="datetime64[us]"), zone)
    except (ValueError, OverflowError):  # a thirtieth of February, a year 10,000 elsewhere
        pass
    return None


def _both_ways(cell: object, zone: dt.tzinfo, *, months: bool) -> tuple[Moment, Moment]:
    """Read a value with the month first and with the day first."""
    if isinstance(cell, str):
        return _from_text(cell.strip(), zone, months=months)
    if _is_number(cell):
        moment = _from_number(float(str(cell)), zone, months=months)
    elif isinstance(cell, dt.datetime):
        moment = None
        with suppress(ValueError, OverflowError):  # the year 10,000 elsewhere
            moment = _local(cell, zone)
    elif isinstance(cell, dt.date):
        moment = dt.datetime.combine(cell, dt.time())
    else:
        moment = None
    return moment, moment


def _is_number(cell: object) -> bool:
    return isinstance(cell, (int, float, Decimal, np.number)) and not isinstance(cell, bool)


def _from_number(number: float, zone: dt.tzinfo, *, months: bool) -> Moment:
    if months and 190_000 < number < 300_000:
        return _from_text(f"{number:.0f}", zone, months=True)[0]
    if 19_000_000 < number < 30_000_000:
        return _from_text(f"{number:.0f}", zone, months=False)[0]
    if 1 <= number < _EXCEL_END:
        with suppress(OverflowError):  # the last instant before the end is rounded to it
            return _EXCEL_START + dt.timedelta(milliseconds=round(number * 86_400_000))
    return None


def _from_text(text: str, zone: dt.tzinfo, *, months: bool) -> tuple[Moment, Moment]:
    if len(text) > _LONGEST:
        return None, None
    if months:
        for form in _MONTH_FORMS:
            if found := form.fullmatch(text):
                moment = _moment(found, _month(found), 1, zone)
                return moment, moment
    for form in _DAY_FORMS:
        if found := form.fullmatch(text):
            return _readings(found, zone)
    return None, None


def _readings(found: re.Match[str], zone: dt.tzinfo) -> tuple[Moment, Moment]:
    parts = found.groupdict()
    if "one" not in parts:
        moment = _moment(found, _month(found), int(parts["day"]), zone)
        return moment, moment
    one, two = int(parts["one"]), int(parts["two"])
    day_first = _moment(found, two, one, zone)
    # Nobody writes 12.31.2026: a point puts the day first, and leaves slashes in doubt.
    return day_first if parts["sign"] == "." else _moment(found, one, two, zone), day_first


def _month(found: re.Match[str]) -> int:
    parts = found.groupdict()
    return int(parts["month"]) if parts.get("month") else _NAMES.get(parts["word"].lower(), 0)


def _moment(found: re.Match[str], month: int, day: int, zone: dt.tzinfo) -> Moment:
    parts = found.groupdict()
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < _PIVOT else 1900
    try:
        moment = dt.datetime(year, month, day, *_clock(parts))  # noqa: DTZ001 - the zone follows
        return _local(moment.replace(tzinfo=_offset(parts.get("zone"))), zone)
    except (ValueError, OverflowError):
        return None


def _clock(parts: dict[str, str]) -> tuple[int, int, int, int]:
    if not parts.get("hour"):
        return 0, 0, 0, 0
    hour = int(parts["hour"])
    if parts["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + 12 * (parts["half"].lower() == "p")
    return (
        hour,
        int(parts["minute"]),
        int(parts["second"] or 0),
        int((parts["part"] or "0")[:6].ljust(6, "0")),
    )


def _offset(zone: str | None) -> dt.timezone | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return dt.UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-offset if zone[0] == "-" else offset)


def _local(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
