"""A conference table in the notebook: each panelist compares, ranks, scores and estimates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.answers.market.size import estimates
from segkit.answers.segments.disagreements import disagreements
from segkit.errors import DataError, ParameterError
from segkit.frames import as_pandas
from segkit.widgets.judgement_file import ALONE, Judgement, JudgementFile
from segkit.widgets.live import load_ipywidgets, status
from segkit.widgets.panes import Pairs, Ranking
from segkit.widgets.score_panes import Ranges, Scores
from segkit.widgets.steps import WIDE, Save

__all__ = ["hold_conference"]

_WORDS = {
    "criteria": "Compare criteria",
    "accounts": "Compare accounts",
    "ranking": "Rank",
    "needs": "Score needs",
    "market": "Size the market",
}
_NAMELESS = "Enter your name first: judgements are kept by panelist."

_ITEMS = ("item_a", "item_b")
Items = Sequence[str] | Mapping[str, str]
Pane = Pairs | Ranking | Scores | Ranges


def hold_conference(
    path: str | Path,
    *,
    criteria: Items = (),
    accounts: Items = (),
    ranking: Items = (),
    needs: Items = (),
    market: Any = None,
    currency: str = "",
    names: bool = True,
) -> Any:
    """Build the controls by which a panel judges, saved as they go.

    Who comes back under the same name goes on where they stopped. The file is read anew before
    each save, so that several notebooks can fill it; `merge_judgements` merges files that were
    filled apart. Controls are reached by Tab; buttons take the space bar, the slider arrow keys.

    Parameters
    ----------
    path : str or Path
        CSV file to fill, such as "conference_table.csv" among the company's tables.
    criteria, accounts : sequence of str, or mapping of id to name
        Items to compare in pairs.
    ranking : sequence of str, or mapping of id to name
        Items to rank.
    needs : sequence of str, or mapping of id to name
        Outcomes to score, from 1 to 5, for importance and for satisfaction.
    market : frame, optional
        Facts of a market estimate, such as the table market_facts: ranges of the inputs that move
        it most are asked for, and the market follows; facts that size no market are explained.
    currency : str
        Currency of the market.
    names : bool
        Say whose judgements lie farthest apart; else only how far.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    ParameterError
        If there is nothing to judge, fewer than two items of a kind, or an item stands twice.
    MissingPackageError
        If ipywidgets or anywidget is not installed.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "conference_table.csv"
    >>> box = hold_conference(file, criteria=["fit", "margin", "revenue"])
    >>> box.children[0].description
    'Your name'
    """
    widgets = load_ipywidgets()
    panes: dict[str, Callable[[Save], Pane]] = {
        kind: partial(pane, widgets, items)
        for kind, pane, items in (
            ("criteria", Pairs, _named("criteria", criteria)),
            ("accounts", Pairs, _named("accounts", accounts)),
            ("ranking", Ranking, _named("ranking", ranking)),
            ("needs", Scores, _named("needs", needs, fewest=1)),
        )
        if items
    }
    refusal = ""
    if market is not None:
        facts = as_pandas(market, "The facts")
        try:
            size = estimates(facts)[0][0]
            panes["market"] = partial(Ranges, widgets, facts, size, currency=currency)
        except DataError as fault:
            refusal = f"The market cannot be sized here: {fault}"
    if not panes and not refusal:
        expected = "at least two criteria or accounts to compare, items to rank, needs or market"
        raise ParameterError("criteria", "hold_conference", expected, criteria)
    parts = [_Conference(widgets, JudgementFile(path), panes, names=names).box] if panes else []
    # What the facts lack must not keep the panel from the rest.
    return widgets.VBox([*parts, widgets.HTML(status(refusal))]) if refusal else parts[0]


def _named(name: str, items: Items, fewest: int = 2) -> dict[str, str]:
    if isinstance(items, Mapping):
        names = {str(key): str(value) for key, value in items.items()}
    else:
        names = {str(item): str(item) for item in items}
    if 0 < len(names) < fewest or len(names) < len(items) or ALONE in names:
        least = "two items" if fewest > 1 else "one item"
        expected = f"at least {least}, each once and none of them {ALONE!r}"
        raise ParameterError(name, "hold_conference", expected, list(items))
    return names


class _Conference:
    """The name, what is judged, and the pane for it."""

    def __init__(
        self,
        widgets: Any,
        file: JudgementFile,
        panes: Mapping[str, Callable[[Save], Pane]],
        *,
        names: bool,
    ) -> None:
        self.file, self.names = file, names
        self.name = widgets.Text(description="Your name", style=WIDE, continuous_update=False)
        self.kind = widgets.ToggleButtons(options=[(_WORDS[kind], kind) for kind in panes])
        self.words = widgets.HTML(status(_NAMELESS))
        self.panes = {kind: pane(partial(self._save, kind)) for kind, pane in panes.items()}
        self.box = widgets.VBox()
        self.name.observe(self._resume, names="value")
        self.kind.observe(self._resume, names="value")
        self._resume()

    @property
    def pane(self) -> Pane:
        return self.panes[self.kind.value]

    def _resume(self, _: Any = None) -> None:
        """Show the pane chosen, with what this panelist said before."""
        several = [self.kind] if len(self.panes) > 1 else []
        self.box.children = [self.name, *several, self.pane.box, self.words]
        try:
            rows = self._rows()
        except DataError as refusal:
            self.words.value = status(str(refusal))
            return
        who = self.name.value.strip()
        self.pane.load(rows[rows["panelist"] == who])
        self.words.value = status(self._found(who, rows) if who else _NAMELESS)

    def _rows(self) -> pd.DataFrame:
        rows = self.file.read()
        of_kind: pd.DataFrame = rows[rows["kind"] == self.kind.value]
        return of_kind

    def _save(self, kind: str, made: Sequence[Judgement]) -> bool:
        """Save judgements, and say what follows; False where they could not be saved."""
        who = self.name.value.strip()
        if not who:
            self.words.value = status(_NAMELESS)
            return False
        try:
            self.file.save(who, kind, made)
            self.words.value = status(f"Saved. {self._found(who, self._rows())}")
        except DataError as refusal:
            self.words.value = status(str(refusal))
            return False
        return True

    def _found(self, who: str, rows: pd.DataFrame) -> str:
        """Say what this panelist's judgements and the panel's come to."""
        own = rows[rows["panelist"] == who]
        panel = rows["panelist"].nunique()
        if own.empty and rows.empty:
            return f"Nobody has judged yet; {who} begins."
        parts = []
        if not own.empty:
            parts.append(f"{who}: {self.pane.result(own)}")
        if panel > 1 or own.empty:
            parts.append(f"Panel of {panel}: {self.pane.result(rows)}")
        apart = disagreements(self._called(rows), names=self.names)
        return " ".join([*parts, *(picture.finding for picture in apart)])

    def _called(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Put the names of the items in place of their ids."""
        items = self.pane.items
        said = {name: rows[name].map(lambda one: items.get(one, one)) for name in _ITEMS}
        return rows.assign(**said)
