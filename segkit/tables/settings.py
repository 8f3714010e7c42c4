"""Settings: what a `segkit.toml` says about a company and its tables."""

from __future__ import annotations

import codecs
import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from segkit.errors import SettingsError, nearest
from segkit.tables.currencies import named_currencies
from segkit.tables.mapping import TableSettings, read_mapping
from segkit.tables.thresholds import read_portfolio

__all__ = ["SETTINGS_FILE", "Settings", "read_settings"]

SETTINGS_FILE = "segkit.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a company says about itself and its tables.

    Attributes
    ----------
    company : str
        Name of the company.
    currency : str
        ISO 4217 code of the money; empty: the one found in the data, if any.
    as_of : date or None
        Day up to which the data speak; None: the last date in the data, never today.
    fiscal_year_start : int
        Month in which the fiscal year begins, 1 to 12.
    discount_rate : float
        Yearly rate at which future money is discounted, 0 <= rate < 1.
    gross_margin : float or None
        Share of revenue left after the cost of delivery, 0 < margin <= 1.
    day_first : bool or None
        Whether 03/04/2026 is the third of April; None: what the whole column shows.
    decimal : {".", ","} or None
        The decimal sign; None: what the whole column shows.
    time_zone : str
        IANA zone in which a moment with a time zone becomes a day.
    encoding : str
        Encoding of text files; empty: UTF-8, or else Windows-1252.
    portfolio : mapping of str to float
        Thresholds of S5, by the names of `segkit.segments.PortfolioThresholds`.
    tables : mapping of str to TableSettings
        Mapping of foreign names, by table.

    Examples
    --------
    >>> Settings(currency="EUR").fiscal_year_start
    1
    """

    company: str = ""
    currency: str = ""
    as_of: dt.date | None = None
    fiscal_year_start: int = 1
    discount_rate: float = 0.1
    gross_margin: float | None = None
    day_first: bool | None = None
    decimal: Literal[".", ","] | None = None
    time_zone: str = "UTC"
    encoding: str = ""
    portfolio: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    tables: Mapping[str, TableSettings] = field(default_factory=lambda: MappingProxyType({}))


def read_settings(source: Settings | Mapping[str, Any] | str | Path | None) -> Settings:
    """Read settings from a `segkit.toml`, the folder it lies in, or a mapping of the same form.

    Parameters
    ----------
    source : Settings, mapping, str, Path or None
        Settings pass as they are; None and a folder without `segkit.toml` give the defaults.

    Raises
    ------
    SettingsError
        If the file cannot be read or says something segkit does not know; names all faults.

    Examples
    --------
    >>> read_settings({"currency": "EUR", "tables": {"orders": {"source": "sales"}}}).currency
    'EUR'
    >>> read_settings({"curency": "EUR"})
    Traceback (most recent call last):
    segkit.errors.SettingsError: unknown setting 'curency'. Did you mean 'currency'?
    """
    if source is None or isinstance(source, Settings):
        return source or Settings()
    if isinstance(source, Mapping):
        return _settings(source, "")
    path = Path(source)
    if path.is_dir():
        path = path / SETTINGS_FILE
        if not path.exists():
            return Settings()
    return _settings(_parse(path), f"{path.name}: ")


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} must be saved as UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error


def _settings(mapping: Mapping[str, Any], where: str) -> Settings:
    faults: list[str] = []
    fields: dict[str, Any] = {}
    for key, value in mapping.items():
        reader = _READERS.get(key)
        if reader is None:
            faults.append(f"unknown setting {key!r}.{nearest(str(key), _READERS)}")
            continue
        try:
            fields[key] = reader(value)
        except SettingsError as error:
            faults += error.faults
        except ValueError as error:
            faults.append(f"{key} must be {error}, not {value!r}.")
    if faults:
        raise SettingsError([where + fault for fault in faults])
    return Settings(**fields)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("text")  # noqa: TRY004 - collected with the other faults
    return value


def _currency(value: object) -> str:
    codes = named_currencies(str(value))
    if value in codes:
        return str(value)
    meant = f" (is it {codes[0]!r}?)" if codes else ""
    raise ValueError(f"a three-letter ISO 4217 code such as 'USD' or 'EUR'{meant}")


def _day(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(_text(value))
    except ValueError:
        raise ValueError("a day such as 2026-03-31") from None


def _month(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 12:
        return value
    raise ValueError("a month from 1 to 12")


def _rate(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1:
        return float(value)
    raise ValueError("a yearly rate from 0 up to 1, such as 0.10")


def _margin(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1:
        return float(value)
    raise ValueError("a share above 0 and up to 1, such as 0.75")


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004 - collected with the other faults
    return value


def _decimal(value: object) -> str:
    if not (isinstance(value, str) and value in {".", ","}):
        raise ValueError("'.' or ','")
    return value


def _zone(value: object) -> str:
    try:
        ZoneInfo(_text(value))
    except (ValueError, OSError, KeyError):  # ZoneInfo knows more than one way to say no
        if value != "UTC":
            raise ValueError("a time zone such as 'Europe/Berlin'") from None
    return str(value)


def _encoding(value: object) -> str:
    try:
        "".encode(_text(value))  # refuses what is no text encoding, such as 'rot13'
        return codecs.lookup(_text(value)).name
    except (LookupError, ValueError):
        raise ValueError("an encoding such as 'utf-8' or 'cp1252'") from None


_READERS: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {
        "company": _text,
        "currency": _currency,
        "as_of": _day,
        "fiscal_year_start": _month,
        "discount_rate": _rate,
        "gross_margin": _margin,
        "day_first": _flag,
        "decimal": _decimal,
        "time_zone": _zone,
        "encoding": _encoding,
        "portfolio": read_portfolio,
        "tables": read_mapping,
    }
)
