"""What segkit hands back for a question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from segkit.answers.content import MIME_TYPE, table_content
from segkit.answers.export import write_workbook
from segkit.answers.wording import number
from segkit.charts.picture import Picture
from segkit.frames import EXCEL_MARK, csv_text
from segkit.questions import all_questions

__all__ = ["Answer", "Status"]

Status = Literal["answered", "no evidence", "not enough data", "missing data"]
_DIGITS = 4
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, eq=False, repr=False)
class Answer:
    """The answer to one question: a number, its interval, a picture and the reason to believe it.

    Attributes
    ----------
    status : str
        "answered", or the reason why there is no number: "no evidence", "not enough data"
        or "missing data".
    headline : str
        One sentence to repeat, with the number and its interval.
    estimate : float or None
        The number.
    interval : tuple of float, or None
        Its lower and upper end; 90 % unless `method` says otherwise.
    unit : str
        What the number is counted in.
    table : DataFrame
        The numbers behind the headline.
    pictures : tuple of Picture
        What `figure` draws.
    method : str
        How the number was made and why to believe it.
    sources : tuple of str
        Publications of the method, and tables used.
    caveats : tuple of str
        What to mind before acting on it.
    lists : mapping of str to DataFrame
        Further tables to hand on, by name, such as the customers of each segment.
    sql : mapping of str to str
        Queries that do the same in a database, by name; each says which table it reads.
    ledger : DataFrame
        Rows read, used and set aside of the tables used; filled in by `ask`.
    question : str
        Id of the question, such as "A5"; filled in by `ask`.
    """

    status: Status
    headline: str
    estimate: float | None = None
    interval: tuple[float, float] | None = None
    unit: str = ""
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    pictures: tuple[Picture, ...] = ()
    method: str = ""
    sources: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    lists: Mapping[str, pd.DataFrame] = field(default_factory=lambda: _NOTHING)
    sql: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    ledger: pd.DataFrame = field(default_factory=pd.DataFrame)
    question: str = ""

    def __post_init__(self) -> None:
        """Take numbers of numpy as plain ones, which print as they are."""
        if self.estimate is not None:
            object.__setattr__(self, "estimate", float(self.estimate))
        if self.interval is not None:
            low, high = self.interval
            object.__setattr__(self, "interval", (float(low), float(high)))

    @property
    def text(self) -> str:
        """The question in words."""
        return all_questions()[self.question].text

    def figure(self, number: int = 0) -> Any:
        """Draw a picture of the answer, or nothing where there is none.

        Parameters
        ----------
        number : int
            Which of the answer's pictures, from 0.

        Returns
        -------
        plotly.graph_objects.Figure or None
        """
        return self.pictures[number].figure() if number < len(self.pictures) else None

    def figures(self, about: str | None = None) -> list[Any]:
        """Draw all pictures of the answer, or those of one part.

        Parameters
        ----------
        about : str, optional
            The part, as `Picture.about` names it; none are drawn where the data show nothing of it.
        """
        drawn = (picture for picture in self.pictures if about in (None, picture.about))
        return [picture.figure() for picture in drawn]

    def to_json(self) -> str:
        """Write the answer and its table as JSON."""
        content = self._summary() | {
            "method": self.method,
            "sources": list(self.sources),
            "caveats": list(self.caveats),
            "table": json.loads(self.table.to_json(orient="table", index=False)),
            "ledger": json.loads(self.ledger.to_json(orient="records")),
        }
        return json.dumps(content, ensure_ascii=False)

    def to_csv(self) -> str:
        """Write the table as CSV text; foreign text cannot run as a formula."""
        return EXCEL_MARK + csv_text(self.table)

    def to_excel(self, path: str | Path) -> Path:
        """Write answer, table and ledger as an Excel workbook without formulas and links.

        Parameters
        ----------
        path : str or Path
            File to write, ending in ".xlsx".

        Raises
        ------
        MissingPackageError
            If xlsxwriter is not installed.
        """
        told = [("question", f"{self.question} {self.text}"), ("status", self.status)]
        told += [("headline", self.headline), ("number", self._number())]
        told += [("method", self.method)]
        told += [("mind", caveat) for caveat in self.caveats]
        told += [("source", source) for source in self.sources]
        answer = pd.DataFrame([row for row in told if row[1]], columns=["what", "words"])
        return write_workbook({"answer": answer, "table": self.table, "ledger": self.ledger}, path)

    def __repr__(self) -> str:
        lines = [f"{self.question} ({self.status}): {self.headline}"]
        if self.estimate is not None:
            lines.append(f"estimate: {self._number()}")
        if self.method:
            lines.append(f"method: {self.method}")
        lines += [f"caveat: {caveat}" for caveat in self.caveats]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self._html(), MIME_TYPE: self._whole()}

    def _whole(self) -> dict[str, Any]:
        """Give all that a report and its workbook show."""
        return self._summary() | {
            "method": self.method,
            "sources": list(self.sources),
            "caveats": list(self.caveats),
            "table": table_content(self.table),
            "lists": {name: table_content(table) for name, table in self.lists.items()},
            "sql": dict(self.sql),
            "ledger": table_content(self.ledger),
        }

    def _summary(self) -> dict[str, Any]:
        question = all_questions()[self.question]
        return {
            "question": self.question,
            "phase": question.phase,
            "text": question.text,
            "status": self.status,
            "headline": self.headline,
            "estimate": _rounded(self.estimate),
            "interval": None if self.interval is None else [_rounded(end) for end in self.interval],
            "unit": self.unit,
            "number": self._number(),
        }

    def _number(self) -> str:
        """Write the number in words, from all its digits: rounded twice it could be another."""
        return number(self.estimate, self.interval, self.unit)

    def _html(self) -> str:
        rows = [("Number", self._number())]
        rows += [("Why believe it", self.method)]
        rows += [("Mind", caveat) for caveat in self.caveats]
        rows += [("Sources", "; ".join(self.sources))]
        items = "".join(
            f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in rows if words
        )
        return (
            f'<div class="segkit-answer"><p>{escape(self.question)} · {escape(self.text)}</p>'
            f"<p><strong>{escape(self.headline)}</strong></p><dl>{items}</dl></div>"
        )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
