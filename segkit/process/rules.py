"""The rule table that reads roles in the buying centre from titles and recorded words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from segkit.errors import SettingsError, nearest

__all__ = ["ROLES", "RoleRules", "role_rules"]

ROLES = ("initiator", "user", "influencer", "decider", "approver", "buyer", "gatekeeper")

_SECTIONS = ("abbreviations", "levels", "functions", "rules", "synonyms")
_ACRONYM = re.compile(r"\b\w(?:\.\w)+\b\.?")
_NO_WORD = re.compile(r"[^\w]+|_")


@dataclass(frozen=True)
class _Rule:
    roles: tuple[str, ...]
    levels: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()

    def fits(self, level: str, function: str) -> bool:
        return (not self.levels or level in self.levels) and (
            not self.functions or function in self.functions
        )


@dataclass(frozen=True, repr=False)
class RoleRules:
    """A rule table that reads roles from job titles; see `role_rules`.

    Examples
    --------
    >>> rules = role_rules()
    >>> rules.classify("Sr. V.P., Human Resources"), rules.classify("CFO")
    (('decider',), ('decider', 'approver'))
    >>> rules.classify("Director"), rules.classify("Director", function="HR")
    ((), ('decider',))
    >>> rules.recorded("Economic Buyer; Champion; Guru")
    (('influencer', 'decider'), ('Guru',))
    """

    abbreviations: Mapping[str, str]
    levels: Mapping[str, tuple[str, ...]]
    functions: Mapping[str, tuple[str, ...]]
    rules: tuple[_Rule, ...]
    synonyms: Mapping[str, str]

    def classify(
        self, title: str | None, function: str | None = None, seniority: str | None = None
    ) -> tuple[str, ...]:
        """Read the roles of a person from the job title.

        Parameters
        ----------
        title : str or None
            Job title, in English; case, punctuation and common abbreviations do not matter.
        function, seniority : str or None
            Recorded department and level: they tell what the title, which is finer, leaves out.

        Returns
        -------
        tuple of str
            Roles in the order of `ROLES`; empty where no rule fits.
        """
        level = self._level(title) or self._level(seniority)
        area = self._function(title) or self._function(function)
        found = (rule.roles for rule in self.rules if rule.fits(level, area))
        return _in_order(next(found, ()))

    def recorded(self, text: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Read recorded roles, such as "Economic Buyer; Champion".

        Parameters
        ----------
        text : str or None
            One or more words for roles, separated by ; , / | or +.

        Returns
        -------
        tuple of str, tuple of str
            Roles in the order of `ROLES`, and the words that were not understood.
        """
        parts = [part.strip() for part in re.split(r"[;,/|+]", _text(text))]
        known = {part: self.synonyms.get(self.plain(part).strip()) for part in parts if part}
        unknown = tuple(part for part, role in known.items() if role is None)
        return _in_order(role for role in known.values() if role), unknown

    def plain(self, text: str | None) -> str:
        """Write a text as lower-case words with abbreviations spelt out, a blank at each end.

        Examples
        --------
        >>> role_rules().plain("Sr. V.P., HR")
        ' senior vice president human resources '
        """
        joined = _ACRONYM.sub(
            lambda found: found[0].replace(".", ""), _text(text).casefold().replace("&", " and ")
        )
        words = (self.abbreviations.get(word, word) for word in _NO_WORD.split(joined) if word)
        return f" {' '.join(words)} "

    def _level(self, text: str | None) -> str:
        plain = self.plain(text)
        found = [
            (plain.find(f" {words} "), -len(words), level)
            for level, phrases in self.levels.items()
            for words in phrases
            if f" {words} " in plain
        ]
        return min(found)[2] if found else ""

    def _function(self, text: str | None) -> str:
        plain = self.plain(text)
        found = (
            function
            for function, phrases in self.functions.items()
            if any(f" {words} " in plain for words in phrases)
        )
        return next(found, "")


def role_rules(path: str | Path | None = None) -> RoleRules:
    """Load a rule table; without `path`, the one that comes with segkit.

    Parameters
    ----------
    path : str or Path, optional
        A TOML file in the form of `segkit/process/roles.toml`: copy and edit that.

    Raises
    ------
    SettingsError
        Names every fault of the file at once.

    Examples
    --------
    >>> len(role_rules().rules) > 5
    True
    """
    if path is None:
        return _shipped()
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path}: cannot be read: {fault}") from None
    return _parse(text, str(path))


@cache
def _shipped() -> RoleRules:
    text = files(__package__).joinpath("roles.toml").read_text(encoding="utf-8")
    return _parse(text, "roles.toml")


def _parse(text: str, name: str) -> RoleRules:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"{name}: is no TOML: {fault}") from None
    faults = [f"{name}: {fault}" for fault in _faults(content)]
    if faults:
        raise SettingsError(faults)
    return RoleRules(
        abbreviations=content["abbreviations"],
        levels={level: tuple(words) for level, words in content["levels"].items()},
        functions={area: tuple(words) for area, words in content["functions"].items()},
        rules=tuple(
            _Rule(*(tuple(rule.get(key, ())) for key in ("roles", "levels", "functions")))
            for rule in content["rules"]
        ),
        synonyms={role: role for role in ROLES}
        | {word: role for role, words in content["synonyms"].items() for word in words},
    )


def _faults(content: Mapping[str, Any]) -> list[str]:
    """Name what is missing, and every name that nothing else in the file knows."""
    faults = [f"section [{name}] is missing." for name in _SECTIONS if name not in content]
    faults += [
        f"unknown section {name!r}.{nearest(name, _SECTIONS)}"
        for name in content
        if name not in _SECTIONS
    ]
    if faults:
        return faults
    known = {"roles": ROLES, "levels": content["levels"], "functions": content["functions"]}
    for number, rule in enumerate(content["rules"], start=1):
        if not rule.get("roles"):
            faults.append(f"rule {number} gives no roles.")
        for key in rule.keys() - known.keys() - {"why"}:
            faults.append(f"rule {number}: unknown key {key!r}.{nearest(key, known)}")
        faults += [
            f"rule {number}: {key} has no {word!r}.{nearest(word, choices)}"
            for key, choices in known.items()
            for word in rule.get(key, ())
            if word not in choices
        ]
    faults += [
        f"synonyms: {role!r} is no role.{nearest(role, ROLES)}"
        for role in content["synonyms"]
        if role not in ROLES
    ]
    return faults


def _in_order(roles: Iterable[str]) -> tuple[str, ...]:
    found = set(roles)
    return tuple(role for role in ROLES if role in found)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
