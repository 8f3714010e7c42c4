"""The front door: a company's tables, and the questions to ask of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from segkit import samples
from segkit.answers import Answer, ask
from segkit.errors import SettingsError
from segkit.questions import coverage
from segkit.tables import CompanyTables

__all__ = ["LARKSPUR", "CustomerBase", "read", "sample"]

LARKSPUR = "larkspur"


class CustomerBase(CompanyTables):
    """A company's tables, read and checked, that answer questions.

    Make one with `segkit.read`, `segkit.sample` or `CustomerBase.from_tables`.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer": ["a"], "date": ["2026-01-05"], "amount": [12.5]})
    >>> base = CustomerBase.from_tables({"orders": orders}, {"currency": "EUR"})
    >>> base
    Company: 1 table, 1 row used, 0 set aside; as of 2026-01-05; EUR
    >>> base.ask("A5").status
    'not enough data'
    """

    def ask(self, question: str) -> Answer:
        """Answer one of the 24 questions, "M1" to "U6", or a supporting one, "S1" on.

        Raises
        ------
        ParameterError
            If there is no such question.
        """
        return ask(self, question)

    def coverage(self, *, supporting: bool = False) -> pd.DataFrame:
        """Say of each of the 24 questions whether it is answerable, and what is missing if not.

        Parameters
        ----------
        supporting : bool
            Look at the supporting questions, "S1" on, instead.
        """
        return coverage(self, supporting=supporting)

    def findings(self) -> pd.DataFrame:
        """List everything the check found, what stops a table first.

        Returns
        -------
        DataFrame
            `table, column, kind, severity, rows, what`.
        """
        rows = [
            (fault.table, fault.column, fault.kind, fault.severity, fault.rows, fault.message)
            for fault in self.faults
        ]
        names = ["table", "column", "kind", "severity", "rows", "what"]
        return pd.DataFrame(rows, columns=names)

    def __repr__(self) -> str:
        used, aside = int(self.ledger["used"].sum()), int(self.ledger["set_aside"].sum())
        tables, rows = _count(len(self.tables), "table"), _count(used, "row")
        parts = [
            f"{self.settings.company or 'Company'}: {tables}, {rows} used, {aside:,} set aside",
            "no date" if pd.isna(self.as_of) else f"as of {self.as_of.date()}",
            self.settings.currency or "no currency",
        ]
        return "; ".join(parts)


def read(source: str | Path, settings: Any = None) -> CustomerBase:
    """Read a company's tables and check them.

    Parameters
    ----------
    source : str or Path
        A folder of CSV, Parquet and Excel files, one such file, a DuckDB file, a SQLAlchemy URL,
        or "larkspur", the sample company.
    settings : Settings, mapping, str, Path or None
        Settings, or where their file is; None: the `segkit.toml` in the folder.

    Raises
    ------
    SettingsError
        If the settings cannot be followed; names all their faults.
    DataError
        If there is nothing to read, or no table has a usable row.
    MissingPackageError
        If an optional package is needed.

    Examples
    --------
    >>> read("larkspur").settings.company
    'Larkspur HR'
    """
    if source != LARKSPUR:
        return CustomerBase.read(source, settings)
    if settings is not None:
        raise SettingsError(f"The sample company {LARKSPUR!r} brings its own settings: give none.")
    return sample()


def sample(seed: int = 7, scale: float = 1.0) -> CustomerBase:
    """Draw the sample company Larkspur HR.

    Parameters
    ----------
    seed : int
        Seed of the draw; 7 is the one in `data/samples`.
    scale : float
        Size of the company: 1.0 has 5,000 accounts.

    Examples
    --------
    >>> sample(scale=0.1).settings.currency
    'USD'
    """
    case = samples.make_case(seed, scale)
    stated = {
        "company": "Larkspur HR",
        "currency": case.truth["currency"],
        "as_of": pd.Timestamp(case.truth["as_of"]).date(),
    }
    return CustomerBase.from_tables(case.tables, stated)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"
