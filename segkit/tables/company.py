"""A company's tables, read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import pandas as pd

from segkit.errors import DataError, SettingsError, nearest
from segkit.tables.assemble import assemble
from segkit.tables.faults import Fault
from segkit.tables.frames import frame_sources
from segkit.tables.ledger import build_ledger
from segkit.tables.names import listing
from segkit.tables.raw import Source
from segkit.tables.schema import schema
from segkit.tables.settings import SETTINGS_FILE, Settings, read_settings
from segkit.tables.snapshot import SNAPSHOT, load_snapshot, save_snapshot
from segkit.tables.sources import find_sources, is_url, loaded_once

__all__ = ["CompanyTables"]

AnySettings = Settings | Mapping[str, Any] | str | Path | None


@dataclass(frozen=True, eq=False, repr=False)
class CompanyTables:
    """A company's tables, read and checked; a table is also an attribute and an item.

    Make one with `read` or `from_tables`.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        The rows that can be used, with typed columns, by table. Columns that the schema does not
        know come last, under their own names in lower case.
    settings : Settings
        What the company says about itself; a currency found in the data is filled in.
    ledger : DataFrame
        One row a table: `table, read, used, set_aside, reasons`.
    faults : tuple of Fault
        Everything the check found, what stops a table first.
    as_of : Timestamp
        The day up to which the data speak; NaT if there is no date at all.
    set_aside : mapping of str to DataFrame
        The rows that cannot be used, as they were found, each with its place and reason.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {"customer": ["a", "b"], "date": ["2026-01-05", "soon"], "amount": ["1,200.50", "3"]}
    ... )
    >>> company = CompanyTables.from_tables({"orders": orders})
    >>> company.orders
      account_id       date  amount
    0          a 2026-01-05  1200.5
    >>> company.ledger
        table  read  used  set_aside            reasons
    0  orders     2     1          1  date unreadable 1
    >>> print(company.faults[0])
    orders.date: not a date such as 2026-03-31; the rows are set aside (1 row: row 2 'soon')
    """

    tables: Mapping[str, pd.DataFrame]
    settings: Settings
    ledger: pd.DataFrame
    faults: tuple[Fault, ...]
    as_of: pd.Timestamp
    set_aside: Mapping[str, pd.DataFrame]

    @classmethod
    def read(cls, source: str | Path, settings: AnySettings = None) -> Self:
        """Read a folder, a file, a DuckDB file or a database.

        Parameters
        ----------
        source : str or Path
            A folder of CSV, Parquet and Excel files; one such file; a DuckDB file; or a SQLAlchemy
            URL such as "postgresql+psycopg://user@host/crm".
        settings : Settings, mapping, str, Path or None
            Settings, or where their file is; None: the `segkit.toml` in the folder, or beside the
            file.

        Raises
        ------
        SettingsError
            If the settings cannot be followed; names all their faults.
        DataError
            If there is nothing to read, or no table has a usable row.
        MissingPackageError
            If an optional package is needed.
        """
        try:
            snapshot = not is_url(source) and Path(source, SNAPSHOT).is_file()
            if settings is None and not snapshot and not is_url(source):
                settings = _settings_beside(Path(source))
        except (OSError, ValueError) as error:  # a name too long, or no name at all
            raise DataError(f"{str(source)!r} cannot be read: {error}.") from None
        if snapshot:
            if settings is not None:
                raise SettingsError(_settled(source))
            return cls(**load_snapshot(Path(source)))
        known = read_settings(settings)
        return cls._check(find_sources(source, known.encoding), known)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any], settings: AnySettings = None) -> Self:
        """Check frames that are in memory already.

        Parameters
        ----------
        tables : mapping of str to frame
            pandas, Polars or Arrow frames, by name.
        settings : Settings, mapping, str, Path or None
            As in `read`.

        Raises
        ------
        SettingsError
            If the settings cannot be followed; names all their faults.
        DataError
            If something is no frame, or no table has a usable row.
        """
        if not tables:
            raise DataError("No table was given: expected a mapping of names to frames.")
        return cls._check(loaded_once(frame_sources(tables)), read_settings(settings))

    @classmethod
    def _check(cls, sources: Sequence[Source], settings: Settings) -> Self:
        checked = assemble(sources, settings)
        drafts = checked.drafts
        usable = {name: draft for name, draft in drafts.items() if not draft.stopped}
        return cls(
            tables=MappingProxyType({name: draft.frame() for name, draft in usable.items()}),
            settings=checked.settings,
            ledger=build_ledger(drafts.values()),
            faults=checked.faults,
            as_of=checked.as_of,
            set_aside=MappingProxyType({name: draft.aside() for name, draft in drafts.items()}),
        )

    def save(self, folder: str | Path) -> Path:
        """Write the checked tables into an empty folder, from which `read` takes them as they are.

        Rows set aside stay counted in the ledger; they are not written.

        Raises
        ------
        DataError
            If the folder is missing or cannot be written to.
        """
        return save_snapshot(self, Path(folder))

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in self.tables:
            return self.tables[name]
        raise DataError(self._absent(name))

    def __getattr__(self, name: str) -> pd.DataFrame:
        # Asked for only what is no field; private names are how copies and notebooks probe.
        if not name.startswith("_") and name in self.tables:
            return self.tables[name]
        known = name in schema() or not name.startswith("_")
        raise AttributeError(self._absent(name) if known else name)

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(frame):,}" for name, frame in self.tables.items())
        return f"{type(self).__name__}({rows})"

    def _absent(self, name: str) -> str:
        here = f"Tables here: {listing(self.tables)}."
        if name not in schema():
            return f"There is no table {name!r}.{nearest(name, self.tables)} {here}"
        why = [str(fault) for fault in self.faults if fault.table == name]
        said = why[0] if why else f"It would hold: {schema()[name].meaning}."
        return f"There is no table {name!r} here. {said} {here}"


def _settled(source: str | Path) -> str:
    return (
        f"{source} holds tables that are checked already, and the settings they were checked with: "
        "no others can be given. Read it without settings, or read the company's own files with "
        "these."
    )


def _settings_beside(source: Path) -> Path | None:
    path = (source if source.is_dir() else source.parent) / SETTINGS_FILE
    return path if path.is_file() else None
