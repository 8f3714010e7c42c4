"""Outcome statements: direction, metric, object and context."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from segkit.errors import DataError

__all__ = ["lint_outcomes"]

_DIRECTION = re.compile(
    r"(minimi[sz]e|maximi[sz]e|reduce|decrease|lower|increase|raise)\s+(?:the\s+)?", re.IGNORECASE
)
_METRIC = re.compile(
    r"(time|likelihood|probability|chance|risk|number|amount|quantity|frequency|effort|cost|share|"
    r"percentage|proportion|variability|rate|delay|distance|degree|extent|need|ability|accuracy|"
    r"waste|loss|steps)"
    r"(?:\s+(?:it\s+takes|required|needed|spent|with\s+which|to\s+which))?"
    r"(?:\s+(?:to|of|that|in|for|with|on))?(?:\s+|$)",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"\b(?:when|whenever|while|during|before|after|until|if|unless|at|from|between|among|across|"
    r"for|in|on|within|without|under|by)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:eas(?:y|ily|ier)|better|best|good|quick(?:ly|er)?|fast(?:er)?|simpl[ey]|efficient(?:ly)?|"
    r"effective(?:ly)?|user-friendly|intuitive(?:ly)?|seamless(?:ly)?|improved?|optimal(?:ly)?|"
    r"reliabl[ey]|convenient(?:ly)?)\b",
    re.IGNORECASE,
)
_SOLUTION = re.compile(
    r"\b(?:app|button|click(?:s|ing)?|dashboard|software|website|screen|menu|plug-?in|widget|"
    r"chatbot|AI)\b",
    re.IGNORECASE,
)
_LONGEST = 25


def lint_outcomes(statements: Iterable[str]) -> pd.DataFrame:
    """Check outcome statements: direction + metric + object of control + context.

    A statement that can be rated says which way a metric should go, of what, and when or where
    (Ulwick 2005; Bettencourt & Ulwick 2008). Without context it is still usable: that is advice,
    not a fault. The words known are English.

    Parameters
    ----------
    statements : iterable of str
        Statements, such as a list or a column.

    Returns
    -------
    DataFrame
        One row a statement: `statement`, its parts `direction, metric, object, context` (empty
        where not found), `faults` and `advice` in words, and `ok` where there is no fault.

    Raises
    ------
    DataError
        If `statements` is one text instead of many, or a whole frame.

    Examples
    --------
    >>> table = lint_outcomes(
    ...     ["Minimize the time it takes to find a record during an audit", "Easy reports"]
    ... )
    >>> table[["direction", "metric", "object", "context"]].iloc[0].tolist()
    ['Minimize', 'time it takes to', 'find a record', 'during an audit']
    >>> table["faults"].iloc[1]
    "no direction; no metric; vague: 'Easy'"
    """
    if isinstance(statements, str):
        raise DataError("statements: expected many, such as a list or a column. Got one text.")
    if hasattr(statements, "columns") or not isinstance(statements, Iterable):
        kind = type(statements).__name__
        raise DataError(f"statements: expected a list of texts, or one column. Got a {kind}.")
    given = list(statements)
    texts = [" ".join(str(text).split()) if _is_text(text) else "" for text in given]
    keys = [text.casefold().rstrip(".") for text in texts]
    rows = []
    for place, (text, key) in enumerate(zip(texts, keys, strict=True)):
        parts = _parts(text)
        faults = _faults(text, parts)
        if text and key in keys[:place]:
            faults.append(f"the same as statement {keys.index(key) + 1}")
        told = {"faults": "; ".join(faults), "advice": "; ".join(_advice(text, parts))}
        rows.append({"statement": text, **parts, **told, "ok": not faults})
    columns = ["statement", "direction", "metric", "object", "context", "faults", "advice", "ok"]
    return pd.DataFrame(rows, columns=columns)


def _is_text(text: object) -> bool:
    return isinstance(text, str)


def _parts(text: str) -> dict[str, str]:
    direction = _DIRECTION.match(text)
    rest = text[direction.end() :] if direction else text
    metric = _METRIC.match(rest)
    rest = rest[metric.end() :] if metric else rest
    rest = rest.rstrip(". ")
    context = next((found for found in _CONTEXT.finditer(rest) if found.start() > 0), None)
    cut = context.start() if context else len(rest)
    return {
        "direction": direction[1] if direction else "",
        "metric": metric[0].strip() if metric else "",
        "object": rest[:cut].strip(" ,") if direction or metric else "",
        "context": rest[cut:].strip(),
    }


def _faults(text: str, parts: dict[str, str]) -> list[str]:
    if not text:
        return ["empty"]
    faults = [f"no {name}" for name in ("direction", "metric") if not parts[name]]
    if not parts["object"] and not faults:
        faults.append("no object")
    for word, pattern in (("vague", _VAGUE), ("names a solution", _SOLUTION)):
        found = pattern.search(text)
        if found:
            faults.append(f"{word}: {found[0]!r}")
    return faults


def _advice(text: str, parts: dict[str, str]) -> list[str]:
    advice = []
    if text and not parts["context"]:
        advice.append("no context: say when, where or for whom")
    if re.search(r"\band/or\b|\b(?:and|or) to\b", text, re.IGNORECASE):
        advice.append("may be two outcomes in one")
    if len(text.split()) > _LONGEST:
        advice.append(f"longer than {_LONGEST} words")
    return advice
