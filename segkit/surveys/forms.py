"""Surveys as a page: one HTML file that needs no network, and its answers read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import restored
from segkit.offline import offline_page, shown_text
from segkit.surveys.designs import maxdiff_design
from segkit.surveys.offer_designs import conjoint_design
from segkit.surveys.phrases import phrases
from segkit.surveys.questionnaires import (
    Questionnaire,
    best_worst,
    kano_pairs,
    offers,
    rated_pairs,
    recommendation,
    rows_text,
)

__all__ = ["read_answers", "survey_form"]

KINDS = ("maxdiff", "conjoint", "kano", "importance-satisfaction", "nps")
_FOLDER = Path(__file__).parent
_RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku", "ps", "sd", "ug", "ur", "yi"}
_BODY = """\
<noscript><p>This page needs JavaScript, of its own only, to save your answers.</p></noscript>
<p dir="auto">{intro}</p>
<form id="survey" data-columns="{columns}" data-file="{file}" data-open="{open}" autocomplete="off">
<p><label class="asked"><bdi>{respondent}</bdi> \
<input type="text" name="respondent" required maxlength="80"></label></p>
{roles}
{versions}
<p id="progress" role="status"></p>
<button type="submit">{save}</button> <button type="reset">{again}</button>
<p id="thanks" role="status" hidden>{thanks}</p>
</form>"""


def survey_form(
    kind: str,
    items: Sequence[Any] | Mapping[Any, Any] = (),
    *,
    title: str = "Survey",
    intro: str = "",
    roles: Sequence[str] = (),
    file: str | None = None,
    columns: Mapping[str, str] | None = None,
    per_set: int | None = None,
    sets: int | None = None,
    tasks: int = 10,
    offers_per_task: int = 3,
    none: bool = True,
    scale: tuple[int, int] | None = None,
    versions: int = 10,
    language: str = "en",
    wording: Mapping[str, str] | None = None,
    random_state: int = 0,
) -> str:
    """Write a questionnaire as one HTML page that works without a network and sends nothing.

    Its answers are saved as a CSV file, one row as `MaxDiff`, `ChoiceModel` and the other methods
    take it. Text that a spreadsheet would run as a formula is quoted; `read_answers` takes the
    quotes away again.

    Parameters
    ----------
    kind : str
        "maxdiff", "conjoint", "kano", "importance-satisfaction" or "nps".
    items : sequence or mapping
        What is asked about: texts, or texts by the name that the answers are to bear. For
        "conjoint" the levels of each attribute; for "nps" what may drive it, and may be empty.
    title, intro : str
    roles : sequence of str
        With them the respondent names their role, and the answers have a column `role`.
    file : str, optional
        Name of the file of answers; None: the kind.
    columns : mapping of str to str, optional
        Other names for columns of the answers, such as `{"user_id": "respondent"}`.
    per_set, sets : int
        Of "maxdiff": see `maxdiff_design`; None shows 4 items, or 3 of 4, or 2 of 3.
    tasks, offers_per_task, none : int, int, bool
        Of "conjoint": see `conjoint_design`; `none` adds "None of these".
    scale : tuple of int, optional
        First and last step of ratings; None: 1 to 5, and 1 to 10 for "nps".
    versions : int
        Questionnaires of "maxdiff" and "conjoint"; the respondent's code chooses one.
    language : str
        Its code, such as "ar"; decides the direction of the page.
    wording : mapping of str to str, optional
        The page's own phrases in that language, such as `{"best": "am meisten"}`.
    random_state : int
        Seed of the designs.

    Raises
    ------
    ParameterError, DataError
        If there is no such kind, column or phrase, or items repeat each other.

    Examples
    --------
    >>> page = survey_form("kano", ["Mobile leave", "Audit trail"], title="Features")
    >>> page.count("<fieldset"), "http-equiv" in page, "https:" in page
    (2, True, False)
    """
    told, kind = kind, "-".join(re.findall("[a-z]+", str(kind).lower()))
    if kind not in KINDS:
        raise ParameterError("kind", "survey_form", f"one of {', '.join(KINDS)}", told)
    if isinstance(roles, str):
        raise ParameterError("roles", "survey_form", "a sequence of texts", roles)
    words = phrases(wording)
    texts = _texts(items, kind)
    own: dict[str, Any] = {_WHO[kind]: {"field": "respondent"}}
    own |= {"role": {"field": "role"}} if roles else {}
    if kind == "maxdiff":
        size = max(2, min(4, len(texts) - 1)) if per_set is None else per_set
        plan = maxdiff_design(list(texts), size, sets, versions=versions, random_state=random_state)
        asked = best_worst(plan.table, texts, words, own)
    elif kind == "conjoint":
        table = conjoint_design(
            texts, tasks, offers_per_task, versions=versions, random_state=random_state
        ).table
        asked = offers(table, list(texts), words, own, none=none)
    elif kind == "kano":
        asked = kano_pairs(texts, words, own)
    else:
        ask = recommendation if kind == "nps" else rated_pairs
        asked = ask(texts, _steps(scale, 10 if kind == "nps" else 5), words, own)
    name = file or f"{kind}.csv"
    body = _body(asked, _renamed(asked.columns, columns), words, intro, roles, name)
    script, style = ((_FOLDER / f"survey.{part}").read_text("utf-8") for part in ("js", "css"))
    return offline_page(
        title,
        body,
        script=script,
        style=style,
        language=language,
        direction="rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr",
    )


_WHO = {
    "maxdiff": "respondent",
    "conjoint": "respondent",
    "kano": "user_id",
    "importance-satisfaction": "user_id",
    "nps": "respondent",
}


def read_answers(source: str | Path | Sequence[str | Path]) -> pd.DataFrame:
    r"""Read the answers that respondents sent back, as one frame.

    Parameters
    ----------
    source : path or sequence of paths
        Files, or a folder of CSV files. A file of the same answers twice, or of one respondent
        twice, counts once: the one that comes last by name.

    Raises
    ------
    DataError
        If there are no files, their columns differ, or rows were lost or added.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "ann.csv").write_text("respondent,score\nann,9\n", encoding="utf-8")
    ...     read_answers(folder)
      respondent  score
    0        ann      9
    """
    given = [source] if isinstance(source, str | Path) else list(source)
    paths = [
        path
        for each in map(Path, given)
        for path in (sorted(each.glob("*.csv")) if each.is_dir() else [each])
    ]
    lost = [str(path) for path in paths if not path.is_file()]
    if lost or not paths:
        raise DataError(f"No such file of answers: {', '.join(lost or map(str, given))}.")
    tables = [_read(path) for path in paths]
    first = list(tables[0].columns)
    read = list(zip(paths, tables, strict=True))
    other = [path.name for path, table in read if set(table) != set(first)]
    if other:
        raise DataError(
            f"Files of another questionnaire: {', '.join(other)}. {paths[0].name} has the columns "
            f"{', '.join(first)}."
        )
    nameless = [path.name for path, table in read if (table[first[0]] == "").any()]
    if nameless:
        raise DataError(f"Rows without {first[0]} in {', '.join(nameless)}.")
    tables = [table[first] for table in tables]
    latest = {who: rows for table in tables for who, rows in table.groupby(first[0], sort=False)}
    if not latest:
        raise DataError("The files hold no answers.")
    _refuse_changed({str(who): len(rows) for who, rows in latest.items()})
    answers = pd.concat(latest.values(), ignore_index=True)
    typed = {
        name: answers[name].map(restored) if name == first[0] else _typed(answers[name])
        for name in first
    }
    return pd.DataFrame(typed)


def _refuse_changed(rows: Mapping[str, int]) -> None:
    """All answer the same questions, so that all have as many rows."""
    sizes = list(rows.values())
    usual = max(set(sizes), key=lambda size: (sizes.count(size), size))
    odd = [f"{who} ({size:,})" for who, size in rows.items() if size != usual]
    if odd:
        raise DataError(
            f"Each respondent has {usual:,} rows, but not {', '.join(odd)}: rows were lost or "
            "added after the answers were saved. Ask for the file again, or leave it out."
        )


def _read(path: Path) -> pd.DataFrame:
    try:
        # Where a comma is decimal, a spreadsheet saves with semicolons.
        with path.open(encoding="utf-8-sig") as file:
            separator = max(",;\t", key=file.readline().count)
        table = pd.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except (ValueError, UnicodeError, OSError) as fault:
        raise DataError(
            f"{path.name} is no file of answers: {fault}. Take it as it was saved by the form, "
            "or save it as CSV UTF-8."
        ) from fault
    table.columns = [restored(str(name)) for name in table.columns]
    return table[(table != "").any(axis=1)]


def _typed(column: pd.Series) -> pd.Series:
    """Turn a column into numbers or yes and no where all of it is; an empty cell is missing."""
    text = column.map(restored)
    known = text[text != ""]
    if column.name not in set(_WHO.values()) and len(known):
        if known.isin(["true", "false"]).all():
            return text == "true"
        numbers = pd.to_numeric(known, errors="coerce")
        if numbers.notna().all():
            return numbers.reindex(text.index)
    return text.where(text != "", None)


def _texts(items: Sequence[Any] | Mapping[Any, Any], kind: str) -> dict[Any, Any]:
    if isinstance(items, str) or hasattr(items, "columns") or not isinstance(items, Iterable):
        raise ParameterError("items", "survey_form", "a sequence or a mapping", items)
    if isinstance(items, Mapping):
        texts = dict(items)
    elif kind == "conjoint":
        expected = "a mapping from attributes to their levels"
        raise ParameterError("items", "survey_form", expected, items)
    else:
        told = [item.item() if hasattr(item, "item") else item for item in items]
        if len(set(told)) < len(told):
            twice = sorted({str(item) for item in told if told.count(item) > 1})
            raise DataError(f"Items stand in the list twice: {', '.join(twice)}.")
        texts = {item: "" if pd.isna(item) else str(item) for item in told}
    if kind != "conjoint" and not all(str(text).strip() for text in texts.values()):
        raise DataError("Each item needs a text; some are empty.")
    if not texts and kind != "nps":
        raise DataError(f"A form of kind {kind!r} needs items.")
    return texts


def _steps(scale: tuple[int, int] | None, most: int) -> tuple[int, int]:
    low, high = scale or (1, most)
    if not 0 <= low < high <= 100:
        raise ParameterError("scale", "survey_form", "two ints with 0 <= low < high <= 100", scale)
    return int(low), int(high)


def _renamed(columns: Sequence[str], own: Mapping[str, str] | None) -> list[str]:
    odd = [f"{name!r}.{nearest(name, columns)}" for name in own or {} if name not in columns]
    if odd:
        raise DataError(f"No column {'; '.join(odd)} Columns: {', '.join(columns)}.")
    told = [dict(own or {}).get(name, name) for name in columns]
    if len(set(told)) < len(told):
        raise DataError(f"Columns of the answers must differ; they are {', '.join(told)}.")
    return told


def _body(
    asked: Questionnaire,
    columns: Sequence[str],
    words: Mapping[str, str],
    intro: str,
    roles: Sequence[str],
    file: str,
) -> str:
    shown = {name: shown_text(words[name]) for name in words}
    sections = [
        f'<section data-version="{place}" data-rows="{rows_text(version.rows)}" hidden>\n'
        + "\n".join(version.questions)
        + "\n</section>"
        for place, version in enumerate(asked.versions, 1)
    ]
    options = "".join(
        f'<option value="{shown_text(role)}">{shown_text(role)}</option>' for role in roles
    )
    select = (
        f'<p><label class="asked"><bdi>{shown["role"]}</bdi> <select name="role" required>'
        f'<option value=""></option>{options}</select></label></p>'
    )
    return _BODY.format(
        intro=shown_text(intro),
        columns=shown_text(json.dumps(list(columns))),
        file=shown_text(file),
        open=shown["open"],
        respondent=shown["respondent"],
        roles=select if roles else "",
        versions="\n".join(sections),
        save=shown["save"],
        again=shown["again"],
        thanks=shown["thanks"],
    )
