"""The file of decisions: rows of others stay as they are, cells cannot run in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from segkit.tables.schema import schema
from segkit.widgets.shared_file import alone, read_rows, write_rows

__all__ = ["DecisionFile"]

_TABLE = schema()["decisions"]


class DecisionFile:
    """A CSV file of decisions that several people may fill, one row a decision.

    Parameters
    ----------
    path : str or Path
        Where it is, or will be at the first decision.

    Examples
    --------
    >>> import tempfile
    >>> file = DecisionFile(Path(tempfile.mkdtemp()) / "decisions.csv")
    >>> file.save({"decided": "2026-06-30", "segment": "schools", "action": "Call them",
    ...            "owner": "Ann", "review": "2026-09-30"})
    >>> file.read()[["decided", "segment", "action", "owner"]]
          decided  segment     action owner
    0  2026-06-30  schools  Call them   Ann
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def read(self) -> pd.DataFrame:
        """Read all decisions as text, as they stand; none where the file is not there yet.

        Raises
        ------
        DataError
            If the file is no file of decisions; names the columns that it lacks.
        """
        if not self.path.exists():
            return pd.DataFrame(columns=list(_TABLE.columns), dtype="str")
        return read_rows(self.path, _TABLE.required, "decisions")

    def save(self, decision: Mapping[str, str]) -> None:
        """Save a decision, in place of one with the same day, segment and action.

        Raises
        ------
        DataError
            If the file cannot be read or written.
        """
        made = pd.DataFrame([dict(decision)]).reindex(columns=list(_TABLE.columns))
        with alone(self.path):
            table = pd.concat([self.read(), made], ignore_index=True).fillna("").astype("str")
            again = table.duplicated(list(_TABLE.key), keep="last")
            write_rows(self.path, table[~again])
