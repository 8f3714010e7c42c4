"""What each table of a company must hold; reading and checking."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from segkit.tables.faults import Fault
from segkit.tables.schema import schema
from segkit.tables.settings import Settings, read_settings

if TYPE_CHECKING:
    from segkit.tables.company import CompanyTables
    from segkit.tables.overview import check_report

__all__ = [
    "CompanyTables",
    "Fault",
    "Settings",
    "check_report",
    "read_settings",
    "schema",
]

_LATE = {"CompanyTables": "company", "check_report": "overview"}


def __getattr__(name: str) -> Any:
    """Load what needs pandas when it is first used."""
    if name in _LATE:
        return getattr(import_module(f"segkit.tables.{_LATE[name]}"), name)
    raise AttributeError(f"module 'segkit.tables' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
