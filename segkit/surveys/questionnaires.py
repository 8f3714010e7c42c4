"""Questionnaires by kind: what is asked, and which rows its answers make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segkit.offline import shown_text

__all__ = [
    "Questionnaire",
    "Version",
    "best_worst",
    "kano_pairs",
    "offers",
    "rated_pairs",
    "recommendation",
    "rows_text",
]

_ONE_ROW = 11  # so many steps stand beside each other on a telephone
KANO = ("like", "must", "neutral", "live with", "dislike")


@dataclass(frozen=True)
class Version:
    """Questions as HTML, and the rows of their answers.

    A cell of a row is a constant, or a rule: `{"field": name}` is what was typed,
    `{"number": name}` and `{"text": name}` the value ticked, `{"is": name, "value": v}` whether v
    was, and `{"best": name, "worst": name, "value": v}` 1, -1 or 0.
    """

    questions: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Questionnaire:
    """What a form asks: columns of the answers, and one version or more."""

    columns: tuple[str, ...]
    versions: tuple[Version, ...]


def best_worst(
    plan: pd.DataFrame, texts: Mapping[Any, str], words: Mapping[str, str], own: dict[str, Any]
) -> Questionnaire:
    """Ask for the best and the worst of each set of a design."""
    versions = []
    for version, sets in plan.groupby("version"):
        questions, rows = [], []
        for number, shown in sets.groupby("set"):
            best, worst = f"v{version}s{number}b", f"v{version}s{number}w"
            lines = []
            for place, item in enumerate(shown["item"]):
                told = shown_text(texts[item])
                ticks = [
                    f'<td><input type="radio" name="{name}" value="{place}" data-other="{other}" '
                    f'aria-label="{shown_text(words[end])}: {told}"></td>'
                    for name, other, end in ((best, worst, "best"), (worst, best, "worst"))
                ]
                lines.append(f'<tr>{ticks[0]}<th scope="row"><bdi>{told}</bdi></th>{ticks[1]}</tr>')
                rule = {"best": best, "worst": worst, "value": str(place)}
                rows.append((*own.values(), int(str(number)), item, rule))
            head = (
                f'<tr><th scope="col" class="pick">{shown_text(words["best"])}</th><td></td>'
                f'<th scope="col" class="pick">{shown_text(words["worst"])}</th></tr>'
            )
            table = f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"
            title = _title(words, int(str(number)), sets["set"].nunique(), words["maxdiff"])
            questions.append(_fieldset(title, [best, worst], table))
        versions.append(Version(tuple(questions), tuple(rows)))
    return Questionnaire((*own, "set", "item", "choice"), tuple(versions))


def offers(
    plan: pd.DataFrame,
    names: Sequence[str],
    words: Mapping[str, str],
    own: dict[str, Any],
    *,
    none: bool,
) -> Questionnaire:
    """Ask which offer of each task would be chosen."""
    versions = []
    for version, tasks in plan.groupby("version"):
        questions, rows = [], []
        for number, shown in tasks.groupby("task"):
            name = f"v{version}t{number}"
            columns = "".join(
                f'<th scope="col">{_filled(words["offer"], n=n)}</th>' for n in shown["alternative"]
            )
            lines = [
                f'<tr><th scope="row"><bdi>{shown_text(each)}</bdi></th>'
                + "".join(f"<td><bdi>{shown_text(level)}</bdi></td>" for level in shown[each])
                + "</tr>"
                for each in names
            ]
            ticks = "".join(
                f'<td><input type="radio" name="{name}" value="{n}" '
                f'aria-label="{_filled(words["offer"], n=n)}"></td>'
                for n in shown["alternative"]
            )
            lines.append(f'<tr><th scope="row">{shown_text(words["choose"])}</th>{ticks}</tr>')
            body = f"<table><thead><tr><td></td>{columns}</tr></thead><tbody>{''.join(lines)}"
            body += "</tbody></table>"
            start = (*own.values(), int(str(number)))
            if none:
                body += _tick(name, "0", words["none"])
                empty = ("",) * len(names)
                rows.append((*start, 0, *empty, {"is": name, "value": "0"}))
            rows += [
                (
                    *start,
                    int(offer["alternative"]),
                    *(_plain(offer[each]) for each in names),
                    {"is": name, "value": str(offer["alternative"])},
                )
                for offer in shown.to_dict("records")
            ]
            title = _title(words, int(str(number)), tasks["task"].nunique(), words["conjoint"])
            questions.append(_fieldset(title, [name], body))
        versions.append(Version(tuple(questions), tuple(rows)))
    return Questionnaire((*own, "task", "alternative", *names, "chosen"), tuple(versions))


def kano_pairs(
    texts: Mapping[Any, str], words: Mapping[str, str], own: dict[str, Any]
) -> Questionnaire:
    """Ask how people feel with and without each feature."""
    labels = {answer: words[answer.replace(" ", "_")] for answer in KANO}
    questions, rows = [], []
    for place, (item, told) in enumerate(texts.items(), 1):
        names = [f"f{place}", f"d{place}"]
        groups = [
            _group(name, words[asked], labels)
            for name, asked in zip(names, ("functional", "dysfunctional"), strict=True)
        ]
        questions.append(_fieldset(_title(words, place, len(texts), told), names, "".join(groups)))
        rows.append((*own.values(), item, *({"text": name} for name in names)))
    columns = (*own, "feature", "functional", "dysfunctional")
    return Questionnaire(columns, (Version(tuple(questions), tuple(rows)),))


def rated_pairs(
    texts: Mapping[Any, str],
    scale: tuple[int, int],
    words: Mapping[str, str],
    own: dict[str, Any],
) -> Questionnaire:
    """Ask how important each item is, and how well it is met."""
    questions, rows = [], []
    asked = {
        "importance": ("not_important", "important"),
        "satisfaction": ("not_satisfied", "satisfied"),
    }
    for place, (item, told) in enumerate(texts.items(), 1):
        names = [f"i{place}", f"s{place}"]
        groups = [
            _steps(name, words[question], scale, (words[low], words[high]))
            for name, (question, (low, high)) in zip(names, asked.items(), strict=True)
        ]
        questions.append(_fieldset(_title(words, place, len(texts), told), names, "".join(groups)))
        rows.append((*own.values(), item, *({"number": name} for name in names)))
    columns = (*own, "outcome", "importance", "satisfaction")
    return Questionnaire(columns, (Version(tuple(questions), tuple(rows)),))


def recommendation(
    texts: Mapping[Any, str],
    scale: tuple[int, int],
    words: Mapping[str, str],
    own: dict[str, Any],
) -> Questionnaire:
    """Ask for the likelihood to recommend, 0 to 10, and ratings of what may drive it."""
    ends = (words["unlikely"], words["likely"])
    total = len(texts) + 1
    body = _steps("score", words["score"], (0, 10), ends)
    questions = [_fieldset(_title(words, 1, total, ""), ["score"], body)]
    row: list[Any] = [*own.values(), {"number": "score"}]
    for place, told in enumerate(texts.values(), 1):
        body = _steps(f"r{place}", words["rating"], scale, (words["poor"], words["good"]))
        questions.append(_fieldset(_title(words, place + 1, total, told), [f"r{place}"], body))
        row.append({"number": f"r{place}"})
    columns = (*own, "score", *(str(item) for item in texts))
    return Questionnaire(columns, (Version(tuple(questions), (tuple(row),)),))


def rows_text(rows: Iterable[Sequence[Any]]) -> str:
    """Write rows for an attribute of the page."""
    return shown_text(json.dumps([list(row) for row in rows], ensure_ascii=True))


def _title(words: Mapping[str, str], n: int, total: int, told: str) -> str:
    number = f"<bdi>{_filled(words['count'], n=n, all=total)}</bdi>"
    return f"{number}: <bdi>{shown_text(told)}</bdi>" if told else number


def _filled(phrase: str, **numbers: Any) -> str:
    for name, number in numbers.items():
        phrase = phrase.replace(f"{{{name}}}", str(number))
    return shown_text(phrase)


def _fieldset(title: str, needs: Sequence[str], body: str) -> str:
    return (
        f'<fieldset data-needs="{" ".join(needs)}">\n<legend>{title}</legend>\n{body}\n</fieldset>'
    )


def _group(name: str, asked: str, labels: Mapping[str, str]) -> str:
    ticks = "".join(_tick(name, value, told) for value, told in labels.items())
    told = shown_text(asked)
    return f'<div role="radiogroup" aria-label="{told}"><p><bdi>{told}</bdi></p>{ticks}</div>'


def _steps(name: str, asked: str, scale: tuple[int, int], ends: tuple[str, str]) -> str:
    low, high = scale
    ticks = "".join(_tick(name, str(step), str(step)) for step in range(low, high + 1))
    told = shown_text(asked)
    kind = "steps" if high - low < _ONE_ROW else "steps many"
    named = "".join(f"<span><bdi>{shown_text(end)}</bdi></span>" for end in ends)
    return (
        f'<div role="radiogroup" aria-label="{told}"><p><bdi>{told}</bdi></p>'
        f'<div class="{kind}">{ticks}</div><p class="ends note">{named}</p></div>'
    )


def _tick(name: str, value: str, told: str) -> str:
    return (
        f'<label><input type="radio" name="{name}" value="{value}"> '
        f"<bdi>{shown_text(told)}</bdi></label>"
    )


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
