"""Record a decision where its evidence is seen: a form in the notebook, saved to a CSV file."""

from __future__ import annotations

import datetime as dt
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.answers import Answer, ask
from segkit.answers.segments.evidence import known_segments, questions_in
from segkit.errors import DataError, nearest
from segkit.tables import CompanyTables
from segkit.widgets.decision_file import DecisionFile
from segkit.widgets.live import load_ipywidgets, pointed, status

__all__ = ["record_decision"]

_WIDE = {"description_width": "9em"}
_LONG = {"width": "44em", "max_width": "100%"}
_LINES = {
    "segment": "Segment",
    "action": "Action",
    "owner": "Owner",
    "evidence": "Rests on",
    "metric": "Metric",
    "value": "Its value now",
    "goal": "Its goal",
}
_TEXTS = {"reason": "Reason", "rejected": "Rejected", "dissent": "Dissent"}
_HINTS = {
    "segment": "its name, or all",
    "action": "what is done",
    "owner": "who answers for it",
    "evidence": "questions, such as S5, M1",
    "metric": "what shows whether it works",
    "value": "a number",
    "goal": "a number",
    "reason": "Why?",
    "rejected": "Which alternatives, and why not?",
    "dissent": "Who sees it otherwise, and why?",
}


def record_decision(
    base: CompanyTables, path: str | Path = "decisions.csv", *, decided: str | dt.date | None = None
) -> Any:
    """Build a form that records decisions, each saved with its date, reasons and evidence.

    The questions that a decision rests on are answered beside the form; the number of the first
    is proposed as its metric. The file is read anew before each save and keeps what others wrote;
    the same action decided again on the same day for the same segment takes its row's place. What
    the form lacks is said all at once. Lay the file among the tables, and S13 tells of it.

    Parameters
    ----------
    base : CompanyTables
        The company, whose answers are the evidence.
    path : str or Path
        CSV file to fill.
    decided : date or str, optional
        Day of the decision, such as "2026-06-30"; today by default.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    DataError
        If `decided` is no day.
    MissingPackageError
        If ipywidgets is not installed.

    Examples
    --------
    >>> import segkit
    >>> accounts = pd.DataFrame({"account_id": ["a", "b"], "segment": ["schools", "colleges"]})
    >>> base = segkit.CustomerBase.from_tables({"accounts": accounts})
    >>> form = record_decision(base, decided="2026-06-30")
    >>> [part.description for part in form.children[:4]]
    ['Decided on', 'Segment', 'Action', 'Owner']
    """
    try:
        day = dt.date.fromisoformat(decided) if isinstance(decided, str) else decided
    except ValueError:
        raise DataError(f"decided is {decided!r}; a day such as '2026-06-30' is needed.") from None
    return _Form(load_ipywidgets(), base, DecisionFile(path), day or dt.date.today()).box  # noqa: DTZ011 - the user's own day


