"""The typing tool: few questions that place a new person, as a sheet of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import softmax

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, csv_text
from segkit.intervals import wilson_interval
from segkit.segments.clustering import Labels, Numbers, one_thread
from segkit.segments.discriminant import FOLDS, Design, chosen_questions, nested, points_of
from segkit.segments.form import form_page
from segkit.segments.intake import as_frame
from segkit.segments.questions import Question, ask

__all__ = ["TypingTool", "typing_tool"]

UNCLASSIFIED = "unclassified"
SURE = 0.6  # posterior below which a person is not placed


@dataclass(frozen=True)
class TypingTool(JsonResult):
    """A sheet of points: add up those of the answers, the highest total wins.

    Attributes
    ----------
    questions : tuple of str
        In the order of what they add.
    sheet : pandas.DataFrame
        `question, answer`, then one column of points a segment. The first row is given to all;
        answer "x number" means points times the number answered.
    accuracy, low, high : float
        Share placed rightly by tools that had not seen the person, questions chosen anew each
        time, with its 90 % Wilson interval; who is unclassified is not placed rightly.
    baseline : float
        Share of the largest segment: the accuracy of always naming it.
    unclassified : float
        Share whose likeliest segment has a probability below 0.6.
    confusion : pandas.DataFrame
        `segment`, then one column of counts for each segment told.
    """

    questions: tuple[str, ...]
    sheet: pd.DataFrame
    accuracy: float
    low: float
    high: float
    baseline: float
    unclassified: float
    confusion: pd.DataFrame
    asked: tuple[Question, ...] = field(repr=False, metadata={"json": False})

    def classify(self, people: Any) -> pd.DataFrame:
        """Place people by the sheet.

        Returns
        -------
        pandas.DataFrame
            `segment` ("unclassified" below a probability of 0.6), `probability`.
        """
        frame = as_frame(people)
        lost = [name for name in self.questions if frame is None or name not in frame]
        if frame is None or lost:
            raise DataError(f"The sheet asks {list(self.questions)}; not there: {lost}.")
        answers = np.hstack([question.encoded(frame) for question in self.asked])
        points = self.sheet.iloc[:, 2:]
        chances = softmax(answers @ points.to_numpy()[1:] + points.to_numpy()[0], axis=1)
        best, sure = chances.argmax(axis=1), chances.max(axis=1)
        names = np.array([*points.columns], dtype=object)[best]
        return pd.DataFrame(
            {"segment": np.where(sure < SURE, UNCLASSIFIED, names), "probability": sure}
        )

    def to_csv(self) -> str:
        """Write the sheet; text that a spreadsheet would run as a formula is quoted."""
        return csv_text(self.sheet)

    def to_html(self, title: str = "Which segment?") -> str:
        """Write the sheet as a form: one page that works without a network and sends nothing.

        It adds up the points as `classify` does once every question is answered. Its
        Content-Security-Policy allows its own script and style alone; all names are escaped.

        Parameters
        ----------
        title : str
            Heading of the page.

        Examples
        --------
        >>> table = pd.DataFrame({"plan": ["<b>", "pro"] * 50})
        >>> page = typing_tool(table, ["small", "large"] * 50).to_html()
        >>> "<b>" in page, "&lt;b&gt;" in page
        (False, True)
        """
        points = self.sheet.iloc[:, 2:]
        people = int(self.confusion.iloc[:, 1:].to_numpy().sum())
        return form_page(
            self.asked,
            points.to_numpy(dtype=np.float64),
            [*points.columns],
            title=title,
            sure=SURE,
            evidence=(
                f"Placed rightly: {100 * self.accuracy:.0f} % of {people:,} people whom the tool "
                f"had not seen (90 % interval {100 * self.low:.0f} to {100 * self.high:.0f} %); "
                f"always naming the largest segment would reach {100 * self.baseline:.0f} %. "
                f"Below a probability of {100 * SURE:.0f} % a person is unclassified."
            ),
        )


def typing_tool(
    people: Any,
    segments: ArrayLike,
    *,
    questions: Sequence[str] | None = None,
    most: int = 6,
    random_state: int = 0,
) -> TypingTool:
    """Find the few questions that tell segments, and their points.

    Parameters
    ----------
    people : frame of shape (n, columns)
    segments : array of shape (n,)
        Segment of each person; -1 and missing take no part.
    questions : sequence of str, optional
        Columns to choose from; all without it.
    most : int
        Most questions to ask.
    random_state : int

    Raises
    ------
    DataError
        If columns are unknown, or a segment has fewer than 10 people.
    ParameterError
        If `most` is below 1.

    Notes
    -----
    Forward selection of questions by cross-validated accuracy of linear discriminant analysis;
    points are Fisher's classification functions ``x'S^-1 m - m'S^-1 m / 2 + ln p``, rounded to
    two digits, so that their softmax is the probability of each segment (1 % of each answer's
    variance is added to the diagonal of S). Selection is repeated in each of five outer folds: an
    accuracy measured after selection would flatter.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> kind = rng.integers(2, size=200)
    >>> table = pd.DataFrame({"pay": kind, "noise": rng.integers(5, size=200)})
    >>> tool = typing_tool(table, np.where(kind == 1, "payer", "other"))
    >>> tool.questions, tool.accuracy
    (('pay',), 1.0)
    >>> tool.sheet
      question    answer  other   payer
    0    start  everyone  -0.81 -203.04
    1      pay  x number   0.00  404.90
    """
    if most < 1:
        raise ParameterError("most", "typing_tool", "an int in the range [1, inf)", most)
    frame, labels, names = _cases(people, segments)
    asked = ask(frame, list(frame.columns) if questions is None else list(questions))
    design = Design([question.encoded(frame) for question in asked], labels, len(names))
    with one_thread():
        told, sure = nested(design, most, random_state)
        chosen = chosen_questions(design, np.arange(len(labels)), most, random_state)
    points = points_of(design, chosen, np.arange(len(labels)))
    right = int(((told == labels) & (sure >= SURE)).sum())
    low, high = wilson_interval([right], [len(labels)])
    return TypingTool(
        questions=tuple(asked[q].name for q in chosen),
        sheet=_sheet([asked[q] for q in chosen], points, names),
        accuracy=right / len(labels),
        low=float(low[0]),
        high=float(high[0]),
        baseline=float(np.bincount(labels).max() / len(labels)),
        unclassified=float((sure < SURE).mean()),
        confusion=_confusion(labels, np.where(sure < SURE, len(names), told), names),
        asked=tuple(asked[q] for q in chosen),
    )


def _cases(people: Any, segments: ArrayLike) -> tuple[pd.DataFrame, Labels, list[str]]:
    frame = as_frame(people)
    if frame is None:
        raise DataError(f"typing_tool needs a frame. Found {type(people).__name__}.")
    given = pd.Series(np.asarray(segments)).astype(object)
    if len(given) != len(frame):
        raise DataError(f"{len(given)} segments were given for {len(frame)} people.")
    inside = np.asarray(given.notna() & (given != -1))
    codes, names = pd.factorize(given[inside], sort=True)
    sizes = np.bincount(codes, minlength=2)
    if sizes.min() < 2 * FOLDS:
        raise DataError(
            f"A typing tool needs two segments or more of {2 * FOLDS} people each. "
            f"Found {dict(zip(map(str, names), sizes.tolist(), strict=False))}."
        )
    return frame[inside].reset_index(drop=True), codes, [str(name) for name in names]


def _sheet(asked: Sequence[Question], points: Numbers, names: Sequence[str]) -> pd.DataFrame:
    rows = [("start", "everyone"), *((one.name, answer) for one in asked for answer in one.answers)]
    table = pd.DataFrame(rows, columns=["question", "answer"])
    return pd.concat([table, pd.DataFrame(points, columns=list(names))], axis=1)


def _confusion(labels: Labels, told: Labels, names: Sequence[str]) -> pd.DataFrame:
    counts = np.zeros((len(names), len(names) + 1), dtype=np.int64)
    np.add.at(counts, (labels, told), 1)
    table = pd.DataFrame(counts, columns=[*names, UNCLASSIFIED])
    table.insert(0, "segment", list(names))
    return table
