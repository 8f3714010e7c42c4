"""Tables under pseudonyms: what is asked of them cannot tell a name that they do not hold."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from segkit.errors import SegkitError
from segkit.notebooks import Chapter, NotebookError
from segkit.tables import CompanyTables, schema
from segkit.tables.schema import Column

__all__ = ["MaskKey", "masked", "refuse_names"]

Tables = TypeVar("Tables", bound=CompanyTables)
_KEY_BYTES = 32
_CODE = 8
_SWEPT = 4
# Columns that name somebody, and what they become.
_KINDS = {
    ("accounts", "name"): "Account",
    ("partners", "name"): "Partner",
    ("reps", "name"): "Salesperson",
    ("contacts", "name"): "Person",
    ("decisions", "owner"): "Person",
}
# Ids of what is asked about, not of anybody.
_CATALOGUE = {
    *(("jobs", "outcome"), ("odi_survey", "outcome"), ("external_factors", "factor")),
    *(("content_topics", "topic"), ("facts", "fact_id"), ("market_facts", "fact_id")),
    ("goals", "goal_id"),
}
# Text that the answers read; all other text is left out.
_READ = {
    *(("market_facts", "unit"), ("facts", "unit"), ("facts", "what")),
    *(("jobs", "statement"), ("opp_contacts", "role")),
    *(("decisions", name) for name in ("segment", "action", "metric", "evidence")),
}
# Titles are read too; one that hardly anybody else bears is a name.
_TITLES = {("contacts", "title"), ("users", "job_title")}
_SHARED = 5
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}")


@dataclass(frozen=True)
class MaskKey:
    """The secret that pseudonyms are made with, and the file that keeps it, if any."""

    secret: bytes
    path: Path | None = None

    @classmethod
    def at(cls, path: str | Path | None) -> MaskKey:
        """Read the key file, or draw a key; without a file the key is forgotten.

        Raises
        ------
        SegkitError
            If the file is no key file.
        """
        if path is None or not Path(path).exists():
            return cls(secrets.token_bytes(_KEY_BYTES), None if path is None else Path(path))
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            secret = bytes.fromhex(content["key"])
        except (OSError, ValueError, KeyError, TypeError):
            raise SegkitError(
                f"{path} is no key file: expected JSON with a key, as --mask-key writes it. Name "
                "a file that does not exist yet to have one written."
            ) from None
        if len(secret) < _KEY_BYTES:
            raise SegkitError(
                f"{path} holds a key of {len(secret)} bytes; {_KEY_BYTES} are needed."
            )
        return cls(secret, Path(path))

    def write(self, names: Mapping[str, str]) -> None:
        """Keep the key and who is behind each pseudonym, readable by the owner alone."""
        if self.path is None:
            return
        about = "Whoever has this file knows who is behind each pseudonym: keep it from the report."
        content = {"about": about, "key": self.secret.hex(), "names": dict(sorted(names.items()))}
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise SegkitError(f"{self.path} cannot be written: {error.strerror}.") from None


@dataclass
class _Mask:
    """Pseudonyms given out: the same word always has the same one."""

    secret: bytes
    words: dict[str, str] = field(default_factory=dict)
    _taken: dict[str, str] = field(default_factory=dict)

    def cover(self, values: Iterable[str], kind: str) -> None:
        """Give pseudonyms to words that have none; in an order of their own, so that it is one."""
        for word in sorted(set(values) - self.words.keys()):
            length = _CODE
            while self._taken.setdefault(told := f"{kind}{self._code(word, length)}", word) != word:
                length += 1
            self.words[word] = told

    def column(self, values: pd.Series[str], kind: str) -> pd.Series[str]:
        """Put pseudonyms in the place of a column."""
        self.cover(values.dropna().unique(), kind)
        return values.map(self.words, na_action="ignore").astype("str")

    def _code(self, word: str, length: int) -> str:
        digest = hmac.digest(self.secret, word.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return b32encode(digest).decode()[:length].lower()


def masked(company: Tables, key: MaskKey) -> tuple[Tables, tuple[str, ...]]:
    """Pseudonymise a company's tables, before anything is asked of them.

    Ids and names of accounts, partners, people, deals and contracts have pseudonyms, the same in
    every table. Free text and columns that segkit does not know are left out. What remains in
    words is searched for the names, and for e-mail addresses.

    Returns
    -------
    tuple of CompanyTables and tuple of str
        The tables, and the names that must not be told.

    Examples
    --------
    >>> company = CompanyTables.from_tables(
    ...     {"accounts": pd.DataFrame({"account_id": ["7"], "name": ["Acme"], "note": ["Al's"]})}
    ... )
    >>> masked(company, MaskKey(bytes(32)))[0].accounts
      account_id              name
    0  id-gbxjijwx  Account moyqnk6o
    """
    mask, names = _Mask(key.secret), _Mask(key.secret)
    tables = dict(company.tables)
    for (name, column), kind in _KINDS.items():
        if name in tables and column in tables[name]:
            names.cover(tables[name][column].dropna().unique(), f"{kind} ")
    sweep = _Sweep(names.words)
    covered = {name: _covered(name, table, mask, names, sweep) for name, table in tables.items()}
    key.write({told: word for given in (mask, names) for word, told in given.words.items()})
    faults = tuple(
        replace(fault, column="", message=f"{fault.kind} (masked)", examples=())
        for fault in company.faults
    )
    # A rule of segkit.toml quotes the words that it keeps rows by.
    reasons = sweep.column(company.ledger["reasons"].str.replace(_QUOTED, "(masked)", regex=True))
    ledger = company.ledger.assign(reasons=reasons)
    found = replace(company, tables=covered, faults=faults, set_aside={}, ledger=ledger)
    # In prose of one's own, shorter names are words of other things: "One", "IT", "All".
    return found, tuple(word for word in sweep.words if len(word) >= _SWEPT)


def refuse_names(chapters: Iterable[Chapter], names: Iterable[str]) -> None:
    """Refuse notebooks that tell a name all the same: their own words are not masked.

    Raises
    ------
    NotebookError
        If a cell or what it shows holds one; names the first of each cell.
    """
    told = [(name, name.casefold()) for name in sorted(names)]
    faults = []
    for chapter in chapters:
        for number, cell in enumerate(chapter.notebook.cells, start=1):
            text = "\n".join(_strings(_shown(cell))).casefold()
            met = next((name for name, low in told if low in text and _stands(low, text)), None)
            if met is not None:
                faults.append(f"{chapter.name}, cell {number}: {met!r}")
    if faults:
        raise NotebookError(
            "\n".join(["Notebooks tell names that are to be masked. Take them out of:", *faults])
        )


def _shown(cell: Mapping[str, Any]) -> list[Any]:
    """List what a cell tells, without the words of the format, which may be names too."""
    outputs = [
        {key: part for key, part in output.items() if key not in {"output_type", "name"}}
        for output in cell.get("outputs", ())
    ]
    return [cell["source"], cell.get("metadata"), cell.get("attachments"), outputs]


def _strings(value: Any) -> Iterator[str]:
    """Walk through all texts as they are: escapes would hide a name from the search."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            # Such as "mode" of a chart.
            if not (key.islower() and key.isidentifier()):
                yield key
            yield from _strings(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _strings(part)
    elif value is not None:
        yield str(value)


def _stands(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _covered(
    name: str, table: pd.DataFrame, mask: _Mask, names: _Mask, sweep: _Sweep
) -> pd.DataFrame:
    columns = {}
    for column, about in schema()[name].columns.items():
        if column not in table:
            continue
        values = table[column]
        if about.type == "id" and (name, column) not in _CATALOGUE:
            columns[column] = _ids(name, column, table, mask, sweep)
        elif (name, column) in _KINDS:
            columns[column] = values.map(names.words, na_action="ignore").astype("str")
        elif (name, column) in _TITLES:
            columns[column] = sweep.column(_shared(values))
        elif about.type == "text" and (name, column) not in _READ:
            columns[column] = pd.Series(None, index=values.index, dtype="str")
        else:
            columns[column] = sweep.column(values) if _is_worded(about) else values
    return pd.DataFrame(columns, index=table.index)


def _ids(name: str, column: str, table: pd.DataFrame, mask: _Mask, sweep: _Sweep) -> pd.Series[str]:
    values = table[column]
    if name != "conference_table" or column == "panelist":
        return mask.column(values, "id-")
    # What is judged are accounts, or else words of the method.
    of_accounts = table["kind"].isin(["accounts", "ranking"]) & (values != "-")
    return sweep.column(values).where(~of_accounts, mask.column(values[of_accounts], "id-"))


def _shared(values: pd.Series[str]) -> pd.Series[str]:
    return values.where(values.map(values.value_counts()) >= _SHARED)


def _is_worded(about: Column) -> bool:
    """Say whether a column holds words of the company's own."""
    return about.type in {"category", "text", "id"} and not about.values  # noqa: PD011 - of the schema


class _Sweep:
    """Looks for names in what is no name."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = {word: told for word, told in words.items() if _is_told(word)}

    def column(self, values: pd.Series[str]) -> pd.Series[str]:
        there = [str(value) for value in values.dropna().unique()]
        text = "\n".join(there).casefold()
        met = {word: told for word, told in self.words.items() if word.casefold() in text}
        if not met and "@" not in text:
            return values
        return values.map({value: _without(value, met) for value in there}, na_action="ignore")


def _is_told(word: str) -> bool:
    """Say whether a word tells a name: "BMW" does, a grade "A" or a number does not."""
    return len(word) >= _SWEPT or (len(word) > 1 and any(letter.isalpha() for letter in word))


def _without(value: str, met: Mapping[str, str]) -> str:
    # The longest first: a name may be part of another.
    for word in sorted(met, key=len, reverse=True):
        # "SAP" is a name, "sap" may be anything.
        flags = re.IGNORECASE if len(word) >= _SWEPT else re.NOFLAG
        value = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", met[word], value, flags=flags)
    return _ADDRESS.sub("(address)", value)
