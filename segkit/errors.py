"""The errors of segkit: each says what was found, what was expected and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from numbers import Real

__all__ = [
    "DataError",
    "MissingPackageError",
    "NoEvidenceError",
    "ParameterError",
    "SegkitError",
    "SettingsError",
    "check_share",
    "nearest",
]


class SegkitError(Exception):
    """Any fault that the user can mend; the command line prints it and exits with status 2."""


class DataError(SegkitError, ValueError):
    """Tables that cannot be read or used."""


class NoEvidenceError(DataError):
    """Enough data, and nothing in them beyond chance: a good answer, not a lack of rows."""


class SettingsError(SegkitError, ValueError):
    """A `segkit.toml` that cannot be followed; names all its faults at once."""

    def __init__(self, faults: str | Sequence[str]) -> None:
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class ParameterError(SegkitError, ValueError):
    """An argument outside what a method accepts.

    Examples
    --------
    >>> print(ParameterError("k", "Segmenter", "an int in the range [1, inf)", 0))
    The 'k' parameter of Segmenter must be an int in the range [1, inf). Got 0 instead.
    """

    def __init__(self, name: str, owner: str, expected: str, got: object) -> None:
        super().__init__(
            f"The {name!r} parameter of {owner} must be {expected}. Got {got!r} instead."
        )


class MissingPackageError(SegkitError, ImportError):
    """A step that needs a package which is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package!r}, which is not installed. "
            f'Install it with: pip install "segkit[{extra}]"'
        )


def check_share(name: str, owner: str, value: object) -> None:
    """Refuse an argument that is no number between 0 and 1, such as a confidence of 95 or "0.9".

    Raises
    ------
    ParameterError

    Examples
    --------
    >>> check_share("confidence", "wilson_interval", 0.9)
    >>> check_share("confidence", "wilson_interval", "90 %")
    Traceback (most recent call last):
    segkit.errors.ParameterError: The 'confidence' parameter of wilson_interval must be a number ...
    """
    if not (isinstance(value, Real) and 0 < float(value) < 1):
        raise ParameterError(name, owner, "a number in (0, 1)", value)


def nearest(name: str, choices: Iterable[str]) -> str:
    """Name the choice most like `name`, as a phrase to end a message with.

    Examples
    --------
    >>> nearest("acount_id", ["account_id", "name"])
    " Did you mean 'account_id'?"
    >>> nearest("zebra", ["account_id", "name"])
    ''
    """
    by_lower = {choice.lower(): choice for choice in choices}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f" Did you mean {by_lower[found[0]]!r}?" if found else ""
