"""Names as people write them: the same word in other case, spacing and punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

__all__ = ["column_name", "listing", "same_names", "squash", "tidy"]

_NOT_WORD = re.compile(r"[\W_]+")
_MOST = 12
# Spaces that a keyboard does not have: no-break and thin ones, and others by their width.
_SPACES: Mapping[int, str] = MappingProxyType(
    dict.fromkeys((0xA0, 0x202F, *range(0x2000, 0x200B)), " ")
)


def tidy(text: str) -> str:
    """Write no-break and thin spaces as plain ones: they look alike, and differ to a computer.

    Examples
    --------
    >>> tidy("Deal\u00a0value")
    'Deal value'
    """
    return text if text.isascii() else text.translate(_SPACES)


def squash(name: str) -> str:
    """Reduce a name to its letters and digits, in one case.

    Examples
    --------
    >>> squash("Account ID") == squash("account_id") == squash("AccountId")
    True
    """
    return _NOT_WORD.sub("", name.casefold())


def column_name(name: str) -> str:
    """Make a column's name easy to type: lower case, words joined by underscores.

    Examples
    --------
    >>> column_name(" Office Location (HQ) ")
    'office_location_hq'
    """
    return re.sub(r"\W+", "_", name.strip().lower()).strip("_")


def same_names(name: str, choices: Iterable[str]) -> list[str]:
    """List the choices that are `name`: exactly, or else but for case, space and punctuation.

    Examples
    --------
    >>> same_names("account_id", ["Account ID", "account_id"])
    ['account_id']
    >>> same_names("account_id", ["Account ID", "AccountId"])
    ['Account ID', 'AccountId']
    """
    every = list(choices)
    if name in every:
        return [name]
    return [choice for choice in every if squash(choice) == squash(name)]


def listing(names: Iterable[str]) -> str:
    """Write names as a list for a message, the first dozen of them.

    Examples
    --------
    >>> listing(["a", "b"])
    "'a', 'b'"
    """
    every = [repr(tidy(name)) for name in names]
    more = f" and {len(every) - _MOST} more" if len(every) > _MOST else ""
    return ", ".join(every[:_MOST]) + more