class _Form:
    """The fields, what the evidence says, and the decisions of the file."""

    def __init__(self, widgets: Any, base: CompanyTables, file: DecisionFile, day: dt.date) -> None:
        self.base, self.file = base, file
        self.answers: dict[str, Answer] = {}
        look: dict[str, Any] = {"style": _WIDE, "layout": _LONG}
        self.days = {
            "decided": widgets.DatePicker(description="Decided on", value=day, style=_WIDE),
            "review": widgets.DatePicker(description="Review on", style=_WIDE),
        }
        self.lines = {
            name: (widgets.Combobox if name == "segment" else widgets.Text)(
                description=words, placeholder=_HINTS[name], continuous_update=False, **look
            )
            for name, words in _LINES.items()
        }
        self.lines["segment"].options = known_segments(base)
        self.texts = {
            name: widgets.Textarea(
                description=words, placeholder=_HINTS[name], rows=2, continuous_update=False, **look
            )
            for name, words in _TEXTS.items()
        }
        self.evidence, self.words = widgets.HTML(), widgets.HTML()
        self.table = widgets.HTML()
        self.save = widgets.Button(description="Save decision", button_style="primary")
        self.save.on_click(self._save)
        self.lines["evidence"].observe(self._look_up, names="value")
        before = [self.lines[name] for name in ("segment", "action", "owner", "evidence")]
        after = [self.lines[name] for name in ("metric", "value", "goal")]
        self.box = widgets.VBox(
            [
                *(self.days["decided"], *before, self.evidence, *after, self.days["review"]),
                *(*self.texts.values(), self.save, self.words, self.table),
            ]
        )
        self._show()

    def _look_up(self, _: Any = None) -> None:
        """Answer the questions named, and propose the first one's number as the metric."""
        named = self.lines["evidence"].value
        strange = questions_in(named, known=False)
        words = [f"There is no question {name} to rest on." for name in strange]
        for name in questions_in(named):
            answer = self.answers.setdefault(name, ask(self.base, name))
            words.append(f"{name}: {answer.headline}")
            if answer.estimate is not None and not self.lines["metric"].value:
                self.lines["metric"].value = answer.unit
                self.lines["value"].value = f"{answer.estimate:.4g}"
        self.evidence.value = status(" ".join(words)) if words else ""

    def _save(self, _: Any) -> None:
        entry = {name: part.value.strip() for name, part in (self.lines | self.texts).items()}
        entry |= {name: str(part.value or "") for name, part in self.days.items()}
        faults = self._faults(entry)
        try:
            if not faults:
                self.file.save(entry)
        except DataError as fault:
            faults = [str(fault)]
        if faults:
            self.words.value = status(f"Not saved. {' '.join(faults)}")
            return
        self._show()
        self.words.value = status(
            f"Saved to {self.file.path.name}: {entry['action']} ({entry['segment']}), "
            f"{entry['owner']}, review on {entry['review']}."
        )

    def _faults(self, entry: dict[str, str]) -> list[str]:
        """Say all that is wrong with what was entered."""
        needed = {
            "decided": "the day of the decision",
            "segment": "the segment, or all",
            "action": "the action",
            "owner": "an owner",
            "review": "the day of the review",
        }
        faults = [f"Missing: {words}." for name, words in needed.items() if not entry[name]]
        known = known_segments(self.base, self.answers.values())
        by_case = {name.casefold(): name for name in known}
        segment = entry["segment"]
        if segment and segment.casefold() not in by_case:
            like = nearest(segment, known) or f" Known: {', '.join(known)}."
            faults.append(f"There is no segment {segment!r}.{like}")
        entry["segment"] = by_case.get(segment.casefold(), segment)
        if entry["decided"] and entry["review"] and entry["review"] < entry["decided"]:
            faults.append(
                f"The review on {entry['review']} lies before the decision on {entry['decided']}."
            )
        for name in ("value", "goal"):
            faults += _number_faults(name, entry)
        return faults

    def _show(self) -> None:
        """List the decisions of the file; what another wrote there is shown, not read as HTML."""
        try:
            rows = self.file.read()
        except DataError as fault:
            self.words.value = status(str(fault))
            return
        names = ["decided", "segment", "action", "owner", "review"]
        self.table.value = _table(rows[names]) if len(rows) else status("Nothing is decided yet.")


def _number_faults(name: str, entry: dict[str, str]) -> list[str]:
    """Refuse what is no number; a comma may part thousands or be the decimal sign."""
    text = pointed(entry[name])
    try:
        known = abs(float(text or 0)) < float("inf")
    except ValueError:
        known = False
    if not known:
        return [f"{_LINES[name]} is {entry[name]!r}; a number such as 0.41 or 12000 is needed."]
    entry[name] = text
    return []


def _table(rows: pd.DataFrame) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in map(str, rows))
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in rows.itertuples(index=False, name=None)
    )
    return (
        f'<div style="overflow-x: auto"><table><caption>{len(rows)} decisions</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
