"""What the scores of qualification frameworks mean, read once from `frameworks.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd

__all__ = ["dimensions_of", "qualification_anchors"]


def qualification_anchors(framework: str | None = None) -> pd.DataFrame:
    """List what each score of each dimension must show, to be agreed on before deals are scored.

    Parameters
    ----------
    framework : str, optional
        "BANT", "GPCT" (with BA and C&I) or "MEDDICC"; by default all of them.

    Returns
    -------
    DataFrame
        One row a dimension: `framework, dimension`, and the columns "0" to "3".

    Examples
    --------
    >>> qualification_anchors("BANT")[["dimension", "3"]].iloc[0].tolist()
    ['budget', 'Amount approved for this purchase']
    """
    rows = [
        {"framework": name, "dimension": dimension}
        | {str(score): words for score, words in enumerate(anchors)}
        for name, dimensions in _frameworks().items()
        for dimension, anchors in dimensions.items()
        if framework in {None, name}
    ]
    return pd.DataFrame(rows, columns=["framework", "dimension", "0", "1", "2", "3"])


def dimensions_of(framework: str) -> tuple[str, ...]:
    """Name the dimensions of a framework; none where it is not known."""
    return tuple(_frameworks().get(framework, {}))


@cache
def _frameworks() -> dict[str, dict[str, list[str]]]:
    text = files(__package__).joinpath("frameworks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
