"""The rules as questions for the first call: one page that needs no network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from segkit.offline import offline_page, shown_text
from segkit.scoring.conditions import Condition, Rule
from segkit.segments.form import FOLDER

__all__ = ["first_call_page"]

SCRIPT = Path(__file__).parent / "first_call.js"
UNKNOWN, OTHER = "not known", "other"

BODY = """\
<p>Answer from the top; the page says what the deal is as soon as the answers decide it.</p>
<form id="questions" autocomplete="off">
{questions}
<button type="reset">Start again</button>
</form>
<div class="result" role="status">
<p id="progress"></p>
<p class="segment" data-verdict="target" hidden>target: take it through the whole process</p>
<p class="segment" data-verdict="non-target" hidden>non-target: do not take it, or make the \
standard offer</p>
<p class="segment" data-verdict="undecided" hidden>undecided: no rule holds, or rules of both \
kinds do</p>
</div>
<table>
<thead><tr><th scope="col">rule</th><th scope="col">list</th><th scope="col">holds</th></tr></thead>
<tbody>
{rules}
</tbody>
</table>
<p class="note">{evidence}</p>"""


def first_call_page(
    target: Sequence[Rule], non_target: Sequence[Rule], *, title: str, evidence: str
) -> str:
    """Write the page."""
    lists = [("target", rule) for rule in target] + [("non-target", rule) for rule in non_target]
    asked = list(dict.fromkeys(name for _, rule in lists for name in rule.columns))
    tests = [test for _, rule in lists for clause in rule.clauses for test in clause]
    body = BODY.format(
        questions="\n".join(
            _question(place, name, [test for test in tests if test.column == name])
            for place, name in enumerate(asked)
        ),
        rules="\n".join(_row(name, rule, asked) for name, rule in lists),
        evidence=shown_text(evidence),
    )
    script, style = SCRIPT.read_text("utf-8"), (FOLDER / "form.css").read_text("utf-8")
    return offline_page(title, body, script=script, style=style)


def _question(place: int, name: str, tests: Sequence[Condition]) -> str:
    value = tests[0].value
    if isinstance(value, bool):
        answers = [("True", "yes"), ("False", "no"), ("", UNKNOWN)]
    elif isinstance(value, str):
        levels = list(dict.fromkeys(str(test.value) for test in tests))
        answers = [*((f"={level}", level) for level in levels), ("?", OTHER), ("", UNKNOWN)]
    else:
        answers = [("", UNKNOWN)]
    number = not isinstance(value, bool | str)
    inner = "\n".join(_choice(place, *answer) for answer in answers)
    if number:
        inner = f'<label>number <input type="number" step="any" name="n{place}"></label>\n{inner}'
    legend = f"<legend><bdi>{shown_text(name)}</bdi></legend>"
    return f"<fieldset>\n{legend}\n{inner}\n</fieldset>"


def _choice(place: int, value: str, words: str) -> str:
    return (
        f'<label><input type="radio" name="q{place}" value="{shown_text(value)}"> '
        f"<bdi>{shown_text(words)}</bdi></label>"
    )


def _row(name: str, rule: Rule, asked: Sequence[str]) -> str:
    clauses = [list(_encoded(clause, asked)) for clause in rule.clauses]
    heading = f'<th scope="row"><bdi>{shown_text(rule)}</bdi></th>'
    told = shown_text(json.dumps(clauses))
    return f'<tr data-list="{name}" data-rule="{told}">{heading}<td>{name}</td><td></td></tr>'


def _encoded(clause: Sequence[Condition], asked: Sequence[str]) -> Iterator[list[object]]:
    for test in clause:
        value = test.value
        plain = value if isinstance(value, float) else f"={value}"
        yield [
            asked.index(test.column),
            test.operator,
            str(value) if isinstance(value, bool) else plain,
        ]
