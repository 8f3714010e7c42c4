"""What a facilitator must know of a chapter: its parts with minutes, prompts and exercises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Literal

from nbformat import NotebookNode

from segkit.notebooks.chapters import Chapter, tags
from segkit.notebooks.names import KEY
from segkit.notebooks.outputs import FIGURE, answer_of, bundles

__all__ = ["Lesson", "Shown", "Step", "Task", "read_lessons", "with_minutes"]

_OPENING, _TAKE_AWAY = "Opening", "Take away"
_PART_MINUTES, _EXERCISE_MINUTES = 2, 5
_HEADING = re.compile(r"^(#{1,6}) +(.+?)(?: +#+)? *$", re.MULTILINE)
_EXERCISE = re.compile(r"Exercise +([\w.-]+)")
_MINUTES = re.compile(r"\(?(\d+) minutes?\)?")
_SLACK = re.compile(r"\((\d+)(?: minutes)? (?:of )?slack\)")
_SUM = "{minutes}"
_PROMPT = re.compile(r"\*\*([\w ]+?)\s*:\*\*\s*")
_PROMPTS = {
    "ask first": "ask",
    "discuss": "discuss",
    "in half the time": "half",
    "if short of time": "skip",
}
_BULLET = re.compile(r"^[*+-] +", re.MULTILINE)

Kind = Literal["opening", "section", "exercise", "take away"]


@dataclass(frozen=True, slots=True)
class Task:
    """An exercise with what its key says: expected answer, hints, and what wrong values mean.

    `unseen` holds the words of mistakes that cannot be told from others with these tables.
    """

    id: str
    text: str
    expected: str = ""
    hints: tuple[str, ...] = ()
    mistakes: tuple[tuple[str, str], ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer that a part of the chapter shows."""

    question: str
    text: str
    status: str
    headline: str


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a chapter that takes time; text, prompts and notes are Markdown."""

    kind: Kind
    title: str
    minutes: int = 0
    estimated: bool = True
    ask: tuple[str, ...] = ()
    discuss: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    text: str = ""
    shown: tuple[Shown, ...] = ()
    pictures: int = 0
    exercise: Task | None = None

    @property
    def unanswered(self) -> bool:
        """Whether it shows answers, and the tables hold none of them."""
        return bool(self.shown) and all(one.status == "missing data" for one in self.shown)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A chapter as a facilitator gives it."""

    name: str
    title: str
    steps: tuple[Step, ...]
    slack: int
    objectives: tuple[str, ...] = ()
    take_aways: tuple[str, ...] = ()
    next_step: str = ""

    @property
    def minutes(self) -> int:
        """All of its parts and the slack."""
        return sum(step.minutes for step in self.steps) + self.slack

    @property
    def tasks(self) -> list[Task]:
        """Its exercises."""
        return [step.exercise for step in self.steps if step.exercise]

    @property
    def questions(self) -> dict[str, str]:
        """The questions it answers, by id."""
        shown = (one for step in self.steps for one in step.shown)
        return {one.question: one.text for one in shown if one.status != "missing data"}


def read_lessons(chapters: Sequence[Chapter]) -> list[Lesson]:
    """Read what a facilitator must know out of executed chapters, facilitator's edition.

    Minutes stand in the cell metadata `minutes` and in the headings of exercises ("(5 minutes)"),
    slack in a facilitator's cell ("(10 slack)"). A part without minutes is estimated: 2, and 2
    more for each answer and picture; an exercise 5. Slack that is not named is a tenth.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell, notebook
    >>> cells = [
    ...     cell("markdown", "# Market", "cell-001", []),
    ...     cell("markdown", "### Exercise M1.1 (7 minutes)", "cell-002", ["exercise"]),
    ... ]
    >>> (lesson,) = read_lessons([Chapter("01_market", notebook(cells))])
    >>> [(step.title, step.minutes, step.estimated) for step in lesson.steps]
    [('Opening', 2, True), ('Exercise M1.1', 7, False)]
    """
    return [_Reading(chapter).lesson() for chapter in chapters]


def with_minutes(chapter: Chapter, whole: Chapter) -> Chapter:
    r"""Copy a chapter and write into its Markdown, for {minutes}, what its whole takes.

    Examples
    --------
    >>> from segkit.notebooks.chapters import cell, notebook
    >>> opening = cell("markdown", "# Market\n\n*{minutes} minutes.*", "cell-001", [], minutes=10)
    >>> chapter = Chapter("01_market", notebook([opening]))
    >>> with_minutes(chapter, chapter).notebook.cells[0].source
    '# Market\n\n*11 minutes.*'
    """
    (lesson,) = read_lessons([whole])
    copied = deepcopy(chapter.notebook)
    for one in copied.cells:
        if one.cell_type == "markdown":
            one.source = one.source.replace(_SUM, str(lesson.minutes))
    return Chapter(chapter.name, copied)


