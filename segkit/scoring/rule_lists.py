"""The rules as something to hand on: applied to new deals, as SQL, CRM filter, sheet and form."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.engine.sql import literal, quote, table_name, to_sql
from segkit.errors import DataError
from segkit.frames import csv_text, take_columns
from segkit.scoring.conditions import Condition, Flags, Rule
from segkit.scoring.first_call import first_call_page
from segkit.scoring.screening import family_of
from segkit.segments.sql import alias_of, number_of, select_of

__all__ = ["Criteria"]

TARGET, NON_TARGET, UNDECIDED = "target", "non-target", "undecided"
_SHEET = ("list", "rule", "clause", "criterion", "family", "operator", "value")
_EVIDENCE = ("outcome", "deals", "rate", "low", "high", "lift", "holdout_deals", "holdout_rate")
_CRM = {
    "is": "equals",
    "is not": "not equal to",
    "above": "greater than",
    "at most": "less or equal",
}


@dataclass(frozen=True)
class Criteria:
    """Rules of targets and of non-targets.

    Attributes
    ----------
    target, non_target : tuple of Rule
        One of which must hold.

    Examples
    --------
    >>> staff = Rule(((Condition("staff", "above", 250.0),),))
    >>> criteria = Criteria(target=(staff,))
    >>> criteria.predict({"staff": [300, 20, None]}).tolist()
    ['target', 'undecided', 'undecided']
    >>> print(criteria.to_crm())
    target
    1. staff greater than 250
    Filter logic: 1
    """

    target: tuple[Rule, ...] = ()
    non_target: tuple[Rule, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the rules ask for."""
        names = [name for rule in (*self.target, *self.non_target) for name in rule.columns]
        return tuple(dict.fromkeys(names))

    def predict(self, frame: Any) -> NDArray[Any]:
        """Tell "target", "non-target" or "undecided" (no rule holds, or rules of both kinds do).

        A condition on a missing value does not hold.
        """
        given = pd.DataFrame(frame) if isinstance(frame, Mapping) else frame
        table = take_columns(given, self.columns, "the deals") if self.columns else given
        one, other = (_any(rules, table) for rules in (self.target, self.non_target))
        told = np.where(one & ~other, TARGET, np.where(other & ~one, NON_TARGET, UNDECIDED))
        return np.asarray(told, dtype=object)

    def to_sql(
        self,
        dialect: str = "duckdb",
        *,
        table: str | Sequence[str] = "accounts",
        key: str | None = None,
    ) -> str:
        """Write the query that tells targets as `predict` does.

        Parameters
        ----------
        dialect : str
            A dialect of sqlglot.
        table : str or sequence of str
            Table with a column for each criterion.
        key : str, optional
            Column that names rows; without it the criteria themselves are handed on.

        Raises
        ------
        MissingPackageError
            If sqlglot is needed and not installed.
        """
        kept = list(self.columns) if key is None else [key]
        taken = {name.lower() for name in kept}
        told = alias_of("profile", taken)
        flags = [alias_of(name, taken) for name in ("is target", "is non-target")]
        tests = [
            f"CASE WHEN {_sql(rules)} THEN 1 ELSE 0 END AS {flag}"
            for rules, flag in zip((self.target, self.non_target), flags, strict=True)
        ]
        names = [quote(name) for name in kept]
        last = table.split(".")[-1] if isinstance(table, str) else table[-1]
        step = alias_of("tested", {last.lower()})
        one, other = flags
        case = (
            f"CASE WHEN {one} > {other} THEN {literal(TARGET)} "
            f"WHEN {one} < {other} THEN {literal(NON_TARGET)} ELSE {literal(UNDECIDED)} END"
        )
        text = (
            f"WITH {step} AS (\n{select_of([*names, *tests], table_name(table))}\n)\n"
            f"{select_of([*names, f'{case} AS {told}'], step)}"
        )
        return to_sql(text if key is None else f"{text}\nORDER BY {quote(key)}", dialect)

    def to_crm(self) -> str:
        """Write numbered conditions and the filter logic that joins them, as a CRM takes them."""
        parts = []
        for name, rules in ((TARGET, self.target), (NON_TARGET, self.non_target)):
            if rules:
                tests = list(dict.fromkeys(_tests(rules)))
                lines = [f"{place}. {_crm(test)}" for place, test in enumerate(tests, start=1)]
                parts.append("\n".join([name, *lines, f"Filter logic: {_logic(rules, tests)}"]))
        return "\n\n".join(parts) or "No rule found: nothing to filter by."

    def to_csv(
        self, evidence: Sequence[pd.DataFrame] = (), families: Mapping[str, str] | None = None
    ) -> str:
        """Write the criteria sheet: one row a condition, with the evidence of its rule.

        Conditions of one clause are alternatives; all clauses of a rule must hold. The column
        "owner" is left for the person who answers for the criterion.
        """
        rows = []
        for side, (name, rules) in enumerate(
            ((TARGET, self.target), (NON_TARGET, self.non_target))
        ):
            for number, rule in enumerate(rules):
                known = evidence[side].iloc[number] if evidence else pd.Series(dtype=object)
                facts = {name: known.get(name) for name in _EVIDENCE}
                rows += [
                    {
                        "list": name,
                        "rule": number + 1,
                        "clause": clause + 1,
                        "criterion": test.column,
                        "family": family_of(test.column, families),
                        **_sheet_test(test),
                        **facts,
                        "owner": "",
                    }
                    for clause, tests in enumerate(rule.clauses)
                    for test in tests
                ]
        return csv_text(pd.DataFrame(rows, columns=[*_SHEET, *_EVIDENCE, "owner"]))

    @classmethod
    def from_csv(cls, text: str) -> Self:
        """Read a criteria sheet back; the rules tell the same deals as before.

        Raises
        ------
        DataError
            If columns are missing, or a list, operator or value is unknown; names all of them.
        """
        sheet = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        lost = [name for name in _SHEET if name not in sheet]
        faults = [f"no column {name!r}" for name in lost] or list(_faults(sheet))
        if faults:
            raise DataError("The criteria sheet cannot be read:\n" + "\n".join(faults))
        lists: dict[str, list[Rule]] = {TARGET: [], NON_TARGET: []}
        for (name, _), rows in sheet.groupby(["list", "rule"], sort=False):
            clauses = rows.groupby("clause", sort=False)
            lists[str(name)].append(
                Rule(tuple(tuple(map(_read, c.itertuples())) for _, c in clauses))
            )
        return cls(tuple(lists[TARGET]), tuple(lists[NON_TARGET]))

    def to_html(self, title: str = "Is this deal for us?", *, evidence: str = "") -> str:
        """Write the form for the first call: one page that works offline and sends nothing."""
        return first_call_page(self.target, self.non_target, title=title, evidence=evidence)


