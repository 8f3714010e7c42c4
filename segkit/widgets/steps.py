"""One question after the other: what was answered is kept, the first that was not comes up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import pandas as pd

from segkit.widgets.judgement_file import Judgement
from segkit.widgets.live import status

__all__ = ["LONG", "WIDE", "Save", "Steps"]

WIDE = {"description_width": "8em"}
LONG = {"width": "36em", "max_width": "100%"}
Key = TypeVar("Key")
Said = TypeVar("Said")


Save = Callable[[Sequence[Judgement]], bool]
"""Saves judgements, and says whether that went well."""


class Steps(Generic[Key, Said]):
    """A pane that asks one question at a time; a subclass says how.

    Attributes
    ----------
    said : dict
        What this panelist said, by question.
    at : int
        The question that is shown.
    """

    noun = "question"

    def __init__(self, widgets: Any, keys: Sequence[Key], controls: list[Any], save: Save) -> None:
        self.keys, self.save = list(keys), save
        self.said: dict[Key, Said] = {}
        self.at = 0
        self.question, self.meaning = widgets.HTML(), widgets.HTML()
        self.keep = widgets.Button(description="Save and next", button_style="primary")
        self.back = widgets.Button(description="Back")
        self.skip = widgets.Button(description="Skip")
        self.keep.on_click(self._keep)
        self.back.on_click(partial(self._step, -1))
        self.skip.on_click(partial(self._step, 1))
        buttons = widgets.HBox([self.keep, self.back, self.skip], layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([self.question, *controls, self.meaning, buttons])
        self.show()

    def read(self, rows: pd.DataFrame) -> dict[Key, Said]:
        """Read what was said from the rows of one panelist."""
        raise NotImplementedError

    def made(self, key: Key, said: Said) -> list[Judgement]:
        """Write what was said as judgements."""
        raise NotImplementedError

    def entered(self) -> Said | None:
        """Take what the controls hold; None, and the reason as a status, where it cannot be."""
        raise NotImplementedError

    def ask(self, key: Key, said: Said | None) -> str:
        """Put a question into words and the controls into their place."""
        raise NotImplementedError

    def result(self, rows: pd.DataFrame) -> str:
        """Say what the rows of one panelist, or of all, come to."""
        raise NotImplementedError

    def load(self, rows: pd.DataFrame) -> None:
        """Take what was said before and go to the first question that was not answered."""
        self.said = self.read(rows)
        left = [place for place, key in enumerate(self.keys) if key not in self.said]
        self.at = left[0] if left else 0
        self.show()

    def show(self) -> None:
        """Show the question."""
        key = self.keys[self.at]
        words = self.ask(key, self.said.get(key))
        noun = self.noun.capitalize()
        done = f"{len(self.said)} of {len(self.keys)} {self.noun}s judged"
        self.question.value = status(f"{noun} {self.at + 1} of {len(self.keys)} ({done}). {words}")

    def _keep(self, _: Any) -> None:
        key, said = self.keys[self.at], self.entered()
        if said is not None and self.save(self.made(key, said)):
            self.said[key] = said
            self._step(1)

    def _step(self, by: int, _: Any = None) -> None:
        self.at = (self.at + by) % len(self.keys)
        self.show()