@dataclass
class _Reading:
    """One pass through the cells of a chapter."""

    chapter: Chapter
    steps: list[Step] = field(default_factory=list)
    title: str = ""
    opening: str = ""
    slack: int | None = None
    asked: tuple[str, ...] = ()

    def lesson(self) -> Lesson:
        self.steps.append(Step("opening", _OPENING))
        keys: dict[str, Task] = {}
        for one in self.chapter.notebook.cells:
            if one.cell_type == "markdown":
                self._markdown(one)
            else:
                self._outputs(one, keys)
        steps = [_timed(_with_key(step, keys)) for step in self.steps]
        taught = sum(step.minutes for step in steps)
        parting = next((step.text for step in reversed(steps) if step.kind == "take away"), "")
        return Lesson(
            self.chapter.name,
            self.title or self.chapter.name,
            tuple(steps),
            ceil(taught / 10) if self.slack is None else self.slack,
            _bullets(self.opening),
            _bullets(parting),
            "\n\n".join(parting.strip().split("\n\n")[1:]),
        )

    def _markdown(self, one: NotebookNode) -> None:
        if "facilitator" in tags(one):
            self._prompts(one.source)
            return
        minutes = one.metadata.get("minutes")
        minutes = minutes if isinstance(minutes, int) and minutes > 0 else 0
        # Before the first heading, and then by threes: marks, title, text.
        _, *parts = _HEADING.split(one.source)
        for marks, title, text in zip(*[iter(parts)] * 3, strict=True):
            # A heading that only stands above exercises, "Your turn", opens no part of its own.
            if minutes or "exercise" not in tags(one) or _EXERCISE.match(title):
                self._begin(len(marks), title.strip(), text.strip(), timed=bool(minutes))
        self._take_up_questions(one)
        if minutes:
            before = 0 if self.steps[-1].estimated else self.steps[-1].minutes
            self._now(minutes=before + minutes, estimated=False)

    def _begin(self, level: int, title: str, text: str, *, timed: bool) -> None:
        exercise = _EXERCISE.match(title)
        if level == 1 and not self.title:
            self.title, self.opening = title, text
        elif exercise:
            minutes = _number(_MINUTES, title)
            named = _MINUTES.sub("", title).strip(" :·-")
            step = Step("exercise", named, minutes or 0, minutes is None)
            self.steps.append(replace(step, exercise=Task(exercise[1], text)))
        elif title.casefold() == _TAKE_AWAY.casefold():
            self.steps.append(Step("take away", title, text=text))
        elif level <= 2 or timed or self.steps[-1].kind == "exercise":
            self.steps.append(Step("section", title, text=text))

    def _prompts(self, source: str) -> None:
        """Sort the paragraphs of a facilitator's cell by the words they begin with."""
        found = _number(_SLACK, source)
        self.slack = self.slack if found is None else found
        kind = "notes"
        for paragraph in re.split(r"\n\s*\n", source.strip()):
            prompt = _PROMPT.match(paragraph)
            known = _PROMPTS.get(prompt[1].lower()) if prompt else None
            if prompt and known:
                kind, words = known, paragraph[prompt.end() :]
                text = words[:1].upper() + words[1:]
            else:
                kind, text = "notes" if paragraph.startswith("**") else kind, paragraph
            if kind == "ask":
                self.asked += (text,)
            else:
                self._now(**{kind: (*getattr(self.steps[-1], kind), text)})

    def _outputs(self, one: NotebookNode, keys: dict[str, Task]) -> None:
        self._take_up_questions(one)
        for data in bundles([one]):
            if isinstance(data.get(KEY), Mapping):
                key = _key(data[KEY])
                keys[key.id] = key
            elif answer := answer_of(data):
                self._now(shown=(*self.steps[-1].shown, _shown(answer)))
            elif FIGURE in data and not {"exercise", "key"} & set(tags(one)):
                self._now(pictures=self.steps[-1].pictures + 1)

    def _take_up_questions(self, one: NotebookNode) -> None:
        """Give a part what stands before its heading, or before its code, to be asked first."""
        if not {"exercise", "key"} & set(tags(one)):
            self._now(ask=self.steps[-1].ask + self.asked)
            self.asked = ()

    def _now(self, **changed: Any) -> None:
        self.steps[-1] = replace(self.steps[-1], **changed)


def _timed(step: Step) -> Step:
    """Give minutes to a part that names none, see `read_lessons`."""
    if not step.estimated:
        return step
    if step.kind == "exercise":
        return replace(step, minutes=_EXERCISE_MINUTES)
    shown = len(step.shown) + step.pictures if step.kind == "section" else 0
    return replace(step, minutes=_PART_MINUTES * (1 + shown))


def _with_key(step: Step, keys: Mapping[str, Task]) -> Step:
    if step.exercise is None or step.exercise.id not in keys:
        return step
    return replace(step, exercise=replace(keys[step.exercise.id], text=step.exercise.text))


def _key(data: Mapping[str, Any]) -> Task:
    mistakes = data.get("mistakes") or ()
    return Task(
        str(data.get("exercise") or ""),
        "",
        str(data.get("expected") or ""),
        tuple(map(str, data.get("hints") or ())),
        tuple((str(one.get("value")), str(one.get("meaning"))) for one in mistakes),
        tuple(f"{one.get('meaning')} ({one.get('reason')})" for one in data.get("dropped") or ()),
    )


def _shown(data: Mapping[str, Any]) -> Shown:
    names = ("question", "text", "status", "headline")
    return Shown(*(str(data.get(name) or "") for name in names))


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None


def _bullets(text: str) -> tuple[str, ...]:
    return tuple(_each_bullet(text))


def _each_bullet(text: str) -> Iterator[str]:
    for part in _BULLET.split(text)[1:]:
        yield " ".join(part.partition("\n\n")[0].split()).rstrip(",")