def _any(rules: Sequence[Rule], frame: pd.DataFrame) -> Flags:
    held = [rule.holds(frame) for rule in rules]
    return np.asarray(np.any([np.zeros(len(frame), dtype=np.bool_), *held], axis=0))


def _tests(rules: Sequence[Rule]) -> Iterator[Condition]:
    return (test for rule in rules for clause in rule.clauses for test in clause)


def _sql(rules: Sequence[Rule]) -> str:
    """Write rules as one condition; NULL is not true, as a missing value fits no condition."""
    texts = [
        " AND ".join(f"({' OR '.join(map(_test_sql, clause))})" for clause in rule.clauses)
        for rule in rules
    ]
    return "\n    OR ".join(f"({text})" for text in texts) or "1 = 0"


def _test_sql(test: Condition) -> str:
    name = quote(test.column)
    if isinstance(test.value, bool):
        return f"CAST({name} AS INTEGER) = {int(test.value)}"
    if isinstance(test.value, str):
        sign = "=" if test.operator == "is" else "<>"
        return f"CAST({name} AS VARCHAR) {sign} {literal(test.value)}"
    sign = ">" if test.operator == "above" else "<="
    return f"CAST({name} AS DOUBLE) {sign} {number_of(test.value)}"


def _crm(test: Condition) -> str:
    return f"{test.column} {_CRM[test.operator]} {_written(test.value)}"


def _logic(rules: Sequence[Rule], tests: Sequence[Condition]) -> str:
    places = {test: str(place) for place, test in enumerate(tests, start=1)}

    def joined(parts: Sequence[str], word: str) -> str:
        return parts[0] if len(parts) == 1 else f"({f' {word} '.join(parts)})"

    texts = [
        joined([joined([places[test] for test in one], "OR") for one in rule.clauses], "AND")
        for rule in rules
    ]
    return " OR ".join(texts)


def _written(value: bool | float | str) -> str:
    return str(value) if isinstance(value, bool | str) else repr(float(value)).removesuffix(".0")


def _sheet_test(test: Condition) -> dict[str, str]:
    if isinstance(test.value, bool):
        return {"operator": "yes" if test.value else "no", "value": ""}
    return {"operator": test.operator, "value": _written(test.value)}


def _faults(sheet: pd.DataFrame) -> Iterator[str]:
    for name, allowed in (("list", (TARGET, NON_TARGET)), ("operator", (*_CRM, "yes", "no"))):
        wrong = sorted(set(sheet[name]) - set(allowed))
        if wrong:
            yield f"{name}: expected {', '.join(allowed)}; found {', '.join(map(repr, wrong))}"
    numeric = sheet["operator"].isin(["above", "at most"])
    bad = sheet.loc[numeric & pd.to_numeric(sheet["value"], errors="coerce").isna(), "value"]
    if len(bad):
        yield f"value: expected numbers; found {', '.join(map(repr, bad.unique()[:5]))}"


def _read(row: Any) -> Condition:
    criterion, value = (_unquoted(text) for text in (row.criterion, row.value))
    if row.operator in {"above", "at most"}:
        return Condition(criterion, row.operator, float(value))
    if row.operator in {"yes", "no"}:
        return Condition(criterion, "is", row.operator == "yes")
    return Condition(criterion, row.operator, value)


def _unquoted(text: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running text as a formula."""
    return text[1:] if text[:2] in {"'=", "'+", "'-", "'@", "'\t", "'\r"} else text
