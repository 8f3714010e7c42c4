"""Foreign text, fit to be shown: in a terminal, and as HTML."""

from __future__ import annotations

import re

from segkit.offline import shown_text
from segkit.tables.names import tidy

__all__ = ["as_html", "plain"]

_CODE = re.compile(r"`([^`]+)`")


def plain(text: str) -> str:
    r"""Show control characters instead of sending them.

    Examples
    --------
    >>> plain("\x1b[2Jclear")
    '\\x1b[2Jclear'
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in tidy(text))


def as_html(text: str) -> str:
    """Escape text for HTML; what stands between backticks is code.

    Examples
    --------
    >>> as_html("a < `b`")
    'a &lt; <code>b</code>'
    """
    return _CODE.sub(r"<code>\1</code>", shown_text(text))
