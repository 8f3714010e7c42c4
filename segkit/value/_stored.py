"""What the JSON of a fitted model must hold: foreign text is read, but not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields as fields_of
from math import isfinite
from typing import Any

import numpy as np

from segkit.errors import DataError

__all__ = ["check_stored"]

_NOTHING = type(None)
_KINDS: dict[str, tuple[type, ...]] = {
    "params": (dict,),
    "covariance_of_logs": (list, _NOTHING),
    "unidentified": (list,),
    "log_likelihood": (int, float, _NOTHING),
    "gradient": (int, float, _NOTHING),
    "customers": (int, _NOTHING),
    "data": (str,),
    "verdicts": (dict,),
    "notes": (list,),
    "unit": (str, _NOTHING),
}
_SHOWN = 40


def check_stored(
    fields: Mapping[str, Any],
    model: str,
    letters: Sequence[str],
    verdicts: Sequence[tuple[str, type[Any]]],
) -> None:
    """Refuse JSON that `to_json` did not write.

    Parameters
    ----------
    fields : mapping
        What the text holds.
    model : str
        Name of the model.
    letters : sequence of str
        Its parameters.
    verdicts : sequence of tuple of str and type
        Its tests of the fit, and the dataclass of each.

    Raises
    ------
    DataError
        Naming every field that is missing or holds something else.
    """
    faults = list(_kinds(fields))
    if not faults:
        faults = [*_contents(fields, letters), *_verdicts(fields["verdicts"], verdicts)]
    if faults:
        raise DataError(
            f"The JSON of this {model} is not whole: {'; '.join(faults)}. Write it anew by to_json."
        )


def _kinds(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, kinds in _KINDS.items():
        if name not in fields:
            yield f"{name!r} is missing"
        elif not isinstance(fields[name], kinds) or isinstance(fields[name], bool):
            yield _wrong(name, fields[name])


def _contents(fields: Mapping[str, Any], letters: Sequence[str]) -> Iterator[str]:
    for name in ("log_likelihood", "gradient"):
        if not isfinite(fields[name] or 0.0):
            yield _wrong(name, fields[name])
    if fields["customers"] is not None and fields["customers"] < 1:
        yield _wrong("customers", fields["customers"])
    if not all(isinstance(note, str) for note in fields["notes"]):
        yield _wrong("notes", fields["notes"])
    if not all(letter in letters for letter in fields["unidentified"]):
        yield _wrong("unidentified", fields["unidentified"])
    if fields["covariance_of_logs"] is not None and not _is_covariance(fields, len(letters)):
        yield _wrong("covariance_of_logs", fields["covariance_of_logs"])


def _verdicts(found: Mapping[str, Any], verdicts: Sequence[tuple[str, type[Any]]]) -> Iterator[str]:
    for name, kind in verdicts:
        verdict = found.get(name)
        if name in found and not (
            isinstance(verdict, dict)
            and set(verdict) == {field.name for field in fields_of(kind)}
            and all(
                isinstance(value, (int, float)) and isfinite(value) for value in verdict.values()
            )
        ):
            yield _wrong(name, verdict)


def _is_covariance(fields: Mapping[str, Any], size: int) -> bool:
    try:
        found = np.array(fields["covariance_of_logs"], dtype=np.float64)
    except (TypeError, ValueError):
        return False
    if found.shape != (size, size) or not np.isfinite(found).all():
        return False
    return bool(np.allclose(found, found.T) and (np.diag(found) >= 0).all())


def _wrong(name: str, value: object) -> str:
    text = repr(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
    return f"{name!r} cannot be {shown}"
